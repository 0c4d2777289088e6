"""One transaction: everything in it is kept, or nothing."""

from collections.abc import MutableMapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.grouping import Group
from bot.domain.incident import Incident
from bot.domain.notification import Notification
from bot.domain.posts import Post
from bot.domain.reading import Reading
from bot.domain.routing import Subscription, SubscriptionNumber
from bot.domain.silence import Silence
from bot.domain.task import Cluster, SourceName, Task
from bot.operations.store_port import AuditEntry, IncidentWrite, TaskRecord
from bot.storage import (
    facts,
    groups,
    incidents,
    leases,
    observations,
    owing,
    posts,
    silences,
    tasks,
    trail,
)
from bot.storage.refusals import refusals
from bot.storage.shapes import ShapesInUse


class Session:
    """Fulfils ``WriteSession`` on one connection whose transaction has begun."""

    def __init__(
        self,
        connection: AsyncConnection,
        shapes: ShapesInUse,
        shapes_read: MutableMapping[SourceName, dict[int, Task]],
    ) -> None:
        self._connection = connection
        self._shapes_read = shapes_read
        self._shapes = shapes
        self._polls: list[observations.Poll] = []
        self._owed: list[Notification] = []

    async def check_lease(self, name: str, token: int) -> None:
        """Make sure that a lease is held, until the transaction is over; LeaseLost where it is not."""
        with refusals():
            await leases.check(self._connection, name, token)

    async def keep_incidents(self, writes: Sequence[IncidentWrite]) -> tuple[Incident, ...]:
        """Keep incidents by compare-and-set; RevisionConflict where another writer was first."""
        with refusals():
            return await incidents.keep(self._connection, writes)

    async def forget_incident(self, incident: Incident) -> None:
        """Remove a pending incident; RevisionConflict where it was changed meanwhile."""
        with refusals():
            await incidents.forget(self._connection, incident)

    async def append_audit(self, entries: Sequence[AuditEntry]) -> None:
        """Append to the audit trail."""
        with refusals():
            await trail.append(self._connection, entries)

    async def keep_posts(self, kept: Sequence[Post]) -> None:
        """Create or update the records of parent messages; where one stands is not overwritten."""
        with refusals():
            await posts.keep(self._connection, kept)

    async def repost(self, post: Post) -> None:
        """Keep a parent message that was posted anew."""
        with refusals():
            await posts.repost(self._connection, post)

    async def keep_group(self, group: Group) -> Group:
        """Keep a group by compare-and-set."""
        with refusals():
            return await groups.keep(self._connection, group)

    async def keep_silence(self, silence: Silence) -> Silence:
        """Keep a silence by compare-and-set; the occurrence of a window is kept once."""
        with refusals():
            return await silences.keep(self._connection, silence)

    async def keep_subscription(self, subscription: Subscription) -> Subscription:
        """Keep a new subscription, or give the same one that the channel has."""
        with refusals():
            return await silences.subscribe(self._connection, subscription)

    async def forget_subscription(self, number: SubscriptionNumber) -> bool:
        """End a subscription."""
        with refusals():
            return await silences.unsubscribe(self._connection, number)

    async def remember_payload(self, key: str, now: datetime) -> bool:
        """Remember what Slack sent; False: it was acted on already."""
        with refusals():
            return await facts.remember_payload(self._connection, key, now)

    async def enqueue(self, notification: Notification) -> None:
        """Put a notification into the outbox: with all others of this transaction, at its end."""
        self._owed.append(notification)

    async def keep_tasks(self, records: Sequence[TaskRecord]) -> None:
        """Create or update what is remembered of tasks."""
        with refusals():
            await tasks.keep(self._connection, records, self._shapes)

    async def forget_tasks(self, keys: Sequence[str]) -> None:
        """Forget tasks."""
        with refusals():
            await tasks.forget(self._connection, keys)

    async def keep_clusters(self, source: SourceName, clusters: Sequence[Cluster]) -> None:
        """Replace the known clusters of a source; where it has none, nothing read of it is held any more."""
        if not clusters:
            self._shapes_read.pop(source, None)
        with refusals():
            await tasks.keep_clusters(self._connection, source, clusters)

    async def keep_fact(self, name: str, value: str) -> None:
        """Keep one small fact."""
        with refusals():
            await facts.keep(self._connection, name, value)

    async def forget_facts(self, names: Sequence[str]) -> None:
        """Forget small facts, those of these names that there are."""
        with refusals():
            await facts.forget(self._connection, names)

    async def append_observations(self, reading: Reading) -> None:
        """Append one reading to the history."""
        with refusals():
            self._polls.append(await observations.pack(self._connection, reading, self._shapes))

    async def finish(self) -> None:
        """Write what was gathered, before the commit: the readings of a poll, and what it owes."""
        with refusals():
            await owing.enqueue(self._connection, self._owed)
            await observations.append(self._connection, self._polls)
