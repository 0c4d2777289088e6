"""What becomes normal for a task is told, and wakes nobody for longer than it must."""

from datetime import datetime, timedelta

from bot.domain.evidence import NewRhythm, StoodStill
from bot.domain.finding import Assessment, Finding, Verdict, holding
from bot.domain.incident import Incident, task_subject
from bot.domain.lifecycle import advance
from bot.domain.notification import ChangeContent, OutboxId, Reason
from bot.domain.problem import Problem, Severity
from bot.domain.routing import Routing
from bot.domain.task import ClusterId, SourceName, Task
from bot.domain.thresholds import Thresholds
from bot.operations.source_state import SourceState
from bot.operations.watch_tasks import Watching, poll
from bot.views.change_reply import change_message
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.listed_source import PAY, PROD, ListedSource, task, teeth
from tests.fakes.manual_clock import START, ManualClock
from tests.fakes.memory_store import MemoryStore

POLL = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)
RHYTHM = NewRhythm(10 * MINUTE, 2 * MINUTE, 11 * MINUTE, 3 * MINUTE, START)


def limits(_s: SourceName, _i: ClusterId | None, _c: str | None, _t: str | None) -> Thresholds:
    return Thresholds()


async def watched(hours: float, checkpoint_of: "CheckpointOf") -> ListedJournal:
    """Watch one task for so long and give the log."""
    clock, journal = ManualClock(), ListedJournal()
    source = ListedSource(clock)

    def rows(at: datetime) -> list[Task]:
        return [task(checkpoint=checkpoint_of(at))]

    source.rows[PAY] = rows
    state = SourceState(PROD, POLL)
    watching = Watching(
        source=source,
        store=MemoryStore(),
        clock=clock,
        journal=journal,
        thresholds_for=limits,
        routing_for=lambda subscriptions, refusing: Routing(
            None, (), tuple(subscriptions), refusing=refusing
        ),
        new_id=lambda: OutboxId("one"),
        owed=lambda: None,
    )
    while clock.now() - START < timedelta(hours=hours):
        await poll(state, watching)
        clock.advance(POLL)
    return journal


class CheckpointOf:
    """Teeth of one period until a moment, then of another, or so much further behind."""

    def __init__(self, change: datetime, period: timedelta, further: timedelta = timedelta(0)) -> None:
        self._change, self._period, self._further = change, period, further

    def __call__(self, at: datetime) -> datetime:
        if at < self._change:
            return teeth(at)
        return max(teeth(at, self._period) - self._further, self._change - 2 * MINUTE)


async def test_a_slower_rhythm_that_stays_is_accepted_and_said() -> None:
    journal = await watched(6, CheckpointOf(START + timedelta(hours=2), timedelta(minutes=16)))
    told = [facts for _, event, facts in journal.events if event == "new rhythm"]
    assert len(told) == 1
    assert told[0]["subject"] == "pay/orders"
    assert "normal for it from now on" in str(told[0]["because"])
    assert journal.names().count("incident opened") == journal.names().count("incident resolved") <= 1


async def test_a_step_to_a_new_level_is_told_and_not_announced() -> None:
    step = CheckpointOf(START + timedelta(hours=2), 2 * MINUTE, timedelta(seconds=90))
    journal = await watched(6, step)
    told = [facts for _, event, facts in journal.events if event == "new level"]
    assert [facts["subject"] for facts in told] == ["pay/orders"]
    assert "incident opened" not in journal.names()


def incident() -> Incident:
    stood = StoodStill(9 * MINUTE, 2 * MINUTE, 10 * MINUTE, 10 * MINUTE)
    found = holding(START, [Finding(Problem.STALLED, Severity.WARNING, START, stood)])
    opened = advance(None, task_subject(task()), found, Thresholds(), START).incident
    assert opened is not None
    return opened


def test_an_incident_that_a_new_rhythm_ends_says_so_in_its_thread() -> None:
    before = incident()
    normal = Assessment(START + MINUTE, Verdict.CLEAR, because=RHYTHM)
    first = advance(before, before.subject, normal, Thresholds(), START + MINUTE).incident
    later = Assessment(START + 2 * MINUTE, Verdict.CLEAR, because=RHYTHM)
    over = advance(first, before.subject, later, Thresholds(), START + 2 * MINUTE)
    assert over.transition is not None
    after = over.transition.after
    said = change_message(ChangeContent(before, after, Reason.RECOVERED, START + 2 * MINUTE)).text
    assert "It now moves every 10 min (before: 2 min)" in said
