"""What every failed read of OCP means: its class, and its one sentence for a DBA.

The sentences of one cause stay the same from poll to poll (no countdowns), so that a message that
quotes them is not edited for nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from bot.domain.task import Cluster, SourceName
from bot.errors import (
    AnswerUnreadable,
    LoginRefused,
    NotFound,
    PermissionMissing,
    RedirectRefused,
    RequestRefused,
    SourceBroken,
    SourceBusy,
    SourceError,
)
from bot.ocp.payloads import Envelope
from bot.ocp.texts import printable, quoted

_DEFAULT_NAME = "ocp"
_REDIRECTS = range(300, 400)
_REFUSALS = range(400, 500)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, in words: ``what`` it is, what lets it be read, and what a 404 means."""

    what: str
    permission: str
    absent: str


CLUSTERS = Asked(
    what="the list of clusters",
    permission="Give its user the role CLUSTER_VIEWER, or name the clusters by OCP id in OCP_CLUSTERS.",
    absent="Check OCP_URL, or name the clusters by OCP id in OCP_CLUSTERS.",
)
SERVER = Asked(
    what="its state",
    permission="Give its user a role that may sign in.",
    absent="This version of OCP does not have it.",
)


def tasks_of(cluster: Cluster) -> Asked:
    """Describe the list of log backup tasks of a cluster."""
    return Asked(
        what=f"the log backup tasks of cluster {_short(cluster)}",
        permission='Give its user "Read-only permission on cluster backup and recovery" for it.',
        absent="The cluster was removed from OCP, or its id is wrong.",
    )


def backup_of(cluster: Cluster, what: str) -> Asked:
    """Describe another page about the backup of a cluster, such as its strategy."""
    return Asked(
        what=f"the {what} of cluster {_short(cluster)}",
        permission='Give its user "Read-only permission on cluster backup and recovery" for it.',
        absent="This version of OCP does not have it.",
    )


def _short(cluster: Cluster) -> str:
    return printable(cluster.label, 64)


def label(source: SourceName) -> str:
    """Return what people call a source: OCP, with its name where the settings give it one."""
    return "OCP" if source == _DEFAULT_NAME else f"OCP {printable(source, 64)}"


@dataclass(frozen=True, slots=True)
class Said:
    """What OCP itself said about its refusal."""

    message: str | None = None
    trace_id: str | None = None

    def quote(self) -> str:
        """Return OCP's words as a sentence to append, or nothing."""
        return f' OCP says: "{self.message}"' if self.message else ""


def said(answer: object, secrets: tuple[str, ...] = ()) -> Said:
    """Read the error envelope, whatever else it may be."""
    if not isinstance(answer, Mapping):
        return Said()
    error = answer.get("error")
    message = error.get("message") if isinstance(error, Mapping) else None
    trace_id = answer.get("traceId")
    return Said(
        message=quoted(message, secrets) or None if isinstance(message, str) else None,
        trace_id=printable(trace_id, 64) if isinstance(trace_id, str) and trace_id else None,
    )


def refusal(
    source: SourceName,
    asked: Asked,
    status: int,
    words: Said,
    *,
    retry_after: timedelta | None = None,
) -> SourceError:
    """Say what an answer with this HTTP status means."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return busy(source, retry_after=retry_after, trace_id=words.trace_id)
    kind, sentence = _meaning(label(source), asked, status)
    return kind(sentence + words.quote(), trace_id=words.trace_id, http_status=status, says=words.message)


def _meaning(who: str, asked: Asked, status: int) -> tuple[type[SourceError], str]:
    """Give the class and the sentence of an HTTP status."""
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return LoginRefused, (
                f"{who} refused the login (HTTP 401). So that the account is not locked, the bot tries again "
                "in an hour at the earliest. Check the user and password, or the access key, and restart it."
            )
        case HTTPStatus.FORBIDDEN:
            return PermissionMissing, (
                f"{who} does not let this login read {asked.what} (HTTP 403). {asked.permission}"
            )
        case HTTPStatus.NOT_FOUND:
            return NotFound, f"{who} does not know {asked.what} (HTTP 404). {asked.absent}"
        case _ if status in _REDIRECTS:
            return RedirectRefused, (
                f"{who} answered with a redirect (HTTP {status}). It is not followed: the login would "
                "go along. Set OCP_URL to the address that OCP really listens on."
            )
        case _ if status in _REFUSALS:
            return RequestRefused, f"{who} refused the request for {asked.what} (HTTP {status})."
        case _:
            return SourceBroken, (
                f"{who} failed to answer for {asked.what} (HTTP {status}). Look at OCP's own log."
            )


def busy(
    source: SourceName, *, retry_after: timedelta | None = None, trace_id: str | None = None
) -> SourceBusy:
    """Say that OCP throttles the bot."""
    return SourceBusy(
        f"{label(source)} throttles the bot (HTTP 429): too many requests in too short a time. The bot waits "
        "as long as OCP asks; if this goes on, set a longer BOT_POLL_INTERVAL or raise OCP's limit.",
        retry_after=retry_after,
        trace_id=trace_id,
        http_status=HTTPStatus.TOO_MANY_REQUESTS,
    )


def refused_inside(
    envelope: Envelope, source: SourceName, asked: Asked, secrets: tuple[str, ...] = ()
) -> SourceError | None:
    """Find a refusal that came as a success: ``successful: false``, or an error's status in the body."""
    status = envelope.status
    failed = status is not None and HTTPStatus.BAD_REQUEST <= status < 600  # noqa: PLR2004 - the end of 5xx
    if envelope.successful is not False and not failed:
        return None
    extra: dict[str, Any] = envelope.__pydantic_extra__ or {}
    words = said({"error": extra.get("error"), "traceId": envelope.trace_id}, secrets)
    if status is not None and failed:
        return refusal(source, asked, status, words)
    return AnswerUnreadable(
        f"{label(source)} says that it could not give {asked.what}, and not why.{words.quote()}",
        trace_id=words.trace_id,
    )


def unreadable(
    source: SourceName, what: str, *, trace_id: str | None = None, http_status: int | None = None
) -> AnswerUnreadable:
    """Say that an answer is not what the document promises. ``what`` names what came instead."""
    return AnswerUnreadable(
        f"{label(source)} answered with {what}. This answer is ignored; if it goes on, check OCP_URL "
        "and OCP's own log.",
        trace_id=trace_id,
        http_status=http_status,
    )


def looks_like(answer: bytes | str) -> str:
    """Name what came instead of JSON."""
    start = (answer[:200].decode("utf-8", "replace") if isinstance(answer, bytes) else answer[:200]).lstrip(
        "\ufeff \t\r\n"
    )
    if not start:
        return "nothing at all" if len(answer) == 0 else "blanks"
    if start.startswith("<"):
        return "a web page instead of data, as a login page or a proxy does"
    if start[0] in "{[":
        return "data that breaks off or is damaged"
    return "something other than data"
