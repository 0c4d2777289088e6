"""What has happened to what an incident is about: since when, on what it rests, how far behind, whither."""

from datetime import timedelta, tzinfo

from bot.domain.evidence import (
    BehindLimit,
    CatchingUp,
    Grows,
    NotRead,
    PausedFor,
    StatusBroken,
    StoodStill,
    StuckIn,
)
from bot.domain.incident import Incident, trend_span
from bot.domain.instants import shifted
from bot.domain.notification import IncidentContent
from bot.domain.problem import Problem, Severity
from bot.views.lasted import begun, broke_again, length
from bot.views.outcome import becomes
from bot.views.refused_login import TRIED, is_refused_login
from bot.views.sparkline import sparkline
from bot.views.wording import (
    ERROR_LENGTH,
    because,
    count,
    duration,
    name,
    slack_time,
    slack_voice,
    up_to,
)

_SAME = timedelta(minutes=1)
"""Two lengths of time that differ by less are one to whoever reads them."""


def begun_line(content: IncidentContent, zone: tzinfo, *, closes: bool) -> str:
    """Say when it began and how often it broke again since; of what ``closes`` not for how long."""
    incident = content.incident
    since, ago = begun(incident, zone), duration(content.read_at - incident.since)
    began, least = ("began", "at least ") if incident.already else ("began at", "")
    again = broke_again(incident)
    if closes:
        return f"It {began} {since}{again}."
    if again:
        return f"It {began} {since}, {least}{ago} ago,{again}."
    return f"Since {since}{length(incident, content.read_at)}."


def happened_line(content: IncidentContent, zone: tzinfo) -> str:
    """Say since when it is so and what that rests on."""
    incident = content.incident
    match incident.because:
        case StoodStill() as still if not incident.reopened and not _from_then_on(content, still):
            least, span = "at least " if incident.already else "", duration(content.read_at - incident.since)
            stopped = f"nothing shipped since {slack_time(shifted(content.read_at, -still.stood), zone)}"
            normally = "" if still.usual is None else f", normally every {duration(still.usual)}"
            lasts = f"Not well since {begun(incident, zone)} ({least}{span})"
            return f"{lasts}; {stopped} ({duration(still.stood)}){normally}."
        case _:
            return f"{begun_line(content, zone, closes=False)} {_happened(content, zone)}".rstrip()


def _from_then_on(content: IncidentContent, still: StoodStill) -> bool:
    """Whether it has stood still since the trouble began."""
    return abs(content.read_at - content.incident.since - still.stood) < _SAME


def _happened(content: IncidentContent, zone: tzinfo) -> str:  # noqa: PLR0911 - one case for each evidence
    """Say what it rests on; what the line of the delay tells, and the error message below, are left out."""
    reason = content.incident.because
    match reason:
        case StatusBroken() if content.error:
            return f"OCP reports {name(reason.reported)}, with the error message below."
        case StoodStill(stood, usual):
            normally = "" if usual is None else f"; normally every {duration(usual)}"
            moment = slack_time(shifted(content.read_at, -stood), zone)
            since = "then" if _from_then_on(content, reason) else f"{moment}, for {duration(stood)}"
            return f"Nothing has been shipped since {since}{normally}."
        case Grows():
            pace = "" if reason.pace is None else f"It ships about {reason.pace:.0%} of what is written: "
            said = f"{pace}{duration(reason.gained)} further behind in {duration(reason.lasted)}."
            return said[0].upper() + said[1:]
        case BehindLimit(learned=learned):
            wide = "What is normal for this task is not known yet, so the limit is a wide one."
            return " ".join(part for part in ("" if learned else wide, course(content.incident)) if part)
        case CatchingUp(left=left):
            if left is None:
                return "It runs and is catching up."
            then = slack_time(content.read_at + left, zone)
            to_do = "there is nothing to do: you will be told if it gets worse"
            return f"It catches up at about {then}{'' if content.incident.gap else f'; {to_do}'}."
        case StuckIn(reported):
            return f"{name(reported)} usually passes within minutes{becomes(reported)}."
        case PausedFor(reported, limit=limit):
            then = "" if limit is None else f"; critical after {duration(limit)}"
            return f"Paused by a command ({name(reported)}){then}."
        case NotRead(polls, sentence=sentence):
            tried = TRIED if is_refused_login(reason) else f"{count(polls, 'poll')} in a row failed"
            return f"{name(sentence, ERROR_LENGTH)} {tried}."
        case _:
            return because(reason, slack_voice(zone, content.offset))


def course(incident: Incident) -> str:
    """Say whether a delay still grows, by the trend; empty where that does not show it."""
    snapshot = incident.snapshot
    last = () if snapshot is None else snapshot.trend[-2:]
    if snapshot is None or len(last) < len("ab") or last[0] is None or last[1] is None:
        return ""
    margin = max(_SAME, snapshot.normal or _SAME) / timedelta(seconds=1)
    if last[1] > last[0] + margin:
        return "The delay still grows."
    return "The delay gets shorter." if last[1] < last[0] - margin else "The delay stays about the same."


def delay_lines(content: IncidentContent, zone: tzinfo) -> list[str]:
    """Say how far it is behind, how that went, when which limit is reached, and what is normal."""
    incident, snapshot = content.incident, content.incident.snapshot
    if incident.delay is None or incident.problem is Problem.UNREACHABLE:
        return []
    parts = [f"Delay *{duration(incident.delay)}*"]
    if snapshot is not None and snapshot.trend:
        trend = [None if seconds is None else timedelta(seconds=seconds) for seconds in snapshot.trend]
        span = trend_span(incident.since, content.read_at)
        parts[0] += f" {sparkline(trend)} (last {duration(span)})"
    limit = _limit(content, zone)
    if limit:
        parts.append(limit)
    if snapshot is not None and snapshot.normal is not None:
        parts.append(f"normally up to {up_to(snapshot.normal)}")
    return [" · ".join(parts)]


def _limit(content: IncidentContent, zone: tzinfo) -> str:
    incident = content.incident
    match incident.because:
        case _ if incident.good_polls:
            return ""
        case StoodStill(limit=limit, limit_at=at) | Grows(limit=limit, limit_at=at) if at is not None:
            moment = slack_time(shifted(at, content.offset), zone)
            word = " (critical)" if _severity_at(incident, limit) is Severity.CRITICAL else ""
            return f"reaches the limit of {duration(limit)}{word} at about {moment}"
        case (StoodStill(delay=delay, limit=limit) | Grows(delay=delay, limit=limit)) as reason if (
            delay > limit
        ):
            over = f"over the limit of {duration(limit)} ({_severity_at(incident, limit).word})"
            return f"{over}{_over_since(content, reason, zone)}"
        case BehindLimit(limit=limit):
            return f"over the limit of {duration(limit)} ({_severity_at(incident, limit).word})"
        case _:
            return ""


def _over_since(content: IncidentContent, reason: StoodStill | Grows, zone: tzinfo) -> str:
    """Say since when the limit is passed: by the clock of what stands still, else by its pace so far."""
    past = reason.delay - reason.limit
    if isinstance(reason, StoodStill):
        return f" since {slack_time(shifted(content.read_at, -past), zone)}"
    if reason.pace is None or reason.pace >= 1.0:
        return ""
    passed = shifted(content.read_at, -past / (1.0 - reason.pace))
    return "" if passed < content.incident.since else f" since about {slack_time(passed, zone)}"


def _severity_at(incident: Incident, limit: timedelta) -> Severity:
    """Say which severity a limit is of: a lagging task's own, else that of the critical one."""
    if isinstance(incident.because, BehindLimit):
        return incident.severity
    snapshot = incident.snapshot
    warns = snapshot is not None and snapshot.warning == limit != snapshot.critical
    return Severity.WARNING if warns else Severity.CRITICAL
