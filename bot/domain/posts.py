"""Which parent messages stand in which channel, whom they speak of, and what they have said aloud."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NewType

from bot.domain.incident import Incident, IncidentNumber
from bot.domain.problem import Severity

MessageKey = NewType("MessageKey", str)
"""Which parent message: ``incident/42``, ``group/50`` or ``greeting/prod``."""
Channel = NewType("Channel", str)
"""A channel as it was configured, name or id; a name is resolved to its id once, when it is first used."""

_INCIDENT, _GROUP, _GREETING = "incident/", "group/", "greeting/"


@dataclass(frozen=True, slots=True)
class Post:
    """One parent message in one channel. Instants are our clock.

    ``ts`` is None until Slack has taken it. ``members`` are the incidents it speaks of; none ever leaves.
    ``spoken_at`` is when something about it was last said aloud, an alert, a worsening or a reminder;
    ``told`` and ``gravity`` how severe and how grave that was. ``muted`` is whether a silence kept it quiet
    at the last look; ``escalated_at`` when somebody further was called; ``joined`` is the group that speaks
    for it now. ``handler_reminded_at`` is when whoever acknowledged it was last reminded.
    """

    key: MessageKey
    channel: Channel
    ts: str | None = None
    members: tuple[IncidentNumber, ...] = ()
    told: Severity | None = None
    gravity: int | None = None
    told_open: int = 0
    spoken_at: datetime | None = None
    muted: bool = False
    escalated_at: datetime | None = None
    handler_reminded_at: datetime | None = None
    joined: IncidentNumber | None = None

    @property
    def place(self) -> tuple[MessageKey, Channel]:
        """What tells it from every other."""
        return self.key, self.channel

    @property
    def group(self) -> IncidentNumber | None:
        """The number of the group that it is the message of."""
        return IncidentNumber(int(self.key.removeprefix(_GROUP))) if self.key.startswith(_GROUP) else None

    @property
    def is_greeting(self) -> bool:
        """Whether it greets a channel, and tells what was broken when the watch began."""
        return self.key.startswith(_GREETING)

    def with_members(self, numbers: tuple[IncidentNumber, ...]) -> "Post":
        """Add members; one that is there stays where it is."""
        known = set(self.members)
        new = tuple(number for number in dict.fromkeys(numbers) if number not in known)
        return replace(self, members=(*self.members, *new)) if new else self


def incident_message(number: IncidentNumber) -> MessageKey:
    """Give the key of an incident's own parent message."""
    return MessageKey(f"{_INCIDENT}{number}")


def group_message(number: IncidentNumber) -> MessageKey:
    """Give the key of a group's parent message."""
    return MessageKey(f"{_GROUP}{number}")


def said_aloud(post: Post, incidents: tuple[Incident, ...], now: datetime) -> Post:
    """Note that a post has said aloud how these open incidents stand."""
    return replace(
        post,
        told=max((one.severity for one in incidents), default=post.told),
        gravity=max((one.problem.gravity for one in incidents), default=post.gravity),
        told_open=max(post.told_open, len(incidents)),
        spoken_at=now,
    )
