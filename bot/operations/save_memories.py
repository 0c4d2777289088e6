"""Saves what the rules remember of tasks, so that a restart has little to catch up with."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.domain.detection import encode
from bot.domain.roster import KnownTask
from bot.domain.task import SourceName
from bot.operations.in_slices import in_slices
from bot.operations.judge_poll import Decided
from bot.operations.packed_tasks import PACKED_AT_ONCE, pack, pack_name
from bot.operations.source_state import SourceState
from bot.operations.store_port import TaskRecord, WriteSession

MEMORY_AGE = timedelta(minutes=5)
"""What the rules remember is saved this often; a restart catches up from the stored observations."""
ROWS_AGE = timedelta(hours=1)
"""The row of every task is written this often, else only where more changed than what a pack holds."""
WRITTEN_AT_ONCE = 500
"""So many tasks go into one statement: each costs a millisecond, and others wait while it is made."""


def memory_is_due(state: SourceState, now: datetime) -> bool:
    """Whether what is kept is too old; after a start its age is by OCP's clock, which may be ahead."""
    return _is_older(state.memory_kept_at, MEMORY_AGE, now)


def rows_are_due(state: SourceState, now: datetime) -> bool:
    """Whether the rows are too old, as ``memory_is_due`` tells of what is remembered."""
    return _is_older(state.rows_kept_at, ROWS_AGE, now)


def _is_older(kept: datetime | None, age: timedelta, now: datetime) -> bool:
    return kept is None or not timedelta(0) <= now - kept < age


async def save(
    session: WriteSession,
    state: SourceState,
    decided: Decided,
    at: datetime,
    now: datetime,
    *,
    in_rows: bool = False,
) -> None:
    """Save what is remembered of every task. ``at`` is the earliest of the readings that it takes in.

    It is packed, unless the rows are due, or ``in_rows`` is set, or a text cannot be packed.
    """
    tasks = [known for folded in decided.folded for known in folded.cluster.tasks.values()]
    in_rows = in_rows or rows_are_due(state, now)
    if not in_rows and await keep_packs(session, state.source, tasks, at):
        await keep_rows(session, changed_of(decided))
        return
    await keep_rows(session, tasks)
    await session.keep_fact(f"memory/{state.source}", at.isoformat())


def changed_of(decided: Decided) -> list[KnownTask]:
    """Give the tasks of which more is news than the observations have."""
    return [known for folded in decided.folded for known in folded.changed]


async def keep_rows(session: WriteSession, tasks: Sequence[KnownTask]) -> None:
    """Write the rows of tasks."""
    async for some in in_slices(tasks, WRITTEN_AT_ONCE):
        await session.keep_tasks([*_records(some)])


async def keep_packs(
    session: WriteSession, source: SourceName, tasks: Sequence[KnownTask], at: datetime
) -> bool:
    """Pack what is remembered; False where a text is none that can be packed: a row takes any."""
    of, number = -(-len(tasks) // PACKED_AT_ONCE), 0
    async for some in in_slices(tasks, PACKED_AT_ONCE):
        try:
            text = pack(_records(some), at, of)
        except UnicodeEncodeError:
            return False
        await session.keep_fact(pack_name(source, number), text)
        number += 1
    return True


def _records(tasks: Sequence[KnownTask]) -> Iterator[TaskRecord]:
    for known in tasks:
        memory = None if known.memory is None else encode(known.memory)
        yield TaskRecord(known.task, known.listed_at, known.absent_polls, memory)
