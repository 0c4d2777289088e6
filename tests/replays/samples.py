"""Recorded lines as OCP's answers make them, and what a replay tells of them."""

import io
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.reading import FailedReading, Reading
from bot.operations.join_pages import Page, joined
from bot.recordings.lines import LineDamaged
from bot.replaying import Damage, page_of, replay_file
from bot.settings import Settings, load

T0 = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
POLL = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)


def instant(at: datetime) -> str:
    """Write a moment as OCP's envelope does."""
    return at.isoformat(timespec="milliseconds")


def row(tenant: str | None = "orders", at: datetime = T0, *, behind: float = 20.0, **fields: Any) -> Any:
    """Make a row of OCP's list at a moment; None leaves a field out."""
    checkpoint = at - timedelta(seconds=behind)
    made = {
        "backupMode": "PHYSICAL_BACKUP",
        "backupUri": "file:///obbackup/",
        "checkpoint": checkpoint.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000",
        "clusterId": 1000005,
        "clusterName": "pay",
        "clusterType": "PRIMARY",
        "createTime": "2026-01-01T08:00:00.405+0800",
        "delay": behind,
        "obClusterId": 5,
        "status": "RUNNING",
        "tenantName": tenant,
    } | fields
    return {name: value for name, value in made.items() if value is not None}


def response(at: datetime, *rows: Any, number: int = 1, pages: int = 1, total: int | None = None) -> Any:
    """Make an answer of OCP."""
    total = len(rows) if total is None else total
    page = {"number": number, "size": len(rows), "totalElements": total, "totalPages": pages}
    return {
        "data": {"contents": list(rows), "page": page},
        "duration": 112,
        "server": "a83ad33525",
        "status": 200,
        "successful": True,
        "timestamp": instant(at),
        "traceId": "0e74add7846c479c",
    }


def line(
    answer: Any, *, source: str = "prod", cluster: int | None = 1000005, complete: bool = False
) -> dict[str, Any]:
    """Make a line of one page."""
    made = {"source": source, "cluster": cluster, "response": answer}
    return made | {"complete": True} if complete else made


def failure(
    at: datetime, *, source: str = "prod", cluster: int | None = None, error: str = "OCP is away."
) -> Any:
    """Make a line of a read that failed."""
    return {"source": source, "cluster": cluster, "at": at.isoformat(), "error": error}


def encoded(lines: Iterable[Any]) -> bytes:
    """Write lines; what is bytes already stays as it is."""
    return b"".join((one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in lines)


def settings(**environment: str) -> Settings:
    """Load settings of these variables alone."""
    return load(environment, None, needs=()).settings


def replayed(path: Path, **environment: str) -> tuple[list[dict[str, Any]], Damage]:
    """Replay a file as programs do; give the lines and what was damaged."""
    out = io.StringIO()
    damage = replay_file(settings(**environment), str(path), as_json=True, out=out)
    return [json.loads(told) for told in out.getvalue().splitlines()], damage


def summary(path: Path, **environment: str) -> str:
    """Replay a file as people do."""
    out = io.StringIO()
    replay_file(settings(**environment), str(path), as_json=False, out=out)
    return out.getvalue()


def brief(told: Iterable[dict[str, Any]]) -> list[tuple[float, str, str, str]]:
    """Shorten what was told: minutes since T0, whom, which change, and to what."""
    return [
        (
            (datetime.fromisoformat(one["at"]) - T0) / MINUTE,
            "/".join(part for part in (one["cluster"], one["tenant"]) if part) or one["source"],
            one["transition"],
            f"{one['severity']} {one['problem']}",
        )
        for one in told
    ]


def readings(lines: Sequence[Any]) -> list[Reading | FailedReading]:
    """Join the pages of lines to readings; damaged ones are left out."""
    pages: list[Page | FailedReading] = []
    for one in lines:
        try:
            pages.append(page_of(encoded([one]).strip()))
        except LineDamaged:
            continue
    return list(joined(pages))
