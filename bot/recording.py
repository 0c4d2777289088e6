"""Recording, put together: every OCP of the settings at one end, a file at the other."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.domain.reading import FailedReading
from bot.domain.roster import DROPPED_AFTER, UNLISTED_SENTENCE
from bot.domain.task import Cluster, ClusterId, SourceName
from bot.operations.ports import Clock, Journal, Source
from bot.operations.read_source import ClusterList, PollResult, read_source, tell_failures
from bot.recordings.files import RecordingError, RecordingWriter
from bot.recordings.lines import LineDamaged, RecordedFailure, failure_line, page_line
from bot.settings import Settings
from bot.sources import ocp_client


async def record_until(
    stopping: asyncio.Event,
    settings: Settings,
    journal: Journal,
    file: str,
    *,
    clock: Clock | None = None,
    told: Callable[[int], None] = lambda _polls: None,
) -> int:
    """Append every poll of every source to a file until told to stop; return how many polls that were.

    ``told`` hears after each poll how many there have been. Raises RecordingError where the file cannot be
    written.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        writer = stack.enter_context(RecordingWriter(Path(file)))
        recorders: list[Recorder] = []
        work: list[asyncio.Task[object]] = [asyncio.create_task(stopping.wait())]
        for source in settings.sources:
            recorder = Recorder(writer, clock, journal, lambda: told(sum(one.polls for one in recorders)))
            client = await stack.enter_async_context(ocp_client(source, clock, on_page=recorder.on_page))
            recorders.append(recorder)
            work.append(asyncio.create_task(recorder.keep_polling(client, settings.poll_interval)))
        try:
            ended, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in work:
                task.cancel()
            await asyncio.wait(work)
        for task in ended:
            task.result()
    return sum(recorder.polls for recorder in recorders)


@dataclass(slots=True)
class Recorder:
    """Writes what one source answers, page by page, and what could not be read.

    ``polled`` is called after each poll. ``known`` are the clusters that were ever listed, ``unlisted`` since
    when (our clock) some are no more.
    """

    writer: RecordingWriter
    clock: Clock
    journal: Journal
    polled: Callable[[], None] = lambda: None
    polls: int = 0
    listed: ClusterList | None = None
    failing: Mapping[str, FailedReading] = field(default_factory=dict)
    known: dict[ClusterId, Cluster] = field(default_factory=dict)
    unlisted: dict[ClusterId, datetime] = field(default_factory=dict)

    def on_page(self, source: SourceName, cluster: ClusterId, raw: bytes, *, complete: bool) -> None:
        """Write one page. Raises RecordingError."""
        try:
            line = page_line(source, cluster, raw, complete=complete)
        except LineDamaged as damage:
            self.journal.warning("page not recorded", source=source, cluster=cluster, because=str(damage))
            return
        self.writer.write(line)

    async def keep_polling(self, source: Source, interval: timedelta) -> None:
        """Poll until cancelled. Raises RecordingError where the file takes no more."""
        while True:
            started = self.clock.monotonic()
            try:
                await self.poll(source)
            except RecordingError:
                raise
            except Exception:  # noqa: BLE001 - one source's poll is a boundary
                self.journal.error("poll failed", source=source.name)
            took = timedelta(seconds=self.clock.monotonic() - started) * self.clock.speed
            await self.clock.sleep(interval - took)

    async def poll(self, source: Source) -> None:
        """Read the source once; its pages come to ``on_page``, what failed is written here."""
        result = await read_source(source, self.listed, self.clock)
        self.failing = tell_failures(self.failing, result, source, self.journal)
        self.listed = result.clusters or self.listed
        for failure in self._failures(result, source):
            self.writer.write(failure_line(failure))
        self.polls += 1
        self.polled()

    def _failures(self, result: PollResult, source: Source) -> Iterator[RecordedFailure]:
        if result.failure is not None:
            yield RecordedFailure(source.name, None, result.failure.at, result.failure.sentence)
            return
        for cluster, failure in result.failures:
            yield RecordedFailure(source.name, cluster.id, failure.at, failure.sentence)
        now = self.clock.now()
        for cluster in self._unlisted(now):
            if source.watches(cluster):
                yield RecordedFailure(source.name, cluster.id, now, UNLISTED_SENTENCE)

    def _unlisted(self, now: datetime) -> list[Cluster]:
        """Give the clusters that OCP listed before and lists no more; for the watch they cannot be read."""
        listed = {} if self.listed is None else {cluster.id: cluster for cluster in self.listed.clusters}
        self.known.update(listed)
        gone = [cluster for cluster in self.known.values() if cluster.id not in listed]
        self.unlisted = {cluster.id: self.unlisted.get(cluster.id, now) for cluster in gone}
        return [cluster for cluster in gone if now - self.unlisted[cluster.id] < DROPPED_AFTER]
