"""The answer to ``timeline``: everything that happened to an incident or a group, with times."""

from collections.abc import Sequence
from datetime import UTC, tzinfo

from bot.commands import ShowIncident, ShowTimeline, Target, WriteReport, to_text
from bot.domain.grouping import Group
from bot.domain.incident import Incident
from bot.views.blocks import Button, Message, actions, context, literal, message, sections
from bot.views.group_words import sharing
from bot.views.handled import who_has_it
from bot.views.happening import Happening, story_lines
from bot.views.restorable import title as incident_title
from bot.views.trouble import group_mark, incident_mark
from bot.views.wording import count

FIRST, LAST = 10, 35
"""The beginning and the end are told; the whole is in the report, which is a file."""
_ROOM = 10_500


def timeline_message(
    about: Incident | Group, happenings: Sequence[Happening], *, zone: tzinfo = UTC, shareable: bool = True
) -> Message:
    """Tell all that happened, the oldest first; what does not fit is counted, and the report has it."""
    first = f"{_mark(about)} {literal(title(about))}"
    lines = story_lines(happenings, FIRST, LAST, zone, _ROOM) or ["Nothing has been kept of it."]
    end = [who_has_it(about.handling, zone)] if about.is_open else ["It is over."]
    blocks = [*sections([f"*{first}*"]), *sections(lines), *sections(end)]
    if len(lines) < len(happenings):
        blocks.append(context(f"Of {count(len(happenings), 'event')} some are left out: the report has all."))
    target = Target(about.number)
    row = [
        Button("Report", to_text(WriteReport(target))),
        Button("Details", to_text(ShowIncident(about.number))),
    ]
    if shareable:
        row.append(Button("Share", to_text(ShowTimeline(target)), shared=True))
    return message("\n".join([first, *lines, *end]), blocks + actions(row))


def title(about: Incident | Group) -> str:
    """Name an incident or a group with its number; plain text."""
    if isinstance(about, Incident):
        return f"Incident {about.number}: {incident_title(about)}"
    return f"Group {about.number}: tasks{sharing(about.trait) or ' that broke at about the same time'}"


def _mark(about: Incident | Group) -> str:
    return incident_mark(about) if isinstance(about, Incident) else group_mark(about)
