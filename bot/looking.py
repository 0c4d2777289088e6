"""Looks at every OCP once, without a database, and answers ``status`` and ``tasks`` from what is seen."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from bot.clock import SystemClock
from bot.commands import Command, ListTasks, ShowStatus, parse
from bot.domain.detection import evaluate
from bot.domain.fleet import ClusterNow, FleetSnapshot, SourceNow, TaskNow
from bot.domain.naming import Scope
from bot.domain.reading import PollFailure, Reading
from bot.domain.roster import KnownCluster, ThresholdsFor, another_failure, fold_reading, limits_of
from bot.domain.selection import Window
from bot.domain.task import SourceName
from bot.errors import LoginRefused, SourceError, UserMistake
from bot.ocp.client import OcpClient
from bot.operations.ask_source import ask_sources
from bot.operations.describe_fleet import describe
from bot.operations.read_source import read_source
from bot.operations.source_state import SourceState
from bot.settings import Settings
from bot.sources import login_refused, ocp_client, thresholds_of

Asked = ShowStatus | ListTasks
"""The commands that a single look can answer."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look saw, at ``at`` (our clock).

    ``unresolved`` has a sentence for each cluster of the settings that was not found.
    """

    fleet: FleetSnapshot
    at: datetime
    unresolved: tuple[str, ...] = ()


def read_command(settings: Settings, text: str) -> Asked:
    """Read what somebody typed. Raises UserMistake."""
    command: Command = parse(text, now=SystemClock().now(), zone=settings.timezone)
    if not isinstance(command, Asked):
        raise UserMistake("Only status and tasks are answered in a shell.")
    return command


async def look(settings: Settings, command: Asked) -> Seen:
    """Read every OCP of the settings once. What cannot be read is told in what was seen."""
    clock = SystemClock()
    window = command.window if isinstance(command, ListTasks) else None
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(ocp_client(source, clock)) for source in settings.sources]
        if window is None:
            fleet = await _polled(settings, clients, clock)
        else:
            fleet = await _asked(settings, clients, command.scope, window, clock)
        unresolved = tuple(sentence for client in clients for sentence in client.unresolved_clusters)
    return Seen(_with_cures(fleet, settings, clients), clock.now(), unresolved)


def _with_cures(fleet: FleetSnapshot, settings: Settings, clients: Sequence[OcpClient]) -> FleetSnapshot:
    """Say of a login that was refused what to do in a shell, where no bot tries it again."""
    retold = (
        _retold(seen, login_refused(source, client.gate.refusal))
        for seen, source, client in zip(fleet.sources, settings.sources, clients, strict=True)
    )
    return FleetSnapshot(tuple(retold))


def _retold(source: SourceNow, sentence: str) -> SourceNow:
    def retold(failure: PollFailure | None) -> PollFailure | None:
        if failure is None or failure.reason != LoginRefused.reason:
            return failure
        return replace(failure, sentence=sentence)

    clusters = tuple(replace(cluster, failure=retold(cluster.failure)) for cluster in source.clusters)
    return replace(source, clusters=clusters, failure=retold(source.failure))


async def _polled(settings: Settings, clients: Sequence[OcpClient], clock: SystemClock) -> FleetSnapshot:
    """Poll every source once, judging each task by this one reading."""
    thresholds_for = thresholds_of(settings)

    async def poll(client: OcpClient) -> SourceState:
        state = SourceState(client.name, settings.poll_interval)
        result = await read_source(client, None, clock)
        if result.failure is not None:
            state.unread = another_failure(None, result.failure)
            return state
        known = [_judged_by_one(reading, thresholds_for) for reading in result.readings]
        known += [
            KnownCluster(cluster, unread=another_failure(None, failure))
            for cluster, failure in result.failures
        ]
        state.clusters = {one.cluster.id: one for one in known}
        state.last_read_at, state.took = clock.now(), result.took
        return state

    return describe(await asyncio.gather(*map(poll, clients)))


def _judged_by_one(reading: Reading, thresholds_for: ThresholdsFor) -> KnownCluster:
    """Judge the tasks of a cluster by this one reading: nothing is remembered from before."""
    return fold_reading(KnownCluster(reading.cluster), reading, thresholds_for, lambda _: False).cluster


async def _asked(
    settings: Settings, clients: Sequence[OcpClient], scope: Scope, window: Window, clock: SystemClock
) -> FleetSnapshot:
    """Ask every source for the tasks of a span of time, and judge what it answers."""
    listed = await asyncio.gather(*(_listed(client, settings, clock) for client in clients))
    sources: Mapping[SourceName, OcpClient] = {client.name: client for client in clients}
    answered = await ask_sources(FleetSnapshot(tuple(listed)), scope, window, sources, clock)
    thresholds_for = thresholds_of(settings)
    return FleetSnapshot(
        tuple(
            before if before.failure is not None else _judged(source, thresholds_for)
            for before, source in zip(listed, answered.sources, strict=True)
        )
    )


async def _listed(client: OcpClient, settings: Settings, clock: SystemClock) -> SourceNow:
    """List the clusters of a source; nothing is known of their tasks yet."""
    try:
        clusters = await client.clusters()
    except SourceError as error:
        failure = PollFailure(clock.now(), error.sentence, error.reason, trace_id=error.trace_id)
        return SourceNow(client.name, settings.poll_interval, failure=failure)
    return SourceNow(client.name, settings.poll_interval, tuple(map(ClusterNow, clusters)), clock.now())


def _judged(source: SourceNow, thresholds_for: ThresholdsFor) -> SourceNow:
    def judged(now: TaskNow) -> TaskNow:
        _, assessment = evaluate(None, now.task, now.at, limits_of(now.task, thresholds_for))
        return replace(now, assessment=assessment)

    clusters = (replace(cluster, tasks=tuple(map(judged, cluster.tasks))) for cluster in source.clusters)
    return replace(source, clusters=tuple(clusters))


def anything_read(fleet: FleetSnapshot) -> bool:
    """Whether any source could be read: a list of its clusters, and of their tasks where it has any."""
    return any(
        source.failure is None
        and (not source.clusters or any(cluster.failure is None for cluster in source.clusters))
        for source in fleet.sources
    )
