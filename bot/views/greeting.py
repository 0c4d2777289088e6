"""The first message about a source: what is broken already, what is watched, what to try."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from bot.commands import (
    Acknowledge,
    ListIncidents,
    ListTasks,
    ShowHelp,
    ShowIncident,
    ShowStatus,
    SilenceDialog,
    Target,
    to_text,
)
from bot.domain.evidence import NotWatched
from bot.domain.incident import Incident
from bot.domain.look import worst_first, worst_then
from bot.domain.naming import Scope
from bot.domain.notification import Counts, GreetingContent
from bot.views.blocks import (
    Block,
    Button,
    Message,
    actions,
    beside,
    context,
    literal,
    message,
    section,
    sections,
)
from bot.views.handled import marks
from bot.views.hint_blocks import look_line
from bot.views.incident_buttons import taking
from bot.views.lasted import lasted
from bot.views.outcome import asks_nobody
from bot.views.restorable import at_risk, is_grave
from bot.views.trouble import how, incident_mark, lost_mark, number_words
from bot.views.twins import subjects
from bot.views.typed import typed
from bot.views.wording import clean, count, duration, name, ocp_name, slack_time

TOLD = 10
"""So many incidents are told one by one; the rest is counted."""
NAMED = 3
"""So many that are over are named; more are counted."""


def greeting_message(content: GreetingContent, zone: tzinfo = UTC) -> Message:
    """Introduce a source; what was broken when the watch began comes first, at its present state."""
    source = literal(ocp_name(content.source))
    whose = source if content.cluster is None else f"{name(content.cluster)} of {source}"
    first = f"Now watching log backup of {whose}"
    clusters = f"{count(content.clusters, 'cluster')} · " if content.cluster is None else ""
    wide = f"{clusters}{count(content.tasks, 'task')} · read every {duration(content.interval)}"
    if counts_of(content).open:
        first = f"{_already(content)}. Now watching log backup of {whose}"
    mark = f"{worst_mark(content)} ".lstrip()
    lines = _ended_lines(content)
    blocks: list[Block] = [section(f"{mark}*{first}*\n{wide}")]
    top = [*risk_lines(content, zone), *untaken_lines(content)]
    blocks += [*(sections(top) if top else []), *member_blocks(content, content.read_at, zone)]
    blocks += sections(lines) if lines else []
    spoken = [f"{mark}{first}: {wide}", *top, *member_lines(content, content.read_at, zone), *lines]
    scope = scope_of(content)
    small = [f"Try {typed('status')}, {typed('tasks')} or {typed('help')}."]
    blocks.append(context(*small, f"Read {slack_time(content.read_at, zone)}"))
    buttons = [
        Button("Status", to_text(ShowStatus(scope))),
        Button("All tasks", to_text(ListTasks(scope))),
        Button("Help", to_text(ShowHelp())),
    ]
    if content.incidents:
        buttons.insert(1, Button("Incidents", to_text(ListIncidents(scope))))
    if counts_of(content).open:
        buttons.insert(2, Button("Silence…", to_text(SilenceDialog(Target(scope=scope)))))
    return message("\n".join(spoken), blocks + actions([*taking_all(content), *buttons]))


def taking_all(content: GreetingContent) -> list[Button]:
    """Offer to take all members at once, where there are several and not all that are told are taken."""
    if counts_of(content).open <= 1 or all(one.handling.is_taken for one in _open_members(content)):
        return []
    place = clean(content.cluster or ocp_name(content.source))
    takes = f"You take all that is open in {place} now, what came later too."
    return [Button("Acknowledge all", to_text(Acknowledge(Target(scope=scope_of(content)))), confirm=takes)]


def scope_of(content: GreetingContent) -> Scope:
    """Give the scope that means what is watched."""
    return Scope(source=content.source, cluster=content.cluster)


def still_open(content: GreetingContent) -> str:
    """Say how many members are open, and how the worst of them is; in markup."""
    number, told = counts_of(content).open, _open_members(content)
    if not told:
        return count(number, "incident is open", "incidents are open")
    worst = literal(f"{subjects(told)(told[0])} {how(told[0])}")
    return worst if number == 1 else f"{number:,} incidents are open, the worst: {worst}"


def risk_lines(content: GreetingContent, zone: tzinfo = UTC) -> list[str]:
    """Say once for all members what of them cannot be restored."""
    told = _open_members(content)
    return at_risk(
        told,
        content.shipped_until,
        content.read_at,
        zone,
        number=counts_of(content).burning,
        grave=any(is_grave(one.severity, one.problem) for one in told),
    )


def untaken_lines(content: GreetingContent) -> list[str]:
    """Say that nobody has any of them, as far as they are told; where somebody has, each member says it."""
    told = _open_members(content)[:TOLD]
    if not told or _some_taken(told):
        return []
    which = "any of them" if len(told) == counts_of(content).open else f"any of the worst {len(told)}"
    return [f"Nobody has taken {'it' if counts_of(content).open == 1 else which} yet."]


def _some_taken(told: Sequence[Incident]) -> bool:
    return any(one.handling.is_taken for one in told)


def _already(content: GreetingContent) -> str:
    """Say how many are broken since before anybody watched, and of which cluster, where it is one."""
    number, told = counts_of(content).open, _open_members(content)
    are = "is" if number == 1 else "are"
    if len(told) < number or any(not one.subject.key.startswith("task:") for one in told):
        return f"{number:,} {are} broken already"
    clusters = {(one.subject.cluster, one.subject.cluster_label) for one in told}
    shared = content.cluster is None and len(clusters) == 1 and number > 1
    where = f" of cluster {name(told[0].subject.cluster_label or str(told[0].subject.cluster))}"
    return f"{count(number, 'task')}{where if shared else ''} {are} broken already"


def worst_mark(content: GreetingContent) -> str:
    """Give the mark of the worst member that is open; empty where none is told."""
    broken = _open_members(content)
    return incident_mark(broken[0]) if broken else ""


def _ended_lines(content: GreetingContent) -> list[str]:
    """Name the members that are over, where they are few, else count them."""
    counts = counts_of(content)
    told = [one for one in content.incidents if not one.is_open]
    if told and len(told) == counts.over <= NAMED:
        return _ended_by_name(told, is_all=not counts.open)
    lines = [] if counts.open or counts.over else ["Nothing is wrong with them now."]
    well_again = counts.over - counts.unwatched
    total = f" of {counts.members:,} that were already broken" if not counts.open else ""
    more = " more" if counts.open else ""
    if well_again:
        lines.append(f"🟢 {well_again:,}{total or more} {'is' if well_again == 1 else 'are'} well again")
    if counts.unwatched:
        are = "is" if counts.unwatched == 1 else "are"
        lines.append(f"⚪ {counts.unwatched:,}{total or more} {are} no longer watched")
    return lines


def _ended_by_name(over: Sequence[Incident], *, is_all: bool) -> list[str]:
    whose, was = subjects(over), "was already broken and " if is_all else ""
    lines = []
    for one in sorted(over, key=worst_then):
        ended = "no longer watched" if isinstance(one.because, NotWatched) else "well again"
        lines.append(
            f"{incident_mark(one)} *{literal(whose(one))}* {was}is {ended}{lost_mark(one)}"
            f" · incident {one.number}"
        )
    return lines


def counts_of(content: GreetingContent) -> Counts:
    """Count the members, all of them, be they told or not."""
    if content.more is not None:
        return content.more
    over = [one for one in content.incidents if not one.is_open]
    unwatched = sum(isinstance(one.because, NotWatched) for one in over)
    well = sum(one.recovers for one in content.incidents)
    still = len(content.incidents) - len(over)
    return Counts(open=still, over=len(over), unwatched=unwatched, recovering=well)


def _open_members(content: GreetingContent) -> list[Incident]:
    """Give the members that are told and still open, the worst first."""
    return sorted((one for one in content.incidents if one.is_open), key=worst_first)


def member_lines(content: GreetingContent, now: datetime, zone: tzinfo = UTC) -> list[str]:
    """Tell the worst members that are still open, with who has them, and count the others.

    Of the worst it is told where to begin.
    """
    told = _open_members(content)[:TOLD]
    if not told:
        return []
    whose, nobody = subjects(told), " · nobody has it" if _some_taken(told) else ""
    lines = [
        f"{incident_mark(one)} *{literal(whose(one))}* {literal(how(one, now))}{lasted(one, now)}"
        f"{lost_mark(one)}"
        f" · {number_words(one)}{marks(one, zone=zone) or nobody}"
        for one in told
    ]
    look = look_line(told[0], typed(ShowIncident(told[0].number)))
    lines[0] += f"\n{look}" if look else ""
    left = counts_of(content).open - len(told)
    return [*lines, f"…and {left:,} more: {typed('incidents')}"] if left > 0 else lines


def member_blocks(content: GreetingContent, now: datetime, zone: tzinfo = UTC) -> list[Block]:
    """Show the same, each member with the thing to do about it."""
    lines, told = member_lines(content, now, zone), _open_members(content)[:TOLD]
    buttons = [what_to_do(one) for one in told]
    blocks = [beside(section(line), button) for line, button in zip(lines, buttons, strict=False)]
    return blocks + sections(lines[len(told) :])


def what_to_do(incident: Incident) -> Button:
    """Offer to take one that nobody has, else to look at it."""
    if incident.handling.is_taken:
        return Button("Details", to_text(ShowIncident(incident.number)))
    return taking(incident.handling, incident.number, asks=not asks_nobody(incident))
