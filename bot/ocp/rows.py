"""One row of OCP's list becomes a Task."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from bot.domain.status import Status, read_status
from bot.domain.task import Cluster, ClusterId, ObClusterId, SourceName, Task, TaskKey
from bot.ocp.payloads import LogBackupWrapperTask, lenient_row, read_moment
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
_DOCUMENTED = LogBackupWrapperTask.__optional_keys__
"""pydantic puts a row's other fields behind these: one look at the last shows whether there are any."""
_OTHER_FIELDS = 40
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_NO_CHECKPOINT_YEARS = 20

_Constant = tuple[
    SourceName, ClusterId, str | None, int | None, int | None, int | None,
    str, str, str, str, str, str, str, str,
]  # fmt: skip
"""What makes the part of a Task that stays the same, in the order in which ``_constant`` takes it."""


def utc(moment: datetime | None) -> datetime | None:
    """Return a moment of OCP's in UTC; None for one without an offset, or out of all reason.

    A time without an offset could be off by half a day: it is not guessed at.
    """
    if moment is None or moment.tzinfo is None:
        return None
    if moment.tzinfo is not UTC:
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:
            return None
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def _moment(text: str | None) -> datetime | None:
    return utc(read_moment(text)) if text else None


@lru_cache(maxsize=256)
def _status(reported: str) -> Status:
    return read_status(printable(reported, 64))


def _name(text: str) -> str | None:
    return name(text) if text else None


def _others(
    row: LogBackupWrapperTask, cluster: Cluster, unreadable: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Collect what came and has no place in a Task: the unknown, the unreadable, another cluster's id."""
    unknown = [(field, value) for field, value in row.items() if field not in _DOCUMENTED]
    unknown += unreadable.items()
    others = [(printable(field, 64), other_text(value)) for field, value in unknown[:_OTHER_FIELDS]]
    number = row.get("clusterId")
    if number is not None and number != cluster.id:
        others.append(("clusterId", str(number)))
    return others


def _meaningless(row: LogBackupWrapperTask, kept: tuple[datetime | None, ...]) -> Iterator[tuple[str, str]]:
    """Yield the times that came and mean nothing, as they came."""
    sent = (row.get("createTime"), row.get("modifyTime"), row.get("checkpoint"))
    for field, came, stays in zip(("createTime", "modifyTime", "checkpoint"), sent, kept, strict=True):
        if came is not None and stays is None:
            yield field, other_text(came)


def _constant(  # noqa: PLR0917 - all that is hashed, in its order
    source: SourceName,
    cluster: ClusterId,
    named: str | None,
    ob_tenant_id: int | None,
    tenant_id: int | None,
    ob_cluster_id: int | None,
    tenant_name: str,
    uri: str,
    cluster_name: str,
    cluster_type: str,
    mode: str,
    agent_server: str,
    dimension: str,
    created: str,
) -> Task:
    """Make the part of a Task that stays the same from poll to poll; a row without ids goes by its name."""
    number = tenant_id if ob_tenant_id is None else ob_tenant_id
    tenant = _name(tenant_name) if number is None else str(number)
    return Task(
        key=TaskKey(source, cluster, tenant, destination(uri) if uri else None),
        status=_status(""),
        cluster_name=_name(cluster_name) or named,
        tenant_name=_name(tenant_name),
        ob_cluster_id=None if ob_cluster_id is None else ObClusterId(ob_cluster_id),
        tenant_id=tenant_id,
        ob_tenant_id=ob_tenant_id,
        cluster_type=_name(cluster_type),
        mode=_name(mode),
        agent_server=_name(agent_server),
        dimension=_name(dimension),
        created_at=_moment(created),
    )


class _Constants:
    """Remembers what stays the same of the rows that were read before, by a hash of what made it.

    The texts themselves, most of them as long as a path, would take as much memory as all else that is known
    of the tasks. A hash has 64 bits; numbers, of which some have like hashes, are compared too.
    """

    def __init__(self, most: int = 1 << 17) -> None:
        self.known: dict[int, Task] = {}
        self._most = most

    def find(self, of: _Constant) -> Task:
        """Give the constant part of a task; equal rows get one and the same key object."""
        seen = hash(of)
        found = self.known.get(seen)
        if (
            found is not None
            and found.key.cluster == of[1]
            and found.key.source == of[0]
            and found.ob_tenant_id == of[3]
            and found.tenant_id == of[4]
            and found.ob_cluster_id == of[5]
        ):
            return found
        made = _constant(*of)
        if sum(map(len, of[6:])) <= REMEMBERED_LENGTH:
            if len(self.known) >= self._most:
                self.known.clear()
            self.known[seen] = made
        return made


_CONSTANTS = _Constants()


def to_task(
    row: LogBackupWrapperTask,
    cluster: Cluster,
    at: datetime | None,
    unreadable: Mapping[str, Any] = MappingProxyType({}),
) -> Task:
    """Translate a row of ``cluster``'s list, read at ``at`` (OCP's clock).

    The key's cluster is the one that was asked for, which is what every path of OCP's goes by. A
    checkpoint of a year twenty before the reading's is what a server sends that has none yet. Rows of one
    task get one key object, unless their texts are long: looking a task up need not compare four of them.
    """
    constant = _CONSTANTS.find(
        (
            cluster.source,
            cluster.id,
            cluster.name,
            row.get("obTenantId"),
            row.get("tenantId"),
            row.get("obClusterId"),
            row.get("tenantName") or "",
            row.get("backupUri") or "",
            row.get("clusterName") or "",
            row.get("clusterType") or "",
            row.get("backupMode") or "",
            row.get("agentServerIp") or "",
            row.get("backupDimension") or "",
            row.get("createTime") or "",
        )
    )
    modified_at, checkpoint = _moment(row.get("modifyTime")), _moment(row.get("checkpoint"))
    if checkpoint is not None and at is not None and at.year - checkpoint.year >= _NO_CHECKPOINT_YEARS:
        checkpoint = None
    others: list[tuple[str, str]] = []
    if unreadable or row.get("clusterId") != cluster.id or next(reversed(row.keys())) not in _DOCUMENTED:
        others += _others(row, cluster, unreadable)
    if constant.created_at is None or modified_at is None or checkpoint is None:
        others += _meaningless(row, (constant.created_at, modified_at, checkpoint))
    status, error, delay = row.get("status") or "", row.get("errorMsg"), row.get("delay")
    return constant.read_as(
        _status(status[:65]),
        error_text(error) if error else None,
        checkpoint,
        None if delay is None else timedelta(0, delay),
        modified_at,
        tuple(others) if others else (),
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
    row, bad = lenient_row(clean)
    if row is None or bad & _IDENTITY:
        return None
    return to_task(row, cluster, at, {name: clean[name] for name in sorted(bad)})
