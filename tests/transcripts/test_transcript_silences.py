"""Keeping things quiet: silence, silences, unsilence and extend, by words, by dialog and by button."""

import pytest

from tests.transcripts.play import Play

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_silence_by_words_in_the_thread_and_its_end_by_button(play: Play) -> None:
    alert = await play.breaks("pay/orders")
    await play.anna.says("@logbackup silence 2h storage team is on it", thread=alert)
    await play.expect_reply(alert, "anna silenced", "until", "storage team is on it")
    shown = await play.expect_edit(alert, "Silenced until", "End silence")
    told = await play.anna.expect("Silenced until", "It mutes 1 open incident now", "Undo")
    assert told.thread_ts == alert.ts
    await play.ben.presses("End silence", on=shown)
    await play.ben.expect("is over", "may be told again")
    await play.expect_reply(alert, "ben ended the silence.")
    await play.expect_edit(alert, "Silence…")


async def test_silence_by_dialog_with_a_preview_an_own_length_and_what_is_wrong_with_it(play: Play) -> None:
    alert = await play.breaks("pay/ledger")
    await play.anna.presses("Silence…", on=alert)
    dialog = await play.anna.expect_dialog(
        "This incident: pay/ledger",
        "The tenant ledger of pay",
        "The whole cluster pay",
        "mutes 1 open incident",
    )
    assert '"a while" is not a time' in (await play.anna.fills(dialog, own_length="a while"))["own_length"]
    assert (
        '"yesterday" is not a time'
        in (await play.anna.fills(dialog, own_length="until yesterday"))["own_length"]
    )
    assert "30 d here at most" in (await play.anna.fills(dialog, own_length="60d"))["own_length"]
    assert await play.anna.fills(dialog, own_length="45m", reason="a < b") == {}
    await play.expect_reply(alert, "anna silenced", "a < b")
    await play.expect_edit(alert, "Silenced until")
    await play.anna.expect("Silenced until", "a < b")


async def test_silence_until_it_is_over_by_shortcut(play: Play) -> None:
    alert = await play.breaks("pay/cards")
    await play.ben.chooses("Silence", on=alert)
    dialog = await play.ben.expect_dialog("This incident: pay/cards")
    assert await play.ben.fills(dialog, length="until resolved") == {}
    await play.expect_reply(alert, "ben silenced", "until it is over")
    await play.mends("pay/cards", alert)
    await play.anna.types("/logbackup silences")
    assert "pay/cards" not in (await play.anna.expect("ilence")).text.split("ended")[0]


async def test_a_scope_is_silenced_from_the_dialog_and_by_slash_command(play: Play) -> None:
    alert = await play.breaks("shop/cart")
    await play.anna.presses("Silence…", on=alert)
    dialog = await play.anna.expect_dialog("The whole cluster shop")
    wide = next(
        value for value in play.choices(dialog, "what") if "cluster:shop" in value and "tenant" not in value
    )
    assert await play.anna.fills(dialog, what=wide, length="1h") == {}
    told = await play.anna.expect("Silenced until", "cluster shop", "It mutes 1 open incident")
    await play.expect_edit(alert, "Silenced until")
    await play.anna.presses("Undo", on=told)
    await play.expect_edit(alert, "Silence…")
    await play.ben.types("/logbackup silence shop 30m moving disks")
    await play.ben.expect("Silenced until", "shop", "moving disks")
    await play.expect_edit(alert, "Silenced until")
    await play.ben.types("/logbackup unsilence")
    await play.ben.expect("silence")


async def test_what_breaks_in_a_silence_is_not_told_until_it_ends(play: Play) -> None:
    await play.anna.types("/logbackup silence crm 2h")
    told = await play.anna.expect("Silenced until", "Nothing that it mutes is open now")
    play.fleet.fail("crm/calls", play.living.clock.now(), "quiet failure")
    await play.polled(3)
    await play.anna.types("/logbackup incidents crm")
    await play.anna.expect("crm/calls", "silenced")
    assert not [one for one in play.slack.channel("alerts").messages if "crm/calls" in one.text]
    await play.anna.presses("Undo", on=told)
    await play.expect_post("Log backup has failed: crm/calls", "It was silenced until now")


async def test_extend_by_words_and_by_dialog(play: Play) -> None:
    alert = await play.breaks("pay/refunds")
    await play.anna.types("/logbackup silence pay/refunds 30m")
    told = await play.anna.expect("Silenced until")
    number = play.silence(told)
    await play.expect_edit(alert, "Silenced until")
    await play.anna.types(f"/logbackup extend {number} 4h")
    await play.anna.expect("Silenced until", f"Silence {number}.")
    await play.anna.types("/logbackup silences")
    listed = await play.anna.expect(f"{number}", "pay/refunds")
    await play.anna.presses(f"Extend {number}…", on=listed)
    dialog = await play.anna.expect_dialog("Extend the silence", "pay/refunds")
    assert await play.anna.fills(dialog, own_length="6h") == {}
    await play.anna.types(f"/logbackup unsilence {number}")
    await play.anna.expect(f"Silence {number} is over")
    await play.anna.types(f"/logbackup extend {number} 1h")
    await play.anna.expect(f"Silence {number} has been over since")
    await play.anna.types("/logbackup unsilence 999")
    await play.anna.expect("There is no silence 999.")


async def test_too_long_and_too_wide_is_refused_with_whom_to_ask(play: Play) -> None:
    await play.ben.types("/logbackup silence pay 3d")
    await play.ben.expect("You may not silence so much here", "it lasts longer", "ask whoever runs the bot")
    await play.ben.types("/logbackup silence * 1h")
    await play.ben.expect("You may not silence so much here", "it mutes everything")
    await play.ben.types("/logbackup silence pay 60d")
    await play.ben.expect("A silence lasts 30 d here at most")
    await play.ben.types("/logbackup silence pay/orders until yesterday")
    await play.ben.expect('"yesterday" is not a time to come')
    await play.ben.types("/logbackup silences")
    assert "60" not in (await play.ben.expect("ilence")).text
