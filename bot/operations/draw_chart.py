"""The delay of one task looked back on: which task and which span are meant, its picture, and its days."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.commands import ShowChart, ShowHistory, Target, to_text
from bot.domain.delay_history import DelayHistory, DelayLimits, Stretch
from bot.domain.fleet import FleetSnapshot, TaskNow
from bot.domain.incident import Change, Incident
from bot.domain.look import worst_of
from bot.domain.naming import Ambiguous, NotFound, Scope, find_task
from bot.domain.task import TaskKey
from bot.errors import ChartError, UserMistake
from bot.operations.answer_ports import Means
from bot.operations.answering import Answer, Asked, Attachment
from bot.operations.resolve_target import find_one, said, unknown_name, worst_member
from bot.operations.show_silenced import groups_of
from bot.operations.store_port import AuditEntry
from bot.views.chart_reply import Among, chart_message
from bot.views.chart_sentence import alternative_text
from bot.views.delay_chart import ChartSpec, NoChart, delay_chart
from bot.views.history_table import history_message

USUAL = timedelta(hours=24)
"""So much is drawn of a task where nothing else is said."""
LEAST = timedelta(hours=3)
LONGEST = timedelta(days=90)
BEFORE = timedelta(hours=1)
"""So much is drawn before an incident, and after one that is over."""

_TASK = "task:"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_CHANGES = frozenset(Change)


@dataclass(frozen=True, slots=True)
class Looked:
    """The task that is looked back on; ``incident`` is the one that is meant, or that is open.

    ``among`` is set where it stands for several.
    """

    key: TaskKey
    title: str
    by_ids: str
    incident: Incident | None
    among: Among | None = None

    def target(self, asked: Target) -> Target:
        """Give the target that means this task again, be it the worst of its group by then or not."""
        return asked if self.among is None else Target(self.among.shown)

    @property
    def file_name(self) -> str:
        """The task's name as part of a file's name, which knows fewer letters."""
        return _NOT_IN_NAMES.sub("-", self.title).strip("-.")[:60] or "task"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart: what is on it, and the picture where it could be drawn."""

    spec: ChartSpec
    picture: Attachment | None


async def find_task_meant(means: Means, asked: Asked, command: ShowChart | ShowHistory) -> Looked:
    """Find the one task that a chart or a history is about; of a group it is the worst member.

    Raises UserMistake where there is none, or where it is not clear which.
    """

    def again(target: Target) -> str:
        return to_text(replace(command, target=target))

    target = command.target
    if target.scope is not None:
        task = find_task(means.fleet.now(), target.scope)
        match task:
            case TaskNow():
                return _of_task(means.fleet.now(), task)
            case Ambiguous():
                texts = tuple(again(Target(scope=one.scope)) for one in task.choices)
                raise UserMistake(f"{said(target.scope)} means {task.total:,} tasks. Which one?", texts)
            case NotFound():
                raise unknown_name(task, again)
        assert_never(task)
    meant = await find_one(means, asked, target, again)
    looked = of_incident(worst_member(meant), meant.numbers[0])
    if meant.group is None or len(meant.incidents) == 1:
        return looked
    worst, other = worst_of(meant.incidents, 2)
    another = Scope(name=other.subject.name)
    among = Among(
        looked.title, worst.number, len(meant.incidents), meant.group.number, another, worst.read_at
    )
    return replace(looked, among=among)


def _of_task(fleet: FleetSnapshot, task: TaskNow) -> Looked:
    return Looked(task.task.key, fleet.full_name(task), _ids(task.task.key), task.incident)


def of_incident(incident: Incident | None, number: int) -> Looked:
    """Give the task that an incident is about. Raises UserMistake where it is about more than one task."""
    if incident is None or not incident.subject.key.startswith(_TASK) or incident.subject.cluster is None:
        raise UserMistake(
            f"Incident {number} is not about one task, so there is no delay to show.", (f"timeline {number}",)
        )
    subject = incident.subject
    key = TaskKey(subject.source, incident.subject.cluster, subject.tenant, subject.destination)
    return Looked(key, subject.name, _ids(key), incident)


def _ids(key: TaskKey) -> str:
    tenant = "" if key.tenant is None else f", tenant {key.tenant}"
    return f"cluster {key.cluster}{tenant}"


def span_of(command: ShowChart, looked: Looked, now: datetime) -> tuple[datetime, datetime]:
    """Choose from when to when is drawn: as asked, else the whole incident, else a day."""
    if command.window is not None:
        until = min(command.window.end or now, now)
        since = command.window.start or until - USUAL
        if since >= until:
            raise UserMistake("That time is yet to come. Write chart 24h, or from: and to: of what has been.")
    elif command.span is not None:
        since, until = now - command.span, now
    else:
        return span_of_incident(looked.incident, now)
    return max(since, until - LONGEST), until


def span_of_incident(incident: Incident | None, now: datetime) -> tuple[datetime, datetime]:
    """Give the time of an incident with some before and after it; a day where there is none."""
    if incident is None:
        return now - USUAL, now
    until = now if incident.resolved_at is None else min(incident.resolved_at + BEFORE, now)
    return max(min(incident.since - BEFORE, until - LEAST), until - LONGEST), until


async def draw(
    means: Means, asked: Asked, looked: Looked, since: datetime, until: datetime
) -> Drawn | NoChart:
    """Read the history of a task and draw it. What cannot be drawn can be said in words."""
    history = await means.history.delays(looked.key, since, until)
    incident = looked.incident
    spec = delay_chart(
        history,
        title=looked.title,
        by_ids=looked.by_ids,
        now=means.clock.now(),
        zone=means.zone_of(asked),
        limits=limits_of(incident),
        changes=[] if incident is None else _changes(await means.store.audit(incident.number)),
        silenced=[] if incident is None else await _silenced(means, incident, history),
    )
    if isinstance(spec, NoChart):
        return spec
    try:
        content = await means.artist.draw(spec)
    except ChartError:
        return Drawn(spec, None)
    name = f"delay-{looked.file_name}.png"
    return Drawn(spec, Attachment(name, f"Delay of {looked.title}", content, alternative_text(spec)))


def limits_of(incident: Incident | None) -> DelayLimits:
    """Give the limits of a task's delay, as the last reading of its incident left them."""
    seen = None if incident is None else incident.snapshot
    return DelayLimits() if seen is None else DelayLimits(seen.warning, seen.critical, seen.normal)


def _changes(entries: tuple[AuditEntry, ...]) -> list[tuple[datetime, Change]]:
    return [(one.at, Change(one.what)) for one in entries if one.what in _CHANGES]


async def _silenced(means: Means, incident: Incident, history: DelayHistory) -> list[Stretch]:
    """Give when an incident was silenced, as far as the silences are still known."""
    silences = await means.store.silences(ended_since=history.since)
    groups = await groups_of(means.store, incident)
    spans = []
    for one in silences:
        if not one.matcher.matches(incident, groups):
            continue
        ends = [end for end in (one.ended_at, one.ends_at) if end is not None]
        spans.append(Stretch(one.starts_at, min([*ends, history.until])))
    return spans


async def chart(means: Means, asked: Asked, command: ShowChart, *, shareable: bool) -> Answer:
    """Answer with a picture of the delay, and the same in words."""
    looked = await find_task_meant(means, asked, command)
    since, until = span_of(command, looked, means.clock.now())
    drawn = await draw(means, asked, looked, since, until)
    spec, picture = (drawn, None) if isinstance(drawn, NoChart) else (drawn.spec, drawn.picture)
    message = chart_message(
        replace(command, target=looked.target(command.target)),
        spec,
        among=looked.among,
        zone=means.zone_of(asked),
        drawn=picture is not None,
        shareable=shareable,
    )
    attached = () if picture is None else (picture,)
    return Answer(message, attachments=attached)


async def history(means: Means, asked: Asked, command: ShowHistory, *, shareable: bool) -> Answer:
    """Answer with the delay day by day."""
    looked = await find_task_meant(means, asked, command)
    now, zone = means.clock.now(), means.zone_of(asked)
    first = (now.astimezone(zone) - timedelta(days=command.days - 1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    readings = await means.history.delays(looked.key, first.astimezone(now.tzinfo), now)
    limits = limits_of(looked.incident)
    return Answer(
        history_message(
            replace(command, target=looked.target(command.target)),
            readings,
            title=looked.title,
            among=looked.among,
            limits=limits,
            zone=zone,
            shareable=shareable,
        )
    )
