"""The digest: what is open, what happened since the last one, what gets slower; one line when all is well."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from heapq import nsmallest

from bot.commands import ListIncidents, ListSilences, ShowStatus, to_text
from bot.domain.fleet import TaskNow
from bot.domain.incident import Incident
from bot.domain.look import worst_first, worst_then
from bot.domain.silence import Silence
from bot.domain.standing import Standing
from bot.views.blocks import Block, Button, Message, actions, context, literal, message, sections
from bot.views.handled import Silenced, marks, matcher_words, until
from bot.views.incident_card import worst
from bot.views.lasted import lasted
from bot.views.restorable import gap_lines_of, still_lost
from bot.views.trouble import MARKS, how, incident_mark, lost_mark, phrase_of_delay, short_problem, task_name
from bot.views.twins import namer, subjects
from bot.views.typed import typed
from bot.views.wording import clean, count, duration, slack_time

OPEN, OVER, SILENT, SLOW, TROUBLES = 10, 5, 5, 5, 3
"""So many of each are told one by one; the rest is counted."""
_WORTH_TELLING = timedelta(minutes=2)
"""A delay shorter than this is not among the longest ones that a digest tells."""
_SENTENCE = 250
_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Slower:
    """A task that gets slowly worse: how far it was usually behind ``before``, and is ``now``."""

    name: str
    before: timedelta
    now: timedelta


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """What a digest tells, from ``since`` until ``until`` (our clock).

    ``still_open`` and ``over`` are the incidents that are open now and that ended in this time; ``began`` is
    how many began in it. ``troubles`` are plain sentences about what keeps the bot from its work.
    """

    since: datetime
    until: datetime
    tasks: Sequence[TaskNow] = ()
    still_open: Sequence[Incident] = ()
    over: Sequence[Incident] = ()
    began: int = 0
    silences: Sequence[Silence] = ()
    silenced: Silenced = field(default_factory=dict)
    slower: Sequence[Slower] = ()
    troubles: Sequence[str] = ()


def digest_message(facts: DigestFacts, zone: tzinfo = UTC) -> Message:
    """Tell what somebody who was away has to know, the worst first."""
    since = slack_time(facts.since, zone)
    troubles = facts.troubles[:TROUBLES]
    warnings = [f"{MARKS[Standing.WARNING]} {literal(clean(text, _SENTENCE))}" for text in troubles]
    lost = [one for one in (*facts.still_open, *facts.over) if one.gap is not None]
    parts = [
        _headed("Lost for good", gap_lines_of(lost, zone)),
        _headed("Open", _open_lines(facts, zone)),
        _headed("The bot itself", warnings),
        _headed("Silent", _silent_lines(facts, zone)),
        _headed("Over since then", _over_lines(facts)),
        _headed("Getting slower", _slower_lines(facts)),
    ]
    if not any(parts):
        line = f"{_calm(facts)} Nothing happened since {since}."
        return message(line, sections([line]))
    first = _first(facts, lost, since)
    parts.append(_slow_lines(facts))
    blocks: list[Block] = sections([f"*{first}*"])
    for lines in parts:
        blocks += sections(lines)
    blocks.append(context(f"From {since} to {slack_time(facts.until, zone)} · {_scale(facts)}"))
    row = [Button("Status", to_text(ShowStatus())), Button("Incidents", to_text(ListIncidents()))]
    row += [Button("Silences", to_text(ListSilences()))] if facts.silences else []
    text = [first, *(line for lines in parts for line in lines)]
    return message("\n".join(text), blocks + actions(row))


def _headed(title: str, lines: list[str]) -> list[str]:
    return [f"*{title}*", *lines] if lines else []


def _calm(facts: DigestFacts) -> str:
    """Say that all is well, and claim nothing of what is not known."""
    if not facts.tasks:
        return f"{MARKS[Standing.UNKNOWN]} No log backup task is known."
    return f"{MARKS[Standing.WELL]} Log backup is well: {_scale(facts)}."


def _first(facts: DigestFacts, lost: Sequence[Incident], since: str) -> str:
    """Say in one line how many need somebody, as a phone's notification shows it."""
    number = len(facts.still_open)
    if number:
        mark = incident_mark(min(facts.still_open, key=worst_first))
        said = f"{mark} {count(number, 'incident is', 'incidents are')} open"
    else:
        said = f"{MARKS[Standing.WARNING if lost else Standing.WELL]} Nothing is open"
    if lost:
        said += f"; {literal(still_lost(lost, len(lost)))}"
    return f"{said}; {facts.began:,} began and {len(facts.over):,} ended since {since}"


def _scale(facts: DigestFacts) -> str:
    slowest = max(
        (task for task in facts.tasks if task.delay is not None),
        key=lambda one: one.delay or _NONE,
        default=None,
    )
    told = (
        "" if slowest is None else literal(f", the slowest {task_name(slowest)}, {phrase_of_delay(slowest)}")
    )
    return f"{count(len(facts.tasks), 'task')}{told}"


def _open_lines(facts: DigestFacts, zone: tzinfo) -> list[str]:
    told = nsmallest(OPEN, facts.still_open, key=worst_first)
    whose = subjects(told)
    lines = [
        f"{incident_mark(one)} *{literal(whose(one))}* {literal(how(one, facts.until))}"
        f"{lasted(one, facts.until)}{lost_mark(one)} · incident {one.number}"
        f"{marks(one, facts.silenced, zone) or ' · nobody has it'}"
        for one in told
    ]
    return lines + _rest(len(facts.still_open) - len(told), typed("incidents"))


def _silent_lines(facts: DigestFacts, zone: tzinfo) -> list[str]:
    told = facts.silences[:SILENT]
    lines = [
        f"Silent {until(one, zone)}: {matcher_words(one.matcher)} · silence {one.number}" for one in told
    ]
    return lines + _rest(len(facts.silences) - len(told), typed("silences"))


def _over_lines(facts: DigestFacts) -> list[str]:
    told = nsmallest(OVER, facts.over, key=worst_then)
    lines, whose = [], subjects(told)
    for one in told:
        lasted = duration((one.resolved_at or one.changed_at) - one.since)
        lines.append(
            f"{incident_mark(one)} *{literal(whose(one))}* {short_problem(one.problem)} for {lasted}, "
            f"at worst {worst(one)} · incident {one.number}"
        )
    return lines + _rest(len(facts.over) - len(told), typed("incidents since:1d"))


def _slow_lines(facts: DigestFacts) -> list[str]:
    """Tell the longest delays that no open incident tells already."""
    slow = [one for one in facts.tasks if one.delay is not None and one.incident is None]
    slow = [one for one in slow if one.delay is not None and one.delay >= _WORTH_TELLING]
    slow.sort(key=lambda one: -(one.delay or _NONE))
    named = namer(slow[:SLOW], task_name)
    lines = [f"{literal(named(one))} {phrase_of_delay(one)}" for one in slow[:SLOW]]
    return [f"Longest delays without an incident: {'; '.join(lines)}."] if lines else []


def _slower_lines(facts: DigestFacts) -> list[str]:
    told = facts.slower[:SLOW]
    lines = [
        f"*{literal(clean(one.name))}* gets slower: usually {duration(one.now)} behind, "
        f"was {duration(one.before)}."
        for one in told
    ]
    return lines + _rest(len(facts.slower) - len(told), "")


def _rest(number: int, where: str) -> list[str]:
    if number <= 0:
        return []
    return [f"…and {number:,} more: {where}" if where else f"…and {number:,} more."]
