"""Proving to OCP who is asking: HTTP Basic, or an access key's signature."""

import base64
import hashlib
import hmac
from collections.abc import Generator, Iterable
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote, unquote

import httpx

from bot.operations.ports import Clock

SCHEME = "OCP-ACCESS-KEY-HMACSHA1"
_CONTENT_TYPE = "application/json"
_UNRESERVED = "-._~"


class Authentication(httpx.Auth):
    """A way to sign in. ``secrets`` are the texts that must never be quoted back."""

    secrets: tuple[str, ...] = ()
    depends_on_time = False

    def __repr__(self) -> str:
        """Name the kind, and nothing of what is inside."""
        return f"{type(self).__name__}(…)"

    def learn_offset(self, ahead: timedelta) -> None:
        """Take note of how far OCP's clock is ahead of ours."""


class BasicAuthentication(Authentication):
    """HTTP Basic with a user and a password: every version of OCP."""

    def __init__(self, user: str, password: str) -> None:
        token = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
        self._header = f"Basic {token}"
        self.secrets = tuple(secret for secret in (password, token) if secret)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the login to a request."""
        request.headers["Authorization"] = self._header
        yield request


class AccessKeyAuthentication(Authentication):
    """An access key and a secret key: OCP 4.0.3 and later. Every request is signed as it is sent."""

    depends_on_time = True

    def __init__(self, access_key: str, secret_key: str, clock: Clock) -> None:
        self._access_key = access_key
        self._secret_key = secret_key
        self._clock = clock
        self._ahead = timedelta(0)
        self.secrets = tuple(secret for secret in (secret_key,) if secret)

    def learn_offset(self, ahead: timedelta) -> None:
        """Date the requests by OCP's clock, which is ``ahead`` of ours: 15 minutes off is refused."""
        self._ahead = ahead

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Date and sign a request."""
        request.headers["Date"] = http_date(self._clock.now() + self._ahead)
        request.headers.setdefault("Content-Type", _CONTENT_TYPE)
        signature = sign(self._secret_key, message_of(request))
        request.headers["Authorization"] = f"{SCHEME} {self._access_key}:{signature}"
        yield request


def http_date(moment: datetime) -> str:
    """Write a moment (aware UTC) as HTTP does."""
    return format_datetime(moment, usegmt=True)


def sign(secret_key: str, message: str) -> str:
    """Sign a message: base64 of its HMAC-SHA1."""
    return base64.b64encode(hmac.digest(secret_key.encode(), message.encode(), "sha1")).decode("ascii")


def message_of(request: httpx.Request) -> str:
    """Put together what is signed, from the request as it goes over the wire."""
    body = request.content
    headers = request.headers
    marked = sorted((name, value) for name, value in headers.items() if name.startswith("x-ocp-"))
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    canonical = canonical_query(query)
    return "\n".join(
        (
            request.method,
            hashlib.md5(body, usedforsecurity=False).hexdigest().upper() if body else "",
            headers.get("Content-Type", ""),
            headers.get("Date", ""),
            headers.get("Host", ""),
            "\n".join(f"{name}:{value}" for name, value in marked),
            f"{path}?{canonical}" if canonical else path,
        )
    )


def canonical_query(query: str) -> str:
    """Write a query as OCP signs it: keys sorted, a repeated key's values sorted and joined by commas."""
    values: dict[str, list[str]] = {}
    for pair in filter(None, query.split("&")):
        key, _, value = pair.partition("=")
        values.setdefault(unquote(key), []).append(unquote(value))
    return "&".join(f"{_encode(key)}={','.join(map(_encode, sorted(values[key])))}" for key in sorted(values))


def query_of(parameters: Iterable[tuple[str, str]]) -> str:
    """Write a query of distinct keys so that what is sent is already what is signed."""
    return "&".join(f"{_encode(key)}={_encode(value)}" for key, value in sorted(parameters))


def _encode(text: str) -> str:
    return quote(text, safe=_UNRESERVED)
