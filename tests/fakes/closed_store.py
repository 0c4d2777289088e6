"""A database that cannot be reached: nothing is read, nothing is written."""

from bot.errors import StorageError
from tests.fakes.memory_store import MemoryStore

AWAY = "PostgreSQL cannot be reached. Check the address in BOT_DATABASE_URL, and that the server runs."


class ClosedStore(MemoryStore):
    """Fulfils Store; whatever is asked of it is refused."""

    def __getattribute__(self, name: str) -> object:
        """Refuse whatever is not Python's own business."""
        if name.startswith("__"):
            return super().__getattribute__(name)
        raise StorageError(AWAY)

    def __init__(self) -> None:
        """Keep nothing."""
