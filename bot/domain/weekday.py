"""The days of the week."""

from enum import StrEnum


class Weekday(StrEnum):
    """A day, by the word that settings and cron use; in the order of ``datetime.weekday``."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


EVERY_DAY = tuple(Weekday)
