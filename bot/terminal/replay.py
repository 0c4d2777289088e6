"""What a replay tells: a line of JSON for programs, a table and time lines for people."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.domain.incident import Change, Incident, IncidentNumber, Transition
from bot.domain.problem import Severity
from bot.views.wording import because, clean, count, duration, plain_time

TIMELINES = 50
"""So many incidents are told step by step; the rest is counted."""
_STYLES = {Severity.CRITICAL: "red", Severity.WARNING: "yellow"}


def transition_line(transition: Transition) -> str:
    """Write one transition as one line of JSON."""
    after = transition.after
    subject = after.subject
    line = {
        "at": _instant(transition.at),
        "source": subject.source,
        "cluster": subject.cluster_label,
        "tenant": subject.tenant_label,
        "problem": after.problem.value,
        "severity": after.severity.word,
        "transition": transition.change.value,
        "because": because(transition.because),
    }
    return json.dumps(line, ensure_ascii=False)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(slots=True)
class ReplayReport:
    """Collects what a replay brings, for people: incidents, how long, how bad, alerts a day."""

    incidents: dict[IncidentNumber, Incident] = field(default_factory=dict)
    steps: dict[IncidentNumber, list[Transition]] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None
    alerts: int = 0

    def saw(self, at: datetime) -> None:
        """Note the time of a reading."""
        self.first = at if self.first is None else min(self.first, at)
        self.last = at if self.last is None else max(self.last, at)

    def add(self, transition: Transition) -> None:
        """Take one transition."""
        number = transition.after.number
        self.incidents[number] = transition.after
        self.steps.setdefault(number, []).append(transition)
        self.alerts += transition.change in (Change.OPENED, Change.REOPENED, Change.WORSENED)

    def show(self, console: Console, observations: int, damaged: int, zone: tzinfo) -> None:
        """Print the summary, the table and the time lines, the worst first."""
        span = timedelta(0) if self.first is None or self.last is None else self.last - self.first
        days = max(span / timedelta(days=1), 1 / 24)
        console.print(
            f"{count(len(self.incidents), 'incident')} in {duration(span)}"
            f" and {count(observations, 'observation')}"
            f" · {self.alerts / days:.1f} alerts a day"
            + (f" · {count(damaged, 'damaged line')} skipped" if damaged else "")
        )
        if not self.incidents:
            return
        worst = sorted(self.incidents.values(), key=self._badness)
        console.print(self._table(worst, zone))
        for incident in worst[:TIMELINES]:
            self._timeline(console, incident, zone)
        if len(worst) > TIMELINES:
            console.print(f"…and {len(worst) - TIMELINES} more incidents: --json lists every one.")

    def _badness(self, incident: Incident) -> tuple[int, float, int]:
        return (-incident.worst_severity, -self._lasted(incident).total_seconds(), incident.number)

    def _lasted(self, incident: Incident) -> timedelta:
        end = incident.resolved_at or self.last or incident.changed_at
        return end - incident.opened_at

    def _table(self, worst: Sequence[Incident], zone: tzinfo) -> Table:
        table = Table(box=None, pad_edge=False)
        for heading in ("incident", "what", "began", "lasted", "worst", "delay at worst"):
            table.add_column(heading, no_wrap=heading != "incident")
        for incident in worst:
            severity = Text(incident.worst_severity.word, style=_STYLES[incident.worst_severity])
            lasted = duration(self._lasted(incident)) + ("" if incident.resolved_at else ", still open")
            delay = "" if incident.worst_delay is None else duration(incident.worst_delay)
            problems = Counter(step.after.problem.value for step in self.steps[incident.number])
            table.add_row(
                Text(clean(incident.subject.name)),
                ", ".join(problems),
                plain_time(incident.opened_at, zone),
                lasted,
                severity,
                delay,
            )
        return table

    def _timeline(self, console: Console, incident: Incident, zone: tzinfo) -> None:
        console.print()
        console.print(Text(clean(incident.subject.name), style="bold"))
        for step in self.steps[incident.number]:
            line = Text(f"  {plain_time(step.at, zone)}  {step.change.value:<9} ")
            line.append(
                f"{step.after.severity.word} {step.after.problem.value}", _STYLES[step.after.severity]
            )
            line.append(f"  {because(step.because)}")
            console.print(line, soft_wrap=True)
