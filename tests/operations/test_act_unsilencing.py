"""Ending a silence by the name of what it mutes: only where it is clear which, and where it mutes no more."""

import pytest

from bot.domain.silence import Ending, SilenceNumber
from tests.operations.answering_stage import Talk, buttons, group_broken, one_broken


async def active(talk: Talk) -> list[int]:
    """Give the silences that are not over."""
    return [one.number for one in await talk.stage.store.silences() if one.ended_at is None]


@pytest.mark.parametrize(
    ("silenced", "named"),
    [
        pytest.param("silence pay/orders 2h", "unsilence pay/orders", id="in the same words"),
        pytest.param("silence pay/orders 2h", "unsilence PAY/Orders", id="whatever the case"),
        pytest.param("silence 1 2h", "unsilence pay/orders", id="of its incident"),
        pytest.param("silence pay/orders 2h", "unsilence pay", id="as a part of what is named"),
        pytest.param("silence cluster:pay tenant:orders 2h", "unsilence pay/orders", id="written otherwise"),
        pytest.param(
            "silence cluster:pay problem:failed 2h", "unsilence cluster:pay", id="by the words of its filter"
        ),
    ],
)
async def test_the_one_silence_of_what_is_named_is_ended(silenced: str, named: str) -> None:
    talk, _ = await one_broken()
    await talk.say(silenced)
    answer = await talk.say(named)
    assert "Silence 1 is over" in answer.message.text
    ended = await talk.stage.store.silence(SilenceNumber(1))
    assert ended is not None
    assert ended.ending is Ending.BY_HAND


@pytest.mark.parametrize(
    ("silenced", "more"),
    [
        pytest.param("silence pay 2h", "pay", id="the whole cluster"),
        pytest.param("silence pay/* 2h", "pay/∗", id="a glob"),
        pytest.param("silence cluster:pay 2h", "cluster pay", id="by a filter"),
    ],
)
async def test_a_silence_of_more_than_what_is_named_is_not_ended(silenced: str, more: str) -> None:
    talk, _ = await one_broken()
    await talk.say(silenced)
    answer = await talk.say("unsilence pay/orders")
    what = f"What silences “pay/orders” is silence 1, and that mutes more: {more}."
    assert f"{what} To end all of it: unsilence 1." in answer.message.text
    assert buttons(answer)[0] == "unsilence 1"
    assert await active(talk) == [1]


async def test_the_silence_of_a_group_is_not_ended_for_one_of_its_members() -> None:
    talk, alert = await group_broken()
    await talk.mention("silence 2h", alert)
    assert "that mutes more: group" in (await talk.say("unsilence pay/t0")).message.text
    assert "Silence 1 is over" in (await talk.say("unsilence pay")).message.text


async def test_of_several_silences_it_is_asked_which() -> None:
    talk, _ = await one_broken()
    for _ in range(5):
        await talk.say("silence pay/orders 2h")
    await talk.say("unsilence 5")
    answer = await talk.say("unsilence pay/orders")
    listed = ", ".join(f"{number} (pay/orders)" for number in range(1, 5))
    assert f"4 silences are about “pay/orders”: {listed}. Say its number." in answer.message.text
    assert buttons(answer)[:4] == [f"unsilence {number}" for number in range(1, 5)]
    await talk.say("silence pay/orders 2h")
    assert "4 (pay/orders) and 1 more. Say" in (await talk.say("unsilence pay/orders")).message.text
    assert await active(talk) == [1, 2, 3, 4, 6]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        pytest.param("unsilence pay/orders", "Nothing silences “pay/orders” now.", id="nothing silences it"),
        pytest.param("unsilence pya", "Nothing that is watched is called", id="nothing is called so"),
        pytest.param("unsilence this", "Say which silence, by its number", id="nothing is named"),
    ],
)
async def test_where_no_silence_is_meant_that_is_said(named: str, said: str) -> None:
    talk, _ = await one_broken()
    assert said in (await talk.say(named)).message.text
