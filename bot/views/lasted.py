"""Since when an incident is so, and for how long: of what was so at the first look nobody knows."""

from datetime import UTC, datetime, timedelta, tzinfo

from bot.domain.fleet import TaskNow
from bot.domain.grouping import Group
from bot.domain.incident import Incident
from bot.domain.problem import Problem
from bot.views.wording import lasting, slack_time

_STANDS = frozenset({Problem.STALLED, Problem.FAILED})
_SAME = timedelta(minutes=1)
"""Two lengths of time that differ by less are one to whoever reads them."""


def lasted(incident: Incident, now: datetime) -> str:
    """Say for how long it has been so, with its comma; of what was so already, for how long at least."""
    unknown = ", since before the watch began" if incident.already else ""
    return length(incident, now) or unknown


def length(about: Incident | Group, now: datetime) -> str:
    """Say the same where it is said since when; nothing of what just began."""
    said = lasting(now - about.since)
    return said.replace("for ", "for at least ", 1) if _already(about) else said


def behind(incident: Incident, delay: timedelta, now: datetime) -> timedelta:
    """Give how far behind it is at ``now``: what has stopped falls behind with the clock.

    Clocks that differ by seconds do not make it less far behind than it has stood.
    """
    if not incident.burns or incident.problem not in _STANDS:
        return delay
    read_at = now if incident.snapshot is None else incident.snapshot.read_at
    moved, stood = delay + max(now - read_at, timedelta(0)), now - incident.since
    return stood if timedelta(0) < stood - moved < _SAME else moved


def task_lasted(task: TaskNow, now: datetime) -> str:
    """Say the same of a task: by its incident, else by what the rules say of it."""
    if task.incident is not None:
        return lasted(task.incident, now)
    return "" if task.since is None else lasting(now - task.since)


def begun(about: Incident | Group, zone: tzinfo = UTC) -> str:
    """Say the moment behind ``since``: ``14:02``, ``before 14:02``; in markup."""
    return f"{'before ' if _already(about) else ''}{slack_time(about.since, zone)}"


def broke_again(incident: Incident) -> str:
    """Say how often an incident was over and broke again since it began; empty where it never was."""
    times = "" if incident.reopened == 1 else f" {incident.reopened:,} times"
    return f" and broke again{times} since then" if incident.reopened else ""


def _already(about: Incident | Group) -> bool:
    return isinstance(about, Incident) and about.already
