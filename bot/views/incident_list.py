"""The answer to ``incidents``: what is open, the worst first, then what has lost log, then what is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from bot.commands import ListIncidents, ShowIncident, ShowStatus, to_text
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.look import worst_first, worst_then
from bot.domain.selection import wanted
from bot.views.blocks import Block, Button, Message, actions, context, literal, message, section, sections
from bot.views.handled import NOT_SILENCED, Silenced, holder, marks
from bot.views.incident_card import worst
from bot.views.lasted import lasted
from bot.views.trouble import how, incident_mark, lost_mark, short_problem
from bot.views.twins import subjects
from bot.views.typed import typed
from bot.views.wording import ago, count, duration, slack_time

PAGE = 15
FEW = 5
"""So many of those over and well stand on the first page below what is worse; the others on the next."""
_BUTTONS = 5
_LOST = 2

Groups = Mapping[IncidentNumber, IncidentNumber]
"""The group that speaks for an incident, by the incident's number."""
_NO_GROUPS: Groups = {}


@dataclass(frozen=True, slots=True)
class _Page:
    shown: Sequence[Incident]
    grave: Sequence[Incident]
    number: int
    pages: int
    left: int


def incident_list_message(
    command: ListIncidents,
    incidents: Sequence[Incident],
    *,
    now: datetime,
    losses: Sequence[Incident] = (),
    silenced: Silenced = NOT_SILENCED,
    groups: Groups = _NO_GROUPS,
    zone: tzinfo = UTC,
    unread: str = "",
    shareable: bool = True,
) -> Message:
    """Show one page of the incidents asked for, of all that are known, with who has each.

    ``losses`` are those over of which it is not noted who takes the full backup; ``unread`` is the sentence
    about what could not be read.
    """
    known = {one.number: one for one in (*losses, *incidents)}
    admitted = [incident for incident in known.values() if _admits(command, incident)]
    still_open = sorted((one for one in admitted if one.is_open), key=worst_first)
    asking = {one.number for one in losses}
    lost = sorted((one for one in admitted if not one.is_open and one.number in asking), key=_asking_first)
    over = sorted(
        (one for one in admitted if not one.is_open and one.number not in asking), key=_latest_first
    )
    page = _page(command, [*still_open, *lost], over)
    some_taken = any(one.handling.is_taken for one in still_open)
    first = _first(still_open, lost, over, silenced)
    if page.pages > 1:
        first += f", page {page.number:,} of {page.pages:,}"
    whose = subjects(page.shown)
    lines = [
        _line(one, whose(one), now, silenced, groups, zone)
        + (_nobody(one, silenced) if some_taken else "")
        + (_taken(one) if one.number in asking else "")
        for one in page.shown
    ]
    blocks: list[Block] = [section(f"*{first}*"), *sections(lines)]
    if unread:
        blocks.append(context(unread))
    if page.left > 0:
        blocks.append(context(f"…and {page.left:,} more: {typed(replace(command, page=page.number + 1))}"))
    blocks += actions(_buttons(command, page, shareable=shareable))
    return message("\n".join([first, *lines]), blocks)


def _first(
    still_open: Sequence[Incident], lost: Sequence[Incident], over: Sequence[Incident], silenced: Silenced
) -> str:
    """Say in one line how many are open, silent and over, who has them, and how many have lost log."""
    first = count(len(still_open), "open incident") if still_open else "No open incident"
    silent = sum(one.number in silenced for one in still_open)
    if silent:
        first += f" ({silent:,} silenced)"
    some_taken = any(one.handling.is_taken for one in still_open)
    if not some_taken and any(one.burns for one in still_open):
        first += f", nobody has {'it' if len(still_open) == 1 else 'any of them'}"
    if lost:
        first += f"; log lost for good in {len(lost):,} that {'is' if len(lost) == 1 else 'are'} over"
    if over:
        first += f", {len(over):,} {'more ' if lost else ''}over"
    return first


def _page(command: ListIncidents, grave: Sequence[Incident], over: Sequence[Incident]) -> _Page:
    """Give the page asked for; of what is over and well few stand on the first one, below what is worse."""
    ordered = [*grave, *over]
    first = len(grave) + FEW if 0 < len(grave) < PAGE - FEW else PAGE
    pages = 1 + max(0, -(-(len(ordered) - first) // PAGE))
    number = min(command.page, pages)
    end = first + (number - 1) * PAGE
    start = end - PAGE if number > 1 else 0
    return _Page(ordered[start:end], grave[start:end], number, pages, len(ordered) - end)


def _admits(command: ListIncidents, incident: Incident) -> bool:
    return (
        wanted(command.scope, incident)
        and (not command.severities or incident.severity in command.severities)
        and (not command.problems or incident.problem in command.problems)
        and (command.since is None or incident.is_open or _ended(incident) >= command.since)
    )


def _ended(incident: Incident) -> datetime:
    return incident.resolved_at or incident.changed_at


def _asking_first(incident: Incident) -> tuple[bool, tuple[bool, int, int, float, int]]:
    return (incident.handling.is_taken, worst_then(incident))


def _latest_first(incident: Incident) -> tuple[float, int]:
    return (-_ended(incident).timestamp(), -incident.number)


def _line(
    incident: Incident, whose: str, now: datetime, silenced: Silenced, groups: Groups, zone: tzinfo
) -> str:
    who = f"{incident_mark(incident)} *{incident.number}* {literal(whose)}"
    if incident.is_open:
        people = marks(incident, silenced, zone, group=groups.get(incident.number))
        state = f"{literal(how(incident, now))}{lasted(incident, now)}"
        severe = "" if incident.good_polls else f" · {incident.severity.word}"
        return f"{who} {state}{severe}{lost_mark(incident)}{people}"
    ended = _ended(incident)
    loss = f"{lost_mark(incident)} ·" if incident.gap is not None else ""
    return (
        f"{who}{loss} over since {slack_time(ended, zone)} ({ago(ended, now)}) · "
        f"{short_problem(incident.problem)} for {duration(ended - incident.since)}, "
        f"at worst {worst(incident)}"
    )


def _nobody(incident: Incident, silenced: Silenced) -> str:
    """Say that nobody has one that burns aloud, where somebody has others."""
    asks = incident.burns and not incident.handling.is_taken and incident.number not in silenced
    return " · nobody has it" if asks else ""


def _taken(incident: Incident) -> str:
    """Say who has one that is over and has lost log, or that nobody has."""
    return f" · {holder(incident.handling) or 'nobody'} has it"


def _pressed(page: _Page) -> list[Incident]:
    """Give those that buttons lead to: what is open and what has lost log, else what is shown."""
    if not page.grave:
        return list(page.shown[:_BUTTONS])
    lost = [one for one in page.grave if not one.is_open][:_LOST]
    return [*[one for one in page.grave if one.is_open][: _BUTTONS - len(lost)], *lost]


def _buttons(command: ListIncidents, page: _Page, *, shareable: bool) -> list[Button]:
    buttons = [
        Button(f"Incident {incident.number}", to_text(ShowIncident(incident.number)))
        for incident in _pressed(page)
    ]
    if page.number > 1:
        buttons.append(Button("Previous", to_text(replace(command, page=page.number - 1))))
    if page.number < page.pages:
        buttons.append(Button("Next", to_text(replace(command, page=page.number + 1))))
    buttons.append(Button("Status", to_text(ShowStatus())))
    if shareable:
        buttons.append(Button("Share", to_text(replace(command, page=page.number)), shared=True))
    return buttons
