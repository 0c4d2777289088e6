"""What comes by itself: of a status that lasts too long, and of what needs nobody."""

from bot.domain.evidence import CatchingUp
from bot.domain.incident import Incident
from bot.domain.status import Meaning, read_status


def becomes(reported: str) -> str:
    """Say what comes after a status, as the end of a sentence; empty where log backup will run."""
    if read_status(reported).meaning is not Meaning.STOPPING:
        return ""
    does = "pausing" if reported.upper() == "SUSPENDING" else "stopping"
    return f": somebody is {does} log backup, and nothing is backed up after that"


def asks_nobody(incident: Incident) -> bool:
    """Whether there is nothing to do: it is well again or catches up in a known time, and lost nothing."""
    because = incident.because
    catches_up = isinstance(because, CatchingUp) and because.left is not None
    return incident.gap is None and (incident.good_polls > 0 or catches_up)
