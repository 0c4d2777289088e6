"""Sends heartbeats to an address of the operator's choice, within bounds, and never tells the address."""

import asyncio
import ipaddress
from datetime import timedelta

import httpx

WITHIN = timedelta(seconds=10)
UNSUITABLE = "The heartbeat's address cannot be used: BOT_HEARTBEAT_URL has to be an http or https address."


class HeartbeatAddress:
    """Asks one address with GET. The address holds a token: no sentence and no error repeats it.

    The environment's proxy is used, but not for this machine itself; a redirect is not followed; of the
    answer only its status is read. ``close`` it when it is no longer needed.
    """

    def __init__(self, url: str, within: timedelta = WITHIN) -> None:
        self._url = url
        self._within = within
        self._client: httpx.AsyncClient | None = None

    async def ping(self) -> str | None:
        """Ask once; return the sentence that says why the heartbeat was not accepted, None where it was."""
        try:
            return _judged(await self._status())
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError, ValueError):
            return UNSUITABLE
        except ImportError:
            return "The heartbeat cannot use the environment's proxy: this build knows http proxies only."
        except (httpx.TimeoutException, TimeoutError):
            return "The heartbeat's address did not answer in time."
        except (httpx.HTTPError, OSError) as error:
            return f"The heartbeat's address could not be reached ({type(error).__name__})."

    async def close(self) -> None:
        """Close what is open."""
        if self._client is not None:
            await self._client.aclose()

    async def _status(self) -> int:
        async with asyncio.timeout(self._within.total_seconds()):
            async with self._opened().stream("GET", self._url) as answer:
                return answer.status_code

    def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=self._within.total_seconds(),
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
                headers={"User-Agent": "logbackup-bot"},
                follow_redirects=False,
                trust_env=not _is_here(httpx.URL(self._url).host),
            )
        return self._client


def _judged(status: int) -> str | None:
    if httpx.codes.is_success(status):
        return None
    if httpx.codes.is_redirect(status):
        return f"The heartbeat's address answered with a redirect ({status}), which is not followed."
    return f"The heartbeat's address answered {status}. Is it still the right one?"


def _is_here(host: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
