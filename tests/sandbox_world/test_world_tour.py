"""The guided story ticks a step when its effect can be seen, and not before."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.sandbox.fleet import Fleet
from bot.sandbox.page import Step, Story
from bot.sandbox.world import Tour
from tests.sandbox_ocp.asking_ocp import small_fleet
from tests.sandbox_slack.simulated_slack_listener import Heard, hearing, respond
from tests.sandbox_slack.simulated_slack_stage import Stage

ALERT, STATUS, FILL, TAKE, QUIET, THREAD, MEND, KILL, AGAIN = TITLES = (
    *("Something is wrong already.", "Ask how everything stands.", "Fill a storage.", "Take it."),
    *("Keep it quiet.", "Ask in its thread.", "Mend it.", "Kill the bot, as a crash would."),
    "Start it again.",
)


@dataclass
class ToldBot:
    """A bot of which a test says how it is."""

    alive: bool = True
    deaths: int = 0
    open_tasks: Collection[str] = field(default_factory=tuple)
    anything_taken: bool = False
    anything_silenced: bool = False


@dataclass
class Told:
    """A tour, and everything that makes its steps happen."""

    on: Stage
    heard: Heard
    bot: ToldBot
    fleet: Fleet
    tour: Tour
    story: Story

    def done(self) -> list[str]:
        ticks = self.story.look()
        return [step.title for step, done in zip(self.story.steps, ticks, strict=True) if done]

    def step(self, title: str) -> Step:
        (found,) = [step for step in self.story.steps if step.title == title]
        return found

    async def post(self, text: str, thread: str | None = None, *, by_itself: bool = False) -> str:
        metadata = {"event_type": "told", "event_payload": {"id": "1"}} if by_itself else None
        posted = await self.on.client.chat_postMessage(
            channel="alerts", text=text, thread_ts=thread, metadata=metadata
        )
        return str(posted["ts"])

    async def fill(self) -> None:
        at = self.on.clock.now()
        self.fleet.fill_storage(self.fleet.tasks[0].storage, at)
        self.tour.told("fill", at)
        await self.on.clock.advance(1)


@asynccontextmanager
async def told() -> AsyncIterator[Told]:
    async with hearing() as (on, heard):
        bot, fleet = ToldBot(), small_fleet(on.clock.now())
        await on.clock.advance(60)
        tour = Tour(on.slack, fleet, bot, on.clock, "alerts")
        yield Told(on, heard, bot, fleet, tour, Story(tour.steps()))


async def test_at_first_nothing_has_happened() -> None:
    async with told() as of:
        assert of.done() == []
        assert tuple(step.title for step in of.story.steps) == TITLES


async def test_every_step_says_what_to_do() -> None:
    async with told() as of:
        assert all(step.watch and step.title.endswith(".") for step in of.story.steps)
        assert of.step(FILL).lever == "fill"
        assert of.step(MEND).lever == "mend"
        assert of.step(KILL).lever == of.step(AGAIN).lever == "bot"
        assert of.step(STATUS).text == "/logbackup status"
        assert of.step(THREAD).in_thread


async def test_an_alert_is_there_when_the_channel_shows_what_is_broken() -> None:
    async with told() as of:
        of.bot.open_tasks = ["pay/t0"]
        await of.on.slack.say("ben", "alerts", "is pay/t0 well?")
        await of.post("Now watching log backup")
        assert of.done() == []
        await of.post("pay/t0 has stopped")
        assert of.done() == [ALERT]


@pytest.mark.parametrize("words", ["", "status", "STATUS pay"])
async def test_a_question_counts_when_it_was_answered(words: str) -> None:
    async with told() as of:
        await of.on.slack.command("ben", "alerts", "/logbackup", words)
        url = (await of.heard.next())["response_url"]
        assert of.done() == []
        await of.on.clock.advance(1)
        await respond(url, text="4 tasks are well")
        assert of.done() == [STATUS]


async def test_another_question_is_not_that_one() -> None:
    async with told() as of:
        await of.on.slack.command("ben", "alerts", "/logbackup", "tasks")
        url = (await of.heard.next())["response_url"]
        await of.on.clock.advance(1)
        await respond(url, text="4 tasks")
        assert of.done() == []


async def test_a_command_that_failed_was_not_heard() -> None:
    async with told() as of:
        of.on.slack.dead_tickets = True
        of.on.slack.drop_sockets()
        await of.on.slack.command("ben", "alerts", "/logbackup", "status")
        assert of.done() == []
        of.on.slack.dead_tickets = False


async def test_a_question_in_a_thread_counts_when_it_was_answered_there() -> None:
    async with told() as of:
        parent = await of.post("alert")
        await of.on.slack.say("ben", "alerts", "@logbackup chart", parent)
        await of.heard.next()
        await of.on.slack.settled()
        await of.post("another alert", by_itself=True)
        await of.post("the alert got worse", parent, by_itself=True)
        assert of.done() == []
        await of.post("the chart", parent)
        assert of.done() == [THREAD]


async def test_a_mention_beside_the_alerts_is_no_question_in_a_thread_of_one() -> None:
    async with told() as of:
        asked = await of.on.slack.say("ben", "alerts", "@logbackup status")
        await of.heard.next()
        await of.on.slack.settled()
        await of.post("4 tasks", asked.ts)
        assert of.done() == [STATUS]
        await of.on.slack.say("ben", "alerts", "@logbackup status", asked.ts)
        await of.heard.next()
        await of.on.slack.settled()
        await of.post("4 tasks", asked.ts)
        assert of.done() == [STATUS]


async def test_what_is_written_to_the_bot_directly_is_answered_there() -> None:
    async with told() as of:
        direct = of.on.slack.dm("ben")
        await of.on.slack.say("ben", direct, "status")
        await of.heard.next()
        await of.on.slack.settled()
        assert of.done() == []
        await of.on.client.chat_postMessage(channel=direct.id, text="4 tasks")
        assert of.done() == [STATUS]


async def test_taking_and_silencing_count_when_the_bot_has_it_so() -> None:
    async with told() as of:
        of.bot.anything_taken = True
        assert of.done() == [TAKE]
        of.bot.anything_silenced = True
        assert of.done() == [TAKE, QUIET]


async def test_a_filled_storage_counts_when_the_bot_has_told_of_it_and_mended_when_it_is_over() -> None:
    async with told() as of:
        await of.fill()
        of.bot.open_tasks = [of.fleet.tasks[0].name]
        await of.on.clock.advance(120)
        await of.post("something else")
        assert of.done() == []
        await of.post(f"tasks that write to {of.fleet.tasks[0].storage} have stopped")
        assert FILL in of.done()
        of.fleet.mend_all(of.on.clock.now())
        assert MEND not in of.done()
        of.bot.open_tasks = ["crm"]
        assert MEND in of.done()


async def test_it_is_not_mended_while_the_storage_is_full_or_the_bot_cannot_see_it() -> None:
    """Somebody may resolve the incident by hand, and a dead bot has no open incident."""
    async with told() as of:
        await of.fill()
        of.bot.open_tasks = [of.fleet.tasks[0].name]
        await of.post(f"{of.fleet.tasks[0].name} has stopped")
        assert FILL in of.done()
        of.bot.open_tasks = []
        assert MEND not in of.done()
        of.fleet.mend_all(of.on.clock.now())
        of.bot.alive = False
        assert MEND not in of.done()
        of.bot.alive = True
        assert MEND in of.done()


async def test_what_was_told_already_tells_nothing_of_the_storage() -> None:
    async with told() as of:
        known, *others = [one.name for one in of.fleet.tasks if one.storage == of.fleet.tasks[0].storage]
        of.bot.open_tasks = [known]
        await of.fill()
        await of.post(f"{known} is catching up")
        assert FILL not in of.done()
        of.bot.open_tasks = [known, *others]
        await of.post(f"{others[0]} has stopped")
        assert FILL in of.done()


async def test_a_lever_that_found_nothing_to_break_takes_nothing_back() -> None:
    async with told() as of:
        await of.fill()
        of.bot.open_tasks = [of.fleet.tasks[0].name]
        await of.on.clock.advance(1)
        of.tour.told("fill", of.on.clock.now())
        await of.post(f"{of.fleet.tasks[0].name} has stopped")
        assert FILL in of.done()


async def test_the_bot_s_death_and_its_return_are_seen() -> None:
    async with told() as of:
        of.bot.deaths, of.bot.alive = 1, False
        assert of.done() == [KILL]
        of.bot.alive = True
        assert of.done() == [KILL, AGAIN]
        of.bot.deaths = 0
        assert len(of.done()) == 2
