"""What else burns of an OCP or a cluster that gives no answer, or answers again."""

from bot.domain.evidence import NotWatched
from bot.domain.incident import Incident
from bot.domain.notification import Others
from bot.views.blocks import literal
from bot.views.trouble import how, incident_mark, lost_mark, whom_said
from bot.views.wording import count


def others_lines(incident: Incident, others: Others | None) -> list[str]:
    """Say what was in trouble when it was last read, or what is now that it could be read again."""
    if others is None or isinstance(incident.because, NotWatched):
        return []
    is_blind = incident.burns
    if others.worst is None:
        return [] if is_blind else ["Read again: no log backup there is in trouble."]
    number, worst = count(others.burning, "log backup"), others.worst
    opening, *verbs = ("When last read,", "was", "were") if is_blind else ("Read again:", "is", "are")
    said = f"{opening} {number} there {verbs[others.burning != 1]} in trouble"
    whose = f"{incident_mark(worst)} *{literal(whom_said(worst))}* {literal(how(worst))}{lost_mark(worst)}"
    return [f"{said}{', the worst' if others.burning > 1 else ''}: {whose}"]
