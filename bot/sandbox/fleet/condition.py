"""What can be the matter with a simulated task, and what OCP then shows of it."""

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """What is the matter, in the words of the demo's page."""

    NONE = "well"
    STORAGE_FULL = "storage full"
    STORAGE_UNREACHABLE = "storage unreachable"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    SLOW = "slow"
    PAUSED = "paused"
    STOPPED = "stopped"
    STUCK = "stuck while stopping"
    STARTING = "starting"
    VANISHED = "vanished"
    ODD_STATUS = "odd status"


@dataclass(frozen=True, slots=True)
class Condition:
    """How a task does for a stretch of time.

    ``loss`` is the share of real time by which its backlog grows: 0 keeps up, 1 stands still.
    ``starts_anew`` begins a new round: what was not shipped before is lost, and the checkpoint leaps to
    the present. ``listed`` is False while OCP's list lacks the task.
    """

    trouble: Trouble
    status: str
    loss: float = 0.0
    error: str | None = None
    listed: bool = True
    starts_anew: bool = False

    @property
    def broken_for_good(self) -> bool:
        """Whether the task cannot go on by itself and needs to be started anew."""
        return self.trouble in {Trouble.INTERRUPTED, Trouble.STOPPED}


WELL = Condition(Trouble.NONE, "RUNNING")
STORAGE_FULL = Condition(Trouble.STORAGE_FULL, "RUNNING", loss=1.0)
"""The server only retries: the status stays RUNNING and nothing but the delay moves."""
STORAGE_UNREACHABLE = Condition(Trouble.STORAGE_UNREACHABLE, "RUNNING", loss=1.0)
"""As STORAGE_FULL."""
INTERRUPTED = Condition(Trouble.INTERRUPTED, "INTERRUPTED", loss=1.0)
"""A broken physical backup: no error message, and it cannot be restarted as it is."""
PAUSED = Condition(Trouble.PAUSED, "SUSPENDED", loss=1.0)
STOPPED = Condition(Trouble.STOPPED, "STOP", loss=1.0)
STUCK = Condition(Trouble.STUCK, "STOPPING", loss=1.0)
STARTING = Condition(Trouble.STARTING, "STARTING", loss=1.0, starts_anew=True)
VANISHED = Condition(Trouble.VANISHED, "RUNNING", loss=1.0, listed=False)


def failed(error: str | None) -> Condition:
    """Give the condition of a task that FAILED with this ``errorMsg``."""
    return Condition(Trouble.FAILED, "FAILED", loss=1.0, error=error)


def slowed(loss: float) -> Condition:
    """Give the condition of a task that runs while its delay grows by ``loss`` of real time (0.05 to 1)."""
    if not 0 < loss <= 1:
        raise ValueError("a slow task loses more than nothing and at most all of the time")
    return Condition(Trouble.SLOW, "RUNNING", loss=loss)


def odd(status: str) -> Condition:
    """Give the condition of a task that keeps up under a status nobody has heard of."""
    return Condition(Trouble.ODD_STATUS, status)
