"""What a trouble usually is and where to look: from its status, error message, mode and kind.

Source of the causes, views and logs: OceanBase's documentation of log archiving and its error codes.
"""

import re
import shlex
import unicodedata
from dataclasses import dataclass
from typing import assert_never

from bot.domain.evidence import StatusBroken
from bot.domain.fleet import TaskNow
from bot.domain.incident import Incident
from bot.domain.problem import Problem
from bot.domain.status import Meaning, read_status
from bot.views.wording import ocp_name

_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_LONGEST_NAME = 128
_OLD = re.compile(r"[123]\.")
_LOGS = "~admin/oceanbase/log"
"""Where OCP puts a cluster's logs unless it is told otherwise."""
_INSIDE_LOG = f"grep -E 'WARN|ERROR' {_LOGS}/observer.log | grep -i archive | tail -n 50"
_AGENT_LOG = "find ~admin -name agentserver.log -exec grep -E 'WARN|ERROR' {} + | tail -n 50"
_ARCHIVE = "TENANT_ID, STATUS, CHECKPOINT_SCN_DISPLAY, PATH, COMMENT"
_OLD_ARCHIVE = "TENANT_ID, STATUS, MIN_FIRST_TIME, MAX_NEXT_TIME"
_STREAMS = "LS_ID, STATUS, SCN_TO_TIMESTAMP(CHECKPOINT_SCN) AS SHIPPED_UNTIL"
_DIAGNOSIS = "obdiag gather scene run --scene=observer.log_archive"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen of a trouble. ``tenant_id`` is OceanBase's own; ``version`` the cluster's, where known.

    ``address`` is where OCP itself answers, ``ocp`` how that OCP is called.
    """

    problem: Problem
    status: str = ""
    error: str = ""
    mode: str = ""
    agent_server: str = ""
    destination: str = ""
    tenant: str = ""
    tenant_id: int | None = None
    version: str = ""
    address: str = ""
    ocp: str = "OCP"


@dataclass(frozen=True, slots=True)
class Step:
    """Something to look at: where, in plain text, and what to run there, to be copied as it stands."""

    where: str
    run: str


@dataclass(frozen=True, slots=True)
class Hint:
    """What it usually is, in a sentence, and where to look first, in a few words; plain text."""

    usually: str
    look_at: str
    steps: tuple[Step, ...] = ()


def seen_in_task(task: TaskNow, problem: Problem) -> Seen:
    """Gather what is seen of a task in trouble."""
    shown = task.task
    return Seen(
        problem=problem,
        status=shown.status.reported,
        error=shown.error or "",
        mode=shown.mode or "",
        agent_server=shown.agent_server or "",
        destination=shown.key.destination or "",
        tenant=shown.tenant_name or "",
        tenant_id=shown.ob_tenant_id,
        version=task.cluster.version or "",
    )


def seen_in_incident(
    incident: Incident, status: str | None = None, error: str | None = None, address: str = ""
) -> Seen:
    """Gather what is seen of an incident; ``status`` and ``error`` are OCP's words, where known.

    ``address`` is where OCP itself answers.
    """
    snapshot, subject = incident.snapshot, incident.subject
    if snapshot is None:
        broken = incident.because if isinstance(incident.because, StatusBroken) else None
        return Seen(
            incident.problem,
            status or (broken.reported if broken else ""),
            error or (broken.error if broken else None) or "",
            destination=subject.destination or "",
            tenant=subject.tenant_label or "",
            address=address,
            ocp=ocp_name(subject.source),
        )
    return Seen(
        problem=incident.problem,
        status=status or snapshot.status or "",
        error=error or snapshot.error or "",
        mode=snapshot.mode or "",
        agent_server=snapshot.agent_server or "",
        destination=subject.destination or "",
        tenant=subject.tenant_label or "",
        address=address,
        ocp=ocp_name(subject.source),
    )


def hint(seen: Seen) -> Hint:
    """Say what a trouble usually is: the error message decides, then the kind of trouble."""
    error = seen.error.casefold()
    for words, usually, look_at in _ERRORS:
        if any(word in error for word in words):
            return Hint(usually, look_at.format(storage=seen.destination or "the storage"), _steps(seen))
    return _by_problem(seen)


_FULL = "The storage is full: nothing more can be written there."
_REFUSED = "The storage refuses the backup: its mount, its rights or the bucket's credentials have changed."
_AWAY = "The storage cannot be reached or does not take what is sent: the mount, the network, the bucket."
_MUCH = "More log is written than is shipped: log_archive_concurrency may be too low."
_RECYCLED = (
    "Log was recycled before it was shipped: it is missing from the backup, and a new full one is needed."
)
_ERRORS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("9087", "not continuous", "before all clog archived", "recycle"),
        _RECYCLED,
        "when the last full backup was",
    ),
    (("9082", "out of space", "no space", "disk full", "device is full"), _FULL, "free space on {storage}"),
    (("permission", "denied", "forbidden", "credential", "access key"), _REFUSED, "access to {storage}"),
    (("9027", "too much log"), _MUCH, "how much is written, and log_archive_concurrency"),
    (
        (
            "send log to archive_dest",
            "timed out",
            "timeout",
            "unreachable",
            "i/o error",
            "io error",
            "connect",
        ),
        _AWAY,
        "whether {storage} can be reached",
    ),
)


def _by_problem(  # noqa: PLR0911 - one case for each problem
    seen: Seen,
) -> Hint:
    storage = seen.destination or "the storage"
    match seen.problem:
        case Problem.FAILED:
            said = "The storage is the commonest cause: full, unreachable, or no longer allowed."
            if read_status(seen.status).is_interrupted:
                said = f"An interrupted backup gives no reason in OCP and does not restart by itself. {said}"
            return Hint(said, f"{_own_reason(seen)}, then {storage}", _steps(seen))
        case Problem.STALLED:
            return Hint(
                "Usually the storage is full or cannot be reached: the servers keep trying, and the status "
                "stays as it was.",
                f"free space on {storage}, and whether it can be reached",
                _steps(seen),
            )
        case Problem.GROWING | Problem.LAGGING:
            return Hint(
                "Usually more is written than is shipped, or the storage is slow.",
                f"which log stream is slow, and how fast {storage} is",
                _steps(seen, streams=True),
            )
        case Problem.STUCK:
            stops = read_status(seen.status).meaning is Meaning.STOPPING
            return Hint(
                "Usually the storage cannot be reached, and the change waits for it for ever.",
                f"{'who is stopping it, and ' if stops else ''}whether {storage} can be reached",
                _steps(seen),
            )
        case Problem.MISSING:
            return Hint(
                "Log backup was switched off, or the tenant or its backup was removed.",
                "whether log backup was switched off, or the tenant dropped, on purpose",
                _steps(seen, logs=False),
            )
        case Problem.PAUSED:
            return Hint(
                "Somebody paused it. Log that is recycled meanwhile will be missing from the backup.",
                "who paused it, and whether to resume it",
                _steps(seen, logs=False),
            )
        case Problem.UNREACHABLE:
            return Hint(
                "OCP is down, busy, or refuses the bot's account.",
                f"whether {seen.ocp} is up, and the bot's login there",
                _asking_ocp(seen.address),
            )
    assert_never(seen.problem)


def _asking_ocp(address: str) -> tuple[Step, ...]:
    """Ask OCP whether it is there; that takes no login."""
    if not address:
        return ()
    answer = "  (HTTP %{http_code} after %{time_total} s)\\n"
    run = f"curl -sS -m 10 -w {shlex.quote(answer)} {shlex.quote(f'{address}/api/status')}"
    return (Step("On the machine of the bot; an OCP that is well says okay", run),)


def is_logical(seen: Seen) -> bool:
    """Whether it is the logical backup of clusters before 2.2.60."""
    return seen.mode.upper() == "LOGICAL_BACKUP"


def is_old(seen: Seen) -> bool:
    """Whether the cluster is known to be older than 4.0: its views and statements are others."""
    return bool(_OLD.match(seen.version))


def _own_reason(seen: Seen) -> str:
    """Say where the reason is written that OCP does not pass on."""
    if is_logical(seen):
        return "the log of the backup agent"
    return "CDB_OB_BACKUP_ARCHIVELOG" if is_old(seen) else "COMMENT in CDB_OB_ARCHIVELOG"


def _steps(seen: Seen, *, streams: bool = False, logs: bool = True) -> tuple[Step, ...]:
    if is_logical(seen):
        server = f" {seen.agent_server}" if seen.agent_server else ""
        where = f"On the backup agent's server{server}; correct the path if its log is elsewhere"
        return (Step(where, _AGENT_LOG),)
    old = is_old(seen)
    if old:
        query = rows_of_tenant(seen, _OLD_ARCHIVE, "CDB_OB_BACKUP_ARCHIVELOG", old=True)
        steps = [Step("In the cluster's sys tenant; all before MAX_NEXT_TIME is shipped", query)]
    else:
        query = rows_of_tenant(seen, _ARCHIVE, "CDB_OB_ARCHIVELOG")
        steps = [Step("In the cluster's sys tenant; the column COMMENT says what is wrong", query)]
    if streams and not old:
        progress = rows_of_tenant(seen, _STREAMS, "CDB_OB_LS_LOG_ARCHIVE_PROGRESS")
        steps.append(Step("There too: how far each log stream is", progress))
    if logs:
        where = "On the cluster's servers; correct the path if the logs are elsewhere"
        steps.append(Step(where, f"{_INSIDE_LOG}\n{_DIAGNOSIS}"))
    return tuple(steps)


def rows_of_tenant(seen: Seen, columns: str, view: str, *, old: bool = False) -> str:
    """Ask for the rows of one tenant; a name that is not safe to paste is left out, with the filter."""
    select = f"SELECT {columns}\nFROM oceanbase.{view}"
    if seen.tenant_id is not None:
        return f"{select}\nWHERE TENANT_ID = {seen.tenant_id};"
    quoted = sql_text(seen.tenant)
    if quoted is None or old:
        return f"{select};"
    tenants = "SELECT TENANT_ID FROM oceanbase.DBA_OB_TENANTS"
    return f"{select}\nWHERE TENANT_ID = ({tenants} WHERE TENANT_NAME = {quoted});"


def sql_text(text: str) -> str | None:
    """Quote a text for SQL; None for what could not be pasted and read safely.

    Quotes are doubled and backslashes too: whatever the server's mode, nothing breaks out.
    """
    if not 0 < len(text) <= _LONGEST_NAME or not text.isprintable():
        return None
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return None
    doubled = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
