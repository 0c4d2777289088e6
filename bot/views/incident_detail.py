"""The answer to ``incident``: one incident, or one group, as it stands, and what happened to it."""

from collections.abc import Sequence
from datetime import UTC, tzinfo

from bot.commands import ListIncidents, ShowIncident, to_text
from bot.domain.incident import IncidentNumber
from bot.domain.notification import GroupContent, IncidentContent
from bot.views.blocks import (
    PAYLOAD,
    Block,
    Button,
    Menu,
    Message,
    actions,
    context,
    message,
    section,
    sections,
    size,
)
from bot.views.error_text import error_quotation
from bot.views.group_card import group_lines, has_lost, member_lines
from bot.views.handled import NOT_SILENCED, Silenced
from bot.views.happening import Happening, story_lines
from bot.views.hint_blocks import backup_blocks, hint_lines, step_blocks
from bot.views.hints import seen_in_incident
from bot.views.incident_buttons import MEMBERS, Row, closing, group_rows, incident_rows
from bot.views.incident_card import state_lines
from bot.views.links import NO_LINKS, Links, api_address, ocp_address, runbook_lines
from bot.views.restorable import if_it_lasts
from bot.views.wording import slack_time

FIRST, LAST = 3, 12
"""Of what happened the first and the last are told; ``timeline`` has more."""
_ROOM = 500
"""What the heading of the story and the ids of buttons take."""


def incident_detail_message(
    content: IncidentContent,
    happenings: Sequence[Happening] = (),
    *,
    zone: tzinfo = UTC,
    links: Links = NO_LINKS,
    unread: str = "",
    shareable: bool = True,
) -> Message:
    """Show one incident as it stands at ``content.read_at``, what to look at, and what happened to it.

    ``unread`` is the sentence about what could not be read.
    """
    incident = content.incident
    lines, later = state_lines(content, zone), if_it_lasts(incident, content.read_at)
    blocks: list[Block] = sections(lines)
    seen = seen_in_incident(incident, content.status, content.error, api_address(links, incident))
    if incident.is_open:
        if content.error:
            blocks.append(error_quotation(content.error))
        hints = [] if incident.good_polls else hint_lines(seen)
        blocks += sections([*hints, *runbook_lines(links, incident), *later])
        blocks += step_blocks(seen) if hints else []
    if incident.gap is not None:
        blocks += backup_blocks(seen)
    group = None if content.group is None else content.group.number
    rows = incident_rows(incident, content.silence, group=group, ocp_url=ocp_address(links, incident))
    end = [context(*([unread] if unread else []), f"As of {slack_time(content.read_at, zone)}")]
    end += _rows(
        (*rows[:-1], closing(incident), rows[-1]), ShowIncident(incident.number), shareable=shareable
    )
    told = _story(happenings, zone, blocks + end)
    blocks += sections(told) + end
    return message("\n".join([_unmarked(lines[0]), *lines[1:], *later, *told]), blocks)


def group_detail_message(
    content: GroupContent,
    happenings: Sequence[Happening] = (),
    *,
    silenced: Silenced = NOT_SILENCED,
    zone: tzinfo = UTC,
    links: Links = NO_LINKS,
    shareable: bool = True,
) -> Message:
    """Show one group as it stands, the worst ``MEMBERS`` of its members, and what happened to it."""
    group = content.group
    lines = group_lines(content, zone, members=False)
    members = member_lines(content.worst, content.counts, content.read_at, group, silenced, most=MEMBERS)
    runbooks = runbook_lines(links, content.worst[0]) if content.worst else []
    blocks: list[Block] = [*sections([*lines, *runbooks]), *sections(members)]
    rows = group_rows(group, content.counts.members, content.silence, asks=has_lost(content.worst))
    end = [context(f"As of {slack_time(content.read_at, zone)}")]
    end += _rows(rows, ShowIncident(group.number), shareable=shareable)
    told = _story(happenings, zone, blocks + end)
    blocks += sections(told) + end
    return message("\n".join([_unmarked(lines[0]), *lines[1:], *members, *told]), blocks)


def unknown_incident_message(number: IncidentNumber) -> Message:
    """Say that there is no incident of this number."""
    sentence = f"There is no incident {number}."
    return message(sentence, [section(sentence), *actions([Button("Incidents", to_text(ListIncidents()))])])


def _unmarked(line: str) -> str:
    """Say a headline as a notification does: without the stars that make it bold."""
    return line.replace("*", "")


def _story(happenings: Sequence[Happening], zone: tzinfo, beside: list[Block]) -> list[str]:
    told = story_lines(happenings, FIRST, LAST, zone, PAYLOAD - size(beside) - _ROOM)
    return ["*What happened*", *told] if told else []


def _rows(rows: Sequence[Row], command: ShowIncident, *, shareable: bool) -> list[Block]:
    """Offer what the card offers, but for what is shown already; refreshing stands in its place."""
    text = to_text(command)
    blocks: list[Block] = []
    for row in rows[:-1]:
        blocks += actions(row)
    last: list[Button | Menu] = [Button("Refresh", text)]
    last += [one for one in (_without(each, text) for each in rows[-1]) if one is not None]
    if shareable:
        last.insert(-1 if isinstance(last[-1], Menu) else len(last), Button("Share", text, shared=True))
    return blocks + actions(last)


def _without(element: Button | Menu, command: str) -> Button | Menu | None:
    """Leave out what only leads to where one is."""
    if isinstance(element, Menu):
        return Menu(tuple(option for option in element.options if option.command != command))
    return None if element.command == command and not element.url else element
