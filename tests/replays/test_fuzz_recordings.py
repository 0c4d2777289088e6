"""Whatever a recording holds, a replay tells what it understood, counts what it did not, and ends."""

import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.incident import Change
from bot.domain.problem import Problem
from bot.recordings.files import RecordingError
from bot.replaying import Damage, replay_file
from tests.fakes.damaged_json import damaged
from tests.replays import samples
from tests.replays.samples import MINUTE, T0, encoded, failure, line, replayed, response, row

KEYS = {"at", "source", "cluster", "tenant", "problem", "severity", "transition", "because"}
"""The keys of what is told, to the letter."""
SETTINGS = samples.settings()


def poll(minute: int, *, status: str = "RUNNING", behind: float = 20.0) -> dict[str, Any]:
    at = T0 + minute * MINUTE
    rows = [row("orders", at, behind=behind, status=status), row("ledger", at)]
    return line(response(at, *rows), complete=True)


STORY = [
    poll(0),
    poll(1),
    poll(2, status="FAILED"),
    failure(T0 + 3 * MINUTE),
    failure(T0 + 4 * MINUTE, cluster=1000005),
    poll(5, behind=4000.0),
    *map(poll, range(6, 12)),
]
"""A task fails, OCP cannot be read, the task lags and is well again."""

Pack = Callable[[bytes], bytes]
PACKS: list[Pack] = [bytes, gzip.compress, zstandard.ZstdCompressor().compress]


def told(path: Path) -> tuple[list[dict[str, Any]], Damage] | None:
    """Replay for programs and for people; None where the file cannot be read at all."""
    try:
        lines, damage = replayed(path)
    except RecordingError as error:
        assert error.sentence.endswith(".")  # noqa: PT017 - either outcome is right
        return None
    for one in lines:
        assert set(one) == KEYS
        assert datetime.fromisoformat(one["at"]).tzinfo is not None
        assert one["problem"] in set(Problem)
        assert one["severity"] in {"warning", "critical"}
        assert one["transition"] in set(Change)
        assert one["because"].strip()
    out = io.StringIO()
    replay_file(SETTINGS, str(path), as_json=False, out=out)
    assert out.getvalue().strip()
    assert damage.sentence is None or damage.sentence.isprintable()
    return lines, damage


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "polls.jsonl"


def test_the_story_is_told_whole_before_it_is_damaged(path: Path) -> None:
    path.write_bytes(encoded(STORY))
    found = told(path)
    assert found is not None
    lines, damage = found
    assert damage.sentence is None
    assert lines[0]["problem"] == "failed"
    assert lines[-1]["transition"] == "resolved"


OTHERS = st.sampled_from([b"", b"{}", b"null", b'{"source":"prod"', b"\xff\xfe", b"[1]", b" " * 100])


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_story_with_damaged_lines_is_told_and_the_damage_counted(path: Path, data: st.DataObject) -> None:
    """Lines go wrong somewhere, are torn, come twice, or in another order; those beside them count."""
    lines: list[Any] = list(STORY)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["wrong", "wrong", "other", "twice", "moved"])):
            case "wrong":
                lines[place] = data.draw(damaged(lines[place]))
            case "other":
                lines[place] = data.draw(OTHERS)
            case "twice":
                lines.insert(place, lines[place])
            case _:
                lines.insert(data.draw(st.integers(0, len(lines) - 1)), lines.pop(place))
    path.write_bytes(encoded(lines).replace(b"\\ud800", b"\xed\xa0\x80"))
    found = told(path)
    assert found is not None
    changed = sum(one not in STORY for one in lines)
    assert found[1].lines <= changed


@pytest.mark.parametrize("pack", PACKS, ids=["plain", "gzip", "zstd"])
@given(noise=st.binary(max_size=40), place=st.integers(0, 10_000), length=st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_a_file_with_noise_in_it_is_told_as_far_as_it_goes(
    path: Path, pack: Pack, noise: bytes, place: int, length: int
) -> None:
    whole = pack(encoded(STORY))
    place %= len(whole)
    path.write_bytes(whole[:place] + noise + whole[place + length :])
    told(path)


@pytest.mark.parametrize("begin", [b"", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"], ids=["plain", "gzip", "zstd"])
@given(noise=st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_a_recording_of_something_or_of_nothing(path: Path, begin: bytes, noise: bytes) -> None:
    path.write_bytes(begin + noise)
    told(path)


@pytest.mark.parametrize("pack", PACKS, ids=["plain", "gzip", "zstd"])
@pytest.mark.parametrize(
    ("much", "count"),
    [
        pytest.param(b"[" * 1_000_000, 1, id="brackets"),
        pytest.param(b"\n" * 1_000_000, 0, id="blank lines"),
        pytest.param(b"{}\n" * 20_000, 20_000, id="empty objects"),
        pytest.param(b'{"source":"prod","cluster":' + b"1" * 1_000_000, 1, id="digits"),
        pytest.param(b"\x00" * 4_000_000, 1, id="nothing but zeros"),
    ],
)
def test_much_of_anything_comes_to_an_end(path: Path, pack: Pack, much: bytes, count: int) -> None:
    path.write_bytes(pack(much))
    lines, damage = replayed(path)
    assert (lines, damage.lines, damage.trouble) == ([], count, None)


def test_moments_at_both_ends_of_the_calendar_are_no_more_than_damage(path: Path) -> None:
    """A clock may be set to anything; what is out of all reason is left out and counted."""
    ends = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)]
    path.write_bytes(encoded([line(response(at, row("orders")), complete=True) for at in ends]))
    assert json.dumps(told(path), default=str).count("transition") == 0
    assert replayed(path)[1].lines == 2
