"""The demo's story, recorded from the simulated OCP and replayed, is the story."""

import asyncio
import gzip
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.recording import Recorder
from bot.recordings.files import RecordingWriter
from bot.sandbox.fleet import Change, Fleet, Trouble, demo_story
from bot.sandbox.ocp import SimulatedOcp
from bot.sources import ocp_client
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.manual_clock import START, ManualClock
from tests.replays.samples import MINUTE, POLL, brief, replayed, settings

LASTS = 48 * MINUTE
TWO_POLLS = 2 * POLL
Told = list[tuple[float, str, str, str]]


async def record_story(path: Path, seed: int) -> Fleet:
    """Record a chapter of the demo as `record` does, by a clock that is moved from poll to poll."""
    clock = ManualClock()
    fleet = demo_story(seed, START)
    async with SimulatedOcp(fleet, clock) as ocp:
        login = {"OCP_URL": ocp.url, "OCP_USER": ocp.account.user, "OCP_PASSWORD": ocp.account.password}
        (source,) = settings(**login).sources
        with RecordingWriter(path) as writer:
            recorder = Recorder(writer, clock, ListedJournal())
            async with ocp_client(source, clock, on_page=recorder.on_page) as client:
                for _ in range(LASTS // POLL):
                    await recorder.poll(client)
                    clock.advance(POLL)
    return fleet


@pytest.fixture(params=[1, 2], scope="module")
def story(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Fleet, Told, Path]:
    path = tmp_path_factory.mktemp("demo") / "demo.jsonl"
    fleet = asyncio.run(record_story(path, request.param))
    told, damage = replayed(path)
    assert damage.lines == 0
    return fleet, brief(told), path


def began(fleet: Fleet, trouble: Trouble) -> list[Change]:
    """Tell when a trouble befell whom, from a day before the recording on."""
    changes = fleet.changes(START - timedelta(days=1), START + LASTS)
    return [change for change in changes if change.condition.trouble is trouble]


def first(told: Told, name: str, change: str, state: str = "") -> datetime:
    """Tell when something was first told of a task."""
    return START + MINUTE * min(
        at for at, whom, what, how in told if (whom, what) == (name, change) and state in how
    )


def test_the_failure_is_told_at_the_next_poll_and_so_is_its_end(story: tuple[Fleet, Told, Path]) -> None:
    fleet, told, _ = story
    (failed,) = began(fleet, Trouble.FAILED)
    assert failed.task.name == "pay/orders"
    opened = first(told, "pay/orders", "opened", "critical failed")
    assert timedelta(0) <= opened - failed.at <= POLL
    mended = next(one for one in began(fleet, Trouble.NONE) if one.task.name == "pay/orders")
    assert mended.at <= first(told, "pay/orders", "resolved") <= mended.at + 6 * MINUTE


def test_both_interruptions_are_told(story: tuple[Fleet, Told, Path]) -> None:
    fleet, told, _ = story
    before, later = began(fleet, Trouble.INTERRUPTED)
    assert (before.task.name, later.task.name) == ("crm/tickets", "shop/cart")
    assert first(told, "crm/tickets", "opened", "critical failed") == START
    assert timedelta(0) <= first(told, "shop/cart", "opened", "critical failed") - later.at <= POLL
    assert first(told, "crm/tickets", "resolved") < START + 15 * MINUTE


def test_every_task_of_the_full_storage_is_told_stalled_and_recovered(
    story: tuple[Fleet, Told, Path],
) -> None:
    fleet, told, _ = story
    full = began(fleet, Trouble.STORAGE_FULL)
    names = {change.task.name for change in full}
    assert names == {"shop/stock", "shop/prices", "shop/shipping", "crm/leads"}
    mended = {one.task.name: one.at for one in began(fleet, Trouble.NONE) if one.at > full[0].at}
    for name in names:
        assert 3 * MINUTE < first(told, name, "opened", "stalled") - full[0].at < 8 * MINUTE
        assert mended[name] < first(told, name, "resolved") < mended[name] + 10 * MINUTE


def test_the_slow_ones_are_told_growing_or_behind(story: tuple[Fleet, Told, Path]) -> None:
    fleet, told, _ = story
    slow = {change.task.name for change in began(fleet, Trouble.SLOW)}
    assert slow == {"pay/ledger", "shop/search", "shop-dr/cart"}
    assert first(told, "pay/ledger", "opened", "warning lagging") == START
    assert first(told, "shop/search", "opened", "warning growing") < START + 20 * MINUTE


def test_nobody_else_is_told_of_and_what_opens_is_told_once(story: tuple[Fleet, Told, Path]) -> None:
    fleet, told, _ = story
    troubled = {
        change.task.name
        for change in fleet.changes(START - timedelta(days=1), START + LASTS)
        if change.condition.trouble is not Trouble.NONE and change.task.cluster.type == "PRIMARY"
    }
    opened = [whom for _, whom, change, _ in told if change == "opened"]
    assert set(opened) <= troubled
    assert len(opened) == len(set(opened))
    assert "reopened" not in {change for _, _, change, _ in told}


def test_transitions_come_in_the_order_in_which_they_happen(story: tuple[Fleet, Told, Path]) -> None:
    _, told, _ = story
    assert [at for at, *_ in told] == sorted(at for at, *_ in told)


def test_the_recording_holds_no_credential(story: tuple[Fleet, Told, Path]) -> None:
    text = story[2].read_text()
    assert "oss-cn-hangzhou.example.com" in text
    for secret in ("made-up-for-the-demo", "never-to-be-shown", "access_key=never"):
        assert secret not in text


def test_a_packed_recording_tells_the_same(story: tuple[Fleet, Told, Path], tmp_path: Path) -> None:
    packed = tmp_path / "demo.jsonl.gz"
    packed.write_bytes(gzip.compress(story[2].read_bytes()))
    assert brief(replayed(packed)[0]) == story[1]
