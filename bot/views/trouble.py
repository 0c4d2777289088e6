"""What is wrong, in words and one coloured mark: of a task in a list, and of an incident in a headline."""

from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.evidence import CatchingUp, NoTasks, NotWatched, StatusBroken, StuckIn, Well
from bot.domain.finding import Verdict
from bot.domain.fleet import TaskNow
from bot.domain.grouping import Group
from bot.domain.incident import Incident
from bot.domain.problem import Problem, Severity
from bot.domain.standing import Standing, standing_of
from bot.domain.status import Meaning, read_status
from bot.domain.task import WHOLE_CLUSTER
from bot.views.lasted import behind, task_lasted
from bot.views.refused_login import is_refused_login
from bot.views.wording import clean, duration, ocp_name

MARKS = {
    Standing.CRITICAL: "🔴",
    Standing.WARNING: "🟠",
    Standing.UNKNOWN: "⚪",
    Standing.QUIET: "⚪",
    Standing.WELL: "🟢",
}
_SHORT = 30
_LONG_DELAY = timedelta(minutes=10)
"""A delay of this length looks like trouble: where it is none, that is said."""
_HIDDEN = {Problem.STALLED: "has stopped", Problem.GROWING: "falling behind", Problem.LAGGING: "behind"}
_WORDS = {
    Standing.CRITICAL: "critical",
    Standing.WARNING: "warning",
    Standing.UNKNOWN: "not known",
    Standing.QUIET: "quiet",
    Standing.WELL: "well",
}


def standing_word(standing: Standing) -> str:
    """Give the word that goes with a mark, for whoever does not see colours."""
    return _WORDS[standing]


_SHORTLY = {
    Problem.FAILED: "failed",
    Problem.STALLED: "stopped",
    Problem.GROWING: "falling behind",
    Problem.LAGGING: "behind",
    Problem.STUCK: "stuck",
    Problem.MISSING: "not listed",
    Problem.PAUSED: "paused",
    Problem.UNREACHABLE: "no answer",
}


def short_problem(problem: Problem) -> str:
    """Say a problem in a word or two, before how long it lasted: ``failed``, ``behind``."""
    return _SHORTLY[problem]


def severity_mark(severity: Severity) -> str:
    """Give the mark of a severity."""
    return MARKS[Standing(severity.word)]


def incident_mark(incident: Incident) -> str:
    """Give the mark of an incident."""
    return MARKS[standing_of(incident)]


def number_words(incident: Incident) -> str:
    """Say how severe an open incident is, and its number; of one that is recovering the number alone."""
    number = f"incident {incident.number}"
    return number if incident.good_polls else f"{incident.severity.word}, {number}"


def group_mark(group: Group) -> str:
    """Give the mark of a group: its severity's, and that of being well once it is over."""
    return severity_mark(group.severity) if group.is_open else MARKS[Standing.WELL]


def how_it_stands(task: TaskNow, now: datetime) -> str:
    """Say how a task stands in the word of its mark, and then in a few more; plain text."""
    said = phrase(task, now)
    return said if task.is_recovering else f"{standing_word(task.standing)} · {said}"


def phrase(task: TaskNow, now: datetime) -> str:
    """Say how a task stands in a few words, after its name: ``FAILED for 26 min``, ``41 min behind``.

    Plain text; the caller escapes it.
    """
    return _listed(_phrase(task, now), _lost(task))


def _lost(task: TaskNow) -> str:
    has_lost = task.loss is not None or (task.incident is not None and task.incident.gap is not None)
    return "log lost for good" if has_lost else ""


def _phrase(  # noqa: C901, PLR0911 - one case for each problem
    task: TaskNow, now: datetime
) -> str:
    behind = "" if task.delay is None else f"{duration(task.delay)} behind"
    if task.is_recovering:
        return _listed("recovering", behind)
    if task.problem is None:
        return _phrase_without_problem(task, behind)
    span = task_lasted(task, now).removeprefix(",")
    reported = clean(task.task.status.reported, _SHORT)
    match task.problem:
        case Problem.FAILED:
            return _listed(f"{reported}{span}", behind)
        case Problem.STALLED:
            return _listed("has stopped", behind)
        case Problem.GROWING:
            return _listed("falling behind", behind)
        case Problem.LAGGING:
            catching_up = isinstance(task.because, CatchingUp)
            return _listed("catching up" if catching_up else "", behind) or "behind"
        case Problem.STUCK:
            return _listed(f"stuck in {reported}{span}", behind)
        case Problem.MISSING:
            return f"not listed{span}"
        case Problem.PAUSED:
            return _listed(f"paused{span}", behind)
        case Problem.UNREACHABLE:
            return f"no answer from OCP{span}"
    assert_never(task.problem)


def _phrase_without_problem(task: TaskNow, behind: str) -> str:
    if not task.listed:
        return "not in the last list"
    status = task.task.status
    if status.meaning is Meaning.RUNNING:
        return _listed(behind, calm_reason(task)) or "running, no delay told"
    if status.meaning is not Meaning.UNKNOWN:
        return _listed(status.meaning, behind)
    return _listed(f"status {clean(status.reported, _SHORT)}" if status.reported else "no status", behind)


def calm_reason(task: TaskNow) -> str:
    """Say why a long delay is no trouble; plain text, empty where it is short or nobody has judged it."""
    if task.standing is not Standing.WELL or task.delay is None or task.delay < _LONG_DELAY:
        return ""
    if task.assessment is None:
        return ""
    match task.assessment.because:
        case _ if task.assessment.verdict is Verdict.UNKNOWN:
            return "cannot be judged just now"
        case Well(judged=False):
            return "as a standby may be"
        case Well(learned=False):
            return "its normal is not known yet"
        case _:
            return "normal for it"


def phrase_of_delay(task: TaskNow) -> str:
    """Say how far a task is behind, and why that is no trouble where it looks like it; plain text."""
    return _listed(f"{duration(task.delay or timedelta(0))} behind", calm_reason(task))


def status_words(task: TaskNow) -> str:
    """Say the status as OCP reports it, and what it hides; plain text."""
    reported = clean(task.task.status.reported, _SHORT) if task.task.status.reported else "no status"
    if not task.listed:
        return f"not listed, was {reported}"
    if task.is_recovering:
        return _listed(reported, "recovering", _lost(task))
    hidden = _HIDDEN.get(task.problem, "") if task.problem else calm_reason(task)
    catching_up = isinstance(task.because, CatchingUp)
    return _listed(reported, "catching up" if catching_up else hidden, _lost(task))


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def tenant_name(task: TaskNow) -> str:
    """Name a task inside its cluster; plain text."""
    return WHOLE_CLUSTER if task.tenant_label is None else clean(task.tenant_label, _SHORT)


def task_name(task: TaskNow) -> str:
    """Name a task with its cluster: ``pay/orders``, or ``pay (whole cluster)``; plain text."""
    cluster = clean(task.cluster_label, _SHORT)
    if task.tenant_label is None:
        return f"{cluster} ({WHOLE_CLUSTER})"
    return f"{cluster}/{clean(task.tenant_label, _SHORT)}"


def whom(incident: Incident) -> str:
    """Name whom an incident is about: ``pay/orders``, ``pay``, ``OCP prod``; plain text."""
    subject = incident.subject
    if subject.cluster is None:
        return ocp_name(subject.source, _SHORT)
    labels = (subject.cluster_label or str(subject.cluster), subject.tenant_label)
    return "/".join(clean(label, _SHORT) for label in labels if label)


def whom_said(incident: Incident) -> str:
    """Name whom an incident is about beside what is wrong; no name of a cluster reads as a state."""
    is_cluster = incident.subject.key.startswith("cluster:") and incident.problem is Problem.MISSING
    return f"cluster {whom(incident)}" if is_cluster else whom(incident)


def what(incident: Incident) -> str:
    """Say what is wrong, as the end of a sentence that begins with whom or ``Log backup``; plain text."""
    if not incident.is_open or not incident.good_polls:
        return _problem_words(incident)
    return _heard(incident, again=True) if incident.problem is Problem.UNREACHABLE else "is recovering"


def _heard(incident: Incident, *, again: bool) -> str:
    """Say that an OCP gives no answer, or does again, after its name or the name of a cluster."""
    if incident.subject.cluster is None:
        return "answers again" if again else _unheard(incident)
    return "gets answers from OCP again" if again else "gets no answer from OCP"


def _unheard(incident: Incident) -> str:
    """Say how an OCP cannot be read: a refusal of the login is an answer."""
    return "refuses the login" if is_refused_login(incident.because) else "gives no answer"


def how(incident: Incident, now: datetime | None = None) -> str:
    """Say what is wrong as ``what`` does, and how far behind it is where that does not; plain text.

    ``now`` is given where it is said for how long, too; else it is as last read.
    """
    said = what(incident)
    if incident.delay is None or incident.problem is Problem.UNREACHABLE or " behind" in said:
        return said
    delay = incident.delay if now is None else behind(incident, incident.delay, now)
    return f"{said}, {duration(delay)} behind"


def lost_mark(incident: Incident) -> str:
    """Mark in a list what has lost log for good, after a dot; in markup."""
    return "" if incident.gap is None else " · *log lost for good*"


def is_interrupted(incident: Incident) -> bool:
    """Whether OCP calls a broken one interrupted, not failed."""
    because = incident.because
    return isinstance(because, StatusBroken) and read_status(because.reported).is_interrupted


def _problem_words(incident: Incident) -> str:  # noqa: PLR0911 - one case for each problem
    """Say a problem as the end of a sentence: ``has failed``, ``is 41 min behind``; plain text."""
    because, delay = incident.because, incident.delay
    match incident.problem:
        case Problem.FAILED:
            return "is interrupted" if is_interrupted(incident) else "has failed"
        case Problem.STALLED:
            return "has stopped"
        case Problem.GROWING:
            return "is falling behind"
        case Problem.LAGGING:
            if isinstance(because, CatchingUp):
                return f"is catching up, {duration(because.delay)} behind"
            return "is behind" if delay is None else f"is {duration(delay)} behind"
        case Problem.STUCK:
            return (
                f"is stuck in {clean(because.reported, _SHORT)}"
                if isinstance(because, StuckIn)
                else "is stuck"
            )
        case Problem.MISSING:
            never_there = isinstance(because, NoTasks) and because.last_listed_at is None
            return "is not set up" if never_there else "is no longer listed"
        case Problem.PAUSED:
            return "is paused"
        case Problem.UNREACHABLE:
            return _heard(incident, again=False)
    assert_never(incident.problem)


def headline(incident: Incident) -> str:
    """Say an incident in one line, as a phone's notification shows it; plain text, without a mark."""
    unwatched = isinstance(incident.because, NotWatched)
    if incident.problem is Problem.MISSING and incident.burns:
        return f"Log backup of {whom_said(incident)} {what(incident)}"
    if incident.problem is not Problem.UNREACHABLE or unwatched:
        return f"{claim(incident)}: {whom_said(incident)}"
    is_well = not incident.is_open or incident.good_polls
    about = "" if incident.subject.cluster is None else f" about {whom(incident)}"
    said = "answers again" if is_well else _unheard(incident)
    return f"{ocp_name(incident.subject.source, _SHORT)} {said}{about}"


def claim(incident: Incident) -> str:
    """Say what is so, before whom it is so of: ``Log backup has stopped``; plain text."""
    if isinstance(incident.because, NotWatched):
        return "No longer watched"
    if not incident.is_open:
        return "Log backup is well again"
    return "Well again, closes if that lasts" if incident.good_polls else f"Log backup {what(incident)}"
