"""What a person did, as a reply in the thread: whoever acts is named, never called."""

from datetime import UTC, tzinfo

from bot.domain.notification import ActContent, Reason
from bot.views.blocks import Message, literal, message, sections
from bot.views.handled import matcher_words, until, until_then, why
from bot.views.mentions import named, pinged
from bot.views.trouble import whom
from bot.views.wording import clean, cut

_WORDS = 2000


def act_message(content: ActContent, zone: tzinfo = UTC) -> Message:
    """Say who did what, with their own words quoted."""
    first = act_sentence(content, zone)
    if content.about is not None:
        first = f"Incident {content.about.number}, {literal(whom(content.about))}: {first}"
    said = [] if content.reason is Reason.SILENCED else quoted(content.words)
    return message("\n".join([first, *said]), sections([first, *said]))


def act_sentence(content: ActContent, zone: tzinfo = UTC) -> str:
    """Say who did what, in a sentence or two of markup."""
    who = named(content.by)
    match content.reason:
        case Reason.ASSIGNED if content.to is not None and content.to.id != content.by.id:
            to = pinged(content.to) if content.pings else named(content.to)
            return f"{who} gave it to {to}."
        case Reason.SILENCED if content.silence is not None:
            silence = content.silence
            said = f"{who} silenced {matcher_words(silence.matcher)} {until(silence, zone)}{why(silence)}"
            return f"{said}\n{until_then(silence.matcher)}"
        case _:
            end = ":" if content.reason is Reason.NOTED and content.words else "."
            return f"{who} {_DID.get(content.reason, content.reason.value)}{end}"


_DID = {
    Reason.ACKNOWLEDGED: "acknowledged it",
    Reason.UNACKNOWLEDGED: "took the acknowledgement back",
    Reason.ASSIGNED: "took it",
    Reason.UNASSIGNED: "gave it back: nobody has it now",
    Reason.NOTED: "noted",
    Reason.SILENCED: "silenced it",
    Reason.SILENCE_ENDED: "ended the silence",
    Reason.RESOLVED_BY_HAND: "called it over",
    Reason.NEW_NORMAL: "said that this is normal now, and the bot has learnt it",
}


def quoted(words: str) -> list[str]:
    """Quote what a person said, line by line, in markup; what is cut is counted."""
    lines = [line for line in cut(words, _WORDS).splitlines() if line.strip()]
    return [f">{literal(clean(line, len(line) + 2))}" for line in lines]
