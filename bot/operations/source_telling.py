"""Gathers what telling needs to know of one source: its greeting, what tasks share, who is new."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from bot.domain.announcing import NONE_NEW, Newcomers, with_clusters
from bot.domain.grouping import Crowd, crowd_of
from bot.domain.incident import Incident, task_key_of
from bot.domain.look import NewId, Routes
from bot.domain.notification import Channel, Counts, GreetingContent, MessageKey
from bot.domain.roster import KnownCluster
from bot.domain.routing import Routing, Subscription
from bot.domain.task import ClusterId, Task
from bot.operations.judge_poll import Decided
from bot.operations.source_state import SourceState
from bot.operations.store_port import Store
from bot.operations.tell_incidents import Board, Telling

LATELY = timedelta(minutes=10)
"""An alert says that it was silenced until now if its silence ended within this time."""

RoutingFor = Callable[[Sequence[Subscription], Mapping[Channel, str]], Routing]
"""Makes the routing of the settings, the subscriptions, and the channels that refuse."""


async def read_board(state: SourceState, store: Store, routing_for: RoutingFor, now: datetime) -> Board:
    """Read what holds for all sources alike."""
    routing = routing_for(await store.subscriptions(), await store.refused())
    if state.routes is None or state.routes.routing != routing:
        state.routes = Routes(routing)
    return Board(state.routes, await store.silences(ended_since=now - LATELY))


def telling_of(
    state: SourceState,
    clusters: Mapping[ClusterId, KnownCluster],
    board: Board,
    new_id: NewId,
    now: datetime,
    decided: Decided | None = None,
) -> Telling:
    """Gather what telling needs to know; without ``decided`` nothing was read."""
    greet = MessageKey(f"greeting/{state.source}")

    def greeting_for(message: MessageKey, incidents: tuple[Incident, ...], counts: Counts) -> GreetingContent:
        only = None if message == greet else incidents[0].subject
        told = [one for id_, one in clusters.items() if only is None or id_ == only.cluster]
        return GreetingContent(
            source=state.source,
            clusters=len(told),
            tasks=sum(len(cluster.tasks) for cluster in told),
            interval=state.interval,
            incidents=incidents,
            read_at=now if state.last_read_at is None or decided is not None else state.last_read_at,
            cluster=None if only is None else only.cluster_label,
            more=counts,
        )

    def task_of(incident: Incident) -> Task | None:
        key = task_key_of(incident.subject)
        cluster = None if key is None else clusters.get(key.cluster)
        known = None if key is None or cluster is None else cluster.tasks.get(key)
        return None if known is None else known.task

    @cache
    def crowd() -> Crowd:
        tasks = (known.task for cluster in clusters.values() for known in cluster.tasks.values())
        return with_clusters(crowd_of(tasks), len(clusters))

    newcomers = NONE_NEW
    if decided is not None:
        first = not state.greeted and bool(decided.newcomers)
        newcomers = Newcomers(
            greet=greet if first else None,
            default=board.routes.routing.default,
            clusters=decided.newcomers,
            message=lambda incident: MessageKey(f"{greet}/{incident.subject.cluster}/{incident.number}"),
        )
    return Telling(
        now=now,
        interval=state.interval,
        board=board,
        new_id=new_id,
        greeting_for=greeting_for,
        task_of=task_of,
        crowd=crowd,
        newcomers=newcomers,
    )
