"""The answer to ``health``: how the bot itself is, source by source, and what waits to be sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commands import ShowHealth, ShowStatus, to_text
from bot.domain.fleet import FleetSnapshot, SourceNow
from bot.domain.standing import Standing
from bot.views.blocks import Block, Button, Message, actions, context, literal, message, sections
from bot.views.sources import source_name, trouble_lines
from bot.views.trouble import MARKS
from bot.views.wording import ago, clean, count, duration, lasting, took

_OFFSET_MATTERS = timedelta(minutes=1)
_SOURCES = 20
_SENTENCE = 300
_TROUBLES = 5
_KILO = 1000


@dataclass(frozen=True, slots=True)
class BotHealth:
    """What the bot knows of itself: messages that are owed, and sentences about what does not work.

    Everything with a default may be unknown, and is then not told. ``owed_since`` is when the longest waiting
    message was born; ``door`` is how Slack is heard (``Socket Mode``, ``HTTP``) and ``connected_since`` since
    when, where ``connected``; ``leads`` is whether this one watches and sends; ``last_error`` is a sentence.
    ``database`` is what it is kept in, ``database_bytes`` and ``disk_free_bytes`` are sizes. ``settings``
    is the sentence about the last time that the settings were read again.
    """

    version: str
    started_at: datetime
    owed: int = 0
    troubles: Sequence[str] = ()
    owed_since: datetime | None = None
    door: str = ""
    connected: bool | None = None
    connected_since: datetime | None = None
    leads: bool | None = None
    last_error: str = ""
    last_error_at: datetime | None = None
    database: str = ""
    database_bytes: int | None = None
    disk_free_bytes: int | None = None
    settings: str = ""
    settings_at: datetime | None = None


def health_message(
    command: ShowHealth, fleet: FleetSnapshot, health: BotHealth, *, now: datetime, shareable: bool = True
) -> Message:
    """Show when each source was read, how long that took, how far its clock is off, and what is queued."""
    troubles = trouble_lines(fleet.sources, now)
    troubles += own_troubles(health)
    troubles += [line for source in fleet.sources for line in _clock_lines(source)]
    troubles += [line for source in fleet.sources for line in _list_lines(source)][:5]
    first = "The bot is well" if not troubles else "Something keeps the bot from its work"
    lines = [_line(source, now) for source in fleet.sources[:_SOURCES]]
    if len(fleet.sources) > _SOURCES:
        lines.append(f"…and {count(len(fleet.sources) - _SOURCES, 'more OCP')}")
    own = own_lines(health, now)
    small = f"Version {literal(health.version)} · started {ago(health.started_at, now)}"
    blocks: list[Block] = [*sections([f"*{first}*", *troubles, *lines, *own]), context(small)]
    buttons = [Button("Status", to_text(ShowStatus()))]
    if shareable:
        buttons.append(Button("Share", to_text(command), shared=True))
    return message("\n".join([first, *troubles, *lines, *own]), blocks + actions(buttons))


def own_troubles(health: BotHealth) -> list[str]:
    """Say in one sentence each what keeps the bot itself from its work; in markup."""
    mark = MARKS[Standing.WARNING]
    lines = [f"{mark} {literal(clean(text, _SENTENCE))}" for text in health.troubles[:_TROUBLES]]
    if health.connected is False:
        lines.insert(0, f"{mark} Slack is not connected{_door(health)}: what people say is not heard.")
    return lines


def own_lines(health: BotHealth, now: datetime) -> list[str]:
    """Say what waits to be sent, how Slack is heard, who leads, what failed last and what room is left."""
    lines = [_waiting(health, now)]
    if health.connected:
        since = health.connected_since
        lasts = "" if since is None else lasting(now - since).removeprefix(",")
        lines.append(f"Slack is connected{_door(health)}{lasts}.")
    if health.leads is not None:
        lines.append(f"{'This' if health.leads else 'Another'} replica watches and sends.")
    if health.last_error:
        when = "" if health.last_error_at is None else f" {ago(health.last_error_at, now)}"
        lines.append(f"Last error{when}: {literal(clean(health.last_error, _SENTENCE))}")
    if health.settings and health.settings not in health.troubles:
        when = "" if health.settings_at is None else f" ({ago(health.settings_at, now)})"
        lines.append(f"{literal(clean(health.settings, _SENTENCE))}{when}")
    sizes = [] if health.database_bytes is None else [bytes_words(health.database_bytes)]
    sizes += [] if health.disk_free_bytes is None else [f"{bytes_words(health.disk_free_bytes)} free"]
    if health.database:
        sizes.insert(0, literal(clean(health.database)))
    if sizes:
        lines.append(f"Database: {', '.join(sizes)}.")
    return lines


def _waiting(health: BotHealth, now: datetime) -> str:
    if not health.owed:
        return "Nothing waits to be sent."
    oldest = "" if health.owed_since is None else f", the oldest {duration(now - health.owed_since)} old"
    return f"{count(health.owed, 'message')} to be sent{oldest}."


def _door(health: BotHealth) -> str:
    return f" ({literal(clean(health.door))})" if health.door else ""


def bytes_words(number: int) -> str:
    """Say a size: ``512 kB``, ``1.4 GB``."""
    size = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if size < _KILO:
            return f"{size:.0f} {unit}" if unit in {"B", "kB"} else f"{size:.1f} {unit}"
        size /= _KILO
    return f"{size:.1f} TB"


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
