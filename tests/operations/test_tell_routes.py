"""Where an incident is told, whom it calls, and when people are reminded of it."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.handling import Actor, Handling, UserId
from bot.domain.incident import IncidentNumber
from bot.domain.naming import Scope
from bot.domain.notification import Channel, Reason
from bot.domain.problem import Severity
from bot.domain.routing import (
    UNNUMBERED_SUBSCRIPTION,
    Mention,
    Reminders,
    Route,
    Selector,
    Subscription,
)
from bot.errors import SlackError, SlackPermanent
from bot.operations.store_port import IncidentWrite
from tests.fakes.listed_messenger import Posted
from tests.fakes.listed_source import PAY, SHOP
from tests.operations.operations_stage import ALERTS, ID, Stage, behind, both, broken, shown, well

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BILLS, BILLS_ID = Channel("bills"), Channel("C00000002")
ANA, BEN = Actor(UserId("U111"), "Ana"), Actor(UserId("U222"), "Ben")


async def begun() -> Stage:
    stage = Stage()
    stage.messenger.names["bills"] = BILLS_ID
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll()
    return stage


def breaks(stage: Stage) -> None:
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))


async def handled(stage: Stage, number: int, handling: Handling) -> None:
    """Note what somebody did about an incident."""
    incident = await stage.incident(number)
    async with stage.store.writing() as session:
        await session.keep_incidents([IncidentWrite(replace(incident, handling=handling), incident.revision)])


def reasons(stage: Stage, *wanted: Reason) -> list[Reason]:
    """Give the reasons of all that was owed, those that are wanted, in their order."""
    rows = sorted(stage.memory.tables.outbox.values(), key=lambda row: row.position)
    return [row.notification.reason for row in rows if row.notification.reason in wanted]


async def subscribed(stage: Stage, selector: Selector) -> Subscription:
    async with stage.store.writing() as session:
        kept: Subscription = await session.keep_subscription(
            Subscription(UNNUMBERED_SUBSCRIPTION, BILLS, selector, ANA, stage.clock.now())
        )
    return kept


async def test_the_first_route_that_selects_takes_it_and_the_default_catches_the_rest() -> None:
    stage = await begun()
    stage.routes = (
        Route(BILLS, Selector(Scope(tenant="ledger"))),
        Route(Channel("alerts"), Selector(severities=(Severity.WARNING,))),
    )
    stage.source.rows[PAY] = broken("orders", "ledger", since=stage.clock.now())
    await stage.poll()
    assert "pay/orders" in shown(stage.parents()[1])
    assert "pay/ledger" in shown(stage.parents(BILLS_ID)[0])
    assert len(stage.parents()) == 2


async def test_an_alert_calls_whom_its_severity_calls_and_a_worsening_whom_it_newly_calls() -> None:
    stage = await begun()
    stage.mentions = {Severity.CRITICAL: (Mention("S111"),), Severity.WARNING: (Mention("U777"),)}
    stage.source.rows[PAY] = both(behind(11 * MINUTE), well("ledger"))
    await stage.poll(4)
    alert = stage.parents()[1]
    assert "<@U777>" in alert.message.text
    stage.source.rows[PAY] = both(
        broken("orders", since=stage.clock.now() - 11 * MINUTE, status="INTERRUPTED"), well("ledger")
    )
    await stage.poll()
    (reply,) = stage.replies(alert)
    assert "<!subteam^S111>" in reply.message.text
    assert not any("<!subteam^S111>" in edit.text for edit in alert.edits), "an edit notifies nobody"


async def test_a_subscription_adds_a_channel_and_tells_there_what_burns_already() -> None:
    stage = await begun()
    breaks(stage)
    await stage.poll()
    await subscribed(stage, Selector(Scope(name="pay")))
    assert await stage.tend()
    assert "pay/orders" in shown(stage.parents(BILLS_ID)[0])
    assert len(stage.parents()) == 2
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll(8)
    assert "well again" in shown(stage.parents(BILLS_ID)[0])


async def test_a_subscription_that_is_ended_gets_no_more_alerts_and_its_messages_their_end() -> None:
    stage = await begun()
    subscription = await subscribed(stage, Selector(Scope(name="pay")))
    breaks(stage)
    await stage.poll()
    async with stage.store.writing() as session:
        assert await session.forget_subscription(subscription.number)
    stage.source.rows[PAY] = both(
        broken("orders", since=stage.clock.now(), status="INTERRUPTED"),
        broken("ledger", since=stage.clock.now()),
    )
    await stage.poll(2)
    (only,) = stage.parents(BILLS_ID)
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll(8)
    assert stage.parents(BILLS_ID) == [only]
    assert "well again, incident" in shown(only)


async def test_what_a_channel_refuses_is_told_in_the_default_one_with_the_reason() -> None:
    stage = await begun()
    stage.routes = (Route(BILLS),)
    refusing = {"is": True}

    def failing(method: str, channel: Channel) -> SlackError | None:
        if refusing["is"] and method in ("post", "edit") and channel == BILLS_ID:
            return SlackPermanent("The channel is archived: choose another one.", code="is_archived")
        return None

    stage.messenger.failing = failing
    breaks(stage)
    await stage.poll(2)
    _, instead = stage.parents()
    assert "pay/orders" in shown(instead)
    assert "Meant for bills, which takes no messages" in str(instead.message.blocks)
    assert stage.parents(BILLS_ID) == []
    refusing["is"] = False
    stage.clock.advance(2 * MINUTE)
    await stage.poll(2)
    (late,) = stage.parents(BILLS_ID)
    assert "pay/orders" in shown(late)
    assert await stage.store.refused() == {}
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll(8)
    assert "well again" in shown(instead)
    assert "well again" in shown(late)


def words(posted: list[Posted]) -> list[bool]:
    return [one.broadcast for one in posted]


async def test_what_nobody_has_acknowledged_is_called_to_mind_every_hour_when_it_is_critical() -> None:
    stage = await begun()
    stage.reminders = Reminders()
    breaks(stage)
    await stage.poll(1)
    _, alert = stage.parents()
    await stage.poll(119)
    assert reasons(stage, Reason.STILL_FIRING) == []
    await stage.poll(2)
    assert reasons(stage, Reason.STILL_FIRING) == [Reason.STILL_FIRING]
    await stage.poll(120)
    assert len(reasons(stage, Reason.STILL_FIRING)) == 2
    assert not any(words(stage.replies(alert)))
    await handled(stage, 1, Handling().acknowledge(ANA, stage.clock.now()))
    await stage.poll(300)
    assert len(reasons(stage, Reason.STILL_FIRING)) == 2, "it is quiet while somebody has it"


async def test_a_reminder_is_for_the_channel_too_where_the_settings_say_so() -> None:
    stage = await begun()
    stage.reminders = Reminders(critical=5 * MINUTE, broadcast=True)
    breaks(stage)
    await stage.poll(12)
    assert words(stage.replies(stage.parents()[1])) == [True]


async def test_without_acknowledgement_somebody_further_is_called_once() -> None:
    stage = await begun()
    stage.reminders = Reminders(
        critical=20 * MINUTE, escalate_after=10 * MINUTE, escalate_to=(Mention("S999"), Mention("here"))
    )
    breaks(stage)
    await stage.poll(30)
    (reply,) = stage.replies(stage.parents()[1])
    assert "<!subteam^S999> <!here>" in reply.message.text
    assert reply.broadcast
    await stage.poll(60)
    assert reasons(stage, Reason.NOT_ACKNOWLEDGED) == [Reason.NOT_ACKNOWLEDGED]


async def test_whoever_has_it_is_reminded_after_the_time_that_was_set() -> None:
    stage = await begun()
    stage.reminders = Reminders(acknowledger_after=HOUR)
    breaks(stage)
    await stage.poll()
    handling = Handling().acknowledge(ANA, stage.clock.now()).assign(BEN, ANA, stage.clock.now())
    await handled(stage, 1, handling)
    await stage.poll(121)
    (reply,) = stage.replies(stage.parents()[1])
    assert "<@U222>" in reply.message.text
    await stage.poll(121)
    assert reasons(stage, Reason.STILL_YOURS) == [Reason.STILL_YOURS] * 2


async def test_a_group_and_a_greeting_are_called_to_mind_too() -> None:
    stage = Stage()
    stage.reminders = Reminders(critical=10 * MINUTE, acknowledger_after=10 * MINUTE)
    stage.source.rows[SHOP] = broken("x", since=stage.clock.now(), cluster=SHOP)
    stage.source.rows[PAY] = well("a", "b", "c")
    await stage.poll()
    stage.source.rows[PAY] = broken("a", "b", "c", since=stage.clock.now())
    await stage.poll(25)
    greeting, group = stage.parents()
    assert len(stage.replies(greeting)) == 1
    assert len(stage.replies(group)) == 1
    for number in range(1, 5):
        await handled(stage, number, Handling().acknowledge(ANA, stage.clock.now()))
    await stage.poll(22)
    assert [len(stage.replies(one)) for one in (greeting, group)] == [2, 2]


async def test_reminders_that_are_switched_off_never_come() -> None:
    stage = await begun()
    breaks(stage)
    await stage.poll(600)
    assert stage.replies(stage.parents()[1]) == []
    await handled(stage, 1, Handling().acknowledge(ANA, stage.clock.now()))
    await stage.poll(600)
    assert stage.replies(stage.parents()[1]) == []


async def test_a_route_that_keeps_a_worsening_in_the_thread() -> None:
    stage = await begun()
    stage.routes = (Route(ALERTS, broadcast=False),)
    stage.source.rows[PAY] = both(behind(11 * MINUTE), well("ledger"))
    await stage.poll(4)
    stage.source.rows[PAY] = both(
        broken("orders", since=stage.clock.now() - 11 * MINUTE, status="INTERRUPTED"), well("ledger")
    )
    await stage.poll()
    assert words(stage.replies(stage.parents()[1])) == [False]


async def test_without_any_channel_nothing_is_owed_and_nothing_is_lost() -> None:
    stage = await begun()
    stage.default = None
    breaks(stage)
    await stage.poll(3)
    assert len(stage.parents()) == 1
    stage.default = ALERTS
    await stage.poll()
    assert "pay/orders" in shown(stage.parents(ID)[1])
    assert (await stage.store.posts_of([IncidentNumber(1)]))[0].channel == ALERTS


async def test_a_route_that_is_new_tells_there_what_burns_already() -> None:
    """As after the settings were read again; where the incident stands already nothing is repeated."""
    stage = await begun()
    breaks(stage)
    await stage.poll()
    assert stage.parents(BILLS_ID) == []
    stage.routes = (Route(BILLS, continues=True), Route(ALERTS))
    await stage.poll()
    (late,) = stage.parents(BILLS_ID)
    assert "pay/orders" in shown(late)
    assert len(stage.parents()) == 2
    await stage.poll(3)
    assert stage.parents(BILLS_ID) == [late]
