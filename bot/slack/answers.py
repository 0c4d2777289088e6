"""Gets the answer to what came in, and brings it to where it belongs: privately, in a thread, to all."""

from dataclasses import replace
from typing import Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.commands.verb import Door
from bot.commands.words import mentioned
from bot.errors import BotError, SlackError, UserMistake
from bot.operations.answering import Answer, Asked, Filled, Mistaken
from bot.operations.ports import Journal
from bot.slack.dialogs import Dialogs
from bot.slack.failures import call
from bot.slack.files import Files, instead_of, kind_of
from bot.slack.home import publish
from bot.slack.payloads import SHARE, Came, changes, home_of
from bot.slack.people import REFUSALS, People, Standing
from bot.slack.replies import Replies
from bot.slack.sharing import ask_before_sharing, shared_by, with_help, with_line
from bot.slack.under_way import Run, UnderWay
from bot.views.blocks import Block, Message, escape, section
from bot.views.mistake import failure_message, unexpected_message


class Answering(Protocol):
    """What answers people. Slack's ``key`` in ``asked`` makes an act be done once: pass it to the store."""

    async def answer(self, asked: Asked) -> Answer:
        """Answer a text. A mistake of whoever asked, and a failure, is an answer too."""
        ...

    async def submit(self, asked: Asked, filled: Filled) -> Answer | Mistaken:
        """Do what a dialog that was filled in says, or say what is wrong with it.

        Raises BotError where it could not be done: the dialog shows its sentence, and nothing is lost.
        """
        ...

    async def home(self, asked: Asked) -> tuple[Block, ...]:
        """Show the Home tab of whoever asks. Raises BotError."""
        ...


class Answers:
    """Answers, whatever happens, and the ways back for them."""

    def __init__(
        self,
        answering: Answering,
        people: People,
        client: AsyncWebClient,
        replies: Replies,
        under_way: UnderWay,
        journal: Journal,
    ) -> None:
        self._answering = answering
        self._people = people
        self._client = client
        self._replies = replies
        self._under_way = under_way
        self._journal = journal
        self._dialogs = Dialogs(client, journal)
        self._files = Files(client)

    async def privately(self, came: Came, run: Run) -> None:
        """Answer whoever asked alone; a dialog is opened instead where there is one."""
        answer = await self._answer(came, run)
        if answer.dialog is None or not await self._dialogs.show(came, answer.dialog):
            await self._show_privately(came, answer)

    async def in_thread(self, came: Came, run: Run) -> None:
        """Answer where it was said; of an act the thread tells by itself, so only who acted gets a word.

        Where people of other organisations may read along, nothing is said to all: no mistake, no refusal.
        """
        answer = await self._answer(came, run)
        message = with_help(answer.message) if came.with_help else answer.message
        tells_itself = answer.done and came.in_thread and came.asked.door is Door.MENTION
        if tells_itself or came.asked.private:
            await self._show_privately(came, replace(answer, message=message))
            return
        await self._replies.in_thread(came.place, message)
        if answer.attachments:
            try:
                await self._files.show(answer.attachments, came.place.channel, came.place.thread)
            except SlackError as error:
                self._not_shown(came, error)
                await self._replies.in_thread(came.place, Message(instead_of(answer.attachments, error)))

    async def share(self, came: Came, run: Run) -> None:
        """Show an answer to the channel; where people of other organisations may read it, ask first."""
        asked = came.asked
        answer = await self._answer(came, run)
        if not answer.may_be_shared:
            await self._replies.privately(came.place, answer.message, came.response_url)
        elif came.act == SHARE and await self._reaches_others(asked.channel):
            await self._replies.privately(came.place, ask_before_sharing(asked.text), came.response_url)
        else:
            await self._show_to_all(came, answer)

    async def home(self, came: Came, run: Run) -> None:
        """Show somebody their Home tab as it is now."""
        await publish(self._client, came.asked.user, await self._home(came.asked), self._journal)
        run.acted.set()

    async def submit(self, came: Came, filled: Filled, run: Run) -> None:
        """Do what a dialog says. What did not work may be tried again with the same dialog."""
        outcome = await self._submitted(came, filled)
        if not isinstance(outcome, Answer) or outcome.dialog is not None:
            self._under_way.forget(came.key)
        run.is_over(outcome)
        if isinstance(outcome, Answer):
            if outcome.dialog is None:
                await self._show_privately(came, outcome)
        elif run.is_late:
            await self.tell(came, outcome)

    async def tell(self, came: Came, outcome: Mistaken | BotError) -> None:
        """Say privately what did not work, where a dialog cannot."""
        sentence = outcome.sentence if isinstance(outcome, BotError) else " ".join(outcome.errors.values())
        await self._replies.privately(came.place, Message(escape(sentence)), came.response_url)

    # ── the answer

    async def _answer(self, came: Came, run: Run) -> Answer:
        """Answer, whatever happens."""
        try:
            asked = await self._introduced(came.asked)
            answer = await self._answering.answer(asked)
        except UserMistake as refusal:
            answer = Answer(Message(refusal.sentence), may_be_shared=False)
        except BotError as error:
            answer = Answer(failure_message(error), may_be_shared=False)
        except Exception:  # noqa: BLE001 - one Slack payload's boundary
            self._journal.error("command not answered", door=came.asked.door.value)
            answer = Answer(unexpected_message(), may_be_shared=False)
        run.is_over(answer)
        return answer

    async def _submitted(self, came: Came, filled: Filled) -> Answer | Mistaken | BotError:
        try:
            return await self._answering.submit(await self._introduced(came.asked), filled)
        except BotError as error:
            return error
        except Exception:  # noqa: BLE001 - one Slack payload's boundary
            self._journal.error("dialog not acted on", callback=filled.callback)
            return BotError(unexpected_message().text)

    async def _home(self, asked: Asked) -> tuple[Block, ...]:
        try:
            return await self._answering.home(await self._introduced(asked))
        except BotError as error:
            return (section(escape(error.sentence)),)
        except Exception:  # noqa: BLE001 - one Slack payload's boundary
            self._journal.error("home not drawn")
            return (section(unexpected_message().text),)

    async def _introduced(self, asked: Asked) -> Asked:
        """Say who asks: name, zone and groups. Raises UserMistake for who is not served, and SlackError."""
        try:
            profile = await self._people.profile(asked.user)
        except SlackError as error:
            self._journal.warning("person not known", user=asked.user, code=error.code)
            raise unknown_person(error) from error
        if profile.standing is not Standing.MEMBER:
            raise UserMistake(REFUSALS[profile.standing])
        return replace(
            asked,
            name=profile.name or asked.name,
            zone=profile.zone,
            groups=await self._people.groups_of(asked.user),
            names=await self._people.names(mentioned(asked.text)),
        )

    # ── the ways back

    async def _show_privately(self, came: Came, answer: Answer) -> None:
        """Show an answer to who asked; in the Home tab, what was done is seen there, what was not is told."""
        if came.in_home and changes(came.asked.text):
            await self.home(home_of(came.asked.user), Run())
            if answer.may_be_shared:
                return
        message = await self._with_files(came, answer) if answer.attachments else answer.message
        await self._replies.privately(came.place, message, came.response_url, replace=bool(came.shown_to))

    async def _with_files(self, came: Came, answer: Answer) -> Message:
        """Show the files where they belong, and say in the private message where that is.

        From a message that all see they go into its thread, otherwise to the person: none is ever private
        in a channel.
        """
        files, asked = answer.attachments, came.asked
        what = kind_of(files)
        if asked.thread and asked.door in _ON_MESSAGES and not came.shown_to and not came.place.is_direct:
            try:
                if not await self._reaches_others(asked.channel):
                    await self._files.show(files, asked.channel, asked.thread)
                    return with_line(answer.message, f"{what} is in the thread.")
            except SlackError as error:
                self._not_shown(came, error)
        try:
            await self._files.show_to(files, asked.user)
        except SlackError as error:
            self._not_shown(came, error)
            return with_line(answer.message, instead_of(files, error))
        return with_line(answer.message, f"{what} is in your messages with the bot.")

    async def _show_to_all(self, came: Came, answer: Answer) -> None:
        """Show an answer to all, once, and take the private one away."""
        once = f"shared {came.asked.channel} {came.shown_to} {came.asked.text}" if came.shown_to else ""
        if once and self._under_way.is_known(once):
            return
        shown = shared_by(answer.message, came.asked.name)
        try:
            await self._replies.to_all(came.place, shown, came.response_url)
            if answer.attachments:
                await self._files.show(answer.attachments, came.place.channel, came.place.thread)
        except SlackError as error:
            self._under_way.forget(once)
            self._journal.warning("answer not shared", channel=came.asked.channel, code=error.code)
            await self._replies.privately(came.place, not_shared(error), came.response_url)
            return
        if came.shown_to:
            await self._replies.take_away(came.response_url)

    async def _reaches_others(self, channel: str) -> bool:
        """Whether people of another organisation read the channel; where Slack does not say, they may."""
        try:
            answer = await call(self._client.conversations_info, channel=channel)
        except SlackError:
            return True
        about = answer.get("channel") or {}
        return bool(about.get("is_ext_shared") or about.get("is_pending_ext_shared"))

    def _not_shown(self, came: Came, error: SlackError) -> None:
        self._journal.warning("file not shown", channel=came.place.channel, code=error.code)


_ON_MESSAGES = (Door.BUTTON, Door.SHORTCUT)


def unknown_person(error: SlackError) -> SlackError:
    """Say that nobody is served whom Slack does not name."""
    sentence = f"Slack did not tell the bot who you are, so it may not answer. {error.sentence}"
    return type(error)(sentence, code=error.code)


def not_shared(error: SlackError) -> Message:
    """Say that an answer was not shared, or that nobody knows."""
    sentence = escape(error.sentence)
    if getattr(error, "outcome_unknown", False):
        return Message(f"{sentence} It may have been shared all the same: look before you try again.")
    return Message(f"This could not be shared. {sentence}")
