"""The fleet, a cluster or a tenant in one look, the worst first, as a terminal shows it."""

from datetime import datetime, tzinfo

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.commands import ShowStatus
from bot.domain.fleet import ClusterNow, FleetSnapshot, TaskNow, worst_first
from bot.domain.naming import Found
from bot.terminal.screen import is_bounded, show_rows, standing_text
from bot.terminal.sources import read_words, troubles
from bot.views.status_report import calm_parts, clusters_worst_first, headline, size_words, standing_of
from bot.views.trouble import phrase, task_name, tenant_name
from bot.views.twins import namer
from bot.views.wording import because, clean, count, duration, plain_voice

_PHRASES = 5
_REASONS = 10
"""So many tasks in need are explained; the table of tasks has the rest."""
ONE_LOOK = "One look cannot tell whether a checkpoint stands still or falls behind: the running bot can."


def show_status(
    console: Console, command: ShowStatus, fleet: FleetSnapshot, found: Found, *, now: datetime, zone: tzinfo
) -> None:
    """Draw how everything stands, or what the command names."""
    console.print(Text(headline(found, complete=not troubles(fleet)), "bold"))
    scale = count(len(found.clusters), "cluster") if found.clusters else ""
    if small := " · ".join(part for part in (scale, read_words(fleet, zone)) if part):
        console.print(Text(small, "dim"))
    if is_of_clusters(command, found):
        _show_clusters(console, fleet, found, now)
    else:
        _show_tasks(console, found, now, zone)
    if is_bounded(console):
        console.print()
        console.print(Text(ONE_LOOK, "dim"))


def is_of_clusters(command: ShowStatus, found: Found) -> bool:
    """Whether clusters are told, or the tasks of what was named."""
    return bool(found.clusters) and (len(found.clusters) > 1 or command.scope.is_everything)


def _show_clusters(console: Console, fleet: FleetSnapshot, found: Found, now: datetime) -> None:
    rows = [
        (
            standing_text(standing_of(fleet, cluster)),
            Text(_label(fleet, cluster), "bold"),
            Text(size_words(cluster)),
            Text(cluster_parts(cluster, now)),
        )
        for cluster in clusters_worst_first(fleet, found.clusters)
    ]
    show_rows(console, rows)


def _label(fleet: FleetSnapshot, cluster: ClusterNow) -> str:
    label = clean(cluster.label, 40)
    return f"{clean(cluster.source, 30)}/{label}" if fleet.several else label


def cluster_parts(cluster: ClusterNow, now: datetime) -> str:
    """Say what is wrong in a cluster, or how far its slowest task is behind."""
    needing = cluster.in_need
    if not needing:
        return " · ".join(calm_parts(cluster))
    named = namer(cluster.tasks, tenant_name)
    parts = [f"{named(task)} {words(task, now)}" for task in needing[:_PHRASES]]
    if len(needing) > _PHRASES:
        parts.append(f"and {len(needing) - _PHRASES:,} more")
    return " · ".join(parts)


def words(task: TaskNow, now: datetime) -> str:
    """Say how a task stands, and for how long.

    One look does not see since when something is so: where it was first seen just now, how far its backup
    is behind tells how long it has been at most.
    """
    said, since = phrase(task, now), task.since
    if since is None or since < task.at + task.offset:
        return said
    said = said.removesuffix(f" for {duration(now - since)}")
    if task.problem is None or task.delay is None or "behind" in said:
        return said
    return f"{said}, {duration(task.delay)} behind"


def _show_tasks(console: Console, found: Found, now: datetime, zone: tzinfo) -> None:
    label = namer(found.tasks, tenant_name if found.clusters else task_name)
    tasks = worst_first(found.tasks)
    rows = [
        (standing_text(task.standing), Text(label(task), "bold"), Text(words(task, now))) for task in tasks
    ]
    show_rows(console, rows)
    for task in [task for task in tasks if task.severity is not None][:_REASONS]:
        _show_reason(console, label(task), task, zone)


def _show_reason(console: Console, label: str, task: TaskNow, zone: tzinfo) -> None:
    """Say what a problem rests on, OCP's own error message among it."""
    if task.because is None:
        return
    console.print()
    console.print(Text(label, "bold"))
    sentence = because(task.because, plain_voice(zone, task.offset))
    console.print(Padding(Text(sentence), (0, 0, 0, 2), expand=False))
    if task.task.key.destination:
        path = f"It writes to {clean(task.task.key.destination, 300)}"
        console.print(Padding(Text(path, "dim"), (0, 0, 0, 2), expand=False))
