"""Files of lines: appended to safely, read plain or compressed, and up to the place of any damage."""

import errno
import gzip
import os
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from bot.recordings import files
from bot.recordings.files import RecordingError, RecordingReader, RecordingWriter

LINES = [f'{{"number": {number}, "filler": "{Random(number).random()}"}}'.encode() for number in range(2000)]
TEXT = b"".join(one + b"\n" for one in LINES)


def zstd(text: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(text)


PACKERS = [pytest.param(gzip.compress, id="gzip"), pytest.param(zstd, id="zstd")]
Packer = Callable[[bytes], bytes]


def read(path: Path) -> tuple[list[bytes], str | None]:
    """Read a file; give its lines, and why it could not be read to its end."""
    with RecordingReader(path) as reader:
        lines = list(reader.lines())
        return lines, None if reader.trouble is None else reader.trouble.sentence


def file_of(folder: Path, text: bytes, name: str = "polls.jsonl") -> Path:
    path = folder / name
    path.write_bytes(text)
    return path


@pytest.mark.parametrize("pack", [pytest.param(bytes, id="plain"), *PACKERS])
def test_every_way_of_packing_gives_the_same_lines(tmp_path: Path, pack: Packer) -> None:
    assert read(file_of(tmp_path, pack(TEXT))) == (LINES, None)


@pytest.mark.parametrize("pack", PACKERS)
def test_files_that_were_packed_one_after_the_other_are_one(tmp_path: Path, pack: Packer) -> None:
    """Whoever packs every day's file and joins them gets one file of many members."""
    halves = TEXT[:40_001], TEXT[40_001:]
    assert read(file_of(tmp_path, b"".join(pack(half) for half in halves))) == (LINES, None)


def test_zeros_after_a_gzip_member_are_padding(tmp_path: Path) -> None:
    assert read(file_of(tmp_path, gzip.compress(TEXT) + bytes(512))) == (LINES, None)


@pytest.mark.parametrize("pack", PACKERS)
def test_what_stands_before_the_place_where_a_packed_file_breaks_off_is_read(
    tmp_path: Path, pack: Packer
) -> None:
    packed = pack(TEXT)
    counts = []
    for left in (10, len(packed) // 4, len(packed) // 2, len(packed) - 1):
        lines, why = read(path := file_of(tmp_path, packed[:left]))
        assert why == f"{path} cannot be read to its end: its compression breaks off."
        assert lines[:-1] == LINES[: len(lines[:-1])]
        counts.append(len(lines))
    assert counts == sorted(counts)
    assert counts[-1] >= len(LINES) - 1 or pack is zstd


def test_all_whole_blocks_of_a_zstd_file_that_breaks_off_are_read(tmp_path: Path) -> None:
    many = TEXT * 8
    lines, why = read(file_of(tmp_path, zstd(many)[:-10]))
    assert why is not None
    assert sum(map(len, lines)) + len(lines) > len(many) - 2 * 131_072


@pytest.mark.parametrize("pack", PACKERS)
@given(place=st.integers(0, 10_000_000), flipped=st.integers(1, 255))
def test_a_flipped_bit_costs_what_comes_after_it_and_is_told(
    tmp_path_factory: pytest.TempPathFactory, pack: Packer, place: int, flipped: int
) -> None:
    """Up to the damage every line is right. A flip in the header may make it another kind of file."""
    packed = bytearray(pack(TEXT))
    place = 20 + place % (len(packed) - 20)
    packed[place] ^= flipped
    lines, why = read(file_of(tmp_path_factory.mktemp("flipped"), bytes(packed)))
    assert why is not None or lines == LINES
    right = int(len(LINES) * place / len(packed) * 0.9) - 200
    assert right <= 0 or pack is zstd or lines[:right] == LINES[:right]


@given(st.binary(max_size=300), st.sampled_from([b"", b"\x1f\x8b", b"\x28\xb5\x2f\xfd"]))
def test_no_file_raises(tmp_path_factory: pytest.TempPathFactory, text: bytes, begin: bytes) -> None:
    packed = (begin + text).startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd"))
    lines, why = read(file_of(tmp_path_factory.mktemp("any"), begin + text))
    assert packed or (why is None and b"\n".join(lines) == text.removesuffix(b"\n"))


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    assert read(file_of(tmp_path, b"a\r\n\nb")) == ([b"a\r", b"", b"b"], None)


def test_an_empty_file_has_no_line(tmp_path: Path) -> None:
    assert read(file_of(tmp_path, b"")) == ([], None)


def test_a_line_without_end_is_cut_and_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 1000)
    lines, _ = read(file_of(tmp_path, b"before\n" + b"x" * 3_000_000 + b"\nafter\n"))
    assert lines[0] == b"before"
    assert len(lines[1]) < 600_000
    assert lines[2] == b"after"


def test_a_pipe_is_read_as_a_file_is(tmp_path: Path) -> None:
    """For ``replay <(ssh ocp cat polls.jsonl.gz)``."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writing = threading.Thread(target=path.write_bytes, args=(gzip.compress(TEXT),))
    writing.start()
    with RecordingReader(path) as reader:
        assert reader.size is None
        assert list(reader.lines()) == LINES
        assert reader.done() == 0
    writing.join()


def test_how_far_it_has_been_read_is_known(tmp_path: Path) -> None:
    with RecordingReader(file_of(tmp_path, TEXT)) as reader:
        assert (reader.done(), reader.size) == (0, len(TEXT))
        assert len(list(reader.lines())) == len(LINES)
        assert reader.done() == len(TEXT)


@pytest.mark.parametrize("pack", [pytest.param(bytes, id="plain"), *PACKERS])
def test_a_file_of_any_length_needs_the_same_memory(tmp_path: Path, pack: Packer) -> None:
    """A bomb too: thirty million bytes of nothing are a few thousand packed."""
    bomb = file_of(tmp_path, pack((b"0" * 99 + b"\n") * 300_000))
    tracemalloc.start()
    try:
        with RecordingReader(bomb) as reader:
            assert sum(1 for _ in reader.lines()) == 300_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        pytest.param(
            "nowhere/polls.jsonl", "Cannot read {}: there is no such file. Check the name.", id="gone"
        ),
        pytest.param("", "Cannot read {}: it is a folder. Name a file.", id="a folder"),
    ],
)
def test_what_cannot_be_opened_is_said_in_a_sentence(tmp_path: Path, name: str, sentence: str) -> None:
    path = tmp_path / name
    with pytest.raises(RecordingError) as refused:
        RecordingReader(path)
    assert refused.value.sentence == sentence.format(path)


def test_a_disk_that_fails_while_it_is_read_is_told(tmp_path: Path) -> None:
    with RecordingReader(file_of(tmp_path, TEXT)) as reader:
        os.dup2(os.open(tmp_path, os.O_RDONLY), reader._file.fileno())
        assert list(reader.lines()) == []
        assert reader.trouble is not None
        assert "it is a folder" in reader.trouble.sentence


def test_lines_are_appended_to_what_is_there(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"one\n")
    for text in (b"two\n", b"three\n"):
        with RecordingWriter(path) as writer:
            writer.write(text)
    assert path.read_bytes() == b"one\ntwo\nthree\n"


def test_a_line_can_be_read_as_soon_as_it_is_written(tmp_path: Path) -> None:
    """Whatever kills the program then, the operating system has it."""
    path = tmp_path / "new.jsonl"
    with RecordingWriter(path) as writer:
        writer.write(b"one\n")
        assert path.read_bytes() == b"one\n"


@given(st.integers(0, len(TEXT[:500])))
def test_wherever_a_file_was_torn_the_next_line_is_whole(
    tmp_path_factory: pytest.TempPathFactory, left: int
) -> None:
    path = file_of(tmp_path_factory.mktemp("torn"), TEXT[:left])
    with RecordingWriter(path) as writer:
        writer.write(b"new\n")
    before = TEXT[:left].split(b"\n")
    whole, torn = before[:-1], before[-1:]
    assert read(path)[0] == [*whole, *(one for one in torn if one), b"new"]


def test_a_full_disk_is_one_sentence() -> None:
    with RecordingWriter(Path("/dev/full")) as writer, pytest.raises(RecordingError) as refused:
        writer.write(b"one\n")
    assert refused.value.sentence == (
        "Cannot write /dev/full: the disk is full. Make room, then go on with the same file."
    )


class _SmallDisk:
    """Takes a few bytes at a time, and is full after ``room``."""

    def __init__(self, path: Path, room: int) -> None:
        self.path, self.room = path, room

    def write(self, data: memoryview) -> int:
        if self.room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = bytes(data[: min(self.room, 3)])
        self.room -= len(taken)
        with self.path.open("ab") as file:
            file.write(taken)
        return len(taken)

    def close(self) -> None:
        """Nothing is left to do."""


def test_a_line_that_a_full_disk_tore_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "polls.jsonl"
    with RecordingWriter(path) as writer:
        disk = _SmallDisk(path, room=16)
        writer._file.close()
        writer._file = disk  # type: ignore[assignment] # as much of a file as a writer uses
        writer.write(b"the first\n")
        with pytest.raises(RecordingError):
            writer.write(b"the second\n")
        disk.room = 100
        writer.write(b"the third\n")
    assert read(path)[0] == [b"the first", b"the se", b"the third"]


@pytest.mark.parametrize("pack", PACKERS)
def test_a_packed_file_is_not_appended_to(tmp_path: Path, pack: Packer) -> None:
    path = file_of(tmp_path, pack(TEXT))
    with pytest.raises(RecordingError, match="it is compressed"):
        RecordingWriter(path)
    assert read(path) == (LINES, None)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        pytest.param("nowhere/polls.jsonl", "there is no such file", id="no folder"),
        pytest.param("", "it is a folder", id="a folder"),
    ],
)
def test_what_cannot_be_written_is_said_in_a_sentence(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(RecordingError, match=f"^Cannot write .*: {why}"):
        RecordingWriter(tmp_path / name)
