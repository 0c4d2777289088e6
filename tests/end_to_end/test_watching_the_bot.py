"""Whoever watches the bot sees how it is: in Slack, at its addresses, and by Prometheus's figures."""

from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.condition import Running
from bot.operations import deliver_messages
from tests.end_to_end.fast_bot import readiness, until, world
from tests.end_to_end.town import ALERTS
from tests.monitoring.monitored_bot import Page
from tests.monitoring.test_alert_rules import every_expression, metrics_in


async def scraped(bot: Running) -> Page:
    async with aiohttp.ClientSession() as session, session.get(f"{bot.url}/metrics") as answer:
        assert answer.status == 200
        return Page(await answer.text())


async def test_health_tells_how_the_bot_is(tmp_path: Path) -> None:
    async with world(tmp_path, speed=30) as town, town.bot() as bot:
        await town.until_said("Now watching")
        await town.until_connected(bot)
        said = await town.asked("health")
        for part in (
            "The bot is well",
            "OCP · read ",
            "2 clusters, 5 tasks",
            "to be sent",
            "Slack is connected (Socket Mode)",
            "Database: SQLite, ",
            " free.",
        ):
            assert part in said
        blocks = str(town.slack.ephemerals("anna")[-1].blocks)
        assert "Version " in blocks
        town.hasten(bot, 240)
        town.ocp.faults.status(500)
        await town.until_said("gives no answer")
        said = await town.asked("health")
        assert "Something keeps the bot from its work" in said
        assert "500" in said


async def test_readiness_is_told_part_by_part(tmp_path: Path) -> None:
    async with world(tmp_path) as town, town.bot() as bot:
        status, parts = await readiness(bot)
        assert parts.keys() == {"source ocp", "slack", "database"}
        await town.until_said("Now watching")
        await town.until_connected(bot)
        status, parts = await readiness(bot)
        assert status == 200
        assert parts["source ocp"] == (True, "read")
        assert parts["database"] == (True, "in use")
        town.ocp.faults.status(500)
        await town.until_said("gives no answer")
        status, parts = await readiness(bot)
        assert status == 503
        assert not parts["source ocp"][0]
        assert "500" in parts["source ocp"][1]
        assert parts["slack"][0]


async def test_all_that_rules_and_dashboard_ask_for_is_told_by_the_running_bot(tmp_path: Path) -> None:
    async with world(tmp_path) as town, town.bot(BOT_METRICS_TASK_DELAYS="true") as bot:
        await town.until_said("Now watching")
        await town.until_connected(bot)
        town.fleet.fail("pay/orders", town.clock.now())
        await town.until_said("Log backup has failed")
        page = await scraped(bot)
        assert page.value("incidents", source="ocp", **failed()) == 1
        told = page.names | {
            f"{family.name}{end}"
            for family in page.families.values()
            for end in ("", "_total", "_bucket", "_sum", "_count")
        }
        for place, expression in every_expression().items():
            assert metrics_in(expression) - told - {"up"} == set(), place


def failed() -> dict[str, str]:
    return {"problem": "failed", "severity": "critical", "acknowledged": "false", "silenced": "false"}


async def test_a_bot_that_was_not_invited_says_so_where_it_can_and_greets_once_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its alert channel it cannot: health, readiness and the log say it, and slash commands work."""
    monkeypatch.setattr(deliver_messages, "PERMANENT_WAIT", timedelta(seconds=1))
    async with world(tmp_path, invited=False) as town, town.bot() as bot:
        await town.until_connected(bot)
        await until(lambda: bot.delivering.troubles)
        status, parts = await readiness(bot)
        assert status == 503
        ready, because = parts[f"channel {ALERTS}"]
        assert not ready
        assert "invite" in because
        assert "invite" in await town.asked("health")
        logged = [facts for _, event, facts in town.journal.events if event == "not delivered"]
        assert {(facts["code"], facts["because"]) for facts in logged} == {("not_in_channel", because)}
        assert "5 tasks" in await town.asked("status")
        assert town.said("Now watching") == []

        town.slack.invite_bot(ALERTS)
        await town.until_said("Now watching")
        await until(lambda: not bot.delivering.troubles)
        assert (await readiness(bot))[0] == 200
        assert len(town.said("Now watching")) == 1


async def test_what_slack_and_other_replicas_see_keeps_to_real_time(tmp_path: Path) -> None:
    """Slack's limits, the time to try again and leases do not run faster because a demo does."""
    async with world(tmp_path, speed=600) as town, town.bot() as bot:
        assert bot.leases.clock.speed == bot.delivering.clock.speed == 1
        assert bot.watches[0].watching.clock.speed == 600
        began, real = town.clock.now(), bot.leases.clock.now()
        await town.until_said("Now watching")
        assert town.clock.now() - began > 60 * (bot.leases.clock.now() - real)
