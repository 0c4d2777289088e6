"""Carries httpx's requests with aiohttp, whose parser is written in C: a third of the CPU of httpx's own."""

import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager

import aiohttp
import httpx
from yarl import URL

_KEPT_OPEN_S = 15.0


class SparingTransport(httpx.AsyncBaseTransport):
    """Sends each request as it is, and decides nothing: no redirect, cookie, proxy or decoding of its own.

    What goes wrong is raised as httpx's own kind of failure, with what really happened beneath it.
    """

    def __init__(self, trust: ssl.SSLContext, connections: int) -> None:
        self._trust = trust
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; its answer's body is read as it is asked for."""
        seconds: Mapping[str, float | None] = request.extensions["timeout"]
        limits = aiohttp.ClientTimeout(
            total=None, sock_connect=seconds["connect"], sock_read=seconds["read"], ceil_threshold=60
        )
        with _failures(request):
            answer = await self._opened().request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=[
                    (name.decode("ascii"), value.decode("latin-1")) for name, value in request.headers.raw
                ],
                allow_redirects=False,
                timeout=limits,
            )
        return httpx.Response(answer.status, headers=answer.raw_headers, stream=_Body(request, answer))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections, ssl=self._trust, keepalive_timeout=_KEPT_OPEN_S
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
            self._session._retry_connection = False  # noqa: SLF001 - it would ask once more, uncounted
        return self._session

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


class _Body(httpx.AsyncByteStream):
    """The body of an answer, as it comes; a connection whose answer was not read whole is not used again."""

    def __init__(self, request: httpx.Request, answer: aiohttp.ClientResponse) -> None:
        self._request = request
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _failures(self._request):
            async for part in self._answer.content.iter_any():
                yield part

    async def aclose(self) -> None:
        self._answer.close()


@contextmanager
def _failures(request: httpx.Request) -> Iterator[None]:
    """Raise what aiohttp raises as what httpx would raise."""
    try:
        yield
    except aiohttp.ConnectionTimeoutError as error:
        raise httpx.ConnectTimeout(str(error), request=request) from error
    except TimeoutError as error:
        raise httpx.ReadTimeout(str(error), request=request) from error
    except aiohttp.ClientConnectorError as error:
        raise httpx.ConnectError(str(error), request=request) from error
    except (aiohttp.ClientError, OSError) as error:
        raise httpx.ReadError(str(error), request=request) from error
