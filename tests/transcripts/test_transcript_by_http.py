"""The same doors when Slack sends signed requests instead of Socket Mode."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.transcripts.play import Play, performance

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def play() -> AsyncIterator[Play]:
    """Run a bot that is reached by signed HTTP."""
    async with performance(by_http=True) as running:
        assert running.slack.sockets == 0
        yield running


async def test_every_door_is_open(play: Play) -> None:
    alert = await play.breaks("pay/orders")
    await play.anna.types("/logbackup status pay/orders")
    await play.anna.expect("pay/orders", "FAILED")
    await play.anna.presses("Acknowledge", on=alert)
    await play.expect_edit(alert, "anna has it")
    await play.ben.says("@logbackup note by signed request", thread=alert)
    await play.expect_reply(alert, ">by signed request")
    await play.mei.writes("health")
    await play.mei.expect_direct("The bot is well")
    await play.ben.chooses("Assign", on=alert)
    dialog = await play.ben.expect_dialog("pay/orders")
    assert await play.ben.fills(dialog, person=play.mei.id) == {}
    assert (await play.expect_reply(alert, "ben gave it to")).pages == {play.mei.id}
    await play.expect_edit(alert, "mei has it")
    await play.mei.opens_home()
    await play.mei.expect_home("Yours", "pay/orders")
    await play.anna.presses("Silence…", on=alert)
    dialog = await play.anna.expect_dialog("pay/orders")
    assert '"soon" is not a time' in (await play.anna.fills(dialog, own_length="soon"))["own_length"]
    assert await play.anna.fills(dialog, own_length="45m") == {}
    await play.expect_reply(alert, "anna silenced")
    await play.anna.says("@logbackup chart", thread=alert)
    await play.anna.expect_file("Delay of pay/orders", thread=alert)
