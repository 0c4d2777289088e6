"""One row of OCP's list becomes a Task."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from bot.domain.status import Status, read_status
from bot.domain.task import Cluster, ClusterId, ObClusterId, SourceName, Task, TaskKey
from bot.ocp.payloads import LogBackupWrapperTask, lenient
from bot.ocp.texts import (
    REMEMBERED_LENGTH,
    destination,
    error_text,
    name,
    other_text,
    printable,
    without_surrogates,
)

_IDENTITY = frozenset({"obTenantId", "tenantId", "tenantName", "backupUri"})
_OTHER_FIELDS = 40
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_NO_CHECKPOINT = timedelta(days=20 * 365)


def utc(moment: datetime | None) -> datetime | None:
    """Return a moment of OCP's in UTC; None for one without an offset, or out of all reason.

    A time without an offset could be off by half a day: it is not guessed at.
    """
    if moment is None or moment.tzinfo is None:
        return None
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return None
    return moment if _EARLIEST <= moment < _LATEST else None


def _made_key(source: SourceName, cluster: ClusterId, tenant: str | None, uri: str | None) -> TaskKey:
    return TaskKey(source, cluster, tenant, destination(uri) if uri else None)


_remembered_key = lru_cache(maxsize=1 << 17)(_made_key)


def _key(cluster: Cluster, tenant: str | None, uri: str | None) -> TaskKey:
    """Give one key object for equal rows, so that looking a task up need not compare four texts."""
    remember = uri is None or len(uri) <= REMEMBERED_LENGTH
    return (_remembered_key if remember else _made_key)(cluster.source, cluster.id, tenant, uri)


@lru_cache(maxsize=256)
def _status(reported: str) -> Status:
    return read_status(printable(reported, 64))


def _name(text: str | None) -> str | None:
    return name(text) if text else None


def _delay(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(0, seconds)


def _others(row: LogBackupWrapperTask, cluster: Cluster) -> list[tuple[str, str]]:
    """Collect what came and has no place in a Task: the unknown, and times that mean nothing."""
    extra = row.__pydantic_extra__
    others = [(printable(field, 64), other_text(value)) for field, value in (extra or {}).items()][
        :_OTHER_FIELDS
    ]
    if row.cluster_id is not None and row.cluster_id != cluster.id:
        others.append(("clusterId", str(row.cluster_id)))
    return others


def _meaningless(
    sent: tuple[datetime | None, ...], kept: tuple[datetime | None, ...]
) -> Iterator[tuple[str, str]]:
    """Yield the times that came and mean nothing, as they came."""
    for field, came, stays in zip(("createTime", "modifyTime", "checkpoint"), sent, kept, strict=True):
        if came is not None and stays is None:
            yield field, came.isoformat()


def to_task(row: LogBackupWrapperTask, cluster: Cluster, at: datetime | None) -> Task:
    """Translate a row of ``cluster``'s list, read at ``at`` (OCP's clock).

    The key's cluster is the one that was asked for, which is what every path of OCP's goes by. A
    checkpoint from decades before the reading is what a server sends that has none yet.
    """
    tenant: str | None
    if row.ob_tenant_id is not None:
        tenant = str(row.ob_tenant_id)
    elif row.tenant_id is not None:
        tenant = str(row.tenant_id)
    else:
        tenant = _name(row.tenant_name)
    others = _others(row, cluster) if row.__pydantic_extra__ or row.cluster_id != cluster.id else []
    created_at, modified_at, checkpoint = utc(row.create_time), utc(row.modify_time), utc(row.checkpoint)
    if checkpoint is not None and at is not None and at - checkpoint > _NO_CHECKPOINT:
        checkpoint = None
    if created_at is None or modified_at is None or checkpoint is None:
        sent = (row.create_time, row.modify_time, row.checkpoint)
        others += _meaningless(sent, (created_at, modified_at, checkpoint))
    return Task(
        key=_key(cluster, tenant, row.backup_uri),
        status=_status(row.status[:65] if row.status else ""),
        cluster_name=_name(row.cluster_name) or cluster.name,
        tenant_name=_name(row.tenant_name),
        ob_cluster_id=None if row.ob_cluster_id is None else ObClusterId(row.ob_cluster_id),
        tenant_id=row.tenant_id,
        ob_tenant_id=row.ob_tenant_id,
        cluster_type=_name(row.cluster_type),
        error=error_text(row.error_msg) if row.error_msg else None,
        checkpoint=checkpoint,
        delay=_delay(row.delay),
        mode=_name(row.backup_mode),
        created_at=created_at,
        modified_at=modified_at,
        agent_server=_name(row.agent_server_ip),
        dimension=_name(row.backup_dimension),
        other=tuple(others),
    )


def salvage(fields: object, cluster: Cluster, at: datetime | None) -> Task | None:
    """Translate a row of which some field is not what it should be.

    A field that cannot be read is left out and kept, as it came, among the others: a row that says
    FAILED is not lost to a broken createTime. None where what is left would not tell which task it is.
    """
    if not isinstance(fields, Mapping):
        return None
    clean: dict[str, Any] = {
        without_surrogates(str(name)): without_surrogates(value) if isinstance(value, str) else value
        for name, value in fields.items()
    }
    row, bad = lenient(LogBackupWrapperTask, clean)
    if row is None or bad & _IDENTITY:
        return None
    if bad and row.__pydantic_extra__ is not None:
        row.__pydantic_extra__.update({name: clean[name] for name in sorted(bad)})
    return to_task(row, cluster, at)
