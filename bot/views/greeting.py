"""The first message about a source: what is watched, what is broken already, what to try."""

from datetime import UTC, datetime, tzinfo

from bot.commands import ListIncidents, ListTasks, ShowHelp, ShowStatus, to_text
from bot.domain.evidence import NotWatched
from bot.domain.incident import Incident
from bot.domain.naming import Scope
from bot.domain.notification import Counts, GreetingContent
from bot.views.blocks import Block, Button, Message, actions, context, literal, message, section, sections
from bot.views.trouble import incident_mark, problem_words, whom
from bot.views.typed import typed
from bot.views.wording import clean, count, duration, lasting, name, ocp_name, slack_time

TOLD = 10
"""So many incidents are told one by one; the rest is counted."""


def greeting_message(content: GreetingContent, zone: tzinfo = UTC) -> Message:
    """Introduce a source, with what was broken when the watch began at its present state."""
    source = literal(ocp_name(content.source))
    whose = source if content.cluster is None else f"{name(content.cluster)} of {source}"
    first = f"Now watching log backup of {whose}"
    wide = f"read every {duration(content.interval)}"
    if not content.error:
        clusters = f"{count(content.clusters, 'cluster')} · " if content.cluster is None else ""
        wide = f"{clusters}{count(content.tasks, 'task')} · {wide}"
    blocks: list[Block] = [section(f"*{first}*\n{wide}")]
    if content.error:
        trouble = f"It cannot be read yet: {literal(clean(content.error, 500))}"
        blocks.append(section(trouble))
        spoken = [first, trouble]
    else:
        lines = _incident_lines(content)
        blocks += sections(lines)
        spoken = [f"{first}: {wide}", *lines]
    scope = Scope(source=content.source, cluster=content.cluster)
    small = [f"Try {typed('status')}, {typed('tasks')} or {typed('help')}."]
    blocks.append(context(*small, f"Read {slack_time(content.read_at, zone)}"))
    buttons = [
        Button("Status", to_text(ShowStatus(scope))),
        Button("All tasks", to_text(ListTasks(scope))),
        Button("Help", to_text(ShowHelp())),
    ]
    if content.incidents:
        buttons.insert(1, Button("Incidents", to_text(ListIncidents(scope))))
    return message("\n".join(spoken), blocks + actions(buttons))


def _incident_lines(content: GreetingContent) -> list[str]:
    """Tell the members of this message, the open ones from the worst, and count the rest."""
    counts = counts_of(content)
    lines = []
    if counts.open:
        lines.append(f"*{count(counts.open, 'task or cluster needs', 'tasks or clusters need')} you*")
    elif not counts.over:
        lines.append("Nothing is wrong with them now.")
    lines += member_summary(content, content.read_at)
    well_again = counts.over - counts.unwatched
    total = f"of {counts.members:,} that were broken at the start"
    if well_again:
        lines.append(f"🟢 {well_again:,} {total} {'is' if well_again == 1 else 'are'} well again")
    if counts.unwatched:
        are = "is" if counts.unwatched == 1 else "are"
        lines.append(f"⚪ {counts.unwatched:,} {total} {are} no longer watched")
    return lines


def counts_of(content: GreetingContent) -> Counts:
    """Count the members, all of them, be they told or not."""
    if content.more is not None:
        return content.more
    over = [one for one in content.incidents if not one.is_open]
    unwatched = sum(isinstance(one.because, NotWatched) for one in over)
    return Counts(open=len(content.incidents) - len(over), over=len(over), unwatched=unwatched)


def open_members(content: GreetingContent) -> list[Incident]:
    """Give the members that are told and still open, the worst first."""
    return sorted((one for one in content.incidents if one.is_open), key=worst_first)


def member_summary(content: GreetingContent, now: datetime) -> list[str]:
    """Tell the worst members that are still open, and count the others."""
    told = open_members(content)[:TOLD]
    lines = [_line(incident, now) for incident in told]
    left = counts_of(content).open - len(told)
    return [*lines, f"…and {left:,} more: {typed('incidents')}"] if left > 0 else lines


def _line(incident: Incident, now: datetime) -> str:
    words = problem_words(incident.problem, incident.because, incident.delay)
    return (
        f"{incident_mark(incident)} *{literal(whom(incident))}* {literal(words)}"
        f"{lasting(now - incident.since)} · {incident.severity.word}, incident {incident.number}"
    )


def worst_first(incident: Incident) -> tuple[int, int, float, int]:
    """Give the key that sorts incidents from the worst."""
    delay = 0.0 if incident.delay is None else incident.delay.total_seconds()
    return (-incident.severity, -incident.problem.gravity, -delay, incident.number)
