"""The guided story ticks a step when it has really happened, and not before."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.commands.verbs import BY_NAME
from bot.sandbox.fleet import Fleet
from bot.sandbox.page import Step, Story
from bot.sandbox.world import Tour
from tests.fakes.manual_clock import START as FLEET_START
from tests.sandbox_ocp.asking_ocp import small_fleet
from tests.sandbox_slack.simulated_slack_listener import Heard, hearing
from tests.sandbox_slack.simulated_slack_parts import actions
from tests.sandbox_slack.simulated_slack_stage import Stage, button, modal, text_input


@dataclass
class ToldBot:
    """A bot of which a test says how it is."""

    alive: bool = True
    deaths: int = 0
    open_tasks: Collection[str] = field(default_factory=tuple)


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
        (found,) = [step for step in self.story.steps if step.title.startswith(title)]
        return found


@asynccontextmanager
async def told() -> AsyncIterator[Told]:
    async with hearing() as (on, heard):
        bot, fleet = ToldBot(), small_fleet(FLEET_START)
        tour = Tour(on.slack, fleet, bot, "alerts")
        yield Told(on, heard, bot, fleet, tour, Story(tour.steps()))


async def test_at_first_nothing_has_happened() -> None:
    async with told() as of:
        assert of.done() == []


def test_every_step_says_what_to_do() -> None:
    tour = Tour(None, small_fleet(FLEET_START), ToldBot(), "alerts")  # type: ignore[arg-type] # not asked
    for step in tour.steps():
        assert step.watch
        assert step.title.endswith(".")


async def test_an_alert_is_there_when_it_was_posted() -> None:
    async with told() as of:
        of.bot.open_tasks = ["pay/t0"]
        assert of.done() == []
        await of.on.client.chat_postMessage(channel="alerts", text="pay/t0 has stopped")
        assert of.done() == ["Something is wrong already."]


@pytest.mark.parametrize("words", ["", "status", "STATUS pay"])
async def test_asking_how_everything_stands_is_heard(words: str) -> None:
    async with told() as of:
        await of.on.slack.command("ben", "alerts", "/logbackup", words)
        assert of.done() == ["Ask how everything stands."]


async def test_a_command_that_failed_was_not_heard() -> None:
    async with told() as of:
        of.on.slack.dead_tickets = True
        of.on.slack.drop_sockets()
        await of.on.slack.command("ben", "alerts", "/logbackup", "status")
        assert of.done() == []
        of.on.slack.dead_tickets = False


async def test_a_question_in_a_thread_counts_when_it_was_answered_there() -> None:
    async with told() as of:
        parent = str((await of.on.client.chat_postMessage(channel="alerts", text="alert"))["ts"])
        await of.on.slack.say("ben", "alerts", "@logbackup tasks", parent)
        await of.heard.next()
        assert "Ask in the thread of an alert." not in of.done()
        await of.on.client.chat_postMessage(channel="alerts", text="4 tasks", thread_ts=parent)
        assert "Ask in the thread of an alert." in of.done()


@pytest.mark.skipif("ack" not in BY_NAME, reason="the bot has no such verb")
@pytest.mark.parametrize("door", ["mention", "button"])
async def test_taking_it_is_heard_through_each_door(door: str) -> None:
    async with told() as of:
        block = actions(button("command:ack 1", value="ack 1"))
        ts = str((await of.on.client.chat_postMessage(channel="alerts", text="alert", blocks=[block]))["ts"])
        if door == "mention":
            await of.on.slack.say("ben", "alerts", "@logbackup ack", ts)
            await of.heard.next()
            await of.on.slack.settled()
        else:
            await of.on.slack.click("ben", "alerts", ts, "command:ack 1")
        assert "Take it." in of.done()


@pytest.mark.skipif("silence" not in BY_NAME, reason="the bot has no such verb")
async def test_keeping_it_quiet_counts_when_the_dialog_was_submitted() -> None:
    async with told() as of:
        await of.on.slack.command("anna", "alerts", "/logbackup", "tasks")
        trigger = (await of.heard.next())["trigger_id"]
        view = modal(text_input(), callback_id="dialog:silence")
        await of.on.client.views_open(trigger_id=trigger, view=view)
        assert "Keep one quiet." not in of.done()
        await of.on.slack.submit_view("anna", of.on.slack.modals("anna")[0].id, {"reason": "a disk"})
        assert "Keep one quiet." in of.done()


async def test_a_filled_storage_counts_when_the_bot_has_told_of_it_and_mended_when_it_is_over() -> None:
    async with told() as of:
        at = FLEET_START + timedelta(minutes=1)
        of.fleet.fill_storage(of.fleet.tasks[0].storage, at)
        of.tour.told("fill", at)
        of.bot.open_tasks = ["pay/t1"]
        assert of.done() == []
        await of.on.clock.advance(120)
        await of.on.client.chat_postMessage(channel="alerts", text="5 tasks have stopped")
        assert "Fill a storage." in of.done()
        assert "Mend it." not in of.done()
        of.bot.open_tasks = ["crm"]
        assert "Mend it." in of.done()


async def test_the_bot_s_death_and_its_return_are_seen() -> None:
    async with told() as of:
        of.bot.deaths, of.bot.alive = 1, False
        assert of.done() == ["Kill the bot, as a crash would."]
        of.bot.alive = True
        assert of.done() == ["Kill the bot, as a crash would.", "Start it again."]
        of.bot.deaths = 0
        assert len(of.done()) == 2


async def test_a_step_names_a_lever_or_a_text_to_send() -> None:
    async with told() as of:
        assert of.step("Fill").lever == "fill"
        assert of.step("Mend").lever == "mend"
        assert of.step("Kill").lever == of.step("Start").lever == "bot"
        assert of.step("Ask how").text == "/logbackup status"
