"""Where the database cannot be read, what is at hand is shown, and it is said what is not."""

from dataclasses import replace

import pytest

from bot.commands import Door
from bot.views.health_report import BotHealth
from tests.operations.answering_stage import ANA, Talk, one_broken, said

AWAY = "PostgreSQL cannot be reached."
NOT_READ = "The database cannot be read just now."


async def without_database() -> tuple[Talk, str]:
    """Set a stage on which pay/orders has failed, and then the database went away."""
    talk, alert = await one_broken()
    talk.stage.memory.broken = AWAY
    return talk, alert.ts


@pytest.mark.parametrize("text", ["status", "tasks", "task pay/orders", "help"])
async def test_what_is_watched_is_answered_as_ever(text: str) -> None:
    talk, _ = await one_broken()
    before = await talk.say(text)
    talk.stage.memory.broken = AWAY
    assert said(await talk.answering.answer(talk.asked(text))) == said(before)


async def test_the_open_incidents_are_listed_and_it_says_what_is_missing() -> None:
    talk, _ = await without_database()
    answer = said(await talk.answering.answer(talk.asked("incidents")))
    assert "1 open incident" in answer
    assert "pay/orders" in answer
    assert NOT_READ in answer


async def test_an_open_incident_is_shown_as_last_read() -> None:
    talk, _ = await without_database()
    answer = said(await talk.answering.answer(talk.asked("incident 1")))
    assert "Log backup has failed" in answer
    assert NOT_READ in answer


async def test_an_incident_that_is_not_at_hand_cannot_be_shown() -> None:
    talk, _ = await without_database()
    assert AWAY in said(await talk.answering.answer(talk.asked("incident 2")))


async def test_in_a_thread_everything_is_shown() -> None:
    """Which incident the thread is of is not at hand."""
    talk, thread = await without_database()
    asked = talk.asked("status", thread=thread, door=Door.MENTION)
    assert "3 tasks" in said(await talk.answering.answer(asked))


async def test_the_home_tab_shows_the_fleet() -> None:
    talk, _ = await one_broken()
    asked = talk.asked("", by=ANA)

    async def told() -> BotHealth:
        return talk.health

    answering = replace(talk.answering, health=told)
    before = await answering.home(asked)
    talk.stage.memory.broken = AWAY
    assert await answering.home(asked) == before


async def test_what_would_change_something_is_refused_with_the_reason() -> None:
    talk, _ = await without_database()
    assert AWAY in said(await talk.answering.answer(talk.asked("ack 1")))
