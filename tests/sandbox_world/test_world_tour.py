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

ALERT, STATUS, FILL, TAKE, QUIET, THREAD, MEND, KILL, MEANWHILE, AGAIN = TITLES = (
    *("Something is wrong already.", "Ask how everything stands.", "Fill a storage.", "Take it."),
    *("Keep it quiet.", "Ask in its thread.", "Mend it.", "Kill the bot, as a crash would."),
    *("Break something meanwhile.", "Start it again."),
)


@dataclass
class ToldBot:
    """A bot of which a test says how it is."""

    runs: bool = True
    alive: bool = True
    deaths: int = 0
    open_tasks: Collection[str] = field(default_factory=tuple)
    taken: Collection[str] = field(default_factory=tuple)
    silenced: Collection[str] = field(default_factory=tuple)

    def is_taken(self, tasks: Collection[str]) -> bool:
        return not set(self.taken).isdisjoint(tasks)

    def is_silenced(self, tasks: Collection[str]) -> bool:
        return not set(self.silenced).isdisjoint(tasks)


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

    def waits(self) -> bool:
        return self.story.waits

    def step(self, title: str) -> Step:
        (found,) = [step for step in self.story.steps if step.title == title]
        return found

    def shown(self, title: str) -> str | None:
        """Give the ts of the message that a step leads to, and take it for read."""
        place = self.step(title).message()
        self.story.show(TITLES.index(title))
        return None if place is None else place.ts

    async def post(self, text: str, thread: str | None = None, *, by_itself: bool = False) -> str:
        metadata = {"event_type": "told", "event_payload": {"id": "1"}} if by_itself else None
        posted = await self.on.client.chat_postMessage(
            channel="alerts", text=text, thread_ts=thread, metadata=metadata
        )
        return str(posted["ts"])

    async def fill(self) -> list[str]:
        """Fill the storage of five tasks; returns their names."""
        at = self.on.clock.now()
        storage = self.fleet.tasks[0].storage
        self.fleet.fill_storage(storage, at)
        self.tour.told("fill", at)
        await self.on.clock.advance(1)
        return [one.name for one in self.fleet.tasks if one.storage == storage]


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
        assert of.step(MEANWHILE).lever == "interrupt"
        assert of.step(STATUS).text == "/logbackup status"
        assert of.step(THREAD).in_thread


async def test_an_alert_is_there_when_the_channel_shows_what_is_broken() -> None:
    async with told() as of:
        of.bot.open_tasks = ["pay/t0"]
        await of.on.slack.say("ben", "alerts", "is pay/t0 well?")
        await of.post("Now watching log backup")
        assert of.done() == []
        assert of.shown(ALERT) is None
        ts = await of.post("pay/t0 has stopped")
        assert of.shown(ALERT) == ts
        assert of.done() == [ALERT]


async def test_an_alert_counts_when_somebody_was_shown_it() -> None:
    async with told() as of:
        of.bot.open_tasks = ["pay/t0"]
        await of.post("pay/t0 has stopped")
        assert of.done() == []
        of.story.show(TITLES.index(ALERT))
        assert of.done() == [ALERT]


async def test_time_may_hurry_until_the_first_alert_is_there() -> None:
    async with told() as of:
        assert not of.waits()
        of.fleet.interrupt("pay/t0", of.on.clock.now())
        await of.on.clock.advance(1)
        assert of.waits()
        of.bot.open_tasks = ["pay/t0"]
        await of.post("pay/t0 is interrupted")
        assert not of.waits()


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
        names = await of.fill()
        of.bot.taken = of.bot.silenced = ["crm"]
        assert of.done() == []
        of.bot.taken = names[:1]
        assert of.done() == [TAKE]
        of.bot.silenced = names[:1]
        assert of.done() == [TAKE, QUIET]


async def test_a_filled_storage_counts_when_one_message_tells_of_it_and_mended_when_it_is_over() -> None:
    async with told() as of:
        of.bot.open_tasks = names = await of.fill()
        await of.on.clock.advance(120)
        await of.post("something else")
        await of.post(f"{names[0]} has stopped")
        assert of.done() == []
        assert of.waits()
        assert of.shown(TAKE) is None
        of.bot.open_tasks = names[:-1]
        group = await of.post(f"{', '.join(names[:-1])} have stopped")
        assert of.done() == []
        of.bot.open_tasks = names
        assert of.done() == [FILL]
        assert not of.waits()
        await of.post(f"{names[0]} is getting worse")
        assert of.shown(TAKE) == of.shown(QUIET) == of.shown(THREAD) == group
        of.fleet.mend_all(of.on.clock.now())
        assert of.done() == [FILL]
        assert of.waits()
        of.bot.open_tasks = ["crm"]
        assert of.done() == [FILL, MEND]
        assert not of.waits()


async def test_of_few_tasks_each_has_its_own_message() -> None:
    async with told() as of:
        at, whole = of.on.clock.now(), of.fleet.tasks[-1]
        of.fleet.fill_storage(whole.storage, at)
        of.tour.told("fill", at)
        await of.on.clock.advance(1)
        of.bot.open_tasks = [whole.name]
        await of.post(f"{whole.name} has stopped")
        assert of.done() == [FILL]


async def test_it_is_not_mended_while_the_storage_is_full_or_the_bot_cannot_see_it() -> None:
    """Somebody may resolve the incident by hand, and a dead bot has no open incident."""
    async with told() as of:
        of.bot.open_tasks = names = await of.fill()
        await of.post(f"{', '.join(names)} have stopped")
        assert of.done() == [FILL]
        of.bot.open_tasks = []
        assert of.done() == [FILL]
        of.fleet.mend_all(of.on.clock.now())
        of.bot.alive = False
        assert of.done() == [FILL]
        of.bot.alive = True
        assert of.done() == [FILL, MEND]


async def test_what_was_told_already_tells_nothing_of_the_storage() -> None:
    async with told() as of:
        await of.post("pay/t0, pay/t1, pay/t2 and pay/t3 had stopped")
        await of.on.clock.advance(1)
        of.bot.open_tasks = ["pay/t0"]
        names = await of.fill()
        await of.post("pay/t0 is catching up")
        assert of.done() == []
        of.bot.open_tasks = names
        assert of.done() == []
        await of.post(f"{', '.join(names[1:])} have stopped")
        assert of.done() == [FILL]


async def test_a_lever_that_found_nothing_to_break_takes_nothing_back() -> None:
    async with told() as of:
        of.bot.open_tasks = names = await of.fill()
        await of.on.clock.advance(1)
        of.tour.told("fill", of.on.clock.now())
        await of.post(f"{', '.join(names)} have stopped")
        assert of.done() == [FILL]


async def test_the_bot_s_death_and_its_return_are_seen() -> None:
    async with told() as of:
        of.bot.deaths, of.bot.alive, of.bot.runs = 1, False, False
        assert of.done() == [KILL]
        assert not of.waits()
        of.bot.runs = True
        assert of.waits()
        of.bot.alive = True
        assert not of.waits()
        assert of.done() == [KILL, AGAIN]
        of.bot.deaths = 0
        assert len(of.done()) == 2


async def test_what_broke_while_the_bot_was_dead_is_told_and_shown_before_the_story_ends() -> None:
    async with told() as of:
        at = of.on.clock.now()
        of.fleet.interrupt("pay/t0", at)
        of.tour.told("interrupt", at)
        assert of.done() == []
        await of.on.clock.advance(1)
        of.bot.deaths, of.bot.alive, of.bot.runs = 1, False, False
        at = of.on.clock.now()
        of.fleet.interrupt("pay/t1", at)
        of.tour.told("interrupt", at)
        assert of.done() == [KILL, MEANWHILE]
        of.bot.alive = of.bot.runs = True
        of.bot.open_tasks = ["pay/t1"]
        assert of.done() == [KILL, MEANWHILE]
        assert of.waits()
        ts = await of.post("pay/t1 is interrupted")
        assert not of.waits()
        assert of.done() == [KILL, MEANWHILE]
        assert of.shown(AGAIN) == ts
        assert of.done() == [KILL, MEANWHILE, AGAIN]
