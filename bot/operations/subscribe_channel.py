"""Subscriptions: a channel, or a person in their direct messages, asks to be told of something."""

from dataclasses import replace

from bot.commands import Subscribe, Target, Unsubscribe, to_text
from bot.domain.naming import Scope
from bot.domain.posts import Channel
from bot.domain.routing import UNNUMBERED_SUBSCRIPTION, Selector, Subscription
from bot.errors import UserMistake
from bot.operations.answer_ports import Means, actor_of
from bot.operations.answering import Answer, Asked
from bot.operations.carry_out import Decided, Plan, carry_out
from bot.operations.resolve_target import channel_id, known_scope, said
from bot.operations.store_port import WriteSession
from bot.views.subscription_list import subscribed_message, subscription_list_message, unsubscribed_message

_DIRECT = "D"


async def subscribe(means: Means, asked: Asked, command: Subscribe) -> Answer:
    """Tell the channel in which it is asked. Raises UserMistake where it is not clear of what."""
    by = await actor_of(means, asked)
    scope = known_scope(means.fleet.now(), command.scope, lambda one: _about(command, one))

    async def decide() -> Decided:
        selector = Selector(scope, command.problems, command.severities)
        channel, now = Channel(asked.channel), means.clock.now()
        wanted = Subscription(UNNUMBERED_SUBSCRIPTION, channel, selector, by, now)

        async def write(session: WriteSession) -> Answer:
            kept = await session.keep_subscription(wanted)
            return Answer(subscribed_message(kept, direct=is_direct(asked.channel)))

        return Plan(write, frozenset(means.sources))

    return await carry_out(means, asked, decide)


def is_direct(channel: str) -> bool:
    """Whether a channel's id is that of somebody's direct messages."""
    return channel.startswith(_DIRECT)


def _about(command: Subscribe, target: Target) -> str:
    return to_text(replace(command, scope=target.scope or Scope()))


async def unsubscribe(means: Means, asked: Asked, command: Unsubscribe) -> Answer:
    """End subscriptions: one by its number, those to a name, or all that are here."""

    async def decide() -> Decided:
        everywhere = await means.store.subscriptions()
        ending = tuple(one for one in everywhere if _is_meant(one, command, asked.channel))
        if not ending:
            raise _none_meant(command)

        async def write(session: WriteSession) -> Answer:
            for one in ending:
                await session.forget_subscription(one.number)
            return Answer(unsubscribed_message(ending))

        return Plan(write, frozenset(means.sources))

    return await carry_out(means, asked, decide)


def _is_meant(one: Subscription, command: Unsubscribe, channel: str) -> bool:
    """Whether a subscription is to end; what somebody else is told directly is nobody's concern."""
    here = one.channel == channel
    if command.number is not None:
        return one.number == command.number and (here or not is_direct(one.channel))
    return here and (command.scope is None or _same(one.selector.scope, command.scope))


def _same(one: Scope, other: Scope) -> bool:
    """Whether two scopes are written alike, whatever the case."""
    return repr(one).casefold() == repr(other).casefold()


def _none_meant(command: Unsubscribe) -> UserMistake:
    if command.number is not None:
        sentence = f"There is no subscription {command.number} here."
    elif command.scope is not None:
        sentence = f"There is no subscription to {said(command.scope)} here."
    else:
        sentence = "There is no subscription here."
    return UserMistake(sentence, ("subscriptions",))


async def list_subscriptions(means: Means, asked: Asked, *, shareable: bool) -> Answer:
    """List the subscriptions that there are in the channel, and what the settings tell there anyway."""
    from_settings = means.routing()
    here = tuple(one for one in await means.store.subscriptions() if one.channel == asked.channel)
    routes = {from_settings.default, *(route.channel for route in from_settings.routes)}
    ids = [await channel_id(means.store, one) for one in routes if one is not None]
    message = subscription_list_message(
        here, direct=is_direct(asked.channel), routed=asked.channel in ids, shareable=shareable
    )
    return Answer(message)
