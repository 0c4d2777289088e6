"""A card shows how the delay went, where that can be had at once; it is never held up for that."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from bot.domain.delay_history import DelayHistory
from bot.domain.incident import TREND
from bot.domain.notification import Action, IncidentContent, Notification
from bot.domain.task import TaskKey
from bot.errors import SourceUnreachable, StorageError
from bot.operations import show_trend
from bot.operations.show_trend import BARS, Trends
from tests.fakes.listed_source import PAY
from tests.operations.answering_stage import KeptHistory
from tests.operations.operations_stage import Stage, broken, well

SECOND = timedelta(seconds=1)
Read = Callable[[datetime, datetime | None], Awaitable[DelayHistory]]


class History:
    """Stored readings that answer as a test says, and remember what was asked."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.asked: list[tuple[datetime, datetime | None]] = []

    async def delays(self, key: TaskKey, since: datetime, until: datetime | None) -> DelayHistory:
        _ = key
        self.asked.append((since, until))
        return await self._read(since, until)


async def nothing(since: datetime, until: datetime | None) -> DelayHistory:
    return DelayHistory.of([], since=since, until=until or since)


async def refused(_since: datetime, _until: datetime | None) -> DelayHistory:
    raise StorageError("The disk is full.")


async def endless(_since: datetime, _until: datetime | None) -> DelayHistory:
    await asyncio.Event().wait()
    raise AssertionError("it never answers")


async def late_task() -> tuple[Stage, list[Notification]]:
    """Let a task fail, and its delay grow; give what was owed about it."""
    stage = Stage()
    owed: list[Notification] = []

    async def seen(notification: Notification) -> Notification:
        owed.append(notification)
        return notification

    stage.delivering.with_trend = seen
    stage.source.rows[PAY] = well("orders")
    await stage.poll(4)
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    await stage.poll(2)
    return stage, owed


def about_incident(owed: list[Notification], action: Action) -> Notification:
    return next(one for one in owed if isinstance(one.content, IncidentContent) and one.action is action)


def trend_of(notification: Notification) -> tuple[int | None, ...]:
    assert isinstance(notification.content, IncidentContent)
    snapshot = notification.content.incident.snapshot
    assert snapshot is not None
    return snapshot.trend


async def test_an_alert_shows_the_longest_delays_of_the_last_hours_and_the_present_one_last() -> None:
    stage, owed = await late_task()
    alert = about_incident(owed, Action.POST)
    shown = await Trends(KeptHistory(stage)).added_to(alert)
    trend = trend_of(shown)
    assert len(trend) == BARS
    assert isinstance(alert.content, IncidentContent)
    assert alert.content.incident.delay is not None
    assert trend[-1] == alert.content.incident.delay // SECOND > 0
    assert trend[0] is None, "nothing was read so long ago"


async def test_of_older_trouble_twice_its_length_is_shown() -> None:
    _, owed = await late_task()
    alert = about_incident(owed, Action.POST)
    history = History(nothing)
    await Trends(history).added_to(alert)
    ((since, until),) = history.asked
    assert isinstance(alert.content, IncidentContent)
    assert until == alert.content.read_at
    assert until - since == max(TREND, 2 * (until - alert.content.incident.since))


async def test_without_readings_there_is_no_trend() -> None:
    _, owed = await late_task()
    assert trend_of(await Trends(History(nothing)).added_to(about_incident(owed, Action.POST))) == ()


@pytest.mark.parametrize("read", [refused, endless], ids=["a database that refuses", "one that hangs"])
async def test_a_card_goes_out_without_its_trend_rather_than_late(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show_trend, "WITHIN", timedelta(seconds=0.05))
    _, owed = await late_task()
    alert = about_incident(owed, Action.POST)
    assert await Trends(History(read)).added_to(alert) is alert


async def test_only_cards_of_open_incidents_of_tasks_have_one() -> None:
    """A greeting, a card of what is over and one about an OCP that cannot be read have none."""
    stage, owed = await late_task()
    stage.source.rows[PAY] = well("orders")
    await stage.poll(40)
    stage.source.listing = stage.source.rows[PAY] = SourceUnreachable("It is not there.")
    await stage.poll(12)
    history = History(nothing)
    without = [
        one
        for one in owed
        if not isinstance(one.content, IncidentContent)
        or not one.content.incident.is_open
        or one.content.incident.subject.cluster is None
    ]
    kinds = {type(one.content).__name__ for one in without}
    assert {"GreetingContent", "IncidentContent"} <= kinds
    for one in without:
        assert await Trends(history).added_to(one) is one
    assert history.asked == []
