"""Where alerts go, whom they call, and how often people are reminded: as the file writes it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from bot.domain.posts import Channel
from bot.domain.problem import Severity
from bot.domain.routing import Mention, Reminders, Route
from bot.settings.people import Mentions
from bot.settings.selecting import Selection
from bot.settings.spans import positive_span, spoken
from bot.settings.values import ChannelName

NEVER = timedelta.max
"""Stands where ``never`` was written."""


def _interval(value: object) -> timedelta:
    if value == NEVER or (isinstance(value, str) and value.strip().lower() == "never"):
        return NEVER
    try:
        return positive_span(value)
    except ValueError as error:
        raise ValueError(f"{error}, or never") from None


Interval = Annotated[
    timedelta,
    BeforeValidator(_interval),
    PlainSerializer(lambda span: "never" if span == NEVER else spoken(span), return_type=str),
    WithJsonSchema(
        {
            "anyOf": [{"const": "never"}, {"type": "string", "pattern": "^\\s*[0-9]"}, {"type": "number"}],
            "examples": ["1h", "never"],
        }
    ),
]
"""A length of time above zero, or ``never``."""


class MentionSettings(BaseModel):
    """Whom a message of each severity calls."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    critical: Mentions | None = Field(
        default=None,
        description="Whom critical alerts call: ids of people and user groups, here, channel.",
    )
    warning: Mentions | None = Field(default=None, description="Whom warnings call.")

    @property
    def by_severity(self) -> Mapping[Severity, tuple[Mention, ...]]:
        """The same, by severity."""
        written = {Severity.CRITICAL: self.critical, Severity.WARNING: self.warning}
        return {severity: mentions for severity, mentions in written.items() if mentions is not None}


class ReminderSettings(BaseModel):
    """How often people are reminded. What is not written is as for all channels, else as by default."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    warning: Interval | None = Field(
        default=None,
        description="How often a warning that nobody acknowledged is called to mind, or never; else 4h.",
    )
    critical: Interval | None = Field(
        default=None,
        description="How often a critical incident that nobody acknowledged is called to mind, or never;"
        " else 1h.",
    )
    escalate_after: Interval | None = Field(
        default=None,
        description="After how long without acknowledgement escalate_to is called, once, or never.",
    )
    escalate_to: Mentions | None = Field(default=None, description="Whom an escalation calls.")
    broadcast: bool | None = Field(
        default=None, description="Whether reminders show in the channel too, and not in the thread alone."
    )
    acknowledger_after: Interval | None = Field(
        default=None,
        description="After how long whoever acknowledged what still burns is reminded, or never.",
    )

    def over(self, general: Reminders) -> Reminders:
        """Lay what is written over what holds in general."""
        return Reminders(
            warning=_either(self.warning, general.warning),
            critical=_either(self.critical, general.critical),
            escalate_after=_either(self.escalate_after, general.escalate_after),
            escalate_to=general.escalate_to if self.escalate_to is None else self.escalate_to,
            broadcast=general.broadcast if self.broadcast is None else self.broadcast,
            acknowledger_after=_either(self.acknowledger_after, general.acknowledger_after),
        )


def _either(written: timedelta | None, general: timedelta | None) -> timedelta | None:
    if written is None:
        return general
    return None if written == NEVER else written


class RouteSettings(Selection):
    """One route: which incidents, to which channel, and how."""

    channel: ChannelName | None = Field(
        default=None, description='The channel: its name in quotes, "#pay-oncall", or its id.'
    )
    mentions: MentionSettings = Field(
        default=MentionSettings(), description="Whom a message of each severity calls; none: nobody."
    )
    reminders: ReminderSettings = Field(
        default=ReminderSettings(), description="Reminders in this channel, where they differ."
    )
    continues: bool = Field(
        default=False,
        alias="continue",
        description="Whether the routes after this one may have the same incidents too.",
    )
    broadcast: bool = Field(
        default=True,
        description="Whether a worsening shows in the channel too, and not in the thread alone.",
    )

    def route(self, channel: str, reminders: Reminders) -> Route:
        """Make the route; ``reminders`` are those that hold in general."""
        return Route(
            channel=Channel(channel),
            selector=self.selector,
            mentions=self.mentions.by_severity,
            continues=self.continues,
            reminders=self.reminders.over(reminders),
            broadcast=self.broadcast,
        )
