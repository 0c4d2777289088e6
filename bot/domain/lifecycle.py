"""The life of an incident: how an assessment moves it on, and how it ends when nobody watches any more."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.evidence import NewRhythm, NotWatched
from bot.domain.finding import Assessment, RecoveryGap, Verdict
from bot.domain.incident import UNNUMBERED, Change, Incident, Lifecycle, Step, Subject, Transition
from bot.domain.thresholds import Thresholds

_AT_ONCE = timedelta(minutes=1)
"""What began so shortly before it was first looked at was there already: nobody knows since when."""


def advance(
    incident: Incident | None,
    subject: Subject,
    assessment: Assessment,
    thresholds: Thresholds,
    now: datetime,
    *,
    offset: timedelta = timedelta(0),
    checkpoint: datetime | None = None,
    first_look: bool = False,
) -> Step:
    """Move a subject's incident on by one assessment.

    ``incident`` is the subject's last one, open or resolved, or None. ``now`` is our clock and
    ``offset`` how far it is ahead of OCP's. An UNKNOWN assessment changes nothing. ``first_look`` is whether
    nobody watched it before.
    """
    match assessment.verdict:
        case Verdict.UNKNOWN:
            return Step(incident)
        case Verdict.CLEAR:
            return _on_clear(incident, assessment, thresholds, now, offset)
        case Verdict.HOLDS:
            if incident is None or not incident.is_open:
                return _on_new(
                    incident, subject, assessment, thresholds, now, offset, checkpoint, first_look=first_look
                )
            return _on_lasting(incident, assessment, thresholds, now, offset)
    assert_never(assessment.verdict)


def _gap(known: RecoveryGap | None, assessment: Assessment, offset: timedelta) -> RecoveryGap | None:
    """Give the gap as last observed, in our clock; one that was seen is not forgotten."""
    if assessment.gap is None:
        return known
    return RecoveryGap(start=assessment.gap.start + offset, end=assessment.gap.end + offset)


def _on_new(
    last: Incident | None,
    subject: Subject,
    assessment: Assessment,
    thresholds: Thresholds,
    now: datetime,
    offset: timedelta,
    checkpoint: datetime | None,
    *,
    first_look: bool,
) -> Step:
    opening = [finding for finding in assessment.findings if finding.opens]
    if not opening:
        return Step(last)
    gravest = opening[0]
    severity = max(finding.severity for finding in opening)
    if (
        last is not None
        and last.resolved_at is not None
        and not isinstance(last.because, NotWatched)
        and now - last.resolved_at <= thresholds.reopen_within
    ):
        again = replace(
            last,
            lifecycle=Lifecycle.FIRING,
            problem=gravest.problem,
            severity=severity,
            because=gravest.evidence,
            changed_at=now,
            resolved_at=None,
            worst_severity=max(last.worst_severity, severity),
            worst_delay=_larger(last.worst_delay, assessment.delay),
            delay=assessment.delay,
            good_polls=0,
            good_since=None,
            closing_hold=assessment.closing_hold,
            reopened=last.reopened + 1,
            gap=_gap(last.gap, assessment, offset),
        )
        return Step(again, Transition(Change.REOPENED, last, again, now, gravest.evidence))
    since = min(gravest.since + offset, now)
    waiting = thresholds.pending > timedelta(0)
    opened = Incident(
        number=UNNUMBERED,
        subject=subject,
        lifecycle=Lifecycle.PENDING if waiting else Lifecycle.FIRING,
        problem=gravest.problem,
        severity=severity,
        because=gravest.evidence,
        since=since,
        opened_at=now,
        changed_at=now,
        worst_severity=severity,
        worst_delay=assessment.delay,
        delay=assessment.delay,
        checkpoint=None if checkpoint is None else checkpoint + offset,
        already=first_look and now - since < _AT_ONCE,
        closing_hold=assessment.closing_hold,
        gap=_gap(None, assessment, offset),
    )
    return Step(opened, None if waiting else Transition(Change.OPENED, None, opened, now, gravest.evidence))


def _on_lasting(
    incident: Incident, assessment: Assessment, thresholds: Thresholds, now: datetime, offset: timedelta
) -> Step:
    """Move on what is open: what would not open an incident, as catching up, makes none worse either."""
    gravest = assessment.findings[0]
    opens = any(finding.opens for finding in assessment.findings)
    severity = assessment.severity if opens else min(assessment.severity, incident.severity)
    after = replace(
        incident,
        problem=gravest.problem,
        severity=severity,
        because=gravest.evidence,
        worst_severity=max(incident.worst_severity, severity),
        worst_delay=_larger(incident.worst_delay, assessment.delay),
        delay=assessment.delay,
        good_polls=0,
        good_since=None,
        closing_hold=max(incident.closing_hold, assessment.closing_hold),
        gap=_gap(incident.gap, assessment, offset),
    )
    if incident.lifecycle is Lifecycle.PENDING:
        if not opens or now - incident.opened_at < thresholds.pending:
            return Step(after)
        fired = replace(after, lifecycle=Lifecycle.FIRING, changed_at=now)
        return Step(fired, Transition(Change.OPENED, None, fired, now, gravest.evidence))
    before_rank = (incident.severity, incident.problem.gravity)
    after_rank = (severity, gravest.problem.gravity)
    if after_rank == before_rank:
        return Step(after)
    after = replace(after, changed_at=now)
    change = Change.WORSENED if opens and after_rank > before_rank else Change.EASED
    return Step(after, Transition(change, incident, after, now, gravest.evidence))


def _on_clear(
    incident: Incident | None,
    assessment: Assessment,
    thresholds: Thresholds,
    now: datetime,
    offset: timedelta,
) -> Step:
    if incident is None or not incident.is_open:
        return Step(incident)
    if incident.lifecycle is Lifecycle.PENDING:
        return Step(None)
    good_since = incident.good_since or assessment.at
    after = replace(
        incident,
        delay=assessment.delay,
        good_polls=incident.good_polls + 1,
        good_since=good_since,
        gap=_gap(incident.gap, assessment, offset),
    )
    held = assessment.at - good_since
    if after.good_polls < thresholds.closing_polls or held < max(
        incident.closing_hold, assessment.closing_hold
    ):
        return Step(after)
    because = assessment.because if isinstance(assessment.because, NewRhythm) else after.because
    resolved = replace(after, lifecycle=Lifecycle.RESOLVED, because=because, changed_at=now, resolved_at=now)
    return Step(resolved, Transition(Change.RESOLVED, incident, resolved, now, assessment.reason))


def retire(incident: Incident, because: NotWatched, now: datetime) -> Step:
    """End an incident whose subject is no longer watched: nothing more will be learnt of it.

    One that was pending was never there; one that is over stays as it is.
    """
    match incident.lifecycle:
        case Lifecycle.RESOLVED:
            return Step(incident)
        case Lifecycle.PENDING:
            return Step(None)
        case Lifecycle.FIRING:
            ended = replace(
                incident, lifecycle=Lifecycle.RESOLVED, because=because, changed_at=now, resolved_at=now
            )
            return Step(ended, Transition(Change.RESOLVED, incident, ended, now, because))
    assert_never(incident.lifecycle)


def _larger(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    if one is None or other is None:
        return one if other is None else other
    return max(one, other)
