"""Who may what: the settings decide, a refusal says whom to ask, guests and strangers are refused."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.slack import SimulatedSlack
from tests.transcripts.play import Play, performance

pytestmark = pytest.mark.asyncio(loop_scope="module")


def strict(slack: SimulatedSlack) -> Mapping[str, Any]:
    """Mei's group handles and silences, everybody may in the channel of the ledger; Mei alone configures."""
    dba = slack.add_group("dba", ("mei",))
    slack.invite_bot(slack.add_channel("partners", shared=True))
    return {
        "permissions": {
            "acknowledge": [dba.id, "#ledger", "#gifts"],
            "silence_widely": [dba.id],
            "configure": [slack.person("mei").id],
        }
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def play() -> AsyncIterator[Play]:
    """Run a bot whose settings let few people do much."""
    async with performance(strict) as running:
        yield running


async def test_who_may_not_is_told_whom_to_ask_at_every_door(play: Play) -> None:
    alert = await play.breaks("pay/orders")
    refusal = (
        "You may not handle incidents here. Nothing was changed.",
        "Ask <!subteam^",
        "where everybody may",
    )
    await play.anna.presses("Acknowledge", on=alert)
    await play.anna.expect(*refusal)
    await play.anna.types("/logbackup ack pay/orders")
    await play.anna.expect(*refusal)
    await play.anna.says("@logbackup note hello", thread=alert)
    await play.expect_reply(alert, *refusal)
    await play.anna.chooses("Acknowledge", on=alert)
    await play.anna.expect(*refusal)
    await play.anna.writes("ack pay/orders")
    await play.anna.expect_direct(*refusal)
    await play.anna.presses("Silence…", on=alert)
    await play.anna.expect("You may not silence anything here.")
    assert play.anna.dialogs == ()
    await play.anna.types("/logbackup subscribe pay")
    told = await play.anna.expect("You may not change what the bot tells here")
    assert f"<@{play.mei.id}>" in told.text
    await play.anna.types("/logbackup normal pay/orders")
    await play.anna.expect("or what it takes for normal here")
    await play.mei.presses("Acknowledge", on=alert)
    await play.expect_edit(alert, "mei has it")


async def test_in_the_channel_that_the_settings_name_everybody_may(play: Play) -> None:
    alert = await play.breaks("pay/ledger")
    await play.anna.presses("Acknowledge", on=alert)
    await play.expect_edit(alert, "anna has it")


async def test_a_channel_of_the_settings_counts_before_anything_was_posted_there(play: Play) -> None:
    await play.ben.types("/logbackup silence crm 1h", where="gifts")
    await play.ben.expect("Silenced until")


async def test_a_wide_silence_takes_its_permission(play: Play) -> None:
    await play.ben.types("/logbackup silence pay 3d", where="ledger")
    await play.ben.expect("You may not silence so much here", "it lasts longer", "Ask <!subteam^")
    await play.mei.types("/logbackup silence * 1h")
    told = await play.mei.expect("Silenced until", "everything")
    await play.mei.presses("Undo", on=told)
    await play.mei.expect("is over")


async def test_a_guest_and_a_stranger_are_refused_everywhere(play: Play) -> None:
    await play.gus.types("/logbackup status", where="ledger")
    await play.gus.expect("Guests of this workspace cannot use the bot. Ask a full member to look for you.")
    await play.gus.writes("status")
    await play.gus.expect_direct("Guests of this workspace cannot use the bot.")
    await play.gus.opens_home()
    await play.gus.expect_home("Guests of this workspace cannot use the bot.")
    await play.sam.types("/logbackup status", where="partners")
    await play.sam.expect("Only members of the bot's own workspace can use it.")
    said = await play.sam.says("@logbackup ack 1", where="partners")
    told = await play.sam.expect("Only members of the bot's own workspace can use it.")
    assert told.thread_ts in (None, said.ts)


async def test_sharing_where_others_read_asks_first(play: Play) -> None:
    await play.anna.says("@logbackup status shop", where="partners")
    told = await play.anna.expect("4 tasks", "Share")
    await play.anna.presses("Share", on=told)
    asked = await play.anna.expect("People outside your organisation may read this channel.")
    assert not [one for one in play.slack.channel("partners").everything if one.by_bot]
    await play.anna.presses("Share anyway", on=asked)
    await play.expect_post("4 tasks", "Shared by anna", where="partners")
