"""Everything that can be configured: the shape of the file, and of the settings in force.

A name of the file is the variable's name in small letters, without ``BOT_``, and in an entry of
``sources`` without ``OCP_``.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr

from bot.domain.posts import Channel
from bot.domain.routing import Reminders, Routing, Subscription
from bot.domain.thresholds import Thresholds
from bot.settings.document import Where
from bot.settings.routes import MentionSettings, ReminderSettings, RouteSettings
from bot.settings.thresholds import SourceLimits, ThresholdTable
from bot.settings.values import (
    AppToken,
    BotToken,
    ChannelName,
    DatabaseUrl,
    Host,
    Names,
    OcpUrl,
    PollInterval,
    Port,
    Secret,
    SlackUrl,
    SourceLabel,
    Word,
    Zone,
)

DEFAULT_SOURCE = "ocp"
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


class SourceSettings(BaseModel):
    """One OCP: where it is, how to log in, and which of its clusters to watch."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: SourceLabel = Field(
        default=DEFAULT_SOURCE, description="What people call this OCP, as in prod/pay/orders."
    )
    url: OcpUrl | None = Field(default=None, description="OCP's address, as in https://ocp.example.com:8080.")
    user: str | None = Field(default=None, description="The user of the login by password.")
    password: Secret | None = Field(default=None, description="The password of that user.")
    access_key: Secret | None = Field(default=None, description="The access key of the login by AK/SK.")
    secret_key: Secret | None = Field(default=None, description="The secret key of the login by AK/SK.")
    ca_file: Path | None = Field(
        default=None,
        description="A file with the private certificate authority that signed OCP's certificate.",
    )
    allow_plain_http: bool = Field(
        default=False, description="Whether a password may travel over http to another machine."
    )
    clusters: Names = Field(default=(), description="Names or OCP ids of the clusters to watch; none: all.")
    thresholds: SourceLimits = Field(default=SourceLimits(), description="Limits for this source alone.")


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
    http_host: Host = Field(
        default="127.0.0.1", description="Where health, metrics and signed requests are served."
    )
    http_port: Port = Field(default=8080, description="The port of the same.")
    metrics_host: Host | None = Field(
        default=None, description="An address of their own for health and metrics."
    )
    metrics_port: Port | None = Field(default=None, description="A port of their own for health and metrics.")
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
        holders: tuple[Settings | SourceSettings, ...] = (self, *self.sources)
        return tuple(secret for holder in holders for secret in _secrets_of(holder))

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


def _secrets_of(holder: Settings | SourceSettings) -> Iterator[str]:
    for _, value in holder:
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
    if isinstance(holder, Settings):
        with suppress(ValueError):
            password = urlsplit(holder.database_url.get_secret_value()).password
            yield from () if password is None else (password, unquote(password))
    elif holder.user is not None and holder.password is not None:
        login = f"{holder.user}:{holder.password.get_secret_value()}"
        yield base64.b64encode(login.encode()).decode()
