"""What the rules say of one subject at one reading."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.evidence import Evidence, NewRhythm, Unclear, Well
from bot.domain.problem import Problem, Severity
from bot.domain.values import value


class Verdict(StrEnum):
    """What an assessment amounts to. UNKNOWN opens nothing and closes nothing."""

    HOLDS = "holds"
    CLEAR = "clear"
    UNKNOWN = "unknown"


_CLEAR = Verdict.CLEAR


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem that holds, since when (OCP's clock), how severe, and because of what.

    ``opens`` is False for what keeps an incident open but would not open one: a task that runs
    again but has not caught up.
    """

    problem: Problem
    severity: Severity
    since: datetime
    evidence: Evidence
    opens: bool = True


@dataclass(frozen=True, slots=True)
class RecoveryGap:
    """Nothing written from ``start`` to ``end`` (OCP's clock) can be restored, as observations show.

    ``start`` is the last checkpoint of what ended, ``end`` the beginning of what was started anew.
    """

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class NewLevel:
    """The delay has stepped from ``before`` to ``now`` at about ``at`` and stayed: told, not announced."""

    before: timedelta
    now: timedelta
    at: datetime


_WELL = Well()
_WELLS = {
    (learned, judged): Well(None, learned, judged) for learned in (True, False) for judged in (True, False)
}
_NO_TIME = timedelta(0)


@value(frozen=True, slots=True)
class Assessment:
    """All that the rules say of one subject at ``at`` (OCP's clock; ours for an unreachable source).

    ``verdict`` HOLDS has at least one finding, the gravest first. CLEAR means positively well: the
    status runs, the checkpoint moves and the delay is back in the task's normal range. UNKNOWN is
    everything that proves neither. ``closing_hold`` is how long it must stay CLEAR before an incident
    resolves, on top of the number of good polls (one whole rhythm after a stall or a growth).

    Facts beside the verdict, None where there is nothing to tell: ``gap`` from when it is seen until the
    trouble is over; ``learned`` and ``told`` at the one observation that proves them.
    """

    at: datetime
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    delay: timedelta | None = None
    closing_hold: timedelta = timedelta(0)
    because: Evidence = _WELL
    """Why; of what is well without its delay, so that a fleet shares a few."""
    gap: RecoveryGap | None = None
    learned: NewRhythm | None = None
    told: NewLevel | None = None

    @property
    def gravest(self) -> Finding | None:
        """The finding that names the incident."""
        return self.findings[0] if self.findings else None

    @property
    def reason(self) -> Evidence:
        """Why, as it is told: of what is well with its delay."""
        if isinstance(self.because, Well):
            return replace(self.because, delay=self.delay)
        return self.because

    @property
    def severity(self) -> Severity:
        """The highest severity of all that holds. Raises ValueError where nothing holds."""
        return max(finding.severity for finding in self.findings)


def holding(
    at: datetime,
    findings: list[Finding],
    *,
    delay: timedelta | None = None,
    closing_hold: timedelta = timedelta(0),
) -> Assessment:
    """Make the assessment in which these findings hold, sorted from the gravest."""
    ordered = tuple(sorted(findings, key=lambda finding: -finding.problem.gravity))
    return Assessment(
        at=at,
        verdict=Verdict.HOLDS,
        findings=ordered,
        delay=delay,
        closing_hold=closing_hold,
        because=ordered[0].evidence,
    )


def clear(
    at: datetime,
    *,
    delay: timedelta | None = None,
    closing_hold: timedelta = _NO_TIME,
    learned: bool = True,
    judged: bool = True,
) -> Assessment:
    """Make the assessment of a subject that is positively well; ``learned`` and ``judged`` as in Well."""
    return Assessment(at, _CLEAR, (), delay, closing_hold, _WELLS[learned, judged])


def unknown(at: datetime, why: str, *, delay: timedelta | None = None) -> Assessment:
    """Make the assessment of an observation that proves nothing, and say why in a short clause."""
    return Assessment(at=at, verdict=Verdict.UNKNOWN, delay=delay, because=Unclear(why=why))
