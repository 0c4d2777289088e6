"""Adds to an alert how the delay of its task went in the last hours, read when the message is rendered."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.delay_history import DelayHistory
from bot.domain.incident import Incident, task_key_of, trend_span
from bot.domain.notification import Action, IncidentContent, Notification
from bot.errors import StorageError
from bot.operations.history_port import History

BARS = 8
WITHIN = timedelta(seconds=1)
"""A card is not held up for its trend for longer than this."""
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Trends:
    """Reads trends from the stored readings."""

    history: History

    async def added_to(self, notification: Notification) -> Notification:
        """Give a notification with its trend; as it is, where there is none or it cannot be had quickly."""
        content = notification.content
        if not isinstance(content, IncidentContent) or notification.action is Action.REPLY:
            return notification
        incident = content.incident
        snapshot, key = incident.snapshot, task_key_of(incident.subject)
        if not incident.is_open or incident.delay is None or snapshot is None or key is None:
            return notification
        until = content.read_at
        since = until - trend_span(incident.since, until)
        try:
            async with asyncio.timeout(WITHIN.total_seconds()):
                read = await self.history.delays(key, since, until)
        except (StorageError, TimeoutError):
            return notification
        with_trend = replace(incident, snapshot=replace(snapshot, trend=_trend(read, incident)))
        return replace(notification, content=replace(content, incident=with_trend))


def _trend(read: DelayHistory, incident: Incident) -> tuple[int | None, ...]:
    """Give the longest delay of each slice, the last of them the present one."""
    peaks = [None if peak is None else peak // _SECOND for peak in read.peaks(BARS)]
    if all(peak is None for peak in peaks) or incident.delay is None:
        return ()
    return (*peaks[:-1], incident.delay // _SECOND)
