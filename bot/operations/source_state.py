"""What is known of one source between polls, and how it comes back after a restart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.detection import decode, evaluate
from bot.domain.evidence import NotRead
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.notification import MessageKey
from bot.domain.reading import FailedReading
from bot.domain.roster import UNLISTED, KnownCluster, KnownTask, ThresholdsFor, Unread, limits_of
from bot.domain.task import Cluster, ClusterId, SourceName, TaskKey
from bot.operations.keep_incidents import Desk
from bot.operations.learn_limits import kept_limits
from bot.operations.read_source import LIST, ClusterList
from bot.operations.store_port import ClusterRecord, Store

REOPENABLE = timedelta(hours=1)
"""A resolved incident is kept at hand this long; it is read from the store where it is needed later."""
NOT_GREETED = ""
"""The fact of a source that was greeted once, and is to be greeted again if it comes back."""


@dataclass(slots=True)
class SourceState:
    """What is known of one source between polls; only its own watch changes it.

    ``last_read_at`` is our clock; ``took`` is real time. ``failing`` is what the last poll
    could not read. ``changes`` grows whenever anything here changes: what was made of it is then stale.
    ``ocp_limits`` are the delays at which OCP's own alarm fires; ``unresolved`` has a sentence for each
    cluster of the settings that was not found.
    """

    source: SourceName
    interval: timedelta
    clusters: dict[ClusterId, KnownCluster] = field(default_factory=dict)
    listed: ClusterList | None = None
    desk: Desk = field(default_factory=Desk)
    unread: Unread | None = None
    greeted: bool = False
    last_read_at: datetime | None = None
    took: timedelta | None = None
    memory_kept_at: datetime | None = None
    failing: Mapping[str, FailedReading] = field(default_factory=dict)
    ocp_limits: dict[ClusterId, timedelta] = field(default_factory=dict)
    unresolved: tuple[str, ...] = ()
    changes: int = 0

    @property
    def tasks(self) -> int:
        """How many tasks are known."""
        return sum(len(cluster.tasks) for cluster in self.clusters.values())

    @property
    def troubles(self) -> tuple[str, ...]:
        """A sentence for each thing that keeps clusters from being watched, though nothing has failed."""
        if LIST not in self.failing:
            return self.unresolved
        sentence = self.failing[LIST].sentence
        return (f"OCP {self.source} is read as it was listed last: {sentence}", *self.unresolved)


async def restore(
    source: SourceName, interval: timedelta, store: Store, thresholds_for: ThresholdsFor
) -> SourceState:
    """Take up a source where the last run left it: neither repeating nor forgetting nor relearning."""
    state = SourceState(source, interval)
    state.greeted = await store.fact(f"greeted/{source}") not in (None, NOT_GREETED)
    state.desk = await load_desk(await store.open_incidents(source), store)
    for record in await store.clusters(source):
        state.clusters[record.cluster.id] = _known(record)
    for incident in state.desk.incidents.values():
        _remember_subject(state, incident)
    state.ocp_limits.update(await kept_limits(source, store))
    saved = await store.fact(f"memory/{source}")
    if saved is not None:
        await _catch_up(state, store, datetime.fromisoformat(saved), thresholds_for)
    return state


def _known(record: ClusterRecord) -> KnownCluster:
    tasks: dict[TaskKey, KnownTask] = {}
    for kept in record.tasks:
        memory = None if kept.memory is None else decode(kept.memory)
        tasks[kept.task.key] = KnownTask(kept.task, kept.listed_at, kept.absent_polls, memory)
    read_at = max((kept.listed_at for kept in record.tasks), default=None)
    return KnownCluster(record.cluster, tasks, read_at=read_at)


def _remember_subject(state: SourceState, incident: Incident) -> None:
    """Know whom an open incident is about, so that it ends some day, and since when it could not be read.

    A restart does not make an outage look younger: the polls that failed are counted on.
    """
    reason, subject = incident.because, incident.subject
    if subject.cluster is not None:
        cluster = Cluster(state.source, subject.cluster, subject.cluster_label)
        state.clusters.setdefault(subject.cluster, KnownCluster(cluster))
    if not isinstance(reason, NotRead):
        return
    last = FailedReading(
        state.source, subject.cluster, incident.changed_at, reason.reason, reason.sentence, reason.trace_id
    )
    unread = Unread(reason.polls, reason.since, last)
    if subject.cluster is None:
        state.unread = unread
    else:
        known = state.clusters[subject.cluster]
        since = reason.since if reason.reason == UNLISTED else None
        state.clusters[subject.cluster] = replace(known, unread=unread, unlisted_since=since)


async def _catch_up(state: SourceState, store: Store, since: datetime, thresholds_for: ThresholdsFor) -> None:
    """Bring what the rules remember up to the last stored observation. Its incidents are kept already."""
    async for reading in store.observations(state.source, since=since):
        known = state.clusters.get(reading.cluster.id)
        if known is None:
            continue
        tasks = dict(known.tasks)
        for task in reading.tasks:
            before = tasks.get(task.key)
            if before is not None and reading.at <= before.listed_at:
                continue
            memory, assessment = evaluate(
                None if before is None else before.memory, task, reading.at, limits_of(task, thresholds_for)
            )
            tasks[task.key] = KnownTask(task, reading.at, memory=memory, assessment=assessment)
        state.clusters[reading.cluster.id] = replace(
            known, tasks=tasks, read_at=reading.at, received_at=reading.received_at
        )
        state.last_read_at = reading.received_at


async def load_desk(incidents: Iterable[Incident], store: Store) -> Desk:
    """Lay out these incidents with the messages that speak of them."""
    desk = Desk()
    for incident in incidents:
        await add_incident(desk, incident, store)
    return desk


async def add_incident(desk: Desk, incident: Incident, store: Store) -> None:
    """Lay out one more incident, and those that share a greeting with it."""
    desk.incidents[incident.subject.key] = incident
    desk.messages[incident.number] = await store.messages_of(incident.number)
    for posted in desk.messages[incident.number]:
        known = {member.number for member in desk.members.get(posted.key, ())}
        for number in posted.members:
            if number not in known:
                await _add_member(desk, posted.key, number, store)


async def _add_member(desk: Desk, key: MessageKey, number: IncidentNumber, store: Store) -> None:
    incident = await store.incident(number)
    if incident is not None:
        desk.members[key] = (*desk.members.get(key, ()), incident)
        desk.messages.setdefault(number, await store.messages_of(number))


def without_the_resolved(desk: Desk, now: datetime) -> Desk:
    """Drop what has been resolved for so long that it is unlikely to be reopened."""
    gone = {
        key: incident
        for key, incident in desk.incidents.items()
        if incident.resolved_at is not None and now - incident.resolved_at >= REOPENABLE
    }
    if not gone:
        return desk
    incidents = {key: kept for key, kept in desk.incidents.items() if key not in gone}
    numbers = {incident.number for incident in incidents.values()}
    members = {
        key: together
        for key, together in desk.members.items()
        if any(member.number in numbers for member in together)
    }
    numbers.update(member.number for together in members.values() for member in together)
    return Desk(
        incidents=incidents,
        written_at={key: at for key, at in desk.written_at.items() if key not in gone},
        messages={number: posted for number, posted in desk.messages.items() if number in numbers},
        members=members,
    )
