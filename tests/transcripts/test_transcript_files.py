"""Charts and reports arrive as files where they belong, and say in words what they show."""

import pytest

from tests.transcripts.play import Play

pytestmark = pytest.mark.asyncio(loop_scope="module")
PNG = b"\x89PNG"


async def test_a_chart_goes_to_the_person_to_the_thread_or_to_all_by_the_door(play: Play) -> None:
    alert = await play.breaks("pay/orders")
    await play.anna.types("/logbackup chart pay/orders 2h")
    file = await play.anna.expect_file("Delay of pay/orders")
    assert file.content is not None
    assert file.content.startswith(PNG)
    assert "pay/orders" in (file.alt_text or "")
    told = await play.anna.expect("in your messages with the bot", "Share")
    await play.anna.presses("Share", on=told)
    await play.expect_post("Shared by anna", "pay/orders")
    await play.ben.says("@logbackup chart 3h", thread=alert)
    await play.ben.expect_file("Delay of pay/orders", thread=alert)
    await play.ben.presses("Chart", on=alert)
    await play.ben.expect_file("Delay of pay/orders", thread=alert)
    await play.ben.expect("The picture is in the thread.")
    await play.mei.writes("chart pay/orders")
    await play.mei.expect_file("Delay of pay/orders")


async def test_a_report_is_a_file_in_the_thread(play: Play) -> None:
    alert = await play.breaks("pay/ledger")
    number = play.number(alert)
    await play.anna.says("@logbackup note tape robot stuck", thread=alert)
    await play.expect_reply(alert, ">tape robot stuck")
    await play.anna.says("@logbackup report", thread=alert)
    file = await play.anna.expect_file("eport", thread=alert)
    text = (file.content or b"").decode()
    for words in ("# ", "pay/ledger", "tape robot stuck", "anna", "critical"):
        assert words in text
    await play.ben.presses("Report", on=alert)
    await play.ben.expect_file("eport", thread=alert)
    await play.ben.expect("The file with its picture is in the thread.")
    await play.mei.types(f"/logbackup report {number}")
    await play.mei.expect_file("eport")
    await play.mei.expect("in your messages with the bot")


async def test_what_has_no_chart_says_so(play: Play) -> None:
    await play.anna.types("/logbackup chart")
    await play.anna.expect("Say which one")
    await play.anna.types("/logbackup report shop/cart")
    await play.anna.expect("Nothing is open for “shop/cart”.")
    await play.anna.types("/logbackup chart shop/cart 2h since:1h")
    await play.anna.expect("Leave one of them out")
