"""Sums up: the draft of a report about one incident, and the digest of what a channel cares about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from bot.commands import ShowDigest, Target, WriteReport, to_text
from bot.domain.delay_history import DelayHistory
from bot.domain.fleet import TaskNow
from bot.domain.look import is_firing
from bot.domain.naming import Ambiguous, Found, NotFound, Scope, find
from bot.domain.routing import Selector
from bot.errors import StorageError, UserMistake
from bot.operations.answer_ports import Means
from bot.operations.answering import Answer, Asked, Attachment
from bot.operations.draw_chart import Drawn, draw, of_incident, span_of_incident
from bot.operations.resolve_target import Meant, find_one, said, unknown_name, worst_member
from bot.operations.show_silenced import silenced_now
from bot.views.digest import DigestFacts, Slower, digest_message
from bot.views.report import report_message, report_name, report_text

DIGEST_OF = timedelta(hours=24)
"""A digest tells of so long where nothing else is said and none was told before."""
PAST = 1000
CANDIDATES = 20
"""So many tasks, those with the longest delays, are looked through for what gets slowly worse."""
LATELY, BEFORE = timedelta(days=1), timedelta(days=7)
SLOWER = 1.5
"""A task gets slower where it is usually behind by so many times what it was in the week before."""
LEAST_SLOWER = timedelta(seconds=30)


async def report(means: Means, asked: Asked, command: WriteReport) -> Answer:
    """Write the draft of a report, with the chart of the delay where there is one."""
    meant = await find_one(means, asked, command.target, lambda target: to_text(WriteReport(target)))
    about = meant.group or meant.incidents[0]
    picture = await _picture(means, asked, meant)
    seen = worst_member(meant)
    offset = seen.snapshot.offset if seen is not None and seen.snapshot is not None else timedelta(0)
    text = report_text(
        about,
        await means.store.audit(about.number),
        now=means.clock.now(),
        zone=means.zone_of(asked),
        members=meant.incidents if meant.group is not None else (),
        chart=None if picture is None else picture.name,
        offset=offset,
    )
    draft = Attachment(report_name(about), "Draft of a report", text.encode())
    return Answer(report_message(about), attachments=(draft,) if picture is None else (draft, picture))


async def _picture(means: Means, asked: Asked, meant: Meant) -> Attachment | None:
    """Draw the delay of the incident, or of a group's worst member; None where there is none to draw."""
    try:
        looked = of_incident(worst_member(meant), meant.numbers[0])
    except UserMistake:
        return None
    since, until = span_of_incident(looked.incident, means.clock.now())
    drawn = await draw(means, asked, looked, since, until)
    return drawn.picture if isinstance(drawn, Drawn) else None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a digest is about: the tasks, and which incidents count."""

    tasks: Sequence[TaskNow]
    selector: Selector


async def digest(means: Means, asked: Asked, command: ShowDigest, *, shareable: bool) -> Answer:
    """Tell what is open, what happened since then and what gets slower."""
    _ = shareable
    now = means.clock.now()
    chosen = Chosen(tasks_of(means, command.scope), Selector(command.scope))
    facts = await digest_facts(means, chosen, command.since or now - DIGEST_OF)
    return Answer(digest_message(facts, means.zone_of(asked)))


def tasks_of(means: Means, scope: Scope) -> Sequence[TaskNow]:
    """Give the tasks that a scope means. Raises UserMistake where it is not clear which."""

    def again(target: Target) -> str:
        return to_text(ShowDigest(target.scope or Scope()))

    found = find(means.fleet.now(), scope)
    match found:
        case Found():
            return found.tasks
        case Ambiguous():
            texts = tuple(to_text(ShowDigest(one.scope)) for one in found.choices)
            raise UserMistake(f"{said(scope)} means {found.total} things. Which one?", texts)
        case NotFound():
            raise unknown_name(found, again)
    assert_never(found)


async def digest_facts(means: Means, chosen: Chosen, since: datetime) -> DigestFacts:
    """Gather what a digest tells, from a moment until now."""
    now, selector = means.clock.now(), chosen.selector
    firing = [one for one in means.fleet.now().incidents if is_firing(one)]
    still_open = [one for one in firing if selector.selects(one)]
    past = await means.store.past_incidents(limit=PAST, since=since)
    over = [one for one in past if selector.selects(one)]
    health = await means.health()
    return DigestFacts(
        since=since,
        until=now,
        tasks=chosen.tasks,
        still_open=still_open,
        over=over,
        began=sum(one.opened_at >= since for one in (*still_open, *over)),
        silences=[one for one in await means.store.silences() if one.is_active(now)],
        silenced=await silenced_now(means.store, still_open, now),
        slower=await slower_tasks(means, chosen.tasks, now),
        troubles=health.troubles,
    )


async def slower_tasks(means: Means, tasks: Sequence[TaskNow], now: datetime) -> list[Slower]:
    """Find tasks that get slowly worse, by what was usual in the last day and in the week before."""
    calm = [one for one in tasks if one.incident is None and one.delay is not None]
    calm.sort(key=lambda one: one.delay or timedelta(0), reverse=True)
    found: list[Slower] = []
    for task in calm[:CANDIDATES]:
        try:
            history = await means.history.delays(task.task.key, now - LATELY - BEFORE, now)
        except StorageError:
            return found
        slower = _slower(task.name, history, now)
        found += [] if slower is None else [slower]
    return sorted(found, key=lambda one: one.before / one.now)


def _slower(name: str, history: DelayHistory, now: datetime) -> Slower | None:
    lately = history.between(now - LATELY, now).typical
    before = history.between(now - LATELY - BEFORE, now - LATELY).typical
    if lately is None or before is None or lately < before * SLOWER or lately - before < LEAST_SLOWER:
        return None
    return Slower(name, before, lately)
