"""The answer to ``incident``: one incident as it stands, and what happened to it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from bot.commands import ListIncidents, ShowIncident, to_text
from bot.domain.incident import Incident
from bot.domain.notification import IncidentContent
from bot.views.blocks import Block, Button, Message, actions, context, literal, message, section, sections
from bot.views.incident_card import incident_buttons, state_lines
from bot.views.wording import clean, count, name, slack_time

TOLD = 15
"""So many happenings are told, the last ones; the rest is counted."""
_SENTENCE = 250


class Happening(Protocol):
    """One thing that happened to an incident; ``actor`` is a Slack user's id, None for the bot."""

    @property
    def at(self) -> datetime:
        """When (our clock)."""
        ...

    @property
    def sentence(self) -> str:
        """What, for people."""
        ...

    @property
    def actor(self) -> str | None:
        """Who."""
        ...


def incident_detail_message(
    command: ShowIncident,
    incident: Incident | None,
    happenings: Sequence[Happening] = (),
    *,
    now: datetime,
    offset: timedelta = timedelta(0),
    zone: tzinfo = UTC,
    shareable: bool = True,
) -> Message:
    """Show one incident, or say that there is none of this number. ``happenings`` are the oldest first."""
    if incident is None:
        sentence = f"There is no incident {command.number}."
        return message(
            sentence, [section(sentence), *actions([Button("Incidents", to_text(ListIncidents()))])]
        )
    lines = state_lines(IncidentContent(incident, read_at=now, offset=offset), zone)
    told = [_line(happening, zone) for happening in happenings[-TOLD:]]
    blocks: list[Block] = sections(lines)
    if told:
        blocks += sections(["*What happened*", *told])
    if len(happenings) > TOLD:
        blocks.append(context(f"{count(len(happenings) - TOLD, 'earlier event')} left out"))
    buttons = [button for button in incident_buttons(incident) if button.command != to_text(command)]
    if shareable:
        buttons.append(Button("Share", to_text(command), shared=True))
    return message("\n".join([*lines, *told]), blocks + actions(buttons))


def _line(happening: Happening, zone: tzinfo) -> str:
    who = "" if happening.actor is None else f"{_named(happening.actor)}: "
    return f"{slack_time(happening.at, zone)}  {who}{literal(clean(happening.sentence, _SENTENCE))}"


def _named(actor: str) -> str:
    """Show a person without paging them: an edit or a private answer would not anyway."""
    return name(f"@{actor}")
