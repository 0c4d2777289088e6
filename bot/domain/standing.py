"""How something stands, in one word: the same for an incident, its task and its cluster."""

from enum import StrEnum

from bot.domain.evidence import NotWatched
from bot.domain.incident import Incident


class Standing(StrEnum):
    """How a task stands, the worst first."""

    CRITICAL = "critical"
    WARNING = "warning"
    UNKNOWN = "unknown"
    QUIET = "quiet"
    WELL = "well"


NEEDING = frozenset({Standing.CRITICAL, Standing.WARNING})
"""What stands so needs somebody."""


def standing_of(incident: Incident) -> Standing:
    """Give how an incident stands: as its severity, and well once it is, if that is known.

    One that left something lost for good is never all well.
    """
    if incident.burns:
        return Standing(incident.severity.word)
    if incident.gap is not None:
        return Standing.WARNING
    is_unknown = not incident.is_open and isinstance(incident.because, NotWatched)
    return Standing.UNKNOWN if is_unknown else Standing.WELL
