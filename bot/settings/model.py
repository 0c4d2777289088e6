"""Everything that can be configured: the shape of the file, and of the settings in force.

A name of the file is the variable's name in small letters, without ``BOT_``, and in an entry of
``sources`` without ``OCP_``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Literal, NamedTuple
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr

from bot.domain.digest_schedule import DigestTime
from bot.domain.link import Link
from bot.domain.maintenance import MaintenanceWindow
from bot.domain.permission import Permissions, SilenceLimits
from bot.domain.posts import Channel
from bot.domain.routing import Reminders, Routing, Subscription
from bot.domain.runbook import Runbook
from bot.domain.thresholds import Thresholds
from bot.settings.digests import DigestSettings
from bot.settings.document import Where
from bot.settings.links import RunbookSettings
from bot.settings.permissions import PermissionSettings, SilenceSettings
from bot.settings.routes import MentionSettings, ReminderSettings, RouteSettings
from bot.settings.source import SourceSettings
from bot.settings.spans import Kept, PollInterval
from bot.settings.thresholds import SourceLimits, ThresholdTable
from bot.settings.values import (
    AppToken,
    BotToken,
    ChannelName,
    DatabaseUrl,
    HeartbeatUrl,
    Host,
    Port,
    Secret,
    SlackUrl,
    Word,
    Zone,
)
from bot.settings.windows import WindowSettings

_TOKEN_FROM = 8
"""A part of the heartbeat's address that is at least so long may be what is secret in it."""
LogFormat = Annotated[Literal["console", "json"], Word]
LogLevel = Annotated[Literal["debug", "info", "warning", "error"], Word]


def default_database() -> SecretStr:
    """Name the SQLite file in the user's data folder."""
    folder = platformdirs.user_data_path("logbackup-bot", appauthor=False)
    return SecretStr(f"sqlite:///{folder / 'logbackup-bot.sqlite3'}")


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int


class Settings(BaseModel):
    """Everything that can be configured, as it is in force."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    slack_bot_token: BotToken | None = Field(default=None, description="The bot token, xoxb-...")
    slack_app_token: AppToken | None = Field(
        default=None, description="The app-level token, xapp-...; with it the bot uses Socket Mode."
    )
    slack_signing_secret: Secret | None = Field(
        default=None, description="The signing secret; without an app token requests come signed over HTTP."
    )
    slack_api_url: SlackUrl = Field(
        default="https://slack.com/api/", description="The address of Slack's Web API."
    )
    sources: tuple[SourceSettings, ...] = Field(
        default=(), description="The OCPs to watch, each with a name."
    )
    alert_channel: ChannelName | None = Field(
        default=None, description='Where alerts go: a channel\'s name in quotes, "#log-backup", or its id.'
    )
    poll_interval: PollInterval = Field(
        default=timedelta(seconds=30),
        description="How often OCP is read; 1s at least.",
        json_schema_extra={"default": "30s"},
    )
    timezone: Zone = Field(
        default=ZoneInfo("UTC"), description="The zone of what Slack cannot show in the reader's own."
    )
    database_url: DatabaseUrl = Field(
        default_factory=default_database,
        description="sqlite:///path or postgresql://user:password@host/name; "
        "by default an SQLite file in the user's data folder.",
    )
    retention: Kept = Field(
        default=timedelta(days=14),
        description="How long readings are kept, for charts, history and learning.",
        json_schema_extra={"default": "14d"},
    )
    history_retention: Kept = Field(
        default=timedelta(days=400),
        description="How long incidents and all that was done about them are kept.",
        json_schema_extra={"default": "400d"},
    )
    http_host: Host = Field(
        default="127.0.0.1", description="Where health, metrics and signed requests are served."
    )
    http_port: Port = Field(default=8080, description="The port of the same.")
    metrics_host: Host | None = Field(
        default=None, description="An address of their own for health and metrics."
    )
    metrics_port: Port | None = Field(default=None, description="A port of their own for health and metrics.")
    metrics_task_delays: bool = Field(
        default=False, description="Whether the metrics tell the delay of every single task."
    )
    heartbeat_url: HeartbeatUrl | None = Field(
        default=None,
        description="An address that is asked every minute while the bot does its job, as healthchecks.io"
        " gives out.",
    )
    log_format: LogFormat | None = Field(
        default=None, description="console or json; by default whether a terminal is there decides."
    )
    log_level: LogLevel = Field(default="info", description="debug, info, warning or error.")
    thresholds: SourceLimits = Field(default=SourceLimits(), description="Limits for everything.")
    routes: tuple[RouteSettings, ...] = Field(
        default=(),
        description="Which alerts go to which channel; the first that fits takes them,"
        " and what none takes goes to alert_channel.",
    )
    mentions: MentionSettings = Field(
        default=MentionSettings(), description="Whom the alerts in alert_channel call, by severity."
    )
    reminders: ReminderSettings = Field(
        default=ReminderSettings(), description="How often people are reminded, in every channel."
    )
    permissions: PermissionSettings = Field(default=PermissionSettings(), description="Who may do what.")
    silences: SilenceSettings = Field(default=SilenceSettings(), description="How long silences last.")
    maintenance_windows: tuple[WindowSettings, ...] = Field(
        default=(), description="Planned work, and what it mutes, once or every week."
    )
    digests: tuple[DigestSettings, ...] = Field(
        default=(), description="Which channels get a digest, and at what time of which days."
    )
    runbooks: tuple[RunbookSettings, ...] = Field(
        default=(), description="Pages of your own on what to do, shown beside the incidents they are about."
    )
    _origins: Mapping[Where, str] = PrivateAttr(default_factory=dict)

    @property
    def origins(self) -> Mapping[Where, str]:
        """Where each value was written, in words; what is not in it is a default."""
        return self._origins

    def remember_origins(self, origins: Mapping[Where, str]) -> None:
        """Note where each value was written."""
        self._origins = origins

    def secrets(self) -> tuple[str, ...]:
        """Return every secret, and every form in which one of them travels, for the log to mask."""
        return (*self._own_secrets(), *(secret for source in self.sources for secret in source.secrets()))

    def _own_secrets(self) -> Iterator[str]:
        for _, value in self:
            if isinstance(value, SecretStr):
                yield value.get_secret_value()
        with suppress(ValueError):
            password = urlsplit(self.database_url.get_secret_value()).password
            yield from () if password is None else (password, unquote(password))
        if self.heartbeat_url is not None:
            address = urlsplit(self.heartbeat_url.get_secret_value())
            token = address.path.rstrip("/").rpartition("/")[2]
            yield from (part for part in (token, address.query) if len(part) >= _TOKEN_FROM)

    @property
    def http_address(self) -> Address:
        """Where the bot listens."""
        return Address(self.http_host, self.http_port)

    @property
    def metrics_address(self) -> Address | None:
        """Where health and metrics have an address of their own; None: they share the other."""
        if self.metrics_host is None and self.metrics_port is None:
            return None
        own = Address(
            self.http_host if self.metrics_host is None else self.metrics_host,
            self.http_port if self.metrics_port is None else self.metrics_port,
        )
        return None if own == self.http_address else own

    @cached_property
    def threshold_table(self) -> ThresholdTable:
        """The limits of every task, looked up once each."""
        return ThresholdTable(self.thresholds, {source.name: source.thresholds for source in self.sources})

    def routing(
        self, subscriptions: Sequence[Subscription] = (), refusing: Mapping[Channel, str] | None = None
    ) -> Routing:
        """Return all that decides where an incident is told.

        ``refusing`` has the channels that take no messages at present, with the reason.
        """
        reminders = self.reminders.over(Reminders())
        return Routing(
            default=None if self.alert_channel is None else Channel(self.alert_channel),
            routes=tuple(
                route.route(route.channel, reminders) for route in self.routes if route.channel is not None
            ),
            subscriptions=tuple(subscriptions),
            reminders=reminders,
            mentions=self.mentions.by_severity,
            refusing=refusing or {},
        )

    @property
    def who_may(self) -> Permissions:
        """Whom each permission is granted to."""
        return self.permissions.permissions

    @property
    def silence_limits(self) -> SilenceLimits:
        """How long silences last."""
        return self.silences.limits

    @cached_property
    def windows(self) -> tuple[MaintenanceWindow, ...]:
        """The maintenance windows, in their order."""
        made = (entry.window(self.timezone) for entry in self.maintenance_windows)
        return tuple(window for window in made if window is not None)

    @cached_property
    def digest_times(self) -> tuple[DigestTime, ...]:
        """The digests, in their order."""
        made = (entry.time(self.timezone) for entry in self.digests)
        return tuple(digest for digest in made if digest is not None)

    @cached_property
    def pages(self) -> tuple[Runbook, ...]:
        """A team's own pages, in their order."""
        made = (entry.runbook for entry in self.runbooks)
        return tuple(runbook for runbook in made if runbook is not None)

    @cached_property
    def links(self) -> Mapping[str, Link]:
        """Where people find a cluster in OCP, by source."""
        found = ((source.name, source.link_to_ocp) for source in self.sources)
        return {name: link for name, link in found if link is not None}

    @property
    def channels(self) -> Mapping[Channel, str]:
        """Every channel that the bot is to write to, with what for, in the words of the settings."""
        named: dict[Channel, str] = {}
        wanted: list[tuple[str, Iterable[str | None]]] = [
            ("alerts", [self.alert_channel]),
            ("routes", [route.channel for route in self.routes]),
            ("digests", [digest.channel for digest in self.digests]),
            (
                "maintenance windows",
                [name for entry in self.maintenance_windows for name in entry.channels or ()],
            ),
        ]
        for purpose, names in wanted:
            for name in names:
                if name is not None:
                    named.setdefault(Channel(name), purpose)
        return named

    def thresholds_for(
        self,
        source: str,
        cluster: str | None = None,
        tenant: str | None = None,
        *,
        cluster_id: int | None = None,
    ) -> Thresholds:
        """Return what applies to one task, to a whole cluster, or to a source.

        ``cluster`` is its name, or its OCP id as text where its name is not known.
        """
        return self.threshold_table.thresholds(source, cluster, cluster_id, tenant)

    def obeys_ocp_threshold(
        self,
        source: str,
        cluster: str | None = None,
        tenant: str | None = None,
        *,
        cluster_id: int | None = None,
    ) -> bool:
        """Whether OCP's own limit of the delay is obeyed for this task (``use_ocp_threshold``)."""
        return self.threshold_table.obeys_ocp(source, cluster, cluster_id, tenant)
