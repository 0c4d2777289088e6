"""One thing that happened to an incident or a group, and how it is told in a line."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from bot.domain.problem import Severity
from bot.views.blocks import PAYLOAD, literal, sections, size
from bot.views.trouble import severity_mark
from bot.views.wording import clean, duration, name, slack_time

SENTENCE = 250


class Happening(Protocol):
    """One thing that happened. ``actor`` is a Slack user's id and ``name`` theirs, None for the bot itself.

    ``what`` is a change's word or a reason's; ``severity`` and ``delay`` are those of the moment.
    """

    @property
    def at(self) -> datetime:
        """When (our clock)."""
        ...

    @property
    def what(self) -> str:
        """Its word."""
        ...

    @property
    def sentence(self) -> str:
        """What, for people."""
        ...

    @property
    def actor(self) -> str | None:
        """Who."""
        ...

    @property
    def name(self) -> str | None:
        """How they are called."""
        ...

    @property
    def severity(self) -> Severity | None:
        """How bad it was then."""
        ...

    @property
    def delay(self) -> timedelta | None:
        """How far behind it was then."""
        ...


def happening_line(happening: Happening, zone: tzinfo = UTC) -> str:
    """Say when, what and who, in one line of markup; nobody is called."""
    mark = "" if happening.severity is None else f"{severity_mark(happening.severity)} "
    said = literal(clean(happening.sentence, SENTENCE))
    return f"{slack_time(happening.at, zone)}  {mark}{whose(happening)}{said}{_behind(happening)}"


def whose(happening: Happening) -> str:
    """Name whoever did it, before a colon; nothing for what the bot saw itself; in markup."""
    who = happening.name or happening.actor
    return "" if who is None else f"{name(who)}: "


def _behind(happening: Happening) -> str:
    """Add the delay of that moment, where the sentence does not tell it."""
    if happening.delay is None or " behind" in happening.sentence:
        return ""
    return f" ({duration(happening.delay)} behind)"


def story_lines(
    happenings: Sequence[Happening], first: int, last: int, zone: tzinfo = UTC, room: int = PAYLOAD
) -> list[str]:
    """Tell the first and the last of what happened, oldest first, and count what is left out between.

    ``room`` is how long all that may be as it is sent: fewer are told where they would be longer.
    """
    while True:
        lines = _told(happenings, first, last, zone)
        if last == 0 or size(sections(lines)) <= room:
            return lines
        first, last = min(first, last // 2), last - max(1, last // 8)


def _told(happenings: Sequence[Happening], first: int, last: int, zone: tzinfo) -> list[str]:
    left = len(happenings) - first - last
    if left <= 0:
        return [happening_line(one, zone) for one in happenings]
    return [
        *(happening_line(one, zone) for one in happenings[:first]),
        f"…and {left:,} more between…" if first and last else f"…and {left:,} more…",
        *(happening_line(one, zone) for one in happenings[len(happenings) - last :]),
    ]
