"""The answer to ``silences``: what is silent, until when, by whom and why, and what ends or extends it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from bot.commands import DefaultEnd, EndSilence, ExtendSilence, ListSilences, ShowStatus, to_text
from bot.domain.silence import Silence, SilenceNumber
from bot.views.blocks import Block, Button, Message, actions, context, message, section, sections
from bot.views.handled import by_whom, ending_words, matcher_words, moment_marks, until, why
from bot.views.typed import typed
from bot.views.wording import count, slack_time

PAGE = 8

Muting = Mapping[SilenceNumber, int]
"""How many open incidents each silence mutes now."""
_NOTHING: Muting = {}


def silence_list_message(
    command: ListSilences,
    silences: Sequence[Silence],
    *,
    now: datetime,
    muting: Muting = _NOTHING,
    zone: tzinfo = UTC,
    shareable: bool = True,
) -> Message:
    """Show one page of these silences, those that end first on top and those that are over last."""
    ordered = sorted(silences, key=lambda one: _ends_first(one, now))
    pages = max(1, -(-len(ordered) // PAGE))
    page = min(command.page, pages)
    shown = ordered[(page - 1) * PAGE : page * PAGE]
    still = sum(not one.is_over(now) for one in ordered)
    first = count(still, "silence") if still else "Nothing is silenced"
    if pages > 1:
        first += f", page {page:,} of {pages:,}"
    lines = [silence_line(one, now, muting, zone) for one in shown]
    blocks: list[Block] = [section(f"*{first}*")]
    for one, line in zip(shown, lines, strict=True):
        blocks += sections([line]) + actions([] if one.is_over(now) else silence_buttons(one))
    if not ordered:
        blocks.append(context(f"{typed('silence pay 2h disk swap')} makes one."))
    left = len(ordered) - page * PAGE
    if left > 0:
        blocks.append(context(f"…and {left:,} more: {typed(replace(command, page=page + 1))}"))
    row = [Button("Previous", to_text(replace(command, page=page - 1)))] if page > 1 else []
    row += [Button("Next", to_text(replace(command, page=page + 1)))] if left > 0 else []
    row.append(Button("Status", to_text(ShowStatus())))
    if shareable:
        row.append(Button("Share", to_text(replace(command, page=page)), shared=True))
    return message("\n".join([first, *lines]), blocks + actions(row))


def silence_line(silence: Silence, now: datetime, muting: Muting = _NOTHING, zone: tzinfo = UTC) -> str:
    """Say what a silence is about, how long it lasts, who made it and why, and what it mutes; in markup."""
    first = f"*Silence {silence.number}*: {matcher_words(silence.matcher)}"
    if silence.is_over(now):
        return f"{first}\nOver. {ending_words(silence)} · made {by_whom(silence)}{why(silence)}"
    state = moment_marks(now, silence)
    start = "" if silence.starts_at <= now else f" from {slack_time(silence.starts_at, zone)}"
    number = muting.get(silence.number, 0)
    mutes = f"mutes {count(number, 'open incident')}" if number else "nothing that it mutes is open"
    first += f" · {mutes}" if silence.is_active(now) else ""
    said = f"{state[0].upper()}{state[1:]},{start} {until(silence, zone)}, {by_whom(silence)}{why(silence)}"
    return f"{first}\n{said}"


def silence_buttons(silence: Silence) -> list[Button]:
    """Offer to end a silence, or to let it last longer."""
    return [
        Button(f"End {silence.number}", to_text(EndSilence(silence.number))),
        Button(f"Extend {silence.number}…", to_text(ExtendSilence(silence.number, DefaultEnd()))),
    ]


def _ends_first(silence: Silence, now: datetime) -> tuple[bool, bool, float, int]:
    end = silence.ended_at or silence.ends_at
    over = silence.is_over(now)
    moment = 0.0 if end is None else end.timestamp()
    return over, end is None, -moment if over else moment, silence.number
