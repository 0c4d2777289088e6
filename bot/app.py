"""The composition root: the one place that knows every part and puts them together."""

import os
import random
import socket
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

import stamina

from bot import __version__, logs
from bot.charts.charts import Charts
from bot.clock import SystemClock
from bot.condition import Running, health, kind_of, parts
from bot.domain.notification import Notification, OutboxId
from bot.domain.posts import Channel
from bot.domain.routing import Routing, Subscription
from bot.in_force import InForce, Renewal, live_thresholds
from bot.jobs import Bells, Jobs, lease_names
from bot.monitoring.counts import Counts
from bot.monitoring.loop_lag import LoopWatch
from bot.monitoring.metrics import Metrics
from bot.ocp.client import OcpClient
from bot.operations.answer_command import Answering
from bot.operations.answer_ports import Artist
from bot.operations.describe_fleet import FleetView
from bot.operations.heartbeat import Heartbeat
from bot.operations.hold_leases import ALONE, HOUSE, SHARED, Leases
from bot.operations.keep_delivering import Bell
from bot.operations.measure_bot import BotMeasuring
from bot.operations.measure_fleet import FleetMeasuring
from bot.operations.ports import Clock, Journal
from bot.operations.retire_sources import retire_sources
from bot.operations.send_message import SEND_WITHIN, Delivering, channel_id
from bot.operations.show_trend import Trends
from bot.operations.source_state import SourceState
from bot.operations.tell_outage import DatabaseTrouble, OutageNotice
from bot.operations.watch_tasks import Watching
from bot.schedule import Schedule
from bot.serving import signed_routes, socket_connections, web_servers
from bot.settings import Settings
from bot.slack.bolt import bolt_app, web_client
from bot.slack.directory import Directory
from bot.slack.listeners import listen
from bot.slack.messenger import SlackMessenger
from bot.slack.people import People
from bot.slack.replies import Replies
from bot.sources import ocp_client
from bot.storage.address import Address, read_address
from bot.storage.database import Database, open_database
from bot.views.announcement import announcement
from bot.views.blocks import Message
from bot.watches import Watch, holding
from bot.working import Work, working

ANSWER_WITHIN = timedelta(seconds=2)
"""Answers under way when the bot is told to stop have this long to end."""


@asynccontextmanager
async def running(
    settings: Settings,
    journal: Journal,
    *,
    clock: Clock | None = None,
    artist: Artist | None = None,
    config_path: str | None = None,
) -> AsyncIterator[Running]:
    """Run the bot for as long as the context is entered.

    ``clock`` is the one that thresholds and deadlines live in; Slack's limits keep to real time. Slack and
    OCP need not be reachable: the bot keeps trying. ``config_path`` is where the settings are read anew from;
    ``artist`` draws charts in place of a worker process. Raises StorageError where the database cannot be
    used, and OSError where its address is taken.
    """
    stamina.instrumentation.set_on_retry_hooks(())
    async with AsyncExitStack() as stack:
        bot = _Bot(InForce(settings, config_path), journal, clock or SystemClock(), stack)
        yield await bot.start(artist)


class _Bot:
    """Puts the parts together, in the order in which they are needed; ``stack`` takes them apart again."""

    def __init__(self, in_force: InForce, journal: Journal, clock: Clock, stack: AsyncExitStack) -> None:
        self.in_force = in_force
        self.journal = journal
        self.clock = clock
        self.real = SystemClock()
        self.stack = stack
        self.counts = Counts()
        self.owner = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
        self.bells = Bells()
        self.fleet = FleetView(())

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.in_force.settings

    async def start(self, artist: Artist | None) -> Running:
        """Start everything."""
        stack, settings = self.stack, self.settings
        store = await open_database(
            settings.database_url.get_secret_value(),
            retention=settings.retention,
            history=settings.history_retention,
        )
        stack.push_async_callback(store.close)
        address = read_address(settings.database_url.get_secret_value())
        leases = Leases(store, self.real, self.journal, self.owner, ALONE if address.path else SHARED)
        stack.push_async_callback(leases.give_back)
        sources = [await stack.enter_async_context(ocp_client(one, self.clock)) for one in settings.sources]
        trouble = DatabaseTrouble()
        watches = tuple(self._watch(source, store, leases, trouble) for source in sources)
        states = tuple(watch.state for watch in watches)
        self.fleet = FleetView(states)
        await leases.renew(lease_names(watches))
        if leases.holds(HOUSE):
            watched = [source.name for source in sources]
            await retire_sources(watched, settings.poll_interval, store, self.clock, self.journal, new_id)
        client = web_client(self._token(), settings.slack_api_url)
        messenger = SlackMessenger(web_client(self._token(), settings.slack_api_url, SEND_WITHIN))
        delivering = self._delivering(store, messenger)
        app = bolt_app(settings.slack_api_url)
        connections = socket_connections(settings, app, self.real, self.journal, leases)
        heart = Heartbeat(states, holding(list(watches)), store, None, self.real, self.journal)
        now = Running(
            states, watches, delivering, leases, heart, self.clock.now(), connections, trouble,
            database="PostgreSQL" if address.path is None else "SQLite", file=address.path,
        )  # fmt: skip
        if artist is None:
            charts = Charts()
            stack.push_async_callback(charts.close)
            artist = charts
        people = People(client, self.real, self.journal, settings.who_may.groups)
        directory = Directory(client, people, self.real)
        answering = self._answering(now, sources, store, artist, directory)
        replies = Replies(client, self.real, self.journal)
        doors = listen(app, answering, people, client, replies, self.journal, _about_payload)
        stack.push_async_callback(doors.close, ANSWER_WITHIN)
        loop_watch = LoopWatch(self.real)
        fleet = FleetMeasuring(
            states, partial(kind_of, now), holding(list(watches)), delays=settings.metrics_task_delays
        )
        metrics = Metrics(self._measuring(now, fleet, store, loop_watch).measure, self.counts)
        routes = signed_routes(settings, app, self.real, self.journal)
        for server in web_servers(settings, partial(parts, now), routes, metrics):
            now.url = (await stack.enter_async_context(server)).url
        now.schedule = schedule = Schedule(self.journal, self.real, self.clock.speed)
        renewal = Renewal(self.in_force, now, schedule, fleet, people, self.clock, self.journal)
        stack.push_async_callback(renewal.close)
        jobs = Jobs(
            self.in_force, self.journal, self.clock, self.real, store, leases, self.bells, self.fleet, new_id
        )
        renewal.digests(partial(jobs.digest, answering))
        await renewal.beat()
        now.renew = renewal.renew
        jobs.by_the_clock(schedule, watches, self._notice(now, messenger, address))
        work = jobs.background(now, loop_watch, self.owner)
        endings: list[Work] = [
            schedule.stop,
            partial(doors.close, ANSWER_WITHIN),
            *(watch.put_by for watch in watches),
        ]
        await stack.enter_async_context(working(now, work, endings, self.real, self.journal, self.counts))
        schedule.start()
        return now

    def _token(self) -> str:
        token = self.settings.slack_bot_token
        return "" if token is None else token.get_secret_value()

    def _routing(
        self, subscriptions: Sequence[Subscription] = (), refusing: Mapping[Channel, str] | None = None
    ) -> Routing:
        return self.settings.routing(subscriptions, refusing)

    def _watch(self, source: OcpClient, store: Database, leases: Leases, trouble: DatabaseTrouble) -> Watch:
        state = SourceState(source.name, self.settings.poll_interval)
        self.bells.looks[source.name] = Bell()
        lease = Watch.lease_of(source.name)
        watching = Watching(
            source=source,
            store=store,
            clock=self.clock,
            journal=self.journal,
            thresholds_for=live_thresholds(self.in_force, state.ocp_limits),
            routing_for=self._routing,
            new_id=new_id,
            owed=self.bells.owed,
            meters=self.counts,
            fence=lambda: leases.fence(lease),
        )
        return Watch(state, watching, leases, trouble)

    def _delivering(self, store: Database, messenger: SlackMessenger) -> Delivering:
        return Delivering(
            store=store,
            messenger=messenger,
            clock=self.real,
            journal=self.journal,
            owner=self.owner,
            render=self._rendered,
            chance=random.random,
            meters=self.counts,
            with_trend=Trends(store).added_to,
        )

    def _measuring(
        self, now: Running, fleet: FleetMeasuring, store: Database, loop_watch: LoopWatch
    ) -> BotMeasuring:
        connections = now.connections
        return BotMeasuring(
            __version__,
            fleet,
            store,
            self.clock,
            refusing=lambda: len(now.delivering.troubles),
            real=self.real,
            connections=lambda: None if connections is None else connections.alive_since,
            lag=lambda: loop_watch.lag,
            heartbeat=now.heart,
        )

    def _notice(self, now: Running, messenger: SlackMessenger, address: Address) -> OutageNotice:
        return OutageNotice(
            now.storage,
            messenger,
            self.journal,
            channel=lambda: self.in_force.default_channel,
            ids=now.delivering.ids,
            zone=lambda: self.settings.timezone,
            replicas=lambda: now.leases.replicas,
            place=address.seen_from(socket.gethostname()),
        )

    def _rendered(self, notification: Notification) -> Message:
        zone, links = self.settings.timezone, self.in_force.links
        return announcement(notification, zone, links=links, now=self.clock.now())

    def _answering(
        self, now: Running, sources: Sequence[OcpClient], store: Database, artist: Artist, people: Directory
    ) -> Answering:
        return Answering(
            fleet=self.fleet,
            sources={source.name: source for source in sources},
            store=store,
            history=store,
            artist=artist,
            clock=self.clock,
            zone=lambda: self.settings.timezone,
            health=partial(health, now),
            people=people,
            permissions=lambda: self.settings.who_may,
            silence_limits=lambda: self.settings.silence_limits,
            routing=self._routing,
            links=lambda: self.in_force.links,
            changed=self.bells.changed,
            owed=self.bells.owed,
            new_id=new_id,
            find_channel=partial(channel_id, now.delivering),
        )


def _about_payload(payload: str) -> AbstractContextManager[None]:
    """Mark the log's lines about one payload of Slack's."""
    return logs.about(payload=payload)


def new_id() -> OutboxId:
    """Make the id of a notification."""
    return OutboxId(uuid.uuid4().hex)
