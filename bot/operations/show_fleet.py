"""Shows what is watched: in one look, as lists, one task as OCP has it now; and how the bot itself is."""

from bot.commands import ListTasks, ShowHealth, ShowHelp, ShowStatus, ShowTask
from bot.domain.fleet import TaskNow
from bot.domain.naming import find_task
from bot.errors import UserMistake
from bot.operations.answer_ports import Means
from bot.operations.answering import Answer, Asked
from bot.operations.ask_source import ask_sources
from bot.operations.read_again import read_again
from bot.views.health_report import health_message
from bot.views.help_text import help_message
from bot.views.status_report import status_message
from bot.views.task_detail import task_message
from bot.views.task_list import task_list_message


async def status(means: Means, asked: Asked, command: ShowStatus, *, shareable: bool) -> Answer:
    """Show how everything stands, or what is named."""
    fleet, zone = await means.present(), means.zone_of(asked)
    return Answer(status_message(command, fleet, now=means.clock.now(), zone=zone, shareable=shareable))


async def tasks(means: Means, asked: Asked, command: ListTasks, *, shareable: bool) -> Answer:
    """List tasks as last read; with a span of time as OCP answers for it now."""
    fleet = means.fleet.now()
    if command.window is not None:
        fleet = await ask_sources(fleet, command.scope, command.window, means.sources, means.clock)
    return Answer(
        task_list_message(
            command, fleet, now=means.clock.now(), zone=means.zone_of(asked), shareable=shareable
        )
    )


async def task(means: Means, asked: Asked, command: ShowTask, *, shareable: bool) -> Answer:
    """Show one task as OCP has it at this moment, or as last read where it does not answer."""
    if command.scope.is_everything:
        raise UserMistake("Say which task: task cluster/tenant, or the cluster alone.", ("tasks",))
    fleet = await means.present()
    known = find_task(fleet, command.scope)
    unread = ""
    if isinstance(known, TaskNow):
        again = await read_again(means, fleet, known)
        fleet, unread = again.fleet, again.unread
    return Answer(
        task_message(
            command,
            fleet,
            now=means.clock.now(),
            zone=means.zone_of(asked),
            unread=unread,
            shareable=shareable,
        )
    )


async def health(means: Means, command: ShowHealth, *, shareable: bool) -> Answer:
    """Show how the bot itself is."""
    known = await means.health()
    message = health_message(command, means.fleet.now(), known, now=means.clock.now(), shareable=shareable)
    return Answer(message)


def help_(command: ShowHelp) -> Answer:
    """Show what can be said."""
    return Answer(help_message(command))
