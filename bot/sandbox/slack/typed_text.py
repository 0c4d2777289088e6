"""What a person typed, turned into what Slack sends: escaped, with people, channels and links marked up."""

import html
import re
from enum import StrEnum

from bot.sandbox.slack.channel import ChannelKind
from bot.sandbox.slack.workspace import Workspace

_MENTION = re.compile(r"(?<![\w@.])@([a-z][\w.-]*\w|[a-z])")
_CHANNEL = re.compile(r"(?<![\w#&])#([a-z0-9][\w-]*)")
_KNOWN = re.compile(r"&lt;(@[UW][A-Z0-9]+)&gt;")
_LINK = re.compile(
    r"(?P<web>https?://[^\s<>|]*[^\s<>|.,:;!?)'\"])"
    r"|(?P<mail>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b)"
    r"|(?P<bare>(?<![\w@./:*-])(?:[a-z0-9-]+\.)+(?:com|dev|io|net|org)\b(?:/[^\s<>|]*[^\s<>|.,:;!?)'\"])?)",
    re.IGNORECASE,
)


class Typed(StrEnum):
    """Where it was typed: Slack marks up a message, and a command only where its app asks for that."""

    MESSAGE = "message"
    COMMAND = "command"
    ESCAPED_COMMAND = "command of an app that asks for escaping"


def escaped(text: str, workspace: Workspace, typed: Typed = Typed.MESSAGE) -> str:
    """Turn what a person typed into what Slack sends.

    ``&``, ``<`` and ``>`` always come escaped. In messages mentions and links become entities; in commands
    only where the app's manifest says ``should_escape``, and then with their names.
    """
    text = html.escape(text, quote=False)
    if typed is Typed.COMMAND:
        return text
    named = typed is Typed.ESCAPED_COMMAND
    text = _KNOWN.sub(lambda m: f"<{m[1]}>" if m[1][1:] in workspace.people else m[0], text)
    people = {person.name: person.id for person in workspace.people.values()}
    groups = {group.handle: group.id for group in workspace.groups.values()}
    channels = {c.name: c.id for c in workspace.channels.values() if c.kind is not ChannelKind.DIRECT}

    def mention(match: re.Match[str]) -> str:
        name = match[1]
        if name in people:
            return f"<@{people[name]}|{name}>" if named else f"<@{people[name]}>"
        if name in groups:
            return f"<!subteam^{groups[name]}|@{name}>" if named else f"<!subteam^{groups[name]}>"
        return f"<!{name}>" if name in {"here", "channel", "everyone"} else match[0]

    def channel(match: re.Match[str]) -> str:
        return f"<#{channels[match[1]]}|{match[1]}>" if match[1] in channels else match[0]

    marked_up = re.split(r"(<[^<>]+>)", _LINK.sub(_linked, text))
    return "".join(
        part if index % 2 else _CHANNEL.sub(channel, _MENTION.sub(mention, part))
        for index, part in enumerate(marked_up)
    )


def _linked(match: re.Match[str]) -> str:
    """Mark an address up as Slack's client does while one types."""
    address = match[0]
    if match["mail"]:
        return f"<mailto:{address}|{address}>"
    return f"<{address}>" if match["web"] else f"<http://{address}|{address}>"
