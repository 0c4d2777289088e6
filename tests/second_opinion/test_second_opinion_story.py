"""The main story against local-slack, by Socket Mode and by signed HTTP, in a network of its own."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.sandbox.fleet import Fleet
from bot.sandbox.ocp import SimulatedOcp
from tests.end_to_end.town import Program, small_fleet
from tests.second_opinion.asked_for import asked_for
from tests.second_opinion.local_slack import (
    ANNA,
    API_URL,
    APP_TOKEN,
    BOT,
    BOT_PORT,
    BOT_TOKEN,
    DIRECT,
    PORT,
    SIGNING_SECRET,
    Json,
    LocalSlack,
    Mode,
    local_slack,
)
from tests.second_opinion.own_network import own_network

pytestmark = asked_for


@dataclass
class Elsewhere:
    """Our program between a simulated OCP and a Slack of others."""

    fleet: Fleet
    slack: LocalSlack
    program: Program
    clock: SystemClock


@asynccontextmanager
async def elsewhere(folder: Path, mode: Mode, **settings: str) -> AsyncIterator[Elsewhere]:
    """Set up the world and start the program, all in one network that nobody else is in."""
    clock = SystemClock()
    fleet = small_fleet(clock.now())
    with own_network():
        async with SimulatedOcp(fleet, clock) as ocp, local_slack(folder, mode) as slack:
            environment = {
                "OCP_URL": ocp.url,
                "OCP_USER": ocp.account.user,
                "OCP_PASSWORD": ocp.account.password,
                "SLACK_API_URL": API_URL,
                "SLACK_BOT_TOKEN": BOT_TOKEN,
                "BOT_ALERT_CHANNEL": "alerts",
                "BOT_DATABASE_URL": f"sqlite:///{folder / 'bot.sqlite3'}",
                "BOT_HTTP_PORT": str(BOT_PORT),
                "BOT_POLL_INTERVAL": "1s",
                "BOT_LOG_FORMAT": "json",
            }
            key = (
                {"SLACK_APP_TOKEN": APP_TOKEN}
                if mode == "socket"
                else {"SLACK_SIGNING_SECRET": SIGNING_SECRET}
            )
            program = Program(environment | key | settings, folder / "log")
            await program.start()
            try:
                yield Elsewhere(fleet, slack, program, clock)
            finally:
                if program.runs:
                    await program.kill()
                print(program.log())  # shown where a test fails


@pytest.mark.parametrize("mode", ["socket", "events"])
async def test_the_main_story_is_told_to_a_slack_of_others(tmp_path: Path, mode: Mode) -> None:
    """Greeted, alerted, asked by every door, and the alert edited when it is over."""
    async with elsewhere(tmp_path, mode) as world:
        slack = world.slack
        await slack.until_said("Now watching log backup of OCP: 2 clusters")
        world.fleet.fail("pay/orders", world.clock.now())
        alert = await slack.until_said("Log backup has failed: pay/orders", thread_ts=None)

        await every_door_answers(slack, alert)
        world.fleet.mend("pay/orders", world.clock.now())
        await slack.until_said("Over: pay/orders", thread_ts=alert["ts"])
        over = await slack.until_said("Log backup is well again: pay/orders")
        assert over["ts"] == alert["ts"]
        assert over["edited"]["user"] == BOT

        assert await world.program.stop() == 0
        assert refusals(slack) == []
        assert deliveries(slack) == (6, 6), "a command, two buttons, a mention (two events), a direct message"


async def every_door_answers(slack: LocalSlack, alert: Json) -> None:
    """Ask by command, by buttons, by a mention in the alert's thread and directly."""
    private = {"subtype": "ephemeral", "ephemeral_to": ANNA}
    await slack.command("status")
    status = await slack.until_said("1 of 5 tasks needs you", **private)
    await slack.press(status, "Share")
    await slack.until_said("1 of 5 tasks needs you", subtype=None)
    await slack.press(alert, "Details")
    await slack.until_said("critical · FAILED", **private)
    await slack.say(f"<@{BOT}> status shop", thread=alert["ts"])
    await slack.until_said("All 2 tasks are well", thread_ts=alert["ts"])
    await slack.say("status pay", channel=DIRECT)
    await slack.until_said("1 of 3 tasks needs you", channel=DIRECT)


def refusals(slack: LocalSlack) -> list[str]:
    """Give what local-slack did not take, or could not bring to the bot."""
    return [entry["summary"] for entry in slack.traffic if entry["direction"] == "internal"]


def deliveries(slack: LocalSlack) -> tuple[int, int]:
    """Count what was delivered to the bot, and what the bot took: acknowledged, or answered with 200."""
    said = [(entry["direction"], entry["summary"]) for entry in slack.traffic]
    sent = [text for way, text in said if way == "to_bot" and text.startswith(("envelope ", "POST "))]
    taken = [text for way, text in said if way == "from_bot" and text.startswith(("ack ", "HTTP 200"))]
    return len(sent), len(taken)


def test_a_network_of_its_own_has_nothing_but_its_loopback() -> None:
    """Whatever local-slack listens on, nobody else can reach it."""
    before = socket.if_nameindex()
    with own_network():
        assert socket.if_nameindex() == [(1, "lo")]
        with (
            socket.create_server(("127.0.0.1", PORT)) as server,
            socket.create_connection(server.getsockname()),
        ):
            pass
    assert socket.if_nameindex() == before


async def test_what_is_signed_with_another_secret_is_refused(tmp_path: Path) -> None:
    """The signature is made by others, so it cannot be right by agreement."""
    async with elsewhere(tmp_path, "events", SLACK_SIGNING_SECRET="not the one") as world:
        slack = world.slack
        await slack.until_said("Now watching log backup")
        await slack.command("status")
        answers = [entry["summary"] for entry in slack.traffic if entry["summary"].startswith("HTTP ")]
        assert answers == ["HTTP 401"]
        assert [one["text"] for one in slack.messages() if one.get("subtype") == "ephemeral"] == []
