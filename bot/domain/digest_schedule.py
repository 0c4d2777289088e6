"""When a channel gets its digest, and of what."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.posts import Channel
from bot.domain.routing import Selector
from bot.domain.weekday import EVERY_DAY, Weekday

_EVERY_INCIDENT = Selector()
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class DigestTime:
    """One digest: where, at which time of which days in which zone, and which incidents it speaks of."""

    channel: Channel
    hour: int
    minute: int
    days: tuple[Weekday, ...] = EVERY_DAY
    zone: ZoneInfo = _UTC
    selector: Selector = _EVERY_INCIDENT

    @property
    def cron_days(self) -> str:
        """The days as cron writes them, ``mon,tue``; ``*`` for every day."""
        return "*" if set(self.days) == set(Weekday) else ",".join(self.days)
