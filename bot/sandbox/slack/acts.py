"""What people do in the simulated Slack: write, command, press, fill in, open."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.sandbox.slack import form_values, payloads
from bot.sandbox.slack.change import Change
from bot.sandbox.slack.channel import Channel, ChannelKind, Message
from bot.sandbox.slack.deliveries import Delivery, DeliveryKind, Outcome
from bot.sandbox.slack.events import home_opened, mentioned, message_changed, message_deleted, message_posted
from bot.sandbox.slack.form_values import Chosen
from bot.sandbox.slack.methods import views
from bot.sandbox.slack.outgoing import Outgoing
from bot.sandbox.slack.people import BOT_USER, SLACKBOT, Person
from bot.sandbox.slack.refusal import CannotDo, Refusal
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.typed_text import Typed, escaped
from bot.sandbox.slack.view import View
from bot.sandbox.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Reaction:
    """How the app took what somebody did; ``errors`` are a dialog's, by block id."""

    outcome: Outcome
    delivery: Delivery
    response: dict[str, Any] | None = None
    errors: dict[str, str] = field(default_factory=dict)


class Acts:
    """The people's hands."""

    def __init__(
        self,
        workspace: Workspace,
        outgoing: Outgoing,
        triggers: Triggers,
        responses: ResponseUrls,
        commands: Iterable[str],
        escaping: Iterable[str],
        root_url: Callable[[], str],
    ) -> None:
        self._workspace = workspace
        self._outgoing = outgoing
        self._triggers = triggers
        self._responses = responses
        self._commands = frozenset(commands)
        self._escaping = frozenset(escaping)
        self._chosen: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._address = root_url

    def _find(self, channel: str | Channel) -> Channel:
        return channel if isinstance(channel, Channel) else self._workspace.channel(channel)

    def dm(self, person: str) -> Channel:
        """Find (or open) the bot's direct messages with somebody."""
        return self._workspace.direct(self._workspace.person(person))

    def _present(self, person: str, channel: str | Channel) -> tuple[Person, Channel]:
        somebody, place = self._workspace.person(person), self._find(channel)
        if somebody.id not in place.members:
            raise CannotDo(f"{somebody.name} is not in {place.name}")
        return somebody, place

    async def say(
        self, person: str, channel: str | Channel, text: str, thread_ts: str | None = None
    ) -> Message:
        """Write a message; ``@logbackup`` in it mentions the bot."""
        somebody, place = self._present(person, channel)
        if place.archived:
            raise CannotDo(f"{place.name} is archived")
        parent = place.message(thread_ts) if thread_ts else None
        if thread_ts and (parent is None or parent.is_reply):
            raise CannotDo("there is no thread there")
        message = Message(
            ts=self._workspace.stamp(place),
            channel=place.id,
            author=somebody.id,
            text=escaped(text, self._workspace),
            thread_ts=thread_ts,
        )
        self._workspace.keep(place, message)
        self._workspace.emit("message", message_posted(place, message), place)
        if BOT_USER in message.pages and place.kind is not ChannelKind.DIRECT:
            self._workspace.emit("app_mention", mentioned(place, message, somebody), place)
        return message

    async def edit_message(self, person: str, channel: str | Channel, ts: str, text: str) -> Message:
        """Change one's own message; the bot is not mentioned anew by it."""
        somebody, place = self._present(person, channel)
        before = place.message(ts)
        if before is None or before.author != somebody.id:
            raise CannotDo("people edit only what they wrote")
        after = before.changed(at=self._workspace.stamp(place), text=escaped(text, self._workspace))
        self._workspace.keep(place, after, "edit")
        self._workspace.emit("message", message_changed(place, before, after), place)
        return after

    async def delete_message(self, channel: str | Channel, ts: str) -> None:
        """Delete any message, as an admin can."""
        place = self._find(channel)
        if place.message(ts) is None:
            raise CannotDo("there is no such message")
        message = place.remove(ts)
        self._workspace.feed.tell(Change("delete", place.id, message.author, ts))
        self._workspace.emit("message", message_deleted(place, message, self._workspace.stamp(place)), place)

    async def command(self, person: str, channel: str | Channel, name: str, text: str = "") -> Reaction:
        """Type a slash command. There are none in threads, as in Slack."""
        somebody, place = self._present(person, channel)
        if name not in self._commands:
            raise CannotDo(f"{name} is not a valid command")
        typed = Typed.ESCAPED_COMMAND if name in self._escaping else Typed.COMMAND
        body = payloads.slash_command(somebody, place, name, escaped(text, self._workspace, typed))
        body["response_url"] = self._address() + self._responses.mint(place, somebody.id)
        body["trigger_id"] = self._triggers.mint(somebody.id)
        delivery = self._outgoing.send(DeliveryKind.COMMAND, body, accepts_response=True)
        outcome = await delivery.first
        if outcome is not Outcome.ACKNOWLEDGED:
            self._slackbot(somebody, place, f'{name} failed with the error "{outcome}"')
        elif delivery.response:
            try:
                self._responses.answer(place, somebody.id, delivery.response)
            except Refusal:
                self._slackbot(somebody, place, f'{name} failed with the error "invalid_command_response"')
        return Reaction(outcome, delivery, delivery.response)

    def _slackbot(self, person: Person, channel: Channel, text: str) -> None:
        ts = self._workspace.stamp(channel)
        self._workspace.keep_ephemeral(Message(ts, channel.id, SLACKBOT, text, ephemeral_to=person.id))

    async def _interact(
        self, person: Person, body: dict[str, Any], *, accepts_response: bool = False
    ) -> Reaction:
        body = {**body, "trigger_id": self._triggers.mint(person.id)}
        delivery = self._outgoing.send(DeliveryKind.INTERACTION, body, accepts_response=accepts_response)
        return Reaction(await delivery.first, delivery, delivery.response)

    def _seen(self, person: Person, channel: Channel, ts: str) -> Message:
        for message in self._workspace.ephemerals:
            if (message.channel, message.ts, message.ephemeral_to) == (channel.id, ts, person.id):
                return message
        message_there = channel.message(ts)
        if message_there is None:
            raise CannotDo("the message is gone")
        return message_there

    async def click(
        self,
        person: str,
        channel: str | Channel,
        ts: str,
        action_id: str,
        value: Chosen = None,
        *,
        block_id: str | None = None,
    ) -> Reaction:
        """Press a button, or choose ``value`` in a menu, of a message or of what only this person sees."""
        somebody, place = self._present(person, channel)
        message = self._seen(somebody, place, ts)
        inside = [block for attachment in message.attachments for block in attachment.get("blocks", [])]
        blocks = [*message.blocks, *self._workspace.with_block_ids(inside)]
        element, found_in = form_values.find(blocks, action_id, block_id)
        action = form_values.action_of(element, found_in, value, self._now())
        before = self._chosen.get((somebody.id, place.id, ts), {})
        chosen = {action_id: value} if form_values.is_stateful(element) else {}
        values = form_values.state_of(blocks, chosen, form_values.kept(blocks, before))
        self._chosen[somebody.id, place.id, ts] = values
        body = payloads.block_actions(somebody, action, values, channel=place, message=message)
        body["response_url"] = self._address() + self._responses.mint(place, somebody.id, message)
        return await self._interact(somebody, body)

    async def click_view(
        self,
        person: str,
        view_id: str,
        action_id: str,
        value: Chosen = None,
        *,
        block_id: str | None = None,
        filled: Mapping[str, Chosen] | None = None,
    ) -> Reaction:
        """Press or choose something in a dialog or in the Home tab; the app is told what all inputs hold.

        ``filled`` is what was filled in meanwhile, by action id; the view remembers it.
        """
        somebody, view = self._viewing(person, view_id)
        element, found_in = form_values.find(view.blocks, action_id, block_id)
        action = form_values.action_of(element, found_in, value, self._now())
        now = {action_id: value} if form_values.is_stateful(element) else {}
        view = self._filled_in(view, {**(filled or {}), **now})
        return await self._interact(somebody, payloads.view_actions(somebody, action, view))

    def _filled_in(self, view: View, filled: Mapping[str, Chosen]) -> View:
        values = form_values.state_of(view.blocks, filled, view.values)
        return self._workspace.remember_view(replace(view, values=values))

    def _viewing(self, person: str, view_id: str) -> tuple[Person, View]:
        somebody, view = self._workspace.person(person), self._workspace.view(view_id)
        if view is None or view.person != somebody.id:
            raise CannotDo(f"{somebody.name} has no such view open")
        return somebody, view

    async def shortcut(self, person: str, callback_id: str) -> Reaction:
        """Choose a shortcut of the app."""
        somebody = self._workspace.person(person)
        return await self._interact(somebody, payloads.global_shortcut(somebody, callback_id, self._now()))

    async def message_shortcut(
        self, person: str, channel: str | Channel, ts: str, callback_id: str
    ) -> Reaction:
        """Choose a shortcut from a message's menu."""
        somebody, place = self._present(person, channel)
        message = self._seen(somebody, place, ts)
        body = payloads.shortcut_on(somebody, callback_id, self._now(), place, message)
        body["response_url"] = self._address() + self._responses.mint(place, somebody.id, message)
        return await self._interact(somebody, body)

    async def submit_view(
        self, person: str, view_id: str, filled: Mapping[str, Chosen] | None = None
    ) -> Reaction:
        """Submit a dialog, its inputs filled in by action id; what is not named keeps what it holds."""
        somebody, view = self._viewing(person, view_id)
        view = self._filled_in(view, filled or {})
        form_values.refuse_incomplete(view.blocks, view.values)
        body = payloads.view_submission(somebody, view)
        reaction = await self._interact(somebody, body, accepts_response=True)
        if reaction.outcome is not Outcome.ACKNOWLEDGED:
            return reaction
        return self._follow(view, reaction)

    def _follow(self, view: View, reaction: Reaction) -> Reaction:
        """Do with the dialog what the app answered."""
        response = reaction.response or {}
        match response.get("response_action"):
            case "errors":
                errors = dict(response.get("errors", {}))
                if unknown := sorted(set(errors) - {block["block_id"] for block in view.blocks}):
                    raise CannotDo(f"errors for blocks that are not there: {', '.join(unknown)}")
                self._workspace.show_view(replace(view, errors=errors), replacing=True)
                return replace(reaction, errors=errors)
            case "update":
                payload = views.checked(response.get("view"), "modal")
                self._workspace.show_view(self._workspace.changed_view(view, payload), replacing=True)
            case "push":
                views.push(self._workspace, view.person, views.checked(response.get("view"), "modal"))
            case "clear":
                self._workspace.close_views(view.person, None)
            case _:
                self._workspace.close_views(view.person, view)
        return reaction

    async def close_view(self, person: str, view_id: str, *, every: bool = False) -> Reaction | None:
        """Close a dialog (or the whole stack); the app is told where it asked to be."""
        somebody, view = self._viewing(person, view_id)
        self._workspace.close_views(somebody.id, None if every else view)
        if not view.payload.get("notify_on_close", False):
            return None
        return await self._interact(somebody, payloads.view_closed(somebody, view, cleared=every))

    async def open_home(self, person: str, tab: str = "home") -> None:
        """Open the app's Home tab."""
        somebody = self._workspace.person(person)
        place = self._workspace.direct(somebody)
        view = self._workspace.homes.get(somebody.id)
        shown = view.as_api() if view else None
        event = home_opened(somebody, tab, shown, self._workspace.stamp(place), place)
        self._workspace.emit("app_home_opened", event, place)

    def _now(self) -> str:
        return f"{self._workspace.clock.now().timestamp():.6f}"
