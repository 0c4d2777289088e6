"""Logs a poll: the transitions, what was learned, and one line for the cycle."""

from bot.domain.incident import Transition, task_subject
from bot.domain.roster import Learned
from bot.operations.judge_poll import Decided
from bot.operations.ports import Journal, Source
from bot.operations.read_source import PollResult, tell_failures
from bot.operations.source_state import SourceState
from bot.views.wording import because, duration


def report_poll(
    state: SourceState,
    result: PollResult,
    decided: Decided,
    transitions: tuple[Transition, ...],
    source: Source,
    journal: Journal,
) -> None:
    """Log the transitions, what was learned, and one line for the cycle."""
    state.failing = tell_failures(state.failing, result, source, journal)
    state.unresolved = source.unresolved_clusters
    for transition in transitions:
        incident = transition.after
        journal.info(
            "incident " + transition.change.value,
            incident=incident.number,
            source=state.source,
            subject=incident.subject.name,
            problem=incident.problem.value,
            severity=incident.severity.word,
        )
    for learned in (learned for folded in decided.folded for learned in folded.learned):
        _report_learned(learned, journal)
    journal.info(
        "poll",
        source=state.source,
        clusters=len(result.readings),
        unread=len(result.failures),
        tasks=state.tasks,
        skipped=sum(reading.skipped for reading in result.readings),
        seconds=round(result.took.total_seconds(), 3),
    )


def _report_learned(learned: Learned, journal: Journal) -> None:
    """Log what is normal for a task from now on: it is told, and wakes nobody."""
    subject, rhythm, level = task_subject(learned.task).name, learned.rhythm, learned.level
    if rhythm is not None:
        journal.info("new rhythm", subject=subject, because=because(rhythm))
    if level is not None:
        journal.info(
            "new level",
            subject=subject,
            before=duration(level.before),
            now=duration(level.now),
            at=level.at.isoformat(),
        )
