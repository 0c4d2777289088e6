"""Somebody in the simulated Slack: what they say, press, choose and fill in, and what they see then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.slack import Message, Outcome, Reaction, View
from tests.transcripts.reading import button, words_of

if TYPE_CHECKING:
    from bot.sandbox.slack.uploads import Upload
    from tests.transcripts.play import Play


class Somebody:
    """One person. Whatever they do begins a new expectation: only what comes after it counts."""

    def __init__(self, name: str, play: Play) -> None:
        self.name = name
        self._play = play

    @property
    def id(self) -> str:
        """Slack's id of them."""
        return self._play.slack.person(self.name).id

    # ── what they do

    async def types(self, text: str, *, where: str = "alerts") -> Outcome:
        """Type a slash command."""
        self._play.begin()
        name, _, words = text.partition(" ")
        return (await self._play.slack.command(self.name, where, name, words)).outcome

    async def says(self, text: str, *, where: str = "alerts", thread: Message | None = None) -> Message:
        """Say something in a channel or in a thread."""
        self._play.begin()
        if thread is None:
            return await self._play.slack.say(self.name, where, text)
        return await self._play.slack.say(self.name, thread.channel, text, thread.thread_ts or thread.ts)

    async def writes(self, text: str, *, thread: Message | None = None) -> Message:
        """Write to the bot directly."""
        self._play.begin()
        at = None if thread is None else thread.thread_ts or thread.ts
        return await self._play.slack.say(self.name, self._play.slack.dm(self.name), text, at)

    async def presses(
        self, label: str, *, on: Message | View, meaning: str | None = None, fresh: bool = True
    ) -> Reaction:
        """Press a button, or what is in a menu, by its words; of several alike the one with a ``meaning``.

        Not ``fresh``: as part of an act before.
        """
        if fresh:
            self._play.begin()
        one = button(on, label, meaning)
        value = one["value"] if one.get("is_choice") else None
        if isinstance(on, View):
            return await self._play.slack.click_view(self.name, on.id, one["action_id"], value)
        return await self._play.slack.click(self.name, on.channel, on.ts, one["action_id"], value)

    async def chooses(self, shortcut: str, *, on: Message) -> Reaction:
        """Choose a shortcut in a message's menu, by its name."""
        self._play.begin()
        offered = {one.name: one.callback_id for one in self._play.slack.shortcuts}
        return await self._play.slack.message_shortcut(self.name, on.channel, on.ts, offered[shortcut])

    async def fills(self, dialog: View, **values: str) -> dict[str, str]:
        """Fill in a dialog and send it; what it says is wrong, by input."""
        self._play.begin()
        return (await self._play.slack.submit_view(self.name, dialog.id, values)).errors

    async def opens_home(self) -> None:
        """Open the Home tab."""
        self._play.begin()
        await self._play.slack.open_home(self.name)

    # ── what they see

    async def expect(self, *words: str) -> Message:
        """Wait for what only they see."""
        return await self._play.expect_new(
            lambda one: one.ephemeral_to == self.id, words, f"what only {self.name} sees,"
        )

    async def expect_direct(self, *words: str) -> Message:
        """Wait for what the bot writes to them directly."""
        place = self._play.slack.dm(self.name).id
        return await self._play.expect_new(
            lambda one: one.channel == place and one.ephemeral_to is None, words, f"a message to {self.name},"
        )

    async def expect_dialog(self, *words: str) -> View:
        """Wait for a dialog."""

        def found() -> View | None:
            open_ = self._play.slack.modals(self.name)
            return open_[-1] if open_ and all(word in _all(open_[-1]) for word in words) else None

        return await self._play.until(found, f"a dialog {words}")

    async def expect_home(self, *words: str, without: str | None = None) -> View:
        """Wait until the Home tab has these words, and not the others."""

        def found() -> View | None:
            home = self._play.slack.home(self.name)
            if home is None or (without is not None and without in words_of(home)):
                return None
            return home if all(word in words_of(home) for word in words) else None

        return await self._play.until(found, f"a Home tab {words}")

    @property
    def dialogs(self) -> tuple[View, ...]:
        """The dialogs that they have open."""
        return self._play.slack.modals(self.name)

    async def expect_file(self, title: str, *, thread: Message | None = None) -> Upload:
        """Wait for a file, in a thread or in their messages with the bot."""
        place = self._play.slack.dm(self.name).id if thread is None else thread.channel
        at = None if thread is None else thread.thread_ts or thread.ts

        def fits(one: Message) -> bool:
            titles = [self._play.slack.files[file].title for file in one.files]
            return (one.channel, one.thread_ts) == (place, at) and any(title in one for one in titles)

        message = await self._play.expect_new(fits, (), f"a file {title}")
        return next(file for one in message.files if title in (file := self._play.slack.files[one]).title)


def _all(view: View) -> str:
    return f"{view.title}\n{words_of(view)}"
