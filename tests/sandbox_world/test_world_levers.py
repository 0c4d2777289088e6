"""The levers beside the page: each breaks what it says, says so, and is a switch where it can be undone."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from bot.domain.problem import Severity
from bot.sandbox.fleet import demo_story
from bot.sandbox.fleet.condition import PAUSED
from bot.sandbox.page import Lever, Standing
from bot.sandbox.slack import CannotDo
from bot.sandbox.world import (
    fleet_levers,
    levers_of_tasks,
    ocp_levers,
    slack_levers,
    time_levers,
    world_rows,
)
from bot.sandbox.world.switch import Switch
from tests.fakes.manual_clock import START, ManualClock
from tests.sandbox_ocp.asking_ocp import CLUSTERS, FIRST_PAGE, running_ocp, small_fleet
from tests.sandbox_slack.simulated_slack_stage import refused, stage


async def _pull(lever: Lever) -> str:
    said = await lever.pull()
    assert said
    return said


def _is_on(lever: Lever) -> bool:
    assert lever.is_on is not None
    return lever.is_on()


async def test_a_switch_turns_on_and_off_again() -> None:
    state: list[str] = []

    def on() -> str:
        state.append("ended")
        return "begun"

    lever = Switch("On", "Off", "it burns", "G", lambda: bool(state), on, state.pop).lever()
    assert (lever.label, lever.on_label, lever.state) == ("On", "Off", "it burns")
    assert (lever.group, _is_on(lever)) == ("G", False)
    assert await _pull(lever) == "begun"
    assert _is_on(lever)
    assert await _pull(lever) == "ended"
    assert not _is_on(lever)


async def test_ocp_goes_down_and_comes_back() -> None:
    async with running_ocp() as (ocp, client, _):
        down = ocp_levers(ocp)["ocp_down"]
        assert "breaks every connection off" in await _pull(down)
        with pytest.raises(httpx.TransportError):
            await client.get(CLUSTERS, params=FIRST_PAGE)
        assert _is_on(down)
        await _pull(down)
        assert (await client.get(CLUSTERS, params=FIRST_PAGE)).status_code == 200


async def test_a_throttled_ocp_says_how_long_to_wait() -> None:
    async with running_ocp() as (ocp, client, _):
        busy = ocp_levers(ocp)["ocp_busy"]
        await _pull(busy)
        answer = await client.get(CLUSTERS, params=FIRST_PAGE)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
        await _pull(busy)
        assert (await client.get(CLUSTERS, params=FIRST_PAGE)).status_code == 200


async def test_a_revoked_login_is_refused_until_it_is_given_back() -> None:
    async with running_ocp() as (ocp, client, _):
        login = ocp_levers(ocp)["ocp_login"]
        await _pull(login)
        assert _is_on(login)
        for _ in range(6):
            assert (await client.get(CLUSTERS, params=FIRST_PAGE)).status_code != 200
        await _pull(login)
        assert (await client.get(CLUSTERS, params=FIRST_PAGE)).status_code == 200


async def test_slack_refuses_by_one_trouble_at_a_time() -> None:
    async with stage() as on:
        levers = slack_levers(on.slack, "alerts")
        await _pull(levers["slack_500"])
        assert [_is_on(levers[name]) for name in ("slack_500", "slack_429", "slack_slow")] == [
            True,
            False,
            False,
        ]
        assert "429" in await _pull(levers["slack_429"])
        assert not _is_on(levers["slack_500"])
        answer = await refused(on.client.chat_postMessage(channel="alerts", text="x"))
        assert answer["error"] == "ratelimited"
        await _pull(levers["slack_429"])
        assert (await on.client.chat_postMessage(channel="alerts", text="x"))["ok"]


async def test_a_slow_slack_answers_rightly_but_late() -> None:
    async with stage() as on:
        slow = slack_levers(on.slack, "alerts")["slack_slow"]
        await _pull(slow)
        call = asyncio.ensure_future(on.client.chat_postMessage(channel="alerts", text="x"))
        await on.clock.sleeping()
        assert not call.done()
        await on.clock.advance(2)
        assert (await call)["ok"]


async def test_the_last_alert_is_deleted_and_the_channel_archived() -> None:
    async with stage() as on:
        levers = slack_levers(on.slack, "alerts")
        with pytest.raises(CannotDo, match="nothing that could be deleted"):
            await levers["slack_delete"].pull()
        await on.client.chat_postMessage(channel="alerts", text="an alert")
        assert await _pull(levers["slack_delete"]) == "Deleted: an alert"
        assert on.alerts.messages == ()
        await _pull(levers["slack_archive"])
        assert on.alerts.archived
        await _pull(levers["slack_archive"])
        assert not on.alerts.archived


async def test_time_passes_at_the_speed_that_is_chosen() -> None:
    clock = ManualClock()
    chosen: list[float] = []
    levers = time_levers(clock, chosen.append, (1.0, 60.0))
    assert list(levers) == ["speed_1", "speed_60"]
    assert [_is_on(lever) for lever in levers.values()] == [True, False]
    assert "60 times" in await _pull(levers["speed_60"])
    assert "as it does" in await _pull(levers["speed_1"])
    assert chosen == [60, 1]


def test_the_speed_the_demo_was_started_with_can_be_gone_back_to() -> None:
    clock = ManualClock()
    clock.speed = 7.5
    assert "speed_7.5" in time_levers(clock, lambda _: None)


async def test_the_fleet_is_shown_as_it_is_the_worst_first() -> None:
    clock = ManualClock()
    fleet = small_fleet(START)
    heard: list[str] = []
    levers = fleet_levers(fleet, clock, lambda word, _: heard.append(word))
    clock.advance(timedelta(minutes=1))
    await _pull(levers["interrupt"])
    await _pull(levers["slow"])
    assert heard == ["interrupt", "slow"]
    first, second, *rest = world_rows(fleet, clock.now())
    assert (first.status, first.standing, first.trouble) == ("INTERRUPTED", Standing.BROKEN, "interrupted")
    assert (second.status, second.standing, second.trouble) == ("RUNNING", Standing.BEHIND, "slow")
    assert {(row.standing, row.trouble) for row in rest} == {(Standing.WELL, "")}
    assert "access_key" not in str([first, second, *rest])


async def test_what_the_bot_makes_of_it_stands_beside() -> None:
    clock = ManualClock()
    fleet = small_fleet(START)
    levers = levers_of_tasks(fleet, clock, lambda *_: None)
    broken, slow, paused, *_ = [row.key for row in world_rows(fleet, clock.now())]
    clock.advance(timedelta(minutes=1))
    await levers["interrupt"].pull(broken)
    await levers["slow"].pull(slow)
    await levers["pause"].pull(paused)
    alerts = {broken.partition("\n")[0]: Severity.CRITICAL}
    told = {row.key: (row.trouble, row.told) for row in world_rows(fleet, clock.now(), alerts)}
    assert told[broken] == ("interrupted", "alert: critical")
    assert told[slow] == ("slow", "no alert yet")
    assert told[paused] == ("paused on purpose, by you", "the bot knows: an alert when it lasts 2 h")
    assert {one for key, one in told.items() if key not in {broken, slow, paused}} == {("", "")}
    assert {row.told for row in world_rows(fleet, clock.now())} == {""}


def test_what_the_world_s_story_paused_somebody_of_it_paused() -> None:
    fleet = small_fleet(START)
    fleet.plan(0, START, PAUSED)
    (row,) = [one for one in world_rows(fleet, START + timedelta(minutes=1)) if one.trouble]
    assert row.trouble == "paused on purpose, by somebody of this world"


def test_a_standby_may_be_behind_and_is_well_for_the_bot() -> None:
    fleet = demo_story(0, START)
    (row,) = [one for one in world_rows(fleet, START, {}) if one.task == "shop-dr/cart"]
    assert (row.trouble, row.told, row.standing) == (
        "slow",
        "no alert: a standby may be behind",
        Standing.WELL,
    )
    fleet.interrupt("shop-dr/cart", START)
    (row,) = [one for one in world_rows(fleet, START, {}) if one.task == "shop-dr/cart"]
    assert (row.told, row.standing) == ("no alert yet", Standing.BROKEN)


async def test_things_may_be_kept_from_breaking_by_themselves() -> None:
    rest = fleet_levers(small_fleet(START), ManualClock(), lambda *_: None)["rest"]
    assert "what you do" in await _pull(rest)
    assert _is_on(rest)
    assert "again" in await _pull(rest)
    assert not _is_on(rest)


async def test_one_row_can_be_changed_and_a_row_that_is_gone_cannot() -> None:
    clock = ManualClock()
    fleet = small_fleet(START)
    heard: list[str] = []
    levers = levers_of_tasks(fleet, clock, lambda word, _: heard.append(word))
    row = world_rows(fleet, clock.now())[0]
    assert row.task in str(await levers["vanish"].pull(row.key))
    (changed,) = [one for one in world_rows(fleet, clock.now()) if one.key == row.key]
    assert (changed.status, changed.standing) == ("not listed", Standing.BROKEN)
    with pytest.raises(CannotDo, match="not there any more"):
        await levers["fail"].pull("nobody\nfile:///")
    assert heard == ["vanish"]
