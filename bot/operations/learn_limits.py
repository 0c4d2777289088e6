"""Learns the limit of OCP's own alarm for each cluster: it is shown, and obeyed where the settings say so."""

from collections.abc import MutableMapping
from datetime import timedelta

from bot.domain.task import ClusterId
from bot.errors import SourceError
from bot.operations.ports import Journal, Source
from bot.operations.read_source import ClusterList

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
