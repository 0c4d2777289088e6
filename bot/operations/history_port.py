"""What operations ask of the stored history of one task."""

from datetime import datetime
from typing import Protocol

from bot.domain.delay_history import DelayHistory
from bot.domain.task import TaskKey


class History(Protocol):
    """The stored readings. Raises StorageError where they cannot be read."""

    async def delays(self, key: TaskKey, since: datetime, until: datetime | None) -> DelayHistory:
        """Read how far one task was behind, by our clock; ``until`` None to the latest reading."""
        ...
