"""Maintenance windows: planned work that is expected, and what it mutes, as the file writes it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.domain.maintenance import MaintenanceWindow, Once, Weekly
from bot.settings.people import ChannelNames
from bot.settings.selecting import Selection
from bot.settings.spans import PositiveSpan
from bot.settings.times import Days, Moment, TimeOfDay, in_zone
from bot.settings.values import Label, Sentence, Zone

ONCE = ("starts", "ends")
WEEKLY = ("days", "at")


class WindowSettings(Selection):
    """One maintenance window: what it mutes, and when: once, or on days of every week."""

    name: Label | None = Field(default=None, description="What people call it; no two have the same name.")
    starts: Moment | None = Field(
        default=None, description='When it begins, of one that opens once, as in "2027-03-28 22:00".'
    )
    ends: Moment | None = Field(
        default=None, description="When it ends, of one that opens once; or lasts says how long it is."
    )
    days: Days | None = Field(
        default=None, description="On which days it opens, of one that opens every week, as in [sat, sun]."
    )
    at: TimeOfDay | None = Field(
        default=None, description='At what time it opens, of one that opens every week, as in "22:00".'
    )
    lasts: PositiveSpan | None = Field(default=None, description="How long it is, as in 3h.")
    timezone: Zone | None = Field(
        default=None, description="The zone that its times are of; else that of the bot."
    )
    reason: Sentence | None = Field(default=None, description="Why, for those who read of it.")
    channels: ChannelNames | None = Field(
        default=None, description="Where its start and its end are told; else in alert_channel."
    )

    def when(self, zone: ZoneInfo) -> Once | Weekly | None:
        """Give when it opens; None where that is not written to its end. ``zone`` is the bot's own."""
        zone = self.timezone or zone
        if self.starts is not None:
            starts_at = in_zone(self.starts, zone)
            if self.ends is not None:
                return Once(starts_at, in_zone(self.ends, zone))
            return None if self.lasts is None else Once(starts_at, starts_at + self.lasts)
        if self.days is None or self.at is None or self.lasts is None:
            return None
        return Weekly(self.days, self.at, self.lasts, zone)

    def window(self, zone: ZoneInfo) -> MaintenanceWindow | None:
        """Make the window; None where it is not written to its end."""
        when = self.when(zone)
        if when is None or self.name is None:
            return None
        return MaintenanceWindow(self.name, self.matcher, when, self.reason or "", self.channels or ())


def wrong_time(window: WindowSettings, zone: ZoneInfo) -> str | None:
    """Say what is wrong with when a window opens, as the end of a sentence; None: nothing."""
    once = [name for name in ONCE if getattr(window, name) is not None]
    weekly = [name for name in WEEKLY if getattr(window, name) is not None]
    if once and weekly:
        return f"has {once[0]} and {weekly[0]}: keep starts and ends, or days, at and lasts"
    if "ends" in once and window.lasts is not None:
        return "has ends and lasts: keep one of them"
    when = window.when(zone)
    match when:
        case None:
            return "does not say when: give it starts and ends, or days, at and lasts"
        case Once():
            return None if when.ends_at > when.starts_at else "ends before it starts: swap them"
        case Weekly():
            return None if when.lasts <= _WEEK else "lasts longer than a week, after which it opens again"


_WEEK = timedelta(days=7)
