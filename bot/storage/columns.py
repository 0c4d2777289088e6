"""Columns of whole numbers as few bytes: zeros are free, the others lie in planes of like bytes, then zstd.

The caller turns what it has into small or repeating differences; what is left costs about its entropy.
"""

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import zstandard
from numpy.typing import NDArray

from bot.errors import StorageError

Ints = NDArray[np.int64]
FORMAT = 1
"""The first byte of everything packed."""
_HEAD = struct.Struct("<IIBB")
_SIZE = struct.Struct("<I")
_LARGEST = 1 << 30
"""What a damaged record may at most claim to hold, in bytes."""
_SPARSE, _DENSE = 0, 1


def steps(values: Ints) -> Ints:
    """Give each value less the one before it, the first as it is; ``numpy.diff`` takes many times as long."""
    found = values.copy()
    found[1:] -= values[:-1]
    return found


class Packer:
    """Gathers columns and texts, then gives their bytes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def ints(self, values: Any) -> None:  # noqa: ANN401 - an array of any whole-number type and shape
        """Add a column; its length is stored, its shape is not."""
        flat = np.asarray(values, dtype=np.int64).ravel()
        (at,) = flat.nonzero()
        if len(flat) > len(at) == 0:
            self._parts.append(_HEAD.pack(len(flat), 0, 0, _SPARSE))
            return
        some = flat[at]
        zigzag = ((some << 1) ^ (some >> 63)).view(np.uint64)
        width = (int(zigzag.max()).bit_length() + 7) // 8 if len(zigzag) else 0
        dense = len(some) == len(flat)
        self._parts.append(_HEAD.pack(len(flat), len(some), width, _DENSE if dense else _SPARSE))
        if not dense and len(some):
            present = np.zeros(len(flat), dtype=np.bool_)
            present[at] = True
            self._parts.append(np.packbits(present, bitorder="little").tobytes())
        planes = zigzag.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :width]
        self._parts.append(np.ascontiguousarray(planes.T).tobytes())

    def texts(self, texts: Sequence[str]) -> None:
        """Add a list of texts."""
        body = json.dumps(texts, separators=(",", ":")).encode("ascii")
        self._parts += (_SIZE.pack(len(body)), body)

    def done(self, level: int) -> bytes:
        """Give all that was added, compressed, with a checksum."""
        packed = zstandard.ZstdCompressor(level=level, write_checksum=True).compress(b"".join(self._parts))
        return bytes((FORMAT,)) + packed


class Unpacker:
    """Reads columns and texts in the order in which they were packed.

    Raises StorageError where the bytes are damaged or of a newer format.
    """

    def __init__(self, packed: bytes) -> None:
        if packed[:1] != bytes((FORMAT,)):
            raise _unreadable()
        frame = packed[1:]
        try:
            if zstandard.frame_content_size(frame) > _LARGEST:
                raise _unreadable()
            self._bytes = zstandard.ZstdDecompressor().decompress(frame, max_output_size=_LARGEST)
        except zstandard.ZstdError as error:
            raise _unreadable() from error
        self._at = 0

    def ints(self) -> Ints:
        """Read the next column."""
        length, some, width, kind = _HEAD.unpack(self._take(_HEAD.size))
        values = np.zeros(length, dtype=np.int64)
        if not some:
            return values
        at = None
        if kind == _SPARSE:
            bits = np.frombuffer(self._take((length + 7) // 8), dtype=np.uint8)
            at = np.unpackbits(bits, count=length, bitorder="little").view(np.bool_)
        plain = _whole(np.frombuffer(self._take(some * width), dtype=np.uint8).reshape(width, some))
        if at is None:
            return plain
        values[at] = plain
        return values

    def parts(self, slices: Sequence[tuple[int, int]]) -> list[Ints]:
        """Read parts of the next column, each from a first place until before a last, and nothing else."""
        length, some, width, kind = _HEAD.unpack(self._take(_HEAD.size))
        sparse = kind == _SPARSE and some > 0
        bits = np.frombuffer(self._take((length + 7) // 8 if sparse else 0), dtype=np.uint8)
        planes = np.frombuffer(self._take(some * width), dtype=np.uint8).reshape(width, some)
        found: list[Ints] = []
        for start, stop in slices:
            values = np.zeros(stop - start, dtype=np.int64)
            if sparse:
                around = np.unpackbits(bits[start // 8 : (stop + 7) // 8], bitorder="little").view(np.bool_)
                there = around[start % 8 : start % 8 + stop - start]
                before = int(np.bitwise_count(bits[: start // 8]).sum()) + int(around[: start % 8].sum())
                values[there] = _whole(planes[:, before : before + int(there.sum())])
            elif some:
                values = _whole(planes[:, start:stop])
            found.append(values)
        return found

    def texts(self) -> list[str]:
        """Read the next list of texts."""
        (size,) = _SIZE.unpack(self._take(_SIZE.size))
        texts: list[str] = json.loads(self._take(size))
        return texts

    def _take(self, count: int) -> bytes:
        part = self._bytes[self._at : self._at + count]
        if len(part) != count:
            raise _unreadable()
        self._at += count
        return part


def _whole(planes: NDArray[np.uint8]) -> Ints:
    """Put whole numbers together again from their planes."""
    width, some = planes.shape
    whole = np.zeros((some, 8), dtype=np.uint8)
    whole[:, :width] = planes.T
    zigzag = whole.view("<u8").ravel()
    plain: Ints = (zigzag >> np.uint64(1)).view(np.int64) ^ -(zigzag & np.uint64(1)).view(np.int64)
    return plain


def _unreadable() -> StorageError:
    return StorageError(
        "The database holds observations that this version cannot read: they were written by a newer"
        " version, or are damaged. Install the newest version, or restore a backup of the database."
    )
