"""Who has seen it, who has it, what is known: ack, unack, assign and note, through each of their doors."""

import asyncio

import pytest

from tests.transcripts.play import Play

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_ack_and_unack_by_slash_command(play: Play) -> None:
    alert = await play.breaks("pay/orders")
    await play.anna.types("/logbackup ack pay/orders")
    told = await play.anna.expect("Acknowledged: incident", "pay/orders", "Undo")
    await play.expect_reply(alert, "anna acknowledged it.")
    await play.expect_edit(alert, "anna has it")
    await play.anna.presses("Undo", on=told)
    await play.anna.expect("The acknowledgement is taken back")
    await play.expect_reply(alert, "anna took the acknowledgement back.")
    await play.expect_edit(alert, "Nobody has taken it yet")
    await play.anna.types("/logbackup unack pay/orders")
    await play.anna.expect("Nobody has acknowledged it: there is nothing to take back.")


async def test_ack_by_button_and_an_old_button_acts_on_the_present_state(play: Play) -> None:
    alert = await play.breaks("pay/ledger")
    await play.ben.says("@logbackup incident", thread=alert)
    old = await play.expect_reply(alert, "What happened", "Acknowledge")
    await play.anna.presses("Acknowledge", on=alert)
    await play.anna.expect("Acknowledged: incident", "pay/ledger")
    shown = await play.expect_edit(alert, "anna has it", "Unacknowledge")
    await play.ben.presses("Acknowledge", on=old)
    await play.ben.expect("anna was first and acknowledged it")
    await play.anna.presses("Acknowledge", on=old)
    await play.anna.expect("You acknowledged it already")
    await play.ben.presses("Unacknowledge", on=shown)
    await play.expect_reply(alert, "ben took the acknowledgement back.")
    assert [one for one in play.replies(alert) if one.endswith("acknowledged it.")] == [
        "anna acknowledged it."
    ]


async def test_of_two_people_who_press_at_once_the_second_is_told_who_was_first(play: Play) -> None:
    alert = await play.breaks("pay/taxes")
    play.begin()
    await asyncio.gather(
        play.anna.presses("Acknowledge", on=alert, fresh=False),
        play.ben.presses("Acknowledge", on=alert, fresh=False),
    )
    said = {(await one.expect()).text for one in (play.anna, play.ben)}
    (late,) = [one for one in said if "was first and acknowledged it" in one]
    first, second = ("anna", "ben") if late.startswith("anna") else ("ben", "anna")
    await play.expect_edit(alert, f"{first} has it")
    await play.expect_reply(alert, f"{first} acknowledged it.")
    assert play.replies(alert) == [f"{first} acknowledged it."], second


async def test_ack_in_the_thread_knows_its_incident(play: Play) -> None:
    alert = await play.breaks("pay/cards")
    await play.ben.says("@logbackup ack", thread=alert)
    await play.expect_reply(alert, "ben acknowledged it.")
    told = await play.ben.expect("Acknowledged", "pay/cards")
    assert told.thread_ts == alert.ts
    await play.expect_edit(alert, "ben has it")


async def test_ack_by_a_mention_elsewhere_and_by_direct_message(play: Play) -> None:
    alert = await play.breaks("pay/refunds")
    number = play.number(alert)
    said = await play.anna.says(f"@logbackup ack {number}")
    await play.expect_reply(said, f"Acknowledged: incident {number}, pay/refunds.")
    await play.expect_edit(alert, "anna has it")
    await play.anna.writes(f"unack {number}")
    await play.anna.expect_direct("The acknowledgement is taken back")
    await play.expect_reply(alert, "anna took the acknowledgement back.")
    await play.anna.says("@logbackup ack")
    asked = await play.expect_reply(play.last_said, "Say which one: its number, or a name.")
    assert "incidents" in play.labels(asked)


async def test_ack_by_the_shortcut_in_the_messages_menu(play: Play) -> None:
    alert = await play.breaks("pay/fees")
    await play.mei.chooses("Acknowledge", on=alert)
    await play.mei.expect("Acknowledged", "pay/fees")
    await play.expect_edit(alert, "mei has it")


async def test_assign_by_mention_calls_once_and_by_name_too(play: Play) -> None:
    alert = await play.breaks("pay/rates")
    await play.anna.says("@logbackup assign @ben", thread=alert)
    reply = await play.expect_reply(alert, "anna gave it to")
    assert reply.pages == {play.ben.id}
    shown = await play.expect_edit(alert, "ben has it")
    assert shown.pages == frozenset()
    await play.anna.types("/logbackup assign pay/rates @ben")
    await play.anna.expect("ben has it already")
    await play.anna.types("/logbackup assign pay/rates Mei Lin")
    await play.anna.expect("mei has it now")
    assert (await play.expect_reply(alert, "anna gave it to")).pages == {play.mei.id}
    await play.anna.types("/logbackup assign pay/rates nobody")
    await play.expect_reply(alert, "anna gave it back: nobody has it now.")
    await play.anna.types("/logbackup assign pay/rates Zoe")
    await play.anna.expect("Nobody here is called “Zoe”")


async def test_whoever_takes_it_is_not_called_and_it_can_be_taken_over(play: Play) -> None:
    alert = await play.breaks("pay/limits")
    await play.ben.says("@logbackup assign me", thread=alert)
    assert (await play.expect_reply(alert, "ben took it.")).pages == frozenset()
    await play.ben.expect("You have it now")
    shown = await play.expect_edit(alert, "ben has it", "Take it over")
    assert "Acknowledge" not in play.labels(shown)
    await play.anna.presses("Take it over", on=shown)
    await play.anna.expect("You have it now")
    assert (await play.expect_reply(alert, "anna took it.")).pages == frozenset()
    await play.expect_edit(alert, "anna has it")
    await play.ben.says("@logbackup assign @gus", thread=alert)
    await play.expect_reply(alert, "gus is a guest")


async def test_assign_by_dialog(play: Play) -> None:
    alert = await play.breaks("pay/fraud")
    await play.anna.presses("Assign…", on=alert)
    dialog = await play.anna.expect_dialog("Assign", "pay/fraud")
    assert await play.anna.fills(dialog, person=play.ben.id) == {}
    assert (await play.expect_reply(alert, "anna gave it to")).pages == {play.ben.id}
    await play.expect_edit(alert, "ben has it")
    await play.mei.chooses("Assign", on=alert)
    dialog = await play.mei.expect_dialog("Assign", "pay/fraud")
    errors = await play.mei.fills(dialog, person=play.gus.id)
    assert "guest" in errors["person"]
    assert await play.mei.fills(dialog, person=play.mei.id) == {}
    assert (await play.expect_reply(alert, "mei took it.")).pages == frozenset()


async def test_note_by_words_by_dialog_and_by_shortcut(play: Play) -> None:
    alert = await play.breaks("pay/audit")
    number = play.number(alert)
    await play.anna.says("@logbackup note disk replaced, see <https://wiki.example.com/d>", thread=alert)
    await play.expect_reply(alert, "anna noted:", "disk replaced, see")
    await play.ben.types(f"/logbackup note {number} a < b & “quoted”")
    await play.expect_reply(alert, "ben noted:", 'a < b & "quoted"')
    await play.ben.presses("Add a note…", on=alert)
    dialog = await play.ben.expect_dialog("pay/audit")
    assert await play.ben.fills(dialog, note="first line\nsecond line") == {}
    await play.expect_reply(alert, "ben noted:", ">first line", ">second line")
    await play.mei.chooses("Add a note", on=alert)
    dialog = await play.mei.expect_dialog("pay/audit")
    assert await play.mei.fills(dialog, note="   ") != {}
    assert await play.mei.fills(dialog, note="on it") == {}
    await play.expect_reply(alert, "mei noted:", ">on it")
    await play.mei.writes(f"note {number} from afar")
    await play.mei.expect_direct("Noted: incident")
    await play.expect_reply(alert, ">from afar")
    await play.anna.types(f"/logbackup incident {number}")
    await play.anna.expect("disk replaced", "first line", "mei", "from afar")


async def test_what_is_over_takes_no_act_but_a_note(play: Play) -> None:
    alert = await play.breaks("pay/dues")
    await play.ben.says("@logbackup incident", thread=alert)
    old = await play.expect_reply(alert, "What happened", "Acknowledge")
    over = await play.mends("pay/dues", alert)
    assert "Acknowledge" not in play.labels(over)
    await play.anna.presses("Acknowledge", on=old)
    await play.anna.expect("has been over since", "nothing was changed")
    await play.anna.says("@logbackup note it was the switch", thread=alert)
    await play.expect_reply(alert, ">it was the switch")
    await play.anna.says("@logbackup silence 2h", thread=alert)
    await play.expect_reply(alert, "It is over: there is nothing to silence.")
    assert over.text.startswith("🟢")
