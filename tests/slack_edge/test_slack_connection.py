"""Socket Mode stays connected: through refreshes, drops, dead tickets, silence, and a Slack that is away."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp

from bot.clock import SystemClock
from bot.sandbox.slack import Outcome, SimulatedSlack, Trouble
from bot.slack.bolt import bolt_app
from bot.slack.connection import CURE, PACE, Pace, SocketConnections
from bot.slack.listeners import acknowledge
from tests.fakes.listed_journal import ListedJournal

QUICK = Pace(
    ping_every=timedelta(seconds=0.05),
    look_every=timedelta(seconds=0.05),
    connect_within=timedelta(seconds=0.5),
    close_within=timedelta(seconds=0.2),
    first_wait=timedelta(seconds=0.02),
    longest_wait=timedelta(seconds=0.1),
)
PATIENT = timedelta(seconds=5)
"""Between pings where nothing is deaf: after four without an answer the SDK breaks a connection off."""
WITHIN = 30.0


class TickingClock(SystemClock):
    """Real time that tells of every sleep, so that a test can look each time that the watch looks."""

    def __init__(self) -> None:
        self.slept: list[timedelta] = []
        self._ticked = asyncio.Event()

    async def sleep(self, span: timedelta) -> None:
        self.slept.append(span)
        self._ticked.set()
        await super().sleep(min(span, timedelta(seconds=0.2)))

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(WITHIN):
            while not condition():
                self._ticked.clear()
                await self._ticked.wait()


class Line:
    """The connections under test, and what they are connected to."""

    def __init__(self, slack: SimulatedSlack, pace: Pace, token: str | None = None) -> None:
        self.slack = slack
        self.clock = TickingClock()
        self.journal = ListedJournal()
        self.app: AsyncApp = bolt_app(slack.api_url)
        self.app.command("/logbackup")(acknowledge)
        self.connections = SocketConnections(
            self.app, token or slack.app_token, self.clock, self.journal, pace
        )
        self.running: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.running = asyncio.create_task(self.connections.run())

    async def stop(self) -> None:
        if self.running is not None:
            self.running.cancel()
            with suppress(asyncio.CancelledError):
                await self.running

    async def connected(self, count: int = 2) -> None:
        """Wait until so many are connected, as both ends see it."""
        await self.slack.until(lambda slack: slack.sockets == count)
        await self.clock.until(lambda: self.connections.alive == count)

    async def asks(self) -> Outcome:
        return (await self.slack.command("anna", "general", "/logbackup", "status")).outcome

    def trouble(self) -> str | None:
        return self.connections.trouble

    def told(self, event: str) -> list[dict[str, object]]:
        return [facts for _, name, facts in self.journal.events if name == event]


@asynccontextmanager
async def simulated(port: int = 0) -> AsyncIterator[SimulatedSlack]:
    clock = SystemClock()
    async with SimulatedSlack(clock=clock, pacing_clock=clock, port=port, events=()) as slack:
        slack.add_channel("general")
        yield slack


@asynccontextmanager
async def line(pace: Pace = QUICK, **options: Any) -> AsyncIterator[Line]:
    async with simulated() as slack:
        made = Line(slack, pace, **options)
        made.start()
        try:
            yield made
        finally:
            await made.stop()


async def test_it_connects_twice() -> None:
    async with line() as on:
        await on.connected()
        assert {facts["connection"] for facts in on.told("slack connected")} == {1, 2}
        assert on.trouble() is None
        assert await on.asks() is Outcome.ACKNOWLEDGED


async def test_a_connection_is_as_old_as_since_it_hears() -> None:
    async with line() as on:
        before = on.clock.now()
        await on.connected()
        since = on.connections.alive_since
        assert list(since) == sorted(since)
        assert before <= since[0] <= since[1] <= on.clock.now()
        looked = len(on.clock.slept)
        await on.clock.until(lambda: len(on.clock.slept) > looked + 4)
        assert on.connections.alive_since == since, "a look does not make it younger"
    assert on.connections.alive_since == ()


async def test_while_one_connection_is_refreshed_the_other_hears() -> None:
    """Between two looks the SDK has time to connect again, however busy the machine is."""
    async with line(replace(QUICK, look_every=timedelta(seconds=1), ping_every=PATIENT)) as on:
        await on.connected()
        for _ in range(2):
            going, staying = on.slack._sockets.connections
            goodbye = asyncio.create_task(on.slack._sockets._say_goodbye(going, "refresh_requested"))
            assert {await on.asks() for _ in range(5)} == {Outcome.ACKNOWLEDGED}
            await goodbye
            await on.connected()
            assert going not in on.slack._sockets.connections
            assert staying in on.slack._sockets.connections
        assert on.journal.names("warning") == []


async def test_after_a_refresh_of_both_they_come_again() -> None:
    async with line() as on:
        await on.connected()
        await on.slack.refresh_sockets()
        await on.connected()
        assert await on.asks() is Outcome.ACKNOWLEDGED


async def test_dropped_connections_come_again() -> None:
    async with line() as on:
        await on.connected()
        on.slack.drop_sockets()
        await on.slack.until(lambda slack: slack.sockets == 2)
        await on.connected()
        assert await on.asks() is Outcome.ACKNOWLEDGED


async def test_dead_tickets_are_never_tried_for_ever() -> None:
    """The SDK by itself asks for one dead ticket for ever."""
    async with line() as on:
        await on.connected()
        on.slack.dead_tickets = True
        on.slack.drop_sockets()
        await on.slack.until(lambda slack: len(set(slack.refused_tickets)) >= 5)
        await on.clock.until(lambda: on.connections.alive == 0)
        on.slack.dead_tickets = False
        await on.connected()
        assert await on.asks() is Outcome.ACKNOWLEDGED


async def test_dead_tickets_at_the_start_heal_too() -> None:
    async with simulated() as slack:
        slack.dead_tickets = True
        on = Line(slack, replace(QUICK, connect_within=timedelta(seconds=0.15)))
        on.start()
        try:
            await slack.until(lambda slack: len(set(slack.refused_tickets)) >= 4)
            await on.clock.until(lambda: len(on.told("slack not connected")) == 2)
            assert on.trouble() == "Slack did not open a connection in time."
            slack.dead_tickets = False
            await on.connected()
            assert on.trouble() is None
            assert len(on.told("slack not connected")) == 2
        finally:
            await on.stop()


async def test_a_connection_whose_pings_go_unanswered_is_built_anew() -> None:
    """It looks alive: the socket stands, and nobody reads at the other end."""
    async with line() as on:
        await on.connected()
        deaf = list(on.slack._sockets.connections)
        for connection in deaf:
            connection.transport.pause_reading()
        await on.slack.until(
            lambda slack: len([one for one in slack._sockets.connections if one not in deaf]) == 2
        )
        await on.clock.until(lambda: on.connections.alive == 2)
        for connection in deaf:
            connection.transport.abort()


async def test_connections_are_renewed_one_after_the_other() -> None:
    """A connection that hears nothing and answers pings cannot be told; it does not stay for ever."""
    async with line(replace(QUICK, renew_after=timedelta(seconds=0.6))) as on:
        await on.connected()
        first, second = (one.id for one in on.slack._sockets.connections)
        renewed: list[int] = []

        def seen() -> bool:
            renewed[:] = [int(str(facts["connection"])) for facts in on.told("slack connected")][2:]
            return len(renewed) >= 2

        await on.clock.until(seen)
        assert sorted(renewed[:2]) == [1, 2]
        await on.slack.until(
            lambda slack: not {first, second} & {one.id for one in slack._sockets.connections}
        )
        assert on.journal.names("warning") == []


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def test_a_slack_that_is_away_at_the_start_is_told_once_and_found_when_it_comes() -> None:
    port = free_port()
    clock = SystemClock()
    on = Line(SimulatedSlack(clock=clock, pacing_clock=clock, port=port, events=()), QUICK)
    on.start()
    try:
        await on.clock.until(lambda: len(on.clock.slept) >= 8)
        assert on.connections.alive == 0
        assert on.trouble() == f"Slack cannot be reached at 127.0.0.1:{port}."
        assert len(on.told("slack not connected")) == 2
        async with simulated(port) as slack:
            on.slack = slack
            await on.connected()
            await on.stop()
    finally:
        await on.stop()


async def test_the_waits_between_attempts_grow_up_to_a_bound() -> None:
    pace = replace(QUICK, connections=1)
    on = Line(SimulatedSlack(clock=SystemClock(), pacing_clock=SystemClock(), port=free_port()), pace)
    on.start()
    try:
        await on.clock.until(lambda: len(on.clock.slept) >= 5)
        assert [span.total_seconds() for span in on.clock.slept[:5]] == [0.02, 0.04, 0.08, 0.1, 0.1]
    finally:
        await on.stop()


async def test_a_refused_app_token_is_told_with_its_cure() -> None:
    async with line(token="xapp-wrong") as on:
        await on.clock.until(lambda: len(on.clock.slept) >= 6)
        assert [facts["because"] for facts in on.told("slack not connected")] == [CURE, CURE]
        assert on.trouble() == CURE


async def test_another_refusal_is_told_as_it_is() -> None:
    async with simulated() as slack:
        slack.trouble.refuse("apps.connections.open", "account_inactive", times=2)
        on = Line(slack, QUICK)
        on.start()
        try:
            await on.connected()
            assert "deactivated" in str(on.told("slack not connected")[0]["because"])
        finally:
            await on.stop()


async def test_slack_is_asked_again_when_it_said_so() -> None:
    async with simulated() as slack:
        slack.trouble.add("apps.connections.open", Trouble.RATE_LIMITED, times=1, retry_after=30)
        on = Line(slack, replace(QUICK, connections=1))
        on.start()
        try:
            await on.connected(1)
            assert on.clock.slept[0] == timedelta(seconds=30)
        finally:
            await on.stop()


async def test_a_connection_that_stays_away_is_told_and_counted_out() -> None:
    async with line(replace(QUICK, connections=1)) as on:
        await on.connected(1)
        on.slack.trouble.add("apps.connections.open", Trouble.ERROR_BEFORE)
        on.slack.drop_sockets()
        await on.clock.until(lambda: on.connections.alive == 0)
        assert on.told("slack connection lost") == []
        await on.clock.until(lambda: bool(on.told("slack connection lost")))
        await on.clock.until(lambda: bool(on.told("slack not connected")))
        assert on.connections.alive == 0
        on.slack.trouble.clear()
        await on.connected(1)
        assert on.trouble() is None


# ── the end


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """See to it that no task, and no session that complains, outlives what is inside."""
    before = asyncio.all_tasks()
    yield
    gc.collect()
    async with asyncio.timeout(WITHIN):
        for _ in range(20):
            await asyncio.sleep(0)
    left = {task for task in asyncio.all_tasks() - before if not task.done()}
    assert left == set()


async def test_the_end_leaves_nothing_behind() -> None:
    async with nothing_left(), simulated() as slack:
        on = Line(slack, QUICK)
        on.start()
        await on.connected()
        await on.stop()
        await slack.until(lambda slack: slack.sockets == 0)
        assert on.connections.alive == 0


async def test_the_end_while_connecting_leaves_nothing_behind() -> None:
    async with nothing_left(), simulated() as slack:
        slack.trouble.add("apps.connections.open", Trouble.HANG_BEFORE)
        on = Line(slack, replace(QUICK, connect_within=timedelta(seconds=30)))
        on.start()
        await slack.until(lambda slack: len(slack.calls_of("apps.connections.open")) == 2)
        async with asyncio.timeout(10):
            await on.stop()


async def test_the_end_between_attempts_leaves_nothing_behind() -> None:
    async with nothing_left(), simulated() as slack:
        slack.dead_tickets = True
        on = Line(slack, QUICK)
        on.start()
        await slack.until(lambda slack: len(slack.refused_tickets) >= 2)
        async with asyncio.timeout(10):
            await on.stop()


async def test_the_end_is_bounded_although_slack_does_not_say_goodbye() -> None:
    async with nothing_left(), simulated() as slack:
        on = Line(slack, replace(QUICK, ping_every=timedelta(seconds=30)))
        on.start()
        await on.connected()
        deaf = list(slack._sockets.connections)
        for connection in deaf:
            connection.transport.pause_reading()
        began = asyncio.get_running_loop().time()
        async with asyncio.timeout(10):
            await on.stop()
        assert asyncio.get_running_loop().time() - began >= QUICK.close_within.total_seconds()
        for connection in deaf:
            connection.transport.abort()


@pytest.mark.parametrize("moment", ["at once", "connected"])
async def test_it_can_run_again(moment: str) -> None:
    async with simulated() as slack:
        on = Line(slack, QUICK)
        on.start()
        if moment == "connected":
            await on.connected()
        await on.stop()
        on.start()
        await on.connected()
        await on.stop()


@pytest.mark.parametrize(("replicas", "connections"), [(1, 2), (5, 2), (6, 1), (10, 1), (12, 1)])
async def test_replicas_share_the_connections_that_slack_allows(replicas: int, connections: int) -> None:
    """Ten for an app: two each up to five replicas, one each from there on."""
    async with line() as on:
        each = SocketConnections(on.app, "xapp-1", on.clock, on.journal, PACE, replicas=lambda: replicas)
        assert sum(each._is_wanted(index) for index in range(PACE.connections)) == connections
