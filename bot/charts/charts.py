"""Draws charts in one worker process, which is started when the first chart is asked for."""

import asyncio
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from multiprocessing import get_context
from tempfile import TemporaryDirectory

from bot.charts.worker import draw_within, prepare
from bot.errors import ChartError
from bot.views.delay_chart import ChartSpec

DRAWING = timedelta(seconds=20)
"""One chart may take so long in real time; most take a tenth of a second."""
STARTING = timedelta(seconds=20)
"""The worker process may take so long to start, which takes half a second."""
WAITING = 8
"""So many charts may be asked for at once; each waits for those before it."""


class Charts:
    """Draws charts. matplotlib is imported into the worker alone: it takes half a second, and 50 MB."""

    def __init__(self, *, drawing: timedelta = DRAWING, waiting: int = WAITING) -> None:
        self._limit = drawing.total_seconds()
        self._most = waiting
        self._asked = 0
        self._turn = asyncio.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self._closed = False

    async def draw(self, spec: ChartSpec) -> bytes:
        """Draw one chart as PNG. Raises ChartError; what it shows can then be said in words."""
        if self._asked >= self._most:
            raise ChartError("Too many charts were asked for at once. Ask again in a minute.")
        self._asked += 1
        try:
            async with self._turn:
                return await self._drawn(spec)
        finally:
            self._asked -= 1

    async def _drawn(self, spec: ChartSpec) -> bytes:
        try:
            drawn = await asyncio.to_thread(self._begin, spec)
            async with asyncio.timeout(self._limit + STARTING.total_seconds()):
                return await asyncio.wrap_future(drawn)
        except (BrokenProcessPool, TimeoutError) as error:
            await asyncio.to_thread(self._end)
            raise ChartError("The chart took too long to draw, or its process ended. Ask again.") from error
        except ChartError:
            raise
        except Exception as error:
            raise ChartError("The chart could not be drawn; the log has the details.") from error

    def _begin(self, spec: ChartSpec) -> "Future[bytes]":
        """Give a chart to the worker; one that has died since the last chart is started anew."""
        for _ in range(2):
            if self._closed:
                break
            try:
                return self._started().submit(draw_within, spec, self._limit)
            except BrokenProcessPool:
                self._end()
        raise ChartError("The process that draws charts does not start, or is being stopped.")

    def _started(self) -> ProcessPoolExecutor:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="logbackup-bot-", ignore_cleanup_errors=True)
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, get_context("spawn"), prepare, (self._folder.name,))
        return self._pool

    def _end(self) -> None:
        """End the worker at once; it holds nothing that would be lost."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        for process in list((pool._processes or {}).values()):  # noqa: SLF001 - public only from Python 3.14 on
            process.kill()
        pool.shutdown(wait=True, cancel_futures=True)

    async def close(self) -> None:
        """End the worker; a chart that is being drawn is given up."""
        self._closed = True
        await asyncio.to_thread(self._end)
        if self._folder is not None:
            await asyncio.to_thread(self._folder.cleanup)
