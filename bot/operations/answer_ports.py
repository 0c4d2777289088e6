"""What answers are made of: the parts of the bot that whoever answers a command may use."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Protocol

from bot.domain.fleet import FleetSnapshot
from bot.domain.handling import Actor, UserId
from bot.domain.notification import OutboxId
from bot.domain.permission import Permissions, SilenceLimits
from bot.domain.posts import Channel
from bot.domain.routing import Routing
from bot.domain.task import SourceName
from bot.operations.answering import Asked
from bot.operations.history_port import History
from bot.operations.know_losses import Losses
from bot.operations.ports import Clock, Source
from bot.operations.store_port import Store
from bot.views.delay_chart import ChartSpec
from bot.views.health_report import BotHealth
from bot.views.links import Links


class Artist(Protocol):
    """Draws charts. Raises ChartError; what a chart shows can then be said in words."""

    async def draw(self, spec: ChartSpec) -> bytes:
        """Draw one chart as PNG."""
        ...


class People(Protocol):
    """The people of the workspace. Raises SlackError where Slack does not say."""

    async def person(self, user_id: str) -> Actor:
        """Give the person of an id, with the name that people are shown. Raises UserMistake for no member."""
        ...

    async def named(self, name: str) -> Actor:
        """Give the one person of a name. Raises UserMistake where nobody, or more than one, is called so."""
        ...


class Fleet(Protocol):
    """What is known of everything that is watched."""

    def now(self) -> FleetSnapshot:
        """Describe it at this moment."""
        ...

    async def ready(self) -> None:
        """Wait until ``now`` costs nothing, but not for what is being described already."""
        ...

    async def renew(self) -> None:
        """Describe it before it is looked at, so that others get their turn meanwhile."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What answers are made of.

    ``health`` tells how the bot itself is. ``zone``, ``permissions``, ``silence_limits``, ``routing`` and
    ``links`` are asked each time, as the settings may be read anew. ``changed`` is told the source whose
    incidents, silences or subscriptions somebody changed, after the commit: its watch shows it. ``owed`` is
    told that replies wait. ``find_channel`` asks Slack for the id of a channel that nothing was posted to
    yet; it raises SlackError.
    """

    fleet: Fleet
    sources: Mapping[SourceName, Source]
    store: Store
    history: History
    artist: Artist
    clock: Clock
    zone: Callable[[], tzinfo]
    health: Callable[[], Awaitable[BotHealth]]
    people: People
    permissions: Callable[[], Permissions]
    silence_limits: Callable[[], SilenceLimits]
    routing: Callable[[], Routing]
    links: Callable[[], Links]
    changed: Callable[[SourceName], None]
    owed: Callable[[], None]
    new_id: Callable[[], OutboxId]
    find_channel: Callable[[Channel], Awaitable[Channel]] | None = None
    losses: Losses = field(default_factory=Losses)

    def zone_of(self, asked: Asked) -> tzinfo:
        """Give the zone of whoever asks, else the settings' own."""
        return asked.zone or self.zone()

    async def present(self) -> FleetSnapshot:
        """Describe the fleet at this moment, with what is lost for good though it is over."""
        return await self.losses.shown_in(self.fleet.now(), self.store, self.clock.now())


async def actor_of(means: Means, asked: Asked) -> Actor:
    """Give whoever asks, with their name."""
    return Actor(UserId(asked.user), asked.name) if asked.name else await means.people.person(asked.user)
