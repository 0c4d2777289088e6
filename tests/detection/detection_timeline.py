"""Time lines in the manner of promtool, for tests: ``60 +30x10 _ FAILED``.

A time line is words, each one or more polls of one task at a fixed interval:

``60``          a poll that sees a delay of 60 s
``60x5``        five of them: the checkpoint moves with time
``+30x10``      ten polls, each of which sees 30 s more than the one before (at an interval of 30 s it stands)
``-60x4``       four, each of which sees 60 s less
``~120x40``     forty polls of healthy teeth: a checkpoint every 120 s, 20 s behind the moment it is published
``_``, ``_x4``  a poll that was not made, or was lost
``FAILED``      a poll that reports this status; the checkpoint stays where it was
``FAILEDx3``    three of them
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.detection import TaskMemory, evaluate
from bot.domain.finding import Assessment
from bot.domain.incident import Incident, Transition, task_subject
from bot.domain.lifecycle import advance
from bot.domain.status import read_status
from bot.domain.task import ClusterId, SourceName, Task, TaskKey
from bot.domain.thresholds import Thresholds

START = datetime(2026, 1, 1, tzinfo=UTC)
KEY = TaskKey(SourceName("prod"), ClusterId(1000005), "1002", "file:///obbackup/")
LAG = 20.0

_WORD = re.compile(r"(?P<what>[+-]?\d+(?:\.\d+)?|~\d+|_|[A-Z]+)(?:x(?P<times>\d+))?")


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll: seconds since the start, the checkpoint likewise, and the status."""

    at: float
    checkpoint: float
    status: str


def polls(line: str, interval: float = 30.0) -> Iterator[Poll]:
    """Read a time line."""
    at, checkpoint = 0.0, -60.0
    for word in line.split():
        found = _WORD.fullmatch(word)
        if found is None:
            raise ValueError(f"{word!r} is no word of a time line")
        what = found["what"]
        for _ in range(int(found["times"] or 1)):
            at += interval
            if what == "_":
                continue
            status = "RUNNING"
            if what[0] == "~":
                published = at - at % float(what[1:])
                checkpoint = max(checkpoint, published - LAG)
            elif what[0] in "+-":
                checkpoint += interval - float(what)
            elif what.isalpha():
                status = what
            else:
                checkpoint = at - float(what)
            yield Poll(at, checkpoint, status)


def moment(seconds: float) -> datetime:
    """Give the instant so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def task(
    checkpoint: float | None,
    status: str = "RUNNING",
    *,
    delay: float | None = None,
    created: float | None = None,
    cluster_type: str | None = None,
    error: str | None = None,
) -> Task:
    """Give the task as a poll listed it; times are seconds since the start."""
    return Task(
        key=KEY,
        status=read_status(status),
        checkpoint=None if checkpoint is None else moment(checkpoint),
        delay=None if delay is None else timedelta(seconds=delay),
        created_at=None if created is None else moment(created),
        cluster_type=cluster_type,
        error=error,
    )


@dataclass(slots=True)
class Watch:
    """One task being watched: its memory, its incident, and all that was said."""

    thresholds: Thresholds = Thresholds()  # noqa: RUF009 - it is frozen
    memory: TaskMemory | None = None
    incident: Incident | None = None
    assessment: Assessment | None = None
    transitions: list[Transition] = None  # type: ignore[assignment] # set below, once for each watch

    def __post_init__(self) -> None:
        """Begin with nothing said."""
        self.transitions = []

    def see(self, seconds: float, seen: Task) -> Assessment:
        """Take in one poll."""
        at = moment(seconds)
        self.memory, assessment = evaluate(self.memory, seen, at, self.thresholds)
        step = advance(self.incident, task_subject(seen), assessment, self.thresholds, at)
        self.incident = step.incident
        if step.transition is not None:
            self.transitions.append(step.transition)
        self.assessment = assessment
        return assessment

    def follow(self, line: str, interval: float = 30.0) -> "Watch":
        """Take in a whole time line."""
        for poll in polls(line, interval):
            self.see(poll.at, task(poll.checkpoint, poll.status))
        return self

    @property
    def story(self) -> list[str]:
        """What was said: ``opened stalled warning``, in order."""
        return [
            f"{change.change} {change.after.problem} {change.after.severity.word}"
            if change.change != "resolved"
            else "resolved"
            for change in self.transitions
        ]
