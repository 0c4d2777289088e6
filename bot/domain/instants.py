"""Moments of one clock in another."""

from datetime import datetime, timedelta


def shifted(instant: datetime, offset: timedelta) -> datetime:
    """Put an instant of one clock into another; what lies at the end of the calendar stays where it is."""
    try:
        return instant + offset
    except OverflowError:
        return instant
