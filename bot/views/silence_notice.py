"""A silence that begins or is over, for the channel in which it was made."""

from datetime import UTC, tzinfo

from bot.commands import EndSilence, ListIncidents, ListSilences, SilenceDialog, Target, to_text
from bot.domain.naming import EVERYTHING, Scope
from bot.domain.notification import Counts, Reason, SilenceContent
from bot.domain.silence import Matcher
from bot.views.blocks import Block, Button, Message, actions, beside, literal, message, section, sections
from bot.views.greeting import what_to_do
from bot.views.group_card import TOLD, member_lines
from bot.views.handled import by_whom, ending_words, matcher_words, until, until_then, why
from bot.views.trouble import incident_mark, what, whom
from bot.views.wording import clean, count


def silence_notice(content: SilenceContent, zone: tzinfo = UTC) -> Message:
    """Say that a silence has begun, or that it is over and what it muted that still burns."""
    if content.reason is Reason.SILENCE_STARTED:
        return _started(content, zone)
    return _over(content)


def _started(content: SilenceContent, zone: tzinfo) -> Message:
    silence = content.silence
    first = f"Silent from now on: {matcher_words(silence.matcher)}"
    if content.total:
        first = f"{_mark(content)}{first}; {count(content.total, 'open incident')} muted"
    by = by_whom(silence)
    lines = [f"{by[0].upper()}{by[1:]}, {until(silence, zone)}{why(silence)}", until_then(silence.matcher)]
    lines += member_lines(content.burning, Counts(open=content.total), content.at)
    row = [Button("End it", to_text(EndSilence(silence.number))), Button("Silences", to_text(ListSilences()))]
    return message("\n".join([first, *lines]), sections([f"*{first}*", *lines]) + actions(row))


def _mark(content: SilenceContent) -> str:
    return f"{incident_mark(content.burning[0])} " if content.burning else ""


def _still(content: SilenceContent) -> str:
    """Say what still burns, the worst by its name; in markup."""
    if not content.burning:
        return f"{count(content.total, 'incident is', 'incidents are')} still not over"
    worst = content.burning[0]
    said = literal(f"{whom(worst)} {what(worst)}")
    return said if content.total == 1 else f"{said}, and {content.total - 1:,} more still not over"


def _over(content: SilenceContent) -> Message:
    """Tell first what still burns: that is what somebody has to know now."""
    silence = content.silence
    who = matcher_words(silence.matcher)
    number = f"silence {silence.number}"
    if not content.total:
        first = f"No longer silent: {who}"
        lines = [f"{ending_words(silence)} ({number}). Nothing that it muted is wrong now."]
        row = [Button("Silences", to_text(ListSilences()))]
        return message("\n".join([first, *lines]), sections([f"*{first}*", *lines]) + actions(row))
    is_one = content.total == 1 and silence.matcher.numbers
    ended = "its silence is over" if is_one else f"no longer silent: {who}"
    first = f"{_mark(content)}{_still(content)}; {ended}"
    lines = [f"{ending_words(silence)} ({number})."]
    if silence.reason:
        lines.append(f"The reason was: {literal(clean(silence.reason, 200))}")
    members = member_lines(content.burning, Counts(open=content.total), content.at)
    told = content.burning[:TOLD]
    each: list[Block] = [
        beside(section(line), what_to_do(one)) for line, one in zip(members, told, strict=False)
    ]
    again = SilenceDialog(target_of(silence.matcher))
    row = [
        Button("Silence again…", to_text(again)),
        Button("Incidents", to_text(ListIncidents(silence.matcher.scope or EVERYTHING))),
    ]
    blocks = [*sections([f"*{first}*", *lines]), *each, *sections(members[len(each) :]), *actions(row)]
    return message("\n".join([first, *lines, *members]), blocks)


def target_of(matcher: Matcher) -> Target:
    """Give the target of a dialog that silences the same again, or nearly so."""
    if matcher.numbers:
        return Target(matcher.numbers[0])
    scope = matcher.scope
    return Target(scope=Scope(name="*") if scope is None or scope.is_everything else scope)
