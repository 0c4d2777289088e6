"""What is owed to a channel: a message to post, to edit or to reply with, and why.

A notification carries its own content: it speaks of the moment it was born, never of the present.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.incident import Incident, IncidentNumber
from bot.domain.task import SourceName

OutboxId = NewType("OutboxId", str)
"""Our own id of a notification; it travels in the message's metadata: a message can be found again."""
MessageKey = NewType("MessageKey", str)
"""Which parent message a notification is about: ``incident/42`` or ``greeting/prod``."""
Channel = NewType("Channel", str)
"""A channel as it was configured, name or id; a name is resolved to its id once, when it is first used."""


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


@dataclass(frozen=True, slots=True)
class IncidentContent:
    """The state of one incident. ``status`` and ``error`` are OCP's words; ``read_at`` is our clock.

    ``offset`` is how far our clock is ahead of OCP's, for the instants that the incident rests on.
    """

    incident: Incident
    read_at: datetime
    status: str | None = None
    error: str | None = None
    offset: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class ChangeContent:
    """One change of one incident, for a reply: its state before and after; ``offset`` as above."""

    before: Incident | None
    after: Incident
    reason: Reason
    at: datetime
    offset: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class GreetingContent:
    """The first message about a source: what is watched, and what was broken when the watch began.

    ``incidents`` are its members, at their present state; ``error`` is set where the source could not be
    read at all.
    """

    source: SourceName
    clusters: int
    tasks: int
    interval: timedelta
    incidents: tuple[Incident, ...]
    read_at: datetime
    error: str | None = None
    cluster: str | None = None
    """Set where it is about one cluster alone, which came later."""


Content = IncidentContent | ChangeContent | GreetingContent


@dataclass(frozen=True, slots=True)
class Notification:
    """One message that is owed. ``broadcast`` shows a reply in the channel too.

    ``incident`` is the number of the incident it speaks of, None for one of several.
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
