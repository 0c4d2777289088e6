"""One line of a recording: a page as OCP answered it, or a read that failed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json

from bot.domain.destination import strip_uri, strip_uris
from bot.domain.task import ClusterId, SourceName


class LineDamaged(Exception):  # noqa: N818 - says what is the matter with the line
    """A line that is not understood; the message says why, in a short clause."""


@dataclass(frozen=True, slots=True)
class RecordedPage:
    """One page: ``response`` is what OCP answered; ``complete`` marks the last page of a poll."""

    source: SourceName
    cluster: ClusterId
    response: Mapping[str, Any]
    complete: bool = False

    @property
    def number(self) -> int:
        """Which page of its list it is; 1 where OCP did not say."""
        data = self.response.get("data")
        page = data.get("page") if isinstance(data, dict) else None
        number = page.get("number") if isinstance(page, dict) else None
        return int(number) if isinstance(number, int | str) and str(number).isdecimal() else 1


@dataclass(frozen=True, slots=True)
class RecordedFailure:
    """A source (``cluster`` None) or a cluster that could not be read at ``at``."""

    source: SourceName
    cluster: ClusterId | None
    at: datetime
    error: str


def read_line(line: bytes) -> RecordedPage | RecordedFailure:
    """Read one line. Raises LineDamaged."""
    try:
        value = from_json(line, allow_inf_nan=True)
    except ValueError:
        raise LineDamaged("it is not JSON") from None
    if not isinstance(value, dict):
        raise LineDamaged("it is not a JSON object")
    source = value.get("source")
    if not isinstance(source, str) or not source:
        raise LineDamaged("it names no source")
    cluster = value.get("cluster")
    if isinstance(cluster, bool) or not isinstance(cluster, int | None):
        raise LineDamaged("its cluster is no number")
    if "error" in value:
        return _failure(SourceName(source), None if cluster is None else ClusterId(cluster), value)
    response = value.get("response")
    if cluster is None or not isinstance(response, dict):
        raise LineDamaged("it holds neither a response of a cluster nor an error")
    return RecordedPage(SourceName(source), ClusterId(cluster), response, value.get("complete") is True)


def _failure(source: SourceName, cluster: ClusterId | None, value: Mapping[str, Any]) -> RecordedFailure:
    try:
        at = datetime.fromisoformat(str(value.get("at")))
    except ValueError:
        raise LineDamaged("the time of its error is no time") from None
    if at.tzinfo is None:
        raise LineDamaged("the time of its error has no zone")
    return RecordedFailure(source, cluster, at.astimezone(UTC), str(value["error"]))


def page_line(source: SourceName, cluster: ClusterId, raw: bytes, *, complete: bool) -> bytes:
    """Write one page as a line: as OCP answered it, without the credentials in its paths.

    Raises LineDamaged where ``raw`` is no JSON object.
    """
    try:
        response = json.loads(raw)
    except ValueError:
        raise LineDamaged("the answer is not JSON") from None
    line = {"source": source, "cluster": cluster, "response": _without_credentials(response)}
    return _line(line | {"complete": True} if complete else line)


def failure_line(failure: RecordedFailure) -> bytes:
    """Write a failed read as a line."""
    at = failure.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return _line(
        {
            "source": failure.source,
            "cluster": failure.cluster,
            "at": at,
            "error": strip_uris(failure.error),
        }
    )


def _line(value: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _without_credentials(value: Any, name: str = "") -> Any:  # noqa: ANN401 - JSON is anything
    """Cut the credentials from every path and every error message, wherever they stand."""
    if isinstance(value, dict):
        return {key: _without_credentials(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_credentials(item, name) for item in value]
    if isinstance(value, str):
        return strip_uri(value) if name == "backupUri" else strip_uris(value)
    return value
