"""How the program begins and ends: with nothing there yet, beside another, and where it may not listen."""

import asyncio
import socket
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.app import running
from bot.clock import ScaledClock
from bot.operations.hold_leases import ALONE
from bot.sandbox.ocp import SimulatedOcp
from bot.sandbox.slack import SimulatedSlack
from bot.settings import EVERYTHING, load
from tests.end_to_end.town import ALERTS, Program, our_slack, small_fleet, town
from tests.fakes.listed_journal import ListedJournal


def free_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        number: int = taken.getsockname()[1]
        return number


async def test_neither_ocp_nor_slack_need_be_there_at_the_start(tmp_path: Path) -> None:
    """What could not be said is said once Slack is there; what could not be read is read once OCP is."""
    clock = ScaledClock(datetime(2026, 3, 4, 12, 0, tzinfo=UTC), 240)
    ocp_port, slack_port = free_port(), free_port()
    ocp = SimulatedOcp(small_fleet(clock.now()), clock, port=ocp_port)
    slack = our_slack(clock, slack_port)
    slack.add_channel(ALERTS)
    slack.invite_bot(ALERTS)
    environment = {
        "OCP_URL": f"http://127.0.0.1:{ocp_port}",
        "OCP_USER": ocp.account.user,
        "OCP_PASSWORD": ocp.account.password,
        "SLACK_API_URL": f"http://127.0.0.1:{slack_port}/api/",
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "BOT_ALERT_CHANNEL": ALERTS,
        "BOT_DATABASE_URL": f"sqlite:///{tmp_path / 'bot.sqlite3'}",
        "BOT_HTTP_PORT": "0",
    }

    async def until_said(text: str) -> None:
        await slack.until(
            lambda there: [one for one in there.channel(ALERTS).everything if text in one.text], timeout=30
        )

    settings = load(environment, needs=EVERYTHING).settings
    async with running(settings, ListedJournal(), clock=clock) as bot, slack:
        assert bot.leases.pace is ALONE, "a file that nobody else can open"
        await until_said("gives no answer")
        async with ocp:
            await until_said("Now watching")
            await until_said("🟢 Over")
            await slack.until(lambda _: bot.connections is not None and bot.connections.alive, timeout=60)
            status = ""
            async with asyncio.timeout(60):
                while "All 5 tasks are well" not in status:  # a busy machine polls late, and that is told
                    before = len(slack.ephemerals("anna"))
                    await slack.command("anna", ALERTS, "/logbackup", "status")
                    await slack.until(partial(_has_more_than, before))
                    status = slack.ephemerals("anna")[-1].text


def _has_more_than(before: int, slack: SimulatedSlack) -> bool:
    return len(slack.ephemerals("anna")) > before


async def test_a_second_program_on_the_same_database_refuses_to_start(tmp_path: Path) -> None:
    async with town(tmp_path) as world:
        await world.program.start()
        await world.until_said("Now watching log backup")
        second = Program(world.program.environment, tmp_path / "second")
        await second.start()
        assert await second.ended() == 1
        assert "already" in second.log() or "another" in second.log().lower()
        assert len(second.log().strip().splitlines()) == 1
        assert world.program.runs


async def test_an_address_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with town(tmp_path, BOT_HTTP_PORT=str(taken.getsockname()[1])) as world:
            await world.program.start()
            assert await world.program.ended() == 1
            assert "BOT_HTTP_PORT" in world.program.log()
            assert "Traceback" not in world.program.log()
