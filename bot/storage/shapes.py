"""The shapes of tasks: what rarely changes about each, kept once and meant by number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.status import read_status
from bot.domain.task import SourceName, Task, TaskKey
from bot.storage.codec import TASK
from bot.storage.statements import chunks, insert
from bot.storage.tables import shapes, tasks

SEEN_EVERY = timedelta(days=1)
"""A shape that is still seen says so this often."""
_NO_STATUS = read_status(None)


@dataclass(frozen=True, slots=True)
class _Known:
    """A shape's number, and what it was made of: ``constant`` as Task has it."""

    number: int
    constant: int
    created_at: datetime | None
    seen_at: datetime


class Shapes:
    """Numbers of the shapes seen so far, by task; what a transaction adds counts once it is committed."""

    def __init__(self) -> None:
        self._known: dict[TaskKey, _Known] = {}

    def begin(self) -> "ShapesInUse":
        """Begin a transaction."""
        return ShapesInUse(self._known)


class ShapesInUse:
    """The shapes within one transaction."""

    def __init__(self, known: dict[TaskKey, _Known]) -> None:
        self._known = known
        self._added: dict[TaskKey, _Known] = {}

    def committed(self) -> None:
        """Keep what the transaction added."""
        self._known.update(self._added)

    async def numbers(self, connection: AsyncConnection, found: Sequence[Task], at: datetime) -> list[int]:
        """Give the number of each task's shape, making those that are new; ``at`` is when they were seen."""
        stale = at - SEEN_EVERY
        numbers: list[int] = []
        missing: list[int] = []
        for index, task in enumerate(found):
            known = self._added.get(task.key) if self._added else None
            if known is None:
                known = self._known.get(task.key)
            if (
                known is None
                or known.seen_at < stale
                or known.constant != task.constant
                or known.created_at != task.created_at
            ):
                missing.append(index)
                numbers.append(0)
            else:
                numbers.append(known.number)
        if missing:
            made = await self._make(connection, [found[index] for index in missing], at)
            for index, number in zip(missing, made, strict=True):
                numbers[index] = number
        return numbers

    async def _make(self, connection: AsyncConnection, found: Sequence[Task], at: datetime) -> list[int]:
        bodies = [TASK.encode(_shape(task)) for task in found]
        digests = [blake2b(body.encode(), digest_size=16).digest() for body in bodies]
        rows = [
            {
                "digest": digest,
                "source": task.key.source,
                "cluster": task.key.cluster,
                "body": body,
                "seen_at": at,
            }
            for task, digest, body in zip(found, digests, bodies, strict=True)
        ]
        statement = insert(connection, shapes)
        seen_later = statement.excluded.seen_at > shapes.c.seen_at
        for some_rows in chunks(rows):
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["digest"], set_={"seen_at": statement.excluded.seen_at}, where=seen_later
                ),
                some_rows,
            )
        by_digest: dict[bytes, int] = {}
        for some in chunks(digests):
            query = select(shapes.c.digest, shapes.c.id).where(shapes.c.digest.in_(some))
            by_digest.update((bytes(digest), number) for digest, number in await connection.execute(query))
        for task, digest in zip(found, digests, strict=True):
            self._added[task.key] = _Known(by_digest[digest], task.constant, task.created_at, at)
        return [by_digest[digest] for digest in digests]


def _shape(task: Task) -> Task:
    """Take everything from a task that changes while it runs."""
    return replace(
        task, status=_NO_STATUS, error=None, checkpoint=None, delay=None, modified_at=None, other=()
    )


async def read_shapes(connection: AsyncConnection, source: SourceName, above: int = 0) -> dict[int, Task]:
    """Read the shapes of a source's tasks by number, those whose number is above ``above``."""
    query = select(shapes.c.id, shapes.c.body).where(shapes.c.source == source, shapes.c.id > above)
    return {number: TASK.decode(body) for number, body in await connection.execute(query)}


async def prune_shapes(connection: AsyncConnection, before: datetime) -> None:
    """Drop shapes that no reading had since this moment and no task has now."""
    in_use = select(tasks.c.key).where(tasks.c.shape == shapes.c.id).exists()
    await connection.execute(delete(shapes).where(shapes.c.seen_at < before - SEEN_EVERY, ~in_use))
