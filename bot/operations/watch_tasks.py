"""Watches one source: reads it, judges what was read, and keeps what follows in one transaction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.alerting import NewId
from bot.domain.detection import encode
from bot.domain.incident import Incident, Transition, task_subject
from bot.domain.notification import Channel, GreetingContent, MessageKey
from bot.domain.roster import KnownCluster, KnownTask, Learned, ThresholdsFor
from bot.domain.task import ClusterId
from bot.operations.judge_poll import Decided, advance_all, decide, in_trouble_anew
from bot.operations.keep_incidents import Announcing, ChannelsFor, Desk, keep_incidents
from bot.operations.ports import Clock, Journal, Source
from bot.operations.read_source import PollResult, read_source, tell_failures
from bot.operations.source_state import SourceState, add_incident, load_desk, without_the_resolved
from bot.operations.store_port import RevisionConflict, Store, TaskRecord, WriteSession
from bot.views.wording import because, duration

MEMORY_AGE = timedelta(minutes=5)
"""What the rules remember is saved this often; a restart catches up from the stored observations."""

ATTEMPTS = 3
"""How often a poll is decided again because a person changed an incident at the same moment."""


@dataclass(frozen=True, slots=True)
class Watching:
    """What a watch works with. ``owed`` is called after each commit: messages may be due."""

    source: Source
    store: Store
    clock: Clock
    journal: Journal
    thresholds_for: ThresholdsFor
    channels_for: ChannelsFor
    default_channels: tuple[Channel, ...]
    new_id: NewId
    owed: Callable[[], None]


async def poll(state: SourceState, watching: Watching) -> tuple[Transition, ...]:
    """Poll the source once. Raises StorageError where the result cannot be kept; nothing then changes."""
    result = await read_source(watching.source, state.listed, watching.clock)
    for _ in range(ATTEMPTS):
        now = watching.clock.now()
        decided = decide(state, result, watching.thresholds_for, now, watching.source.watches)
        desk = await _with_last_incidents(state.desk, decided, watching, now)
        try:
            after, transitions, greeted = await _keep(state, desk, result, decided, watching, now)
        except RevisionConflict:
            watching.journal.info("incident changed meanwhile", source=state.source)
            open_now = await watching.store.open_incidents(state.source)
            state.desk = await load_desk(open_now, watching.store)
            state.changes += 1
            continue
        _move_on(state, result, decided, after, now)
        state.greeted = state.greeted or greeted
        watching.owed()
        _report(state, result, decided, transitions, watching)
        return transitions
    watching.journal.warning("poll not kept", source=state.source, attempts=ATTEMPTS)
    return ()


async def _with_last_incidents(desk: Desk, decided: Decided, watching: Watching, now: datetime) -> Desk:
    """Add the last incidents of subjects that are in trouble anew, if they may be reopened."""
    keys = in_trouble_anew(desk, decided)
    if not keys:
        return desk
    after = desk.copy()
    for incident in (await watching.store.last_incidents(keys)).values():
        subject = incident.subject
        limits = watching.thresholds_for(
            subject.source, subject.cluster, subject.cluster_label, subject.tenant_label
        )
        if incident.resolved_at is None or now - incident.resolved_at <= limits.reopen_within:
            await add_incident(after, incident, watching.store)
    return after


async def _keep(
    state: SourceState,
    desk: Desk,
    result: PollResult,
    decided: Decided,
    watching: Watching,
    now: datetime,
) -> tuple[Desk, tuple[Transition, ...], bool]:
    """Keep readings, incidents and owed messages, all or nothing; tell whether the source was greeted."""
    advanced = advance_all(desk, decided, watching.thresholds_for, now)
    announcing = _announcing(state, decided, watching, now)
    async with watching.store.writing() as session:
        await _keep_readings(session, state, result, decided, now)
        after, transitions = await keep_incidents(session, desk, advanced, announcing)
        if announcing.greet is not None:
            await session.keep_fact(f"greeted/{state.source}", now.isoformat())
    return after, transitions, announcing.greet is not None


async def _keep_readings(
    session: WriteSession, state: SourceState, result: PollResult, decided: Decided, now: datetime
) -> None:
    for reading in result.readings:
        await session.append_observations(reading)
    listed = state.listed if result.clusters is None else result.clusters
    if listed is not state.listed or decided.retired:
        known = [one.cluster for one in decided.unlisted]
        await session.keep_clusters(state.source, [*(() if listed is None else listed.clusters), *known])
    saving = _memory_is_due(state, now) and bool(result.readings)
    records = [_record(known) for known in _worth_keeping(state, decided, everything=saving)]
    if records:
        await session.keep_tasks(records)
    forgotten = [key.text for folded in decided.folded for key in folded.forgotten]
    forgotten += [key.text for retired in decided.retired for key in retired.cluster.tasks]
    if forgotten:
        await session.forget_tasks(forgotten)
    if saving:
        earliest = min(reading.at for reading in result.readings)
        await session.keep_fact(f"memory/{state.source}", earliest.isoformat())


def _memory_is_due(state: SourceState, now: datetime) -> bool:
    return state.memory_kept_at is None or now - state.memory_kept_at >= MEMORY_AGE


def _worth_keeping(state: SourceState, decided: Decided, *, everything: bool) -> Iterator[KnownTask]:
    """Yield the tasks of which anything but checkpoint and delay is news; the observations have those."""
    for folded in decided.folded:
        before = state.clusters.get(folded.cluster.cluster.id)
        for key, known in folded.cluster.tasks.items():
            if everything or before is None or _is_news(before.tasks.get(key), known):
                yield known


def _is_news(before: KnownTask | None, after: KnownTask) -> bool:
    if before is None or before.absent_polls != after.absent_polls:
        return True
    one, other = before.task, after.task
    return one is not other and (
        one.status.reported != other.status.reported
        or one.error != other.error
        or one.cluster_name != other.cluster_name
        or one.tenant_name != other.tenant_name
        or one.cluster_type != other.cluster_type
        or one.mode != other.mode
        or one.agent_server != other.agent_server
    )


def _record(known: KnownTask) -> TaskRecord:
    memory = None if known.memory is None else encode(known.memory)
    return TaskRecord(known.task, known.listed_at, known.absent_polls, memory)


def _announcing(state: SourceState, decided: Decided, watching: Watching, now: datetime) -> Announcing:
    clusters = _clusters_after(state, decided)
    greet = MessageKey(f"greeting/{state.source}")

    def greeting_for(message: MessageKey, incidents: tuple[Incident, ...]) -> GreetingContent:
        only = None if message == greet else incidents[0].subject
        told = [one for id_, one in clusters.items() if only is None or id_ == only.cluster]
        return GreetingContent(
            source=state.source,
            clusters=len(told),
            tasks=sum(len(cluster.tasks) for cluster in told),
            interval=state.interval,
            incidents=incidents,
            read_at=now,
            cluster=None if only is None else only.cluster_label,
        )

    first = not state.greeted and bool(decided.newcomers)
    return Announcing(
        now=now,
        channels_for=watching.channels_for,
        default_channels=watching.default_channels,
        new_id=watching.new_id,
        greeting_for=greeting_for,
        greet=greet if first else None,
        newcomers=decided.newcomers,
        newcomer_message=lambda incident: MessageKey(f"{greet}/{incident.subject.cluster}/{incident.number}"),
    )


def _clusters_after(state: SourceState, decided: Decided) -> dict[ClusterId, KnownCluster]:
    clusters = state.clusters | {folded.cluster.cluster.id: folded.cluster for folded in decided.folded}
    gone = {retired.cluster.cluster.id for retired in decided.retired}
    return {id_: cluster for id_, cluster in clusters.items() if id_ not in gone}


def _move_on(state: SourceState, result: PollResult, decided: Decided, desk: Desk, now: datetime) -> None:
    """Make the outcome of a committed poll the state that the next one starts from."""
    state.clusters = _clusters_after(state, decided)
    if result.clusters is not None:
        state.listed = result.clusters
    if result.readings:
        state.last_read_at = max(reading.received_at for reading in result.readings)
        if _memory_is_due(state, now):
            state.memory_kept_at = now
    state.unread = decided.unread
    state.desk = without_the_resolved(desk, now)
    state.took = result.took
    state.changes += 1


def _report(
    state: SourceState,
    result: PollResult,
    decided: Decided,
    transitions: tuple[Transition, ...],
    watching: Watching,
) -> None:
    """Log the transitions, what was learned, and one line for the cycle."""
    journal = watching.journal
    state.failing = tell_failures(state.failing, result, watching.source, journal)
    state.unresolved = watching.source.unresolved_clusters
    for transition in transitions:
        incident = transition.after
        journal.info(
            "incident " + transition.change.value,
            incident=incident.number,
            source=state.source,
            subject=incident.subject.name,
            problem=incident.problem.value,
            severity=incident.severity.word,
        )
    for learned in (learned for folded in decided.folded for learned in folded.learned):
        _report_learned(learned, journal)
    journal.info(
        "poll",
        source=state.source,
        clusters=len(result.readings),
        unread=len(result.failures),
        tasks=state.tasks,
        skipped=sum(reading.skipped for reading in result.readings),
        seconds=round(result.took.total_seconds(), 3),
    )


def _report_learned(learned: Learned, journal: Journal) -> None:
    """Log what is normal for a task from now on: it is told, and wakes nobody."""
    subject, rhythm, level = task_subject(learned.task).name, learned.rhythm, learned.level
    if rhythm is not None:
        journal.info("new rhythm", subject=subject, because=because(rhythm))
    if level is not None:
        journal.info(
            "new level",
            subject=subject,
            before=duration(level.before),
            now=duration(level.now),
            at=level.at.isoformat(),
        )
