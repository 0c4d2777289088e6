"""Knows what is lost for good though it is over, so that what is shown as it stands now says it."""

import asyncio
import weakref
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.fleet import FleetSnapshot
from bot.domain.incident import Incident
from bot.domain.losses import MOST, TOLD, with_losses
from bot.errors import StorageError
from bot.operations.store_port import Store

WAITED = timedelta(seconds=1)
"""So long the database is waited for; what was known before is shown instead."""


class Losses:
    """The losses as they were last read: once for each description of the fleet that somebody looks at.

    It keeps no fleet in memory that nobody else does.
    """

    def __init__(self) -> None:
        self._known: Sequence[Incident] = ()
        self._of: weakref.ref[FleetSnapshot] | None = None
        self._shown: FleetSnapshot | None = None
        self._turn = asyncio.Lock()

    async def shown_in(self, fleet: FleetSnapshot, store: Store, now: datetime) -> FleetSnapshot:
        """Describe the fleet with what is lost; where the database does not answer, as it was last known."""
        async with self._turn:
            if self._of is None or self._of() is not fleet:
                await self._read(store, now)
                self._of = weakref.ref(fleet, self._forget)
                self._shown = with_losses(fleet, self._known) if self._known else None
            return self._shown or fleet

    async def _read(self, store: Store, now: datetime) -> None:
        try:
            async with asyncio.timeout(WAITED.total_seconds()):
                self._known = await store.losses(since=now - TOLD, limit=MOST)
        except (StorageError, TimeoutError):
            return

    def _forget(self, _: weakref.ref[FleetSnapshot]) -> None:
        self._of = self._shown = None
