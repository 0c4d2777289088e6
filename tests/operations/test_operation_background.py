"""Background work goes on: what dies is told and started again, what is owed is sent at once."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain.notification import Channel
from bot.errors import SlackError, SlackTemporary, StorageError
from bot.operations.deliver_messages import NEWS
from bot.operations.hold_leases import ALONE, SHARED, Pace
from bot.operations.keep_delivering import IDLE, Bell, keep_delivering
from bot.operations.meters import Unmetered
from bot.operations.supervise import LONGEST_WAIT, supervise
from bot.operations.watch_tasks import poll
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.listed_source import PAY
from tests.fakes.manual_clock import ManualClock
from tests.operations.operations_stage import Stage, shown, well

LONG = timedelta(minutes=10)


class Work:
    """Work that dies in the ways it is told to, and then ends the supervision."""

    def __init__(self, clock: ManualClock, *ways: Exception | timedelta | None) -> None:
        self.clock = clock
        self.ways = list(ways)
        self.started: list[float] = []

    async def __call__(self) -> None:
        self.started.append(self.clock.monotonic())
        if not self.ways:
            raise asyncio.CancelledError
        way = self.ways.pop(0)
        if isinstance(way, timedelta):
            self.clock.advance(way)
        elif way is not None:
            raise way

    @property
    def waits(self) -> list[float]:
        return [after - before for before, after in zip(self.started, self.started[1:], strict=False)]


async def supervised(clock: ManualClock, work: Work) -> ListedJournal:
    journal = ListedJournal()
    with pytest.raises(asyncio.CancelledError):
        await supervise("delivery", work, clock, journal)
    return journal


async def test_what_dies_is_started_again_after_growing_waits() -> None:
    clock = ManualClock()
    work = Work(clock, *(KeyError("oh") for _ in range(8)))
    journal = await supervised(clock, work)
    assert work.waits == [1, 2, 4, 8, 16, 30, 30, 30]
    assert work.waits[-1] == LONGEST_WAIT.total_seconds()
    assert journal.names("error") == ["background work failed"] * 8


async def test_a_failure_that_has_a_sentence_is_told_with_it() -> None:
    clock = ManualClock()
    journal = await supervised(clock, Work(clock, StorageError("The disk is full.")))
    assert journal.events == [
        ("warning", "background work stopped", {"work": "delivery", "because": "The disk is full."})
    ]


async def test_every_new_start_is_counted() -> None:
    counted: list[str] = []

    class Counting(Unmetered):
        def restarted(self, work: str) -> None:
            counted.append(work)

    clock = ManualClock()
    work = Work(clock, KeyError("oh"), StorageError("The disk is full."), None)
    with pytest.raises(asyncio.CancelledError):
        await supervise("delivery", work, clock, ListedJournal(), Counting())
    assert counted == ["delivery"] * 3


async def test_work_that_ends_by_itself_is_told_and_started_again() -> None:
    clock = ManualClock()
    work = Work(clock, None, None)
    journal = await supervised(clock, work)
    assert journal.names() == ["background work ended"] * 2
    assert work.waits == [1, 2]


async def test_work_that_went_well_for_a_while_is_started_again_soon() -> None:
    clock = ManualClock()
    work = Work(clock, *(KeyError("oh") for _ in range(6)), timedelta(minutes=5), KeyError("oh"))
    await supervised(clock, work)
    assert work.waits[-2:] == [301, 2]


async def test_a_bell_is_heard_at_once_and_its_silence_ends_by_itself() -> None:
    bell = Bell()
    waiting = asyncio.create_task(bell.heard(LONG))
    await asyncio.sleep(0)
    assert not waiting.done()
    bell.ring()
    await waiting
    await bell.heard(timedelta(0))
    bell.ring()
    await bell.heard(LONG)
    assert not bell._event.is_set(), "what was heard is over"


async def a_lane(stage: Stage, bell: Bell, idle: timedelta = LONG) -> "asyncio.Task[None]":
    return asyncio.create_task(keep_delivering(stage.delivering, NEWS, bell, idle=idle, rest=idle))


async def ended(lane: "asyncio.Task[None]") -> None:
    lane.cancel()
    with pytest.raises(asyncio.CancelledError):
        await lane


async def settle() -> None:
    """Let everything that can go on go on."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_what_is_owed_is_sent_when_the_bell_rings() -> None:
    stage, bell = Stage(), Bell()
    lane = await a_lane(stage, bell)
    await settle()
    stage.source.rows[PAY] = well("orders")
    await poll(stage.state, stage.watching)
    await settle()
    assert stage.everything() == []
    bell.ring()
    await settle()
    assert "Now watching" in shown(stage.everything()[0])
    await ended(lane)


async def test_without_a_bell_it_looks_by_itself() -> None:
    stage = Stage()
    lane = await a_lane(stage, Bell(), idle=timedelta(0))
    await settle()
    stage.source.rows[PAY] = well("orders")
    await poll(stage.state, stage.watching)
    sent = asyncio.Event()
    stage.messenger.after = lambda *_: sent.set()
    async with asyncio.timeout(30):
        await sent.wait()
    await ended(lane)


@pytest.mark.parametrize(
    ("failing", "pace", "wait"),
    [
        (SlackTemporary("Slack is slow.", code="internal_error"), SHARED, IDLE),
        (None, SHARED, timedelta(seconds=5)),
        (None, ALONE, timedelta(seconds=40)),
    ],
    ids=["something is owed", "nothing is owed", "nothing, and there is no other replica"],
)
async def test_it_looks_often_only_while_something_is_owed(
    failing: SlackError | None, pace: Pace, wait: timedelta
) -> None:
    stage = Stage()
    stage.source.rows[PAY] = well("orders")
    stage.messenger.failing = lambda *_: failing
    await poll(stage.state, stage.watching)
    waited: list[timedelta] = []

    class Patient(Bell):
        async def heard(self, within: timedelta) -> None:
            waited.append(within)
            await super().heard(LONG)

    lane = asyncio.create_task(keep_delivering(stage.delivering, NEWS, Patient(), rest=pace.others_within))
    await settle()
    await ended(lane)
    assert waited == [wait]


async def test_what_is_in_flight_when_it_is_told_to_stop_is_finished_and_recorded() -> None:
    stage = Stage()
    stage.source.rows[PAY] = well("orders")
    await poll(stage.state, stage.watching)
    lanes: list[asyncio.Task[None]] = []

    def stopped(method: str, _channel: Channel) -> SlackError | None:
        if method == "post":
            lanes[0].cancel()
        return None

    stage.messenger.failing = stopped
    lanes.append(await a_lane(stage, Bell()))
    with pytest.raises(asyncio.CancelledError):
        await lanes[0]
    assert len(stage.everything()) == 1
    assert await stage.store.outbox_depth() == 0


async def test_a_database_that_fails_while_it_stops_changes_nothing_about_stopping() -> None:
    stage = Stage()
    stage.source.rows[PAY] = well("orders")
    await poll(stage.state, stage.watching)
    lanes: list[asyncio.Task[None]] = []

    def stopped(method: str, _channel: Channel) -> SlackError | None:
        if method == "post":
            lanes[0].cancel()
            stage.memory.broken = "The disk is full."
        return None

    stage.messenger.failing = stopped
    lanes.append(await a_lane(stage, Bell()))
    with pytest.raises(asyncio.CancelledError):
        await lanes[0]


async def test_a_database_that_fails_ends_the_lane_for_the_supervisor_to_see() -> None:
    stage = Stage()
    stage.memory.broken = "The disk is full."
    with pytest.raises(StorageError):
        await keep_delivering(stage.delivering, NEWS, Bell(), rest=LONG)
