"""OCP's JSON, as its document has it and as it really comes, in pydantic models."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, with_config
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

Long = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
"""Java's long: beyond 2^53-1 it arrives as a string, beyond 2^63-1 it is none."""

_CENTURY_S = 3.2e9
Seconds = Annotated[float, Field(ge=-_CENTURY_S, le=_CENTURY_S, allow_inf_nan=False)]
"""A span within a century either way; ``Long`` in the document, with decimals in its sample."""


class Payload(BaseModel):
    """Anything OCP sends: camelCase, nulls omitted, more fields than documented."""

    model_config = ConfigDict(extra="allow", alias_generator=to_camel, coerce_numbers_to_str=True)


@with_config(ConfigDict(extra="allow", coerce_numbers_to_str=True))
class LogBackupWrapperTask(TypedDict, total=False):
    """One row, every field optional; ``agentServerIp`` and ``backupDimension`` are seen, not documented.

    A dict by OCP's own names, not a model: there are thousands in a poll, and it takes a third less. Times
    are left as they came: ``read_moment`` reads them.
    """

    createTime: str | None
    modifyTime: str | None
    clusterName: str | None
    clusterId: Long | None
    obClusterId: Long | None
    obTenantId: Long | None
    clusterType: str | None
    tenantId: Long | None
    tenantName: str | None
    status: str | None
    errorMsg: str | None
    backupUri: str | None
    checkpoint: str | None
    backupMode: str | None
    delay: Seconds | None
    agentServerIp: str | None
    backupDimension: str | None


class PageInfo(Payload):
    """Where a page stands. Its ``size`` is not the size that was asked for: it stays unread."""

    number: Long | None = None
    total_elements: Long | None = None
    total_page: Long | None = None
    total_pages: Long | None = None

    @property
    def pages(self) -> int | None:
        """Give the number of pages: ``totalPages`` as OCP sends it, else ``totalPage`` as documented."""
        return self.total_page if self.total_pages is None else self.total_pages


class Envelope(Payload):
    """What every answer is wrapped in."""

    successful: bool | None = None
    timestamp: datetime | None = None
    status: int | None = None
    trace_id: str | None = None


class TaskContents(Payload):
    """The ``data`` of a list of log backup tasks."""

    contents: list[LogBackupWrapperTask] | None = None
    page: PageInfo | None = None


class TaskEnvelope(Envelope):
    """A page of log backup tasks."""

    data: TaskContents | None = None


class ClusterRow(Payload):
    """One row of the list of clusters."""

    id: Long
    name: str | None = None
    ob_cluster_id: Long | None = None
    ob_version: str | None = None
    type: str | None = None
    status: str | None = None


class BackupOverviewData(Payload):
    """The ``data`` of a cluster's backup overview."""

    latest_log_backup_checkpoint: datetime | None = None
    log_backup_delay_seconds: Seconds | None = None
    backup_schedule_status: str | None = None


class ThresholdConfig(Payload):
    """The limits of a backup strategy."""

    log_backup_delay_seconds: Seconds | None = None


class BackupStrategyData(Payload):
    """The ``data`` of a cluster's backup strategy."""

    ob_backup_threshold_config: ThresholdConfig | None = None


class ServerInfoData(Payload):
    """What OCP says of itself; sent bare, without an envelope."""

    build_version: str | None = None
    build_time: datetime | None = None


_Model = TypeVar("_Model", bound=Payload)
_Made = TypeVar("_Made")
_ROW: TypeAdapter[LogBackupWrapperTask] = TypeAdapter(LogBackupWrapperTask)
_MOMENT: TypeAdapter[datetime] = TypeAdapter(datetime)


def read_moment(text: str) -> datetime | None:
    """Read a time as pydantic does: ISO 8601, or a number of seconds or milliseconds; None where it is none.

    What begins as a date with dashes, as all that OCP is known to send, Python itself reads in a third of the
    time. It would take the digits of milliseconds for a date and a clock.
    """
    if text[4:5] == "-":
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    try:
        return _MOMENT.validate_python(text)
    except ValidationError:
        return None


def lenient(model: type[_Model], fields: Mapping[str, Any]) -> tuple[_Model | None, frozenset[str]]:
    """Validate what can be validated; the names are those of the fields that had to be left out.

    None where the rest does not make one, because a field is missing that it cannot be without.
    """
    return _lenient(model.model_validate, fields)


def lenient_row(fields: Mapping[str, Any]) -> tuple[LogBackupWrapperTask | None, frozenset[str]]:
    """Validate what can be validated of a row, as ``lenient`` does."""
    return _lenient(_ROW.validate_python, fields)


def _lenient(
    validate: Callable[[Mapping[str, Any]], _Made], fields: Mapping[str, Any]
) -> tuple[_Made | None, frozenset[str]]:
    try:
        return validate(fields), frozenset()
    except ValidationError as mistakes:
        bad = frozenset(
            str(mistake["loc"][0]) for mistake in mistakes.errors(include_url=False) if mistake["loc"]
        )
    try:
        return validate({name: value for name, value in fields.items() if name not in bad}), bad
    except ValidationError:
        return None, bad
