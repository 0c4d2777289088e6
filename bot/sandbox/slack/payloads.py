"""The bodies of what Slack brings to an app: events in their envelope, commands, clicks, dialogs."""

from typing import Any

from bot.sandbox.slack.channel import Channel, ChannelKind, Message
from bot.sandbox.slack.events import foreign
from bot.sandbox.slack.people import APP_ID, BOT_USER, HOME_TEAM, Person
from bot.sandbox.slack.view import View

Json = dict[str, Any]
TOKEN = "deprecated-verification-token"  # noqa: S105 - Slack's legacy field, verified by nobody
_NAMES = {ChannelKind.DIRECT: "directmessage", ChannelKind.PRIVATE: "privategroup"}


def event_callback(event: Json, event_id: str, event_time: int, *, shared: bool) -> Json:
    """Put an event into its envelope."""
    return {
        "token": TOKEN,
        "team_id": HOME_TEAM,
        "context_team_id": HOME_TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": event_time,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": HOME_TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{event_id}",
    }


def slash_command(person: Person, channel: Channel, name: str, text: str) -> Json:
    """Say that somebody typed a command; the response url and the trigger id are added."""
    return {
        "token": TOKEN,
        "team_id": HOME_TEAM,
        "team_domain": "simulated",
        "channel_id": channel.id,
        "channel_name": _NAMES.get(channel.kind, channel.name),
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
    }


def actor(person: Person) -> Json:
    """Say who did it."""
    return {
        "type": "",
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team},
        "team": {"id": HOME_TEAM, "domain": "simulated"},
        "api_app_id": APP_ID,
        "token": TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    } | foreign(person)


def block_actions(person: Person, action: Json, values: Json, *, channel: Channel, message: Message) -> Json:
    """Say that somebody pressed something in a message. An ephemeral one is not told again."""
    ephemeral = message.ephemeral_to is not None
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.is_reply:
        container["thread_ts"] = message.thread_ts
    body = actor(person) | {
        "type": "block_actions",
        "container": container,
        "channel": {"id": channel.id, "name": _NAMES.get(channel.kind, channel.name)},
        "state": {"values": values},
        "actions": [action],
    }
    return body if ephemeral else body | {"message": channel.shown(message)}


def view_actions(person: Person, action: Json, view: View) -> Json:
    """Say that somebody pressed something in a dialog or a Home tab."""
    return actor(person) | {
        "type": "block_actions",
        "container": {"type": "view", "view_id": view.id},
        "view": view.as_api(),
        "actions": [action],
    }


def view_submission(person: Person, view: View) -> Json:
    """Say that somebody submitted a dialog."""
    return actor(person) | {"type": "view_submission", "view": view.as_api(), "response_urls": []}


def view_closed(person: Person, view: View, *, cleared: bool) -> Json:
    """Say that somebody closed a dialog."""
    return actor(person) | {"type": "view_closed", "view": view.as_api(), "is_cleared": cleared}


def global_shortcut(person: Person, callback_id: str, action_ts: str) -> Json:
    """Say that somebody chose a shortcut."""
    return actor(person) | {"type": "shortcut", "callback_id": callback_id, "action_ts": action_ts}


def shortcut_on(person: Person, callback_id: str, action_ts: str, channel: Channel, message: Message) -> Json:
    """Say that somebody chose a shortcut of a message."""
    return actor(person) | {
        "type": "message_action",
        "callback_id": callback_id,
        "action_ts": action_ts,
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": _NAMES.get(channel.kind, channel.name)},
        "message": channel.shown(message),
    }
