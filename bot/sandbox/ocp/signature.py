"""The AK/SK signature, checked from the bytes that arrived and from nothing else."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote_to_bytes

SCHEME = "OCP-ACCESS-KEY-HMACSHA1"
LARGEST_SKEW = timedelta(minutes=15)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_UNRESERVED = "-._~"


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request as it came over the wire. ``target`` is path and query, undecoded."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return a header's value, "" where it was not sent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class SignatureError(Exception):
    """A signature that does not hold; the text says why."""


def check_signature(request: ReceivedRequest, secrets: Mapping[str, str], now: datetime) -> str:
    """Return the access key whose owner signed this request. Raises SignatureError."""
    access_key, given = signed_by(request)
    secret = secrets.get(access_key)
    if secret is None:
        raise SignatureError("unknown access key")
    _check_date(request.header("Date"), now)
    _check_encoding(request.target)
    expected = signature_of(request, secret)
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise SignatureError("the signature does not match the request")
    return access_key


def signed_by(request: ReceivedRequest) -> tuple[str, str]:
    """Return the access key that a request names, and its signature."""
    scheme, _, rest = request.header("Authorization").partition(" ")
    access_key, colon, given = rest.rpartition(":")
    if scheme != SCHEME or not colon or not access_key:
        raise SignatureError("the Authorization header is malformed")
    try:
        base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureError("the signature is not base64") from error
    return access_key, given


def signature_of(request: ReceivedRequest, secret: str) -> str:
    """Compute what the signature of a request must be."""
    digest = hmac.new(secret.encode(), message_of(request).encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def message_of(request: ReceivedRequest) -> str:
    """Put together what is signed; an empty part keeps its line."""
    path, question_mark, query = request.target.partition("?")
    body_digest = hashlib.md5(request.body, usedforsecurity=False).hexdigest().upper() if request.body else ""
    return "\n".join(
        (
            request.method.upper(),
            body_digest,
            request.header("Content-Type"),
            request.header("Date"),
            request.header("Host"),
            _own_headers(request),
            f"{path}?{_canonical(query)}" if question_mark and query else path,
        )
    )


def _own_headers(request: ReceivedRequest) -> str:
    own: dict[str, list[str]] = {}
    for name, value in request.headers:
        if name.lower().startswith("x-ocp-"):
            own.setdefault(name.lower(), []).append(value.strip())
    return "\n".join(f"{name}:{','.join(own[name])}" for name in sorted(own))


def _canonical(query: str) -> str:
    values: dict[str, list[str]] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        values.setdefault(_encode(name), []).append(_encode(value))
    return "&".join(f"{name}={','.join(sorted(values[name]))}" for name in sorted(values))


def _encode(text: str) -> str:
    return quote(unquote_to_bytes(text), safe=_UNRESERVED)


def _check_encoding(target: str) -> None:
    """Refuse a query in another encoding: what is signed must be byte for byte what is sent."""
    query = target.partition("?")[2]
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        if (name, value) != (_encode(name), _encode(value)):
            raise SignatureError("the query is not encoded as RFC 3986 has it")


def _check_date(text: str, now: datetime) -> None:
    try:
        skew = abs(now - _parse_date(text))
    except (ValueError, IndexError) as error:
        raise SignatureError("the Date header is missing or not an RFC 1123 date in GMT") from error
    if skew >= LARGEST_SKEW:
        raise SignatureError("the Date header is too far from this server's time")


def _parse_date(text: str) -> datetime:
    """Read ``Tue, 17 Jan 2023 04:14:02 GMT``, without asking the machine's locale."""
    weekday, day, month, year, clock, zone = text.split(" ")
    hour, minute, second = clock.split(":")
    at = datetime(
        int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC
    )
    if zone != "GMT" or weekday != f"{_DAYS[at.weekday()]},":
        raise ValueError(text)
    return at
