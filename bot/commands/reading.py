"""The verbs that show how things stand now: the fleet, its tasks, its incidents, and the bot itself."""

from collections.abc import Sequence
from typing import Any

from bot.commands import filters
from bot.commands.filters import WHOM, Arguments
from bot.commands.forms import (
    ListIncidents,
    ListTasks,
    ShowHealth,
    ShowIncident,
    ShowStatus,
    ShowTask,
    ShowThisIncident,
)
from bot.commands.values import whole_number
from bot.commands.verb import EVERYWHERE, Example, Verb
from bot.commands.words import name_text
from bot.domain.incident import IncidentNumber
from bot.errors import UserMistake

_THIS = "this"


def _read_status(arguments: Arguments) -> ShowStatus:
    return ShowStatus(filters.the_scope(arguments))


def _write_scope(command: ShowStatus | ShowTask) -> Sequence[str]:
    return filters.scope_words(command.scope)


def _read_tasks(arguments: Arguments) -> ListTasks:
    return ListTasks(
        scope=filters.the_scope(arguments),
        only=filters.the_task_filter(arguments),
        window=filters.the_window(arguments),
        order=filters.the_order(arguments),
        page=filters.the_page(arguments),
    )


def _write_tasks(command: ListTasks) -> Sequence[str]:
    return (
        filters.scope_words(command.scope)
        + filters.task_filter_words(command.only)
        + filters.window_words(command.window)
        + filters.order_words(command.order)
        + filters.page_words(command.page)
    )


def _read_task(arguments: Arguments) -> ShowTask:
    scope = filters.the_scope(arguments)
    if scope.is_everything and not arguments.in_thread:
        raise UserMistake("Say which task: task cluster/tenant, or the cluster alone.", ("tasks",))
    return ShowTask(scope)


def _read_incidents(arguments: Arguments) -> ListIncidents:
    return ListIncidents(
        scope=filters.the_scope(arguments),
        severities=filters.the_severities(arguments),
        problems=filters.the_problems(arguments),
        since=filters.the_since(arguments),
        page=filters.the_page(arguments),
    )


def _write_incidents(command: ListIncidents) -> Sequence[str]:
    words = filters.scope_words(command.scope)
    words += filters.severity_words(command.severities) + filters.problem_words(command.problems)
    if command.since is not None:
        words.append(filters.since_word(command.since))
    return words + filters.page_words(command.page)


def _read_incident(arguments: Arguments) -> ShowIncident | ShowThisIncident:
    name = arguments.name
    if (name is None and arguments.in_thread) or (name or "").casefold() == _THIS:
        return ShowThisIncident()
    if name is None:
        raise UserMistake("Say which incident, by its number: incident 42.", ("incidents",))
    try:
        return ShowIncident(IncidentNumber(whole_number(name, "the number of an incident")))
    except UserMistake as mistake:
        about = () if name.removeprefix("#").isdigit() else (f"incidents {name_text(name)}",)
        raise UserMistake(mistake.sentence, about) from mistake


def _write_incident(command: ShowIncident | ShowThisIncident) -> Sequence[str]:
    return [_THIS if isinstance(command, ShowThisIncident) else str(command.number)]


def _read_health(_arguments: Arguments) -> ShowHealth:
    return ShowHealth()


def _write_nothing(_command: ShowHealth) -> Sequence[str]:
    return []


NOW: tuple[Verb[Any], ...] = (
    Verb(
        name="status",
        summary="How everything stands in one look, the worst first",
        arguments="[name]",
        details=(
            "One line for each cluster: what is wrong there, or how far its slowest task is behind.",
            "With a name, only that cluster or tenant. * stands for any letters.",
        ),
        examples=(
            Example("status", "everything that is watched"),
            Example("status pay", "the cluster pay"),
            Example("status pay/orders", "the tenant orders of pay"),
        ),
        form=ShowStatus,
        read=_read_status,
        write=_write_scope,
        takes="name",
        filters=WHOM,
        doors=EVERYWHERE,
    ),
    Verb(
        name="tasks",
        summary="The log backup tasks as a table",
        arguments="[name] [filters]",
        details=(
            "Shows what the last poll read, the worst first.",
            "With since:, from: or to:, OCP is asked at that moment and chooses the rows itself.",
        ),
        examples=(
            Example("tasks", "all tasks, the worst first"),
            Example("tasks pay delay>10m", "those of pay that are more than 10 minutes behind"),
            Example("tasks status:interrupted,failed", "those that are broken"),
            Example("tasks tenant:order* sort:delay", "tenants by name, the longest delay first"),
            Example("tasks since:2h", "what OCP lists for the last two hours"),
        ),
        form=ListTasks,
        read=_read_tasks,
        write=_write_tasks,
        takes="name",
        filters=(
            *WHOM,
            "status",
            "severity",
            "problem",
            "delay",
            "since",
            "from",
            "to",
            "sort",
            "page",
        ),
        doors=EVERYWHERE,
    ),
    Verb(
        name="task",
        summary="Everything known about one task",
        arguments="name",
        details=(
            "Status, delay, checkpoint, path, error message, ids and times, as OCP has them.",
            (
                "A task of the whole cluster is named by the cluster alone. In the thread of an incident, "
                "task alone means the one it is about."
            ),
        ),
        examples=(
            Example("task pay/orders", "the task of the tenant orders of pay"),
            Example("task pay", "the task of the whole cluster pay"),
        ),
        form=ShowTask,
        read=_read_task,
        write=_write_scope,
        takes="name",
        filters=WHOM,
    ),
    Verb(
        name="incidents",
        summary="What is wrong now, and what was",
        arguments="[name] [filters]",
        details=("The open ones first, the worst of them on top, then the last ones that are over.",),
        examples=(
            Example("incidents", "all of them"),
            Example("incidents pay severity:critical", "the critical ones of pay"),
            Example("incidents since:1d", "those of the last day"),
        ),
        form=ListIncidents,
        read=_read_incidents,
        write=_write_incidents,
        takes="name",
        filters=(*WHOM, "severity", "problem", "since", "page"),
    ),
    Verb(
        name="incident",
        summary="One incident and what happened to it",
        arguments="number",
        details=(
            "Its number is on its message in the channel; a group has one, too.",
            "In the thread of an incident or a group, incident alone means that one.",
        ),
        examples=(Example("incident 42", "incident 42, or group 42"),),
        form=ShowIncident,
        read=_read_incident,
        write=_write_incident,
        takes="number",
        other_forms=(ShowThisIncident,),
    ),
)

HEALTH: Verb[Any] = Verb(
    name="health",
    summary="How the bot itself is",
    details=("When each OCP was last read, how long that took, and what waits to be sent.",),
    examples=(Example("health", "the bot's own health"),),
    form=ShowHealth,
    read=_read_health,
    write=_write_nothing,
)
