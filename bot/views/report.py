"""A draft of the report that people write when it is over: all that the bot knows, as Markdown."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from bot.commands import ShowIncident, ShowTimeline, Target, to_text
from bot.domain.grouping import Group
from bot.domain.handling import Handling
from bot.domain.incident import Incident
from bot.domain.instants import shifted
from bot.domain.problem import Problem
from bot.views.blocks import Button, Message, actions, literal, message, section
from bot.views.group_words import likely
from bot.views.happening import Happening
from bot.views.hints import hint, seen_in_incident
from bot.views.incident_card import ended_at, worst
from bot.views.restorable import BACKUPS_NOW, NOT_LIVE, backup_now, later_words, never_words
from bot.views.timeline import title
from bot.views.trouble import short_problem, whom
from bot.views.wording import because, clean, duration, ocp_name, plain_time, plain_voice

MEMBERS = 200
EVENTS = 2000
_SENTENCE = 500
_MEANINGFUL = re.compile(r"([\\`*_{}\[\]<>|~]|^[-+#])")

_TO_FILL = (
    ("What caused it", "The cause as you found it, and how you know."),
    ("What helped", "What was done, in which order, and what it changed."),
    ("What is to be done", "Who does what until when, so that it does not come again, or is seen sooner."),
)


def report_text(
    about: Incident | Group,
    happenings: Sequence[Happening] = (),
    *,
    now: datetime,
    zone: tzinfo = UTC,
    members: Sequence[Incident] = (),
    chart: str | None = None,
    offset: timedelta = timedelta(0),
) -> str:
    """Write the draft; times are in ``zone``, ``offset`` is how far our clock is ahead of OCP's.

    ``members`` are those of a group, ``chart`` is the name of the picture that goes with it. Nothing in it
    that came from OCP or people has a meaning in Markdown.
    """
    parts = [
        f"# {_plain(title(about))}",
        f"Draft, written by the bot at {plain_time(now, zone)}. Times are in {_zone(now, zone)}.",
        "## In short",
        _in_short(about, now, zone),
        "## What cannot be restored",
        _not_restorable(members or ((about,) if isinstance(about, Incident) else ()), now, zone),
        "## What the bot saw",
        _seen(about, zone, offset),
    ]
    if members:
        parts += ["## Who was affected", _members(members)]
    if chart is not None:
        parts += ["## Delay", f"See the chart {_plain(chart)}."]
    parts += ["## Timeline", _timeline(happenings, zone)]
    for heading, hint_ in _TO_FILL:
        parts += [f"## {heading}", f"_{hint_}_"]
    return "\n\n".join(parts) + "\n"


def report_name(about: Incident | Group) -> str:
    """Name the file."""
    return f"{'incident' if isinstance(about, Incident) else 'group'}-{about.number}.md"


def report_message(about: Incident | Group) -> Message:
    """Say what the file is that goes with this."""
    first = f"Draft of a report: {literal(title(about))}"
    target = Target(about.number)
    row = [
        Button("Timeline", to_text(ShowTimeline(target))),
        Button("Details", to_text(ShowIncident(about.number))),
    ]
    return message(first, [section(f"*{first}*\nWhat only you know is left open in it."), *actions(row)])


def _in_short(about: Incident | Group, now: datetime, zone: tzinfo) -> str:
    ended = None if about.is_open else about.resolved_at or about.changed_at
    lasted = duration((ended or now) - about.since)
    rows = [
        ("Began", plain_time(about.since, zone)),
        (
            "Seen by the bot",
            f"{plain_time(about.opened_at, zone)}, {duration(about.opened_at - about.since)} later",
        ),
        *_handling(about.handling, about.opened_at, zone),
        ("Over", f"not yet, for {lasted}" if ended is None else f"{plain_time(ended, zone)}, after {lasted}"),
        ("At worst", worst(about)),
    ]
    if isinstance(about, Incident):
        rows.insert(0, ("Whom", f"{whom(about)} ({ocp_name(about.subject.source)})"))
    return "\n".join(["| | |", "| --- | --- |", *(f"| {label} | {_plain(text)} |" for label, text in rows)])


def _handling(handling: Handling, opened_at: datetime, zone: tzinfo) -> list[tuple[str, str]]:
    rows = []
    seen, given = handling.acknowledged, handling.assigned
    if seen is not None:
        after = duration(seen.at - opened_at)
        rows.append(("Acknowledged", f"{plain_time(seen.at, zone)} by {clean(seen.by.name)}, after {after}"))
    if given is not None:
        rows.append(
            ("Assigned", f"{plain_time(given.at, zone)} to {clean(given.to.name)} by {clean(given.by.name)}")
        )
    return rows or [("Acknowledged", "by nobody")]


def _not_restorable(incidents: Sequence[Incident], now: datetime, zone: tzinfo) -> str:
    lines = []
    lost = [(one, one.gap) for one in incidents if one.gap is not None]
    for one in incidents[:MEMBERS]:
        if one.gap is not None:
            start, end = plain_time(one.gap.start, zone), plain_time(one.gap.end, zone)
            lines.append(f"- {_plain(whom(one))}: {never_words(_plain(start), _plain(end))}.")
        elif one.is_open and one.delay is not None:
            reached = plain_time(shifted(now, -one.delay), zone)
            later = later_words(grave=False, missing=one.problem is Problem.MISSING)
            lines.append(f"- {_plain(whom(one))}: backed up until {_plain(reached)}; {later}.")
    listed = "\n".join(lines) or "No stretch of time is known to be missing from the backup."
    if not lost:
        return listed
    one, gap = lost[0]
    to_do = BACKUPS_NOW
    if len(lost) == 1:
        to_do = backup_now(_plain(whom(one)), _plain(plain_time(gap.end, zone)))
    return f"{listed}\n\n{NOT_LIVE} {to_do}"


def _seen(about: Incident | Group, zone: tzinfo, offset: timedelta) -> str:
    if isinstance(about, Group):
        return _plain(likely(about.trait))
    lines = [_plain(because(about.because, plain_voice(zone, offset)))]
    snapshot = about.snapshot
    if snapshot is not None and snapshot.error:
        lines.append(f"OCP's error message: {_plain(clean(snapshot.error, _SENTENCE))}")
    lines.append(f"A guess of the bot, from what it saw: {_plain(hint(seen_in_incident(about)).usually)}")
    return "\n\n".join(lines)


def _members(members: Sequence[Incident]) -> str:
    lines = [
        f"- {_plain(whom(one))}, incident {one.number}: {short_problem(one.problem)}, at worst {worst(one)}, "
        f"{'not over' if one.is_open else f'for {duration(ended_at(one) - one.since)}'}"
        for one in members[:MEMBERS]
    ]
    if len(members) > MEMBERS:
        lines.append(f"- …and {len(members) - MEMBERS:,} more")
    return "\n".join(lines)


def _timeline(happenings: Sequence[Happening], zone: tzinfo) -> str:
    lines = [
        f"- {_plain(plain_time(one.at, zone))}: {_who(one)}{_plain(clean(one.sentence, _SENTENCE))}"
        for one in happenings[:EVENTS]
    ]
    if len(happenings) > EVENTS:
        lines.append(f"- …and {len(happenings) - EVENTS:,} more")
    return "\n".join(lines) or "Nothing has been kept of it."


def _who(happening: Happening) -> str:
    who = happening.name or happening.actor
    return "" if who is None else f"{_plain(clean(who))}: "


def _zone(now: datetime, zone: tzinfo) -> str:
    return plain_time(now, zone).rpartition(" ")[2]


def _plain(text: str) -> str:
    """Take away the meaning that Markdown gives to some characters."""
    return _MEANINGFUL.sub(r"\\\1", text)
