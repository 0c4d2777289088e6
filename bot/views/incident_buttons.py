"""What can be done about an incident or a group: its buttons, by its state."""

from collections.abc import Sequence

from bot.commands import (
    AcceptAsNormal,
    Acknowledge,
    Assign,
    AssignDialog,
    EndSilence,
    ListIncidents,
    ListTasks,
    Me,
    NoteDialog,
    Resolve,
    ShowChart,
    ShowIncident,
    ShowTask,
    ShowTimeline,
    SilenceDialog,
    Target,
    Unacknowledge,
    WriteReport,
    to_text,
)
from bot.domain.grouping import Cause, Group, Trait
from bot.domain.handling import Handling
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.naming import Scope
from bot.domain.problem import Problem
from bot.domain.silence import Silence
from bot.views.blocks import Button, Menu
from bot.views.outcome import asks_nobody
from bot.views.trouble import whom
from bot.views.wording import clean, count, ocp_name, up_to

PATH_KEPT = 200
MEMBERS = 20
"""So many members of a group are told one by one where it is looked at by its number."""
_LABEL = 40
_LEARNABLE = frozenset({Problem.STALLED, Problem.GROWING, Problem.LAGGING})
Row = Sequence[Button | Menu]

__all__ = [
    "MEMBERS",
    "PATH_KEPT",
    "Row",
    "closing",
    "cluster_tasks",
    "every_member",
    "group_rows",
    "incident_rows",
    "incidents_of_group",
    "reminder_row",
    "scope_of_trait",
    "silencing_button",
    "subject_scope",
    "taking",
]


def taking(handling: Handling, number: IncidentNumber, *, asks: bool = True) -> Button:
    """Offer to take it, from whoever was given it too, or to take that back; ``asks`` for it aloud."""
    target = Target(number)
    if handling.acknowledged is not None:
        return Button("Unacknowledge", to_text(Unacknowledge(target)))
    if handling.assigned is not None:
        return Button("Take it over", to_text(Assign(target, Me())))
    return Button("Acknowledge", to_text(Acknowledge(target)), primary=asks)


def silencing_button(silence: Silence | None, number: IncidentNumber) -> Button:
    """Offer to keep it quiet, or to end that."""
    if silence is not None and silence.number:
        return Button("End silence", to_text(EndSilence(silence.number)))
    return Button("Silence…", to_text(SilenceDialog(Target(number))))


def incident_rows(
    incident: Incident,
    silence: Silence | None = None,
    *,
    group: IncidentNumber | None = None,
    ocp_url: str | None = None,
) -> tuple[Row, ...]:
    """Offer what to do about an incident, then what helps to look further; ``group`` speaks for it.

    Of what is over and has lost log somebody can say who takes the full backup; the incident itself has how.
    """
    number = incident.number
    target = Target(number)
    is_task = incident.subject.key.startswith("task:")
    by_itself = not is_task or (incident.gap is not None and not incident.is_open)
    details = Button(
        "Details", to_text(ShowIncident(number) if by_itself else ShowTask(subject_scope(incident)))
    )
    chart = [Button("Chart", to_text(ShowChart(target)))] if is_task else []
    link = [Button("Open in OCP", to_text(ShowIncident(number)), url=ocp_url)] if ocp_url else []
    more = [
        Button("What happened", to_text(ShowIncident(number))),
        Button("Timeline", to_text(ShowTimeline(target))),
        Button("Report", to_text(WriteReport(target))),
        cluster_tasks(incident),
    ]
    note = Button("Add a note…", to_text(NoteDialog(target)))
    if not incident.is_open:
        noting = [] if incident.gap is None else [note]
        return ([*noting, details, *chart, *link, Menu(tuple(more))],)
    doing = [
        taking(incident.handling, number, asks=not asks_nobody(incident)),
        silencing_button(silence, number),
        Button("Assign…", to_text(AssignDialog(target))),
    ]
    if group is not None:
        doing.append(Button(f"Group {group}", to_text(ShowIncident(group))))
    return (doing, [details, *chart, *link, Menu((note, *more))])


def reminder_row(incident: Incident, silence: Silence | None = None) -> Row:
    """Offer under a reminder what stops it, and what helps to look."""
    number = incident.number
    return [
        taking(incident.handling, number),
        silencing_button(silence, number),
        Button("Details", to_text(ShowIncident(number))),
    ]


def closing(incident: Incident) -> Row:
    """Offer what ends an incident for good, where there is such a thing; each asks first."""
    target = Target(incident.number)
    if not incident.is_open or not incident.subject.key.startswith("task:"):
        return []
    if incident.problem in _LEARNABLE:
        learn = to_text(AcceptAsNormal(target))
        return [Button("This is normal now", learn, confirm=_learning(incident))]
    if incident.problem is Problem.MISSING:
        forget = f"The bot forgets {whom(incident)} until OCP lists it again."
        return [Button("Call it over", to_text(Resolve(target)), confirm=forget)]
    return []


def _learning(incident: Incident) -> str:
    """Say what will be normal: so much delay as there is now."""
    now = "" if incident.delay is None else f", {up_to(incident.delay)} behind,"
    return (
        f"What {whom(incident)} does now{now} is then normal for it: "
        "the bot says no more about it until it gets worse than that."
    )


def every_member(group: Group, members: int) -> Button:
    """Offer the incidents of a group, those that are over too; of many it says that not all are told."""
    incidents = count(members, "incident")
    said = f"All {incidents}" if members <= MEMBERS else f"The worst {MEMBERS} of {incidents}"
    return Button(said, to_text(ShowIncident(group.number)))


def group_rows(
    group: Group, members: int, silence: Silence | None = None, *, asks: bool = False
) -> tuple[Row, ...]:
    """Offer what to do about a group; what is done to it is done to its members.

    Of what is over and ``asks`` who takes a full backup, somebody can say it.
    """
    target = Target(group.number)
    every = every_member(group, members)
    more = [
        Button("Timeline", to_text(ShowTimeline(target))),
        Button("Report", to_text(WriteReport(target))),
        incidents_of_group(group),
    ]
    note = Button("Add a note…", to_text(NoteDialog(target)))
    if not group.is_open:
        return ([*([note] if asks else []), every, Menu(tuple(more))],)
    doing = [
        taking(group.handling, group.number),
        silencing_button(silence, group.number),
        Button("Assign…", to_text(AssignDialog(target))),
    ]
    return (doing, [every, Menu((note, *more))])


def incidents_of_group(group: Group) -> Button:
    """Offer the list of all incidents around a group."""
    return Button("Incidents around it", to_text(ListIncidents(scope_of_trait(group.trait))))


def scope_of_trait(trait: Trait) -> Scope:
    """Give the scope that is nearest to what the members of a group share."""
    match trait.cause:
        case Cause.DESTINATION:
            path = trait.value.partition("?")[0][:PATH_KEPT]
            return Scope(source=trait.source, path=f"{path}*")
        case Cause.CLUSTER:
            return Scope(source=trait.source, cluster=trait.value)
        case _:
            return Scope(source=trait.source)


def cluster_tasks(incident: Incident) -> Button:
    """Offer the tasks of an incident's cluster, or of its source."""
    subject, scope = incident.subject, subject_scope(incident)
    if subject.cluster is None:
        return Button(
            f"Tasks of {ocp_name(subject.source, _LABEL)}", to_text(ListTasks(Scope(source=scope.source)))
        )
    label = clean(subject.cluster_label or str(subject.cluster), _LABEL)
    return Button(f"Tasks of {label}", to_text(ListTasks(Scope(source=scope.source, cluster=scope.cluster))))


def subject_scope(incident: Incident) -> Scope:
    """Give the scope that means whom an incident is about."""
    subject = incident.subject
    cluster = None if subject.cluster is None else subject.cluster_label or str(subject.cluster)
    path = subject.destination or None
    if path is not None and len(path) > PATH_KEPT:
        path = path[:PATH_KEPT] + "*"
    return Scope(source=subject.source, cluster=cluster, tenant=subject.tenant_label, path=path)
