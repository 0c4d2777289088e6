"""What a channel, or a person in their direct messages, asked to be told of: made, listed, ended."""

from collections.abc import Sequence

from bot.commands import ListSubscriptions, Subscribe, Unsubscribe, to_text
from bot.domain.routing import Selector, Subscription
from bot.views.blocks import Button, Message, actions, context, message, sections
from bot.views.handled import only_words, scope_words
from bot.views.mentions import named
from bot.views.typed import typed
from bot.views.wording import count

TOLD = 20
_BUTTONS = 8


def subscription_list_message(
    subscriptions: Sequence[Subscription], *, direct: bool, routed: bool, shareable: bool = True
) -> Message:
    """List what is told here; ``routed`` is whether the settings tell this channel something anyway."""
    first = (
        f"{_here(direct=direct)}: {count(len(subscriptions), 'subscription')}"
        if subscriptions
        else (f"There is no subscription {'of yours' if direct else 'of this channel'}")
    )
    lines = [
        f"*{one.number}* {what_words(one.selector)}, by {named(one.author)}" for one in subscriptions[:TOLD]
    ]
    if len(subscriptions) > TOLD:
        lines.append(f"…and {len(subscriptions) - TOLD:,} more.")
    if routed:
        lines.append("The settings tell this channel of more, whatever it subscribes to.")
    small = context(f"{typed('subscribe pay')} makes one.")
    row = [Button(f"End {one.number}", to_text(Unsubscribe(one.number))) for one in subscriptions[:_BUTTONS]]
    if shareable and not direct:
        row.append(Button("Share", to_text(ListSubscriptions()), shared=True))
    return message("\n".join([first, *lines]), [*sections([f"*{first}*", *lines]), small, *actions(row)])


def _here(*, direct: bool) -> str:
    return "You are told here" if direct else "This channel is told"


def what_words(selector: Selector) -> str:
    """Say what a subscription is about; in markup."""
    only = only_words(selector.severities, selector.problems)
    said = scope_words(selector.scope)
    return f"{said} (only what is {only})" if only else said


def subscribed_message(subscription: Subscription, *, direct: bool) -> Message:
    """Say what will be told here, and how to undo it; what is open now is told at once."""
    first = f"{_here(direct=direct)} of {what_words(subscription.selector)} from now on."
    lines = [first, "What of it is open now is told too."]
    row = [
        Button("Undo", to_text(Unsubscribe(subscription.number))),
        Button("Subscriptions", to_text(ListSubscriptions())),
    ]
    small = f"Subscription {subscription.number}. It adds to what the settings tell."
    if not direct:
        small += " To be told alone, say the same to the bot directly."
    return message("\n".join(lines), [*sections(lines), context(small), *actions(row)])


def unsubscribed_message(ended: Sequence[Subscription]) -> Message:
    """Say what is told no more, and how to have it again."""
    told = "; ".join(what_words(one.selector) for one in ended[:TOLD])
    more = f" and {len(ended) - TOLD:,} more" if len(ended) > TOLD else ""
    first = f"Told here no more: {told}{more}."
    row = []
    if len(ended) == 1:
        again = Subscribe(ended[0].selector.scope, ended[0].selector.severities, ended[0].selector.problems)
        row = [Button("Undo", to_text(again))]
    row.append(Button("Subscriptions", to_text(ListSubscriptions())))
    return message(first, [*sections([first]), *actions(row)])
