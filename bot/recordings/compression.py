"""Reads plain, gzip and zstd streams alike, in small pieces and up to the very place of any damage."""

import zlib
from collections.abc import Callable, Iterator
from typing import IO, Protocol

import zstandard

PIECE = 256 * 1024
_STEP = 64
"""So many compressed bytes are unpacked at once: what a damage takes along, and what a bomb can swell to."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_LONGEST_MARK = 4


class StreamDamaged(Exception):  # noqa: N818 - says what is the matter with the stream
    """A compressed stream breaks off or is damaged; everything before that has been given."""


class _Unpacking(Protocol):
    """One member or frame while it is unpacked."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


def is_compressed(begin: bytes) -> bool:
    """Whether a file that begins like this is compressed."""
    return begin.startswith((_GZIP, _ZSTD))


def unpacked(file: IO[bytes]) -> Iterator[bytes]:
    """Yield what a file holds, unpacked where it is compressed; nothing of it is held.

    Raises StreamDamaged where the compression breaks off, and OSError.
    """
    begin = file.read(_LONGEST_MARK)
    if begin.startswith(_GZIP):
        yield from _unpacked(begin, file, lambda: zlib.decompressobj(wbits=16 + zlib.MAX_WBITS))
    elif begin == _ZSTD:
        yield from _unpacked(begin, file, zstandard.ZstdDecompressor().decompressobj)
    else:
        yield begin
        while piece := file.read(PIECE):
            yield piece


def _unpacked(begin: bytes, file: IO[bytes], start: Callable[[], _Unpacking]) -> Iterator[bytes]:
    unpacking = start()
    try:
        for step in _steps(begin, file):
            rest = step.lstrip(b"\0") if unpacking.eof else step
            while rest:
                if unpacking.eof:
                    unpacking = start()
                if piece := unpacking.decompress(rest):
                    yield piece
                rest = unpacking.unused_data.lstrip(b"\0") if unpacking.eof else b""
    except (zlib.error, zstandard.ZstdError):
        raise StreamDamaged("its compression is damaged") from None
    if not unpacking.eof:
        raise StreamDamaged("its compression breaks off")


def _steps(begin: bytes, file: IO[bytes]) -> Iterator[bytes]:
    yield begin
    while piece := file.read(PIECE):
        for place in range(0, len(piece), _STEP):
            yield piece[place : place + _STEP]
