"""What is remembered of many tasks as one text, for a save that comes every few minutes.

The rows of as many tasks cost two to three times as much (measured by ``tests/benchmarks/saving.py``).
They are written where more than times and figures changed, every half hour, and before a stop; what is
packed lies over them at the next start. A version that knows nothing of it starts from the rows.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import zstandard

from bot.domain.status import read_status
from bot.domain.task import ClusterId, SourceName, TaskKey
from bot.operations.store_port import ClusterRecord, TaskRecord

PACKED_AT_ONCE = 250
"""So many tasks make a pack: two milliseconds, as others wait while it is made."""
_LEVEL = 1
_LARGEST = 1 << 28
"""What a damaged pack may at most claim to hold, in bytes."""


class _Packed(msgspec.Struct, array_like=True, gc=False):
    """What changes of a task from reading to reading, and what the rules remember; the rest is in its row."""

    cluster: int
    tenant: str | None
    destination: str | None
    listed_at: datetime
    absent_polls: int
    status: str
    error: str | None
    checkpoint: datetime | None
    delay: timedelta | None
    created_at: datetime | None
    modified_at: datetime | None
    other: tuple[tuple[str, str], ...]
    memory: bytes | None


class _Pack(msgspec.Struct, array_like=True, gc=False):
    """A pack, one ``of`` so many that were made of the readings since ``at`` (OCP's clock).

    ``over`` is what was said of the rows that they lie over when those were written.
    """

    over: str
    at: datetime
    of: int
    tasks: list[_Packed]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Pack)


def pack_name(source: SourceName, number: int | str = "") -> str:
    """Name the fact that holds a pack; without its number, how the names of all of a source begin."""
    return f"tasks/{source}/{number}"


def pack(records: Iterable[TaskRecord], at: datetime, of: int, over: str) -> str:
    """Make a pack. ``at`` is the earliest reading that it takes in, ``over`` the fact that dates the rows.

    Raises UnicodeEncodeError where a text is none that can be stored.
    """
    packed = _Pack(over, at, of, [_packed(record) for record in records])
    compressed = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(_ENCODER.encode(packed))
    return b64encode(compressed).decode("ascii")


def _packed(record: TaskRecord) -> _Packed:
    task = record.task
    return _Packed(
        task.key.cluster,
        task.key.tenant,
        task.key.destination,
        record.listed_at,
        record.absent_polls,
        task.status.reported,
        task.error,
        task.checkpoint,
        task.delay,
        task.created_at,
        task.modified_at,
        task.other,
        record.memory,
    )


class Packs:
    """What the packs of a source say: since when they take everything in, and of which tasks.

    ``at`` is None where there are none, or one of them is damaged or missing, or the rows are not those that
    they lie over (an earlier version has written them since): then all count for nothing.
    """

    def __init__(self, source: SourceName, texts: Mapping[str, str], over: str | None) -> None:
        self.at: datetime | None = None
        self._tasks: dict[TaskKey, _Packed] = {}
        first = _read(texts.get(pack_name(source, 0)))
        if first is None or first.over != over:
            return
        for number in range(first.of):
            one = _read(texts.get(pack_name(source, number))) if number else first
            if one is None or one.at != first.at:
                return
            for task in one.tasks:
                key = TaskKey(source, ClusterId(task.cluster), task.tenant, task.destination)
                self._tasks[key] = task
        self.at = first.at

    def laid_over(self, clusters: Sequence[ClusterRecord]) -> tuple[ClusterRecord, ...]:
        """Give the records of clusters as the packs have them, but for what was written later."""
        if self.at is None:
            return tuple(clusters)
        return tuple(
            ClusterRecord(one.cluster, tuple(self._later(record) for record in one.tasks)) for one in clusters
        )

    def _later(self, record: TaskRecord) -> TaskRecord:
        found = self._tasks.get(record.task.key)
        if found is None:
            return record
        if (found.listed_at, found.absent_polls) < (record.listed_at, record.absent_polls):
            return record
        task = replace(
            record.task,
            status=read_status(found.status),
            error=found.error,
            checkpoint=found.checkpoint,
            delay=found.delay,
            created_at=found.created_at,
            modified_at=found.modified_at,
            other=found.other,
        )
        return TaskRecord(task, found.listed_at, found.absent_polls, found.memory)


def _read(text: str | None) -> _Pack | None:
    """Read a pack; None where there is none, or it is damaged."""
    if text is None:
        return None
    try:
        compressed = b64decode(text, validate=True)
        if zstandard.frame_content_size(compressed) > _LARGEST:
            return None
        return _DECODER.decode(zstandard.ZstdDecompressor().decompress(compressed, max_output_size=_LARGEST))
    except (ValueError, zstandard.ZstdError, msgspec.MsgspecError):
        return None
