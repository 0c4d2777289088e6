"""How many observations a second a replay takes, parsing included, and how much memory.

Run it with ``python tests/benchmarks/replay.py``; it prints two tables. Every figure is of a process of its
own, on one core, from the first line to the summary.
"""

import gzip
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import zstandard

from bot.replaying import replay_file
from bot.settings import load

T0 = datetime(2026, 1, 1, tzinfo=UTC)
POLL = timedelta(seconds=30)
OBSERVATIONS = 100_000
TARGET = 20_000
ROUNDS = 3


def page(number: int, tenants: int) -> dict[str, object]:
    """Make one poll of a cluster as OCP 4.3 answers it, each tenant with teeth of its own."""
    now = T0 + number * POLL
    rows = []
    for tenant in range(tenants):
        period = 60 + tenant % 90
        at = datetime.fromtimestamp(now.timestamp() // period * period - 4 - tenant % 7, UTC)
        rows.append(
            {
                "agentServerIp": f"10.0.{tenant % 250}.7",
                "backupDimension": "TENANT",
                "backupMode": "PHYSICAL_BACKUP",
                "backupUri": f"oss://obbackup/pay/t{tenant}?host=oss.example.com",
                "checkpoint": at.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
                "clusterId": 7,
                "clusterName": "pay",
                "clusterType": "PRIMARY",
                "createTime": "2026-01-01T08:00:00.405+0800",
                "delay": round((now - at).total_seconds(), 4),
                "obClusterId": 1700000001,
                "obTenantId": 1000 + tenant,
                "status": "FAILED" if (number // 20, tenant) == (9, 0) else "RUNNING",
                "tenantId": 10 + tenant,
                "tenantName": f"tenant_{tenant}",
            }
        )
    answer = {
        "data": {
            "contents": rows,
            "page": {"number": 1, "size": tenants, "totalElements": tenants, "totalPages": 1},
        },
        "duration": 112,
        "server": "a83ad33525",
        "status": 200,
        "successful": True,
        "timestamp": now.isoformat(timespec="milliseconds"),
        "traceId": "0e74add7846c479c",
    }
    return {"source": "prod", "cluster": 7, "response": answer, "complete": True}


def lines(observations: int, tenants: int) -> Iterator[bytes]:
    """Make a recording of so many observations."""
    for number in range(observations // tenants):
        yield json.dumps(page(number, tenants), separators=(",", ":")).encode() + b"\n"


def write(folder: Path, observations: int, tenants: int) -> dict[str, Path]:
    """Write the same recording plain and packed."""
    paths = {kind: folder / f"{tenants}.{observations}.{kind}" for kind in ("plain", "gzip", "zstd")}
    with (
        paths["plain"].open("wb") as plain,
        gzip.open(paths["gzip"], "wb", compresslevel=6) as packed,
        paths["zstd"].open("wb") as other,
        zstandard.ZstdCompressor().stream_writer(other) as frames,
    ):
        for line in lines(observations, tenants):
            plain.write(line)
            packed.write(line)
            frames.write(line)
    return paths


def measure(path: str) -> None:
    """Replay one file in this process; print seconds of this core, and the peak of its memory in MiB."""
    settings = load({}, None, needs=()).settings
    out = StringIO()
    began = time.process_time()
    damage = replay_file(settings, path, as_json=False, out=out)
    took = time.process_time() - began
    if damage.lines or "1 incident" not in out.getvalue():
        raise SystemExit(f"{path} was not replayed as it should: {out.getvalue()}")
    print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measured(path: Path) -> tuple[float, float]:
    """Measure a file in processes of their own; give the best of the seconds and of the memory."""
    found = []
    for _ in range(ROUNDS):
        done = subprocess.run(  # noqa: S603 - this file
            [sys.executable, __file__, str(path)], capture_output=True, text=True, check=True
        )
        took, peak = map(float, done.stdout.split())
        found.append((took, peak))
    return min(took for took, _ in found), min(peak for _, peak in found)


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{OBSERVATIONS:,} observations, best of {ROUNDS}; to reach: {TARGET:,} observations a second")
        print(f"{'tasks a page':<14}{'file':<8}{'MiB':>8}{'obs/s':>10}{'MiB peak':>10}")
        for tenants in (1, 10, 50, 500):
            for kind, path in write(folder, OBSERVATIONS, tenants).items():
                took, peak = measured(path)
                size = path.stat().st_size / 2**20
                print(f"{tenants:<14}{kind:<8}{size:>8.1f}{OBSERVATIONS / took:>10,.0f}{peak:>10.1f}")
        print("\nA recording ten times as long, of 50 tasks:")
        for factor in (1, 10):
            path = write(folder, factor * OBSERVATIONS, 50)["gzip"]
            took, peak = measured(path)
            count = factor * OBSERVATIONS
            print(f"{count:>12,} observations{count / took:>10,.0f} obs/s{peak:>10.1f} MiB peak")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1])
    else:
        main()
