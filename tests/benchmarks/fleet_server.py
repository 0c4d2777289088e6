"""A simulated OCP that costs next to nothing: pages written beforehand, with moving checkpoints and times.

``python tests/benchmarks/fleet_server.py TASKS CLUSTERS`` serves on a free port of loopback, prints the port
and runs until it is stopped. It is a process of its own, so that what it costs is on nobody's account. It is
no judge of manners: those are held by the simulated OCP of the sandbox.
"""

import argparse
import asyncio
import contextlib
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import parse_qsl

PHASES = 64
"""So many rhythms there are: the tasks share them out among themselves."""
LOGS = "/backup/task/logBackupTasks"
RUNNING = b'"status":"RUNNING",'
LETTERS = str.maketrans("0123456789", "abcdefghij")
"""For words that differ: numbers in an error count as no difference."""
SLOTS = 4
"""What moves in a row: checkpoint, delay, modifyTime, and its status with its error."""


@lru_cache(maxsize=8192)
def written(second: int) -> bytes:
    """Write a whole second as OCP does; the decimals and the offset are each row's own."""
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}".encode()


def decimals(row: int) -> int:
    """Give the milliseconds of a row's checkpoints, so that hardly two tasks have the same one."""
    return row * 37 % 1000


@dataclass(frozen=True)
class Time:
    """The fleet's time: ``speed`` times as fast as life since ``origin`` of the monotonic clock."""

    start: float
    origin: float
    speed: float

    def now(self) -> float:
        """Return seconds since 1970."""
        return self.start + (time.monotonic() - self.origin) * self.speed


@dataclass
class Page:
    """One page: the numbers of its rows, what never moves, and the rhythm of each row."""

    rows: range
    parts: list[bytes]
    phases: list[int]
    tail: bytes


@dataclass
class CheapFleet:
    """The clusters and their tasks. ``broken`` has the tasks that failed, and when."""

    tasks: int
    clusters: int
    destinations: int
    time: Time
    tooth: int = 60
    broken: dict[int, float] = field(default_factory=dict)
    pages: dict[tuple[int, int, int], Page] = field(default_factory=dict)

    def cluster_list(self) -> bytes:
        """Answer with the list of clusters."""
        contents = [
            {
                "id": 1000 + number,
                "name": f"cluster_{number:04}",
                "obClusterId": 1 + number,
                "obVersion": "4.2.1.8",
                "type": "PRIMARY",
                "status": "RUNNING",
            }
            for number in range(self.clusters)
        ]
        page = {"number": 1, "size": len(contents), "totalElements": len(contents), "totalPages": 1}
        return self._wrapped(json.dumps({"contents": contents, "page": page}).encode())

    def task_list(self, cluster: int, number: int, size: int) -> bytes | None:
        """Answer with a page of a cluster's tasks; None where there is no such cluster."""
        if not 0 <= cluster < self.clusters:
            return None
        key = cluster, number, size
        page = self.pages.get(key)
        if page is None:
            page = self.pages[key] = self._page(*key)
        return self._wrapped(self._filled(page))

    def _wrapped(self, data: bytes) -> bytes:
        now = datetime.fromtimestamp(self.time.now(), UTC).isoformat(timespec="milliseconds").encode()
        return (
            b'{"data":%b,"duration":12,"server":"a83ad33525","status":200,"successful":true,'
            b'"timestamp":"%b","traceId":"0e74add7846c479c"}' % (data, now)
        )

    def _page(self, cluster: int, number: int, size: int) -> Page:
        here = range(cluster * self.tasks // self.clusters, (cluster + 1) * self.tasks // self.clusters)
        rows = here[(number - 1) * size : number * size]
        parts = [b'{"contents":[']
        for row in rows:
            first, *others = self._row(row, cluster)
            parts[-1] += first if row == rows[0] else b"," + first
            for other in others:
                parts += [b"", other]
        info = {
            "number": number,
            "size": len(rows),
            "totalElements": len(here),
            "totalPages": max(1, -(-len(here) // size)),
        }
        tail = b'],"page":' + json.dumps(info, separators=(",", ":")).encode() + b"}"
        return Page(rows, parts, [row * 7 % PHASES for row in rows], tail)

    def _row(self, row: int, cluster: int) -> tuple[bytes, ...]:
        """Give what never moves of a row; between the parts lies what does."""
        there = self.destination(row)
        return (
            f'{{"agentServerIp":"10.0.{row % 250}.7","backupDimension":"TENANT",'
            f'"backupMode":"PHYSICAL_BACKUP",'
            f'"backupUri":"oss://{there}/logs?host=oss.example.com","checkpoint":"'.encode(),
            f'.{decimals(row):03}+0000","clusterId":{1000 + cluster},'
            f'"clusterName":"cluster_{cluster:04}","clusterType":"PRIMARY",'
            f'"createTime":"2026-01-01T08:00:00.405+0800","delay":'.encode(),
            b',"modifyTime":"',
            f'.{decimals(row):03}+0000","obClusterId":{1 + cluster},"obTenantId":{1000 + row},'.encode(),
            f'"tenantId":{10 + row},"tenantName":"t{row:06}"}}'.encode(),
        )

    def destination(self, row: int) -> str:
        """Name the bucket that a task writes to."""
        return f"backup-{row % self.destinations}"

    def _filled(self, page: Page) -> bytes:
        """Put in what moves."""
        now = self.time.now()
        seconds = [self._checkpoint(phase, now) for phase in range(PHASES)]
        stamps = [written(second) for second in seconds]
        lags = [now - second for second in seconds]
        checkpoints = [stamps[phase] for phase in page.phases]
        delays = [
            b"%.4f" % (lags[phase] - decimals(row) / 1000)
            for row, phase in zip(page.rows, page.phases, strict=True)
        ]
        modified, statuses = checkpoints.copy(), [RUNNING] * len(page.rows)
        for place, row in enumerate(page.rows) if self.broken else ():
            if row in self.broken:
                since = self.broken[row]
                second = self._checkpoint(page.phases[place], since)
                checkpoints[place], modified[place] = written(second), written(int(since))
                delays[place] = b"%.4f" % (now - second - decimals(row) / 1000)
                statuses[place] = self._failed(row)
        parts = page.parts.copy()
        for slot, values in enumerate((checkpoints, delays, modified, statuses)):
            parts[1 + 2 * slot :: 2 * SLOTS] = values
        parts.append(page.tail)
        return b"".join(parts)

    def _checkpoint(self, phase: int, moment: float) -> int:
        """Tell the second of a healthy task's checkpoint: it moves once in a tooth, up to twice ``tooth``."""
        period = self.tooth * (1 + phase / PHASES)
        return int(moment - (moment - phase * 1.7) % period - 4 - phase % 5)

    def _failed(self, row: int) -> bytes:
        """Write what a failed task says; one with a destination of its own has a reason of its own."""
        there, key = self.destination(row), str(row).translate(LETTERS)
        why = f"access denied to key {key}" if self.destinations >= self.tasks else "access denied"
        return f'"errorMsg":"cannot write to oss://{there}/logs: {why}","status":"FAILED",'.encode()


class Control:
    """What a benchmark does to the fleet, and asks about it."""

    def __init__(self, fleet: CheapFleet) -> None:
        self._fleet = fleet
        self.asked: list[float] = []

    def act(self, verb: str, query: dict[str, str]) -> bytes:
        """Break or mend tasks, or tell when pages were asked for (monotonic) since the last time."""
        match verb:
            case "break":
                now = self._fleet.time.now()
                self._fleet.broken.update(dict.fromkeys(_numbers(query["rows"]), now))
            case "mend":
                for row in _numbers(query["rows"]):
                    self._fleet.broken.pop(row, None)
            case "asked":
                asked, self.asked = self.asked, []
                return json.dumps(asked).encode()
        return b"{}"


def _numbers(text: str) -> Iterable[int]:
    """Read ``3`` or ``0-9999`` or ``1,5,7``."""
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


class Exchange(asyncio.Protocol):
    """One kept-alive connection that asks with GET."""

    def __init__(self, fleet: CheapFleet, control: Control) -> None:
        self._fleet = fleet
        self._control = control
        self._waiting = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that has come whole."""
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            head, self._waiting = self._waiting.split(b"\r\n\r\n", 1)
            target = head.split(b" ", 2)[1].decode()
            body = self._answer(target)
            status = b"404 Not Found" if body is None else b"200 OK"
            body = b'{"successful":false,"status":404}' if body is None else body
            assert self._transport is not None
            self._transport.write(
                b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (status, len(body), body)
            )

    def _answer(self, target: str) -> bytes | None:
        path, _, text = target.partition("?")
        query = dict(parse_qsl(text))
        if path.startswith("/control/"):
            return self._control.act(path.removeprefix("/control/"), query)
        if path == "/api/v2/ob/clusters":
            return self._fleet.cluster_list()
        if path.endswith(LOGS):
            self._control.asked.append(time.monotonic())
            cluster = int(path.removesuffix(LOGS).rpartition("/")[2]) - 1000
            return self._fleet.task_list(cluster, int(query.get("page", 1)), int(query.get("size", 100)))
        return None


async def serve(fleet: CheapFleet) -> None:
    """Serve until stopped."""
    control = Control(fleet)
    server = await asyncio.get_running_loop().create_server(lambda: Exchange(fleet, control), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", type=int)
    parser.add_argument("clusters", type=int)
    parser.add_argument("--destinations", type=int, default=3)
    parser.add_argument("--tooth", type=int, default=60, help="seconds between checkpoints, at least")
    parser.add_argument("--start", type=float, default=time.time())
    parser.add_argument("--origin", type=float, default=time.monotonic())
    parser.add_argument("--speed", type=float, default=1.0)
    given = parser.parse_args()
    moment = Time(given.start, given.origin, given.speed)
    fleet = CheapFleet(given.tasks, given.clusters, given.destinations, moment, given.tooth)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(fleet))


if __name__ == "__main__":
    main()
