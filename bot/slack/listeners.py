"""What Slack sends in: every payload becomes one command, is done once, and is acknowledged in time."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError
from bot.operations.answering import Answer, Mistaken
from bot.operations.ports import Journal
from bot.slack.answers import Answering, Answers
from bot.slack.dialogs import OURS, at_the_first, by_submission, errors_for, place_of, view_of
from bot.slack.payloads import (
    PRESSED,
    SHARE,
    SHARE_ANYWAY,
    SHORTCUTS,
    Came,
    by_command,
    by_event,
    by_home,
    by_press,
    by_shortcut,
    changes,
    part_of,
    with_place,
)
from bot.slack.people import People
from bot.slack.replies import Replies
from bot.slack.under_way import About, Run, UnderWay, unmarked
from bot.views.blocks import escape

COMMAND = "/logbackup"
ANYTHING = re.compile(r".*", re.DOTALL)
LATER = 503
SLOW = "This takes longer than usual and may still be done. Press the button again in a moment to see."
NOT_DONE = "Something went wrong inside the bot, and this may not have been done. Its log has the details."

Way = Callable[[Came, Run], Awaitable[None]]


def listen(
    app: AsyncApp,
    answering: Answering,
    people: People,
    client: AsyncWebClient,
    replies: Replies,
    journal: Journal,
    about: About = unmarked,
) -> "Doors":
    """Register every listener; the catch-alls last, so that nothing comes again unacknowledged.

    What one payload asks for is done inside ``about``, so that the lines of the log can be told apart.
    """
    under_way = UnderWay(journal, about)
    doors = Doors(Answers(answering, people, client, replies, under_way, journal), under_way, journal)
    app.error(doors.on_error)
    app.use(doors.on_event)
    app.command(COMMAND)(doors.on_command)
    app.event("app_mention")(acknowledge)
    app.event("message")(acknowledge)
    app.event("app_home_opened")(doors.on_home)
    app.action(PRESSED)(doors.on_press)
    for callback in SHORTCUTS:
        app.message_shortcut(callback)(doors.on_shortcut)
    app.view(OURS)(doors.on_submit)
    app.command(ANYTHING)(doors.on_unknown_command)
    app.action(ANYTHING)(acknowledge)
    app.event(ANYTHING)(acknowledge)
    app.shortcut(ANYTHING)(acknowledge)
    app.view(ANYTHING)(acknowledge)
    app.view_closed(ANYTHING)(acknowledge)
    app.options(ANYTHING)(acknowledge)
    return doors


async def acknowledge(ack: AsyncAck) -> None:
    """Acknowledge what needs nothing else."""
    await ack()


class Doors:
    """The doors: a slash command, a mention, a direct message, a button, a shortcut, a dialog, the Home tab.

    What a payload asks for is done as a task of its own, once however often Slack delivers the payload.
    What changes something is acknowledged when it is done: a bot that dies before that leaves Slack to
    bring an event again, and to tell whoever pressed or typed that nothing answered.
    """

    def __init__(self, answers: Answers, under_way: UnderWay, journal: Journal) -> None:
        self._answers = answers
        self.under_way = under_way
        self._journal = journal

    async def close(self, within: timedelta) -> None:
        """Let the answers under way end, for so long; the rest is dropped."""
        await self.under_way.close(within)

    async def on_event(
        self, body: dict[str, Any], next_: Callable[[], Awaitable[None]]
    ) -> BoltResponse | None:
        """Take mentions and direct messages before Bolt acknowledges them.

        An act that is not over in time is not acknowledged: Slack brings it again, and finds it done.
        """
        came = by_event(body)
        if came is not None:
            run = self._begin(came, self._answers.in_thread)
            if changes(came.asked.text) and not await run.in_time():
                self._journal.warning("act not over in time", door=came.asked.door.value)
                return BoltResponse(status=LATER, body="")
        await next_()
        return None

    async def on_error(self, response: BoltResponse | None) -> BoltResponse | None:
        """Take note of a payload that Bolt or the bot could not read; it is not to come again."""
        self._journal.error("payload not read", door="bolt")
        return None if response is None else BoltResponse(status=200, body="")

    async def on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Answer a slash command privately."""
        await self._acknowledged(ack, by_command(body), self._answers.privately)

    async def on_unknown_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Say which command there is."""
        name = escape(str(body.get("command") or "")[:50])
        await ack(f"The bot knows no {name}. Type {COMMAND} help.")

    async def on_press(self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        """Do what a button says, be it in a message, in a dialog or in the Home tab."""
        came = by_press(body, action)
        if came.view and not came.in_home:
            place, thread = place_of(part_of(body, "view"), came.asked.user)
            came = with_place(came, place, thread)
        way = self._answers.share if came.act in (SHARE, SHARE_ANYWAY) else self._answers.privately
        await self._acknowledged(ack, came, way)

    async def on_shortcut(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Do what a shortcut in a message's menu says."""
        came = by_shortcut(body)
        if came is None:
            await ack()
            return
        await self._acknowledged(ack, came, self._answers.privately)

    async def on_home(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Show the Home tab."""
        await ack()
        came = by_home(body)
        if came is not None:
            self._begin(came, self._answers.home)

    async def on_submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Do what a dialog says before it closes, so that what was filled in is never lost."""
        came, filled = by_submission(body)
        view = part_of(body, "view")
        run = self.under_way.begin(
            came.key, came.asked.door.value, partial(self._answers.submit, came, filled)
        )
        in_time = await run.in_time()
        outcome = run.outcome
        if isinstance(outcome, Answer):
            if outcome.dialog is None:
                await ack(response_action="clear")
                return
            following = view_of(outcome.dialog, came.place, came.asked.thread, in_home=came.in_home)
            if following is not None:
                await ack(response_action="update", view=following)
                return
            outcome = BotError(NOT_DONE)
        run.is_late = run.is_late or not in_time
        errors = _errors(view, outcome, in_time=in_time)
        if errors:
            await ack(response_action="errors", errors=errors)
            return
        await ack(response_action="clear")
        if isinstance(outcome, Mistaken | BotError):
            await self._answers.tell(came, outcome)

    async def _acknowledged(self, ack: AsyncAck, came: Came, way: Way) -> None:
        """Begin the work; acknowledge what only reads at once, what changes something when it is done."""
        run = self._begin(came, way)
        if changes(came.asked.text):
            await run.in_time()
        await ack()

    def _begin(self, came: Came, way: Way) -> Run:
        async def work(run: Run) -> None:
            await way(came, run)

        return self.under_way.begin(came.key, came.asked.door.value, work)


def _errors(view: Any, outcome: Mistaken | BotError | None, *, in_time: bool) -> dict[str, str]:  # noqa: ANN401 - Slack's JSON
    """Say in a dialog what is wrong with it, or what went wrong."""
    if isinstance(outcome, Mistaken):
        return errors_for(view, outcome)
    if isinstance(outcome, BotError):
        return at_the_first(view, outcome.sentence)
    return at_the_first(view, NOT_DONE if in_time else SLOW)
