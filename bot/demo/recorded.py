"""What happens in the demo, recorded and replayed as the program's own commands do it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from bot.operations.ports import Clock, Journal
from bot.recording import Recorder
from bot.recordings.files import RecordingWriter
from bot.replaying import replay_file
from bot.sandbox.page import Lever
from bot.sandbox.slack import CannotDo
from bot.schedule import LEAST_INTERVAL
from bot.settings import Settings
from bot.sources import ocp_client

MOST_RECORDED = 64 * 1024 * 1024
"""A recording ends by itself when it has so many bytes."""


@dataclass(slots=True)
class Recorded:
    """A recording of the demo, as ``logbackup-bot record`` makes it."""

    path: Path
    settings: Settings
    journal: Journal
    clock: Clock
    _task: "asyncio.Task[None] | None" = None

    @property
    def file(self) -> Path | None:
        """The recording, if there is one."""
        return self.path if self.path.exists() and self.path.stat().st_size else None

    @property
    def goes_on(self) -> bool:
        """Whether it is being made."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Begin a new recording."""
        self.path.unlink(missing_ok=True)
        self._task = asyncio.create_task(self._record(), name="the demo's recording")

    async def _record(self) -> None:
        with RecordingWriter(self.path) as writer:
            recorder = Recorder(writer, self.clock, self.journal)
            for source in self.settings.sources:
                async with ocp_client(source, self.clock, on_page=recorder.on_page) as client:
                    while self.path.stat().st_size < MOST_RECORDED:
                        await recorder.poll(client)
                        await self.clock.sleep(
                            max(self.settings.poll_interval, LEAST_INTERVAL * self.clock.speed)
                        )

    async def stop(self) -> None:
        """End the recording; the file stays."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def replay(self) -> str:
        """Tell what the alert rules make of it, in the words of ``logbackup-bot replay``."""
        file = self.file
        if file is None:
            raise CannotDo("nothing was recorded yet")
        out = StringIO()
        await asyncio.to_thread(replay_file, self.settings, str(file), as_json=False, out=out)
        return out.getvalue().strip()

    def levers(self) -> Mapping[str, Lever]:
        """Give the levers that record and replay."""

        async def switched() -> str:
            if self.goes_on:
                await self.stop()
                return "The recording ended. Download it below, or replay it here."
            self.start()
            return "Every poll is recorded from now on."

        return {
            "record": Lever(
                "Record",
                switched,
                "Record",
                is_on=lambda: self.goes_on,
                on_label="End the recording",
                state="It is recorded",
            ),
            "replay": Lever("Replay", self.replay, "Record", "What the alert rules make of the recording."),
        }
