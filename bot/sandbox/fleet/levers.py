"""The fleet's levers: what a watcher can break and mend with one press, each saying what it did."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.fleet.condition import Trouble
from bot.sandbox.fleet.fleet import Fleet

_MOST = 12
"""A storage with more tasks than this is not offered: most of the fleet should stay well to look at."""
_OF_STORAGE = frozenset({Trouble.STORAGE_FULL, Trouble.STORAGE_UNREACHABLE})
_ERROR = "Write {storage} failed: permission denied (errno 13). Check the mount & its owner <root>."


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever: its label, and what pulling it does; ``pull`` returns one sentence about that."""

    label: str
    pull: Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class TaskLever:
    """One lever for any task; ``pull`` takes its name and its destination."""

    label: str
    pull: Callable[[str, str, datetime], str]


def demo_levers(fleet: Fleet) -> Mapping[str, Lever]:
    """Give the levers that choose whom they hit, by a stable word for each."""
    return {
        "fill": Lever("Fill a storage", lambda at: _break_storage(fleet, at, fleet.fill_storage, "is full")),
        "cut": Lever(
            "Cut the network to a storage",
            lambda at: _break_storage(fleet, at, fleet.cut_network, "cannot be reached"),
        ),
        "interrupt": Lever("Interrupt a tenant", lambda at: _interrupt(fleet, at)),
        "fail": Lever("Fail a tenant", lambda at: _fail(fleet, at)),
        "slow": Lever("Slow a tenant down", lambda at: _slow(fleet, at)),
        "pause": Lever("Pause a tenant", lambda at: _pause(fleet, at)),
        "mend": Lever("Mend everything", lambda at: _mend(fleet, at)),
    }


def task_levers(fleet: Fleet) -> Mapping[str, TaskLever]:
    """Give the levers of single tasks, by a stable word; each raises KeyError for an unknown task."""
    return {
        "mend": TaskLever("Mend it", lambda name, storage, at: _mend_one(fleet, name, storage, at)),
        "fill": TaskLever(
            "Fill its storage",
            lambda _, storage, at: _of_storage(storage, fleet.fill_storage(storage, at), "is full"),
        ),
        "cut": TaskLever(
            "Cut the network to its storage",
            lambda _, storage, at: _of_storage(storage, fleet.cut_network(storage, at), "cannot be reached"),
        ),
        "interrupt": TaskLever("Interrupt it", lambda name, _, at: _interrupt_one(fleet, name, at)),
        "fail": TaskLever("Let it fail", lambda name, storage, at: _fail_one(fleet, name, storage, at)),
        "slow": TaskLever("Slow it down", lambda name, _, at: _slow_one(fleet, name, at)),
        "pause": TaskLever("Pause it", lambda name, _, at: _pause_one(fleet, name, at)),
        "vanish": TaskLever("Drop it from OCP's list", lambda name, _, at: _vanish_one(fleet, name, at)),
    }


def _victim(fleet: Fleet, at: datetime, mode: str) -> str | None:
    """Return the task that has been well for longest, of the primary clusters."""
    well = [
        row
        for row in fleet.rows(at)
        if row.trouble is Trouble.NONE and row.task.mode == mode and row.task.tenant is not None
        if row.task.cluster.type == "PRIMARY"
    ]
    return min(well, key=lambda row: row.trouble_since).name if well else None


def _nobody() -> str:
    return "Nothing is left to break. Mend everything first."


def _break_storage(fleet: Fleet, at: datetime, fault: Callable[[str, datetime], int], befalls: str) -> str:
    shared: dict[str, list[Trouble]] = {}
    for row in fleet.rows(at):
        shared.setdefault(row.task.storage, []).append(row.trouble)
    whole = [
        storage
        for storage, troubles in shared.items()
        if 1 < len(troubles) <= _MOST and Trouble.NONE in troubles and not _OF_STORAGE & set(troubles)
    ]
    if not whole:
        return _nobody()
    storage = max(whole, key=lambda one: shared[one].count(Trouble.NONE))
    return _of_storage(storage, fault(storage, at), befalls)


def _of_storage(storage: str, count: int, befalls: str) -> str:
    tasks = "1 task cannot ship its logs" if count == 1 else f"{count} tasks cannot ship their logs"
    return f"{storage} {befalls}: {tasks}."


def _mend_one(fleet: Fleet, name: str, storage: str, at: datetime) -> str:
    if any(
        row.trouble in _OF_STORAGE
        for row in fleet.rows(at)
        if (row.name, row.task.storage) == (name, storage)
    ):
        count = fleet.mend_storage(storage, at)
        return f"{storage} works again: {count} {'task catches' if count == 1 else 'tasks catch'} up now."
    fleet.mend(name, at)
    return f"{name} was mended; it catches up now."


def _interrupt(fleet: Fleet, at: datetime) -> str:
    name = _victim(fleet, at, "PHYSICAL_BACKUP")
    return _nobody() if name is None else _interrupt_one(fleet, name, at)


def _interrupt_one(fleet: Fleet, name: str, at: datetime) -> str:
    fleet.interrupt(name, at)
    return f"{name} was interrupted, without any error message."


def _fail(fleet: Fleet, at: datetime) -> str:
    name = _victim(fleet, at, "LOGICAL_BACKUP")
    if name is None:
        return _nobody()
    storage = next(row.task.storage for row in fleet.rows(at) if row.name == name)
    return _fail_one(fleet, name, storage, at)


def _fail_one(fleet: Fleet, name: str, storage: str, at: datetime) -> str:
    fleet.fail(name, at, _ERROR.format(storage=storage))
    return f"{name} failed, with an error message."


def _slow(fleet: Fleet, at: datetime) -> str:
    name = _victim(fleet, at, "PHYSICAL_BACKUP")
    return _nobody() if name is None else _slow_one(fleet, name, at)


def _slow_one(fleet: Fleet, name: str, at: datetime) -> str:
    fleet.slow(name, at, 0.5)
    return f"{name} ships its logs at half the speed at which they are written."


def _pause(fleet: Fleet, at: datetime) -> str:
    name = _victim(fleet, at, "PHYSICAL_BACKUP")
    return _nobody() if name is None else _pause_one(fleet, name, at)


def _pause_one(fleet: Fleet, name: str, at: datetime) -> str:
    fleet.pause(name, at)
    return f"{name} was paused, as somebody might do on purpose."


def _vanish_one(fleet: Fleet, name: str, at: datetime) -> str:
    fleet.vanish(name, at)
    return f"{name} is not in OCP's list any more, as after somebody deleted it."


def _mend(fleet: Fleet, at: datetime) -> str:
    count = fleet.mend_all(at)
    if count == 1:
        return "1 task was mended; it catches up now."
    return f"{count} tasks were mended; they catch up now." if count else "Nothing was broken."
