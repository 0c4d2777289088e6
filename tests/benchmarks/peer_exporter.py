"""What people would build instead: an exporter that reads OCP with httpx whenever Prometheus scrapes it.

``python tests/benchmarks/peer_exporter.py URL PORT``; four requests at a time, as the bot does.
"""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import httpx
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

LABELS = ("cluster", "tenant", "destination")
BROKEN = frozenset({"FAILED", "INTERRUPTED"})


class Exporter(Collector):
    """Gives delay, checkpoint and state of every task."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(
            base_url=url,
            auth=("admin", "a-password"),
            trust_env=False,
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=4),
        )
        self._pool = ThreadPoolExecutor(4)
        self._clusters: list[int] = []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Read OCP and write the samples."""
        delay = GaugeMetricFamily("logbackup_delay_seconds", "How far a task is behind.", labels=LABELS)
        checkpoint = GaugeMetricFamily("logbackup_checkpoint_seconds", "Its checkpoint.", labels=LABELS)
        failed = GaugeMetricFamily("logbackup_failed", "Whether it failed.", labels=LABELS)
        for rows in self._pool.map(self._rows, self._listed()):
            for row in rows:
                labels = (row["clusterName"], row.get("tenantName", ""), row["backupUri"].partition("?")[0])
                delay.add_metric(labels, row["delay"])
                checkpoint.add_metric(labels, datetime.fromisoformat(row["checkpoint"]).timestamp())
                failed.add_metric(labels, row["status"].upper() in BROKEN)
        yield from (delay, checkpoint, failed)

    def _listed(self) -> list[int]:
        if not self._clusters:
            answer = self._client.get("/api/v2/ob/clusters", params={"size": 2000}).raise_for_status()
            self._clusters = [cluster["id"] for cluster in answer.json()["data"]["contents"]]
        return self._clusters

    def _rows(self, cluster: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        path, number, pages = f"/api/v2/ob/clusters/{cluster}/backup/task/logBackupTasks", 0, 1
        while number < pages:
            number += 1
            answer = self._client.get(path, params={"page": number, "size": 500}).raise_for_status()
            data = answer.json()["data"]
            pages = data["page"]["totalPages"]
            found += data["contents"]
        return found


class Lazy(CollectorRegistry):
    """A registry that does not read OCP merely to learn the names of what it has."""

    def __init__(self) -> None:
        super().__init__(auto_describe=False)


if __name__ == "__main__":
    registry = Lazy()
    registry.register(Exporter(sys.argv[1]))
    start_http_server(int(sys.argv[2]), addr="127.0.0.1", registry=registry)
    threading.Event().wait()
