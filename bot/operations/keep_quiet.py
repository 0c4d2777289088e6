"""Silences: made, prolonged and ended by people; what they mute is unspoken, never lost."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.commands import EndSilence, ExtendSilence, ListSilences, Silence, SilenceDialog, Target, to_text
from bot.commands.acts import DefaultEnd, Ends, EndsAt, SilenceFilter
from bot.domain import silence as quiet
from bot.domain.handling import Actor
from bot.domain.incident import Incident
from bot.domain.look import is_firing
from bot.domain.naming import Scope
from bot.domain.notification import ActContent, Reason
from bot.domain.permission import length_of
from bot.domain.posts import Channel
from bot.domain.selection import wanted
from bot.domain.silence import UNNUMBERED_SILENCE, Ending, Matcher, SilenceNumber
from bot.domain.task import SourceName
from bot.errors import UserMistake
from bot.operations.answer_ports import Means, actor_of
from bot.operations.answering import Answer, Asked
from bot.operations.carry_out import Decided, Plan, carry_out
from bot.operations.change_incident import entry, group_entry
from bot.operations.check_permission import check_wide
from bot.operations.in_slices import in_slices
from bot.operations.reply_in_threads import Threads, reply, threads_of, threads_of_named
from bot.operations.resolve_target import Meant, by_number, find_meant, known_scope
from bot.operations.store_port import AuditEntry, WriteSession
from bot.views.act_answer import silence_ended_message, silenced_message
from bot.views.silence_list import silence_list_message
from bot.views.wording import duration, plain_time, up_to

LATELY = timedelta(hours=12)
"""Silences that ended no longer ago are listed too."""


class WrongEnd(UserMistake):
    """A silence cannot end then."""


@dataclass(frozen=True, slots=True)
class Muted:
    """What a silence is about: its matcher, what is numbered of it, and what it mutes at this moment."""

    matcher: Matcher
    meant: Meant | None
    incidents: tuple[Incident, ...]

    @property
    def sources(self) -> frozenset[SourceName]:
        """The sources of what is muted now."""
        return frozenset(one.subject.source for one in self.incidents)


async def preview(means: Means, asked: Asked, command: Silence | SilenceDialog) -> Muted:
    """Tell what a silence would mute now. Raises UserMistake where it is not clear what is meant."""
    target, only = command.target, command.only

    def again(one: Target) -> str:
        return to_text(replace(command, target=one))

    if target.scope is not None:
        scope = known_scope(means.fleet.now(), target.scope, again)
        matcher = Matcher(scope, only.problems, only.severities)
        return Muted(matcher, None, await muted_now(means, matcher))
    meant = await find_meant(means, asked, target, again)
    if only != SilenceFilter():
        raise UserMistake(
            "An incident is silenced as a whole: leave problem: and severity: out, or silence a name.",
            (to_text(replace(command, target=target, only=SilenceFilter())),),
        )
    matcher = Matcher(numbers=meant.numbers, is_group=meant.group is not None)
    return Muted(matcher, meant, meant.open)


async def muted_now(means: Means, matcher: Matcher) -> tuple[Incident, ...]:
    """Give the open incidents that a matcher mutes, the worst first, as the fleet shows them."""
    if not matcher.numbers:
        return await _matching(means, matcher)
    found: list[Incident] = []
    for number in matcher.numbers:
        with suppress(UserMistake):
            found += (await by_number(means.store, number)).incidents
    return tuple(one for one in found if one.is_open)


async def _matching(means: Means, matcher: Matcher) -> tuple[Incident, ...]:
    found: list[Incident] = []
    async for some in in_slices(means.fleet.now().incidents):
        found += [one for one in some if is_firing(one) and matcher.matches(one)]
    return tuple(found)


async def silence(means: Means, asked: Asked, command: Silence) -> Answer:
    """Keep something quiet. Raises UserMistake, and NotPermitted for a wide one that takes more."""
    by = await actor_of(means, asked)

    async def decide() -> Decided:
        now = means.clock.now()
        starts = max(command.starts or now, now)
        ends_at = _end(means, command.ends, starts)
        muted = await preview(means, asked, command)
        if muted.meant is not None and not muted.incidents:
            raise UserMistake("It is over: there is nothing to silence.", ("incidents",))
        await _check(means, asked, muted.matcher, starts, ends_at)
        begun = starts <= now
        made = quiet.Silence(
            number=UNNUMBERED_SILENCE,
            matcher=muted.matcher,
            starts_at=starts,
            ends_at=ends_at,
            created_at=now,
            author=by,
            reason=command.reason,
            channel=Channel(asked.channel),
            muted_at=now if begun and muted.incidents else None,
            started=begun,
        )
        return await _keeping(means, asked, made, muted, by)

    return await carry_out(means, asked, decide)


def _end(means: Means, ends: Ends, starts: datetime) -> datetime | None:
    match ends:
        case EndsAt(at):
            if at <= starts:
                raise WrongEnd("That ends before it begins. Write a length, such as 2h, or a later time.")
            return at
        case DefaultEnd():
            return starts + means.silence_limits().default
        case _:
            return None


async def _check(
    means: Means, asked: Asked, matcher: Matcher, starts: datetime, ends_at: datetime | None
) -> None:
    """Refuse what is too long for anybody, or takes a permission that whoever asks does not have."""
    limits = means.silence_limits()
    length = length_of(starts, ends_at, means.clock.now())
    if limits.too_long(length):
        raise WrongEnd(
            f"A silence lasts {duration(limits.longest)} here at most. Ask for less, and prolong it later."
        )
    wide = limits.needs_wide(length, matcher)
    if wide is not None:
        await check_wide(means, asked, wide)


async def _keeping(means: Means, asked: Asked, made: quiet.Silence, muted: Muted, by: Actor) -> Plan:
    threads = await _threads(means, asked, muted, begun=made.started)
    zone, now = means.zone_of(asked), means.clock.now()

    async def write(session: WriteSession) -> Answer:
        kept = await session.keep_silence(made)
        sentence = _until(means, kept)
        async for some in in_slices(_trail(muted, Reason.SILENCED, sentence, by, now)):
            await session.append_audit(some)
        await reply(means, session, threads, ActContent(Reason.SILENCED, by, now, kept.reason, silence=kept))
        return Answer(silenced_message(kept, muted.incidents, now=now, zone=zone), done=threads.here)

    return Plan(write, muted.sources)


async def _threads(means: Means, asked: Asked, muted: Muted, *, begun: bool) -> Threads:
    """Tell the threads of what is silenced; before a planned silence begins, of what is named none."""
    if muted.meant is None:
        return await threads_of_named(means, asked, muted.incidents if begun else ())
    return await threads_of(means, asked, muted.meant)


def _until(means: Means, made: quiet.Silence) -> str:
    """Say for the trail, whose lines have their times, that something was silenced, for how long and why."""
    end = "until it is over" if made.ends_at is None else f"for {up_to(made.ends_at - made.starts_at)}"
    start = "" if made.started else f" from {plain_time(made.starts_at, means.zone())}"
    why = f": {made.reason}" if made.reason else ""
    return f"silenced it{start} {end} (silence {made.number}){why}"


def _trail(muted: Muted, reason: Reason, sentence: str, by: Actor, now: datetime) -> Sequence[AuditEntry]:
    entries = [entry(one, reason, sentence, by, now) for one in muted.incidents]
    group = None if muted.meant is None else muted.meant.group
    if group is not None:
        entries.append(group_entry(group.number, reason, sentence, by, now))
    return entries


async def end_silence(means: Means, asked: Asked, command: EndSilence) -> Answer:
    """End a silence; what it muted and still burns is told again by its watch."""
    by = await actor_of(means, asked)

    async def decide() -> Decided:
        now = means.clock.now()
        known = await known_silence(means, asked, command.number)
        muted = await _muted_by(means, known)
        threads = await _threads(means, asked, muted, begun=known.started)

        async def write(session: WriteSession) -> Answer:
            kept = await session.keep_silence(known.ended(Ending.BY_HAND, now))
            sentence = f"ended silence {kept.number}"
            await session.append_audit(_trail(muted, Reason.SILENCE_ENDED, sentence, by, now))
            await reply(means, session, threads, ActContent(Reason.SILENCE_ENDED, by, now, silence=kept))
            return Answer(silence_ended_message(kept, muted.incidents), done=threads.here)

        return Plan(write, muted.sources)

    return await carry_out(means, asked, decide)


async def extend(means: Means, asked: Asked, command: ExtendSilence) -> Answer:
    """Let a silence end at another time. Raises UserMistake, and NotPermitted as a new one does."""
    by = await actor_of(means, asked)

    async def decide() -> Decided:
        now = means.clock.now()
        known = await known_silence(means, asked, command.number)
        starts = max(known.starts_at, now)
        ends_at = _end(means, command.ends, starts)
        await _check(means, asked, known.matcher, starts, ends_at)
        muted = await _muted_by(means, known)
        return await _keeping(means, asked, replace(known, ends_at=ends_at), muted, by)

    return await carry_out(means, asked, decide)


async def known_silence(means: Means, asked: Asked, number: SilenceNumber) -> quiet.Silence:
    """Give a silence that is not over. Raises UserMistake where there is none."""
    known = await means.store.silence(number)
    if known is None:
        raise UserMistake(f"There is no silence {number}.", ("silences",))
    now = means.clock.now()
    if known.is_over(now):
        ended = min(one for one in (known.ended_at, known.ends_at, now) if one is not None)
        raise UserMistake(
            f"Silence {number} has been over since {plain_time(ended, means.zone_of(asked))}.", ("silences",)
        )
    return known


async def _muted_by(means: Means, known: quiet.Silence) -> Muted:
    """Tell what a silence is about and mutes now."""
    incidents = await muted_now(means, known.matcher)
    meant = None
    if known.matcher.numbers:
        group = await means.store.group(known.matcher.numbers[0])
        meant = Meant(incidents, group)
    return Muted(known.matcher, meant, incidents)


async def list_silences(means: Means, asked: Asked, command: ListSilences, *, shareable: bool) -> Answer:
    """List the silences that there are and those that ended lately, with what each mutes now."""
    now = means.clock.now()
    everything = await means.store.silences(ended_since=now - LATELY)
    wanted = [one for one in everything if await is_about(means, one, command.scope)]
    muting = {one.number: len(await muted_now(means, one.matcher)) for one in wanted if one.is_active(now)}
    message = silence_list_message(
        command, wanted, now=now, muting=muting, zone=means.zone_of(asked), shareable=shareable
    )
    return Answer(message)


async def is_about(means: Means, one: quiet.Silence, scope: Scope) -> bool:
    """Whether a silence is about what is named: by its own words, or by what it mutes."""
    if scope.is_everything:
        return True
    if one.matcher.scope is not None and is_same(one.matcher.scope, scope):
        return True
    return any(wanted(scope, incident) for incident in await muted_now(means, one.matcher))


def is_same(one: Scope, other: Scope) -> bool:
    """Whether two scopes are written the same, whatever the case."""
    return repr(one).casefold() == repr(other).casefold()
