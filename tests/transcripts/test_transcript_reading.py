"""Looking: every reading verb through each of its doors, and what is not understood."""

import pytest

from tests.transcripts.play import Play

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOOKS = {
    "status": ("29 tasks", "pay"),
    "status shop": ("4 tasks", "cart well"),
    "tasks": ("tasks", "pay/"),
    "tasks cluster:crm": ("crm/users", "crm/mails"),
    "tasks since:2h": ("OCP", "chose"),
    "task shop/cart": ("shop/cart", "RUNNING"),
    "history shop/cart": ("shop/cart",),
    "incidents": ("incident",),
    "digest": ("tasks",),
    "health": ("OCP", "Socket Mode", "SQLite"),
    "help": ("/logbackup", "silence"),
    "help silence": ("silence", "until"),
    "silences": ("ilence",),
    "subscriptions": ("ubscri",),
    "": ("29 tasks",),
}


@pytest.mark.parametrize(("text", "words"), LOOKS.items(), ids=[text or "nothing" for text in LOOKS])
async def test_whatever_is_read_comes_through_every_door(
    play: Play, text: str, words: tuple[str, ...]
) -> None:
    """A slash command answers privately, a mention in its thread, a direct message there."""
    await play.anna.types(f"/logbackup {text}")
    await play.anna.expect(*words)
    said = await play.ben.says(f"@logbackup {text}", where="alerts" if len(text) % 2 else "orders")
    await play.expect_reply(said, *words)
    await play.mei.writes(text or "@logbackup")
    await play.mei.expect_direct(*words)


async def test_in_the_thread_of_an_alert_everything_means_this_one(play: Play) -> None:
    alert = await play.breaks("pay/ledger")
    number = play.number(alert)
    for text, words in {
        "status": ("pay/ledger", "FAILED"),
        "tasks": ("pay/ledger",),
        "task": ("pay/ledger", "FAILED", "archive of pay/ledger failed"),
        "incident": (f"incident {number}", "What happened", "OCP reports FAILED"),
        "timeline": (f"Incident {number}", "OCP reports FAILED"),
        "history": ("pay/ledger",),
    }.items():
        await play.anna.says(f"@logbackup {text}", thread=alert)
        await play.expect_reply(alert, *words)


async def test_the_buttons_of_an_alert_answer_whoever_presses_them(play: Play) -> None:
    alert = await play.breaks("pay/cards")
    number = play.number(alert)
    for label, words in {
        "Details": ("pay/cards", "FAILED"),
        "What happened": (f"incident {number}", "OCP reports FAILED"),
        "Timeline": (f"Incident {number}", "OCP reports FAILED"),
        "Tasks of pay": ("pay/cards", "pay/orders"),
    }.items():
        await play.ben.presses(label, on=alert)
        told = await play.ben.expect(*words)
        assert "Share" in play.labels(told)
    await play.ben.presses("Share", on=told)
    await play.expect_post("Shared by ben", "pay/cards", where="cards")


async def test_details_are_read_from_ocp_at_that_moment_and_refreshed_in_place(play: Play) -> None:
    alert = await play.breaks("pay/refunds")
    await play.anna.presses("Details", on=alert)
    told = await play.anna.expect("pay/refunds", "FAILED", "OCP read just now")
    await play.anna.presses("Refresh", on=told)
    again = await play.anna.expect("pay/refunds", "OCP read just now")
    assert again.ts == told.ts


async def test_an_unknown_name_gets_the_nearest_and_an_ambiguous_one_buttons(play: Play) -> None:
    await play.anna.types("/logbackup status pay/oders")
    told = await play.anna.expect("Nothing that is watched is called “pay/oders”. Did you mean one of these?")
    await play.anna.presses("pay/orders", on=told)
    assert (await play.anna.expect("pay/orders well")).ts == told.ts
    await play.anna.types("/logbackup task mall/desk")
    told = await play.anna.expect("That name means 2 things. Which one?")
    await play.anna.presses("ocp/mall/desk (id 1000010/1028)", on=told)
    await play.anna.expect("mall", "desk", "RUNNING", "1000010 in OCP")
    await play.ben.says("@logbackup silence mall/desk 1h")
    reply = await play.expect_reply(play.last_said, "means 2 things. Which one?")
    assert len([one for one in play.labels(reply) if one.startswith("silence")]) == 2
    await play.ben.writes("ack pay/nothing")
    await play.ben.expect_direct("Nothing that is watched is called “pay/nothing”")


async def test_what_is_not_understood_says_what_would_be(play: Play) -> None:
    await play.anna.types("/logbackup statsu")
    told = await play.anna.expect("Did you mean status?")
    assert "status" in play.labels(told)
    await play.anna.types("/logbackup tasks stauts:failed")
    await play.anna.expect("status:")
    await play.anna.types("/logbackup tasks delay>tomorrow")
    await play.anna.expect('"tomorrow" is not a length of time')
    await play.anna.types("/logbackup incident forty")
    await play.anna.expect("number")
    await play.anna.types("/logbackup incident 99")
    await play.anna.expect("There is no incident 99.")
    await play.anna.types("/logbackup ack 99")
    await play.anna.expect("There is no incident 99.")
    await play.anna.types("/logbackup health now")
    await play.anna.expect("health stands alone")
    await play.anna.types("/logbackup history shop/cart 3h")
    await play.anna.expect("whole days")
    await play.anna.types("/logbackup chart tomorrow..")
    await play.anna.expect("help")


async def test_escaped_and_smart_quoted_text_is_understood(play: Play) -> None:
    """Slack sends ``delay&gt;10m``, and its client makes quotes curly."""
    await play.anna.types("/logbackup tasks delay>10m")
    await play.anna.expect("None of 29 tasks matches")
    assert "delay&gt;10m" in play.slack.deliveries[-1].body["text"]
    await play.anna.types("/logbackup status “shop”")
    await play.anna.expect("4 tasks", "cart")
    await play.anna.types("/logbackup status `shop/cart`")
    await play.anna.expect("shop/cart well")


async def test_the_home_tab_shows_ones_own_and_acts_from_there(play: Play) -> None:
    alert = await play.breaks("pay/fees")
    await play.mei.opens_home()
    home = await play.mei.expect_home("pay/fees", "29 tasks", "Status")
    number = play.number(alert)
    await play.mei.presses("Acknowledge", on=home, meaning=f"ack {number}")
    await play.mei.expect_home("Yours", "pay/fees")
    await play.expect_edit(alert, "mei has it")
    await play.mei.types("/logbackup silence pay/fees 1h")
    number = play.silence(await play.mei.expect("Silenced until"))
    await play.mei.opens_home()
    home = await play.mei.expect_home(f"Silence {number}")
    await play.mei.presses(f"End {number}", on=home)
    await play.mei.expect_home("pay/fees", without=f"Silence {number}")
    await play.mei.presses("All tasks", on=await play.mei.expect_home("All tasks"))
    await play.mei.expect_direct("tasks")
