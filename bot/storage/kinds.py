"""How moments, spans and words from anywhere are stored: the same in every database, exact and sortable."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Dialect, String, TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LONGEST = timedelta(days=36_500_000)
"""No span is longer; what claims to be is cut, so that all arithmetic fits 64 bits."""


def microseconds(instant: datetime) -> int:
    """Give an instant as whole microseconds since 1970, exactly."""
    return (instant - EPOCH) // MICROSECOND


def instant(microseconds_: int) -> datetime:
    """Give the instant of so many microseconds since 1970, aware UTC."""
    return EPOCH + timedelta(microseconds=microseconds_)


class Instant(TypeDecorator[datetime]):
    """A moment: whole microseconds since 1970, the same in every database, exact and sortable."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - the base class names it
        """Turn an aware datetime into what is stored."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """Turn what is stored into an aware datetime in UTC."""
        return None if value is None else instant(value)


class Span(TypeDecorator[timedelta]):
    """A length of time: whole microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - as above
        """Turn a span into what is stored; a hundred thousand years are the most."""
        return None if value is None else max(-LONGEST, min(value, LONGEST)) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:  # noqa: ARG002 - as above
        """Turn what is stored into a span."""
        return None if value is None else timedelta(microseconds=value)


class Words(TypeDecorator[str]):
    """Text from anywhere: what no database can store (NUL, half a surrogate pair) becomes U+FFFD."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - as above
        """Replace what cannot be stored."""
        if value is None or value.isascii():
            return value if value is None else value.replace("\0", "\ufffd")
        storable = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return storable.replace("\0", "\ufffd")
