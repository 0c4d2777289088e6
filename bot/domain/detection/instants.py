"""Between the seconds that detection computes with and the instants that people are shown."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(seconds: float) -> datetime:
    """Give the instant that is so many seconds after the epoch."""
    return _EPOCH + timedelta(seconds=seconds)


def span(seconds: float) -> timedelta:
    """Give a length of time; never a negative one."""
    return timedelta(seconds=max(0.0, seconds))
