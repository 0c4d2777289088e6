"""conversations.*: which channels there are, who is in them, and what was written."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.channel import Channel, ChannelKind, Message
from bot.sandbox.slack.events import membership
from bot.sandbox.slack.methods.method import Json, Method, Surroundings
from bot.sandbox.slack.people import BOT_USER
from bot.sandbox.slack.refusal import Refusal

T = TypeVar("T")
_TYPES = {
    "public_channel": ChannelKind.PUBLIC,
    "private_channel": ChannelKind.PRIVATE,
    "im": ChannelKind.DIRECT,
    "mpim": None,
}


def page(items: Sequence[T], arguments: Arguments, *, default: int, most: int) -> tuple[list[T], Json]:
    """Cut one page out of a list, with the cursor of the next."""
    limit = arguments.number("limit", default, most, "invalid_limit")
    start = 0
    if cursor := arguments.text("cursor"):
        try:
            start = int(base64.urlsafe_b64decode(cursor).decode().removeprefix("next:"))
        except (ValueError, binascii.Error, UnicodeDecodeError):
            raise Refusal("invalid_cursor") from None
    more = start + limit < len(items)
    following = base64.urlsafe_b64encode(f"next:{start + limit}".encode()).decode() if more else ""
    return list(items[start : start + limit]), {"response_metadata": {"next_cursor": following}}


def _kinds(around: Surroundings, arguments: Arguments) -> list[ChannelKind]:
    names = arguments.names("types") or ["public_channel"]
    if unknown := [name for name in names if name not in _TYPES]:
        raise Refusal("invalid_types", response_metadata={"messages": unknown})
    kinds = [kind for name in names if (kind := _TYPES[name])]
    around.workspace.require(*(f"{kind}:read" for kind in kinds))
    return kinds


def _listed(around: Surroundings, arguments: Arguments, wanted: Callable[[Channel], bool]) -> Json:
    kinds = _kinds(around, arguments)
    without_archived = arguments.flag("exclude_archived")
    channels = [
        channel
        for channel in around.workspace.channels.values()
        if channel.kind in kinds and wanted(channel) and not (without_archived and channel.archived)
    ]
    found, following = page(channels, arguments, default=100, most=1000)
    return {"channels": [channel.as_api(members=len(channel.members)) for channel in found], **following}


def listing(around: Surroundings, arguments: Arguments) -> Json:
    """conversations.list: all public ones, and of the others those the bot is in."""
    return _listed(around, arguments, lambda c: c.kind is ChannelKind.PUBLIC or c.has_bot)


def of_bot(around: Surroundings, arguments: Arguments) -> Json:
    """users.conversations: those the bot is in."""
    return _listed(around, arguments, lambda c: c.has_bot)


def info(around: Surroundings, arguments: Arguments) -> Json:
    """conversations.info."""
    channel = around.workspace.readable(arguments.text("channel"), "read")
    members = len(channel.members) if arguments.flag("include_num_members") else None
    return {"channel": channel.as_api(members=members)}


def _read_channel(around: Surroundings, arguments: Arguments) -> Channel:
    channel = around.workspace.readable(arguments.text("channel"), "history")
    if not channel.has_bot:
        raise Refusal("not_in_channel")
    return channel


def _in_span(messages: Sequence[Message], arguments: Arguments) -> list[Message]:
    oldest, latest = (_moment(arguments, name) for name in ("oldest", "latest"))
    inclusive = arguments.flag("inclusive")

    def fits(message: Message) -> bool:
        ts = float(message.ts)
        if inclusive and ts in {oldest, latest}:
            return True
        return (oldest is None or ts > oldest) and (latest is None or ts < latest)

    return [message for message in messages if fits(message)]


def _moment(arguments: Arguments, name: str) -> float | None:
    text = arguments.text(name)
    try:
        return float(text) if text else None
    except ValueError:
        raise Refusal(f"invalid_ts_{name}") from None


def _shown(channel: Channel, messages: Sequence[Message], arguments: Arguments) -> list[dict[str, Any]]:
    with_metadata = arguments.flag("include_all_metadata")
    return [channel.shown(message, with_metadata=with_metadata) for message in messages]


def history(around: Surroundings, arguments: Arguments) -> Json:
    """conversations.history: newest first, replies only where they were sent to the channel too."""
    channel = _read_channel(around, arguments)
    messages = _in_span(channel.messages, arguments)[::-1]
    found, following = page(messages, arguments, default=100, most=999)
    more = bool(following["response_metadata"]["next_cursor"])
    answer: Json = {"messages": _shown(channel, found, arguments), "has_more": more, "pin_count": 0}
    return answer | (following if more else {})


def replies(around: Surroundings, arguments: Arguments) -> Json:
    """conversations.replies: the parent and its replies, oldest first."""
    channel = _read_channel(around, arguments)
    thread = channel.thread(arguments.text("ts"))
    if not thread:
        raise Refusal("thread_not_found")
    parent, following_ones = thread[0], _in_span(thread[1:], arguments)
    found, following = page([parent, *following_ones], arguments, default=1000, most=1000)
    more = bool(following["response_metadata"]["next_cursor"])
    answer: Json = {"messages": _shown(channel, found, arguments), "has_more": more}
    return answer | (following if more else {})


def join(around: Surroundings, arguments: Arguments) -> Json:
    """conversations.join: public channels only."""
    channel = around.workspace.visible(arguments.text("channel"))
    if channel.kind is not ChannelKind.PUBLIC:
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    if channel.has_bot:
        return {"channel": channel.as_api(), "warning": "already_in_channel"}
    channel.members.add(BOT_USER)
    stamp = around.workspace.stamp(channel)
    around.workspace.emit(
        "member_joined_channel", membership("member_joined_channel", channel, BOT_USER, stamp), channel
    )
    return {"channel": channel.as_api()}


def members(around: Surroundings, arguments: Arguments) -> Json:
    """conversations.members."""
    channel = around.workspace.readable(arguments.text("channel"), "read")
    found, following = page(sorted(channel.members), arguments, default=100, most=1000)
    return {"members": found, **following}


def open_direct(around: Surroundings, arguments: Arguments) -> Json:
    """conversations.open: direct messages with one person."""
    workspace = around.workspace
    if channel_id := arguments.text("channel"):
        return {"channel": {"id": workspace.visible(channel_id).id}}
    names = arguments.names("users")
    if not names:
        raise Refusal("users_list_not_supplied")
    if len(names) > 1:
        raise Refusal("missing_scope", needed="mpim:write", provided=",".join(sorted(workspace.scopes)))
    person = workspace.people.get(names[0])
    if person is None:
        raise Refusal("user_not_found")
    if person.bot:
        raise Refusal("cannot_dm_bot")
    known = any(c.kind is ChannelKind.DIRECT and c.person == person.id for c in workspace.channels.values())
    channel = workspace.direct(person)
    shown = channel.as_api() if arguments.flag("return_im") else {"id": channel.id}
    return {"channel": shown} | ({"already_open": True, "no_op": True} if known else {})


METHODS = {
    "conversations.list": Method(listing, 20),
    "conversations.info": Method(info, 50),
    "conversations.history": Method(history, 50),
    "conversations.replies": Method(replies, 50),
    "conversations.join": Method(join, 50, ("channels:join",)),
    "conversations.members": Method(members, 100),
    "conversations.open": Method(open_direct, 50, ("im:write",)),
    "users.conversations": Method(of_bot, 50),
}
