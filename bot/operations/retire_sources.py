"""Ends the incidents of sources that the settings no longer name: nothing more will be learnt of them."""

from collections.abc import Collection
from datetime import timedelta

from bot.domain.evidence import NotWatched
from bot.domain.grouping import Crowd
from bot.domain.incident import Incident, Transition
from bot.domain.lifecycle import retire
from bot.domain.look import NewId, Routes
from bot.domain.notification import Counts, GreetingContent, MessageKey
from bot.domain.routing import Routing
from bot.domain.task import SourceName
from bot.operations.desk import load_desk
from bot.operations.keep_incidents import Advanced, keep_incidents
from bot.operations.packed_tasks import pack_name
from bot.operations.ports import Clock, Journal
from bot.operations.source_state import NOT_GREETED
from bot.operations.store_port import RevisionConflict, Store
from bot.operations.tell_incidents import Board, Telling, tell


async def retire_sources(
    watched: Collection[SourceName],
    interval: timedelta,
    store: Store,
    clock: Clock,
    journal: Journal,
    new_id: NewId,
) -> tuple[Transition, ...]:
    """End what is open of every source that is not ``watched``, and say so where it was announced.

    ``interval`` is how often it was read. Raises StorageError where that cannot be kept.
    """
    gone = {incident.subject.source for incident in await store.open_incidents()} - set(watched)
    ended: list[Transition] = []
    for source in sorted(gone):
        try:
            ended += await _retire(source, interval, store, clock, new_id)
        except RevisionConflict:
            journal.warning("source not retired", source=source)
        else:
            journal.info("source retired", source=source)
    return tuple(ended)


async def _retire(
    source: SourceName, interval: timedelta, store: Store, clock: Clock, new_id: NewId
) -> tuple[Transition, ...]:
    now = clock.now()
    desk = await load_desk(source, store)
    clusters = await store.clusters(source)
    packs = [*await store.facts(pack_name(source))]

    def greeting_for(
        _message: MessageKey, incidents: tuple[Incident, ...], counts: Counts
    ) -> GreetingContent:
        tasks = sum(len(cluster.tasks) for cluster in clusters)
        return GreetingContent(source, len(clusters), tasks, interval, incidents, now, more=counts)

    advanced = [
        Advanced(incident, retire(incident, NotWatched(), now)) for incident in desk.incidents.values()
    ]
    async with store.writing() as session:
        kept = await keep_incidents(session, desk, advanced, now)
        telling = Telling(
            now=now,
            interval=interval,
            board=Board(Routes(Routing(default=None))),
            new_id=new_id,
            greeting_for=greeting_for,
            task_of=lambda _: None,
            crowd=lambda: Crowd({}),
            transitions=kept.transitions,
            touched=kept.touched,
        )
        await tell(session, desk, telling)
        await session.forget_tasks([record.task.key.text for cluster in clusters for record in cluster.tasks])
        await session.keep_clusters(source, ())
        await session.forget_facts(packs)
        await session.keep_fact(f"greeted/{source}", NOT_GREETED)
    return kept.transitions
