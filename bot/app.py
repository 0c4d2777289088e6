"""The composition root: the one place that knows every part and puts them together."""

import asyncio
import os
import random
import socket
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import stamina
from aiohttp.web import RouteDef
from slack_bolt.app.async_app import AsyncApp

from bot import __version__
from bot.clock import SystemClock
from bot.domain.notification import Channel, OutboxId
from bot.errors import StorageError
from bot.monitoring.web import Part, WebServer
from bot.ocp.client import OcpClient
from bot.operations.answer_command import Answering
from bot.operations.deliver_messages import EDITING, NEWS
from bot.operations.describe_fleet import FleetView
from bot.operations.keep_delivering import Bell, keep_delivering
from bot.operations.learn_limits import LEARN_EVERY, keep_limits, learn_limits
from bot.operations.ports import Clock, Journal
from bot.operations.retire_sources import retire_sources
from bot.operations.send_message import Delivering
from bot.operations.source_state import SourceState, restore
from bot.operations.store_port import Store
from bot.operations.supervise import supervise
from bot.operations.watch_tasks import Watching, poll
from bot.schedule import Schedule
from bot.settings import Settings
from bot.slack.bolt import bolt_app, web_client
from bot.slack.connection import SocketConnections
from bot.slack.listeners import listen
from bot.slack.messenger import SlackMessenger
from bot.slack.people import People
from bot.slack.replies import Replies
from bot.slack.requests import slack_routes
from bot.sources import ocp_client, thresholds_of
from bot.storage.database import Database, open_database
from bot.views.announcement import announcement
from bot.views.health_report import BotHealth

STOP_WITHIN = timedelta(seconds=8)
"""What is in flight when the bot is told to stop has this long to end; then it is given back."""

SETTLED = timedelta(seconds=90)
"""What can wait begins this long after the start, when the first polls are over."""
TIDY_EVERY = timedelta(minutes=10)
"""How often what is stored is packed, and what is too old dropped."""

ANSWER_WITHIN = timedelta(seconds=3)
"""Answers under way when the bot is told to stop have this long to end."""


@dataclass(slots=True)
class Running:
    """The bot while it runs: what tests and the demo may look at."""

    states: tuple[SourceState, ...]
    delivering: Delivering
    started_at: datetime
    connections: SocketConnections | None
    url: str = ""
    storage_trouble: str | None = None
    work: list["asyncio.Task[None]"] = field(default_factory=list)
    schedule: Schedule | None = None


@asynccontextmanager
async def running(
    settings: Settings, journal: Journal, *, clock: Clock | None = None
) -> AsyncIterator[Running]:
    """Run the bot for as long as the context is entered.

    ``clock`` is the one that thresholds and deadlines live in; Slack's limits keep to real time. Slack and
    OCP need not be reachable: the bot keeps trying. Raises StorageError where the database cannot be used,
    and OSError where its address is taken.
    """
    real = SystemClock()
    clock = clock or real
    stamina.instrumentation.set_on_retry_hooks(())
    async with AsyncExitStack() as stack:
        store = await open_database(settings.database_url.get_secret_value())
        stack.push_async_callback(store.close)
        sources = [await stack.enter_async_context(ocp_client(source, clock)) for source in settings.sources]
        watched = [source.name for source in sources]
        await retire_sources(watched, settings.poll_interval, store, clock, journal, _new_id)
        states = tuple(
            [
                await restore(source.name, settings.poll_interval, store, thresholds_of(settings))
                for source in sources
            ]
        )
        client = web_client(_token(settings), settings.slack_api_url)
        bells = (Bell(), Bell())
        delivering = Delivering(
            store=store,
            messenger=SlackMessenger(client),
            clock=real,
            journal=journal,
            owner=f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}",
            render=partial(announcement, zone=settings.timezone),
            chance=random.random,
        )
        app = bolt_app(settings.slack_api_url)
        connections = socket_connections(settings, app, real, journal)
        now = Running(states, delivering, clock.now(), connections)
        answering = Answering(
            fleet=FleetView(states),
            sources={source.name: source for source in sources},
            store=store,
            clock=clock,
            zone=settings.timezone,
            health=partial(_health, now),
        )
        replies = Replies(client, real, journal)
        doors = listen(app, answering.answer, People(client, real), client, replies, journal)
        stack.push_async_callback(doors.close, ANSWER_WITHIN)
        secret = settings.slack_signing_secret
        routes: list[RouteDef] = []
        if connections is None and secret is not None:
            routes = slack_routes(app, secret.get_secret_value(), real)
        for server in web_servers(settings, partial(_parts, now), routes):
            now.url = (await stack.enter_async_context(server)).url
        now.schedule = schedule = Schedule(journal, real, clock.speed)
        stack.push_async_callback(schedule.stop)
        for source, state in zip(sources, states, strict=True):
            watching = _watching(settings, source, state, store, clock, journal, bells)
            schedule.every(
                settings.poll_interval, f"poll {source.name}", partial(_poll, now, state, watching)
            )
            learning = partial(_learn, state, watching)
            schedule.every(LEARN_EVERY, f"limits of {source.name}", learning, first_after=SETTLED)
        schedule.every(TIDY_EVERY, "tidy", partial(_tidy, store, clock, journal))
        await stack.enter_async_context(
            _working(
                now,
                {
                    "delivery of news": partial(keep_delivering, delivering, NEWS, bells[0]),
                    "delivery of edits": partial(keep_delivering, delivering, EDITING, bells[1]),
                    **({} if connections is None else {"slack": connections.run}),
                },
                real,
                journal,
            )
        )
        schedule.start()
        yield now


def _new_id() -> OutboxId:
    return OutboxId(uuid.uuid4().hex)


def _token(settings: Settings) -> str:
    return "" if settings.slack_bot_token is None else settings.slack_bot_token.get_secret_value()


def web_servers(
    settings: Settings, parts: Callable[[], Mapping[str, Part]], routes: Sequence[RouteDef]
) -> list[WebServer]:
    """Make the servers: one for everything, or health on an address of its own and Slack on the other."""
    own = settings.metrics_address
    if own is None:
        return [WebServer(*settings.http_address, parts, routes)]
    slack = [WebServer(*settings.http_address, None, routes)] if routes else []
    return [*slack, WebServer(*own, parts)]


def socket_connections(
    settings: Settings, app: AsyncApp, clock: Clock, journal: Journal
) -> SocketConnections | None:
    """Make the Socket Mode connections, where there is an app token; else Slack comes over HTTP."""
    token = settings.slack_app_token
    return None if token is None else SocketConnections(app, token.get_secret_value(), clock, journal)


def _watching(
    settings: Settings,
    source: OcpClient,
    state: SourceState,
    store: Store,
    clock: Clock,
    journal: Journal,
    bells: Sequence[Bell],
) -> Watching:
    def owed() -> None:
        for bell in bells:
            bell.ring()

    channels = () if settings.alert_channel is None else (Channel(settings.alert_channel),)

    return Watching(
        source=source,
        store=store,
        clock=clock,
        journal=journal,
        thresholds_for=thresholds_of(settings, state.ocp_limits),
        channels_for=lambda _: channels,
        default_channels=channels,
        new_id=_new_id,
        owed=owed,
    )


async def _tidy(store: Database, clock: Clock, journal: Journal) -> None:
    """Pack what is stored, and drop what is older than it is kept."""
    try:
        await store.tidy(clock.now())
    except StorageError as error:
        journal.error("database not tidied", because=error.sentence)


async def _learn(state: SourceState, watching: Watching) -> None:
    """Learn the limits of OCP's own alarm; an OCP that does not tell them is left alone."""
    if await learn_limits(watching.source, state.listed, state.ocp_limits, watching.journal):
        state.changes += 1
        try:
            await keep_limits(state.source, state.ocp_limits, watching.store)
        except StorageError as error:
            watching.journal.error("limits not kept", source=state.source, because=error.sentence)


async def _poll(now: Running, state: SourceState, watching: Watching) -> None:
    """Poll one source; whatever happens to it is no other source's trouble."""
    try:
        await poll(state, watching)
        now.storage_trouble = None
    except StorageError as error:
        now.storage_trouble = error.sentence
        watching.journal.error("poll not kept", source=state.source, because=error.sentence)
    except Exception:  # noqa: BLE001 - one source's poll is a boundary
        watching.journal.error("poll failed", source=state.source)


@asynccontextmanager
async def _working(
    now: Running, work: Mapping[str, Callable[[], Awaitable[None]]], clock: Clock, journal: Journal
) -> AsyncIterator[None]:
    """Keep the background work going; at the end it is told to stop and waited for, within a bound."""
    now.work = [
        asyncio.create_task(supervise(name, job, clock, journal), name=name) for name, job in work.items()
    ]
    try:
        yield
    finally:
        for task in now.work:
            task.cancel()
        await asyncio.wait(now.work, timeout=STOP_WITHIN.total_seconds())


def _parts(now: Running) -> Mapping[str, Part]:
    """Say of each part whether it can do its job."""
    parts: dict[str, Part] = {}
    for state in now.states:
        read = state.unread is None and state.last_read_at is not None
        why = "read" if read else "not read yet" if state.unread is None else state.unread.last.sentence
        parts[f"source {state.source}"] = (read, why)
    if now.connections is not None:
        alive = now.connections.alive
        why = f"{alive} connections" if alive else now.connections.trouble or "not connected yet"
        parts["slack"] = (alive > 0, why)
    trouble = now.storage_trouble
    parts["database"] = (trouble is None, trouble or "in use")
    for channel, refused in now.delivering.troubles.items():
        parts[f"channel {channel}"] = (False, refused.sentence)
    return parts


async def _health(now: Running) -> BotHealth:
    """Tell how the bot itself is: what is owed, and what does not work."""
    delivering = now.delivering
    troubles = [
        f"Channel {channel} does not take messages: {trouble.sentence}"
        for channel, trouble in delivering.troubles.items()
    ]
    if now.connections is not None and now.connections.trouble is not None:
        troubles.append(now.connections.trouble)
    if now.storage_trouble is not None:
        troubles.append(now.storage_trouble)
    troubles += [sentence for state in now.states for sentence in state.troubles]
    owed = 0
    try:
        owed = await delivering.store.outbox_depth()
    except StorageError as error:
        if now.storage_trouble is None:
            troubles.append(error.sentence)
    return BotHealth(__version__, now.started_at, owed, troubles)
