"""How the running bot is: whether each part can do its job, and what people are told of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from shutil import disk_usage

from bot import __version__
from bot.domain.incident import Incident
from bot.domain.measures import IncidentKind
from bot.domain.silence import Silence
from bot.errors import StorageError
from bot.monitoring.web import Part
from bot.operations.heartbeat import Heartbeat
from bot.operations.hold_leases import HOUSE, Leases
from bot.operations.send_message import Delivering
from bot.operations.source_state import SourceState
from bot.operations.tell_outage import DatabaseTrouble
from bot.schedule import Schedule
from bot.slack.connection import SocketConnections
from bot.views.health_report import BotHealth
from bot.watches import Watch

COUNT_WITHIN = timedelta(seconds=1)


@dataclass(slots=True)
class Running:
    """The bot while it runs: what tests and the demo may look at.

    ``database`` is what it is kept in, in a word, and ``file`` its path where it is a file.
    ``settings_told`` is the sentence about the last time that the settings were read anew. ``still_owed`` is
    how many messages were still owed in the end; None: the database did not say.
    """

    states: tuple[SourceState, ...]
    watches: tuple[Watch, ...]
    delivering: Delivering
    leases: Leases
    heart: Heartbeat
    started_at: datetime
    connections: SocketConnections | None
    storage: DatabaseTrouble
    database: str
    file: Path | None = None
    url: str = ""
    settings_told: str = ""
    settings_told_at: datetime | None = None
    settings_refused: bool = False
    still_owed: int | None = None
    work: list["asyncio.Task[None]"] = field(default_factory=list)
    schedule: Schedule | None = None
    renew: Callable[[], Awaitable[bool]] | None = None
    """Reads the settings anew and puts them in force, or leaves everything as it is."""


def parts(now: Running) -> Mapping[str, Part]:
    """Say of each part whether it can do its job."""
    found: dict[str, Part] = {}
    for watch in now.watches:
        found[f"source {watch.state.source}"] = _source(watch)
    if now.connections is not None:
        alive = now.connections.alive
        why = f"{alive} connections" if alive else now.connections.trouble or "not connected yet"
        found["slack"] = (alive > 0, why)
    trouble = now.storage.sentence
    found["database"] = (trouble is None, trouble or "in use")
    for channel, refused in now.delivering.troubles.items():
        found[f"channel {channel}"] = (False, refused.sentence)
    return found


def _source(watch: Watch) -> Part:
    """Say whether a source is read here, or by another replica.

    What an earlier run left is enough to begin with: alerts go on from there, and answers come from it. The
    first reading follows at once, and where it fails that is said.
    """
    state = watch.state
    if not watch.leases.holds(watch.lease):
        if watch.leases.refused is not None:
            return False, "not watched as long as the database refuses"
        return True, "another replica watches it"
    if state.unread is not None:
        return False, state.unread.last.sentence
    if state.last_read_at is not None:
        return True, "read"
    known = any(cluster.read_at is not None for cluster in state.clusters.values())
    return (True, "known from an earlier run") if known else (False, "not read yet")


async def health(now: Running) -> BotHealth:
    """Tell how the bot itself is: what is owed, and what does not work."""
    owed, oldest, extra = 0, None, []
    try:
        backlogs = await now.delivering.store.outbox_backlog()
        owed = sum(backlog.messages for backlog in backlogs)
        oldest = min((backlog.oldest for backlog in backlogs), default=None)
    except StorageError as error:
        extra = [] if now.storage.sentence is not None else [error.sentence]
    used, free = await asyncio.to_thread(_sizes, now.file)
    connected = now.connections
    return BotHealth(
        __version__,
        now.started_at,
        owed,
        [*_troubles(now), *extra],
        owed_since=oldest,
        door="HTTP" if connected is None else "Socket Mode",
        connected=None if connected is None else connected.alive > 0,
        connected_since=None if connected is None else next(iter(connected.alive_since), None),
        leads=None if now.leases.replicas == 1 else now.leases.holds(HOUSE),
        last_error=now.storage.last,
        last_error_at=now.storage.last_at,
        database=now.database,
        database_bytes=used,
        disk_free_bytes=free,
        settings=now.settings_told,
        settings_at=now.settings_told_at,
    )


async def count_owed(now: Running) -> None:
    """Take note of what is still owed, once nothing is delivered any more; the end does not wait for it."""
    with suppress(StorageError, TimeoutError):
        async with asyncio.timeout(COUNT_WITHIN.total_seconds()):
            now.still_owed = await now.delivering.store.outbox_depth()


def _troubles(now: Running) -> list[str]:
    troubles = [
        f"Channel {channel} does not take messages: {trouble.sentence}"
        for channel, trouble in now.delivering.troubles.items()
    ]
    if now.connections is not None and now.connections.trouble is not None:
        troubles.append(now.connections.trouble)
    troubles += [one for one in (now.storage.sentence, now.heart.trouble) if one is not None]
    if now.settings_refused:
        troubles.append(now.settings_told)
    return troubles + [sentence for state in now.states for sentence in state.troubles]


def _sizes(file: Path | None) -> tuple[int | None, int | None]:
    """Give how large the database is, and how much room is left where it lies."""
    if file is None:
        return None, None
    try:
        used = sum(one.stat().st_size for one in file.parent.glob(f"{file.name}*"))
        return used, disk_usage(file.parent).free
    except OSError:
        return None, None


def kind_of(now: Running, incident: Incident) -> IncidentKind:
    """Say what an open incident is counted as."""
    state = next(one for one in now.states if one.source == incident.subject.source)
    return IncidentKind(
        incident.problem,
        incident.severity,
        acknowledged=incident.handling.is_taken,
        silenced=isinstance(state.desk.mutes.get(incident.number), Silence),
    )
