"""What the ``status`` of a task means, over the four vocabularies that reach the same field."""

from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    """What a reported status stands for."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    PAUSED = "paused"
    STOPPED = "stopped"
    BROKEN = "broken"
    UNKNOWN = "unknown"


_MEANINGS = {
    word: meaning
    for meaning, words in {
        Meaning.STARTING: ("PREPARE", "BEGINNING", "STARTING"),
        Meaning.RUNNING: ("RUNNING", "DOING", "INPROGRESS", "NORMAL"),
        Meaning.STOPPING: ("STOPPING", "SUSPENDING"),
        Meaning.PAUSED: ("SUSPEND", "SUSPENDED", "PAUSED"),
        Meaning.STOPPED: ("STOP", "STOPPED"),
        Meaning.BROKEN: ("FAILED", "INTERRUPTED"),
    }.items()
    for word in words
}


@dataclass(frozen=True, slots=True)
class Status:
    """A status as OCP reported it, to the letter, and what it means."""

    reported: str
    meaning: Meaning

    @property
    def is_interrupted(self) -> bool:
        """Whether it is the broken one that comes without an error message, and that leaves a gap."""
        return self.reported.upper() == "INTERRUPTED"


def read_status(reported: str | None) -> Status:
    """Give the meaning of a reported status, whatever its case; what is not known is kept as it came.

    Source of the vocabularies: OCP's API document, its front end, and the 3.x and 4.x servers.
    """
    text = (reported or "").strip()
    return Status(reported=text, meaning=_MEANINGS.get(text.upper(), Meaning.UNKNOWN))
