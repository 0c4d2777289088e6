"""Delivers what the outbox owes: claimed by lease, rendered late, recorded after the send."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from bot.domain.delivery import next_attempt
from bot.domain.notification import Action, Channel
from bot.errors import SlackError, SlackTemporary, StorageError
from bot.operations.meters import DeliveryOutcome
from bot.operations.refusals import CHANNEL_WIDE
from bot.operations.send_message import (
    SEND_WITHIN,
    Claim,
    ClaimLapsed,
    Delivering,
    Renewed,
    Rest,
    Trouble,
    send,
)

LEASE = timedelta(seconds=25)
"""So long a message is left to whoever claimed it; then another replica looks for it, and sends it."""
MARGIN = timedelta(seconds=2)
BEGIN_WITHIN = LEASE - SEND_WITHIN - MARGIN
"""Later than this after a claim no send is begun: it has to be over before another replica may begin."""
BATCH = 6
"""So few at once that a new alert never waits long behind what was claimed before it."""
EDITS_AT_ONCE = 1
"""Slack paces edits: one that is not claimed yet can still be replaced by a newer one."""
NEWS = (Action.POST, Action.REPLY)
"""What people are notified of has a lane of its own: it never waits behind edits, which Slack paces."""
EDITING = (Action.EDIT,)
PERMANENT_WAIT = timedelta(minutes=1)
"""A channel that refuses is asked again this often: it recovers by itself once its cause is gone."""
OFTEN = 3
"""A message that failed this often lets those behind it go first, where the fault may be its own ..."""
OUTAGES = frozenset({"no_answer", "ratelimited", "unreachable"})
"""... which these are not."""
STEP_ASIDE = timedelta(seconds=1)


async def deliver_due(delivering: Delivering, actions: Collection[Action]) -> int:
    """Deliver what is due of these actions, channel by channel at once; return how many were claimed.

    Raises StorageError where the outbox cannot be read or written: nothing is sent that is not recorded.
    """
    now = delivering.clock.now()
    owed = await delivering.store.claim(
        owner=delivering.owner,
        now=now,
        lease=LEASE,
        limit=EDITS_AT_ONCE if tuple(actions) == EDITING else BATCH,
        actions=actions,
    )
    by_channel: dict[tuple[Channel, bool], list[Claim]] = {}
    for one in owed:
        place = one.notification.channel, one.notification.action is Action.EDIT
        claim = Claim(one.notification, one.attempts, one.outcome_unknown, now + BEGIN_WITHIN)
        by_channel.setdefault(place, []).append(claim)
    outcomes = await asyncio.gather(
        *(_deliver_channel(delivering, place, waiting) for place, waiting in by_channel.items()),
        return_exceptions=True,
    )
    for outcome in outcomes:
        if outcome is not None:
            raise outcome
    return len(owed)


async def _deliver_channel(
    delivering: Delivering, place: tuple[Channel, bool], waiting: Sequence[Claim]
) -> None:
    """Deliver one channel's messages in order; where the channel fails, those behind are given back."""
    rest = delivering.resting.get(place)
    if rest is not None and delivering.clock.now() < rest.until:
        await _give_back(delivering, waiting, rest.until, rest.sentence)
        return
    for position, owed in enumerate(waiting):
        try:
            await _deliver(delivering, place, owed)
        except StorageError:
            raise
        except Renewed:
            delivering.journal.info("not posted as it was", outbox_id=owed.notification.id)
            delivering.meters.delivered(owed.notification.action, DeliveryOutcome.POSTPONED)
        except ClaimLapsed:
            await _leave(delivering, waiting[position:])
            return
        except SlackError as error:
            if await _failed(delivering, place, owed, error):
                await _give_back(
                    delivering, waiting[position + 1 :], delivering.resting[place].until, error.sentence
                )
                return
        except Exception:  # noqa: BLE001 - one delivery is a boundary
            delivering.journal.error("delivery failed", outbox_id=owed.notification.id)
            delivering.meters.delivered(owed.notification.action, DeliveryOutcome.FAULT)
            until = delivering.clock.now() + PERMANENT_WAIT
            await _give_back(delivering, [owed], until, "A fault of the bot's own.", outcome_unknown=True)


async def _leave(delivering: Delivering, waiting: Sequence[Claim]) -> None:
    """Leave messages whose claim lapses to whoever claims them next; nothing was sent of them."""
    delivering.journal.warning("claim lapsed before sending", messages=len(waiting))
    delivering.meters.delivered(waiting[0].notification.action, DeliveryOutcome.POSTPONED)
    await _give_back(delivering, waiting, delivering.clock.now(), "It could not be sent in time.")


async def _deliver(delivering: Delivering, place: tuple[Channel, bool], owed: Claim) -> None:
    notification = owed.notification
    ts = await send(delivering, owed)
    kept = await delivering.store.delivered(
        notification.id, owner=delivering.owner, ts=ts, now=delivering.clock.now()
    )
    if not kept:
        delivering.journal.warning("lease lost after sending", outbox_id=notification.id)
    delivering.resting.pop(place, None)
    if notification.channel in delivering.troubles:
        del delivering.troubles[notification.channel]
        delivering.journal.info("channel takes messages again", channel=notification.channel)
    delivering.meters.delivered(notification.action, DeliveryOutcome.DELIVERED)
    delivering.journal.info(
        "delivered",
        outbox_id=notification.id,
        message=notification.message,
        action=notification.action.value,
        reason=notification.reason.value,
        channel=notification.channel,
    )


async def _failed(
    delivering: Delivering, place: tuple[Channel, bool], owed: Claim, error: SlackError
) -> bool:
    """Give back what could not be sent; tell whether its channel is to be left alone for a while."""
    now, channel = delivering.clock.now(), place[0]
    if isinstance(error, SlackTemporary):
        rest = delivering.resting.get(place)
        failures = 1 if rest is None else rest.failures + 1
        wait = next_attempt(failures, error.retry_after, delivering.chance()).wait
        unknown, leave_alone = error.outcome_unknown, True
        outcome = DeliveryOutcome.POSTPONED
    else:
        failures, wait, unknown = 1, PERMANENT_WAIT, False
        outcome = DeliveryOutcome.REFUSED
        leave_alone = error.code in CHANNEL_WIDE
        delivering.troubles.setdefault(channel, Trouble(error.sentence, now))
        if error.code == "channel_not_found":
            delivering.ids.pop(channel, None)
            delivering.doubted.add(channel)
    if leave_alone:
        delivering.resting[place] = Rest(now + wait, failures, error.sentence)
    delivering.journal.warning(
        "not delivered",
        outbox_id=owed.notification.id,
        channel=channel,
        code=error.code,
        because=error.sentence,
        attempts=owed.attempts + 1,
        again_in=round(wait.total_seconds(), 1),
    )
    its_own = owed.attempts >= OFTEN and error.code not in OUTAGES
    until = now + wait + (STEP_ASIDE if its_own else timedelta(0))
    refused = leave_alone and outcome is DeliveryOutcome.REFUSED
    delivering.meters.delivered(owed.notification.action, outcome)
    await _give_back(delivering, [owed], until, error.sentence, outcome_unknown=unknown, refused=refused)
    return leave_alone


async def _give_back(
    delivering: Delivering,
    waiting: Sequence[Claim],
    until: datetime,
    error: str,
    *,
    outcome_unknown: bool = False,
    refused: bool = False,
) -> None:
    """Put these messages back into the outbox, to be tried at ``until``."""
    for owed in waiting:
        await delivering.store.postpone(
            owed.notification.id,
            owner=delivering.owner,
            until=until,
            error=error,
            outcome_unknown=owed.outcome_unknown or outcome_unknown,
            refused=refused,
        )
