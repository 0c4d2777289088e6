"""chat.*: posting, editing, deleting, and what only one person sees."""

from typing import Any

from bot.sandbox.slack import posting
from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.change import Change
from bot.sandbox.slack.channel import Channel, ChannelKind, Message
from bot.sandbox.slack.events import message_changed, message_deleted, message_posted
from bot.sandbox.slack.methods.method import Json, Method, Surroundings
from bot.sandbox.slack.people import BOT_USER
from bot.sandbox.slack.refusal import Refusal
from bot.sandbox.slack.workspace import Workspace


def addressed(workspace: Workspace, name: str) -> Channel:
    """Find where a message is to go: an id, a person's id, or the name of a public channel."""
    if name in workspace.people and not workspace.people[name].bot:
        return workspace.direct(workspace.people[name])
    plain = name.removeprefix("#")
    for channel in workspace.channels.values():
        if channel.name == plain and channel.kind is ChannelKind.PUBLIC:
            return channel
    return workspace.visible(name)


def _writable(workspace: Workspace, name: str) -> Channel:
    channel = addressed(workspace, name)
    if channel.archived:
        raise Refusal("is_archived")
    if not channel.has_bot:
        if "chat:write.public" in workspace.scopes:
            return channel
        raise Refusal("not_in_channel")
    return channel


def thread_of(channel: Channel, arguments: Arguments) -> str | None:
    """Find the thread that is meant. A parent that is gone un-threads the reply, silently, as in Slack."""
    thread_ts = arguments.text("thread_ts") or None
    parent = channel.message(thread_ts) if thread_ts else None
    if parent is None:
        return thread_ts if thread_ts and channel.thread(thread_ts) else None
    if parent.is_reply:
        raise Refusal("cannot_reply_to_message")
    return thread_ts


def post(around: Surroundings, arguments: Arguments) -> Json:
    """chat.postMessage."""
    workspace = around.workspace
    channel = _writable(workspace, arguments.text("channel"))
    said = posting.read(arguments)
    posting.check("message", said)
    thread_ts = thread_of(channel, arguments)
    message = Message(
        ts=workspace.stamp(channel),
        channel=channel.id,
        author=BOT_USER,
        text=said.text or "",
        blocks=workspace.with_block_ids(said.blocks or ()),
        attachments=tuple(said.attachments or ()),
        thread_ts=thread_ts,
        broadcast=thread_ts is not None and arguments.flag("reply_broadcast"),
        metadata=said.metadata or None,
    )
    workspace.keep(channel, message)
    workspace.emit("message", message_posted(channel, message), channel)
    answer: Json = {
        "channel": channel.id,
        "ts": message.ts,
        "message": channel.shown(message, with_metadata=True),
    }
    if said.cut:
        answer |= {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
    return answer


def _own(workspace: Workspace, arguments: Arguments, code: str) -> tuple[Channel, Message]:
    channel = workspace.visible(arguments.text("channel"))
    message = channel.message(arguments.text("ts"))
    if message is None:
        raise Refusal("message_not_found")
    if not message.by_bot:
        raise Refusal(code)
    if channel.archived:
        raise Refusal("is_archived")
    return channel, message


def update(around: Surroundings, arguments: Arguments) -> Json:
    """chat.update: what is not given stays, an empty list takes it away."""
    workspace = around.workspace
    channel, before = _own(workspace, arguments, "cant_update_message")
    said = posting.read(arguments)
    text = before.text if said.text is None else said.text
    blocks = list(before.blocks) if said.blocks is None else said.blocks
    attachments = list(before.attachments) if said.attachments is None else said.attachments
    if said.text is None and said.blocks is None and said.attachments is None:
        raise Refusal("no_text")
    posting.check("edit", posting.Said(text, blocks, attachments, said.metadata))
    after = before.changed(
        at=workspace.stamp(channel),
        text=text,
        blocks=workspace.with_block_ids(blocks),
        attachments=tuple(attachments),
        metadata=before.metadata if said.metadata is None else said.metadata or None,
    )
    workspace.keep(channel, after, "edit")
    workspace.emit("message", message_changed(channel, before, after), channel)
    return {"channel": channel.id, "ts": after.ts, "text": after.text, "message": channel.shown(after)}


def delete(around: Surroundings, arguments: Arguments) -> Json:
    """chat.delete."""
    workspace = around.workspace
    channel, message = _own(workspace, arguments, "cant_delete_message")
    channel.remove(message.ts)
    workspace.feed.tell(Change("delete", channel.id, message.author, message.ts))
    workspace.emit("message", message_deleted(channel, message, workspace.stamp(channel)), channel)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(around: Surroundings, arguments: Arguments) -> Json:
    """chat.postEphemeral."""
    workspace = around.workspace
    channel = _writable(workspace, arguments.text("channel"))
    if not channel.has_bot:
        raise Refusal("not_in_channel")
    user = arguments.text("user")
    if user not in channel.members:
        raise Refusal("user_not_in_channel")
    said = posting.read(arguments)
    posting.check("ephemeral", said)
    message = Message(
        ts=workspace.stamp(channel),
        channel=channel.id,
        author=BOT_USER,
        text=said.text or "",
        blocks=workspace.with_block_ids(said.blocks or ()),
        attachments=tuple(said.attachments or ()),
        thread_ts=thread_of(channel, arguments),
        ephemeral_to=user,
    )
    workspace.keep_ephemeral(message)
    return {"message_ts": message.ts}


def permalink(around: Surroundings, arguments: Arguments) -> Json:
    """chat.getPermalink."""
    channel = around.workspace.visible(arguments.text("channel"))
    message = channel.message(arguments.text("message_ts"))
    if message is None:
        raise Refusal("message_not_found")
    link = f"{around.root_url()}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _reactable(workspace: Workspace, arguments: Arguments) -> tuple[Channel, Message, tuple[str, str]]:
    channel = workspace.visible(arguments.text("channel"))
    message = channel.message(arguments.text("timestamp"))
    name = arguments.text("name").strip(":")
    if not name:
        raise Refusal("invalid_name")
    if not channel.has_bot:
        raise Refusal("not_in_channel")
    if message is None:
        raise Refusal("message_not_found")
    return channel, message, (name, BOT_USER)


def _with_reactions(message: Message, reactions: tuple[tuple[str, str], ...]) -> Message:
    fields: dict[str, Any] = {name: getattr(message, name) for name in Message.__slots__}
    return Message(**{**fields, "reactions": reactions})


def add_reaction(around: Surroundings, arguments: Arguments) -> Json:
    """reactions.add."""
    channel, message, reaction = _reactable(around.workspace, arguments)
    if reaction in message.reactions:
        raise Refusal("already_reacted")
    around.workspace.keep(channel, _with_reactions(message, (*message.reactions, reaction)), "reaction")
    return {}


def remove_reaction(around: Surroundings, arguments: Arguments) -> Json:
    """reactions.remove."""
    channel, message, reaction = _reactable(around.workspace, arguments)
    if reaction not in message.reactions:
        raise Refusal("no_reaction")
    left = tuple(other for other in message.reactions if other != reaction)
    around.workspace.keep(channel, _with_reactions(message, left), "reaction")
    return {}


METHODS = {
    "chat.postMessage": Method(post, 600, ("chat:write",), posts=True),
    "chat.update": Method(update, 50, ("chat:write",)),
    "chat.delete": Method(delete, 50, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, 100, ("chat:write",)),
    "chat.getPermalink": Method(permalink, 600),
    "reactions.add": Method(add_reaction, 50, ("reactions:write",)),
    "reactions.remove": Method(remove_reaction, 50, ("reactions:write",)),
}
