"""The simulated fleet as the page shows it, and its levers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.domain.problem import Severity
from bot.domain.thresholds import Thresholds
from bot.operations.ports import Clock
from bot.sandbox.fleet import Fleet, TaskRow, Trouble, demo_levers, task_levers
from bot.sandbox.page import Lever, Standing, TaskLever, WorldRow
from bot.sandbox.slack import CannotDo
from bot.sandbox.world.switch import Switch
from bot.views.wording import duration

_STANDINGS = {
    Trouble.NONE: Standing.WELL,
    Trouble.INTERRUPTED: Standing.BROKEN,
    Trouble.FAILED: Standing.BROKEN,
    Trouble.VANISHED: Standing.BROKEN,
    Trouble.PAUSED: Standing.PAUSED,
    Trouble.STOPPED: Standing.PAUSED,
}
_ABOUT = {
    "fill": "Every task that writes there stalls. Its status stays RUNNING, only its delay grows.",
    "cut": "As with a full storage: the status stays RUNNING.",
    "interrupt": "A broken physical backup: no error message, and it has to be started anew.",
    "fail": "With an error message.",
    "slow": "Its delay grows half as fast as time passes.",
    "pause": "As somebody might do on purpose.",
}
_ON_PURPOSE = {Trouble.PAUSED, Trouble.STOPPED}
_BETWEEN = "\n"


def world_rows(
    fleet: Fleet, now: datetime, alerts: Mapping[str, Severity] | None = None
) -> Sequence[WorldRow]:
    """Show the simulated fleet as it really is, the worst first, and what the bot makes of it.

    ``alerts`` are the bot's, by the names of the tasks; None where it makes nothing of anything.
    """
    rows = [_drawn(row, alerts) for row in fleet.rows(now, unlisted=True)]
    order = list(Standing)
    return sorted(rows, key=lambda row: (-order.index(row.standing), -row.delay))


def _drawn(row: TaskRow, alerts: Mapping[str, Severity] | None) -> WorldRow:
    is_well = row.trouble is Trouble.NONE
    return WorldRow(
        task=row.name,
        status=row.status if row.listed else "not listed",
        delay=row.delay,
        checkpoint=row.checkpoint,
        standing=Standing.WELL if _may_be_behind(row) else _STANDINGS.get(row.trouble, Standing.BEHIND),
        trouble="" if is_well else _trouble(row),
        told="" if is_well or alerts is None else _told(row, alerts.get(row.name)),
        key=f"{row.name}{_BETWEEN}{row.task.storage}",
        storage=row.task.storage,
    )


def _may_be_behind(row: TaskRow) -> bool:
    """Whether only its delay grows, and that of a standby: the bot, as OCP itself, alerts on none."""
    return row.task.cluster.type == "STANDBY" and row.listed and row.status == "RUNNING"


def _trouble(row: TaskRow) -> str:
    if row.trouble not in _ON_PURPOSE:
        return row.trouble.value
    return f"{row.trouble.value} on purpose, by {'you' if row.by_hand else 'somebody of this world'}"


def _told(row: TaskRow, severity: Severity | None) -> str:
    """Say what the bot makes of a task that is not well."""
    if severity is not None:
        return f"alert: {severity.word}"
    if _may_be_behind(row):
        return "no alert: a standby may be behind"
    if row.trouble in _ON_PURPOSE:
        return f"the bot knows: an alert when it lasts {duration(Thresholds().paused_warning)}"
    return "no alert yet"


def fleet_levers(fleet: Fleet, clock: Clock, told: Callable[[str, datetime], None]) -> Mapping[str, Lever]:
    """Give what breaks and mends the fleet as a whole; ``told`` hears which was pulled, and when."""

    def lever(word: str, label: str, pull: Callable[[datetime], str]) -> Lever:
        async def pulled() -> str:
            at = clock.now()
            said = pull(at)
            told(word, at)
            return said

        return Lever(label, pulled, "Log backup", _ABOUT.get(word, ""))

    def rest() -> str:
        fleet.rest(clock.now())
        return "From now on nothing breaks by itself: what happens is what you do."

    def go_on() -> str:
        fleet.go_on(clock.now())
        return "Things break by themselves again, soon."

    resting = Switch(
        "Let nothing break by itself",
        "Let things break by themselves",
        "Nothing breaks by itself",
        "Log backup",
        lambda: fleet.resting,
        rest,
        go_on,
        "What broke by itself is mended, and only you break things.",
    )
    known = {word: lever(word, one.label, one.pull) for word, one in demo_levers(fleet).items()}
    return known | {"rest": resting.lever()}


def levers_of_tasks(
    fleet: Fleet, clock: Clock, told: Callable[[str, datetime], None]
) -> Mapping[str, TaskLever]:
    """Give what can be done to the task of one row; ``told`` is as of the fleet's levers."""

    def lever(word: str, label: str, pull: Callable[[str, str, datetime], str]) -> TaskLever:
        async def pulled(key: str) -> str:
            name, _, storage = key.partition(_BETWEEN)
            at = clock.now()
            try:
                said = pull(name, storage, at)
            except KeyError:
                raise CannotDo("this task is not there any more") from None
            told(word, at)
            return said

        return TaskLever(label, pulled)

    return {word: lever(word, one.label, one.pull) for word, one in task_levers(fleet).items()}
