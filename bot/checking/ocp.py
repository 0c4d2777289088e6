"""Looks at one OCP: whether it answers, what the login may read, its clusters, its clock, its own alarm."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TypeVar

from bot.checking.names import Listed
from bot.domain.reading import Reading
from bot.domain.task import Cluster, SourceName
from bot.errors import LoginRefused, SettingsError, SourceError
from bot.ocp.client import OcpClient
from bot.operations.ports import Clock
from bot.settings import SourceSettings
from bot.sources import login_of, login_refused, ocp_client
from bot.terminal.checkup import Examined, failed, ok, warning
from bot.views.wording import clean, count, duration, ocp_name

T = TypeVar("T")
SIGNED_WITHIN = timedelta(minutes=15)
"""An access key's signature is refused beyond this."""
CLOCKS_AGREE = timedelta(seconds=30)
_NO_CLUSTER = (
    "OCP lists no cluster for this login. Give its user the role CLUSTER_VIEWER for the clusters"
    " to watch; if OCP manages none yet, add one there."
)
NAMED = 10
TOLD = 5


def part_of(source: SourceSettings) -> str:
    """Name a source as a part of the whole."""
    return ocp_name(source.name)


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found of one OCP, and what it lists."""

    said: Sequence[Examined]
    listed: Listed


async def examine_source(source: SourceSettings, clock: Clock) -> Looked:
    """Look at one OCP. A login that is refused is not tried again."""
    part, nothing = part_of(source), Listed(SourceName(source.name))
    try:
        client = ocp_client(source, clock)
    except SettingsError as error:
        return Looked([failed(part, error.sentence)], nothing)
    async with client:
        try:
            clusters = await client.clusters()
        except SourceError as error:
            return Looked([failed(part, await _refused(error, source, client))], nothing)
        readings, refusals = await _read_all(client, clusters)
        said = await _accepted(part, source, client)
        if not clusters:
            return Looked([*said, failed(part, _NO_CLUSTER)], Listed(nothing.source, clusters))
        said.append(_clusters(part, clusters))
        said += tell_tasks(part, readings)
        said += _unread(part, refusals)
        said += _clock(part, source, readings)
        said += await _thresholds(part, client, [reading.cluster for reading in readings])
    there = (*(reading.cluster for reading in readings), *(cluster for cluster, _ in refusals))
    return Looked(said, Listed(nothing.source, there, readings))


async def _accepted(part: str, source: SourceSettings, client: OcpClient) -> list[Examined]:
    info = await _optional(client.server_info())
    version = f" (version {info.version})" if info is not None and info.version else ""
    return [
        ok(part, f"It answers at {source.url}{version} and accepts {login_of(source)}."),
        *(failed(part, sentence) for sentence in client.unresolved_clusters),
    ]


async def _refused(error: SourceError, source: SourceSettings, client: OcpClient) -> str:
    """Say why nothing can be read, and what to do about it before the bot runs."""
    said = error.sentence
    if isinstance(error, LoginRefused):
        said = login_refused(source, error)
    elif error.http_status == HTTPStatus.NOT_FOUND and await _optional(client.server_info()) is None:
        said = (
            f"What answers at {source.url} is no OCP, or not the whole of its address (HTTP 404). Set OCP_URL"
            " to the address at which people open OCP in a browser, up to the port."
        )
    trace = f" OCP's trace id: {clean(error.trace_id)}." if error.trace_id else ""
    return f"{said}{trace}"


async def _optional(asking: Awaitable[T]) -> T | None:
    """Ask for what an OCP may lack or not let this login read."""
    try:
        return await asking
    except SourceError:
        return None


async def _read_all(
    client: OcpClient, clusters: Sequence[Cluster]
) -> tuple[list[Reading], list[tuple[Cluster, SourceError]]]:
    async def read(cluster: Cluster) -> Reading | SourceError:
        try:
            return await client.log_backup_tasks(cluster)
        except SourceError as error:
            return error

    results = await asyncio.gather(*map(read, clusters))
    readings = [result for result in results if isinstance(result, Reading)]
    refusals = [
        (cluster, result)
        for cluster, result in zip(clusters, results, strict=True)
        if isinstance(result, SourceError)
    ]
    return readings, refusals


def _clusters(part: str, clusters: Sequence[Cluster]) -> Examined:
    names = _names([cluster.label for cluster in clusters])
    if all(cluster.name is None for cluster in clusters):
        sentence = (
            f"This login may not list clusters, so that only those whose ids the settings give are watched:"
            f" {names}. To have their names, give its user the role CLUSTER_VIEWER."
        )
        return warning(part, sentence)
    return ok(part, f"{count(len(clusters), 'cluster')} to watch: {names}.")


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(clean(name, 40) for name in names[:NAMED])
    return shown if len(names) <= NAMED else f"{shown} and {len(names) - NAMED:,} more"


def tell_tasks(part: str, readings: Sequence[Reading]) -> list[Examined]:
    """Say how many tasks can be read, and of which clusters there is none, or not all."""
    found = []
    if readings:
        number = sum(len(reading.tasks) for reading in readings)
        found.append(
            ok(part, f"{count(number, 'log backup task')} of {count(len(readings), 'cluster')} can be read.")
        )
    empty = [reading.cluster.label for reading in readings if not reading.tasks and not reading.skipped]
    if empty:
        sentence = (
            f"{'These clusters have' if len(empty) > 1 else 'This cluster has'} no log backup task:"
            f" {_names(empty)}. Start log backup there, or leave what is not backed up out of OCP_CLUSTERS."
        )
        found.append(warning(part, sentence))
    damaged = [reading for reading in readings if reading.skipped or not reading.complete]
    if damaged:
        names = _names([reading.cluster.label for reading in damaged])
        rows = sum(reading.skipped for reading in damaged)
        what = f"{count(rows, 'row')} could not be understood" if rows else "the list did not come to its end"
        found.append(warning(part, f"Of {names}, {what}. Look whether a newer version of the bot does."))
    return found


def _unread(part: str, refusals: Sequence[tuple[Cluster, SourceError]]) -> list[Examined]:
    sentences: dict[str, list[str]] = {}
    for cluster, error in refusals:
        sentences.setdefault(error.sentence, []).append(cluster.label)
    lines = [
        failed(part, sentence if len(labels) == 1 else f"{_names(labels)}: {sentence}")
        for sentence, labels in list(sentences.items())[:TOLD]
    ]
    left = len(refusals) - sum(len(labels) for labels in list(sentences.values())[:TOLD])
    if left > 0:
        lines.append(failed(part, f"{count(left, 'more cluster')} cannot be read either."))
    return lines


def _clock(part: str, source: SourceSettings, readings: Sequence[Reading]) -> list[Examined]:
    """Compare the clocks. What a request took makes ours seem ahead, so the least difference counts."""
    if not readings:
        return []
    offset = min((reading.clock_offset for reading in readings), key=abs)
    if abs(offset) <= CLOCKS_AGREE:
        return [ok(part, "Its clock and this machine's agree.")]
    which = "behind" if offset > timedelta(0) else "ahead of"
    told = f"OCP's clock is {duration(abs(offset))} {which} this machine's."
    if source.access_key is not None and abs(offset) >= SIGNED_WITHIN:
        sentence = (
            f"{told} OCP refuses what an access key signs more than 15 minutes off; the bot signs by OCP's"
            " time then, but its first request counts as a wrong login. Set both clocks by NTP."
        )
        return [failed(part, sentence)]
    return [warning(part, f"{told} Delays stay right, times in messages may not. Set both clocks by NTP.")]


async def _thresholds(part: str, client: OcpClient, clusters: Sequence[Cluster]) -> list[Examined]:
    """Tell OCP's own alarm thresholds, for comparison."""
    limits = await asyncio.gather(*(_optional(client.delay_threshold(cluster)) for cluster in clusters))
    by_limit: dict[timedelta, list[str]] = {}
    for cluster, limit in zip(clusters, limits, strict=True):
        if limit is not None:
            by_limit.setdefault(limit, []).append(cluster.label)
    if not by_limit:
        return []
    told = "; ".join(f"{duration(limit)} for {_names(names)}" for limit, names in sorted(by_limit.items()))
    return [ok(part, f"Its own alarm is set to a delay of {told}.")]
