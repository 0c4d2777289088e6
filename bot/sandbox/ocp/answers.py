"""The envelopes of a simulated OCP: the documented one, and the one of errors."""

import hashlib
import json
from datetime import datetime, timedelta

from bot.sandbox.ocp.dialect import LARGEST_SAFE_INTEGER, Dialect, ErrorCode, Integers
from bot.sandbox.ocp.refusal import RefusedError


def trace_id(server: str, number: int) -> str:
    """Return the trace id of a server's nth request: 16 hexadecimal digits."""
    return hashlib.sha256(f"{server}/{number}".encode()).hexdigest()[:16]


def success(
    data: object, dialect: Dialect, *, server: str, trace: str, began: datetime, ended: datetime
) -> dict[str, object]:
    """Make the envelope of an answer."""
    return {
        "data": _integers(data, dialect.integers),
        "duration": _milliseconds(ended - began),
        "server": server,
        "status": 200,
        "successful": True,
        "timestamp": dialect.envelope_times.write(ended),
        "traceId": trace,
    }


def failure(
    refusal: RefusedError, dialect: Dialect, *, server: str, trace: str, began: datetime, ended: datetime
) -> dict[str, object]:
    """Make the envelope of an error."""
    return {
        "duration": _milliseconds(ended - began),
        "error": {"code": _code(refusal.code, dialect.error_code), "message": refusal.message},
        "server": server,
        "status": refusal.status,
        "successful": False,
        "timestamp": dialect.envelope_times.write(ended),
        "traceId": trace,
    }


def written(payload: object) -> bytes:
    """Write an answer as JSON, its fields in alphabetical order as in the vendor's sample."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _milliseconds(span: timedelta) -> int:
    return max(int(span / timedelta(milliseconds=1)), 0)


def _code(code: str, style: ErrorCode) -> str | int:
    match style:
        case ErrorCode.TEXT:
            return code
        case ErrorCode.NUMBER:
            return int("".join(filter(str.isdigit, code)) or "0")
        case ErrorCode.ZERO:
            return 0


def _integers(value: object, style: Integers) -> object:
    if style is Integers.NUMBERS:
        return value
    if isinstance(value, dict):
        return {key: _integers(item, style) for key, item in value.items()}
    if isinstance(value, list):
        return [_integers(item, style) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        long = abs(value) > LARGEST_SAFE_INTEGER
        return str(value) if long or style is Integers.ALL_AS_STRINGS else value
    return value
