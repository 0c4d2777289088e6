"""Learns the limit of OCP's own alarm for each cluster: it is shown, and obeyed where the settings say so."""

import json
from collections.abc import Mapping, MutableMapping
from datetime import timedelta

from bot.domain.task import ClusterId, SourceName
from bot.errors import SourceError
from bot.operations.ports import Journal, Source
from bot.operations.read_source import ClusterList
from bot.operations.store_port import Store

LEARN_EVERY = timedelta(hours=1)
"""Somebody changes it once in a year; one request a cluster and hour costs OCP nothing."""


async def learn_limits(
    source: Source,
    listed: ClusterList | None,
    known: MutableMapping[ClusterId, timedelta],
    journal: Journal,
) -> bool:
    """Read OCP's own limit of every cluster into ``known``; tell whether any is another than before.

    An OCP that has no such limit, or does not let us read it, leaves what is known as it is.
    """
    before = dict(known)
    for cluster in () if listed is None else listed.clusters:
        try:
            limit = await source.delay_threshold(cluster)
        except SourceError as error:
            journal.info("limit not read", source=source.name, cluster=cluster.label, reason=error.reason)
            if not error.temporary:
                break
            continue
        if limit is not None:
            known[cluster.id] = limit
    return known != before


async def keep_limits(source: SourceName, known: Mapping[ClusterId, timedelta], store: Store) -> None:
    """Keep the limits, so that a restart judges by them from its first poll on. Raises StorageError."""
    text = json.dumps({str(cluster): limit.total_seconds() for cluster, limit in known.items()})
    async with store.writing() as session:
        await session.keep_fact(f"limits/{source}", text)


async def kept_limits(source: SourceName, store: Store) -> dict[ClusterId, timedelta]:
    """Give the limits that were kept. Raises StorageError."""
    text = await store.fact(f"limits/{source}")
    kept: dict[str, float] = {} if text is None else json.loads(text)
    return {ClusterId(int(cluster)): timedelta(seconds=seconds) for cluster, seconds in kept.items()}
