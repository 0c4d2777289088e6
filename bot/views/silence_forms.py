"""The dialogs about silences: what, for how long and why, with a preview of what is muted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from heapq import nsmallest

from bot.commands import (
    Command,
    Ends,
    EndsAt,
    EndsWhenResolved,
    ExtendSilence,
    Silence,
    SilenceDialog,
    SilenceFilter,
    Target,
    parse,
    to_text,
)
from bot.commands.free_text import LONGEST
from bot.domain import silence as silences
from bot.domain.grouping import Cause, Group
from bot.domain.incident import Incident
from bot.domain.look import worst_first
from bot.domain.naming import Scope
from bot.domain.silence import Matcher
from bot.errors import UserMistake
from bot.views.blocks import OPTION_VALUE, Block, context, literal, sections
from bot.views.forms import (
    EXTEND,
    LENGTH,
    OWN_LENGTH,
    REASON,
    SILENCE,
    WHAT,
    Form,
    Mistaken,
    input_block,
    option,
    text_box,
    too_old,
    words_of,
)
from bot.views.group_words import sharing
from bot.views.handled import matcher_text, matcher_words, until, until_then
from bot.views.incident_buttons import scope_of_trait, subject_scope
from bot.views.trouble import what, whom
from bot.views.twins import subjects
from bot.views.wording import clean, count, ocp_name

LENGTHS = (
    ("30 minutes", "30m"),
    ("1 hour", "1h"),
    ("2 hours", "2h"),
    ("4 hours", "4h"),
    ("8 hours", "8h"),
    ("until tomorrow at 9:00 your time", "until tomorrow 9:00"),
    ("24 hours", "24h"),
    ("until it is over", "until resolved"),
)
_USUAL = "2h"
_WAYS = "Write 45m, 2h30m, until 18:00, until monday or until resolved."
_OWN_LENGTH = 60
_TOLD = 3
_NO_FILTER = SilenceFilter()
_EVERYTHING = Matcher()


@dataclass(frozen=True, slots=True)
class SilenceChoice:
    """One thing that may be silenced: what it is called, the dialog's command for it, and what it mutes now.

    ``incidents`` are the worst of it, ``total`` is how many there are; ``later`` says what else it will mute.
    All plain text.
    """

    label: str
    command: SilenceDialog
    incidents: tuple[Incident, ...]
    total: int
    later: str = "what breaks there later"
    matcher: Matcher = _EVERYTHING


def incident_choices(incident: Incident, still_open: Iterable[Incident]) -> tuple[SilenceChoice, ...]:
    """Offer to silence one incident, its tenant, or its whole cluster; ``still_open`` are all that burn."""
    opened = tuple(still_open)
    scope, subject = subject_scope(incident), incident.subject
    this = SilenceDialog(Target(incident.number))
    choices = [SilenceChoice(f"This incident: {whom(incident)}", this, (incident,), 1, later="")]
    if subject.cluster is None:
        return (*choices, _of_scope(_all_of(subject.source), Scope(source=subject.source), opened))
    cluster = Scope(source=scope.source, cluster=scope.cluster)
    label = clean(subject.cluster_label or str(subject.cluster))
    if scope.tenant is not None:
        tenant = Scope(source=scope.source, cluster=scope.cluster, tenant=scope.tenant)
        choices.append(_of_scope(f"The tenant {clean(scope.tenant)} of {label}", tenant, opened))
    return (*choices, _of_scope(f"The whole cluster {label}", cluster, opened))


def group_choices(
    group: Group, members: Sequence[Incident], total: int, still_open: Iterable[Incident]
) -> tuple[SilenceChoice, ...]:
    """Offer to silence a group, or its cluster or source; ``members`` are the worst of ``total`` first."""
    trait = group.trait
    this = SilenceDialog(Target(group.number))
    label = f"This group: {count(total, 'task')}{sharing(trait)}"
    later = "" if trait.cause is Cause.COINCIDENCE else "what joins them later"
    choice = SilenceChoice(label, this, tuple(members), total, later)
    if trait.cause is Cause.CLUSTER:
        wider = _of_scope(f"The whole cluster {clean(trait.label)}", scope_of_trait(trait), tuple(still_open))
    else:
        wider = _of_scope(_all_of(trait.source), Scope(source=trait.source), tuple(still_open))
    return (choice, wider)


def _all_of(source: str) -> str:
    return f"Everything of {ocp_name(source)}"


def scope_choice(command: SilenceDialog, still_open: Iterable[Incident]) -> SilenceChoice:
    """Offer to silence what was named, and nothing else."""
    scope, only = command.target.scope or Scope(), command.only
    label = matcher_text(Matcher(scope, only.problems, only.severities))
    return _of_scope(f"To be silent: {label}", scope, tuple(still_open), only)


def _of_scope(
    label: str, scope: Scope, still_open: Sequence[Incident], only: SilenceFilter = _NO_FILTER
) -> SilenceChoice:
    matcher = Matcher(scope, only.problems, only.severities)
    meant = [one for one in still_open if matcher.matches(one)]
    worst = tuple(nsmallest(_TOLD, meant, key=worst_first))
    return SilenceChoice(label, SilenceDialog(Target(scope=scope), only), worst, len(meant), matcher=matcher)


def silence_form(choices: Sequence[SilenceChoice]) -> Form:
    """Ask what to silence, for how long and why; the first choice is the one that was asked for."""
    fitting = [one for one in choices if len(to_text(one.command)) <= OPTION_VALUE]
    blocks: list[Block] = []
    if len(fitting) > 1:
        options = [option(one.label, to_text(one.command), _mutes(one)) for one in fitting]
        radio = {"type": "radio_buttons", "options": options, "initial_option": options[0]}
        blocks.append(input_block(WHAT, "What is to be silent?", radio))
        blocks += sections([_named(one) for one in fitting if one.total > 1])
    else:
        blocks += sections([_preview(choices[0])])
    blocks += _length_inputs("For how long?")
    box = text_box("Others will see it", LONGEST, multiline=True)
    blocks.append(input_block(REASON, "Why?", box, optional=True))
    blocks.append(context(until_then(choices[0].matcher)))
    return Form(SILENCE, "Silence", "Silence", tuple(blocks), to_text(choices[0].command))


def _mutes(choice: SilenceChoice) -> str:
    now = f"mutes {count(choice.total, 'open incident')} now" if choice.total else "mutes nothing now"
    return f"{now}, {'and' if choice.total else 'but'} {choice.later}" if choice.later else now


def _preview(choice: SilenceChoice) -> str:
    """Say what the only choice is and what it mutes, the worst by name; in markup."""
    mutes = f"{_mutes(choice)[0].upper()}{_mutes(choice)[1:]}."
    return f"*{literal(choice.label)}*\n{mutes}" + (f"\n{_names(choice)}" if choice.incidents else "")


def _named(choice: SilenceChoice) -> str:
    """Name what one of several choices mutes, the worst of it; in markup."""
    return f"*{literal(choice.label)}*: {_names(choice)}"


def _names(choice: SilenceChoice) -> str:
    whose = subjects(choice.incidents[:_TOLD])
    told = [literal(f"{whose(one)} {what(one)}") for one in choice.incidents[:_TOLD]]
    left = choice.total - len(told)
    return ", ".join(told) + (f" and {left:,} more." if left > 0 else ".")


def silence_command(
    about: str, values: Mapping[str, str], *, now: datetime, zone: tzinfo
) -> Command | Mistaken:
    """Read a silence dialog that was filled in; lengths and times are meant in ``zone``."""
    asked = parse(values.get(WHAT) or about, now=now, zone=zone)
    if not isinstance(asked, SilenceDialog):
        return too_old(WHAT)
    errors: dict[str, str] = {}
    ends = _ends(values, errors, now, zone)
    reason = words_of(values, REASON, errors)
    return (
        Mistaken(errors) if errors or ends is None else Silence(asked.target, asked.only, ends, reason=reason)
    )


def extend_form(silence: silences.Silence, zone: tzinfo = UTC) -> Form:
    """Ask until when a silence is to last."""
    who, end = matcher_words(silence.matcher), until(silence, zone)
    said = f"Silence {silence.number} is about {who} and lasts {end}."
    command = ExtendSilence(silence.number, EndsWhenResolved())
    blocks = [*sections([said]), *_length_inputs("How long from now?")]
    return Form(EXTEND, "Extend the silence", "Extend", tuple(blocks), to_text(command))


def extend_command(
    about: str, values: Mapping[str, str], *, now: datetime, zone: tzinfo
) -> Command | Mistaken:
    """Read an extend dialog that was filled in."""
    asked = parse(about, now=now, zone=zone)
    if not isinstance(asked, ExtendSilence):
        return too_old(LENGTH)
    errors: dict[str, str] = {}
    ends = _ends(values, errors, now, zone)
    return Mistaken(errors) if ends is None else ExtendSilence(asked.number, ends)


def _length_inputs(label: str) -> list[Block]:
    options = [option(text, value) for text, value in LENGTHS]
    usual = next(one for one in options if one["value"] == _USUAL)
    select = {"type": "static_select", "options": options, "initial_option": usual}
    own = text_box("45m, 2h30m, until 18:00, until monday", _OWN_LENGTH)
    return [
        input_block(LENGTH, label, select),
        input_block(OWN_LENGTH, "Or type it (it counts instead of the list)", own, optional=True),
    ]


def _ends(values: Mapping[str, str], errors: dict[str, str], now: datetime, zone: tzinfo) -> Ends | None:
    """Read how long, by what was written, else by what was chosen; what is wrong goes into ``errors``."""
    own = (values.get(OWN_LENGTH) or "").strip()
    try:
        read = parse(f"extend 1 {own or values.get(LENGTH) or _USUAL}", now=now, zone=zone)
    except UserMistake as mistake:
        errors[OWN_LENGTH if own else LENGTH] = f"{mistake.sentence.partition(' Write ')[0]} {_WAYS}"
        return None
    if isinstance(read, ExtendSilence) and isinstance(read.ends, EndsAt | EndsWhenResolved):
        return read.ends
    errors[OWN_LENGTH if own else LENGTH] = _WAYS
    return None
