"""One line of a recording: a page as OCP answered it, or a read that failed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json

from bot.domain.destination import without_credentials
from bot.domain.task import ClusterId, SourceName
from bot.recordings.answers import answer_text

_LARGEST_ID = 2**63 - 1
_LONGEST_NUMBER = 40
_LONGEST_NAME = 256
_LONGEST_ERROR = 4096
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


class LineDamaged(Exception):  # noqa: N818 - says what is the matter with the line
    """A line that is not understood; the message says why, in a short clause."""


@dataclass(frozen=True, slots=True)
class RecordedPage:
    """One page: ``response`` is what OCP answered; ``complete`` marks the last page of a poll."""

    source: SourceName
    cluster: ClusterId
    response: Mapping[str, Any]
    complete: bool = False


@dataclass(frozen=True, slots=True)
class RecordedFailure:
    """A source (``cluster`` None) or a cluster that could not be read at ``at``."""

    source: SourceName
    cluster: ClusterId | None
    at: datetime
    error: str


def read_line(line: bytes) -> RecordedPage | RecordedFailure:
    """Read one line. Raises LineDamaged."""
    value = _json(line)
    if not isinstance(value, dict):
        raise LineDamaged("it is not a JSON object")
    source = value.get("source")
    if not isinstance(source, str) or not source.strip():
        raise LineDamaged("it names no source")
    if len(source) > _LONGEST_NAME or not source.isprintable():
        raise LineDamaged("the name of its source is no name")
    cluster = _cluster(value.get("cluster"))
    response = value.get("response")
    if isinstance(response, dict) and cluster is not None:
        return RecordedPage(SourceName(source), cluster, response, value.get("complete") is True)
    error = value.get("error")
    if isinstance(error, str):
        return RecordedFailure(SourceName(source), cluster, _moment(value.get("at")), error[:_LONGEST_ERROR])
    raise LineDamaged("it holds neither a cluster's response nor an error")


def _json(line: bytes) -> Any:  # noqa: ANN401 - JSON is anything
    """Parse a line; what only the strict parser refuses, such as half a character, is still taken."""
    try:
        return from_json(line)
    except ValueError:
        pass

    def whole(digits: str) -> int | str:
        return int(digits) if len(digits) <= _LONGEST_NUMBER else digits

    try:
        text = line.decode("utf-8", "replace").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
        return json.loads(text, parse_int=whole)
    except (ValueError, RecursionError):
        raise LineDamaged("it is not JSON") from None


def _cluster(value: object) -> ClusterId | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER:
        value = int(value)
    if value is None or (
        isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_ID
    ):
        return None if value is None else ClusterId(value)
    raise LineDamaged("its cluster is no number")


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is not None and moment.tzinfo is not None:
            moment = moment.astimezone(UTC)
            if _FIRST_YEAR <= moment.year < _LAST_YEAR:
                return moment
    except (ValueError, OverflowError):
        pass
    raise LineDamaged("the time of its error is no time with a zone")


def page_line(source: SourceName, cluster: ClusterId, raw: bytes, *, complete: bool) -> bytes:
    """Write one page as a line: as OCP answered it, without the credentials in its paths.

    Raises LineDamaged where ``raw`` is no JSON object.
    """
    response = answer_text(raw).encode()
    if not isinstance(_json(response), dict):
        raise LineDamaged("the answer is not a JSON object")
    begin = json.dumps({"source": source, "cluster": cluster}, ensure_ascii=False, separators=(",", ":"))
    end = b',"complete":true}\n' if complete else b"}\n"
    return begin[:-1].encode() + b',"response":' + response + end


def failure_line(failure: RecordedFailure) -> bytes:
    """Write a failed read as a line."""
    value = {
        "source": failure.source,
        "cluster": failure.cluster,
        "at": failure.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "error": without_credentials(failure.error),
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
