"""Whether an incident whose figures move on is worth showing anew."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.evidence import Evidence, NotRead, PausedFor, StatusBroken, StuckIn
from bot.domain.incident import Incident, Lifecycle

LEAST_NEWS = timedelta(minutes=1)
"""A delay that moved by less than this, or by less than a tenth, is no reason to edit a message."""
NEWS_SHARE = 0.1


def worth_an_edit(before: Incident | None, incident: Incident) -> bool:
    """Whether people should see it anew: its reason or its gap is another, or its delay has moved far."""
    if incident.lifecycle is not Lifecycle.FIRING:
        return False
    if before is not None and (
        before.gap != incident.gap or _facts(before.because) != _facts(incident.because)
    ):
        return True
    if incident.delay is None:
        return False
    if incident.shown_delay is None:
        return True
    moved = abs(incident.delay - incident.shown_delay)
    return moved >= max(LEAST_NEWS, incident.shown_delay * NEWS_SHARE)


def _facts(evidence: Evidence) -> tuple[object, ...]:
    """Give what of a reason is news when it changes: not the figures, which always move."""
    match evidence:
        case StatusBroken(reported, error):
            return StatusBroken, reported, error
        case StuckIn(reported) | PausedFor(reported):
            return type(evidence), reported
        case NotRead(reason=reason):
            return NotRead, reason
        case _:
            return (type(evidence),)


def shown(incident: Incident) -> Incident:
    """Note that people are now shown its present delay."""
    return replace(incident, shown_delay=incident.delay)
