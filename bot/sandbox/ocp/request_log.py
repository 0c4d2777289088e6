"""What was asked of a simulated server, without the secrets that came along."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from bot.sandbox.ocp.signature import ReceivedRequest

_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(slots=True, eq=False)
class LoggedRequest:
    """One request, and the status it was answered with (None: not, or not yet).

    ``at`` is OCP's clock; of an Authorization header only its scheme is kept.
    """

    at: datetime
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    login: str
    status: int | None = None


class RequestLog:
    """The latest requests, oldest first, and how many there ever were."""

    def __init__(self, keep: int = 20_000) -> None:
        self._requests: deque[LoggedRequest] = deque(maxlen=keep)
        self._arrived = asyncio.Condition()
        self.total = 0

    def __iter__(self) -> Iterator[LoggedRequest]:
        return iter(tuple(self._requests))

    def __len__(self) -> int:
        return len(self._requests)

    def of(self, path: str) -> list[LoggedRequest]:
        """Return the requests whose path contains ``path``."""
        return [request for request in self._requests if path in request.path]

    def clear(self) -> None:
        """Forget the requests; ``total`` goes on."""
        self._requests.clear()

    async def append(self, received: ReceivedRequest, at: datetime) -> LoggedRequest:
        """Add a request."""
        path, _, query = received.target.partition("?")
        logged = LoggedRequest(
            at=at,
            method=received.method,
            path=path,
            query=dict(parse_qsl(query, keep_blank_values=True)),
            headers={name: value for name, value in received.headers if name.lower() not in _SECRET},
            login=received.header("Authorization").partition(" ")[0],
        )
        async with self._arrived:
            self._requests.append(logged)
            self.total += 1
            self._arrived.notify_all()
        return logged

    async def until(self, count: int, matches: Callable[[LoggedRequest], bool] = lambda _: True) -> None:
        """Wait until at least ``count`` requests have arrived that match."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: sum(map(matches, self._requests)) >= count)
