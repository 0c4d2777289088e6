"""files.*: the three steps of an upload, and what is known of a file."""

from dataclasses import replace
from typing import Any

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.change import Change
from bot.sandbox.slack.channel import Channel, Message
from bot.sandbox.slack.events import message_posted
from bot.sandbox.slack.methods.chat import thread_of
from bot.sandbox.slack.methods.method import Json, Method, Surroundings
from bot.sandbox.slack.people import BOT_USER
from bot.sandbox.slack.refusal import Refusal
from bot.sandbox.slack.uploads import Upload
from bot.sandbox.slack.workspace import Workspace


def ask_url(around: Surroundings, arguments: Arguments) -> Json:
    """files.getUploadURLExternal."""
    workspace = around.workspace
    name = arguments.required("filename")
    length = arguments.number("length", 0, 1_000_000_000, "invalid_arguments")
    upload = Upload(workspace.serial("F"), name, length, alt_text=arguments.text("alt_txt"))
    workspace.files[upload.id] = upload
    return {"upload_url": f"{around.root_url()}/upload/v1/{upload.id}", "file_id": upload.id}


def complete(around: Surroundings, arguments: Arguments) -> Json:
    """files.completeUploadExternal: shares what was uploaded; it wants a channel's id, never its name."""
    workspace = around.workspace
    uploads = _uploads(workspace, arguments)
    channel_id = arguments.text("channel_id") or ",".join(arguments.names("channels"))
    if channel_id:
        channel = workspace.channels.get(channel_id)
        if channel is None:
            raise Refusal("channel_not_found")
        if not channel.has_bot:
            raise Refusal("not_in_channel")
        if channel.archived:
            raise Refusal("is_archived")
        _share(workspace, channel, uploads, arguments)
    for upload in uploads:
        workspace.feed.tell(Change("file", channel_id or None, detail=upload.id))
    known_later = {"channels", "shares"}  # Slack shares after it has answered: files.info tells where
    return {
        "files": [
            {name: value for name, value in shown(around, upload).items() if name not in known_later}
            for upload in uploads
        ]
    }


def _uploads(workspace: Workspace, arguments: Arguments) -> list[Upload]:
    named = arguments.data("files", "invalid_arguments")
    if not isinstance(named, list) or not named:
        raise Refusal("invalid_arguments")
    uploads = []
    for item in named:
        upload = workspace.files.get(item.get("id", "")) if isinstance(item, dict) else None
        if upload is None or upload.content is None:
            raise Refusal("file_not_found")
        upload.title = item.get("title") or upload.name
        uploads.append(upload)
    return uploads


def _share(workspace: Workspace, channel: Channel, uploads: list[Upload], arguments: Arguments) -> None:
    message = Message(
        ts=workspace.stamp(channel),
        channel=channel.id,
        author=BOT_USER,
        text=arguments.text("initial_comment"),
        thread_ts=thread_of(channel, arguments),
        files=tuple(upload.id for upload in uploads),
    )
    workspace.keep(channel, message)
    workspace.emit("message", message_posted(channel, message), channel)
    for upload in uploads:
        upload.shared = (*upload.shared, (channel.id, message.ts))


def shown(around: Surroundings, upload: Upload) -> dict[str, Any]:
    """Show a file as the Web API does."""
    url = f"{around.root_url()}/files-pri/{upload.id}/{upload.name}"
    return {
        "id": upload.id,
        "name": upload.name,
        "title": upload.title or upload.name,
        "size": upload.length,
        "user": BOT_USER,
        "alt_txt": upload.alt_text,
        "url_private": url,
        "url_private_download": url,
        "channels": [channel for channel, _ in upload.shared],
        "shares": {"public": {channel: [{"ts": ts}] for channel, ts in upload.shared}},
    }


def info(around: Surroundings, arguments: Arguments) -> Json:
    """files.info."""
    upload = around.workspace.files.get(arguments.text("file"))
    if upload is None:
        raise Refusal("file_not_found")
    return {"file": shown(around, upload)}


def delete(around: Surroundings, arguments: Arguments) -> Json:
    """files.delete."""
    workspace = around.workspace
    upload = workspace.files.pop(arguments.text("file"), None)
    if upload is None:
        raise Refusal("file_not_found")
    for channel_id, ts in upload.shared:
        if message := workspace.channels[channel_id].message(ts):
            left = tuple(file for file in message.files if file != upload.id)
            workspace.keep(workspace.channels[channel_id], replace(message, files=left), "edit")
    return {}


METHODS = {
    "files.getUploadURLExternal": Method(ask_url, 100, ("files:write",)),
    "files.completeUploadExternal": Method(complete, 100, ("files:write",)),
    "files.info": Method(info, 100, ("files:read",)),
    "files.delete": Method(delete, 50, ("files:write",)),
}
