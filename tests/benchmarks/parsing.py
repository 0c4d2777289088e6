"""How long a row of OCP's list takes to become a Task, beside bare validation of the same bytes.

Run it with ``python tests/benchmarks/parsing.py``; it prints one table.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from bot.domain.task import Cluster, ClusterId, SourceName
from bot.ocp.pages import parse_page
from bot.ocp.payloads import TaskEnvelope

ROWS = 2_000
ROUNDS = 25
CLUSTER = Cluster(SourceName("ocp"), ClusterId(7), "pay")


def answer(rows: int, *, damaged: bool = False) -> dict[str, Any]:
    """Make a page of OCP 4.3: every documented field but errorMsg, and backupDimension."""
    contents: list[Any] = [
        {
            "agentServerIp": f"10.0.{number % 250}.7",
            "backupDimension": "TENANT",
            "backupMode": "PHYSICAL_BACKUP",
            "backupUri": f"oss://obbackup/pay/t{number}?host=oss.example.com&access_id=AKID&access_key=s3cr3t",
            "checkpoint": f"2026-01-31T23:{number % 60:02}:17.357+0800",
            "clusterId": 7,
            "clusterName": "pay",
            "clusterType": "PRIMARY",
            "createTime": "2026-01-01T08:00:00.405+0800",
            "delay": 77.6421 + number,
            "modifyTime": f"2026-01-31T23:{number % 60:02}:18.001+0800",
            "obClusterId": 1700000001,
            "obTenantId": 1000 + number,
            "status": "RUNNING",
            "tenantId": 10 + number,
            "tenantName": f"tenant_{number}",
        }
        for number in range(rows)
    ]
    if damaged:
        contents[rows // 2]["delay"] = "a while"
    return {
        "data": {
            "contents": contents,
            "page": {"number": 1, "size": rows, "totalElements": rows, "totalPages": 1},
        },
        "duration": 112,
        "server": "a83ad33525",
        "status": 200,
        "successful": True,
        "timestamp": "2026-01-31T23:59:59.149+08:00",
        "traceId": "0e74add7846c479c",
    }


def microseconds_a_row(work: Callable[[], object]) -> float:
    """Return the best of many rounds: what the work costs when nothing disturbs it."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best / ROWS * 1e6


def main() -> None:
    """Measure and print."""
    raw = json.dumps(answer(ROWS)).encode()
    damaged = json.dumps(answer(ROWS, damaged=True)).encode()
    floor = microseconds_a_row(lambda: TaskEnvelope.model_validate_json(raw))
    table = [
        ("json.loads alone", microseconds_a_row(lambda: json.loads(raw))),
        ("bare pydantic validation of bytes", floor),
        ("bytes to Task", microseconds_a_row(lambda: parse_page(raw, CLUSTER))),
        (
            "bytes to dict to Task, as replay does",
            microseconds_a_row(lambda: parse_page(json.loads(raw), CLUSTER)),
        ),
        ("bytes to Task, one field damaged", microseconds_a_row(lambda: parse_page(damaged, CLUSTER))),
    ]
    print(f"{ROWS} rows, {len(raw) / ROWS:.0f} bytes each, best of {ROUNDS} rounds")
    for name, cost in table:
        print(f"{name:<40}{cost:7.2f} µs a row{cost / floor:7.1f} x bare validation")


if __name__ == "__main__":
    main()
