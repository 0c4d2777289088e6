"""Completes what is said in the thread of an incident: without a name it is about that one."""

from dataclasses import replace

from bot.commands import Command, ListTasks, ShowStatus, ShowTask
from bot.domain.naming import EVERYTHING
from bot.errors import StorageError, UserMistake
from bot.operations.answer_ports import Means
from bot.operations.answering import Asked
from bot.operations.resolve_target import of_post, post_of_thread, scope_of


async def placed(means: Means, asked: Asked, command: Command) -> Command:
    """Give the same command about what its thread is about, where it names nothing and could.

    Where the database cannot be read, it is about everything.
    """
    if not isinstance(command, ShowStatus | ListTasks | ShowTask) or not command.scope.is_everything:
        return command
    try:
        post = await post_of_thread(means.store, asked)
        if post is None:
            return command
        meant = await of_post(means.store, post, lambda _: "")
    except (UserMistake, StorageError):
        return command
    scope = scope_of(meant) if meant.group is not None or meant.incidents else EVERYTHING
    return replace(command, scope=scope)
