"""What people write for lengths, moments, numbers and chosen words, each read or refused with a sentence."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from difflib import get_close_matches

import pytimeparse2  # type: ignore[import-untyped]  # it ships no types

from bot.errors import UserMistake

_SHOWN = 40
_LENGTH_TEXT = re.compile(r"[0-9.]+\s*[a-z].*", re.IGNORECASE | re.DOTALL)
_LONGEST = timedelta(days=3660)
_TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?", re.DOTALL)
_EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
_LATEST = datetime(9990, 1, 1, tzinfo=UTC)
_LAST_PAGE = 1_000_000


def shown(text: str) -> str:
    """Give what somebody typed in quotes, cut where it is long."""
    return f'"{text}"' if len(text) <= _SHOWN else f'"{text[:_SHOWN]}…" (cut)'


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Give the known word that is nearest to one that is not known, if any is near."""
    close = get_close_matches(word[:_SHOWN].casefold(), list(known), n=1, cutoff=0.6)
    return close[0] if close else None


def length(text: str) -> timedelta:
    """Read a length such as ``45m``, ``2h30m`` or ``1.5 days``."""
    seconds = None
    if len(text) <= _SHOWN and _LENGTH_TEXT.fullmatch(text):
        seconds = pytimeparse2.parse(text, as_timedelta=False)
    if not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST.total_seconds():
        raise UserMistake(f"{shown(text)} is not a length of time. Write 10m, 2h or 1h30m.")
    return timedelta(seconds=seconds)


def length_text(span: timedelta) -> str:
    """Write a length so that ``length`` reads the same."""
    seconds, micro = divmod(span, timedelta(seconds=1))
    if micro:
        return f"{span / timedelta(seconds=1):.6f}s"
    parts = []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def moment(text: str, now: datetime, zone: tzinfo) -> datetime:
    """Read a moment: ``14:30``, ``2026-01-31``, ``2026-01-31T14:30``, ``yesterday``, ``2h`` (ago), ``now``.

    What has no zone of its own is meant in ``zone``; a time of day is its last occurrence before ``now``.
    """
    read = _moment(text.strip(), now, zone)
    if read is None or not _EARLIEST <= read <= _LATEST:
        raise UserMistake(
            f"{shown(text)} is not a time. Write 14:30, 2026-01-31, 2026-01-31T14:30, yesterday, "
            "or 2h for two hours ago."
        )
    return read


def _moment(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    words = {"now": now, "today": midnight, "yesterday": midnight - timedelta(days=1)}
    if text.casefold() in words:
        return words[text.casefold()].astimezone(UTC)
    if clock := _TIME_OF_DAY.fullmatch(text):
        hour, minute, second = (int(part or 0) for part in clock.groups())
        today = midnight.replace(hour=hour, minute=minute, second=second)
        return (today if today <= now else today - timedelta(days=1)).astimezone(UTC)
    try:
        if not _DATE.fullmatch(text):
            return now.astimezone(UTC) - length(text.removesuffix("ago").rstrip())
        read = datetime.fromisoformat(text)
        return (read.replace(tzinfo=zone) if read.tzinfo is None else read).astimezone(UTC)
    except (UserMistake, ValueError, OverflowError):
        return None


def moment_text(moment_: datetime) -> str:
    """Write a moment so that ``moment`` reads the same."""
    return moment_.astimezone(UTC).isoformat().replace("+00:00", "Z")


def whole_number(text: str, what: str) -> int:
    """Read a number from 1 on; ``what`` is named in the sentence that refuses it."""
    digits = text.removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) <= len(str(_LAST_PAGE)) and int(digits) > 0:
        return int(digits)
    raise UserMistake(f"{shown(text)} is not {what}. Write a number from 1 on.")
