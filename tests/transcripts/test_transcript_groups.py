"""A group: what is done to it is done to its members, those of now and those that join it later."""

import pytest

from bot.sandbox.slack import Message
from tests.transcripts.play import ALERTS, VAULT_STORAGE, Play

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def group_broken(play: Play) -> Message:
    play.begin()
    now = play.living.clock.now()
    for tenant in ("keys", "seals", "locks"):
        play.fleet.interrupt(f"vault/{tenant}", now)
    group = await play.expect_post(VAULT_STORAGE.rstrip("/"), "group", where=ALERTS)
    await play.noted(group)
    return group


async def test_whoever_takes_a_group_has_its_members_present_and_later(play: Play) -> None:
    group = await group_broken(play)
    await play.anna.says("@logbackup ack", thread=group)
    await play.expect_reply(group, "anna acknowledged it.")
    await play.expect_edit(group, "anna has it")
    await play.ben.types("/logbackup incidents vault")
    listed = await play.ben.expect("vault/keys", "vault/seals", "vault/locks")
    assert play.words(listed).count("anna has it") >= 3
    play.begin()
    play.fleet.interrupt("vault/rings", play.living.clock.now())
    await play.expect_edit(group, "4 of 5")
    await play.ben.types("/logbackup incidents vault/rings")
    await play.ben.expect("vault/rings", "anna has it")
    await play.ben.presses("All 4 incidents", on=play.present(group))
    await play.ben.expect("vault/rings", "vault/keys")
    await play.mei.presses("Silence…", on=play.present(group))
    dialog = await play.mei.expect_dialog("This group: 4 tasks", "and what joins them later")
    assert await play.mei.fills(dialog, length="1h", reason="new disks come") == {}
    await play.expect_reply(group, "mei silenced", "new disks come")
    await play.expect_edit(group, "Silenced until")
    await play.ben.says("@logbackup assign @mei", thread=group)
    assert (await play.expect_reply(group, "ben gave it to")).pages == {play.mei.id}
    await play.anna.says("@logbackup timeline", thread=group)
    await play.expect_reply(group, "anna: acknowledged it", "ben: gave it to mei")
    await play.anna.says("@logbackup resolve", thread=group)
    await play.expect_reply(group, "cannot be called over by hand")
