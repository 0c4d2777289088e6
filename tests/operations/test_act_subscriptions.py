"""A channel is told of what it subscribes to, from then on and of what is open; nobody else's is touched."""

from bot.domain.naming import Scope
from bot.domain.posts import Channel
from bot.domain.routing import Route, Selector
from tests.operations.answering_stage import BO, break_tenants, buttons, one_broken, said
from tests.operations.operations_stage import ID, shown

TEAM, DIRECT, OTHERS = Channel("C0000TEAM"), Channel("D00000ANA"), Channel("D000000BO")


async def test_a_channel_is_told_of_what_is_open_and_of_what_comes() -> None:
    talk, _ = await one_broken()
    talk.stage.messenger.names[TEAM] = TEAM
    answer = await talk.say("subscribe pay severity:critical", channel=TEAM)
    assert "This channel is told of pay (only what is critical) from now on" in answer.message.text
    assert buttons(answer) == ["unsubscribe 1", "subscriptions"]
    (told,) = talk.stage.parents(TEAM)
    assert "pay/orders" in shown(told)
    await break_tenants(talk, "orders", "ledger", well_are=("stock",))
    assert len(talk.stage.parents(TEAM)) == 2


async def test_the_same_twice_is_one() -> None:
    talk, _ = await one_broken()
    await talk.say("subscribe pay", channel=TEAM)
    await talk.say("subscribe pay", channel=TEAM, by=BO)
    assert len(await talk.stage.store.subscriptions()) == 1


async def test_a_person_is_told_in_their_direct_messages() -> None:
    talk, _ = await one_broken()
    answer = await talk.say("subscribe pay", channel=DIRECT)
    assert answer.message.text.startswith("You are told here of pay")
    listed = await talk.say("subscriptions", channel=DIRECT)
    assert "You are told here: 1 subscription" in listed.message.text
    assert "Share" not in said(listed)


async def test_what_is_told_here_is_listed_and_what_the_settings_tell_is_said_too() -> None:
    talk, _ = await one_broken()
    assert (
        "There is no subscription of this channel"
        in (await talk.say("subscriptions", channel=TEAM)).message.text
    )
    await talk.say("subscribe pay", channel=TEAM)
    listed = await talk.say("subscriptions", channel=TEAM)
    assert "*1* pay, by Ana" in listed.message.text
    assert "unsubscribe 1" in buttons(listed)
    assert "The settings" not in listed.message.text
    assert (
        "The settings tell this channel of more" in (await talk.say("subscriptions", channel=ID)).message.text
    )
    talk.stage.routes = (Route(TEAM, Selector(Scope(name="pay"))),)
    assert "The settings" in (await talk.say("subscriptions", channel=TEAM)).message.text


async def test_a_long_list_counts_the_rest() -> None:
    talk, _ = await one_broken()
    for number in range(22):
        await talk.say(f"subscribe new-{number}-*", channel=TEAM)
    assert "…and 2 more." in (await talk.say("subscriptions", channel=TEAM)).message.text
    ended = await talk.say("unsubscribe", channel=TEAM)
    assert "and 2 more" in ended.message.text
    assert buttons(ended) == ["subscriptions"]
    assert await talk.stage.store.subscriptions() == ()


async def test_a_subscription_ends_by_its_number_by_its_name_or_with_all_that_are_here() -> None:
    talk, _ = await one_broken()
    for text in ("pay", "pay/orders", "pay problem:failed"):
        await talk.say(f"subscribe {text}", channel=TEAM)
    ended = await talk.say("unsubscribe 2", channel=TEAM)
    assert "Told here no more: pay/orders" in ended.message.text
    assert buttons(ended)[0] == "subscribe pay/orders"
    assert "pay; pay (only what is failed)" in (await talk.say("unsubscribe PAY", channel=TEAM)).message.text
    for text in ("unsubscribe", "unsubscribe 2", "unsubscribe pay"):
        nothing = await talk.say(text, channel=TEAM)
        assert "There is no subscription" in nothing.message.text


async def test_what_somebody_else_is_told_directly_is_nobodys_concern() -> None:
    talk, _ = await one_broken()
    await talk.say("subscribe pay", channel=OTHERS, by=BO)
    await talk.say("subscribe pay", channel=TEAM)
    assert "There is no subscription 1 here" in (await talk.say("unsubscribe 1", channel=DIRECT)).message.text
    assert "no more" in (await talk.say("unsubscribe 2", channel=DIRECT)).message.text
    assert "no more" in (await talk.say("unsubscribe 1", channel=OTHERS, by=BO)).message.text


async def test_a_name_that_nobody_knows_is_refused_and_near_ones_are_offered() -> None:
    talk, _ = await one_broken()
    answer = await talk.say("subscribe pai", channel=TEAM)
    assert "Nothing that is watched is called" in answer.message.text
    assert "subscribe pay" in buttons(answer)
