"""The answer to ``status``: the fleet, a cluster or a tenant in one look, the worst first."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from itertools import chain

from bot.commands import ListTasks, ShowStatus, ShowTask, to_text
from bot.domain.fleet import ClusterNow, FleetSnapshot, TaskNow, worst_first
from bot.domain.incident import Incident
from bot.domain.naming import Found, Scope, find, scope_of_cluster, scope_of_task
from bot.domain.problem import Problem
from bot.domain.standing import Standing
from bot.views.blocks import Block, Button, Message, actions, context, literal, message, sections
from bot.views.has_it import has_it, have_them
from bot.views.lasted import lasted
from bot.views.losses import is_well_apart, loss_buttons, loss_lines, losses_of, well_apart, whose_log
from bot.views.mistake import unnamed_message
from bot.views.sources import concerned, read_line, trouble_lines
from bot.views.trouble import (
    MARKS,
    calm_reason,
    how_it_stands,
    incident_mark,
    phrase,
    standing_word,
    task_name,
    tenant_name,
    what,
)
from bot.views.twins import namer
from bot.views.typed import typed
from bot.views.wording import clean, count, duration, name

LINES = 20
"""So many clusters or tasks are told one by one; the rest is counted."""
_PHRASES = 3
_BUTTONS = 3
_REASON = 120
"""So long may be told why something cannot be read: what needs somebody is not to be pushed away."""


def status_message(
    command: ShowStatus,
    fleet: FleetSnapshot,
    *,
    now: datetime,
    zone: tzinfo = UTC,
    shareable: bool = True,
) -> Message:
    """Show how everything stands, or what the command names; ``shareable`` adds the button that shares it."""
    found = find(fleet, command.scope)
    if not isinstance(found, Found):
        return unnamed_message(command, found, fleet, now)
    clusters = found.clusters or _clusters_of(fleet, found.tasks)
    sources = fleet.sources if command.scope.is_everything else concerned(fleet, clusters)
    troubles = trouble_lines(sources, now, _REASON)
    first = headline(found, complete=not troubles)
    lost = loss_lines(losses_of(found), zone)
    scale = count(len(found.clusters), "cluster") if found.clusters else ""
    small = " · ".join(part for part in (scale, read_line(sources, now)) if part)
    if found.clusters and (len(clusters) > 1 or command.scope.is_everything):
        lines = cluster_lines(fleet, clusters, now)
    else:
        lines = _task_lines(command, found, now)
    needed = (
        any(one.in_need or one.needs_somebody for one in found.clusters)
        if found.clusters
        else any(one.needs_somebody for one in found.tasks)
    )
    top = [f"*{literal(first)}*", *lost, *troubles] if needed else [*troubles, f"*{literal(first)}*"]
    blocks: list[Block] = sections(top)
    blocks += [context(small)] if small else []
    blocks += sections(lines)
    blocks += actions(_buttons(command, fleet, found, shareable=shareable))
    spoken = [literal(first), *lost, *troubles] if needed else [*troubles, first]
    return message("\n".join([*spoken, *lines]), blocks)


def _clusters_of(fleet: FleetSnapshot, tasks: Sequence[TaskNow]) -> tuple[ClusterNow, ...]:
    """Give the clusters that tasks belong to."""
    keys = {(task.source, task.task.key.cluster) for task in tasks}
    return tuple(cluster for cluster in fleet.clusters if (cluster.source, cluster.cluster.id) in keys)


def headline(found: Found, *, complete: bool) -> str:
    """Say how many tasks need somebody and whose log is lost, and claim nothing that was not read; plain."""
    lost = whose_log(losses_of(found))
    needing = (
        sum(len(cluster.in_need) for cluster in found.clusters)
        if found.clusters
        else sum(task.needs_somebody for task in found.tasks)
    )
    said = _needs(found, needing - well_apart(found), complete=complete)
    if not lost:
        return said
    return f"{said}{'; ' if said.endswith(' you') else ', but '}{lost}"


def _needs(found: Found, needing: int, *, complete: bool) -> str:
    """Say how many tasks need somebody, apart from what is lost for good."""
    total = len(found.tasks)
    clusters = sum(cluster.needs_somebody for cluster in found.clusters)
    if needing and total == 1 and not clusters:
        return "The task needs you"
    if needing or clusters:
        parts = [f"{needing:,} of {count(total, 'task')}"] if needing else []
        parts += [count(clusters, "cluster")] if clusters else []
        return f"{' and '.join(parts)} {'needs' if needing + clusters == 1 else 'need'} you"
    if not total:
        return "No log backup task is listed" if complete else "No log backup task is known yet"
    if not complete:
        return f"None of {count(total, 'task')} needed you when last read"
    doubtful = [one for one in found.clusters if one.standing is not Standing.WELL]
    tasks = chain.from_iterable(one.tasks for one in doubtful) if found.clusters else found.tasks
    if all(task.standing is Standing.WELL or is_well_apart(task) for task in tasks):
        return f"All {count(total, 'task')} are well" if total > 1 else "The task is well"
    return f"None of {count(total, 'task')} needs you"


def standing_of(fleet: FleetSnapshot, cluster: ClusterNow) -> Standing:
    """Give how a cluster stands; what cannot be read now is not known to be well."""
    unread = cluster.failure is not None or cluster.source in fleet.unread_sources
    if unread and cluster.standing in {Standing.QUIET, Standing.WELL}:
        return Standing.UNKNOWN
    return cluster.standing


def clusters_worst_first(fleet: FleetSnapshot, clusters: Sequence[ClusterNow]) -> list[ClusterNow]:
    """Sort clusters from the worst; one that cannot be read now is not known to be well."""
    order = list(Standing)
    return sorted(clusters, key=lambda one: (order.index(standing_of(fleet, one)), one.worst_first))


def cluster_lines(
    fleet: FleetSnapshot, clusters: Sequence[ClusterNow], now: datetime, most: int = LINES
) -> list[str]:
    """Tell the worst clusters one by one, and count the rest by how they stand."""
    ordered = clusters_worst_first(fleet, clusters)
    lines = [_cluster_line(fleet, cluster, now) for cluster in ordered[:most]]
    rest = ordered[most:]
    for standing in Standing:
        alike = [cluster for cluster in rest if standing_of(fleet, cluster) is standing]
        if alike:
            tasks = sum(len(cluster.tasks) for cluster in alike)
            more = f"{count(len(alike), 'more cluster')}, {standing_word(standing)} · {count(tasks, 'task')}"
            delay = max(
                (cluster.worst_delay for cluster in alike if cluster.worst_delay is not None), default=None
            )
            worst = "" if delay is None else f" · worst delay {duration(delay)}"
            lines.append(f"{MARKS[standing]} {more}{worst}")
    return lines


def _cluster_line(fleet: FleetSnapshot, cluster: ClusterNow, now: datetime) -> str:
    label = name(cluster.label, 30)
    if fleet.several:
        label = f"{name(cluster.source, 30)}/{label}"
    standing = standing_of(fleet, cluster)
    parts = [f"{MARKS[standing]} *{label}* {standing_word(standing)}"]
    if cluster.tasks or cluster.incident is None:
        parts.append(size_words(cluster))
    if cluster.incident is not None:
        parts.append(literal(cluster_words(cluster.incident, now)))
    needing = cluster.in_need
    named = namer(cluster.tasks, tenant_name) if needing else tenant_name
    told = needing[:_PHRASES]
    each, together = have_them(told)
    for task, who in zip(told, each, strict=True):
        parts.append(literal(f"{named(task)} {phrase(task, now)}") + (f", {who}" if who else ""))
    parts += [together] if together else []
    if len(needing) > _PHRASES:
        parts.append(f"and {len(needing) - _PHRASES:,} more")
    if not needing:
        parts += calm_parts(cluster)
    return " · ".join(parts)


def cluster_words(incident: Incident, now: datetime) -> str:
    """Say an incident of a cluster itself in a few words, after its name; plain text."""
    whose = "log backup " if incident.problem is Problem.MISSING else ""
    return f"{whose}{what(incident)}{lasted(incident, now)}"


def size_words(cluster: ClusterNow) -> str:
    """Say how many tasks a cluster has, or why none is told."""
    if cluster.tasks:
        return count(len(cluster.tasks), "task")
    return "not read" if cluster.failure is not None or cluster.read_at is None else "no log backup task"


def calm_parts(cluster: ClusterNow) -> list[str]:
    """Say of a cluster without trouble what is not simply running, and the longest delay."""
    recovering = sum(task.is_recovering for task in cluster.tasks)
    parts = [f"{recovering:,} recovering"] if recovering else []
    for standing, word in ((Standing.UNKNOWN, "not known"), (Standing.QUIET, "paused or changing")):
        number = sum(task.standing is standing for task in cluster.tasks)
        if number:
            parts.append(f"{number:,} {word}")
    slowest = next((task for task in cluster.tasks if task.delay == cluster.worst_delay), None)
    if slowest is not None and cluster.worst_delay is not None:
        reason = calm_reason(slowest)
        parts.append(f"worst delay {duration(cluster.worst_delay)}" + (f" ({reason})" if reason else ""))
    return parts


def _task_lines(command: ShowStatus, found: Found, now: datetime) -> list[str]:
    named = namer(found.tasks, tenant_name if found.clusters else task_name)
    ordered = worst_first(found.tasks)
    lines = [line for cluster in found.clusters if (line := _own_line(cluster, now))]
    lines += [
        f"{MARKS[task.standing]} *{literal(named(task))}* {literal(how_it_stands(task, now))}"
        + (f" · {who}" if (who := has_it(task)) else "")
        for task in ordered[:LINES]
    ]
    if len(ordered) > LINES:
        more = typed(ListTasks(command.scope, page=2))
        lines.append(f"…and {len(ordered) - LINES:,} more: {more}")
    return lines


def _own_line(cluster: ClusterNow, now: datetime) -> str:
    """Say an incident of the cluster itself, as a task's is said; that it cannot be read is said already."""
    incident = cluster.incident
    if incident is None or (incident.problem is Problem.UNREACHABLE and cluster.failure is not None):
        return ""
    severe = "" if incident.good_polls else f"{incident.severity.word} · "
    said = f"{severe}{cluster_words(incident, now)}"
    return f"{incident_mark(incident)} *{name(cluster.label)}* {literal(said)}"


def _buttons(command: ShowStatus, fleet: FleetSnapshot, found: Found, *, shareable: bool) -> list[Button]:
    """Offer the worst clusters' tasks, or the worst tasks, then everything, then sharing."""
    buttons = loss_buttons(losses_of(found))
    if found.clusters and (len(found.clusters) > 1 or command.scope.is_everything):
        for cluster in clusters_worst_first(fleet, found.clusters)[:_BUTTONS]:
            if cluster.in_need:
                scope = scope_of_cluster(fleet, cluster)
                buttons.append(Button(f"Tasks of {clean(cluster.label, 40)}", to_text(ListTasks(scope))))
        buttons.append(Button("All tasks", to_text(ListTasks(command.scope))))
    else:
        named = namer(found.tasks, task_name)
        for task in worst_first(found.tasks)[:_BUTTONS]:
            if task.severity is not None or len(found.tasks) == 1:
                scope = scope_of_task(fleet, task)
                buttons.append(Button(f"About {clean(named(task), 60)}", to_text(ShowTask(scope))))
        if len(found.tasks) > 1:
            buttons.append(Button("All its tasks", to_text(ListTasks(command.scope))))
        buttons.append(Button("Everything", to_text(ShowStatus(Scope()))))
    if shareable:
        buttons.append(Button("Share", to_text(command), shared=True))
    return buttons
