"""Watches one source: reads it, judges what was read, and keeps what follows in one transaction."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.incident import IncidentNumber, Transition
from bot.domain.look import NewId
from bot.domain.roster import KnownCluster, ThresholdsFor
from bot.domain.task import ClusterId
from bot.operations.desk import Desk, lay_out, refreshed, without_the_resolved
from bot.operations.heed_people import Heeded, heed_people
from bot.operations.judge_poll import Decided, advance_all, decide, in_trouble_anew
from bot.operations.keep_incidents import keep_incidents
from bot.operations.meters import Meters, Unmetered, errors_of, outcome_of
from bot.operations.ports import Clock, Journal, Source
from bot.operations.read_source import PollResult, read_source
from bot.operations.report_poll import report_poll
from bot.operations.save_memories import (
    Saved,
    changed_of,
    keep_rows,
    memory_is_due,
    note_saved,
    save,
    save_packs,
    save_rows,
)
from bot.operations.source_state import SourceState
from bot.operations.source_telling import RoutingFor, read_board, telling_of
from bot.operations.store_port import LeaseLost, RevisionConflict, Store, WriteSession
from bot.operations.tell_incidents import Board, tell

ATTEMPTS = 3
"""How often a poll is decided again because a person changed an incident at the same moment."""


@dataclass(frozen=True, slots=True)
class Watching:
    """What a watch works with. ``owed`` is called after each commit: messages may be due.

    ``fence`` gives the name and the token of the lease that this watch holds, None where there is none: a
    late write of a replica that lost it fails.
    """

    source: Source
    store: Store
    clock: Clock
    journal: Journal
    thresholds_for: ThresholdsFor
    routing_for: RoutingFor
    new_id: NewId
    owed: Callable[[], None]
    meters: Meters = field(default_factory=Unmetered)
    fence: Callable[[], tuple[str, int] | None] = lambda: None


async def poll(state: SourceState, watching: Watching) -> tuple[Transition, ...]:
    """Poll the source once, and keep what follows, unless another replica watches it by now.

    Raises StorageError where the result cannot be kept; nothing then changes.
    """
    result = await read_source(watching.source, state.listed, watching.clock)
    async with state.turn:
        try:
            transitions = await _keep_poll(state, result, watching)
        except LeaseLost:
            watching.journal.warning("poll not kept, another replica watches", source=state.source)
            return ()
    watching.meters.polled(state.source, outcome_of(result), result.took, errors_of(result))
    return transitions


async def _keep_poll(state: SourceState, result: PollResult, watching: Watching) -> tuple[Transition, ...]:
    for _ in range(ATTEMPTS):
        now = watching.clock.now()
        board = await read_board(state, watching.store, watching.routing_for, now)
        desk, changed = await refreshed(state.desk, state.source, watching.store)
        # After the incidents: who sees one called over must see too that its task is to be forgotten.
        heeded = await heed_people(state.source, state.clusters, watching.store)
        seen = replace(state, desk=desk, clusters=heeded.clusters)
        decided = await decide(seen, result, watching.thresholds_for, now, watching.source.watches)
        desk = await _with_last_incidents(desk, decided, watching, now)
        try:
            kept = await _keep(seen, _Round(desk, result, decided, heeded, board, changed, now), watching)
        except RevisionConflict:
            watching.journal.info("incident changed meanwhile", source=state.source)
            continue
        state.clusters = heeded.clusters
        _move_on(state, result, decided, kept.desk, now)
        if kept.saved is not None:
            note_saved(state, kept.saved, now)
        state.told_by = board
        state.greeted = state.greeted or kept.greeted
        watching.owed()
        report_poll(state, result, decided, kept.transitions, watching.source, watching.journal)
        return kept.transitions
    watching.journal.warning("poll not kept", source=state.source, attempts=ATTEMPTS)
    return ()


async def tend(state: SourceState, watching: Watching) -> bool:
    """Tell what people did since the last look, to incidents, silences and subscriptions.

    What time alone makes due is told by the next poll. Returns whether anything was owed.
    Raises StorageError.
    """
    async with state.turn:
        if not state.desk.known:
            return False
        for _ in range(ATTEMPTS):
            now = watching.clock.now()
            board = await read_board(state, watching.store, watching.routing_for, now)
            desk, changed = await refreshed(state.desk, state.source, watching.store)
            if not changed and board == state.told_by and state.desk.is_fresh:
                return False
            telling = telling_of(state, state.clusters, board, watching.new_id, now)
            telling = replace(telling, touched=changed, by_person=changed)
            try:
                async with watching.store.writing() as session:
                    await _check_fence(session, watching)
                    after, owed = await tell(session, desk.copy(), telling)
            except RevisionConflict:
                continue
            except LeaseLost:
                return False
            state.desk, state.told_by = after, board
            if changed or owed:
                state.changes += 1
                watching.owed()
            return owed
        return False


@dataclass(frozen=True, slots=True)
class _Round:
    """What one attempt to keep a poll starts from."""

    desk: Desk
    result: PollResult
    decided: Decided
    heeded: Heeded
    board: Board
    changed: frozenset[IncidentNumber]
    now: datetime


@dataclass(frozen=True, slots=True)
class _Kept:
    desk: Desk
    transitions: tuple[Transition, ...]
    greeted: bool
    saved: Saved | None


async def _check_fence(session: WriteSession, watching: Watching) -> None:
    fence = watching.fence()
    if fence is not None:
        await session.check_lease(*fence)


async def _with_last_incidents(desk: Desk, decided: Decided, watching: Watching, now: datetime) -> Desk:
    """Add the last incidents of subjects that are in trouble anew, if they may be reopened."""
    keys = in_trouble_anew(desk, decided)
    if not keys:
        return desk
    found = []
    for incident in (await watching.store.last_incidents(keys)).values():
        subject = incident.subject
        limits = watching.thresholds_for(
            subject.source, subject.cluster, subject.cluster_label, subject.tenant_label
        )
        if incident.resolved_at is None or now - incident.resolved_at <= limits.reopen_within:
            found.append(incident)
    if not found:
        return desk
    after = desk.copy()
    await lay_out(after, found, watching.store)
    return after


async def _keep(state: SourceState, at: _Round, watching: Watching) -> _Kept:
    """Keep readings, incidents and owed messages, all or nothing."""
    advanced = await advance_all(at.desk, at.decided, watching.thresholds_for, at.now)
    clusters = _clusters_after(state, at.decided)
    telling = telling_of(state, clusters, at.board, watching.new_id, at.now, at.decided)
    desk = at.desk.copy()
    async with watching.store.writing() as session:
        await _check_fence(session, watching)
        saved = await _keep_readings(session, state, at)
        kept = await keep_incidents(session, desk, advanced, at.now)
        telling = replace(
            telling,
            transitions=kept.transitions,
            touched=kept.touched | at.changed,
            by_person=at.changed - kept.touched,
        )
        desk, _ = await tell(session, desk, telling)
        greeted = telling.newcomers.greet is not None
        if greeted:
            await session.keep_fact(f"greeted/{state.source}", at.now.isoformat())
    return _Kept(desk, kept.transitions, greeted, saved)


async def _keep_readings(session: WriteSession, state: SourceState, at: _Round) -> Saved | None:
    result, decided, now, saved = at.result, at.decided, at.now, None
    for reading in result.readings:
        await session.append_observations(reading)
        await asyncio.sleep(0)
    listed = state.listed if result.clusters is None else result.clusters
    if listed is not state.listed or decided.retired:
        known = [one.cluster for one in decided.unlisted]
        await session.keep_clusters(state.source, [*(() if listed is None else listed.clusters), *known])
    taught = bool(at.heeded.settled)
    if result.readings and (taught or memory_is_due(state, now)):
        earliest = min(reading.at for reading in result.readings)
        saved = await save(session, state, decided, earliest, now, in_rows=taught)
    else:
        await keep_rows(session, changed_of(decided))
    forgotten = [key.text for folded in decided.folded for key in folded.forgotten]
    forgotten += [key.text for retired in decided.retired for key in retired.cluster.tasks]
    forgotten += at.heeded.forgotten
    if at.heeded.settled:
        await session.forget_facts(at.heeded.settled)
    if forgotten:
        await session.forget_tasks(forgotten)
    return saved


async def put_by(state: SourceState, watching: Watching) -> None:
    """Keep what the rules remember before the bot stops: the next start has nothing to catch up with.

    Packs come first, should there be no time for more; then rows, for whatever version starts next.
    Raises StorageError. Nothing is kept where another replica watches by now.
    """
    async with state.turn:
        clusters = [known for known in state.clusters.values() if known.unread is None]
        earliest = min((known.read_at for known in clusters if known.read_at is not None), default=None)
        if earliest is None:
            return
        tasks = [*state.tasks_known]
        with suppress(LeaseLost):
            for save_them in (save_packs, save_rows):
                async with watching.store.writing() as session:
                    await _check_fence(session, watching)
                    saved = await save_them(session, state, tasks, earliest)
                if saved is not None:
                    note_saved(state, saved, watching.clock.now())


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
    state.unread = decided.unread
    state.desk = without_the_resolved(desk, now)
    state.took = result.took
    state.changes += 1
