"""What people ask in their own words, led to what answers it: ``what is broken?``, ``who has it?``."""

import re
from collections.abc import Callable, Sequence

from bot.commands.forms import Command, ListIncidents, ShowHelp, ShowIncident, ShowStatus, ShowThisIncident
from bot.commands.values import shown
from bot.commands.verbs import BY_NAME
from bot.commands.words import Word, as_said, joined, name_text
from bot.domain.incident import IncidentNumber
from bot.domain.naming import EVERYTHING, Scope
from bot.errors import UserMistake


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ASKING = _words(
    "what what's whats which who who's whos whose how how's hows why where when is isn't are aren't was were"
    " any anyone anybody anything everything all does do did has have can could should will show tell give"
)
"""Words that questions begin with; no verb is one of them."""
_TROUBLE = _words(
    "broken broke wrong fail fails failed failing failure failures down dead burning burns fire problem"
    " problems trouble troubles incident incidents alert alerts alarm alarms issue issues error errors open"
    " stuck stopped stalled late lagging behind paused missing lost happened happening going new news bad"
    " worst urgent matter do fix todo"
)
_WHO = _words("who who's whos whose anyone anybody somebody someone owner owns taken acked acknowledged")
"""What a list of incidents answers, for it says who has each, as it does what is wrong."""
_HEALTH = _words(
    "ok okay well fine good healthy health status state up alright right work working works running runs safe"
    " normal better recovered over everything things all it we they now"
)
"""What a look at everything answers."""
_THIS = _words("it this that it's")
_ABLE = _words("do say ask type write help")
_KNOWN = _ASKING | _TROUBLE | _WHO | _HEALTH | _THIS | _ABLE | _words("i you me the a of in on with and or")
_NUMBER = re.compile(r"(?:#|\b(?:incident|group|alert|has|about) )([1-9][0-9]{0,6})\b")
_ENDS = "?!.,;"


def question(words: Sequence[Word], is_name: Callable[[str], bool], *, in_thread: bool) -> Command | None:
    """Give the command that answers what is asked; None where it is no question.

    What it names is what is known by that name, if it is one thing. ``in_thread`` it may be about what the
    thread is about. Raises UserMistake where nothing that is known answers it.
    """
    begins = as_said(words[0].value.strip(_ENDS)) in _ASKING
    if any(word.key or word.quoted for word in words) or not (begins or words[-1].value.endswith("?")):
        return None
    plain = [word.value.strip(_ENDS) for word in words]
    said = [as_said(one) for one in plain]
    names = [one for one, word in zip(plain, said, strict=True) if word not in _KNOWN and is_name(one)]
    other = next((BY_NAME[word].name for word in said if word in BY_NAME and word not in _KNOWN), None)
    if other is not None:
        meant = joined([other, *map(name_text, names[:1])])
        raise UserMistake(f"Did you mean {other}?", (meant, f"help {other}"))
    found = _answering(said, names, in_thread=in_thread)
    if found is None and begins:
        asked = shown(joined(word.raw for word in words))
        raise UserMistake(
            f"I have no answer to {asked}. One of these may help.", ("incidents", "status", "help")
        )
    return found


def _answering(said: Sequence[str], names: Sequence[str], *, in_thread: bool) -> Command | None:
    asked = frozenset(said)
    number = _NUMBER.search(" ".join(said))
    if number is not None:
        return ShowIncident(IncidentNumber(int(number[1])))
    if in_thread and not names and asked & (_THIS | _WHO | _TROUBLE):
        return ShowThisIncident()
    if "can" in asked and asked & _ABLE:
        return ShowHelp()
    scope = Scope(name=names[0]) if len(names) == 1 else EVERYTHING
    if asked & (_TROUBLE | _WHO):
        return ListIncidents(scope)
    return ShowStatus(scope) if names or asked & _HEALTH else None
