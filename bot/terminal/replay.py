"""What a replay tells: a line of JSON for programs, a table and time lines for people."""

import json
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import chain
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.domain.incident import Change, Incident, IncidentNumber, Transition
from bot.domain.problem import Problem, Severity
from bot.domain.reading import FailedReading, Reading
from bot.domain.task import WHOLE_CLUSTER, SourceName
from bot.terminal.screen import screen, show_table
from bot.views.trouble import whom
from bot.views.wording import because, clean, count, duration, plain_time, plain_voice

KEPT = 500
"""So many incidents are told, the worst: a replay of years needs no more memory than one of days."""
KEPT_STEPS = 20
"""So many first and as many last steps of an incident are told."""
_PATH = 120
_STYLES = {Severity.CRITICAL: "bold red", Severity.WARNING: "yellow"}
_ALERTS = frozenset({Change.OPENED, Change.REOPENED, Change.WORSENED})
_DAY = timedelta(days=1)
_PRECISE = 10


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


@dataclass(frozen=True, slots=True)
class _Step:
    at: datetime
    change: Change
    severity: Severity
    problem: Problem
    because: str


@dataclass(slots=True)
class _Told:
    """One incident as it was last, and its first and last steps."""

    incident: Incident
    problems: Counter[Problem] = field(default_factory=Counter)
    first: list[_Step] = field(default_factory=list)
    last: deque[_Step] = field(default_factory=lambda: deque(maxlen=KEPT_STEPS))
    steps: int = 0

    def add(self, transition: Transition, zone: tzinfo) -> None:
        after = transition.after
        sentence = because(transition.because, plain_voice(zone))
        step = _Step(transition.at, transition.change, after.severity, after.problem, sentence)
        self.incident = after
        self.steps += 1
        if transition.change is not Change.RESOLVED:
            self.problems[after.problem] += 1
        if len(self.first) < KEPT_STEPS:
            self.first.append(step)
        else:
            self.last.append(step)

    @property
    def left_out(self) -> int:
        return self.steps - len(self.first) - len(self.last)


class ReplayReport:
    """Collects what a replay brings, for people: incidents, how long, how bad, alerts a day."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._told: dict[IncidentNumber, _Told] = {}
        self._sources: set[SourceName] = set()
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._opened: Counter[Severity] = Counter()
        self._observations = 0
        self._alerts = 0
        self._crowded = 2 * KEPT

    def saw(self, item: Reading | FailedReading) -> None:
        """Note a reading, or one that failed."""
        at = item.at
        if self._first is None or at < self._first:
            self._first = at
        if self._last is None or at > self._last:
            self._last = at
        if isinstance(item, Reading):
            self._observations += len(item.tasks)
            self._sources.add(item.cluster.source)
        else:
            self._sources.add(item.source)

    def add(self, transition: Transition) -> None:
        """Take one transition."""
        before, after = transition.before, transition.after
        told = self._told.setdefault(after.number, _Told(after))
        told.add(transition, self._zone)
        self._alerts += transition.change in _ALERTS
        if transition.change is Change.OPENED:
            self._opened[after.worst_severity] += 1
        elif before is not None and before.worst_severity is not after.worst_severity:
            self._opened[before.worst_severity] -= 1
            self._opened[after.worst_severity] += 1
        if len(self._told) >= self._crowded:
            self._forget_the_least_bad()

    def still_open(self, incidents: Iterable[Incident]) -> None:
        """Take what is open at the end as it is then: the delay has grown since the last transition."""
        for incident in incidents:
            self._told[incident.number].incident = incident

    def _forget_the_least_bad(self) -> None:
        """Keep what is still open, of which there are no more than tasks, and the worst of what is over."""
        worst = self._worst()
        opened = [told for told in worst if told.incident.is_open]
        over = [told for told in worst if not told.incident.is_open][:KEPT]
        self._told = {told.incident.number: told for told in (*opened, *over)}
        self._crowded = max(2 * KEPT, 2 * len(self._told))

    def _worst(self) -> list[_Told]:
        return sorted(self._told.values(), key=lambda told: self._badness(told.incident))

    def _badness(self, incident: Incident) -> tuple[int, timedelta, int]:
        return (-incident.worst_severity, -self._lasted(incident), incident.number)

    def _lasted(self, incident: Incident) -> timedelta:
        end = incident.resolved_at or self._last or incident.changed_at
        return end - incident.opened_at

    def show(self, out: TextIO) -> None:
        """Print the summary, the table and the time lines, the worst first."""
        console = screen(out)
        for line in self._summary():
            console.print(line, soft_wrap=True)
        worst = self._worst()[:KEPT]
        if not worst:
            return
        console.print()
        show_table(console, self._table(worst, self._names(worst)))
        for told in worst:
            self._timeline(console, told)
        more = self._opened.total() - len(worst)
        if more > 0:
            console.print(f"\n…and {count(more, 'incident')} less bad: --json lists every one.")

    def _summary(self) -> list[str]:
        if self._first is None or self._last is None:
            return ["Nothing was read: no poll, and none that failed."]
        span = self._last - self._first
        incidents, critical = self._opened.total(), self._opened[Severity.CRITICAL]
        if incidents == 0:
            told = f"No incident in {duration(span)}: nobody would have been alerted."
        else:
            rate = self._alerts / max(span / _DAY, timedelta(hours=1) / _DAY)
            pace = f"{rate:,.1f}" if rate < _PRECISE else f"{rate:,.0f}"
            told = (
                f"{count(incidents, 'incident')} in {duration(span)}, {critical:,} of them critical; "
                f"{count(self._alerts, 'alert')}, "
                + (f"{pace} a day." if span >= _DAY else f"which would be {pace} a day.")
            )
        begin, end = plain_time(self._first, self._zone), plain_time(self._last, self._zone)
        return [told, f"Read: {count(self._observations, 'observation')} from {begin} to {end}."]

    def _names(self, worst: Sequence[_Told]) -> list[str]:
        """Name each incident; with its source where there are several, with its path where names agree."""
        names = [self._name(told.incident) for told in worst]
        subjects = {(name, told.incident.subject.key) for name, told in zip(names, worst, strict=True)}
        shared = Counter(name for name, _ in subjects)
        return [
            f"{name} {clean(path, _PATH)}"
            if shared[name] > 1 and (path := told.incident.subject.destination)
            else name
            for name, told in zip(names, worst, strict=True)
        ]

    def _name(self, incident: Incident) -> str:
        subject = incident.subject
        name = whom(incident)
        if subject.key.startswith("task:") and subject.tenant is None:
            name += f" ({WHOLE_CLUSTER})"
        several = len(self._sources) > 1 and subject.cluster is not None
        return f"{clean(subject.source)}/{name}" if several else name

    def _table(self, worst: Sequence[_Told], names: Sequence[str]) -> Table:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("incident", "problems", "began", "lasted", "worst", "most behind"):
            table.add_column(heading, no_wrap=heading not in {"incident", "problems"}, overflow="fold")
        for told, name in zip(worst, names, strict=True):
            incident = told.incident
            lasted = duration(self._lasted(incident)) + (", still open" if incident.is_open else "")
            table.add_row(
                name,
                ", ".join(problem.value for problem in told.problems),
                plain_time(incident.opened_at, self._zone),
                lasted,
                Text(incident.worst_severity.word, style=_STYLES[incident.worst_severity]),
                "" if incident.worst_delay is None else duration(incident.worst_delay),
            )
        return table

    def _timeline(self, console: Console, told: _Told) -> None:
        console.print()
        heading = Text(self._name(told.incident), style="bold")
        path = told.incident.subject.destination
        if path:
            heading.append(f"  {clean(path, _PATH)}", style="not bold dim")
        console.print(heading, soft_wrap=True)
        more = told.left_out
        gap = [None] if more else []
        for step in chain(told.first, gap, told.last):
            if step is None:
                console.print(f"  …{count(more, 'step')} between…")
                continue
            line = Text(f"  {plain_time(step.at, self._zone)}  {step.change.value:<8}  ")
            over = step.change is Change.RESOLVED
            state = "" if over else f"{step.severity.word} {step.problem.value}"
            line.append(f"{state:<20}", "" if over else _STYLES[step.severity])
            line.append(f"  {step.because}")
            console.print(line, soft_wrap=True)
