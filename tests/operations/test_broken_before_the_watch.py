"""What was broken already when the watch began: nobody knows since when, and nothing claims to."""

from datetime import timedelta

import pytest

from tests.fakes.listed_source import PAY
from tests.operations.answering_stage import Talk, one_broken, said
from tests.operations.operations_stage import broken


async def broken_already(minutes: int) -> Talk:
    """Set a stage on which pay/orders was broken at the first look, so many minutes ago."""
    talk = Talk()
    began = talk.stage.clock.now() - timedelta(hours=3)
    talk.stage.source.rows[PAY] = broken("orders", since=began)
    await talk.stage.poll()
    await talk.stage.poll(1, timedelta(minutes=minutes))
    return talk


@pytest.mark.parametrize("text", ["status", "status pay", "incidents", "digest"])
async def test_lists_say_for_how_long_at_least(text: str) -> None:
    talk = await broken_already(2)
    assert "for at least 2 min" in said(await talk.say(text))


async def test_the_incident_says_before_when_it_began() -> None:
    talk = await broken_already(2)
    told = said(await talk.say("incident 1"))
    assert "Since before <!date" in told
    assert ", for at least 2 min." in told


async def test_the_task_says_so_too() -> None:
    talk = await broken_already(2)
    assert "Incident 1, since before <!date" in said(await talk.say("task pay/orders"))


async def test_what_broke_while_it_was_watched_broke_then() -> None:
    talk, _ = await one_broken()
    await talk.stage.poll(1, timedelta(minutes=2))
    for text in ("status", "incidents", "incident 1", "task pay/orders"):
        told = said(await talk.say(text))
        assert "for 2 min" in told
        assert "before" not in told
        assert "at least" not in told


async def test_at_the_first_look_itself_it_is_older_than_the_watch() -> None:
    talk = await broken_already(0)
    assert "FAILED since before the watch began" in said(await talk.say("status"))
    assert ", since before the watch began" in said(await talk.say("incidents"))
