"""What is not in the backup, in words: not yet, or never again; of one task and of several."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from bot.domain.evidence import CatchingUp, NotRead, NotWatched
from bot.domain.finding import RecoveryGap
from bot.domain.incident import Incident
from bot.domain.look import shipped_until
from bot.domain.problem import Problem, Severity
from bot.views.blocks import literal
from bot.views.trouble import headline, what, whom_said
from bot.views.twins import subjects
from bot.views.wording import count, slack_time

_GAPS = 5
_YET = "cannot be restored yet"
_MAY = "may not be backed up"
_IF_IT_LASTS = (
    "If this lasts until the database recycles its log, what was not backed up is lost for good; "
    "a database set to wait for the backup stops taking writes instead"
)
_RISK = f". {_IF_IT_LASTS}"
"""Which of the two it is no task tells: OCP does not report how the database's log archiving is bound."""
NOT_LIVE = "No live data is lost."
LOSS = "log is lost for good"
_FAILS = "a full backup fails without it."
_RUNS = frozenset({Problem.GROWING, Problem.LAGGING, Problem.UNREACHABLE})


def title(incident: Incident) -> str:
    """Say an incident in one line, as a phone shows it; whoever lost log for good comes first; plain text."""
    if incident.gap is None or incident.problem is Problem.UNREACHABLE:
        return headline(incident)
    who = whom_said(incident)
    if isinstance(incident.because, NotWatched):
        return f"{_has_lost(who)}; it is no longer watched"
    if not incident.is_open or incident.good_polls:
        return _has_lost(who)
    return f"{who}: log backup {what(incident)}, and {LOSS}"


def _has_lost(who: str) -> str:
    return f"{who} has lost log for good, take a full backup"


def never_words(start: str, end: str) -> str:
    """Say what a gap from ``start`` to ``end`` means, without a stop.

    A restore begins at a full backup and needs every log from there on: none passes a gap, so that nothing
    after its start can be had until there is a full backup from behind it.
    """
    return (
        f"the log of {start} to {end} is lost for good: nothing after {start} can be restored "
        "until there is a newer full backup"
    )


def backup_now(who: str, end: str) -> str:
    """Say what to do about the gap of ``who`` that ends at ``end``, after what it means."""
    return f"Take a full backup of {who} now, {_unless(end)}"


def _unless(end: str) -> str:
    return f"unless one that began after {end} has finished."


BACKUPS_NOW = "Take a full backup of each now, unless one that began after its lost log has finished."
"""What to do about the gaps of several, after what they mean."""


def _never(gap: RecoveryGap, zone: tzinfo) -> str:
    return never_words(slack_time(gap.start, zone), slack_time(gap.end, zone))


def restorable_lines(
    incident: Incident, read_at: datetime, zone: tzinfo, *, grave: bool = False, facts_only: bool = False
) -> list[str]:
    """Say what cannot be restored, as far as it is known.

    With ``grave``, as of what is critical or paused, what it comes to if nobody does anything is said too;
    with ``facts_only`` that is for ``if_it_lasts`` to say, in another place.
    """
    if incident.problem is Problem.UNREACHABLE:
        return gap_lines(incident, zone) if incident.good_polls else [not_known(unread_since(incident), zone)]
    shipped = shipped_until(incident, read_at)
    is_missing = incident.problem is Problem.MISSING
    then = "When last listed, backed up until" if is_missing else "Backed up until"
    reached = "" if shipped is None else f"{then} {slack_time(shipped, zone)}"
    grave = (grave or is_grave(incident.severity, incident.problem)) and not _heals(incident)
    if incident.gap is not None:
        return gap_lines(incident, zone, _beside(incident, shipped, zone, grave=grave))
    if not reached:
        return []
    if incident.good_polls:
        return [f"{reached}."]
    return [f"{reached}; {later_words(grave=grave and not facts_only, missing=is_missing)}."]


def if_it_lasts(incident: Incident, read_at: datetime) -> list[str]:
    """Say what it comes to if nobody does anything, where that is known and nothing is lost yet."""
    comes_to_it = incident.burns and incident.gap is None and incident.problem is not Problem.UNREACHABLE
    grave = is_grave(incident.severity, incident.problem) and not _heals(incident)
    return [f"{_IF_IT_LASTS}."] if comes_to_it and grave and shipped_until(incident, read_at) else []


def _heals(incident: Incident) -> bool:
    return isinstance(incident.because, CatchingUp)


def _beside(incident: Incident, shipped: datetime | None, zone: tzinfo, *, grave: bool) -> str:
    """Say what beside a gap is backed up, or is not; empty where that was never read."""
    if shipped is None:
        return ""
    at = slack_time(shipped, zone)
    if incident.good_polls:
        return f"Backed up until {at}, apart from that."
    is_not = _MAY if incident.problem is Problem.MISSING else "is not backed up"
    return f"What was written since {at} {is_not} either{_RISK if grave else ''}."


def is_grave(severity: Severity | None, problem: Problem | None) -> bool:
    """Whether it is said what comes of it if nobody does anything: as of what does not mend itself."""
    return severity is Severity.CRITICAL or problem in (Problem.PAUSED, Problem.STUCK)


def later_words(*, grave: bool, missing: bool = False) -> str:
    """Say what becomes of what is not backed up: that it waits, or also what it comes to.

    Of what is ``missing`` nobody knows whether it still is.
    """
    return f"what was written later {_MAY if missing else _YET}{_RISK if grave else ''}"


def unread_since(incident: Incident) -> datetime:
    """Give since when nothing is known of what cannot be read: what is back after a pause was read in it."""
    return incident.because.since if isinstance(incident.because, NotRead) else incident.since


def blind_words(since: datetime, zone: tzinfo) -> str:
    """Say after a headline what it means that an OCP gives no answer, without a stop."""
    return f"nothing is known of log backup there since {slack_time(since, zone)}"


def not_known(since: datetime, zone: tzinfo) -> str:
    """Say that of what OCP does not tell nothing is known, good or bad."""
    return f"Log backup itself may be fine: nothing is known of it since {slack_time(since, zone)}."


def gap_lines(incident: Incident, zone: tzinfo, beside: str = "") -> list[str]:
    """Say to which moments no restore is possible any more, where one is known, and what to do.

    ``beside`` says what else is backed up or is not.
    """
    if incident.gap is None:
        return []
    never = _never(incident.gap, zone)
    first = f"*{never[0].upper()}{never[1:]}.* {NOT_LIVE}"
    who = literal(whom_said(incident))
    return [f"{first} {beside}".rstrip(), _to_do(incident, incident.gap, who, zone)]


def _to_do(incident: Incident, gap: RecoveryGap, who: str, zone: tzinfo) -> str:
    """Say what to do about the gap of ``who``: first what a full backup needs, where that may be missing."""
    if _is_down(incident):
        return f"Get log backup of {who} running first: {_FAILS} Then take a full backup."
    end = slack_time(gap.end, zone)
    if isinstance(incident.because, NotWatched):
        return f"Check that log backup of {who} runs: {_FAILS} Then take a full backup, {_unless(end)}"
    return backup_now(who, end)


def _is_down(incident: Incident) -> bool:
    """Whether a full backup would fail, for log backup does not run."""
    return incident.burns and incident.problem not in _RUNS


def gap_lines_of(incidents: Sequence[Incident], zone: tzinfo) -> list[str]:
    """Say of whom to which moments no restore is possible any more, and once what to do."""
    left = [(one, one.gap) for one in incidents if one.gap is not None]
    if not left:
        return []
    whose = subjects(incidents)
    spans: dict[RecoveryGap, list[str]] = {}
    for one, gap in left:
        spans.setdefault(gap, []).append(literal(whose(one)))
    told = list(spans.items())[:_GAPS]
    lines = [f"{_several(who)}: *{_never(gap, zone)}.*" for gap, who in told]
    more = len(left) - sum(len(who) for _, who in told)
    lines += [f"…and {count(more, 'more has', 'more have')} such a gap."] if more else []
    if len(left) == 1:
        ((one, gap),) = left
        to_do = _to_do(one, gap, literal(whose(one)), zone)
    elif any(_is_down(one) or isinstance(one.because, NotWatched) for one, _ in left):
        to_do = (
            f"Get log backup running first where it does not run: {_FAILS} Then take a full backup of each."
        )
    else:
        to_do = BACKUPS_NOW
    return [*lines, f"{NOT_LIVE} {to_do}"]


def _several(who: Sequence[str]) -> str:
    """Name those who have lost the same stretch of time."""
    more = len(who) - _GAPS
    named = ", ".join(who[:_GAPS])
    return f"{named} and {more:,} more" if more > 0 else named


def whose_loss(incidents: Sequence[Incident], members: int, *, at_hand: bool) -> tuple[str, int]:
    """Give who of these has lost log for good, in plain text, and how many; "" and 0 where nobody has.

    Of ``members`` only the worst may be at hand; with ``at_hand`` those with a loss are the first of them.
    """
    lost = [one for one in incidents if one.gap is not None]
    if not lost:
        return "", 0
    hidden = len(incidents) < members and (len(lost) == len(incidents) or not at_hand)
    if len(lost) == 1 and not (hidden and at_hand):
        return subjects(incidents)(lost[0]), 1
    return f"{'at least ' if hidden else ''}{len(lost):,}", len(lost)


def still_lost(incidents: Sequence[Incident], members: int) -> str:
    """Say whose log is lost for good; plain text."""
    who, number = whose_loss(incidents, members, at_hand=False)
    if not who:
        return ""
    return f"log of {who if number == 1 else f'{who} tasks'} is lost for good"


def left_lost(incidents: Sequence[Incident], members: int) -> str:
    """Say who of a group that is over has lost log for good, and what to do; plain text."""
    who, number = whose_loss(incidents, members, at_hand=True)
    if not who:
        return ""
    if number == 1 and not who.startswith("at least"):
        return _has_lost(who)
    tasks = "task has" if number == 1 else "tasks have"
    return f"{who[0].upper()}{who[1:]} {tasks} lost log for good, take a full backup of each"


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

    ``number`` is how many are open; ``shipped_by`` is of those without a gap.
    """
    still = [one for one in worst if one.burns]
    reached = [one for one in still if one.problem is not Problem.UNREACHABLE]
    if still and not reached:
        return [not_known(min(map(unread_since, still)), zone)]
    whole = [one for one in reached if one.gap is None]
    shipped = [at for one in whole if (at := shipped_until(one, read_at)) is not None]
    if shipped_by is not None:
        shipped.append(shipped_by)
    lines, number = gap_lines_of(worst, zone), number - (len(still) - len(reached))
    others = number - (len(reached) - len(whole))
    dark = [one for one in whole if shipped_until(one, read_at) is None]
    if dark and not shipped:
        they = "they are" if number > 1 else "it is"
        lines.append(f"How far {they} backed up is not known.")
    if shipped and others > 0:
        since = slack_time(min(shipped), zone)
        yet = _MAY if whole and all(one.problem is Problem.MISSING for one in whole) else _YET
        whose = _whose(others, number)
        unknown = f" How far {len(dark):,} of them got is not known." if dark else ""
        lines.append(f"What the {whose} wrote since {since} {yet}{_RISK if grave else ''}.{unknown}")
    return lines


def _whose(others: int, number: int) -> str:
    """Name the tenants of all ``number`` tasks, or of the ``others``, where some have a gap."""
    if others == number:
        return "tenant of this task" if number == 1 else f"tenants of these {number:,} tasks"
    return "tenant of the other task" if others == 1 else f"tenants of the other {others:,} tasks"
