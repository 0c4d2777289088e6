"""Follows a source that another replica watches, so that answers are right here too."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.roster import ThresholdsFor
from bot.operations.desk import refreshed
from bot.operations.source_state import SourceState, catch_up, restore
from bot.operations.store_port import Store

OVERLAP = timedelta(seconds=15)
"""Clusters of one OCP are read one after another, and its clock may be set back a little."""


async def follow_source(state: SourceState, store: Store, thresholds_for: ThresholdsFor) -> None:
    """Bring a source to what is kept of it. Raises StorageError.

    The first time everything is read; from then on only what came since.
    """
    async with state.turn:
        if not state.is_known:
            await take_up(state, store, thresholds_for)
            return
        desk, changed = await refreshed(state.desk, state.source, store, following=True)
        before = state.last_read_at
        if before is not None:
            offsets = [known.clock_offset for known in state.clusters.values()]
            since = before - max(offsets, default=timedelta(0)) - OVERLAP
            await catch_up(state, store, since, thresholds_for)
        if not changed and desk is state.desk and state.last_read_at == before:
            return
        state.desk = desk
        state.changes += 1


async def take_up(state: SourceState, store: Store, thresholds_for: ThresholdsFor) -> None:
    """Make a source what the store has of it, all of it: before it is watched from here."""
    fresh = await restore(state.source, state.interval, store, thresholds_for)
    state.clusters = fresh.clusters
    state.desk = replace(fresh.desk, is_fresh=False)
    state.unread = fresh.unread
    state.greeted = fresh.greeted
    state.last_read_at = fresh.last_read_at
    state.ocp_limits.clear()
    state.ocp_limits.update(fresh.ocp_limits)
    state.memory_kept_at = fresh.memory_kept_at
    state.rows_kept_at = fresh.rows_kept_at
    state.rows_saved = fresh.rows_saved
    state.packs = fresh.packs
    state.told_by = None
    state.is_known = True
    state.changes += 1
