"""Neighbours of the list of tasks, as far as an OCP has them: overview, strategy, time, version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.domain.task import SourceName
from bot.ocp.clusters import parse_envelope, parse_json
from bot.ocp.payloads import BackupOverviewData, BackupStrategyData, ServerInfoData, lenient
from bot.ocp.refusals import Asked, refused_inside, unreadable
from bot.ocp.rows import utc
from bot.ocp.texts import printable

_MOMENT: TypeAdapter[datetime] = TypeAdapter(datetime)
_TIME_FIELDS = ("data", "time", "currentTime", "timestamp")
_STATUS_LENGTH = 32


@dataclass(frozen=True, slots=True)
class BackupOverview:
    """What OCP says of a cluster's backup as a whole.

    ``schedule`` is NONE, NORMAL, PAUSED, WAITING or ABNORMAL, or whatever else it sent.
    """

    checkpoint: datetime | None = None
    delay: timedelta | None = None
    schedule: str | None = None


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What OCP says of itself."""

    version: str | None = None


def _data(body: bytes, source: SourceName, asked: Asked) -> Mapping[str, Any]:
    answer = parse_json(source, body)
    envelope = parse_envelope(source, answer)
    refusal = refused_inside(envelope, source, asked)
    if refusal is not None:
        raise refusal
    data = answer.get("data")
    if not isinstance(data, Mapping):
        raise unreadable(source, "an answer without data", trace_id=envelope.trace_id)
    return data


def parse_overview(body: bytes, source: SourceName, asked: Asked) -> BackupOverview:
    """Parse a cluster's backup overview. Raises a SourceError."""
    data, _ = lenient(BackupOverviewData, _data(body, source, asked))
    if data is None:
        return BackupOverview()
    delay, schedule = data.log_backup_delay_seconds, data.backup_schedule_status
    return BackupOverview(
        checkpoint=utc(data.latest_log_backup_checkpoint),
        delay=None if delay is None else timedelta(seconds=delay),
        schedule=printable(schedule, 64) if schedule else None,
    )


def parse_threshold(body: bytes, source: SourceName, asked: Asked) -> timedelta | None:
    """Parse OCP's own alarm threshold out of a backup strategy; None where it has none above zero."""
    data, _ = lenient(BackupStrategyData, _data(body, source, asked))
    config = None if data is None else data.ob_backup_threshold_config
    seconds = None if config is None else config.log_backup_delay_seconds
    return timedelta(seconds=seconds) if seconds is not None and seconds > 0 else None


def parse_info(body: bytes, source: SourceName, asked: Asked) -> ServerInfo:
    """Parse what OCP says of itself, which comes bare; in an envelope it is understood as well."""
    answer = parse_json(source, body)
    envelope = parse_envelope(source, answer)
    refusal = refused_inside(envelope, source, asked)
    if refusal is not None:
        raise refusal
    inner = answer.get("data")
    info, _ = lenient(ServerInfoData, inner if isinstance(inner, Mapping) else answer)
    version = None if info is None else info.build_version
    return ServerInfo(version=printable(version, 64) if version else None)


def parse_time(body: bytes, source: SourceName) -> datetime | None:
    """Parse OCP's time, bare or in an envelope; None where nothing in it is a time with its offset."""
    answer = parse_json(source, body)
    return _moment(answer, depth=2)


def _moment(value: object, depth: int) -> datetime | None:
    if isinstance(value, Mapping):
        inner = (_moment(value.get(name), depth - 1) for name in _TIME_FIELDS) if depth else ()
        return next(filter(None, inner), None)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return utc(_MOMENT.validate_python(value))
    except (ValidationError, OverflowError):
        return None


def parse_status(body: bytes) -> str:
    """Return OCP's one word about itself, ``okay`` or ``bad``."""
    return printable(body[:200].decode("utf-8", "replace").strip(), _STATUS_LENGTH)
