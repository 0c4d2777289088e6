"""Two OCPs that misbehave on demand: a scripted one behind respx, and the simulated one over a socket."""

import functools
import ssl
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

import httpx

from bot.domain.task import Cluster, ClusterId, SourceName
from bot.ocp.authentication import Authentication, BasicAuthentication
from bot.ocp.client import OcpClient
from bot.ocp.connection import Patience
from bot.sandbox.fleet import Fleet, Rhythm, SimulatedCluster, SimulatedTask
from bot.sandbox.ocp import Account, SimulatedOcp, Where
from tests.fakes.manual_clock import ManualClock

OCP = SourceName("prod")
PAY = Cluster(OCP, ClusterId(7), "pay")
SHOP = Cluster(OCP, ClusterId(8), "shop")
USER = "logbackup"
PASSWORD = "only-for-the-simulated-ocp"
TASKS = "logBackupTasks"
HASTY = Patience(read=timedelta(seconds=0.5))
"""For an OCP that is known to stay silent."""


class World(Protocol):
    """An OCP with the clusters pay (7) and shop (8), of three tenants each; every switch stays on."""

    clock: ManualClock

    @property
    def url(self) -> str: ...

    def asked(self, path: str = "") -> int:
        """Count the requests whose path contains ``path``."""
        ...

    def status(self, status: int, *, times: int | None = None, reset: int | None = None) -> None: ...
    def html(self) -> None: ...
    def truncated(self) -> None: ...
    def disguised(self, status: int) -> None: ...
    def empty(self) -> None: ...
    def endless(self, *, fresh: bool) -> None: ...
    def silent(self) -> None: ...
    def broken(self, times: int | None = None) -> None: ...
    def redirecting(self) -> None: ...
    def without(self, path: str, status: int) -> None:
        """Answer a path with a status, the others as ever."""
        ...


def client_of(world: World, authentication: Authentication | None = None, **options: Any) -> OcpClient:
    """Make a client of a world's OCP."""
    login = authentication or BasicAuthentication(USER, PASSWORD)
    return OcpClient(OCP, world.url, login, world.clock, **options)


def _fleet(clock: ManualClock) -> Fleet:
    clusters = [SimulatedCluster(7, "pay", 1700000001), SimulatedCluster(8, "shop", 1700000002)]
    tasks = [
        SimulatedTask(
            cluster,
            f"oss://backup/{cluster.name}/{tenant}?host=oss.example.com&access_id=AKID&access_key=k3y",
            Rhythm(),
            tenant=tenant,
            tenant_id=10 + number,
            ob_tenant_id=1000 + number,
        )
        for cluster in clusters
        for number, tenant in enumerate(("orders", "ledger", "audit"))
    ]
    return Fleet(clusters, tasks, start=clock.now())


class SocketWorld:
    """The simulated OCP, over a real socket."""

    def __init__(self, clock: ManualClock, tls: ssl.SSLContext | None = None) -> None:
        self.clock = clock
        accounts = [Account(user=USER, password=PASSWORD)]
        self.ocp = SimulatedOcp(_fleet(clock), clock, accounts=accounts, tls=tls)

    @property
    def url(self) -> str:
        return self.ocp.url

    def asked(self, path: str = "") -> int:
        return len(self.ocp.requests.of(path))

    def status(self, status: int, *, times: int | None = None, reset: int | None = None) -> None:
        span = None if reset is None else timedelta(seconds=reset)
        self.ocp.faults.status(status, Where(times=times), message="It is as it is.", rate_limit_reset=span)

    def html(self) -> None:
        self.ocp.faults.html()

    def truncated(self) -> None:
        self.ocp.faults.truncated()

    def disguised(self, status: int) -> None:
        self.ocp.faults.disguised(status=status)

    def empty(self) -> None:
        self.ocp.faults.empty_list()

    def endless(self, *, fresh: bool) -> None:
        self.ocp.faults.endless_list(fresh=fresh)

    def silent(self) -> None:
        self.ocp.faults.silence()

    def broken(self, times: int | None = None) -> None:
        self.ocp.faults.reset(Where(times=times))

    def redirecting(self) -> None:
        self.ocp.faults.redirect("https://elsewhere.example.com/")

    def without(self, path: str, status: int) -> None:
        self.ocp.faults.status(status, Where(path=path), message="It is as it is.")


def row(tenant: int, cluster: int = 7, **fields: object) -> dict[str, object]:
    """Make a row of OCP's list."""
    known = {"status": "RUNNING", "clusterId": cluster, "obTenantId": tenant, "backupUri": "file:///backup/"}
    return {**known, "checkpoint": "2026-03-04T11:59:10.000Z", **fields}


def page(rows: list[Any], number: int = 1, pages: int = 1, **envelope: object) -> dict[str, Any]:
    """Make an answer that is a page."""
    info = {"number": number, "totalPages": pages, "totalElements": len(rows), "size": 2000}
    return {
        "data": {"contents": rows, "page": info},
        "successful": True,
        "status": 200,
        "timestamp": "2026-03-04T12:00:00.000+0000",
        "traceId": f"trace{number}",
        **envelope,
    }


def refusal(status: int) -> dict[str, Any]:
    """Make the body of an error."""
    return {
        "successful": False,
        "status": status,
        "error": {"code": f"COM10{status}", "message": "It is as it is."},
        "traceId": "0e74add7846c479c",
        "timestamp": "2026-03-04T12:00:00.000+0000",
    }


def _said(answer: dict[str, Any], _request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json=answer)


Answer = Callable[[httpx.Request], httpx.Response]


class ScriptedWorld:
    """An OCP behind respx, which answers from a script: ``answers`` are tried from the last to the first."""

    url = "http://ocp.example.com:8080"

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.requests: list[httpx.Request] = []
        self._answers: list[tuple[str, Answer, list[int | None]]] = []
        clusters = [{"id": 7, "name": "pay", "obClusterId": 70}, {"id": "8", "name": "shop"}]
        self.script("", lambda _: httpx.Response(404, json=refusal(404)))
        self.script("/api/v2/ob/clusters?", lambda _: httpx.Response(200, json=page(clusters)))
        for cluster in (7, 8):
            listed = page([row(tenant, cluster) for tenant in (1000, 1001, 1002)])
            self.script(f"/{cluster}/backup/task/{TASKS}", functools.partial(_said, listed))

    def script(self, path: str, answer: Answer, times: int | None = None) -> None:
        """Answer every address that contains ``path`` so, or the next ``times`` of them."""
        self._answers.append((path, answer, [times]))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.requests.append(request)
        for path, answer, left in reversed(self._answers):
            if path in str(request.url) and left[0] != 0:
                left[0] = None if left[0] is None else left[0] - 1
                return answer(request)
        raise AssertionError("the first answer fits every request")

    def asked(self, path: str = "") -> int:
        return len([request for request in self.requests if path in str(request.url)])

    def status(self, status: int, *, times: int | None = None, reset: int | None = None) -> None:
        headers = {} if reset is None else {"RateLimit-Reset": str(reset)}
        self.script("", lambda _: httpx.Response(status, headers=headers, json=refusal(status)), times)

    def html(self) -> None:
        self.script("", lambda _: httpx.Response(200, html="<html>Please sign in</html>"))

    def truncated(self) -> None:
        self.script("", lambda _: httpx.Response(200, content=b'{"data": {"contents": [{"clusterId": 7'))

    def disguised(self, status: int) -> None:
        self.script("", lambda _: httpx.Response(200, json=refusal(status)))

    def empty(self) -> None:
        self.script(TASKS, lambda _: httpx.Response(200, json=page([])))

    def endless(self, *, fresh: bool) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            number = int(request.url.params["page"])
            return httpx.Response(200, json=page([row(number if fresh else 1)], number, number + 1))

        self.script(TASKS, answer)

    def silent(self) -> None:
        self._failing(httpx.ReadTimeout)

    def broken(self, times: int | None = None) -> None:
        self._failing(httpx.ReadError, times)

    def _failing(self, kind: type[httpx.TransportError], times: int | None = None) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            raise kind("simulated", request=request)

        self.script("", answer, times)

    def redirecting(self) -> None:
        location = {"Location": "https://elsewhere.example.com/"}
        self.script("", lambda _: httpx.Response(302, headers=location))

    def without(self, path: str, status: int) -> None:
        self.script(path, lambda _: httpx.Response(status, json=refusal(status)))
