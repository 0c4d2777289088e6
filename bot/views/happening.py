"""One thing that happened to an incident or a group, and how it is told in a line."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from bot.domain.problem import Severity
from bot.views.blocks import PAYLOAD, literal, size
from bot.views.trouble import severity_mark
from bot.views.wording import clean, duration, name, slack_time

SENTENCE = 250
_OVERHEAD = 40


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
    if len(happenings) <= first + last:
        first = max(0, len(happenings) - last)
    head = [happening_line(one, zone) for one in happenings[:first]]
    tail = [happening_line(one, zone) for one in happenings[max(first, len(happenings) - last) :]]
    while tail and sum(map(_length, (*head, *tail))) > room:
        short = len(head) if len(head) > len(tail) // 2 else 0
        (head if short else tail).pop(-1 if short else 0)
    left = len(happenings) - len(head) - len(tail)
    if left <= 0:
        return head + tail
    return [*head, f"…and {left:,} more between…" if head and tail else f"…and {left:,} more…", *tail]


def _length(line: str) -> int:
    """Give the length of a line as it is sent, with its part of the sections that hold it."""
    return size([{"text": line}]) + _OVERHEAD
