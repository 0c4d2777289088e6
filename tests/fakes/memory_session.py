"""One transaction on a store in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.grouping import Group
from bot.domain.incident import Incident, Lifecycle
from bot.domain.notification import Notification
from bot.domain.posts import Post
from bot.domain.reading import Reading
from bot.domain.routing import Subscription, SubscriptionNumber
from bot.domain.silence import Silence, SilenceNumber
from bot.domain.task import Cluster, SourceName
from bot.operations.store_port import (
    AuditEntry,
    IncidentWrite,
    LeaseLost,
    RevisionConflict,
    TaskRecord,
)
from tests.fakes import memory_owing
from tests.fakes.memory_tables import Lease, Tables


class MemorySession:
    """One transaction on a copy of the tables."""

    def __init__(self, tables: Tables, leases: Mapping[str, Lease]) -> None:
        self.tables = tables
        self._leases = leases

    async def check_lease(self, name: str, token: int) -> None:
        held = self._leases.get(name)
        if held is None or held.owner is None or held.token != token:
            raise LeaseLost(f"the lease {name} is not held any more")

    async def keep_incidents(self, writes: Sequence[IncidentWrite]) -> tuple[Incident, ...]:
        known = self.tables.incidents
        changed = [write for write in writes if write.expected_revision is not None]
        if len({write.incident.number for write in changed}) < len(changed):
            raise RevisionConflict("an incident was changed twice at once")
        for write in changed:
            number = write.incident.number
            if number not in known or known[number].revision != write.expected_revision:
                raise RevisionConflict(f"incident {number} was changed meanwhile")
        kept = tuple(self._kept(write) for write in writes)
        known.update({one.number: one for one in kept})
        open_ones = [one.subject.key for one in known.values() if one.is_open]
        if len(set(open_ones)) < len(open_ones):
            raise RevisionConflict("an incident of the same subject is open already")
        return kept

    def _kept(self, write: IncidentWrite) -> Incident:
        if write.expected_revision is None:
            return replace(write.incident, number=self.tables.number(), revision=1)
        return replace(write.incident, revision=write.expected_revision + 1)

    async def forget_incident(self, incident: Incident) -> None:
        tables = self.tables
        known = tables.incidents.get(incident.number)
        pending = known is not None and known.lifecycle is Lifecycle.PENDING
        if known is None or not pending or known.revision != incident.revision:
            raise RevisionConflict(f"incident {incident.number} was changed meanwhile")
        del tables.incidents[incident.number]
        tables.audit = [entry for entry in tables.audit if entry.incident != incident.number]

    async def append_audit(self, entries: Sequence[AuditEntry]) -> None:
        self.tables.audit.extend(entries)

    async def keep_posts(self, posts: Sequence[Post]) -> None:
        for post in posts:
            known = self.tables.posts.get(post.place)
            ts = known.ts if known is not None and known.ts is not None else post.ts
            self._keep(replace(post, ts=ts))

    async def repost(self, post: Post) -> None:
        self._keep(post)

    def _keep(self, post: Post) -> None:
        known = self.tables.posts.get(post.place, replace(post, members=()))
        members = replace(post, members=known.members).with_members(post.members).members
        self.tables.posts[post.place] = replace(post, members=members)

    async def keep_group(self, group: Group) -> Group:
        known = self.tables.groups.get(group.number)
        kept = replace(group, revision=group.revision + 1)
        if group.revision == 0:
            kept = replace(kept, number=self.tables.number())
        elif known is None or known.revision != group.revision:
            raise RevisionConflict(f"group {group.number} was changed meanwhile")
        self.tables.groups[kept.number] = kept
        return kept

    async def keep_silence(self, silence: Silence) -> Silence:
        silences = self.tables.silences
        kept = replace(silence, revision=silence.revision + 1)
        if silence.revision == 0:
            occurrence = silence.window, silence.starts_at
            if silence.window and occurrence in {(one.window, one.starts_at) for one in silences.values()}:
                raise RevisionConflict(f"the window {silence.window} is kept already")
            kept = replace(kept, number=SilenceNumber(len(silences) + 1))
        elif silence.number not in silences or silences[silence.number].revision != silence.revision:
            raise RevisionConflict(f"silence {silence.number} was changed meanwhile")
        silences[kept.number] = kept
        return kept

    async def keep_subscription(self, subscription: Subscription) -> Subscription:
        tables = self.tables
        wanted = subscription.channel, subscription.selector
        for known in tables.subscriptions.values():
            if (known.channel, known.selector) == wanted:
                return known
        tables.subscription_numbers += 1
        kept = replace(subscription, number=SubscriptionNumber(tables.subscription_numbers))
        tables.subscriptions[kept.number] = kept
        return kept

    async def forget_subscription(self, number: SubscriptionNumber) -> bool:
        return self.tables.subscriptions.pop(number, None) is not None

    async def remember_payload(self, key: str, now: datetime) -> bool:  # noqa: ARG002 - the port has it; memory forgets nothing
        is_new = key not in self.tables.payloads
        self.tables.payloads.add(key)
        return is_new

    async def enqueue(self, notification: Notification) -> None:
        memory_owing.enqueue(self.tables, notification)

    async def keep_tasks(self, records: Sequence[TaskRecord]) -> None:
        self.tables.tasks.update({record.task.key.text: record for record in records})

    async def forget_tasks(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.tables.tasks.pop(key, None)

    async def keep_clusters(self, source: SourceName, clusters: Sequence[Cluster]) -> None:
        self.tables.clusters[source] = tuple(clusters)

    async def keep_fact(self, name: str, value: str) -> None:
        self.tables.facts[name] = value

    async def forget_facts(self, names: Sequence[str]) -> None:
        for name in names:
            self.tables.facts.pop(name, None)

    async def append_observations(self, reading: Reading) -> None:
        tasks = tuple(replace(task, modified_at=None, other=()) for task in reading.tasks)
        self.tables.readings.append(replace(reading, tasks=tasks))
