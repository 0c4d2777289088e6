"""What is lost for good though it is over, where it is shown how things stand: until it is noted who acts."""

from collections.abc import Sequence
from datetime import tzinfo

from bot.commands import ShowIncident, to_text
from bot.domain.fleet import TaskNow
from bot.domain.incident import Incident
from bot.domain.look import worst_then
from bot.domain.losses import MOST, TOLD
from bot.domain.naming import Found
from bot.views.blocks import Button
from bot.views.handled import numbers_words, who_has_it
from bot.views.incident_card import ASKS_WHO
from bot.views.restorable import gap_lines_of, still_lost

_BUTTONS = 2
_STAYS = f"Until then this stays here, {TOLD.days} days at most."


def losses_of(found: Found) -> list[Incident]:
    """Give what is lost of these tasks though it is over, the worst first."""
    return sorted((task.loss for task in _with_loss(found) if task.loss is not None), key=worst_then)


def _with_loss(found: Found) -> list[TaskNow]:
    if found.clusters:
        return [task for one in found.clusters for task in one.with_loss]
    return [task for task in found.tasks if task.loss is not None]


def well_apart(found: Found) -> int:
    """Count the tasks that have a loss, and nothing else is wrong with them."""
    return sum(map(is_well_apart, _with_loss(found)))


def is_well_apart(task: TaskNow) -> bool:
    """Whether a task has a loss, and nothing else is wrong with it."""
    return task.loss is not None and (task.problem is None or task.is_recovering)


def whose_log(losses: Sequence[Incident]) -> str:
    """Say whose log is lost for good, without a stop; plain text, empty where nobody's is."""
    return still_lost(losses, len(losses) + (len(losses) >= MOST))


def loss_lines(losses: Sequence[Incident], zone: tzinfo) -> list[str]:
    """Say from when on nothing can be restored, what to do, and who does it; in markup."""
    if not losses:
        return []
    return [*gap_lines_of(losses, zone), f"{_who(losses, zone)} {ASKS_WHO} {_STAYS}"]


def _who(losses: Sequence[Incident], zone: tzinfo) -> str:
    free = [one.number for one in losses if not one.handling.is_taken]
    if len(losses) == 1 or not free:
        return who_has_it(losses[0].handling, zone, f"incident {losses[0].number}")
    return f"Nobody has taken {numbers_words(free)} yet."


def loss_buttons(losses: Sequence[Incident]) -> list[Button]:
    """Lead to the worst losses."""
    return [Button(f"Incident {one.number}", to_text(ShowIncident(one.number))) for one in losses[:_BUTTONS]]
