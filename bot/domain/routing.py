"""Where an incident is told: the routes of the settings, subscriptions, and a default for the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NewType

from bot.domain.handling import Actor
from bot.domain.incident import Incident
from bot.domain.naming import EVERYTHING, Scope
from bot.domain.posts import Channel
from bot.domain.problem import Problem, Severity
from bot.domain.selection import wanted

SubscriptionNumber = NewType("SubscriptionNumber", int)
UNNUMBERED_SUBSCRIPTION = SubscriptionNumber(0)

Mention = NewType("Mention", str)
"""Whom a message calls: a person's id (``U...``), a user group's (``S...``), ``here`` or ``channel``."""


@dataclass(frozen=True, slots=True)
class Reminders:
    """How often people are reminded of what burns and what nobody has acknowledged.

    None switches one off. ``escalate_after`` counts from the alert; then ``escalate_to`` is called, once.
    ``acknowledger_after`` reminds whoever acknowledged what still burns. Defaults: a critical incident
    every hour, a warning every four.
    """

    warning: timedelta | None = timedelta(hours=4)
    critical: timedelta | None = timedelta(hours=1)
    escalate_after: timedelta | None = None
    escalate_to: tuple[Mention, ...] = ()
    broadcast: bool = False
    acknowledger_after: timedelta | None = None

    def every(self, severity: Severity) -> timedelta | None:
        """Give how often an incident of this severity is called to mind."""
        return self.critical if severity is Severity.CRITICAL else self.warning


@dataclass(frozen=True, slots=True)
class Selector:
    """Which incidents are meant: by source, cluster and tenant (globs), problem and severity."""

    scope: Scope = EVERYTHING
    problems: tuple[Problem, ...] = ()
    severities: tuple[Severity, ...] = ()

    def selects(self, incident: Incident) -> bool:
        """Whether an incident is meant. It counts how bad it has ever been: nobody loses sight of it."""
        return (
            wanted(self.scope, incident)
            and (not self.problems or incident.problem in self.problems)
            and (not self.severities or incident.worst_severity in self.severities)
        )


@dataclass(frozen=True, slots=True)
class Route:
    """Where what it selects is told, and whom a message of each severity mentions.

    The first route that selects an incident takes it; one that ``continues`` lets the next ones have it too.
    """

    channel: Channel
    selector: Selector = Selector()
    mentions: Mapping[Severity, tuple[Mention, ...]] = field(default_factory=dict)
    continues: bool = False
    reminders: Reminders = Reminders()
    broadcast: bool = True
    """Whether a worsening is shown in the channel too, and not in the thread alone."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a channel asked for in Slack; it adds to the routes and takes nothing from them."""

    number: SubscriptionNumber
    channel: Channel
    selector: Selector
    author: Actor
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """One channel an incident is told in, and how. ``instead_of`` names the channels that refuse, and why."""

    channel: Channel
    mentions: Mapping[Severity, tuple[Mention, ...]] = field(default_factory=dict)
    reminders: Reminders = Reminders()
    broadcast: bool = True
    instead_of: tuple[tuple[Channel, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Routing:
    """All that decides where an incident is told.

    ``default`` catches what no route takes, and what a channel refuses: ``refusing`` has the channels that
    take no messages at present, with the reason.
    """

    default: Channel | None
    routes: tuple[Route, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    reminders: Reminders = Reminders()
    mentions: Mapping[Severity, tuple[Mention, ...]] = field(default_factory=dict)
    refusing: Mapping[Channel, str] = field(default_factory=dict)

    def ways(self, incident: Incident) -> tuple[Way, ...]:
        """Give the channels that an incident is told in, each once; the default where there is no other."""
        found: dict[Channel, Way] = {}
        for route in self.routes:
            if route.selector.selects(incident):
                way = Way(route.channel, route.mentions, route.reminders, route.broadcast)
                found.setdefault(route.channel, way)
                if not route.continues:
                    break
        if not found and self.default is not None:
            found[self.default] = self._default_way(self.default)
        for subscription in self.subscriptions:
            if subscription.channel not in found and subscription.selector.selects(incident):
                found[subscription.channel] = Way(subscription.channel, reminders=_NO_REMINDERS)
        return tuple(self._with_fallback(found).values())

    def _default_way(self, channel: Channel) -> Way:
        return Way(channel, self.mentions, self.reminders)

    def _with_fallback(self, ways: Mapping[Channel, Way]) -> dict[Channel, Way]:
        """Tell in the default channel too what another one refuses, and say so."""
        refused = [way for channel, way in ways.items() if channel in self.refusing]
        refused = [way for way in refused if way.channel != self.default]
        if not refused or self.default is None:
            return dict(ways)
        why = tuple((way.channel, self.refusing[way.channel]) for way in refused)
        instead = ways.get(self.default) or replace(
            refused[0], channel=self.default, instead_of=why, broadcast=True
        )
        return {**ways, self.default: instead}


_NO_REMINDERS = Reminders(warning=None, critical=None)
