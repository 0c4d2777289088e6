"""What somebody sees of the simulated Slack: the read model that the page is drawn from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.commands import VERBS, Door
from bot.sandbox.page import drawing, mrkdwn
from bot.sandbox.page.elements import words
from bot.sandbox.page.nodes import Names
from bot.sandbox.slack import Channel, Message, Person, SimulatedSlack, View
from bot.sandbox.slack.channel import ChannelKind
from bot.sandbox.slack.people import SLACKBOT

Json = dict[str, Any]

MESSAGES_AT_ONCE = 150
_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))
_VERBS = [
    {
        "name": verb.name,
        "does": verb.summary,
        "slash": Door.SLASH in verb.doors,
        "filters": list(verb.filters),
    }
    for verb in VERBS
    if Door.SLASH in verb.doors or Door.MENTION in verb.doors
]
_KINDS = {ChannelKind.PUBLIC: "channel", ChannelKind.PRIVATE: "private", ChannelKind.DIRECT: "direct"}


@dataclass(frozen=True, slots=True)
class Picture:
    """The simulated Slack through the eyes of one person."""

    slack: SimulatedSlack
    person: str

    @property
    def names(self) -> Names:
        """What people, groups and channels are called now."""
        return Names(
            viewer=self.person,
            people={person.id: person.name for person in self.slack.people},
            channels={channel.id: channel.name for channel in self.slack.channels},
            groups={group.id: group.handle for group in self.slack.groups},
        )

    def sees(self, channel: Channel) -> bool:
        """Say whether the person is in a channel."""
        return self.person in channel.members

    def everything(self) -> Json:
        """Draw all of it, the last messages of each channel."""
        self.slack.dm(self.person)
        return {
            "type": "everything",
            "me": self.person,
            "bot": self.slack.bot_user,
            "verbs": _VERBS,
            "shortcuts": [
                {"id": one.callback_id, "name": one.name} for one in self.slack.shortcuts if one.of_messages
            ],
            **self.people_and_channels(),
            "messages": {
                channel.id: self.last_messages(channel)
                for channel in self.slack.channels
                if self.sees(channel)
            },
            **self.ephemerals(),
            **self.dialogs(),
            **self.home(),
            **self.connected(),
        }

    def people_and_channels(self) -> Json:
        """Draw who is there, and the conversations this person is in."""
        return {
            "people": [*(_person(p) for p in self.slack.people), _SLACKBOT],
            "channels": [_channel(c) for c in self.slack.channels if self.sees(c)],
            "groups": [group.handle for group in self.slack.groups],
        }

    def connected(self) -> Json:
        """Say whether the bot can hear."""
        return {"connected": self.slack.sockets > 0 or self.slack.request_url is not None}

    def last_messages(self, channel: Channel, before: str | None = None) -> Json:
        """Draw the last messages (before a moment), and say whether there are earlier ones."""
        standing = [m for m in channel.everything if before is None or m.ts < before]
        return {
            "messages": self.messages(standing[-MESSAGES_AT_ONCE:]),
            "earlier": len(standing) > MESSAGES_AT_ONCE,
        }

    def messages(self, messages: Iterable[Message]) -> list[Json]:
        """Draw messages."""
        names = self.names
        return [self._message(message, names) for message in messages]

    def _message(self, message: Message, names: Names) -> Json:
        return {
            "ts": message.ts,
            "channel": message.channel,
            "author": message.author,
            "text": mrkdwn.parse(message.text, names),
            "blocks": drawing.blocks(message.blocks, names),
            "attachments": [drawing.attachment(one, names) for one in message.attachments],
            "thread": message.thread_ts if message.is_reply else None,
            "broadcast": message.broadcast,
            "edited": message.edited_ts is not None,
            "files": [self._file(file_id) for file_id in message.files if file_id in self.slack.files],
            "reactions": _reactions(message, names),
            "private": message.ephemeral_to is not None,
            "pages": self.pages(message),
        }

    def pages(self, message: Message) -> bool:
        """Say whether a message notifies this person by name, by group or with everybody."""
        everybody = {"channel", "here", "everyone"}
        groups = {group.id for group in self.slack.groups if self.person in group.members}
        return not message.pages.isdisjoint({self.person, *everybody, *groups})

    def _file(self, file_id: str) -> Json:
        upload = self.slack.files[file_id]
        return {
            "id": upload.id,
            "title": upload.title or upload.name,
            "name": upload.name,
            "image": image_type(upload.content or b"") is not None,
            "alt": upload.alt_text or upload.title or upload.name,
            "src": f"/page/files/{upload.id}",
        }

    def ephemerals(self) -> Json:
        """Draw what only this person sees."""
        return {"ephemerals": self.messages(self.slack.ephemerals(self.person))}

    def dialogs(self) -> Json:
        """Draw the dialogs that this person has open, the top one last."""
        return {"dialogs": [self._view(view) for view in self.slack.modals(self.person)]}

    def home(self) -> Json:
        """Draw this person's Home tab."""
        view = self.slack.home(self.person)
        return {"home": self._view(view) if view else None}

    def _view(self, view: View) -> Json:
        return {
            "id": view.id,
            "hash": view.hash,
            "title": words(view.payload.get("title")),
            "submit": words(view.payload.get("submit")),
            "close": words(view.payload.get("close")),
            "blocks": drawing.blocks(view.blocks, self.names),
            "errors": view.errors,
        }


_SLACKBOT = {
    "id": SLACKBOT,
    "name": "slackbot",
    "real_name": "Slackbot",
    "zone": "UTC",
    "role": "app",
    "admin": False,
}


def _person(person: Person) -> Json:
    role = "app" if person.bot else "guest" if person.guest else "stranger" if person.stranger else ""
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "zone": person.zone,
        "role": role,
        "admin": person.admin,
    }


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": _KINDS[channel.kind],
        "archived": channel.archived,
        "shared": channel.shared,
        "bot": channel.has_bot,
        "members": len(channel.members),
    }


def _reactions(message: Message, names: Names) -> list[Json]:
    grouped: dict[str, list[str]] = {}
    for name, user in message.reactions:
        grouped.setdefault(name, []).append(names.people.get(user, user))
    return [
        {"c": mrkdwn.parse(f":{name}:", names), "name": name, "people": who} for name, who in grouped.items()
    ]


def image_type(content: bytes) -> str | None:
    """Say what sort of picture a file is by its first bytes; None where it is none."""
    return next((kind for start, kind in _SIGNATURES if content.startswith(start)), None)
