"""The heart beats while the bot is at work, and stops when polling or delivery stops."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.heartbeat import OVERDUE, Pulse, Silent, Vitals, Withheld, withheld
from bot.domain.notification import Action
from bot.domain.reading import FailedReading
from bot.domain.roster import Unread
from bot.domain.task import SourceName
from bot.errors import StorageError
from bot.operations import heartbeat as beating
from bot.operations.heartbeat import EVERY, Heartbeat, sentence
from bot.operations.source_state import SourceState
from bot.operations.write_port import Backlog
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.manual_clock import ManualClock

NOW = datetime.fromisoformat("2026-03-04T12:00:00+00:00")
PROD, OTHER = SourceName("prod"), SourceName("other")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def pulse(
    polled: timedelta | None = SECOND,
    read: timedelta | None = SECOND,
    *,
    name: SourceName = PROD,
    interval: timedelta = 30 * SECOND,
) -> Pulse:
    """Make a source that was polled and read so long ago."""
    return Pulse(
        name, interval, None if polled is None else NOW - polled, None if read is None else NOW - read
    )


@pytest.mark.parametrize(
    ("vitals", "silent"),
    [
        pytest.param(Vitals((pulse(),)), None, id="polled, read, nothing owed"),
        pytest.param(Vitals((pulse(120 * SECOND, 120 * SECOND),)), None, id="a poll may run into timeouts"),
        pytest.param(
            Vitals((pulse(121 * SECOND, 121 * SECOND),)),
            Silent(Withheld.NOT_POLLED, PROD, NOW - 121 * SECOND),
            id="not polled for longer than any poll takes",
        ),
        pytest.param(
            Vitals((pulse(29 * MINUTE, 29 * MINUTE, interval=10 * MINUTE),)), None, id="polled rarely"
        ),
        pytest.param(
            Vitals((pulse(31 * MINUTE, 31 * MINUTE, interval=10 * MINUTE),)),
            Silent(Withheld.NOT_POLLED, PROD, NOW - 31 * MINUTE),
            id="three long intervals missed",
        ),
        pytest.param(
            Vitals((pulse(None, None),)), Silent(Withheld.NOT_POLLED, PROD), id="the first poll is not over"
        ),
        pytest.param(
            Vitals((pulse(), pulse(5 * MINUTE, name=OTHER))),
            Silent(Withheld.NOT_POLLED, OTHER, NOW - 5 * MINUTE),
            id="one of two is polled no more",
        ),
        pytest.param(
            Vitals((pulse(), pulse(read=5 * MINUTE, name=OTHER))),
            None,
            id="one of two does not answer: that is told in Slack",
        ),
        pytest.param(
            Vitals((pulse(read=6 * MINUTE), pulse(read=5 * MINUTE, name=OTHER))),
            Silent(Withheld.NOTHING_READ, since=NOW - 5 * MINUTE),
            id="none answers: it may be our own network",
        ),
        pytest.param(
            Vitals((pulse(read=None),)), Silent(Withheld.NOTHING_READ), id="polled, and never an answer"
        ),
        pytest.param(Vitals(()), Silent(Withheld.NOTHING_WATCHED), id="a replica that stands by"),
        pytest.param(Vitals((pulse(),), NOW - OVERDUE), None, id="owed, and not overdue yet"),
        pytest.param(
            Vitals((pulse(),), NOW - OVERDUE - SECOND),
            Silent(Withheld.NOT_DELIVERED, since=NOW - OVERDUE - SECOND),
            id="overdue",
        ),
        pytest.param(
            Vitals((pulse(),), database=False), Silent(Withheld.DATABASE), id="the database does not answer"
        ),
    ],
)
def test_the_heart_beats_only_while_polling_and_delivery_go_on(vitals: Vitals, silent: Silent | None) -> None:
    assert withheld(vitals, NOW) == silent


@pytest.mark.parametrize(
    ("silent", "said"),
    [
        (Silent(Withheld.NOTHING_WATCHED), "This replica watches no OCP at present."),
        (Silent(Withheld.NOT_POLLED, PROD), "OCP prod has not been polled yet."),
        (Silent(Withheld.NOT_POLLED, PROD, NOW - 5 * MINUTE), "OCP prod has not been polled for 5 min."),
        (Silent(Withheld.NOTHING_READ), "No OCP has answered yet."),
        (Silent(Withheld.NOTHING_READ, since=NOW - 5 * MINUTE), "No OCP has answered for 5 min."),
        (
            Silent(Withheld.NOT_DELIVERED, since=NOW - 12 * MINUTE),
            "A message has been waiting for 12 min to be taken by Slack.",
        ),
        (Silent(Withheld.DATABASE), "The database cannot be used."),
    ],
)
def test_why_there_is_none_is_said_in_a_sentence(silent: Silent, said: str) -> None:
    assert sentence(silent, NOW) == said


class Owing:
    """A store that owes what a test says, or does not answer."""

    def __init__(self) -> None:
        self.broken: str | None = None
        self.backlog: tuple[Backlog, ...] = ()
        self.hangs = False

    async def outbox_backlog(self) -> tuple[Backlog, ...]:
        if self.broken is not None:
            raise StorageError(self.broken)
        if self.hangs:
            await asyncio.Event().wait()
        return self.backlog


class Body:
    """A heart with all that it hangs on. ``answers`` are what the address says; the last one stays."""

    def __init__(self, answers: Sequence[str | None] = (None,)) -> None:
        self.clock = ManualClock(NOW)
        self.store = Owing()
        self.journal = ListedJournal()
        self.state = SourceState(PROD, 30 * SECOND, last_read_at=NOW)
        self.answers = list(answers)
        self.pings = 0
        self.holds = True
        self.heart = Heartbeat(
            [self.state], lambda _: self.holds, self.store, self.ping, self.clock, self.journal
        )

    @property
    def trouble(self) -> str | None:
        return self.heart.trouble

    async def ping(self) -> str | None:
        self.pings += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def beat(self, times: int = 1) -> None:
        for _ in range(times):
            await self.heart.beat()


async def test_it_beats_and_remembers_when() -> None:
    body = Body()
    await body.beat(3)
    assert body.pings == 3
    assert body.heart.accepted_at == NOW
    assert body.trouble is None
    assert body.journal.events == []


async def test_it_beats_every_minute_after_the_first_polls() -> None:
    body = Body()
    beats: list[timedelta] = []

    async def ping() -> str | None:
        beats.append(body.clock.now() - NOW)
        body.state.last_read_at = body.clock.now()
        if len(beats) == 3:
            raise asyncio.CancelledError
        return None

    body.state.last_read_at = NOW + MINUTE
    body.heart.ping = ping
    with pytest.raises(asyncio.CancelledError):
        await body.heart.run()
    assert beats == [EVERY, 2 * EVERY, 3 * EVERY]


async def test_a_refusal_is_told_once_and_its_end_too() -> None:
    body = Body(["It answered 404.", "It answered 404.", "It did not answer.", None, None])
    await body.beat(2)
    assert (body.trouble, body.heart.accepted_at) == ("It answered 404.", None)
    await body.beat(3)
    assert (body.trouble, body.heart.accepted_at) == (None, NOW)
    assert body.journal.events == [
        ("warning", "heartbeat not accepted", {"because": "It answered 404."}),
        ("warning", "heartbeat not accepted", {"because": "It did not answer."}),
        ("info", "heartbeat goes on", {}),
    ]


async def test_while_it_is_withheld_nobody_is_asked_and_it_is_told_once() -> None:
    body = Body()
    body.clock.advance(5 * MINUTE)
    await body.beat()
    body.clock.advance(MINUTE)
    await body.beat()
    assert body.pings == 0
    assert body.trouble == "OCP prod has not been polled for 6 min."
    body.state.last_read_at = body.clock.now()
    await body.beat()
    assert body.pings == 1
    assert body.journal.events == [
        ("warning", "heartbeat withheld", {"because": "OCP prod has not been polled for 5 min."}),
        ("info", "heartbeat goes on", {}),
    ]


async def test_without_an_address_nothing_is_done_until_there_is_one() -> None:
    body = Body(["It answered 404."])
    await body.beat()
    body.heart.ping = None
    await body.beat()
    assert (body.pings, body.trouble, body.heart.accepted_at) == (1, None, None)
    body.heart.ping, body.answers = body.ping, [None]
    await body.beat()
    assert (body.pings, body.heart.accepted_at) == (2, NOW)
    assert body.journal.names() == ["heartbeat not accepted"]


async def test_a_replica_that_stands_by_is_no_trouble() -> None:
    body = Body()
    body.holds = False
    await body.beat(2)
    assert body.pings == 0
    assert body.trouble is None
    assert body.journal.names("warning") == []
    assert body.journal.names("info") == ["heartbeat withheld"]


async def test_a_poll_that_failed_is_a_poll() -> None:
    body = Body()
    body.clock.advance(5 * MINUTE)
    failed = FailedReading(PROD, None, body.clock.now(), "timeout", "It did not answer.")
    body.state.unread = Unread(9, NOW, failed)
    await body.beat()
    assert body.trouble == "No OCP has answered for 5 min."
    answering = SourceState(OTHER, 30 * SECOND, last_read_at=body.clock.now())
    body.heart = replace(body.heart, states=[body.state, answering])
    await body.beat()
    assert body.pings == 1


async def test_news_that_stay_owed_stop_it_and_edits_do_not() -> None:
    body = Body()
    old = NOW - 2 * OVERDUE
    body.store.backlog = (Backlog(Action.EDIT, 40, old), Backlog(Action.POST, 1, NOW))
    await body.beat()
    assert body.pings == 1
    body.store.backlog = (Backlog(Action.REPLY, 1, old), Backlog(Action.POST, 1, NOW))
    await body.beat()
    assert body.pings == 1
    assert body.trouble == "A message has been waiting for 20 min to be taken by Slack."


async def test_a_database_that_fails_stops_it() -> None:
    body = Body()
    body.store.broken = "The disk is full."
    await body.beat()
    assert body.pings == 0
    assert body.trouble == "The database cannot be used."
    with pytest.raises(StorageError):
        await body.store.outbox_backlog()


async def test_a_database_that_hangs_stops_it_and_does_not_hang_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beating, "ASKED_WITHIN", timedelta(milliseconds=5))
    body = Body()
    body.store.hangs = True
    await body.beat()
    assert body.trouble == "The database cannot be used."
