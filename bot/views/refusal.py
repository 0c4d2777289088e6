"""The answer to somebody who may not do what they asked for: why, and whom to ask."""

from bot.domain.permission import Permission, Refused, Wide
from bot.domain.posts import Channel
from bot.domain.routing import Mention
from bot.views.blocks import Message, message, sections
from bot.views.mentions import mention_markup
from bot.views.wording import name

_WHAT = {
    Permission.READ: "read what the bot knows",
    Permission.ACKNOWLEDGE: "handle incidents",
    Permission.SILENCE: "silence anything",
    Permission.SILENCE_WIDELY: "silence so much",
    Permission.CONFIGURE: "change what the bot tells here, or what it takes for normal",
}
_TOLD = 10


def refusal_message(refused: Refused, wide: Wide | None = None) -> Message:
    """Say what somebody may not do, why it takes a permission, and who has it; the answer is theirs alone."""
    why = "" if wide is None else f" ({wide})"
    first = f"You may not {_WHAT[refused.permission]} here{why}. Nothing was changed."
    lines = [first, _whom_to_ask(refused)]
    return message("\n".join(lines), sections(lines))


def _whom_to_ask(refused: Refused) -> str:
    granted = refused.granted_to
    people = [mention_markup(Mention(one)) for one in (*granted.users, *granted.groups)]
    parts = [f"ask {_listed(people)}"] if people else []
    if granted.channels:
        parts.append(f"do it in {_listed([_channel(one) for one in granted.channels])}, where everybody may")
    if not parts:
        return "The settings let nobody do it: ask whoever runs the bot."
    said = ", or ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


def _listed(names: list[str]) -> str:
    more = f" or {len(names) - _TOLD:,} more" if len(names) > _TOLD else ""
    return " or ".join(names[:_TOLD]) + more


def _channel(channel: Channel) -> str:
    return (
        f"<#{channel}>" if channel[:1] in "CG" and channel.isupper() and channel.isalnum() else name(channel)
    )
