"""One OCP over HTTP: requests that are signed, bounded, throttled, and tried again where that helps."""

import asyncio
import functools
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import httpx
import stamina

from bot.domain.task import SourceName
from bot.errors import (
    LoginRefused,
    SettingsError,
    SourceBroken,
    SourceBusy,
    SourceError,
    SourceTimeout,
    SourceUnreachable,
)
from bot.ocp.authentication import Authentication, query_of
from bot.ocp.cookies import Client
from bot.ocp.login import LoginGate
from bot.ocp.outages import CertificateUntrusted, outage
from bot.ocp.pages import load_json
from bot.ocp.payloads import Envelope, lenient
from bot.ocp.refusals import Asked, label, refusal, refused_inside, said, unreadable
from bot.ocp.rows import utc
from bot.ocp.throttling import LONGEST_WAIT, Throttle, asked_wait, header_date
from bot.ocp.transport import SparingTransport
from bot.operations.ports import Clock

_LARGEST_ANSWER = 64 * 1024 * 1024
_UNSUCCESSFUL = re.compile(rb'"successful"\s*:\s*false')
_SKEW = timedelta(minutes=1)
_READ = httpx.ByteStream(b"")
"""Takes the place of the stream of an answer that was read: each holds the other, as garbage, else."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long, in real time, and how often OCP is asked before it counts as not answering.

    ``read`` is the longest silence inside an answer, ``whole`` the longest a request may take;
    ``retrying`` is when no further attempt starts.
    """

    connect: timedelta = timedelta(seconds=5)
    read: timedelta = timedelta(seconds=10)
    whole: timedelta = timedelta(seconds=30)
    retrying: timedelta = timedelta(seconds=20)
    attempts: int = 3
    walk: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer. ``date`` is the answer's own header, ``received_at`` is ours."""

    body: bytes
    date: datetime | None
    received_at: datetime


def base_url(text: str) -> httpx.URL:
    """Read OCP_URL: scheme, host, port and path, nothing else. Raises SettingsError."""
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, UnicodeError, ValueError):
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not url.host:
        raise SettingsError(("OCP_URL is no address: write it like https://ocp.example.com:8080.",))
    return httpx.URL(scheme=url.scheme, host=url.host, port=url.port, path=url.path.rstrip("/"))


@functools.lru_cache(maxsize=2048)
def _address_of(text: str) -> httpx.URL:
    """Read an address that every poll asks: httpx takes long to."""
    return httpx.URL(text)


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    """Trust the private authority alone, else the system's. Raises SettingsError."""
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except (OSError, ValueError):
        raise SettingsError(
            (f"OCP_CA_FILE cannot be used: {ca_file} is missing, not readable or no certificate.",)
        ) from None


class Connection:
    """The way to one OCP.

    Redirects are not followed: the login would go along. Proxies of the environment are not used: OCP
    is inside, and its login is none of their business.
    """

    def __init__(
        self,
        source: SourceName,
        url: str,
        authentication: Authentication,
        clock: Clock,
        *,
        ca_file: Path | None = None,
        concurrency: int = 4,
        patience: Patience | None = None,
    ) -> None:
        self._source = source
        self._base = base_url(url)
        self._authentication = authentication
        self._clock = clock
        self._patience = patience or Patience()
        self.gate = LoginGate(clock, concurrency=concurrency)
        self.throttle = Throttle(source, clock)
        read_s, connect_s = self._patience.read.total_seconds(), self._patience.connect.total_seconds()
        self._client = Client(
            auth=authentication,
            transport=SparingTransport(_trust(ca_file), concurrency),
            timeout=httpx.Timeout(read_s, connect=connect_s),
            headers={"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "logbackup-bot"},
            follow_redirects=False,
            trust_env=False,
        )

    @property
    def address(self) -> str:
        """Host and port, for people."""
        return self._base.netloc.decode("ascii")

    async def close(self) -> None:
        """Close what is open."""
        await self._client.aclose()

    async def get(self, path: str, parameters: Mapping[str, str], asked: Asked) -> Answer:
        """Read one path of OCP's. Raises a SourceError."""
        query = query_of(parameters.items())
        url = _address_of(f"{self._base}{path}?{query}" if query else f"{self._base}{path}")
        ask = functools.partial(self.gate.run, functools.partial(self._ask, url, asked))
        try:
            return await ask()
        except SourceError as error:
            failures = [error]
        async for attempt in self._retries():
            with attempt:
                if failures:
                    raise failures.pop()
                return await ask()
        raise AssertionError("an attempt returns or raises")

    def _retries(self) -> AsyncIterator[stamina.Attempt]:
        """Give the attempts of one request; they are made only for one that failed, because they cost CPU."""
        return stamina.retry_context(
            on=_worth_retrying,
            attempts=self._patience.attempts,
            timeout=self._patience.retrying,
            wait_initial=0.2,
            wait_max=3.0,
            wait_jitter=0.5,
        ).__aiter__()

    async def _ask(self, url: httpx.URL, asked: Asked) -> Answer:
        """Ask once; where the login was refused over a wrong clock of ours, once more with OCP's."""
        await self.throttle.admit()
        response, body = await self._exchange(url)
        if response.status_code == HTTPStatus.UNAUTHORIZED and self._learnt_time(response, body):
            response, body = await self._exchange(url)
        self.throttle.learn(response.headers)
        disguised = self._disguised(body, asked) if response.is_success else None
        if disguised is not None:
            raise disguised
        if response.is_success:
            self.gate.accepted()
            return Answer(body, header_date(response.headers.get("Date")), self._clock.now())
        raise self._refusal(response, body, asked)

    async def _exchange(self, url: httpx.URL) -> tuple[httpx.Response, bytes]:
        """Send a request and read the whole answer, within bounds."""
        try:
            async with asyncio.timeout(self._patience.whole.total_seconds()):
                async with self._client.stream("GET", url) as response:
                    body = await self._body(response)
                response.stream = _READ
                return response, body
        except (httpx.TimeoutException, TimeoutError) as error:
            raise SourceTimeout(
                f"{label(self._source)} did not answer in time at {self.address}. Is it overloaded, or "
                "does a firewall swallow the connection?"
            ) from error
        except httpx.DecodingError:
            raise unreadable(self._source, "data that breaks off or is damaged") from None
        except httpx.HTTPError as error:
            raise outage(self._source, self.address, error) from error

    async def _body(self, response: httpx.Response) -> bytes:
        parts, size = [], 0
        async for part in response.aiter_bytes():
            parts.append(part)
            size += len(part)
            if size > _LARGEST_ANSWER:
                raise unreadable(self._source, "more data than any list of tasks has")
        return b"".join(parts)

    def _learnt_time(self, response: httpx.Response, body: bytes) -> bool:
        """Whether the login depends on time, and OCP's proved to be another than we went by."""
        if not self._authentication.depends_on_time:
            return False
        theirs = _time_in(body) or header_date(response.headers.get("Date"))
        sent = header_date(response.request.headers.get("Date"))
        if theirs is None or sent is None or abs(theirs - sent) < _SKEW:
            return False
        self._authentication.learn_offset(theirs - self._clock.now())
        return True

    def _disguised(self, body: bytes, asked: Asked) -> SourceError | None:
        """Find a refusal that came as HTTP 200, before it counts as an accepted login."""
        envelope = _envelope(body) if _UNSUCCESSFUL.search(body) else None
        refused = None if envelope is None else refused_inside(envelope, self._source, asked, self._secrets)
        if isinstance(refused, SourceBusy):
            refused.retry_after = self.throttle.hold(None)
        return refused

    @property
    def _secrets(self) -> tuple[str, ...]:
        return self._authentication.secrets

    def _refusal(self, response: httpx.Response, body: bytes, asked: Asked) -> SourceError:
        status = response.status_code
        words = said(_json_or_none(body), self._secrets)
        wait = None
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            wait = self.throttle.hold(asked_wait(response.headers, self._clock.now()))
        if status == HTTPStatus.FORBIDDEN:
            self.gate.accepted()
        return refusal(self._source, asked, status, words, retry_after=wait)


def _worth_retrying(error: Exception) -> bool | float:
    """Say whether to try again: what may pass by itself soon, and what is throttled once its hold ends."""
    match error:
        case SourceBusy():
            return 0.0 if error.retry_after is not None and error.retry_after <= LONGEST_WAIT else False
        case CertificateUntrusted() | LoginRefused():
            return False
        case SourceUnreachable() | SourceTimeout() | SourceBroken():
            return True
        case _:
            return False


def _json_or_none(body: bytes) -> object:
    try:
        return load_json(body)
    except ValueError:
        return None


def _envelope(body: bytes) -> Envelope | None:
    answer = _json_or_none(body)
    return lenient(Envelope, answer)[0] if isinstance(answer, Mapping) else None


def _time_in(body: bytes) -> datetime | None:
    envelope = _envelope(body)
    return None if envelope is None else utc(envelope.timestamp)
