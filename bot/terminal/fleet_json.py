"""The answers to ``status`` and ``tasks`` for programs: one JSON document, with names that stay.

Lengths are seconds, instants are UTC; ``checkpoint`` is what OCP sent, by OCP's own clock.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.fleet import ClusterNow, FleetSnapshot, TaskNow
from bot.domain.naming import Found
from bot.domain.selection import Page
from bot.terminal.fleet_status import words
from bot.terminal.sources import troubles
from bot.views.status_report import clusters_worst_first, standing_of
from bot.views.wording import because

Json = dict[str, Any]


def status_json(fleet: FleetSnapshot, found: Found, *, at: datetime, notes: Sequence[str]) -> str:
    """Write how everything stands, or what was named."""
    keys = {(task.source, task.task.key.cluster) for task in found.tasks}
    clusters = found.clusters or tuple(
        cluster for cluster in fleet.clusters if (cluster.source, cluster.cluster.id) in keys
    )
    shown = {id(task) for task in found.tasks}
    return _document(
        fleet,
        at,
        notes,
        {
            "tasks": len(found.tasks),
            "in_need": sum(task.severity is not None for task in found.tasks),
            "clusters": [_cluster(fleet, one, at, shown) for one in clusters_worst_first(fleet, clusters)],
        },
    )


def tasks_json(fleet: FleetSnapshot, page: Page, *, at: datetime, notes: Sequence[str]) -> str:
    """Write the tasks that were asked for, the worst first or as asked."""
    listed = {
        "total": page.total,
        "page": page.number,
        "pages": page.pages,
        "tasks": [_task(task, at) for task in page.tasks],
    }
    return _document(fleet, at, notes, listed)


def _document(fleet: FleetSnapshot, at: datetime, notes: Sequence[str], answer: Json) -> str:
    sources = [
        {
            "source": source.name,
            "read_at": _instant(source.read_at),
            "clusters": len(source.clusters),
            "error": None if source.failure is None else source.failure.sentence,
            "reason": None if source.failure is None else source.failure.reason,
        }
        for source in fleet.sources
    ]
    trouble = [*notes, *troubles(fleet)]
    whole = {"at": _instant(at), "complete": not trouble, "troubles": trouble, "sources": sources, **answer}
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _cluster(fleet: FleetSnapshot, cluster: ClusterNow, at: datetime, shown: set[int]) -> Json:
    tasks = [task for task in cluster.tasks if id(task) in shown]
    return {
        "source": cluster.source,
        "cluster": cluster.label,
        "cluster_id": cluster.cluster.id,
        "standing": standing_of(fleet, cluster).value,
        "tasks": len(tasks),
        "in_need": [_task(task, at) for task in cluster.in_need if id(task) in shown],
        "worst_delay": _seconds(max((task.delay for task in tasks if task.delay is not None), default=None)),
        "read_at": _instant(cluster.read_at),
        "error": None if cluster.failure is None else cluster.failure.sentence,
        "reason": None if cluster.failure is None else cluster.failure.reason,
    }


def _task(task: TaskNow, at: datetime) -> Json:
    return {
        "source": task.source,
        "cluster": task.cluster_label,
        "cluster_id": task.task.key.cluster,
        "tenant": task.tenant_label,
        "standing": task.standing.value,
        "severity": None if task.severity is None else task.severity.word,
        "problem": None if task.problem is None else task.problem.value,
        "status": task.task.status.reported,
        "delay": _seconds(task.delay),
        "checkpoint": _instant(task.task.checkpoint),
        "summary": words(task, at),
        "because": None if task.because is None else because(task.because),
        "error": task.task.error,
        "mode": task.task.mode,
        "path": task.task.key.destination,
        "cluster_type": task.task.cluster_type,
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds(), 3)
