"""What is remembered of one task between two observations."""

from dataclasses import dataclass


@dataclass(slots=True)
class TaskMemory:
    """One task's past, in seconds of OCP's clock since the epoch. Treated as a value: never changed in place.

    ``at`` is the last observation, ``checkpoint`` the last one seen (NaN: none yet), ``moved_at`` when it
    was first seen. ``meaning`` is the status' meaning and ``meaning_since`` when it began. ``troubled`` is
    whether something opened trouble that is not over yet.
    """

    at: float
    meaning: str
    meaning_since: float
    checkpoint: float
    moved_at: float
    troubled: bool = False
