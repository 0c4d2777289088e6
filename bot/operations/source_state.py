"""What is known of one source between polls, and how it comes back after a restart."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.detection import decode, evaluate
from bot.domain.evidence import NotRead
from bot.domain.incident import Incident
from bot.domain.look import Routes
from bot.domain.reading import FailedReading
from bot.domain.roster import UNLISTED, KnownCluster, KnownTask, ThresholdsFor, Unread, limits_of
from bot.domain.task import Cluster, ClusterId, SourceName, TaskKey
from bot.operations.desk import Desk, load_desk
from bot.operations.in_slices import in_slices
from bot.operations.learn_limits import kept_limits
from bot.operations.packed_tasks import Packs, pack_name
from bot.operations.read_source import LIST, ClusterList
from bot.operations.store_port import ClusterRecord, Store
from bot.operations.tell_incidents import Board

NOT_GREETED = ""
"""The fact of a source that was greeted once, and is to be greeted again if it comes back."""


@dataclass(slots=True)
class SourceState:
    """What is known of one source between polls; only its own watch changes it.

    ``last_read_at`` is our clock; ``took`` is real time. ``failing`` is what the last poll
    could not read. ``changes`` grows whenever anything here changes: what was made of it is then stale.
    ``ocp_limits`` are the delays at which OCP's own alarm fires; ``unresolved`` has a sentence for each
    cluster of the settings that was not found. ``turn`` is held by whoever reads or tells; ``is_known`` is
    whether it was taken up from the store. ``rows_saved`` is the fact that was kept with the rows of all
    tasks when they were last written, ``packs`` how many packs may lie over them.
    ``routes`` is where its incidents were told at the last look, ``told_by`` what held for all sources then.
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
    rows_kept_at: datetime | None = None
    rows_saved: str | None = None
    packs: int = 0
    failing: Mapping[str, FailedReading] = field(default_factory=dict)
    ocp_limits: dict[ClusterId, timedelta] = field(default_factory=dict)
    unresolved: tuple[str, ...] = ()
    changes: int = 0
    routes: Routes | None = None
    told_by: Board | None = None
    is_known: bool = False
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def tasks_known(self) -> Iterator[KnownTask]:
        """What is known of each task."""
        return (known for cluster in self.clusters.values() for known in cluster.tasks.values())

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
    state.desk = await load_desk(source, store)
    texts = await store.facts(pack_name(source))
    state.packs = len(texts)
    state.rows_saved = await store.fact(f"memory/{source}")
    if state.rows_saved is not None:
        state.memory_kept_at = state.rows_kept_at = datetime.fromisoformat(state.rows_saved)
    packs = await asyncio.to_thread(Packs, source, texts, state.rows_saved)
    records = await store.clusters(source)
    if packs.at is not None:
        state.memory_kept_at = packs.at
        records = await asyncio.to_thread(packs.laid_over, records)
    for record in records:
        state.clusters[record.cluster.id] = _known(record)
    for incident in state.desk.incidents.values():
        _remember_subject(state, incident)
    state.ocp_limits.update(await kept_limits(source, store))
    state.is_known = True
    if state.memory_kept_at is not None:
        await catch_up(state, store, state.memory_kept_at, thresholds_for)
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


async def catch_up(state: SourceState, store: Store, since: datetime, thresholds_for: ThresholdsFor) -> None:
    """Bring what the rules remember up to the last stored observation. Its incidents are kept already.

    Others get their turn in between: leases have to be renewed, however much there is to catch up with.
    """
    async for reading in store.observations(state.source, since=since):
        known = state.clusters.get(reading.cluster.id)
        if known is None:
            continue
        tasks = dict(known.tasks)
        async for some in in_slices(reading.tasks):
            for task in some:
                before = tasks.get(task.key)
                if before is not None and reading.at <= before.listed_at:
                    continue
                memory, assessment = evaluate(
                    None if before is None else before.memory,
                    task,
                    reading.at,
                    limits_of(task, thresholds_for),
                )
                tasks[task.key] = KnownTask(task, reading.at, memory=memory, assessment=assessment)
        await asyncio.sleep(0)
        state.clusters[reading.cluster.id] = replace(
            known, tasks=tasks, read_at=reading.at, received_at=reading.received_at
        )
        state.last_read_at = reading.received_at
