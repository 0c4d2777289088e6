"""Says in Slack that the database refuses: once for each outage, and past the outbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from bot.domain.notification import OutboxId
from bot.domain.posts import Channel
from bot.errors import SlackError, SlackPermanent, StorageError
from bot.operations.ports import Journal, Messenger
from bot.views.outage_notice import outage_message

TELL_AFTER = timedelta(minutes=1)
"""What passes sooner is nobody's business."""
SAID_WITHIN = timedelta(hours=1)
"""One notice is enough for so long, whoever posted it: another replica, or this one before a restart."""
NOTICE = OutboxId("database-outage")
"""What the notice carries in its metadata, so that it is found again."""


@dataclass(slots=True)
class DatabaseTrouble:
    """Why the database cannot be used, by whom it refused, for as long as it does; and what it said last.

    Moments are those of the clock that thresholds live in. ``since`` is when it refused first.
    """

    last: str = ""
    last_at: datetime | None = None
    since: datetime | None = None
    _refused: dict[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str | None:
        """Say why it cannot be used; None where it can."""
        return next(iter(self._refused.values()), None)

    def note(self, who: str, error: StorageError, now: datetime) -> None:
        """Note that it refused somebody."""
        self._refused[who] = self.last = error.sentence
        self.last_at = now
        self.since = self.since or now

    def is_well(self, who: str) -> None:
        """Note that it kept what somebody wrote."""
        self._refused.pop(who, None)
        if not self._refused:
            self.since = None


@dataclass(slots=True)
class OutageNotice:
    """Posts the notice. It is the one message that is in no outbox: the outbox is what cannot be written.

    So it is remembered here, and looked for in the channel before it is posted. It goes to the default
    channel by the way that is known: ``ids`` has what names were resolved to. ``replicas`` is how many
    there were when that could last be told, ``place`` where the database is. That it is over is
    seen in ``health``, and by what is told then.
    """

    trouble: DatabaseTrouble
    messenger: Messenger
    journal: Journal
    channel: Callable[[], Channel | None]
    ids: Mapping[Channel, Channel]
    zone: Callable[[], tzinfo]
    replicas: Callable[[], int]
    place: str
    _told_of: datetime | None = None

    async def look(self, now: datetime) -> bool:
        """Say it if it lasts and was not said; tell whether it was said now. It never raises SlackError."""
        since, sentence, channel = self.trouble.since, self.trouble.sentence, self.channel()
        if since is None or sentence is None or channel is None:
            return False
        if since == self._told_of or now - since < TELL_AFTER:
            return False
        try:
            place = self.ids.get(channel) or await self.messenger.resolve_channel(channel)
            if await self._was_said(place, now):
                self._told_of = since
                return False
            message = outage_message(sentence, since, self.zone(), self.replicas(), self.place)
            await self.messenger.post(place, message, outbox_id=NOTICE)
        except SlackError as error:
            self.journal.warning("outage not told", channel=channel, code=error.code, because=error.sentence)
            return False
        self._told_of = since
        self.journal.info("outage told", channel=channel)
        return True

    async def _was_said(self, place: Channel, now: datetime) -> bool:
        try:
            return await self.messenger.find(place, NOTICE, since=now - SAID_WITHIN) is not None
        except SlackPermanent:
            return False
