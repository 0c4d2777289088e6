"""The demo's levers: what a watcher can break and mend with one press, each saying what it did."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.fleet.condition import Trouble
from bot.sandbox.fleet.fleet import Fleet

_FEW = 6
"""A storage with more tasks than this is not offered: one press should not fill the channel."""
_ERROR = "Write {storage} failed: permission denied (errno 13). Check the mount & its owner <root>."


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever: its label, and what pulling it does; ``pull`` returns one sentence about that."""

    label: str
    pull: Callable[[datetime], str]


def demo_levers(fleet: Fleet) -> Mapping[str, Lever]:
    """Give the levers of a fleet, by a stable word for each."""
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
    broken = {Trouble.STORAGE_FULL, Trouble.STORAGE_UNREACHABLE}
    shared: dict[str, list[Trouble]] = {}
    for row in fleet.rows(at):
        shared.setdefault(row.task.storage, []).append(row.trouble)
    whole = [
        storage
        for storage, troubles in shared.items()
        if 1 < len(troubles) <= _FEW and Trouble.NONE in troubles and not broken & set(troubles)
    ]
    if not whole:
        return _nobody()
    storage = max(whole, key=lambda one: shared[one].count(Trouble.NONE))
    count = fault(storage, at)
    return f"{storage} {befalls}: {count} tasks cannot ship their logs."


def _interrupt(fleet: Fleet, at: datetime) -> str:
    name = _victim(fleet, at, "PHYSICAL_BACKUP")
    if name is None:
        return _nobody()
    fleet.interrupt(name, at)
    return f"{name} was interrupted, without any error message."


def _fail(fleet: Fleet, at: datetime) -> str:
    name = _victim(fleet, at, "LOGICAL_BACKUP")
    if name is None:
        return _nobody()
    storage = next(row.task.storage for row in fleet.rows(at) if row.name == name)
    fleet.fail(name, at, _ERROR.format(storage=storage))
    return f"{name} failed, with an error message."


def _slow(fleet: Fleet, at: datetime) -> str:
    name = _victim(fleet, at, "PHYSICAL_BACKUP")
    if name is None:
        return _nobody()
    fleet.slow(name, at, 0.5)
    return f"{name} ships its logs at half the speed at which they are written."


def _pause(fleet: Fleet, at: datetime) -> str:
    name = _victim(fleet, at, "PHYSICAL_BACKUP")
    if name is None:
        return _nobody()
    fleet.pause(name, at)
    return f"{name} was paused, as somebody might do on purpose."


def _mend(fleet: Fleet, at: datetime) -> str:
    count = fleet.mend_all(at)
    return f"{count} tasks were mended; they catch up now." if count else "Nothing was broken."
