"""A task's memory as bytes, with a version and a checksum."""

import struct
import zlib

from bot.domain.detection.memory import TaskMemory
from bot.domain.status import Meaning

_VERSION = 1
_HEAD = struct.Struct("<BI")
_BODY = struct.Struct("<dBdddB")
_MEANINGS = tuple(meaning.value for meaning in Meaning)


def encode(memory: TaskMemory) -> bytes:
    """Give a memory as bytes; ``decode`` gives it back."""
    body = _BODY.pack(
        memory.at,
        _MEANINGS.index(memory.meaning),
        memory.meaning_since,
        memory.checkpoint,
        memory.moved_at,
        memory.troubled,
    )
    return _HEAD.pack(_VERSION, zlib.crc32(body)) + body


def decode(data: bytes) -> TaskMemory | None:
    """Give the memory that ``encode`` wrote, or None for another version or damaged bytes: start anew."""
    body = data[_HEAD.size :]
    if len(body) != _BODY.size or _HEAD.unpack_from(data) != (_VERSION, zlib.crc32(body)):
        return None
    at, meaning, meaning_since, checkpoint, moved_at, troubled = _BODY.unpack(body)
    return TaskMemory(at, _MEANINGS[meaning], meaning_since, checkpoint, moved_at, bool(troubled))
