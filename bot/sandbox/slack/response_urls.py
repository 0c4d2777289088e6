"""response_url: five answers in thirty minutes to what somebody did."""

from dataclasses import dataclass, replace
from typing import Any

from bot.operations.ports import Clock
from bot.sandbox.slack import posting
from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.change import Change
from bot.sandbox.slack.channel import Channel, Message
from bot.sandbox.slack.events import message_changed, message_posted
from bot.sandbox.slack.people import BOT_USER
from bot.sandbox.slack.refusal import Refusal
from bot.sandbox.slack.workspace import Workspace

USES = 5
LIFETIME_SECONDS = 30 * 60.0


@dataclass(slots=True)
class ResponseUrl:
    """One address; ``original`` is the message whose button was pressed, if there was one."""

    channel: str
    person: str
    original: Message | None
    minted_at: float
    uses: int = 0


class ResponseUrls:
    """Mints the addresses and takes what is sent there."""

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        self._workspace = workspace
        self._clock = clock
        self._minted: dict[str, ResponseUrl] = {}

    def mint(self, channel: Channel, person: str, original: Message | None = None) -> str:
        """Make an address for what somebody just did; returns its path."""
        path = f"/response/{channel.id}/{len(self._minted) + 1}"
        self._minted[path] = ResponseUrl(channel.id, person, original, self._clock.monotonic())
        return path

    def take(self, path: str, body: Any) -> tuple[int, str]:  # noqa: ANN401 - JSON of any shape
        """Do what was sent to an address; returns the HTTP status and the word that Slack answers."""
        minted = self._minted.get(path)
        if minted is None:
            return 404, "no_service"
        if self._clock.monotonic() - minted.minted_at > LIFETIME_SECONDS:
            return 404, "expired_url"
        if minted.uses >= USES:
            return 404, "used_url"
        if not isinstance(body, dict):
            return 400, "invalid_payload"
        minted.uses += 1
        try:
            self.respond(minted, Arguments(body))
        except Refusal as refusal:
            return 400, refusal.code
        return 200, "ok"

    def answer(self, channel: Channel, person: str, body: dict[str, Any]) -> None:
        """Show what came with the acknowledgement of a command."""
        self.respond(ResponseUrl(channel.id, person, None, self._clock.monotonic()), Arguments(body))

    def respond(self, minted: ResponseUrl, arguments: Arguments) -> None:
        """Show an answer to the person, or to the channel, or in the place of the original."""
        channel = self._workspace.channels[minted.channel]
        if channel.archived:
            raise Refusal("is_archived")
        original = self._present(minted)
        if arguments.flag("delete_original"):
            if original is None:
                raise Refusal("message_not_found")
            self._remove(channel, original)
            return
        said = posting.read(arguments)
        posting.check("ephemeral", said)
        in_channel = arguments.text("response_type", "ephemeral") == "in_channel"
        if arguments.flag("replace_original") and minted.original is not None:
            if original is None:
                raise Refusal("message_not_found")
            self._replace(channel, original, said)
            return
        thread_ts = arguments.text("thread_ts") or None
        message = Message(
            ts=self._workspace.stamp(channel),
            channel=channel.id,
            author=BOT_USER,
            text=said.text or "",
            blocks=self._workspace.with_block_ids(said.blocks or ()),
            attachments=tuple(said.attachments or ()),
            thread_ts=thread_ts if thread_ts and channel.message(thread_ts) else None,
            metadata=said.metadata,
            ephemeral_to=None if in_channel else minted.person,
        )
        if in_channel:
            self._workspace.keep(channel, message)
            self._workspace.emit("message", message_posted(channel, message), channel)
        else:
            self._workspace.keep_ephemeral(message)

    def _present(self, minted: ResponseUrl) -> Message | None:
        """Find the original as it is now."""
        original = minted.original
        if original is None:
            return None
        if original.ephemeral_to is None:
            return self._workspace.channels[minted.channel].message(original.ts)
        found = [
            m for m in self._workspace.ephemerals if (m.channel, m.ts) == (original.channel, original.ts)
        ]
        return found[0] if found else None

    def _replace(self, channel: Channel, original: Message, said: posting.Said) -> None:
        changed = original.changed(
            at=self._workspace.stamp(channel),
            text=said.text or "",
            blocks=self._workspace.with_block_ids(said.blocks or ()),
            attachments=tuple(said.attachments or ()),
        )
        if original.ephemeral_to is not None:
            self._workspace.keep_ephemeral(replace(changed, edited_ts=None))
            return
        self._workspace.keep(channel, changed, "edit")
        self._workspace.emit("message", message_changed(channel, original, changed), channel)

    def _remove(self, channel: Channel, original: Message) -> None:
        if original.ephemeral_to is not None:
            self._workspace.drop_ephemeral(original)
            return
        channel.remove(original.ts)
        self._workspace.feed.tell(Change("delete", channel.id, original.author, original.ts))
