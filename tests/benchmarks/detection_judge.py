"""Judging a detector on a labelled trace: the whole lifecycle, from the observation to the transition."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

from bot.domain.detection import TaskMemory, decode, encode, evaluate
from bot.domain.incident import Change, Incident, task_subject
from bot.domain.lifecycle import advance
from bot.domain.status import Status, read_status
from bot.domain.task import ClusterId, SourceName, Task, TaskKey
from bot.domain.thresholds import Thresholds
from tests.benchmarks.detection_traces import Observation, Trace

OPEN_TOO_LONG = 3000.0
KEY = TaskKey(SourceName("bench"), ClusterId(1), "1001", "file:///backup/")
STATUSES: dict[str, Status] = {word: read_status(word) for word in ("RUNNING", "FAILED", "INTERRUPTED")}

Edges = list[tuple[float, bool]]
"""When an alarm was raised (True) and taken back (False)."""
Detector = Callable[[Trace], Edges]


def as_task(observation: Observation) -> Task:
    """Give the task as this poll listed it."""
    return Task(
        key=KEY,
        status=STATUSES[observation.status],
        checkpoint=datetime.fromtimestamp(observation.checkpoint, UTC),
    )


def ours(trace: Trace) -> Edges:
    """Run our rules and our lifecycle; at a restart the memory goes through its bytes."""
    memory: TaskMemory | None = None
    incident: Incident | None = None
    thresholds = Thresholds()
    subject = task_subject(as_task(trace.observations[0]))
    restarts = sorted(trace.restarts, reverse=True)
    edges: Edges = []
    for observation in trace.observations:
        if restarts and observation.at >= restarts[-1] and memory is not None:
            restarts.pop()
            memory = decode(encode(memory))
        at = datetime.fromtimestamp(observation.at, UTC)
        memory, assessment = evaluate(memory, as_task(observation), at, thresholds)
        step = advance(incident, subject, assessment, thresholds, at)
        incident = step.incident
        if step.transition is not None:
            match step.transition.change:
                case Change.OPENED | Change.REOPENED:
                    edges.append((observation.at, True))
                case Change.RESOLVED:
                    edges.append((observation.at, False))
                case _:
                    pass
    return edges


@dataclass(slots=True)
class Score:
    """What a detector did on the traces of one kind."""

    seconds: float = 0.0
    false_alarms: int = 0
    incidents: int = 0
    missed: int = 0
    twice: int = 0
    early: int = 0
    late_open: int = 0
    delays: list[float] = field(default_factory=list)

    @property
    def per_week(self) -> float:
        """False alarms per task-week."""
        return self.false_alarms / (self.seconds / 604_800.0) if self.seconds else 0.0

    @property
    def median(self) -> float:
        """Median of the time to detect; NaN where nothing was."""
        return median(self.delays) if self.delays else float("nan")

    @property
    def high(self) -> float:
        """95th percentile of the time to detect."""
        if not self.delays:
            return float("nan")
        ordered = sorted(self.delays)
        place = 0.95 * (len(ordered) - 1)
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (place - below) * (ordered[above] - ordered[below])

    def add(self, trace: Trace, edges: Edges) -> None:
        """Count one trace."""
        start, end = trace.observations[0].at, trace.observations[-1].at
        raised = [at for at, up in edges if up and at >= trace.judged_from]
        if trace.onset is None or trace.over is None:
            self.seconds += end - max(start, trace.judged_from)
            self.false_alarms += len(raised)
            return
        grace = trace.over + OPEN_TOO_LONG
        self.seconds += max(0.0, trace.onset - start) + max(0.0, end - grace)
        self.incidents += 1
        self.false_alarms += sum(at < trace.onset or at > grace for at in raised)
        hits = [at for at in raised if trace.onset <= at <= trace.over]
        if not hits:
            self.missed += 1
        else:
            self.delays.append(hits[0] - trace.onset)
        self.twice += max(0, sum(trace.onset <= at <= grace for at in raised) - 1)
        self.early += sum(not up and hits[0] < at < trace.over for at, up in edges) if hits else 0
        self.late_open += _open_at(edges, grace) if grace <= end else 0

    def merge(self, scores: Iterable["Score"]) -> "Score":
        """Add what other parts counted."""
        for score in scores:
            self.seconds += score.seconds
            self.false_alarms += score.false_alarms
            self.incidents += score.incidents
            self.missed += score.missed
            self.twice += score.twice
            self.early += score.early
            self.late_open += score.late_open
            self.delays.extend(score.delays)
        return self


def _open_at(edges: Edges, moment: float) -> bool:
    state = False
    for at, up in edges:
        if at > moment:
            break
        state = up
    return state
