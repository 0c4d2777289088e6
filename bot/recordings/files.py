"""Files of recorded lines: appended to as plain text, read as plain text, gzip or zstd."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.errors import BotError
from bot.recordings.compression import StreamDamaged, is_compressed, unpacked

LONGEST_LINE = 64 * 1024 * 1024
"""What follows in a longer line is passed over, never held."""

_REASONS = {
    errno.ENOENT: "there is no such file. Check the name",
    errno.EISDIR: "it is a folder. Name a file",
    errno.EACCES: "this user may not. Check the permissions",
    errno.ENOSPC: "the disk is full. Make room, then go on with the same file",
    errno.EDQUOT: "this user's quota is used up. Make room, then go on with the same file",
    errno.EROFS: "its file system is read-only. Choose another place",
}


class RecordingError(BotError):
    """A recording cannot be read or written."""


def _refused(what: str, path: Path, error: OSError) -> RecordingError:
    reason = _REASONS.get(error.errno or 0) or f"{error.strerror or error}"
    return RecordingError(f"Cannot {what} {path}: {reason}.")


class RecordingReader:
    """Reads lines from a recording in constant memory.

    ``size`` is the file's in bytes, None for a pipe. ``trouble`` is why it cannot be read to its end.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.trouble: RecordingError | None = None
        try:
            self._file = path.open("rb")
            status = os.fstat(self._file.fileno())
        except OSError as error:
            raise _refused("read", path, error) from error
        self.size = status.st_size if stat.S_ISREG(status.st_mode) else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def done(self) -> int:
        """Tell how many bytes of the file have been read."""
        return 0 if self.size is None else self._file.tell()

    def lines(self) -> Iterator[bytes]:
        """Yield the lines without what ends them, an empty one for each blank one."""
        begun = bytearray()
        for piece in self._pieces():
            *whole, last = piece.split(b"\n")
            if whole:
                yield bytes(begun) + whole[0]
                yield from whole[1:]
                begun.clear()
            begun += last
            del begun[LONGEST_LINE:]
        if begun:
            yield bytes(begun)

    def _pieces(self) -> Iterator[bytes]:
        try:
            yield from unpacked(self._file)
        except StreamDamaged as damage:
            self.trouble = RecordingError(f"{self._path} cannot be read to its end: {damage}.")
        except OSError as error:
            self.trouble = _refused("read on in", self._path, error)


class RecordingWriter:
    """Appends lines to a recording; a line is with the operating system before the next begins."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._torn = _is_torn(path)
        try:
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise _refused("write", path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, line: bytes) -> None:
        """Append one line; where the one before was torn, on a new line. Raises RecordingError."""
        rest = memoryview(b"\n" + line if self._torn else line)
        self._torn = True
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise _refused("write", self._path, error) from error
        self._torn = False


def _is_torn(path: Path) -> bool:
    """Whether the last line of a file lacks its end. Raises RecordingError where lines cannot be appended."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            if is_compressed(file.read(4)):
                raise RecordingError(
                    f"Cannot write {path}: it is compressed, and plain lines are appended. Choose another"
                    " file, or unpack it first."
                )
            if not file.seek(0, os.SEEK_END):
                return False
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"
    except OSError as error:
        raise _refused("write", path, error) from error
