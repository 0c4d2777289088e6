"""The answer to whoever did something: what was done, to what, and how to undo it."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from bot.commands import Command, EndSilence, ListIncidents, ListSilences, ShowIncident, to_text
from bot.domain.grouping import Group
from bot.domain.handling import Actor, Handling
from bot.domain.incident import Incident
from bot.domain.look import worst_of
from bot.domain.notification import ActContent, Reason
from bot.domain.silence import Silence
from bot.views.blocks import Button, Message, actions, context, literal, message, sections
from bot.views.handled import REASON_LENGTH, matcher_words, until, until_then
from bot.views.incident_card import ended_at
from bot.views.mentions import named
from bot.views.trouble import short_problem
from bot.views.twins import subjects
from bot.views.wording import clean, count, slack_time

_TOLD = 5

_DONE = {
    Reason.ACKNOWLEDGED: "Acknowledged",
    Reason.UNACKNOWLEDGED: "The acknowledgement is taken back",
    Reason.UNASSIGNED: "Nobody has it now",
    Reason.NOTED: "Noted",
    Reason.RESOLVED_BY_HAND: "Called over",
    Reason.NEW_NORMAL: "Taken for normal",
}
_THEN = {
    Reason.RESOLVED_BY_HAND: "It is no longer watched unless OCP lists it again.",
    Reason.NEW_NORMAL: "The bot learns it at the next poll, and says no more about it until it gets worse.",
}


def acted_message(
    content: ActContent,
    incidents: Sequence[Incident],
    group: Group | None = None,
    *,
    task: str = "",
    undo: Command | None = None,
    left: int = 0,
) -> Message:
    """Say what was done, and to what; ``left`` incidents of the group could not be dealt with so.

    ``task`` names, in plain text, what has no incident.
    """
    about = _whom(incidents, group) if incidents or group else literal(clean(task))
    first = f"{_done(content)}: {about}."
    notes = [_THEN[content.reason]] if content.reason in _THEN else []
    if content.reason is Reason.ACKNOWLEDGED:
        given = any(one.handling.assigned for one in incidents)
        notes = [f"{'' if given else 'Yours now. '}Reminders to the channel stop."]
    notes += [f"{count(left, 'other is', 'others are')} still open."] if left else []
    buttons = [] if undo is None else [Button("Undo", to_text(undo))]
    buttons += _look_at(incidents, group)
    return message("\n".join([first, *notes]), [*sections([first, *notes]), *actions(buttons)])


def _done(content: ActContent) -> str:
    if content.reason is Reason.ASSIGNED and content.to is not None:
        return "You have it now" if content.to.id == content.by.id else f"{named(content.to)} has it now"
    return _DONE[content.reason]


def _whom(incidents: Sequence[Incident], group: Group | None) -> str:
    """Name what was meant: a group by its number, incidents one by one as long as they are few."""
    if group is not None:
        return f"group {group.number}, {count(len(incidents), 'incident')}"
    worst, whose = worst_of(incidents, _TOLD), subjects(incidents)
    parts = [f"incident {one.number}, {literal(whose(one))}" for one in worst]
    if len(incidents) > len(worst):
        parts.append(f"and {len(incidents) - len(worst):,} more")
    return "; ".join(parts)


def _look_at(incidents: Sequence[Incident], group: Group | None) -> list[Button]:
    if group is not None:
        return [Button(f"Group {group.number}", to_text(ShowIncident(group.number)))]
    if len(incidents) == 1:
        number = incidents[0].number
        return [Button(f"Incident {number}", to_text(ShowIncident(number)))]
    return [Button("Incidents", to_text(ListIncidents()))] if incidents else []


def already_message(reason: Reason, handling: Handling, by: Actor, zone: tzinfo = UTC) -> Message:
    """Say that there was nothing to change: who was first, or that nobody had it."""
    sentence = _already(reason, handling, by, zone)
    return message(sentence, sections([sentence]))


def _already(reason: Reason, handling: Handling, by: Actor, zone: tzinfo) -> str:
    seen, given = handling.acknowledged, handling.assigned
    if reason is Reason.ACKNOWLEDGED and seen is not None:
        if seen.by.id == by.id:
            return f"You acknowledged it already, {slack_time(seen.at, zone)}."
        return f"{named(seen.by)} was first and acknowledged it, {slack_time(seen.at, zone)}."
    if reason is Reason.ASSIGNED and given is not None:
        if given.to.id == by.id:
            return f"You have it already, since {slack_time(given.at, zone)}."
        return f"{named(given.to)} has it already, since {slack_time(given.at, zone)}."
    if reason is Reason.UNASSIGNED:
        return "It was given to nobody: there is nothing to take back."
    return "Nobody has acknowledged it: there is nothing to take back."


def over_message(incidents: Sequence[Incident], group: Group | None, zone: tzinfo = UTC) -> Message:
    """Say that what somebody wanted to act on is over, and since when."""
    if group is not None:
        ended = group.resolved_at or group.changed_at
        sentence = f"Group {group.number} has been over since {slack_time(ended, zone)}: nothing was changed."
        button = Button("What happened", to_text(ShowIncident(group.number)))
    else:
        one = incidents[0]
        since = slack_time(ended_at(one), zone)
        sentence = f"Incident {one.number} has been over since {since}: nothing was changed."
        button = Button("What happened", to_text(ShowIncident(one.number)))
    return message(sentence, [*sections([sentence]), *actions([button])])


def done_before_message() -> Message:
    """Say that what Slack delivered again was done the first time."""
    sentence = "That was done already; nothing was changed a second time."
    return message(
        sentence, [*sections([sentence]), *actions([Button("Incidents", to_text(ListIncidents()))])]
    )


def silenced_message(
    silence: Silence, muted: Sequence[Incident], *, now: datetime, zone: tzinfo = UTC
) -> Message:
    """Say what is silenced from when until when, what that mutes now, and how to undo it."""
    start = "" if silence.starts_at <= now else f" from {slack_time(silence.starts_at, zone)}"
    mutes = muted_line(muted, planned=bool(start))
    lines = [f"Silenced{start} {until(silence, zone)}: {matcher_words(silence.matcher)}.", mutes]
    if silence.reason:
        lines.append(f"Reason: {literal(clean(silence.reason, REASON_LENGTH))}")
    number = silence.number
    buttons = [Button("Undo", to_text(EndSilence(number))), Button("Silences", to_text(ListSilences()))]
    small = context(f"Silence {number}. {until_then(silence.matcher)}")
    return message("\n".join(lines), [*sections(lines), small, *actions(buttons)])


def muted_line(muted: Sequence[Incident], *, planned: bool = False) -> str:
    """Say what of the open incidents a silence mutes now, or will, and the worst of them; in markup."""
    if not muted:
        return "Nothing that it mutes is open now."
    worst = worst_of(muted, _TOLD)
    whose = subjects(muted)
    named_ = ", ".join(f"{literal(whose(one))} ({short_problem(one.problem)})" for one in worst)
    left = f" and {len(muted) - len(worst):,} more" if len(muted) > len(worst) else ""
    if planned:
        return f"It will mute {count(len(muted), 'incident')} of those that are open now: {named_}{left}."
    return f"It mutes {count(len(muted), 'open incident')} now: {named_}{left}."


def silence_ended_message(silence: Silence, muted: Sequence[Incident]) -> Message:
    """Say that a silence is over, and that what it muted and still burns is told again."""
    first = f"Silence {silence.number} is over: {matcher_words(silence.matcher)}."
    lines = [first]
    if muted:
        lines.append(f"{count(len(muted), 'open incident')} that it muted may be told again.")
    button = Button("Silences", to_text(ListSilences()))
    return message("\n".join(lines), [*sections(lines), *actions([button])])
