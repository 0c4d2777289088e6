"""The answer to ``task``: everything known about one task, in plain words and as OCP has it."""

from datetime import UTC, datetime, tzinfo

from bot.commands import ListTasks, ShowIncident, ShowStatus, ShowTask, to_text
from bot.domain.evidence import NotListed, StatusBroken
from bot.domain.fleet import ClusterNow, FleetSnapshot, TaskNow
from bot.domain.naming import Scope, find_task, scope_of_cluster
from bot.domain.problem import Problem
from bot.domain.status import Meaning
from bot.domain.task import WHOLE_CLUSTER
from bot.views.blocks import (
    Block,
    Button,
    Message,
    actions,
    context,
    fields,
    literal,
    message,
    section,
    sections,
)
from bot.views.error_text import error_quotation
from bot.views.handled import who_has_it
from bot.views.hint_blocks import backup_blocks, hint_lines, step_blocks
from bot.views.hints import seen_in_task
from bot.views.incident_buttons import taking
from bot.views.lasted import begun
from bot.views.losses import loss_buttons, loss_lines
from bot.views.mistake import unnamed_message
from bot.views.outcome import asks_nobody
from bot.views.restorable import gap_lines, is_grave, later_words
from bot.views.sources import concerned, source_name, trouble_lines
from bot.views.trouble import MARKS, how_it_stands, task_name
from bot.views.wording import ago, because, clean, count, duration, name, slack_time, slack_voice

_OTHERS = 15
_OTHER_VALUE = 150
_PATH = 300
_UNREAD = 300
_MEANINGS = {
    Meaning.STARTING: "it is starting",
    Meaning.RUNNING: "it runs",
    Meaning.STOPPING: "it is stopping",
    Meaning.PAUSED: "it was paused by a command",
    Meaning.STOPPED: "it was stopped by a command",
    Meaning.UNKNOWN: "what this means is not known",
}


def task_message(
    command: ShowTask,
    fleet: FleetSnapshot,
    *,
    now: datetime,
    zone: tzinfo = UTC,
    unread: str = "",
    shareable: bool = True,
) -> Message:
    """Show all that is known of the one task that the command means.

    ``unread`` says why OCP did not tell anything newer just now than the last poll did.
    """
    task = find_task(fleet, command.scope)
    if not isinstance(task, TaskNow):
        return unnamed_message(command, task, fleet, now)
    cluster = next(one for one in fleet.clusters if any(row is task for row in one.tasks))
    first = f"{MARKS[task.standing]} *{literal(task_name(task))}* {literal(how_it_stands(task, now))}"
    lost = [] if task.loss is None else [task.loss]
    lines = [
        *_not_newer(fleet, cluster, task, now, unread),
        first,
        *loss_lines(lost, zone),
        *_story(task, zone),
    ]
    blocks: list[Block] = sections(lines)
    if task.task.error:
        blocks += [section("*OCP's error message*"), error_quotation(task.task.error)]
    if task.problem is not None and not task.is_recovering:
        seen = seen_in_task(task, task.problem)
        blocks += [*sections(hint_lines(seen)), *step_blocks(seen)]
    torn = next((one for one in (task.incident, task.loss) if one is not None and one.gap is not None), None)
    if torn is not None:
        blocks += backup_blocks(seen_in_task(task, torn.problem))
    blocks += fields(_facts(task, cluster, zone))
    blocks += _others(task)
    blocks.append(context(_read(task, now, zone)))
    blocks += actions(_buttons(command, scope_of_cluster(fleet, cluster), task, shareable=shareable))
    return message("\n".join(lines), blocks)


def _not_newer(
    fleet: FleetSnapshot, cluster: ClusterNow, task: TaskNow, now: datetime, unread: str
) -> list[str]:
    """Say once why nothing newer is known: an outage that lasts is told with since when."""
    sources = concerned(fleet, [cluster])
    lasts = cluster.failure is not None or any(source.failure is not None for source in sources)
    if not unread or lasts:
        return trouble_lines(sources, now)
    sentence = literal(clean(unread, _UNREAD))
    return [f"{sentence} This is what the last poll read, {_when(task, now)}."]


def _story(task: TaskNow, zone: tzinfo) -> list[str]:
    """Say in sentences what the status means, why it is a problem, and what can be restored."""
    status = task.task.status
    reported = name(status.reported, 100) if status.reported else "no status"
    meaning = _MEANINGS.get(status.meaning)
    lines = [] if meaning is None else [f"OCP reports {reported}: {meaning}."]
    if task.problem is Problem.STALLED and status.meaning is Meaning.RUNNING and not task.is_recovering:
        lines = [f"OCP still reports {reported}, though nothing is shipped."]
    if not task.listed:
        left_out = "OCP left it out of its last list; this is how it was before."
        lines = [] if isinstance(task.because, NotListed) else [left_out]
    if status.is_interrupted:
        lines.append("It will not go on by itself.")
    if task.is_recovering:
        lines.append("It is well again; the incident closes when that has lasted.")
    elif task.because is not None and not isinstance(task.because, StatusBroken):
        lines.append(because(task.because, slack_voice(zone, task.offset)))
    if not task.listed and status.reported:
        lines.append(f"When last listed its status was {reported}.")
    if task.checkpoint is not None:
        is_bad = task.severity is not None and not task.is_recovering
        grave = is_grave(task.severity, task.problem)
        words = later_words(grave=grave, missing=task.problem is Problem.MISSING)
        later = f"; {words}" if is_bad else ""
        apart = "" if task.loss is None else ", apart from what is lost"
        lines.append(f"Backed up until {slack_time(task.checkpoint, zone)}{apart}{later}.")
    incident = task.incident
    if incident is not None:
        lines.append(f"Incident {incident.number}, since {begun(incident, zone)}.")
        if incident.handling.is_taken or not asks_nobody(incident):
            lines.append(who_has_it(incident.handling, zone))
        lines += gap_lines(incident, zone)
    return lines


def _facts(task: TaskNow, cluster: ClusterNow, zone: tzinfo) -> list[tuple[str, str]]:
    shown = task.task
    facts = [
        ("OCP", name(task.source)),
        (
            "Cluster",
            _joined(name(task.cluster_label), name(shown.cluster_type) if shown.cluster_type else ""),
        ),
        ("Cluster ids", _ids(shown.key.cluster, shown.ob_cluster_id)),
        ("Tenant", name(task.tenant_label) if task.tenant_label is not None else WHOLE_CLUSTER),
    ]
    if shown.tenant_id is not None or shown.ob_tenant_id is not None:
        facts.append(("Tenant ids", _ids(shown.tenant_id, shown.ob_tenant_id)))
    delay = "not told" if task.delay is None else duration(task.delay)
    if shown.delay is not None and duration(shown.delay) != delay:
        delay += f" (OCP says {duration(shown.delay)})"
    facts.append(("Delay", delay))
    if cluster.ocp_limit is not None:
        facts.append(("OCP's own alarm", f"at {duration(cluster.ocp_limit)} behind"))
    instants = (("Created", shown.created_at), ("Changed", shown.modified_at))
    facts += [(label, slack_time(at, zone)) for label, moment in instants if (at := task.ours(moment))]
    texts = (
        ("Mode", shown.mode),
        ("Path", shown.key.destination),
        ("Backup agent on", shown.agent_server),
        ("Dimension", shown.dimension),
    )
    return facts + [(label, name(text, _PATH)) for label, text in texts if text]


def _ids(own: int | None, of_oceanbase: int | None) -> str:
    parts = (
        "" if own is None else f"{own} in OCP",
        "" if of_oceanbase is None else f"{of_oceanbase} in OceanBase",
    )
    return _joined(*parts)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _others(task: TaskNow) -> list[Block]:
    """Show what OCP sent beyond its document, as it came."""
    others = task.task.other
    lines = [f"{name(key)}: {name(value, _OTHER_VALUE)}" for key, value in others[:_OTHERS]]
    if len(others) > _OTHERS:
        lines.append(f"…and {count(len(others) - _OTHERS, 'more field')}")
    return sections(["*Also sent by OCP*", *lines]) if lines else []


def _read(task: TaskNow, now: datetime, zone: tzinfo) -> str:
    at = task.ours(task.at) or task.at
    return f"{source_name(task.source)} read {_when(task, now)}, at {slack_time(at, zone)}"


def _when(task: TaskNow, now: datetime) -> str:
    return ago(task.ours(task.at) or task.at, now)


def _buttons(command: ShowTask, cluster: Scope, task: TaskNow, *, shareable: bool) -> list[Button]:
    buttons = [
        Button("Refresh", to_text(command)),
        Button(f"Tasks of {clean(task.cluster_label, 40)}", to_text(ListTasks(cluster))),
        Button("Everything", to_text(ShowStatus())),
    ]
    if task.loss is not None:
        buttons = [*loss_buttons([task.loss]), *buttons]
    if task.incident is not None:
        number = task.incident.number
        buttons.insert(1, Button(f"Incident {number}", to_text(ShowIncident(number))))
        if not task.incident.handling.is_taken:
            buttons.insert(0, taking(task.incident.handling, number, asks=not asks_nobody(task.incident)))
    if shareable:
        buttons.append(Button("Share", to_text(command), shared=True))
    return buttons
