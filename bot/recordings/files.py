"""Files of recorded lines: appended to as plain text, read as plain text, gzip or zstd."""

import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import zstandard

from bot.errors import BotError

LONGEST_LINE = 64 * 1024 * 1024
"""A line longer than this is damaged; it is skipped in pieces and never held whole."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


class RecordingError(BotError):
    """A recording cannot be read or written."""


class RecordingReader:
    """Reads lines from a recording in constant memory; ``read`` of ``size`` bytes of the file are done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self.size = path.stat().st_size
            self._file = path.open("rb")
        except OSError as error:
            raise RecordingError(f"Cannot read {path}: {error.strerror}.") from error
        self._stream = self._decompressed()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._file.close()

    @property
    def read(self) -> int:
        """How many bytes of the file have been read."""
        return min(self._file.tell(), self.size)

    def _decompressed(self) -> IO[bytes]:
        magic = self._file.read(4)
        self._file.seek(0)
        if magic.startswith(_GZIP):
            return io.BufferedReader(gzip.GzipFile(fileobj=self._file))
        if magic == _ZSTD:
            reader = zstandard.ZstdDecompressor().stream_reader(self._file, read_across_frames=True)
            return io.BufferedReader(reader)
        return self._file

    def lines(self) -> Iterator[bytes]:
        """Yield the lines without what ends them; empty ones are left out.

        Raises RecordingError where the file is cut off inside its compression.
        """
        try:
            while line := self._stream.readline(LONGEST_LINE):
                if bare := line.strip():
                    yield bare
        except (EOFError, gzip.BadGzipFile, zstandard.ZstdError, OSError) as error:
            raise RecordingError(f"{self._path} is damaged and cannot be read further: {error}.") from error


class RecordingWriter:
    """Appends lines to a recording; what one poll wrote is on the disk before the next begins."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("ab")
        except OSError as error:
            raise RecordingError(f"Cannot write {path}: {error.strerror}.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, line: bytes) -> None:
        """Append one line. Raises RecordingError where the disk refuses."""
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise RecordingError(f"Cannot write {self._path}: {error.strerror}.") from error
