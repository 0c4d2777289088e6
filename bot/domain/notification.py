"""What is owed to a channel, and why; a notification speaks of the moment it was born, not of the present."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.counts import Counts, Told
from bot.domain.grouping import Group
from bot.domain.handling import Actor
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.posts import Channel, MessageKey
from bot.domain.routing import Mention
from bot.domain.silence import Silence
from bot.domain.task import SourceName

__all__ = [
    "ActContent",
    "Action",
    "ChangeContent",
    "ChangesContent",
    "Channel",
    "Content",
    "Counts",
    "GreetingContent",
    "GroupChangeContent",
    "GroupContent",
    "IncidentContent",
    "MeanwhileContent",
    "MessageKey",
    "Notification",
    "Others",
    "OutboxId",
    "ReadyContent",
    "Reason",
    "ReminderContent",
    "SilenceContent",
    "Told",
]

OutboxId = NewType("OutboxId", str)
"""Our own id of a notification; it travels in the message's metadata: a message can be found again."""


class Action(StrEnum):
    """What is done to the parent message."""

    POST = "post"
    EDIT = "edit"
    REPLY = "reply"


class Reason(StrEnum):
    """Why a notification is owed; the same words in metrics, logs and threads."""

    GREETING = "greeting"
    FIRST_SEEN = "first seen"
    GOT_WORSE = "got worse"
    EASED = "eased"
    CAME_BACK = "came back"
    RECOVERED = "recovered"
    NOT_WATCHED = "no longer watched"
    MOVED_ON = "moved on"
    GROUPED = "broke together"
    STILL_FIRING = "still firing"
    NOT_ACKNOWLEDGED = "not acknowledged"
    STILL_YOURS = "acknowledged, still firing"
    SILENCE_OVER = "silence over, still firing"
    SILENCED = "silenced"
    SILENCE_STARTED = "silence started"
    SILENCE_ENDED = "silence ended"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "acknowledgement taken back"
    ASSIGNED = "assigned"
    UNASSIGNED = "assigned to nobody"
    NOTED = "note"
    RESOLVED_BY_HAND = "resolved by hand"
    NEW_NORMAL = "taken for normal"
    MEANWHILE = "began and ended meanwhile"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Others:
    """How many other incidents burn of what an OCP tells of, as last read, and the worst of them."""

    burning: int = 0
    worst: Incident | None = None


@dataclass(frozen=True, slots=True)
class IncidentContent:
    """The state of one incident. ``status`` and ``error`` are OCP's words; ``read_at`` is our clock.

    ``offset`` is how far our clock is ahead of OCP's, for the instants that the incident rests on.
    ``silence`` is what mutes it; ``group`` the group that speaks for it. ``instead_of`` has the channels it
    was meant for that take no messages, and why. ``was_silenced`` is set where a silence has just ended.
    ``others`` are told of an OCP or a cluster that gives no answer, or gave none.
    """

    incident: Incident
    read_at: datetime
    status: str | None = None
    error: str | None = None
    offset: timedelta = timedelta(0)
    silence: Silence | None = None
    group: Group | None = None
    instead_of: tuple[tuple[Channel, str], ...] = ()
    was_silenced: bool = False
    others: Others | None = None


@dataclass(frozen=True, slots=True)
class ChangeContent:
    """One change of one incident, for a reply: its state before and after; the rest as above."""

    before: Incident | None
    after: Incident
    reason: Reason
    at: datetime
    offset: timedelta = timedelta(0)
    others: Others | None = None


@dataclass(frozen=True, slots=True)
class GreetingContent:
    """The first message about a source: what is watched, and what was broken when the watch began.

    ``incidents`` are its members, at their present state. Up to ``shipped_until`` all of them are backed up,
    as in a group.
    """

    source: SourceName
    clusters: int
    tasks: int
    interval: timedelta
    incidents: tuple[Incident, ...]
    read_at: datetime
    cluster: str | None = None
    """Set where it is about one cluster alone, which came later."""
    more: Counts | None = None
    """Of all members, where ``incidents`` has only the worst of them."""
    shipped_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class GroupContent:
    """The state of a group: the worst of its members, and how many there are of each kind.

    Up to ``shipped_until`` (our clock) all that are open and have lost nothing are backed up; None where that
    was never read.
    """

    group: Group
    worst: tuple[Incident, ...]
    counts: Counts
    read_at: datetime
    silence: Silence | None = None
    instead_of: tuple[tuple[Channel, str], ...] = ()
    was_silenced: bool = False
    shipped_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class GroupChangeContent:
    """One change of a group, for a reply; ``shipped_until`` as above; ``before`` is what was told before."""

    group: Group
    worst: tuple[Incident, ...]
    counts: Counts
    reason: Reason
    at: datetime
    shipped_until: datetime | None = None
    before: Told | None = None


@dataclass(frozen=True, slots=True)
class ChangesContent:
    """Several changes that a message with several members saw at once: the gravest, and how many of each."""

    changes: tuple[ChangeContent, ...]
    counts: tuple[tuple[Reason, int], ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class ReminderContent:
    """What still burns. ``reason`` is why it is said again; ``to`` whoever acknowledged it."""

    about: IncidentContent | GroupContent | GreetingContent
    reason: Reason
    at: datetime
    to: Actor | None = None


@dataclass(frozen=True, slots=True)
class ActContent:
    """What a person did, for the thread. ``words`` are theirs: a note, a silence's reason.

    ``to`` is whom it was given; ``silence`` what was made. ``pings`` is whether ``to`` is to be notified.
    ``about`` is set where the thread speaks of other incidents too.
    """

    reason: Reason
    by: Actor
    at: datetime
    words: str = ""
    to: Actor | None = None
    silence: Silence | None = None
    pings: bool = False
    about: Incident | None = None


@dataclass(frozen=True, slots=True)
class SilenceContent:
    """A silence that begins or has ended, for a channel. ``burning`` is what still fires, the worst first."""

    silence: Silence
    reason: Reason
    at: datetime
    burning: tuple[Incident, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class MeanwhileContent:
    """What began and ended while nothing could be told: the worst of it, how many, from when to when."""

    incidents: tuple[Incident, ...]
    total: int
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadyContent:
    """A message that was written when it was born: a digest. ``blocks`` are its blocks as JSON."""

    text: str
    blocks: str


Content = (
    IncidentContent
    | ChangeContent
    | GreetingContent
    | GroupContent
    | GroupChangeContent
    | ChangesContent
    | ReminderContent
    | ActContent
    | SilenceContent
    | MeanwhileContent
    | ReadyContent
)


@dataclass(frozen=True, slots=True)
class Notification:
    """One message that is owed. ``broadcast`` shows a reply in the channel too.

    ``incident`` is the number of the incident it speaks of, None for one of several. ``mentions`` are whom
    it calls. ``by_person`` marks what somebody just did: it is shown at once.
    """

    id: OutboxId
    message: MessageKey
    channel: Channel
    action: Action
    reason: Reason
    content: Content
    created_at: datetime
    broadcast: bool = False
    incident: IncidentNumber | None = None
    mentions: tuple[Mention, ...] = ()
    by_person: bool = False
