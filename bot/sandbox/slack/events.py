"""The bodies of the events that Slack tells an app of."""

from typing import Any

from bot.sandbox.slack.channel import Channel, ChannelKind, Message
from bot.sandbox.slack.people import APP_ID, BOT_ID, HOME_TEAM, Person

Json = dict[str, Any]

CHANNEL_TYPES = {ChannelKind.PUBLIC: "channel", ChannelKind.PRIVATE: "group", ChannelKind.DIRECT: "im"}
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "channel_rename": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "group_archive": "groups:read",
    "group_left": "groups:read",
    "group_rename": "groups:read",
    "group_unarchive": "groups:read",
    "reaction_added": "reactions:read",
}
"""The scope without which Slack does not tell of an event; those not listed need none."""

EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "channel_archive",
        "channel_left",
        "channel_rename",
        "group_archive",
        "group_left",
        "group_rename",
        "member_joined_channel",
        "message.im",
        "tokens_revoked",
    }
)


def message_posted(channel: Channel, message: Message) -> Json:
    """Tell of a message."""
    event = {
        **channel.shown(message),
        "channel": channel.id,
        "channel_type": CHANNEL_TYPES[channel.kind],
        "event_ts": message.ts,
        "team": HOME_TEAM,
    }
    if message.by_bot:
        event |= {"bot_id": BOT_ID, "app_id": APP_ID}
    return event


def message_changed(channel: Channel, before: Message, after: Message) -> Json:
    """Tell of an edit."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "channel": channel.id,
        "channel_type": CHANNEL_TYPES[channel.kind],
        "message": channel.shown(after),
        "previous_message": channel.shown(before),
        "ts": after.edited_ts,
        "event_ts": after.edited_ts,
        "hidden": True,
    }


def message_deleted(channel: Channel, message: Message, ts: str) -> Json:
    """Tell of a deletion."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "channel": channel.id,
        "channel_type": CHANNEL_TYPES[channel.kind],
        "previous_message": channel.shown(message),
        "deleted_ts": message.ts,
        "ts": ts,
        "event_ts": ts,
        "hidden": True,
    }


def mentioned(channel: Channel, message: Message, person: Person) -> Json:
    """Tell the bot that somebody mentioned it."""
    event = {
        "type": "app_mention",
        "user": message.author,
        "text": message.text,
        "ts": message.ts,
        "channel": channel.id,
        "event_ts": message.ts,
        "team": person.team,
        "client_msg_id": f"client-{message.ts}",
    }
    if message.thread_ts:
        event["thread_ts"] = message.thread_ts
    return event | foreign(person)


def foreign(person: Person) -> Json:
    """Say what Slack adds about somebody of another organisation."""
    if not person.stranger:
        return {}
    return {"user_team": person.team, "source_team": person.team}


def home_opened(person: Person, tab: str, view: Json | None, event_ts: str, channel: Channel) -> Json:
    """Tell that somebody opened the app's Home."""
    event: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": channel.id,
        "tab": tab,
        "event_ts": event_ts,
    }
    return event | ({"view": view} if view else {})


def membership(kind: str, channel: Channel, user: str, event_ts: str) -> Json:
    """Tell who joined or left."""
    return {
        "type": kind,
        "user": user,
        "channel": channel.id,
        "channel_type": "C" if channel.kind is ChannelKind.PUBLIC else "G",
        "team": HOME_TEAM,
        "event_ts": event_ts,
    }
