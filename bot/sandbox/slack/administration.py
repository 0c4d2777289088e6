"""What an administrator does in the simulated Slack: people, groups, channels, membership, grants."""

from collections.abc import Sequence

from bot.sandbox.slack.acts import Acts
from bot.sandbox.slack.change import Change
from bot.sandbox.slack.channel import Channel, ChannelKind
from bot.sandbox.slack.events import membership
from bot.sandbox.slack.people import BOT_USER, Person, UserGroup


class Administration(Acts):
    """The administrator's hands."""

    @property
    def scopes(self) -> set[str]:
        """What the bot was granted; change it to grant or take away."""
        return self._workspace.scopes

    def add_person(self, person: Person) -> Person:
        """Add somebody, or replace who has the same id."""
        self._workspace.people[person.id] = person
        self._workspace.feed.tell(Change("person", person=person.id))
        return person

    def add_group(self, handle: str, members: Sequence[str] = ()) -> UserGroup:
        """Add a user group of people, named by handle or id."""
        ids = tuple(self._workspace.person(who).id for who in members)
        group = UserGroup(self._workspace.serial("S"), handle, ids)
        self._workspace.groups[group.id] = group
        return group

    def add_channel(
        self, name: str, *, private: bool = False, shared: bool = False, members: Sequence[str] | None = None
    ) -> Channel:
        """Create a channel with these people, or all of the workspace (and, where shared, the strangers)."""
        kind = ChannelKind.PRIVATE if private else ChannelKind.PUBLIC
        channel = self._workspace.open_channel(name, kind, shared=shared)
        people = [p for p in self._workspace.people.values() if not p.bot and (shared or not p.stranger)]
        if members is not None:
            people = [self._workspace.person(who) for who in members]
        channel.members |= {person.id for person in people}
        return channel

    def invite_bot(self, channel: str | Channel) -> Channel:
        """Invite the bot into a channel."""
        return self._join(self._find(channel), BOT_USER)

    def invite(self, channel: str | Channel, person: str) -> Channel:
        """Invite somebody into a channel."""
        return self._join(self._find(channel), self._workspace.person(person).id)

    def _join(self, channel: Channel, user: str) -> Channel:
        channel.members.add(user)
        event = membership("member_joined_channel", channel, user, self._workspace.stamp(channel))
        self._workspace.emit("member_joined_channel", event, channel)
        self._workspace.feed.tell(Change("channel", channel.id, user))
        return channel

    def kick_bot(self, channel: str | Channel) -> Channel:
        """Throw the bot out of a channel; it is told that it left."""
        found = self._find(channel)
        stem = "channel" if found.kind is ChannelKind.PUBLIC else "group"
        stamp = self._workspace.stamp(found)
        event = {"type": f"{stem}_left", "channel": found.id, "event_ts": stamp}
        self._workspace.emit(f"{stem}_left", event, found)
        found.members.discard(BOT_USER)
        self._workspace.feed.tell(Change("channel", found.id))
        return found

    def kick(self, channel: str | Channel, person: str) -> Channel:
        """Throw somebody out of a channel; the bot is told that they left."""
        found, user = self._find(channel), self._workspace.person(person).id
        found.members.discard(user)
        event = membership("member_left_channel", found, user, self._workspace.stamp(found))
        self._workspace.emit("member_left_channel", event, found)
        self._workspace.feed.tell(Change("channel", found.id, user))
        return found

    def archive(self, channel: str | Channel) -> Channel:
        """Archive a channel."""
        return self._set_archived(channel, archived=True)

    def unarchive(self, channel: str | Channel) -> Channel:
        """Bring an archived channel back."""
        return self._set_archived(channel, archived=False)

    def _set_archived(self, channel: str | Channel, *, archived: bool) -> Channel:
        found = self._find(channel)
        found.archived = archived
        stem = "channel" if found.kind is ChannelKind.PUBLIC else "group"
        kind = f"{stem}_{'archive' if archived else 'unarchive'}"
        stamp = self._workspace.stamp(found)
        event = {"type": kind, "channel": found.id, "user": "U0000ANNA1", "event_ts": stamp}
        self._workspace.emit(kind, event, found)
        self._workspace.feed.tell(Change("channel", found.id))
        return found

    def rename(self, channel: str | Channel, name: str) -> Channel:
        """Rename a channel; its id stays."""
        found = self._find(channel)
        found.name = name
        stem = "channel" if found.kind is ChannelKind.PUBLIC else "group"
        stamp = self._workspace.stamp(found)
        told = {"id": found.id, "name": name, "created": found.created}
        event = {"type": f"{stem}_rename", "channel": told, "event_ts": stamp}
        self._workspace.emit(f"{stem}_rename", event, found)
        self._workspace.feed.tell(Change("channel", found.id))
        return found
