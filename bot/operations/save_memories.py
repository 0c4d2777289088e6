"""Saves what the rules remember of tasks, so that a restart has little to catch up with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
ROWS_AGE = timedelta(minutes=30)
"""The row of every task is written this often, else only where more changed than times and figures.

So much has a version to catch up with that knows no packs, if the bot was killed before it.
"""
WRITTEN_AT_ONCE = 500
"""So many tasks go into one statement: each costs a millisecond, and others wait while it is made."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save leaves: the fact that dates the rows, where they were written, and how many packs."""

    rows: str | None
    packs: int


def memory_is_due(state: SourceState, now: datetime) -> bool:
    """Whether what is kept is too old; after a start its age is by OCP's clock, which may be ahead."""
    return _is_older(state.memory_kept_at, MEMORY_AGE, now)


def _is_older(kept: datetime | None, age: timedelta, now: datetime) -> bool:
    return kept is None or not timedelta(0) <= now - kept < age


async def save(
    session: WriteSession,
    state: SourceState,
    decided: Decided,
    at: datetime,
    now: datetime,
    *,
    in_rows: bool,
) -> Saved:
    """Save what is remembered of every task. ``at`` is the earliest of the readings that it takes in.

    It is packed, unless the rows are too old as well, or ``in_rows`` is set, or a text cannot be packed.
    """
    tasks = [known for folded in decided.folded for known in folded.cluster.tasks.values()]
    if not in_rows and not _is_older(state.rows_kept_at, ROWS_AGE, now):
        saved = await save_packs(session, state, tasks, at)
        if saved is not None:
            await keep_rows(session, changed_of(decided))
            return saved
    return await save_rows(session, state, tasks, at)


def changed_of(decided: Decided) -> list[KnownTask]:
    """Give the tasks of which more is news than the observations have."""
    return [known for folded in decided.folded for known in folded.changed]


def note_saved(state: SourceState, saved: Saved, now: datetime) -> None:
    """Make what was committed the state that the next save starts from."""
    state.memory_kept_at, state.packs = now, saved.packs
    if saved.rows is not None:
        state.rows_kept_at, state.rows_saved = now, saved.rows


async def save_rows(
    session: WriteSession, state: SourceState, tasks: Sequence[KnownTask], at: datetime
) -> Saved:
    """Write the rows of all tasks; nothing that was packed before lies over them."""
    await keep_rows(session, tasks)
    await session.keep_fact(f"memory/{state.source}", at.isoformat())
    most = max(state.packs, _packs_of(tasks))
    await session.forget_facts([pack_name(state.source, number) for number in range(most)])
    return Saved(at.isoformat(), 0)


async def keep_rows(session: WriteSession, tasks: Sequence[KnownTask]) -> None:
    """Write the rows of some tasks."""
    async for some in in_slices(tasks, WRITTEN_AT_ONCE):
        await session.keep_tasks([*_records(some)])


async def save_packs(
    session: WriteSession, state: SourceState, tasks: Sequence[KnownTask], at: datetime
) -> Saved | None:
    """Pack what is remembered over the rows.

    None where there are none, or a text is none that can be packed: a row takes any.
    """
    if state.rows_saved is None or not await keep_packs(session, state.source, tasks, at, state.rows_saved):
        return None
    return Saved(None, max(state.packs, _packs_of(tasks)))


async def keep_packs(
    session: WriteSession, source: SourceName, tasks: Sequence[KnownTask], at: datetime, over: str
) -> bool:
    """Write packs; False where a text is none that can be packed, with some of them written."""
    of, number = _packs_of(tasks), 0
    async for some in in_slices(tasks, PACKED_AT_ONCE):
        try:
            text = pack(_records(some), at, of, over)
        except UnicodeEncodeError:
            return False
        await session.keep_fact(pack_name(source, number), text)
        number += 1
    return True


def _packs_of(tasks: Sequence[KnownTask]) -> int:
    return -(-len(tasks) // PACKED_AT_ONCE)


def _records(tasks: Sequence[KnownTask]) -> Iterator[TaskRecord]:
    for known in tasks:
        memory = None if known.memory is None else encode(known.memory)
        yield TaskRecord(known.task, known.listed_at, known.absent_polls, memory)
