"""Who may do what is checked on the server, whichever door it came through."""

import pytest

from bot.commands import Door
from bot.domain.handling import UserId
from bot.domain.permission import Grant, Permission, Permissions, UserGroup
from bot.domain.posts import Channel
from bot.errors import SlackPermanent
from bot.operations.answering import Answer, Filled
from tests.operations.answering_stage import ANA, BO, one_broken
from tests.operations.operations_stage import ALERTS

DBAS = UserGroup("S0000DBAS")


@pytest.mark.parametrize(
    ("text", "permission"),
    [
        pytest.param("status", Permission.READ, id="read"),
        pytest.param("ack 1", Permission.ACKNOWLEDGE, id="acknowledge"),
        pytest.param("note 1 text:hm", Permission.ACKNOWLEDGE, id="note"),
        pytest.param("silence 1 2h", Permission.SILENCE, id="silence"),
        pytest.param("unsilence 1", Permission.SILENCE, id="end a silence"),
        pytest.param("subscribe pay", Permission.CONFIGURE, id="subscribe"),
        pytest.param("normal 1", Permission.CONFIGURE, id="teach"),
    ],
)
async def test_who_may_not_is_told_whom_to_ask_and_nothing_happens(text: str, permission: Permission) -> None:
    talk, alert = await one_broken()
    talk.permissions = Permissions({permission: Grant(users=(UserId(BO),), groups=(DBAS,))})
    for door in (Door.SLASH, Door.MENTION, Door.BUTTON, Door.DIRECT, Door.SHORTCUT):
        refused = await talk.say(text, door=door)
        assert refused.message.text.startswith("You may not ")
        assert f"Ask <@{BO}> or <!subteam^{DBAS}>." in refused.message.text
        assert not refused.may_be_shared
    assert talk.thread(alert) == []
    assert not (await talk.say(text, by=BO)).message.text.startswith("You may not")
    assert not (await talk.say(text, groups=frozenset({DBAS}))).message.text.startswith("You may not")


async def test_a_channel_in_which_everybody_may_can_be_named_by_its_name() -> None:
    talk, _ = await one_broken()
    talk.permissions = Permissions({Permission.ACKNOWLEDGE: Grant(channels=(ALERTS, Channel("C0000TEAM")))})
    refused = await talk.say("ack 1", channel="C0000000X")
    assert "Do it in <#C00000001> or <#C0000TEAM>, where everybody may." in refused.message.text
    assert "You may not" in (await talk.say("ack 1", channel="D00000ANA")).message.text
    assert "Acknowledged" in (await talk.say("ack 1")).message.text


async def test_a_channel_that_is_not_known_lets_nobody_in() -> None:
    talk, _ = await one_broken()
    many = tuple(UserId(f"U{number:04}") for number in range(12))
    talk.permissions = Permissions({Permission.ACKNOWLEDGE: Grant(users=many, channels=(Channel("#ops"),))})
    refused = await talk.say("ack 1")
    assert "or 2 more, or do it in #ops, where everybody may." in refused.message.text


async def test_a_channel_that_nothing_was_posted_to_is_looked_up_in_slack() -> None:
    """Only where somebody would be refused without it, and where Slack does not say, nobody is let in."""
    talk, _ = await one_broken()
    talk.permissions = Permissions({Permission.ACKNOWLEDGE: Grant(channels=(Channel("#ops"),))})
    sought: list[Channel] = []

    async def find(name: Channel) -> Channel:
        sought.append(name)
        if len(sought) == 1:
            raise SlackPermanent("There is no such channel.", code="channel_not_found")
        return Channel("C0000OPS1")

    talk.find_channel = find
    assert "do it in #ops" in (await talk.say("ack 1", channel="C0000OPS1")).message.text.casefold()
    assert "<#C0000OPS1>" in (await talk.say("ack 1", channel="C0000000X")).message.text
    assert "Acknowledged" in (await talk.say("ack 1", channel="C0000OPS1")).message.text
    assert sought == ["#ops"] * 3


async def test_whoever_has_a_shell_has_the_permissions_of_the_settings_file() -> None:
    talk, _ = await one_broken()
    talk.permissions = Permissions({Permission.READ: Grant(users=(UserId(BO),))})
    assert "1 of 3" in (await talk.say("status", door=Door.TERMINAL)).message.text


async def test_a_dialog_and_the_home_tab_are_doors_like_others() -> None:
    talk, _ = await one_broken()
    talk.permissions = Permissions({Permission.READ: Grant(users=(UserId(BO),))})
    refused = await talk.fill(talk.asked(""), Filled("note", "note 1 ask", {"note": "hm"}))
    assert isinstance(refused, Answer)
    assert refused.message.text.startswith("You may not")
    assert "You may not" in str(await talk.answering.home(talk.asked("", by=ANA)))
    assert "pay/orders" in str(await talk.answering.home(talk.asked("", by=BO)))
