"""The names, units and explanations of all that is measured, and the figures under them."""

import platform
from collections.abc import Iterator, Sequence
from datetime import timedelta

from prometheus_client.metrics_core import GaugeMetricFamily

from bot.domain.measures import BotMeasures, IncidentKind, SourceMeasures
from bot.domain.notification import Action
from bot.domain.problem import Problem, Severity
from bot.monitoring.labels import label

PREFIX = "logbackup_bot_"


def families(bot: BotMeasures) -> Iterator[GaugeMetricFamily]:
    """Give every gauge of the bot."""
    yield _gauge("build_info", "Which version of the bot this is.", ["version", "python_version"]).of(
        1, bot.version, platform.python_version()
    )
    yield from _sources(bot.sources)
    watched = [source for source in bot.sources if source.held]
    yield from _readings(watched)
    yield _tasks(watched)
    yield from _delays(watched)
    yield _incidents(watched)
    yield from _delivery(bot)
    yield from _slack(bot)
    yield from _process(bot)


class _Gauge(GaugeMetricFamily):
    """A gauge that tells each set of labels once; of two figures the larger stays."""

    def __init__(self, name: str, documentation: str, labels: Sequence[str]) -> None:
        super().__init__(PREFIX + name, documentation, labels=labels)
        self._places: dict[tuple[str, ...], int] = {}

    def of(self, value: float | timedelta | None, *labels: str | None) -> "_Gauge":
        """Add a figure, a length of time in seconds; None is not told."""
        if value is None:
            return self
        figure = value.total_seconds() if isinstance(value, timedelta) else float(value)
        named = tuple(label(text) for text in labels)
        known = self._places.setdefault(named, len(self.samples))
        if known == len(self.samples):
            self.add_metric(named, figure)
        elif figure > self.samples[known].value:
            self.samples[known] = self.samples[known]._replace(value=figure)
        return self


def _gauge(name: str, documentation: str, labels: Sequence[str] = ()) -> _Gauge:
    return _Gauge(name, documentation, labels)


def _sources(sources: Sequence[SourceMeasures]) -> Iterator[_Gauge]:
    interval = _gauge("poll_interval_seconds", "How often an OCP is to be polled.", ["source"])
    held = _gauge(
        "lease_held",
        "Whether this replica is the one that watches an OCP: 1, or 0 where another is.",
        ["source"],
    )
    for source in sources:
        interval.of(source.interval, source.source)
        held.of(source.held, source.source)
    yield from (interval, held)


def _readings(sources: Sequence[SourceMeasures]) -> Iterator[_Gauge]:
    """Tell of what this replica watches; of the rest another one knows."""
    polled = _gauge(
        "last_poll_timestamp_seconds",
        "When the last poll of an OCP ended, whether it could be read or not.",
        ["source"],
    )
    read = _gauge(
        "last_successful_poll_timestamp_seconds", "When an OCP was last read, in part at least.", ["source"]
    )
    readable = _gauge(
        "source_readable", "Whether the last poll could read an OCP: 1 yes, 0 no or not yet.", ["source"]
    )
    offset = _gauge(
        "source_clock_offset_seconds", "How far the bot's clock is ahead of an OCP's.", ["source"]
    )
    clusters = _gauge("clusters", "Clusters that are watched.", ["source"])
    unread = _gauge("clusters_unread", "Clusters that the last poll could not read.", ["source"])
    skipped = _gauge(
        "rows_skipped", "Rows of the last lists that made no sense and were left out.", ["source"]
    )
    for source in sources:
        polled.of(None if source.polled_at is None else source.polled_at.timestamp(), source.source)
        read.of(None if source.read_at is None else source.read_at.timestamp(), source.source)
        readable.of(source.readable, source.source)
        offset.of(source.offset, source.source)
        clusters.of(source.clusters, source.source)
        unread.of(source.clusters_unread, source.source)
        skipped.of(source.rows_skipped, source.source)
    yield from (polled, read, readable, offset, clusters, unread, skipped)


def _tasks(sources: Sequence[SourceMeasures]) -> _Gauge:
    tasks = _gauge(
        "tasks",
        "Log backup tasks by what their status means; absent: OCP listed it before and does not now.",
        ["source", "state"],
    )
    for source in sources:
        for state, number in source.tasks.states.items():
            tasks.of(number, source.source, state)
    return tasks


def _delays(sources: Sequence[SourceMeasures]) -> Iterator[_Gauge]:
    worst = _gauge(
        "worst_task_delay_seconds",
        "The longest delay of a task, when it was last read; those paused or stopped on purpose aside.",
        ["source"],
    )
    each = _gauge(
        "task_delay_seconds",
        "How far a task was behind when it was last read; told only where the settings ask for it.",
        ["source", "cluster", "cluster_id", "tenant", "destination"],
    )
    left_out = _gauge(
        "task_delays_left_out", "Tasks whose delay is not told one by one, for they are too many.", ["source"]
    )
    for source in sources:
        worst.of(source.tasks.worst, source.source)
        for task in source.tasks.delays:
            place = task.cluster, str(task.cluster_id), task.tenant, task.destination
            each.of(task.delay, source.source, *place)
        if source.tasks.delays:
            left_out.of(source.tasks.left_out, source.source)
    yield from (worst, each, left_out)


def _incidents(sources: Sequence[SourceMeasures]) -> _Gauge:
    incidents = _gauge(
        "incidents",
        "Open incidents by what is wrong and how bad, and whether somebody has them or a silence mutes them.",
        ["source", "problem", "severity", "acknowledged", "silenced"],
    )
    untouched = {IncidentKind(problem, severity): 0 for problem in Problem for severity in Severity}
    for source in sources:
        for kind, number in {**untouched, **source.incidents}.items():
            incidents.of(
                number,
                source.source,
                kind.problem.value,
                kind.severity.word,
                _yes(yes=kind.acknowledged),
                _yes(yes=kind.silenced),
            )
    return incidents


def _yes(*, yes: bool) -> str:
    return "true" if yes else "false"


def _delivery(bot: BotMeasures) -> Iterator[_Gauge]:
    usable = _gauge("database_usable", "Whether the database could be asked just now: 1 yes, 0 no.")
    messages = _gauge("outbox_messages", "Messages that are owed to Slack.", ["action"])
    oldest = _gauge(
        "outbox_oldest_age_seconds",
        "How long the oldest message has been owed to Slack; 0: none is.",
        ["action"],
    )
    if bot.owed is not None:
        for owed in bot.owed:
            messages.of(owed.messages, owed.action.value)
            oldest.of(owed.oldest_age, owed.action.value)
        for action in Action:
            messages.of(0, action.value)
            oldest.of(0, action.value)
    refusing = _gauge(
        "channels_refusing", "Channels that take no message until somebody changes something in Slack."
    )
    yield from (
        usable.of(bot.owed is not None),
        messages,
        oldest,
        refusing.of(bot.channels_refusing),
    )


def _slack(bot: BotMeasures) -> Iterator[_Gauge]:
    alive = _gauge("slack_connections", "Socket Mode connections that hear Slack; two are kept.")
    age = _gauge(
        "slack_connection_age_seconds", "How long a connection to Slack has been open.", ["connection"]
    )
    if bot.slack_connections is not None:
        alive.of(len(bot.slack_connections))
        for number, since in enumerate(bot.slack_connections, 1):
            age.of(since, str(number))
    yield from (alive, age)


def _process(bot: BotMeasures) -> Iterator[_Gauge]:
    recent = _gauge("event_loop_lag_seconds", "How late the event loop was when it was last looked at.")
    worst = _gauge("event_loop_lag_max_seconds", "How late the event loop was at worst in the last minute.")
    if bot.loop_lag is not None:
        recent.of(bot.loop_lag.recent)
        worst.of(bot.loop_lag.worst)
    beat = _gauge(
        "heartbeat_last_accepted_timestamp_seconds",
        "When the heartbeat's address last accepted a heartbeat.",
    )
    beat.of(None if bot.heartbeat_at is None else bot.heartbeat_at.timestamp())
    yield from (recent, worst, beat)
