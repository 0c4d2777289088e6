"""What is said of what nobody watches any more: why, how it was when last seen, and no more than that."""

from bot.domain.evidence import NotWatched
from bot.domain.incident import Incident
from bot.domain.problem import Problem
from bot.domain.status import read_status
from bot.views.wording import because, duration

_LAST = {
    Problem.FAILED: "it had failed",
    Problem.STALLED: "it had stopped",
    Problem.GROWING: "it was falling behind",
    Problem.LAGGING: "it was behind",
    Problem.STUCK: "it was stuck",
    Problem.MISSING: "it was not listed",
    Problem.PAUSED: "it was paused",
    Problem.UNREACHABLE: "OCP gave no answer",
}


def last_seen(incident: Incident) -> str:
    """Say how it was with what is no longer watched, in a sentence of plain text: it may still be so."""
    if incident.good_polls:
        return "When last seen it was well again."
    was, snapshot = _LAST[incident.problem], incident.snapshot
    if incident.problem in (Problem.MISSING, Problem.UNREACHABLE):
        return f"When last asked, {was}: whether log backup runs is not known."
    if snapshot is not None and read_status(snapshot.status).is_interrupted:
        was = "it was interrupted"
    behind = "" if incident.delay is None else f", {duration(incident.delay)} behind"
    return f"When last seen {was}{behind}; it may still be broken."


def unwatched_lines(incident: Incident) -> list[str]:
    """Say why an incident is no longer watched, and how it was when that was last seen."""
    if not isinstance(incident.because, NotWatched):
        return []
    return [f"{because(incident.because)} {last_seen(incident)}"]
