"""When each OCP was read, in one line, and in one sentence each why it could not be."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.fleet import ClusterNow, FleetSnapshot, SourceNow
from bot.domain.incident import Incident
from bot.domain.reading import PollFailure
from bot.domain.standing import Standing
from bot.views.blocks import literal
from bot.views.trouble import MARKS, severity_mark
from bot.views.typed import typed
from bot.views.wording import ago, clean, count, duration, name, ocp_name

_NAMED = 3
_FAILURES = 4
_SENTENCE = 250
_LATE = 3


def source_name(source: SourceNow | str) -> str:
    """Name a source in markup: ``OCP prod``."""
    return literal(ocp_name(source if isinstance(source, str) else source.name))


def read_line(sources: Sequence[SourceNow], now: datetime) -> str:
    """Say when the sources were read; of many, when the one that was read the longest ago was."""
    read = [(source, source.read_at) for source in sources if source.read_at is not None]
    if len(read) <= _NAMED:
        return " · ".join(f"{source_name(source)} read {ago(at, now)}" for source, at in read)
    source, at = min(read, key=lambda pair: pair[1])
    return f"{count(len(read), 'OCP')} read, the longest ago {source_name(source)}, {ago(at, now)}"


def trouble_lines(sources: Sequence[SourceNow], now: datetime, reason: int = _SENTENCE) -> list[str]:
    """Say in one sentence each what could not be read, and what was not read yet or is late.

    Of why so many characters are told, which is ``reason``.
    """
    lines = [line for source in sources if (line := _trouble(source, now, reason))]
    lines += [
        _not_read(
            f"Cluster {name(cluster.label)} of {source_name(source)}", cluster.failure, cluster, now, reason
        )
        for source in sources
        if source.failure is None
        for cluster in source.clusters
        if cluster.failure is not None
    ]
    left = len(lines) - _FAILURES
    if left <= 0:
        return lines
    return [*lines[:_FAILURES], f"…and {left:,} more that cannot be read: {typed('health')}"]


def _trouble(source: SourceNow, now: datetime, reason: int) -> str | None:
    if source.failure is not None:
        return _not_read(source_name(source), source.failure, source, now, reason)
    if source.read_at is None:
        return f"{MARKS[Standing.UNKNOWN]} {source_name(source)} has not been read yet."
    if now - source.read_at > max(source.interval * _LATE, timedelta(minutes=2)):
        return (
            f"{MARKS[Standing.UNKNOWN]} {source_name(source)} was last read {ago(source.read_at, now)}, "
            f"though it is to be read every {duration(source.interval)}."
        )
    return None


def _not_read(who: str, failure: PollFailure, of: SourceNow | ClusterNow, now: datetime, reason: int) -> str:
    mark = _mark(of.incident)
    sentence = literal(clean(failure.sentence, reason))
    seen = "" if of.read_at is None else f" What you see of it is from {ago(of.read_at, now)}."
    return f"{mark} {who} cannot be read for {duration(now - failure.since)}: {sentence}{seen}"


def _mark(incident: Incident | None) -> str:
    return MARKS[Standing.UNKNOWN] if incident is None else severity_mark(incident.severity)


def concerned(fleet: FleetSnapshot, clusters: Sequence[ClusterNow]) -> list[SourceNow]:
    """Give the sources of these clusters, each with no others than these."""
    sources = []
    for source in fleet.sources:
        own = tuple(cluster for cluster in clusters if cluster.source == source.name)
        if own:
            sources.append(replace(source, clusters=own))
    return sources
