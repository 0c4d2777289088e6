"""Who has the tasks that need somebody, beside them: by name, or that nobody has."""

from collections.abc import Sequence

from bot.domain.fleet import TaskNow
from bot.views.handled import holder
from bot.views.outcome import asks_nobody

NOBODY = "nobody has it"


def has_it(task: TaskNow) -> str:
    """Say who has it, or that nobody has; empty where nobody is asked to; in markup."""
    incident = task.incident
    if incident is None:
        return ""
    who = holder(incident.handling)
    if who is not None:
        return f"{who} has it"
    return "" if asks_nobody(incident) else NOBODY


def have_them(tasks: Sequence[TaskNow]) -> tuple[list[str], str]:
    """Say it of each of a few that stand in one line, and once for all where nobody has any of them."""
    said = [has_it(task) for task in tasks]
    if any(one not in ("", NOBODY) for one in said) or NOBODY not in said:
        return said, ""
    return [""] * len(said), NOBODY if len(said) == 1 else "nobody has any of these"
