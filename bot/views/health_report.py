"""The answer to ``health``: how the bot itself is, source by source, and what waits to be sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands import ShowHealth, ShowStatus, to_text
from bot.domain.fleet import FleetSnapshot, SourceNow, Standing
from bot.views.blocks import Block, Button, Message, actions, context, literal, message, sections
from bot.views.sources import source_name, trouble_lines
from bot.views.trouble import MARKS
from bot.views.wording import ago, clean, count, duration, took

_OFFSET_MATTERS = timedelta(minutes=1)
_SOURCES = 20
_SENTENCE = 300


@dataclass(frozen=True, slots=True)
class BotHealth:
    """What the bot knows of itself: messages that are owed, and sentences about what does not work."""

    version: str
    started_at: datetime
    owed: int = 0
    troubles: Sequence[str] = ()


def health_message(
    command: ShowHealth, fleet: FleetSnapshot, health: BotHealth, *, now: datetime, shareable: bool = True
) -> Message:
    """Show when each source was read, how long that took, how far its clock is off, and what is queued."""
    troubles = trouble_lines(fleet.sources, now)
    troubles += [
        f"{MARKS[Standing.WARNING]} {literal(clean(text, _SENTENCE))}" for text in health.troubles[:5]
    ]
    troubles += [line for source in fleet.sources for line in _clock_lines(source)]
    troubles += [line for source in fleet.sources for line in _list_lines(source)][:5]
    first = "The bot is well" if not troubles else "Something keeps the bot from its work"
    lines = [_line(source, now) for source in fleet.sources[:_SOURCES]]
    if len(fleet.sources) > _SOURCES:
        lines.append(f"…and {count(len(fleet.sources) - _SOURCES, 'more OCP')}")
    waiting = (
        "Nothing waits to be sent." if not health.owed else f"{count(health.owed, 'message')} to be sent."
    )
    small = f"Version {literal(health.version)} · started {ago(health.started_at, now)}"
    blocks: list[Block] = [*sections([f"*{first}*", *troubles, *lines, waiting]), context(small)]
    buttons = [Button("Status", to_text(ShowStatus()))]
    if shareable:
        buttons.append(Button("Share", to_text(command), shared=True))
    return message("\n".join([first, *troubles, *lines, waiting]), blocks + actions(buttons))


def _line(source: SourceNow, now: datetime) -> str:
    tasks = sum(len(cluster.tasks) for cluster in source.clusters)
    parts = [
        source_name(source),
        "not read yet" if source.read_at is None else f"read {ago(source.read_at, now)}",
        f"every {duration(source.interval)}",
    ]
    if source.duration is not None:
        parts.append(f"takes {took(source.duration)}")
    parts.append(f"{count(len(source.clusters), 'cluster')}, {count(tasks, 'task')}")
    return " · ".join(parts)


def _clock_lines(source: SourceNow) -> list[str]:
    if source.offset is None or abs(source.offset) <= _OFFSET_MATTERS:
        return []
    side = "behind" if source.offset > timedelta(0) else "ahead of"
    off = f"{duration(abs(source.offset))} {side} ours"
    cure = "Delays are right all the same; mend the clock there or here (NTP)."
    return [f"{MARKS[Standing.WARNING]} The clock of {source_name(source)} is {off}. {cure}"]


def _list_lines(source: SourceNow) -> list[str]:
    """Say which lists could not be read to their end, and where rows made no sense."""
    lines = []
    for cluster in source.clusters:
        who = f"{source_name(source)}, cluster {literal(clean(cluster.label, 30))}"
        if not cluster.complete:
            lines.append(f"{MARKS[Standing.WARNING]} {who}: the list could not be read to its end.")
        if cluster.skipped:
            rows = count(cluster.skipped, "row")
            lines.append(f"{MARKS[Standing.WARNING]} {who}: {rows} could not be understood and left out.")
    return lines
