"""Digests: which channel gets one, at what time of which days, and of what, as the file writes it."""

from zoneinfo import ZoneInfo

from pydantic import Field

from bot.domain.digest_schedule import DigestTime
from bot.domain.posts import Channel
from bot.domain.weekday import EVERY_DAY
from bot.settings.selecting import Selection
from bot.settings.times import Days, TimeOfDay
from bot.settings.values import ChannelName, Zone


class DigestSettings(Selection):
    """One digest."""

    channel: ChannelName | None = Field(
        default=None, description='The channel: its name in quotes, "#dba", or its id.'
    )
    at: TimeOfDay | None = Field(default=None, description='At what time it comes, as in "09:00".')
    days: Days = Field(default=EVERY_DAY, description="On which days, as in mon-fri; else daily.")
    timezone: Zone | None = Field(
        default=None, description="The zone that its time is of; else that of the bot."
    )

    def time(self, zone: ZoneInfo) -> DigestTime | None:
        """Make the digest; None where it is not written to its end. ``zone`` is the bot's own."""
        if self.channel is None or self.at is None:
            return None
        return DigestTime(
            channel=Channel(self.channel),
            hour=self.at.hour,
            minute=self.at.minute,
            days=self.days,
            zone=self.timezone or zone,
            selector=self.selector,
        )
