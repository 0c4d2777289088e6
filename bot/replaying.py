"""Recording and replaying, put together: OCP or a file at one end, the rules of the watch at the other."""

import heapq
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

from bot.app import ocp_client, thresholds_of
from bot.clock import SystemClock
from bot.domain.reading import FailedReading, Reading
from bot.domain.task import ClusterId, SourceName
from bot.errors import SourceError
from bot.ocp.client import OcpClient
from bot.ocp.pages import read_page
from bot.operations.ports import Journal
from bot.operations.read_source import ClusterList, read_source, tell_failures
from bot.operations.replay_recording import Page, Replay, joined
from bot.recordings.files import RecordingReader, RecordingWriter
from bot.recordings.lines import (
    LineDamaged,
    RecordedFailure,
    RecordedPage,
    failure_line,
    page_line,
    read_line,
)
from bot.schedule import Schedule
from bot.settings import Settings
from bot.storage.database import open_database
from bot.terminal.replay import ReplayReport, transition_line


@dataclass(slots=True)
class Written:
    """How much a recording has taken up so far."""

    polls: int = 0


@asynccontextmanager
async def recording(settings: Settings, journal: Journal, file: str) -> AsyncIterator[Written]:
    """Append every poll of every source to a file while the context is entered.

    Raises RecordingError where the file cannot be written.
    """
    clock = SystemClock()
    written = Written()
    with RecordingWriter(Path(file)) as writer:
        schedule = Schedule(journal, clock)
        recorders = []
        for source in settings.sources:
            recorder = _Recorder(writer, written)
            client = ocp_client(source, clock, on_page=recorder.on_page)
            recorders.append(client)

            async def poll(recorder: _Recorder = recorder, client: OcpClient = client) -> None:
                await recorder.poll(client, clock, journal)

            schedule.every(settings.poll_interval, f"record {source.name}", poll)
        schedule.start()
        try:
            yield written
        finally:
            schedule.stop()
            for client in recorders:
                await client.close()


@dataclass(slots=True)
class _Recorder:
    """Writes what one source answers, page by page, and what could not be read."""

    writer: RecordingWriter
    written: Written
    listed: ClusterList | None = None
    failing: Mapping[str, FailedReading] = field(default_factory=dict)

    def on_page(self, source: SourceName, cluster: ClusterId, raw: bytes, *, complete: bool) -> None:
        """Write one page."""
        try:
            self.writer.write(page_line(source, cluster, raw, complete=complete))
        except LineDamaged:
            return

    async def poll(self, client: OcpClient, clock: SystemClock, journal: Journal) -> None:
        """Read the source once; its pages come to ``on_page``, what failed is written here."""
        result = await read_source(client, self.listed, clock)
        self.failing = tell_failures(self.failing, result, client, journal)
        self.listed = result.clusters or self.listed
        failed = [result.failure] if result.failure else [failure for _, failure in result.failures]
        for failure in failed:
            line = RecordedFailure(failure.source, failure.cluster, failure.at, failure.sentence)
            self.writer.write(failure_line(line))
        self.written.polls += 1


def replay_file(settings: Settings, file: str, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """Replay a recording and print what would have happened; return how many lines were damaged.

    Raises RecordingError where the file cannot be read.
    """
    damaged = 0

    def pages(reader: RecordingReader) -> Iterator[Page | FailedReading]:
        nonlocal damaged
        for line in reader.lines():
            page = _page(line)
            if page is None:
                damaged += 1
            else:
                yield page
            progress.update(bar, completed=reader.read)

    telling = _Telling(settings, out, as_json=as_json)
    with RecordingReader(Path(file)) as reader, _progress() as progress:
        bar = progress.add_task("reading", total=reader.size)
        for item in joined(pages(reader)):
            telling.take(item)
    telling.finish(damaged)
    return damaged


def _progress() -> Progress:
    """Make a progress bar on standard error, where a terminal is there to show it."""
    console = Console(stderr=True)
    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal, refresh_per_second=4
    )


def _page(line: bytes) -> Page | FailedReading | None:
    """Read one line; None where it is damaged, or holds an answer that cannot be read."""
    try:
        found = read_line(line)
        if isinstance(found, RecordedFailure):
            return FailedReading(found.source, found.cluster, found.at, "recorded", found.error)
        return _read(found)
    except (LineDamaged, SourceError):
        return None


def _read(found: RecordedPage) -> Page:
    reading = read_page(found.response, found.source, found.cluster)
    return Page(reading, begins=found.number == 1, ends=found.complete or reading.complete)


async def replay_database(
    settings: Settings, since: timedelta | None, *, as_json: bool, out: TextIO = sys.stdout
) -> int:
    """Replay what is stored of every source, in the order of time; return 0: nothing stored is damaged.

    Raises StorageError where the database cannot be read.
    """
    database = await open_database(settings.database_url.get_secret_value(), read_only=True)
    telling = _Telling(settings, out, as_json=as_json)
    start = None if since is None else SystemClock().now() - since
    try:
        names = [SourceName(source.name) for source in settings.sources] or await database.sources()
        streams = [database.observations(name, since=start) for name in names]
        async for reading in _merged(streams):
            telling.take(reading)
    finally:
        await database.close()
    telling.finish(0)
    return 0


async def _merged(streams: list[AsyncIterator[Reading]]) -> AsyncIterator[Reading]:
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
        self._report = ReplayReport()
        self._zone = settings.timezone
        self._out = out
        self._as_json = as_json

    def take(self, item: Reading | FailedReading) -> None:
        """Take the next reading."""
        self._report.saw(item.at)
        for transition in self._replay.take(item):
            if self._as_json:
                self._out.write(transition_line(transition) + "\n")
            else:
                self._report.add(transition)

    def finish(self, damaged: int) -> None:
        """Print the summary, where people are to read it."""
        if not self._as_json:
            console = Console(file=self._out, highlight=False)
            self._report.show(console, self._replay.observations, damaged, self._zone)
