"""Tends silences: takes up those whose time comes, opens windows, ends what is over, and says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.incident import Incident, IncidentNumber
from bot.domain.look import NewId, is_firing, worst_of
from bot.domain.maintenance import MaintenanceWindow, unmade
from bot.domain.notification import Action, Notification, Reason, SilenceContent
from bot.domain.posts import Channel, MessageKey, group_message
from bot.domain.silence import Ending, Silence, tended
from bot.operations.ports import Clock, Journal
from bot.operations.store_port import LeaseLost, RevisionConflict, Store, WriteSession

MUTED_EVERY = timedelta(minutes=1)
"""That a silence still has something to mute is written this often."""
WINDOWS_KEPT = timedelta(days=8)
"""So long ago a window's silence may have ended and still stand for its present occurrence."""
BURNING_TOLD = 5


@dataclass(frozen=True, slots=True)
class Tending:
    """What silences are tended with. ``windows`` and ``default`` are the settings' at this moment.

    ``changed`` is called when what is muted may have changed.
    """

    store: Store
    clock: Clock
    journal: Journal
    windows: Callable[[], Sequence[MaintenanceWindow]]
    default: Callable[[], Channel | None]
    new_id: NewId
    changed: Callable[[], None]
    fence: Callable[[], tuple[str, int] | None] = lambda: None


async def tend_silences(tending: Tending) -> int:
    """Bring every silence to this moment; return how many began or ended. Raises StorageError.

    A replica that lost its lease meanwhile leaves the rest to the one that has it.
    """
    try:
        return await _tend_all(tending, tending.clock.now())
    except LeaseLost:
        tending.journal.warning("silences not tended, another replica tends them")
        return 0


async def _tend_all(tending: Tending, now: datetime) -> int:
    windows = tending.windows()
    since = now - WINDOWS_KEPT if windows else None
    silences = await tending.store.silences(ended_since=since)
    made = await _open_windows(tending, windows, silences, now)
    present = [one for one in silences if one.ended_at is None]
    turned = 0
    try:
        if present or made:
            incidents = [one for one in await tending.store.open_incidents() if is_firing(one)]
            groups_of = await _groups_of(tending.store, present)
            for silence in [*present, *made]:
                turned += await _tend(tending, silence, incidents, groups_of, now)
    finally:
        if turned:
            tending.changed()
    return turned


async def _open_windows(
    tending: Tending, windows: Sequence[MaintenanceWindow], silences: Sequence[Silence], now: datetime
) -> list[Silence]:
    """Make the silences of the windows that open now; one that another replica made meanwhile is there."""
    made = []
    for silence in unmade(windows, silences, now):
        try:
            async with tending.store.writing() as session:
                await _check_fence(session, tending)
                made.append(await session.keep_silence(silence))
        except RevisionConflict:
            continue
    return made


async def _check_fence(session: WriteSession, tending: Tending) -> None:
    fence = tending.fence()
    if fence is not None:
        await session.check_lease(*fence)


async def _groups_of(store: Store, silences: Sequence[Silence]) -> dict[IncidentNumber, list[IncidentNumber]]:
    """Give the groups of each incident, as far as some silence names groups by their numbers."""
    numbers = sorted({number for silence in silences for number in silence.matcher.numbers})
    found: dict[IncidentNumber, list[IncidentNumber]] = {}
    for group in await store.groups(numbers) if numbers else ():
        post = await store.post(group_message(group.number), group.channel)
        for member in () if post is None else post.members:
            found.setdefault(member, []).append(group.number)
    return found


async def _tend(
    tending: Tending,
    silence: Silence,
    incidents: Sequence[Incident],
    groups_of: dict[IncidentNumber, list[IncidentNumber]],
    now: datetime,
) -> bool:
    matched = [one for one in incidents if silence.matcher.matches(one, groups_of.get(one.number, ()))]
    after = tended(silence, mutes_something=bool(matched), now=now)
    began = after.started and not silence.started
    ended = after.ended_at is not None
    if not (began or ended or _worth_writing(silence, after)):
        return False
    owed = [*(_began(tending, after, matched, now) if began else ())]
    owed += _ended(tending, after, matched, now) if ended else ()
    try:
        async with tending.store.writing() as session:
            await _check_fence(session, tending)
            await session.keep_silence(after)
            for notification in owed:
                await session.enqueue(notification)
    except RevisionConflict:
        return False
    if ended:
        tending.journal.info("silence ended", silence=silence.number, because=after.ending)
    return began or ended


def _worth_writing(before: Silence, after: Silence) -> bool:
    if after.muted_at is None or replace(after, muted_at=before.muted_at) != before:
        return after != before
    return before.muted_at is None or after.muted_at - before.muted_at >= MUTED_EVERY


def _began(
    tending: Tending, silence: Silence, matched: Sequence[Incident], now: datetime
) -> list[Notification]:
    """Announce a window, and a silence planned ahead; one made for at once was announced by its maker."""
    if silence.window is None and silence.starts_at <= silence.created_at:
        return []
    return _told(tending, silence, Reason.SILENCE_STARTED, matched, now)


def _ended(
    tending: Tending, silence: Silence, matched: Sequence[Incident], now: datetime
) -> list[Notification]:
    """Say that a silence has ended.

    Where it was about numbered incidents that still burn, each of them says so in its own thread.
    """
    if matched and silence.matcher.numbers and silence.ending is Ending.EXPIRED:
        return []
    return _told(tending, silence, Reason.SILENCE_ENDED, matched, now)


def _told(
    tending: Tending, silence: Silence, reason: Reason, matched: Sequence[Incident], now: datetime
) -> list[Notification]:
    content = SilenceContent(silence, reason, now, worst_of(matched, BURNING_TOLD), len(matched))
    word = "started" if reason is Reason.SILENCE_STARTED else "ended"
    return [
        Notification(
            id=tending.new_id(),
            message=MessageKey(f"silence/{silence.number}/{word}"),
            channel=channel,
            action=Action.POST,
            reason=reason,
            content=content,
            created_at=now,
        )
        for channel in _channels(tending, silence)
    ]


def _channels(tending: Tending, silence: Silence) -> list[Channel]:
    """Give the channels that hear of a silence: a window's own, else where it was made, else the default."""
    window = next((one for one in tending.windows() if one.name == silence.window), None)
    if window is not None and window.channels:
        return list(window.channels)
    channel = silence.channel or tending.default()
    return [] if channel is None else [channel]
