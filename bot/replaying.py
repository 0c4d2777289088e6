"""Replaying, put together: a recording or the database, the rules of the watch, and what they would tell."""

import gc
import heapq
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from bot.clock import SystemClock
from bot.domain.reading import FailedReading, Reading
from bot.domain.task import Cluster, ClusterId, SourceName
from bot.errors import AnswerUnreadable, SourceError
from bot.ocp.pages import TaskPage, parse_page, reading_of
from bot.ocp.rows import utc
from bot.operations.join_pages import Page, joined
from bot.operations.replay_recording import Replay
from bot.recordings.files import RecordingError, RecordingReader
from bot.recordings.lines import LineDamaged, RecordedFailure, RecordedPage, read_line
from bot.settings import Settings
from bot.sources import thresholds_of
from bot.storage.database import open_database
from bot.terminal.reading_bar import reading_bar, time_bar
from bot.terminal.replay import ReplayReport, transition_line
from bot.terminal.screen import watched

COLLECT_AFTER = 100_000
"""So many new objects make Python look for cycles among them."""
TOLD = 5
"""Of so many damaged lines it is said what is the matter with them."""


@dataclass(slots=True)
class Damage:
    """What of a recording was not understood: how many lines, the first of them, and where it ends early."""

    lines: int = 0
    first: list[str] = field(default_factory=list)
    trouble: RecordingError | None = None

    def add(self, number: int, why: str) -> None:
        """Count a damaged line."""
        self.lines += 1
        if self.lines <= TOLD:
            self.first.append(f"line {number} ({why})")

    @property
    def sentence(self) -> str | None:
        """What people are told of the damaged lines, None where there is none."""
        if not self.lines:
            return None
        more = self.lines - len(self.first)
        which = ", ".join(self.first) + (f" and {more:,} more" if more else "")
        return f"{self.lines:,} damaged {'line was' if self.lines == 1 else 'lines were'} skipped: {which}."


def replay_file(settings: Settings, file: str, *, as_json: bool, out: TextIO) -> Damage:
    """Replay a recording and print what would have happened; return what could not be replayed.

    Raises RecordingError where the file cannot be read at all.
    """
    damage = Damage()
    telling = _Telling(settings, out, as_json=as_json)
    with RecordingReader(Path(file)) as reader, _rare_collections():
        with reading_bar(reader.size, reader.done, watched(quiet=as_json and out.isatty())) as step:
            for item in joined(_pages(reader, damage)):
                telling.take(item)
                step()
        damage.trouble = reader.trouble
    telling.finish()
    return damage


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let Python look for cycles rarely: a replay makes none, and looking takes up to a third of its time."""
    usual = gc.get_threshold()
    gc.set_threshold(COLLECT_AFTER, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _pages(reader: RecordingReader, damage: Damage) -> Iterator[Page | FailedReading]:
    for number, line in enumerate(reader.lines(), start=1):
        if not line.strip():
            continue
        try:
            page = page_of(line)
        except LineDamaged as error:
            damage.add(number, str(error))
        else:
            yield page


def page_of(line: bytes) -> Page | FailedReading:
    """Read one line of a recording. Raises LineDamaged."""
    found = read_line(line)
    if isinstance(found, RecordedFailure):
        return FailedReading(found.source, found.cluster, found.at, "recorded", found.error)
    cluster = _cluster(found.source, found.cluster)
    try:
        page = parse_page(found.response, cluster)
        return _page(found, page, reading_of(page, cluster))
    except AnswerUnreadable:
        raise LineDamaged("its response cannot be read") from None
    except SourceError as refusal:
        at = _moment(found.response.get("timestamp"))
        if at is None:
            raise LineDamaged("its response is a refusal without a time") from None
        return FailedReading(
            found.source, found.cluster, at, refusal.reason, refusal.sentence, refusal.trace_id
        )


@lru_cache(maxsize=1024)
def _cluster(source: SourceName, number: ClusterId) -> Cluster:
    return Cluster(source, number)


def _page(found: RecordedPage, page: TaskPage, reading: Reading) -> Page:
    """Tell where a page stands in its list. An answer that says nothing of pages is the whole list."""
    alone = page.number is None and page.pages is None and page.elements is None
    return Page(
        reading,
        begins=page.number == 1 or alone or (page.number is None and page.pages == 1),
        ends=found.complete or alone or page.ends(page.number or 1),
        number=page.number,
        elements=page.elements,
        vouched=found.complete,
    )


def _moment(timestamp: object) -> datetime | None:
    try:
        return utc(datetime.fromisoformat(timestamp)) if isinstance(timestamp, str) else None
    except ValueError:
        return None


async def replay_database(settings: Settings, since: timedelta | None, *, as_json: bool, out: TextIO) -> None:
    """Replay what is stored of every source, in the order of time.

    Raises StorageError where the database cannot be read.
    """
    database = await open_database(settings.database_url.get_secret_value(), read_only=True)
    telling = _Telling(settings, out, as_json=as_json)
    start = None if since is None else SystemClock().now() - since
    try:
        names = await database.observed_sources()
        streams = [database.observations(name, since=start) for name in names]
        async with aclosing(_merged(streams)) as stored:
            now, console = SystemClock().now(), watched(quiet=as_json and out.isatty())
            with _rare_collections(), time_bar(start, now, console) as step:
                async for reading in stored:
                    telling.take(reading)
                    step(reading.received_at)
    finally:
        await database.close()
    telling.finish()


async def _merged(streams: list[AsyncIterator[Reading]]) -> AsyncGenerator[Reading, None]:
    """Merge streams that are each in the order of time into one that is."""
    heap: list[tuple[datetime, int, Reading]] = []
    for index, stream in enumerate(streams):
        async for reading in stream:
            heapq.heappush(heap, (reading.received_at, index, reading))
            break
    while heap:
        _, index, reading = heapq.heappop(heap)
        yield reading
        async for following in streams[index]:
            heapq.heappush(heap, (following.received_at, index, following))
            break


class _Telling:
    """Prints what a replay brings, as it comes or at the end."""

    def __init__(self, settings: Settings, out: TextIO, *, as_json: bool) -> None:
        self._replay = Replay(thresholds_of(settings))
        self._report = ReplayReport(settings.timezone)
        self._out = out
        self._as_json = as_json

    def take(self, item: Reading | FailedReading) -> None:
        """Take the next reading."""
        if self._as_json:
            for transition in self._replay.take(item):
                self._out.write(transition_line(transition) + "\n")
            return
        self._report.saw(item)
        for transition in self._replay.take(item):
            self._report.add(transition)

    def finish(self) -> None:
        """Print the summary, where people are to read it."""
        if not self._as_json:
            self._report.still_open(self._replay.firing)
            self._report.show(self._out)
