"""The peer: exporter, Prometheus and Alertmanager, set up as somebody would who knows them well."""

import json
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml

from tests.benchmarks.bot_process import free_port
from tests.benchmarks.processes import Process, running, until

PROGRAMS = ("prometheus", "prometheus-alertmanager")
ABSENT = (
    "The peer is left out: prometheus and prometheus-alertmanager are not installed "
    "(on Debian: apt-get install prometheus prometheus-alertmanager)."
)
RULES = {
    "LogBackupFailed": ("logbackup_failed == 1", "critical"),
    "LogBackupBehind": ("logbackup_delay_seconds > 600", "warning"),
    "LogBackupFarBehind": ("logbackup_delay_seconds > 1800", "critical"),
    "LogBackupStalled": (
        "changes(logbackup_checkpoint_seconds[10m]) == 0 and logbackup_delay_seconds > 300",
        "warning",
    ),
    "LogBackupGrowing": (
        "deriv(logbackup_delay_seconds[15m]) > 0.2 and logbackup_delay_seconds > 300",
        "warning",
    ),
}


def is_there() -> bool:
    """Whether Debian's programs are installed."""
    return all(shutil.which(program) for program in PROGRAMS)


@dataclass(frozen=True)
class Peer:
    """The three processes, and where Prometheus listens."""

    processes: tuple[Process, ...]
    prometheus: str

    def cpu(self) -> float:
        """CPU seconds that the three have used."""
        return sum(process.cpu() for process in self.processes)

    def resident(self) -> float:
        """Memory of the three, in MB."""
        return sum(process.resident() for process in self.processes)

    async def until_scraped(self, tasks: int, within: float = 120) -> None:
        """Wait until Prometheus has every task."""
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client:

            async def scraped() -> bool:
                query = {"query": "count(logbackup_delay_seconds)"}
                try:
                    answer = await client.get(f"{self.prometheus}/api/v1/query", params=query)
                except httpx.HTTPError:
                    return False
                if not answer.is_success:
                    return False
                found = answer.json().get("data", {}).get("result", [])
                return bool(found) and int(found[0]["value"][1]) == tasks

            await until("Prometheus to scrape every task", scraped, within, 0.5)


def _write(folder: Path, interval: int, exporter: int, alertmanager: int, receiver: str) -> None:
    rules = [
        {"alert": name, "expr": expression, "labels": {"severity": severity}}
        for name, (expression, severity) in RULES.items()
    ]
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "logbackup", "rules": rules}]}))
    every = f"{interval}s"
    scraping = {
        "global": {"scrape_interval": every, "evaluation_interval": every, "scrape_timeout": every},
        "rule_files": [str(folder / "rules.yml")],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}]},
        "scrape_configs": [
            {"job_name": "logbackup", "static_configs": [{"targets": [f"127.0.0.1:{exporter}"]}]}
        ],
    }
    (folder / "prometheus.yml").write_text(json.dumps(scraping))
    routing = {
        "route": {
            "receiver": "slack",
            "group_by": ["..."],
            "group_wait": "0s",
            "group_interval": "1m",
            "repeat_interval": "4h",
        },
        "receivers": [{"name": "slack", "webhook_configs": [{"url": receiver}]}],
    }
    (folder / "alertmanager.yml").write_text(json.dumps(routing))


@asynccontextmanager
async def peer(ocp: str, folder: Path, interval: int, receiver: str) -> AsyncIterator[Peer]:
    """Run the three; ``interval`` seconds between scrapes and between evaluations, no group_wait."""
    exporter, prometheus, alertmanager = free_port(), free_port(), free_port()
    _write(folder, interval, exporter, alertmanager, receiver)
    commands = {
        "exporter": (sys.executable, str(Path(__file__).with_name("peer_exporter.py")), ocp, str(exporter)),
        "alertmanager": (
            PROGRAMS[1],
            f"--config.file={folder / 'alertmanager.yml'}",
            f"--storage.path={folder / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{alertmanager}",
            "--cluster.listen-address=",
        ),
        "prometheus": (
            PROGRAMS[0],
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'prometheus'}",
            f"--web.listen-address=127.0.0.1:{prometheus}",
        ),
    }
    async with AsyncExitStack() as stack:
        processes = [
            await stack.enter_async_context(running(name, command, folder))
            for name, command in commands.items()
        ]
        yield Peer(tuple(processes), f"http://127.0.0.1:{prometheus}")
