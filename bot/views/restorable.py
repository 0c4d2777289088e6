"""What is not in the backup, in words: not yet, or never again; of one task and of several."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from bot.domain.evidence import CatchingUp, NotWatched
from bot.domain.finding import RecoveryGap
from bot.domain.incident import Incident
from bot.domain.look import shipped_until
from bot.domain.problem import Problem, Severity
from bot.views.blocks import literal
from bot.views.trouble import claim, headline, whom
from bot.views.twins import subjects
from bot.views.wording import count, slack_time

_GAPS = 5
_YET = "cannot be restored yet"
_RISK = (
    ", and is lost for good if this lasts until the cluster recycles its logs "
    "(where BINDING is Mandatory, writes stop instead)"
)
BACKUP_NOW = (
    "Take a full backup now, unless one was made after that: without it nothing later can be restored either."
)
_BACKUP_THEN = (
    "Get log backup running first, then take a full backup: it fails while log backup is not running."
)
_RUNS = frozenset({Problem.GROWING, Problem.LAGGING, Problem.UNREACHABLE})


def title(incident: Incident, zone: tzinfo) -> str:
    """Say an incident in one line, as a phone shows it; a loss that is for good is in it; in markup."""
    if incident.gap is None or incident.problem is Problem.UNREACHABLE:
        return literal(headline(incident))
    is_well = not incident.is_open or incident.good_polls
    if is_well and not isinstance(incident.because, NotWatched):
        return f"Well again, but {_lost(incident.gap, zone)}: {literal(whom(incident))}"
    return f"{literal(claim(incident))}, and {_lost(incident.gap, zone)}: {literal(whom(incident))}"


def _lost(gap: RecoveryGap, zone: tzinfo) -> str:
    return f"{span_words(gap, zone)} is lost for good"


def span_words(gap: RecoveryGap, zone: tzinfo) -> str:
    """Say from when to when a gap lasts; in markup."""
    return f"{slack_time(gap.start, zone)} to {slack_time(gap.end, zone)}"


def restorable_lines(
    incident: Incident, read_at: datetime, zone: tzinfo, *, grave: bool = False
) -> list[str]:
    """Say what cannot be restored, as far as it is known.

    With ``grave``, as of what is critical, what it comes to if nobody does anything is said too.
    """
    if incident.problem is Problem.UNREACHABLE:
        return gap_lines(incident, zone) if incident.good_polls else [not_known(incident.since, zone)]
    shipped = shipped_until(incident, read_at)
    if incident.gap is not None or shipped is None:
        return gap_lines(incident, zone)
    then = "When last listed, backed up until" if incident.problem is Problem.MISSING else "Backed up until"
    reached = f"{then} {slack_time(shipped, zone)}"
    if incident.good_polls:
        return [f"{reached}."]
    heals = isinstance(incident.because, CatchingUp)
    grave = (grave or incident.severity is Severity.CRITICAL) and not heals
    return [f"{reached}; {later_words(grave=grave)}."]


def later_words(*, grave: bool) -> str:
    """Say what becomes of what is not backed up: that it waits, or also what it comes to."""
    return f"what was written later {_YET}{_RISK if grave else ''}"


def not_known(since: datetime, zone: tzinfo) -> str:
    """Say that of what OCP does not tell nothing is known, good or bad."""
    return f"Log backup itself may be fine: nothing is known of it since {slack_time(since, zone)}."


def gap_lines(incident: Incident, zone: tzinfo) -> list[str]:
    """Say which stretch of time is lost for good, where one is known, what that costs and what to do."""
    if incident.gap is None:
        return []
    start = slack_time(incident.gap.start, zone)
    lines = [f"*What was written from {span_words(incident.gap, zone)} is lost for good.*"]
    if not _is_down(incident):
        return [f"{lines[0]} {BACKUP_NOW}"]
    rest = f"Nothing later than {start} can be restored, unless a full backup was made after that."
    return [f"{lines[0]} {rest}", _BACKUP_THEN]


def _is_down(incident: Incident) -> bool:
    """Whether a full backup would fail, for log backup does not run."""
    return incident.is_open and not incident.good_polls and incident.problem not in _RUNS


def gap_lines_of(incidents: Sequence[Incident], zone: tzinfo) -> list[str]:
    """Say of whom which stretch of time is lost for good, and once what to do."""
    left = [(one, one.gap) for one in incidents if one.gap is not None]
    whose = subjects(incidents)
    lines = [
        f"{literal(whose(one))}: *what was written from {span_words(gap, zone)} is lost for good.*"
        for one, gap in left[:_GAPS]
    ]
    if len(left) > _GAPS:
        lines.append(f"…and {count(len(left) - _GAPS, 'more has', 'more have')} lost something for good.")
    if not left:
        return []
    return [*lines, _BACKUP_THEN if any(_is_down(one) for one, _ in left) else BACKUP_NOW]


def lost_words(incidents: Sequence[Incident], members: int, zone: tzinfo) -> str:
    """Say in a few words what of these is lost for good; empty where nothing is; in markup.

    Of ``members`` only the worst may be at hand.
    """
    lost = [(one, one.gap) for one in incidents if one.gap is not None]
    if not lost:
        return ""
    least = "at least " if len(lost) == len(incidents) < members else ""
    if len(lost) > 1 or least:
        return f"some log of {least}{count(len(lost), 'task')}"
    ((one, gap),) = lost
    return f"{span_words(gap, zone)} of {literal(subjects(incidents)(one))}"


def at_risk(
    worst: Sequence[Incident],
    shipped_by: datetime | None,
    read_at: datetime,
    zone: tzinfo,
    *,
    number: int,
    grave: bool,
) -> list[str]:
    """Say what cannot be restored: by the member that is the furthest behind, be it told or not; and gaps.

    ``number`` is how many are open.
    """
    still = [one for one in worst if one.is_open]
    reached = [one for one in still if one.problem is not Problem.UNREACHABLE]
    if still and not reached:
        return [not_known(min(one.since for one in still), zone)]
    shipped = [at for one in reached if (at := shipped_until(one, read_at)) is not None]
    if shipped_by is not None:
        shipped.append(shipped_by)
    lines = gap_lines_of(worst, zone)
    if shipped:
        whose = "tenant of this task" if number == 1 else f"tenants of these {number:,} tasks"
        since = slack_time(min(shipped), zone)
        lines.append(f"What the {whose} wrote since {since} {_YET}{_RISK if grave else ''}.")
    return lines
