"""The answers to whoever does something, or may not, held to golden files and to Slack's limits."""

from collections.abc import Callable
from dataclasses import replace

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.commands import (
    Acknowledge,
    AssignDialog,
    ExtendSilence,
    NoteDialog,
    SilenceDialog,
    Target,
    Unacknowledge,
)
from bot.commands.acts import DefaultEnd
from bot.domain.handling import Actor, Handling, UserId
from bot.domain.incident import IncidentNumber
from bot.domain.naming import Scope
from bot.domain.notification import ActContent, Reason
from bot.domain.permission import Grant, Permission, Refused, UserGroup, Wide
from bot.domain.posts import Channel
from bot.domain.problem import Problem, Severity
from bot.domain.routing import Selector, Subscription, SubscriptionNumber
from bot.domain.silence import SilenceNumber
from bot.views.act_answer import (
    acted_message,
    already_message,
    done_before_message,
    over_message,
    silence_ended_message,
    silenced_message,
)
from bot.views.blocks import Message
from bot.views.instead_of_dialog import instead_of_dialog
from bot.views.refusal import refusal_message
from bot.views.subscription_list import subscribed_message, subscription_list_message, unsubscribed_message
from tests.views.handled_samples import ANA, BEN, CAROL, MANY
from tests.views.view_goldens import assert_golden
from tests.views.view_samples import NOW, SHANGHAI

ORDERS = samples.ORDERS_FAILED
THIS = Target(IncidentNumber(42))


def act(reason: Reason, to: Actor | None = None) -> ActContent:
    return ActContent(reason, ANA, NOW, "words", to)


def a_subscription(number: int, **scope: str) -> Subscription:
    selector = Selector(Scope(**scope), (Problem.FAILED,), (Severity.CRITICAL,))
    return Subscription(SubscriptionNumber(number), Channel("C1"), selector, CAROL, NOW)


ANSWERS: dict[str, Callable[[], Message]] = {
    "did_acknowledge": lambda: acted_message(act(Reason.ACKNOWLEDGED), (ORDERS,), undo=Unacknowledge(THIS)),
    "did_acknowledge_a_group": lambda: acted_message(
        act(Reason.ACKNOWLEDGED), handled.MEMBERS, handled.STORAGE
    ),
    "did_acknowledge_many": lambda: acted_message(act(Reason.ACKNOWLEDGED), MANY),
    "did_acknowledge_what_another_has": lambda: acted_message(
        act(Reason.ACKNOWLEDGED), (replace(ORDERS, handling=handled.GIVEN),)
    ),
    "did_take_back": lambda: acted_message(act(Reason.UNACKNOWLEDGED), (ORDERS,), undo=Acknowledge(THIS)),
    "did_assign": lambda: acted_message(act(Reason.ASSIGNED, CAROL), (ORDERS,)),
    "did_take": lambda: acted_message(act(Reason.ASSIGNED, ANA), (ORDERS,)),
    "did_unassign": lambda: acted_message(act(Reason.UNASSIGNED), (ORDERS,)),
    "did_note": lambda: acted_message(act(Reason.NOTED), (ORDERS,)),
    "did_resolve": lambda: acted_message(act(Reason.RESOLVED_BY_HAND), (ORDERS,), handled.STORAGE, left=3),
    "did_accept": lambda: acted_message(act(Reason.NEW_NORMAL), (handled.STALLED,)),
    "did_accept_what_is_calm": lambda: acted_message(act(Reason.NEW_NORMAL), (), task="pay/orders"),
    "was_acknowledged_by_another": lambda: already_message(Reason.ACKNOWLEDGED, handled.SEEN, BEN, SHANGHAI),
    "was_acknowledged_by_oneself": lambda: already_message(Reason.ACKNOWLEDGED, handled.SEEN, ANA),
    "was_assigned_to_another": lambda: already_message(Reason.ASSIGNED, handled.TAKEN, ANA),
    "was_assigned_to_oneself": lambda: already_message(Reason.ASSIGNED, handled.TAKEN, BEN),
    "was_assigned_to_nobody": lambda: already_message(Reason.UNASSIGNED, Handling(), BEN),
    "was_acknowledged_by_nobody": lambda: already_message(Reason.UNACKNOWLEDGED, Handling(), BEN),
    "was_over": lambda: over_message((samples.resolved(ORDERS),), None, SHANGHAI),
    "was_over_as_a_group": lambda: over_message((), replace(handled.STORAGE, resolved_at=NOW)),
    "was_done_before": done_before_message,
    "did_silence": lambda: silenced_message(handled.QUIET_SHOP, MANY, now=NOW, zone=SHANGHAI),
    "did_silence_one_kind": lambda: silenced_message(
        handled.QUIET, (samples.LEDGER_BEHIND,), now=NOW, zone=SHANGHAI
    ),
    "did_silence_nothing": lambda: silenced_message(handled.UNTIL_OVER, (), now=NOW),
    "did_plan_a_silence": lambda: silenced_message(handled.WINDOW, (ORDERS,), now=NOW),
    "did_end_a_silence": lambda: silence_ended_message(handled.ENDED, MANY),
    "did_end_a_silence_of_nothing": lambda: silence_ended_message(handled.ENDED, ()),
    "may_not_read": lambda: refusal_message(Refused(Permission.READ)),
    "may_not_acknowledge": lambda: refusal_message(
        Refused(
            Permission.ACKNOWLEDGE,
            Grant(
                users=(UserId("U0ANA"), UserId("<!channel>")),
                groups=(UserGroup("S0DBA"),),
                channels=(Channel("C0ALERTS"), Channel("#<!here>")),
            ),
        )
    ),
    "may_not_silence_widely": lambda: refusal_message(
        Refused(
            Permission.SILENCE_WIDELY, Grant(users=tuple(UserId(f"U{number:05}") for number in range(40)))
        ),
        Wide.LONG,
    ),
    "may_not_configure": lambda: refusal_message(
        Refused(Permission.CONFIGURE, Grant(channels=(Channel("C0ALERTS"),)))
    ),
    "instead_of_a_silence_dialog": lambda: instead_of_dialog(SilenceDialog(THIS)),
    "instead_of_an_assign_dialog": lambda: instead_of_dialog(AssignDialog(THIS)),
    "instead_of_a_note_dialog": lambda: instead_of_dialog(NoteDialog(THIS)),
    "instead_of_an_extend_dialog": lambda: instead_of_dialog(ExtendSilence(SilenceNumber(7), DefaultEnd())),
    "subscriptions": lambda: subscription_list_message(
        [a_subscription(1, cluster="pay"), a_subscription(2)], direct=False, routed=True
    ),
    "subscriptions_of_many": lambda: subscription_list_message(
        [a_subscription(number, name="<!channel>" * 9) for number in range(1, 60)], direct=False, routed=False
    ),
    "subscriptions_none": lambda: subscription_list_message([], direct=True, routed=False),
    "did_subscribe": lambda: subscribed_message(a_subscription(3, cluster="pay"), direct=True),
    "did_subscribe_a_channel": lambda: subscribed_message(a_subscription(3, cluster="pay"), direct=False),
    "did_unsubscribe": lambda: unsubscribed_message([a_subscription(3, cluster="pay")]),
    "did_unsubscribe_of_all": lambda: unsubscribed_message(
        [a_subscription(number, cluster="pay") for number in range(1, 30)]
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_to_an_act_looks_as_it_did(name: str) -> None:
    """It says what was done, to what, and how to undo it; or why not, and whom to ask."""
    assert_golden(name, ANSWERS[name]())
