"""Silences people make: what they mute is said, who may is checked, and a failure is never lost."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands import Door
from bot.domain.handling import Actor, UserId
from bot.domain.permission import Grant, Permission, Permissions
from bot.domain.silence import Ending, Silence, SilenceNumber
from bot.domain.task import Cluster
from tests.fakes.listed_source import PAY, PROD, SHOP
from tests.operations.answering_stage import (
    ANA,
    BO,
    ListedPeople,
    Talk,
    break_tenants,
    buttons,
    group_broken,
    one_broken,
    said,
)
from tests.operations.operations_stage import ID, broken, well

HOUR = timedelta(hours=1)


async def silence_of(talk: Talk, number: int = 1) -> Silence:
    found = await talk.stage.store.silence(SilenceNumber(number))
    assert found is not None
    return found


async def test_in_its_thread_the_words_say_how_long_and_why() -> None:
    talk, alert = await one_broken()
    answer = await talk.mention("silence 2h storage team is on it", alert)
    assert answer.done
    assert "mutes 1 open incident now: pay/orders (failed)" in answer.message.text
    assert buttons(answer) == ["unsilence 1", "silences"]
    made = await silence_of(talk)
    assert made.matcher.numbers == (1,)
    assert made.ends_at == talk.stage.clock.now() + 2 * HOUR
    assert (made.author is not None, made.reason) == (True, "storage team is on it")
    assert made.channel == ID
    assert "Ana silenced incident 1" in talk.thread(alert)[-1]
    ((sentence, who),) = await talk.trail()
    assert sentence.startswith("silenced it for 2 h (")
    assert sentence.endswith("(silence 1): storage team is on it")
    assert who == "Ana"
    assert "Silenced" in str(alert.edits[-1].blocks)


async def test_without_a_time_it_lasts_as_long_as_is_usual() -> None:
    talk, _ = await one_broken()
    await talk.say("silence 1")
    assert (await silence_of(talk)).ends_at == talk.stage.clock.now() + talk.limits.default


async def test_times_are_those_of_whoever_says_them() -> None:
    talk, _ = await one_broken()
    await talk.say("silence 1 until 23:00", zone=ZoneInfo("Asia/Shanghai"))
    ends_at = (await silence_of(talk)).ends_at
    assert ends_at is not None
    assert ends_at.astimezone(ZoneInfo("Asia/Shanghai")).hour == 23


async def test_until_resolved_has_no_end() -> None:
    talk, alert = await one_broken()
    await talk.mention("silence until resolved", alert)
    assert (await silence_of(talk)).ends_at is None
    ((sentence, _),) = await talk.trail()
    assert sentence == "silenced it until it is over (silence 1)"


async def test_a_length_is_told_as_it_was_asked_for() -> None:
    """The moments that Slack takes to say who asks are no part of it."""
    talk, _ = await one_broken()

    class SlowPeople(ListedPeople):
        async def person(self, user_id: str) -> Actor:
            talk.stage.clock.advance(timedelta(seconds=2))
            return await super().person(user_id)

    talk.people = SlowPeople()
    await talk.say("silence 1 45m", name="")
    ((sentence, _),) = await talk.trail()
    assert sentence.startswith("silenced it for 45 min (")


async def test_a_name_mutes_all_that_it_means_and_is_told_in_their_threads() -> None:
    talk, alert = await one_broken()
    answer = await talk.say("silence pay/* problem:failed 1h disk swap")
    assert "mutes 1 open incident" in answer.message.text
    (reply,) = talk.thread(alert)
    assert "Ana silenced pay/∗ (only what is failed) until" in reply
    assert "disk swap" in reply
    assert [sentence[:12] for sentence, _ in await talk.trail()] == ["silenced it "]
    await talk.say("unsilence 1")
    assert "Ana ended the silence" in " ".join(talk.thread(alert))


async def test_what_a_name_does_not_mute_is_told_only_where_it_was_said() -> None:
    talk, alert = await one_broken()
    await talk.say("silence shop* 1h")
    assert talk.thread(alert) == []
    await talk.mention("silence shop* 1h", alert)
    (reply,) = talk.thread(alert)
    assert "Ana silenced shop∗" in reply


async def test_a_name_is_told_once_in_a_thread_whatever_it_is_about() -> None:
    """Neither where it was said nor where several of what it mutes are told of."""
    talk, alert = await group_broken(6)
    await talk.say("silence pay/* 1h")
    assert len(talk.thread(alert)) == 1
    await talk.mention("silence pay/* 2h", alert)
    assert len(talk.thread(alert)) == 2


async def test_a_name_that_mutes_many_or_nothing_yet_is_told_by_no_reply() -> None:
    """Their messages show it all the same, and what is planned once it has begun."""
    talk, alert = await group_broken(12)
    await talk.say("silence pay/* 1h")
    assert talk.thread(alert) == []
    assert "Silenced" in str(alert.edits[-1].blocks)
    alone, own = await one_broken()
    await alone.say("silence pay/orders from 23:00 for 1h")
    assert await alone.stage.store.silences()
    assert alone.thread(own) == []


async def test_what_breaks_later_is_muted_too_and_nothing_is_hidden() -> None:
    talk, _ = await one_broken()
    await talk.say("silence pay 1h")
    before = len(talk.stage.parents())
    await break_tenants(talk, "orders", "ledger", well_are=("stock",))
    assert len(talk.stage.parents()) == before
    assert "silenced" in said(await talk.say("incidents"))
    listed = await talk.say("silences")
    assert "mutes 2 open incidents" in listed.message.text


async def test_a_silence_can_begin_later() -> None:
    talk, _ = await one_broken()
    answer = await talk.say("silence 1 from:22:00 2h planned work")
    made = await silence_of(talk)
    assert made.starts_at.hour == 22
    assert made.ends_at == made.starts_at + 2 * HOUR
    assert not made.started
    assert made.muted_at is None
    assert "Silenced from" in answer.message.text
    assert " from " in (await talk.trail())[0][0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("silence 77 2h", "There is no incident 77.", id="a number that nobody knows"),
        pytest.param("silence pya 2h", "Nothing that is watched is called", id="a name that nobody knows"),
        pytest.param("silence 1 40d", "A silence lasts 30 d here at most", id="longer than anything lasts"),
        pytest.param("silence 1 problem:failed 2h", "silenced as a whole", id="a part of an incident"),
        pytest.param("silence 2h", "Say which one", id="nothing named, and no thread"),
        pytest.param("unsilence 9", "There is no silence 9.", id="a silence that nobody knows"),
        pytest.param("extend 9 2h", "There is no silence 9.", id="more of one that nobody knows"),
    ],
)
async def test_what_cannot_be_silenced_is_said_and_nothing_is_made(text: str, sentence: str) -> None:
    talk, _ = await one_broken()
    answer = await talk.say(text)
    assert sentence in answer.message.text
    assert not answer.may_be_shared
    assert await talk.stage.store.silences() == ()


async def test_a_glob_that_means_nothing_yet_can_be_silenced() -> None:
    talk, _ = await one_broken()
    answer = await talk.say("silence new-* 2h")
    assert "Nothing that it mutes is open now" in answer.message.text


async def test_what_is_over_is_not_silenced() -> None:
    talk, alert = await one_broken()
    talk.stage.source.rows[PAY] = well("orders", "ledger", "stock")
    await talk.stage.poll(8)
    answer = await talk.mention("silence 2h", alert)
    assert "nothing to silence" in answer.message.text
    asking = await talk.mention("silence ask", alert)
    assert "nothing to silence" in asking.message.text


async def test_a_name_that_means_several_things_is_asked_about() -> None:
    talk, _ = await one_broken()
    twin = Cluster(PROD, SHOP.id, "pay")
    talk.stage.source.rows[twin] = broken("mail", since=talk.stage.clock.now(), cluster=twin)
    await talk.stage.poll(30)
    answer = await talk.say("silence pay 2h")
    assert "means 2 things" in answer.message.text
    assert all(text.startswith("silence ") for text in buttons(answer))
    assert len(buttons(answer)) == 2
    assert "means 2 things" in (await talk.say("ack pay")).message.text
    assert "means 2 things" in (await talk.say("subscribe pay")).message.text
    assert "means 2 things" in (await talk.say("digest pay")).message.text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("silence 1 2d", "longer than everybody may silence", id="for long"),
        pytest.param("silence * 1h", "it mutes everything", id="everything"),
        pytest.param("silence pay until resolved", "it has no end", id="a name without an end"),
    ],
)
async def test_silencing_widely_takes_a_permission_that_nobody_has_by_default(text: str, why: str) -> None:
    talk, _ = await one_broken()
    refused = await talk.say(text)
    assert "You may not silence so much" in refused.message.text
    assert why in refused.message.text
    assert "The settings let nobody do it" in refused.message.text
    assert await talk.stage.store.silences() == ()
    talk.permissions = Permissions({Permission.SILENCE_WIDELY: Grant(users=(UserId(ANA),))})
    assert "You may not" in (await talk.say(text, by=BO)).message.text
    await talk.say(text)
    assert len(await talk.stage.store.silences()) == 1


async def test_a_silence_is_ended_by_hand_and_what_burns_is_told_again() -> None:
    talk, alert = await one_broken()
    await talk.mention("silence 2h", alert)
    answer = await talk.mention("unsilence 1", alert)
    assert answer.done
    assert "Silence 1 is over" in answer.message.text
    ended = await silence_of(talk)
    assert ended.ending is Ending.BY_HAND
    assert any("Ana ended the silence" in text for text in talk.thread(alert))
    assert [sentence for sentence, _ in await talk.trail()][-1] == "ended silence 1"
    again = await talk.say("unsilence 1")
    assert "has been over since" in again.message.text
    assert "Over. It was ended by hand" in (await talk.say("silences")).message.text


async def test_a_silence_of_a_name_is_ended_where_nothing_burns() -> None:
    talk, _ = await one_broken()
    await talk.say("silence new-* 2h")
    answer = await talk.say("unsilence 1")
    assert answer.message.text == "Silence 1 is over: new-∗."


async def test_a_silence_is_prolonged_from_now_on() -> None:
    talk, alert = await one_broken()
    await talk.mention("silence 1h", alert)
    talk.stage.clock.advance(HOUR / 2)
    await talk.say("extend 1 3h")
    assert (await silence_of(talk)).ends_at == talk.stage.clock.now() + 3 * HOUR
    assert len(talk.thread(alert)) == 2
    await talk.say("extend 1")
    assert (await silence_of(talk)).ends_at == talk.stage.clock.now() + talk.limits.default
    assert "You may not" in (await talk.say("extend 1 3d")).message.text
    talk.stage.clock.advance(5 * HOUR)
    assert "has been over since" in (await talk.say("extend 1 1h")).message.text


async def test_pressing_extend_opens_a_dialog() -> None:
    talk, alert = await one_broken()
    await talk.mention("silence 1h", alert)
    answer = await talk.say("extend 1", door=Door.BUTTON)
    assert answer.dialog is not None
    assert answer.dialog.callback == "extend"
    assert "extend 1 2h" in answer.message.text


async def test_a_group_is_silenced_with_all_its_members() -> None:
    talk, alert = await group_broken()
    (group,) = await talk.stage.store.groups(still_open=True)
    answer = await talk.mention("silence 2h", alert)
    assert answer.done
    assert "mutes 12 open incidents now" in answer.message.text
    assert "and 7 more" in answer.message.text
    assert (await silence_of(talk)).matcher.numbers == (group.number,)
    trail = [one.sentence for one in await talk.stage.store.audit(group.number) if one.actor]
    assert trail[0].startswith("silenced it for 2 h ")
    assert "(12 silenced)" in said(await talk.say("incidents"))
    assert "Silenced" in str(alert.edits[-1].blocks)
    told = said(await talk.say(f"incident {group.number}"))
    assert "Silenced" in told
    assert "one by one" not in told, "what mutes them is the silence of the group"
    assert "12 open incidents" in (await talk.say("unsilence 1")).message.text
    assert "Ana ended the silence" in " ".join(talk.thread(alert))


async def test_silences_can_be_looked_through_by_what_they_are_about() -> None:
    talk, _ = await one_broken()
    await talk.say("silence pay/orders 1h")
    await talk.say("silence new-* 1h")
    await talk.say("silence 1 1h")
    about = await talk.say("silences pay/orders")
    assert "2 silences" in about.message.text
    assert "1 silence" in (await talk.say("silences new-*")).message.text
    assert "Nothing is silenced" in (await talk.say("silences shop")).message.text


async def test_times_on_buttons_are_those_of_whoever_asked() -> None:
    """A button says until 13:00, as one would write it, and keeps the exact moment to itself."""
    talk, _ = await one_broken()
    talk.stage.clock.advance(timedelta(microseconds=123456))
    end = talk.stage.clock.now() + 2 * HOUR
    answer = await talk.say("silence pay/ordes 2h", zone=ZoneInfo("Asia/Shanghai"))
    (row,) = [block for block in answer.message.blocks if block["type"] == "actions"]
    button = row["elements"][0]
    assert button["text"]["text"] == f"silence pay/orders until {end + 8 * HOUR:%Y-%m-%d %H:%M}"
    assert button["value"] == f"silence pay/orders until {end:%Y-%m-%dT%H:%M:%S}Z"
