"""What every store promises about what waits when something newer is owed: people get the present state."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.delivery import EDIT_EVERY
from bot.domain.handling import Actor, UserId
from bot.domain.notification import (
    ActContent,
    Action,
    ChangeContent,
    IncidentContent,
    MeanwhileContent,
    MessageKey,
    Notification,
    OutboxId,
    Reason,
)
from bot.domain.problem import Severity
from bot.domain.routing import Mention
from tests.storage.storage_samples import (
    ALERT,
    ALERTS,
    LEASE,
    OTHERS,
    SECOND,
    T0,
    AnyStore,
    claimed,
    deliver,
    incident,
    notification,
    owe,
    postpone,
    resolved,
    standing,
)

ANOTHER = MessageKey("incident/2")
ONCALL = Mention("S1")
ANN = Actor(UserId("U1"), "Ann")
LATER = T0 + 10 * SECOND
"""When what was given back is due again."""


def edit(
    id_: str, *, over: bool = False, message: MessageKey = ALERT, worst: Severity = Severity.CRITICAL
) -> Notification:
    """Make an edit that shows an incident as it is, by default still firing."""
    state = incident(severity=worst)
    content = IncidentContent(resolved(state) if over else state, T0)
    reason = Reason.RECOVERED if over else Reason.GOT_WORSE
    return replace(notification(id_, Action.EDIT, message=message, reason=reason), content=content)


def reply(id_: str, reason: Reason, *, message: MessageKey = ALERT, at: datetime = T0) -> Notification:
    change = ChangeContent(None, incident(), reason, at)
    made = notification(id_, Action.REPLY, message=message, reason=reason)
    return replace(made, content=change, created_at=at)


def note(id_: str) -> Notification:
    made = notification(id_, Action.REPLY, reason=Reason.NOTED)
    return replace(made, content=ActContent(Reason.NOTED, ANN, T0, "disk replaced"), by_person=True)


async def given(store: AnyStore, now: datetime = T0, limit: int = 100) -> list[Notification]:
    owed = await store.claim(owner="a bot", now=now, lease=LEASE, limit=limit)
    return [one.notification for one in owed]


async def test_an_edit_takes_the_place_of_an_older_one_that_waits(store: AnyStore) -> None:
    """Only the newest state is worth showing, and what changes all the time must not lose its turn."""
    await standing(store, ALERT, ANOTHER)
    newest = edit("new", worst=Severity.WARNING)
    await owe(store, edit("old"), edit("between", message=ANOTHER), newest)
    assert await store.outbox_depth() == 2
    assert await given(store) == [replace(newest, id=edit("old").id), edit("between", message=ANOTHER)]


async def test_an_edit_in_anothers_place_is_as_urgent_as_either(store: AnyStore) -> None:
    """A change that nobody was shown yet is told before mere figures, though newer figures came over it."""
    await standing(store, ALERT, ANOTHER)
    await owe(
        store,
        notification("figures", Action.EDIT, message=ANOTHER, reason=Reason.MOVED_ON),
        notification("change", Action.EDIT, severity=Severity.WARNING),
        notification("figures after the change", Action.EDIT, reason=Reason.MOVED_ON),
    )
    assert await claimed(store) == ["change", "figures"]


async def test_the_same_edit_twice_is_one(store: AnyStore) -> None:
    await standing(store)
    await owe(store, edit("n"))
    await owe(store, edit("n"), edit("n"))
    assert await claimed(store) == ["n"]


async def test_an_edit_that_failed_is_tried_at_once_in_its_newest_state(store: AnyStore) -> None:
    await standing(store)
    await owe(store, edit("old"))
    await claimed(store)
    await postpone(store, "old", unknown=True)
    newest = edit("new", worst=Severity.WARNING)
    await owe(store, newest)
    (owed,) = await store.claim(owner="a bot", now=T0, lease=LEASE, limit=5)
    assert owed.notification == replace(newest, id=edit("old").id)
    assert (owed.attempts, owed.outcome_unknown) == (0, False)
    await deliver(store, "old")
    assert await claimed(store, T0 + LEASE) == []


async def test_an_edit_that_is_under_way_is_left_alone_and_made_needless_by_the_newer_one(
    store: AnyStore,
) -> None:
    await standing(store)
    await owe(store, edit("old"))
    await claimed(store)
    await owe(store, edit("new"), edit("newest"))
    assert await store.outbox_depth() == 2
    await postpone(store, "old")
    assert await claimed(store) == ["new"]
    await deliver(store, "new")
    assert await store.outbox_depth() == 0


async def test_an_alert_that_nobody_has_seen_yet_tells_the_present_state(store: AnyStore) -> None:
    await owe(store, notification("p", severity=Severity.WARNING))
    await owe(store, notification("between", message=ANOTHER, severity=Severity.WARNING))
    await owe(store, reply("r", Reason.GOT_WORSE), edit("e"))
    first, second = await given(store)
    assert first == replace(notification("p"), content=edit("e").content)
    assert second.id == "between"
    assert await store.outbox_depth() == 2


async def test_an_alert_that_may_stand_is_not_touched(store: AnyStore) -> None:
    """It was sent, perhaps: what changed since is told by an edit and a reply."""
    await owe(store, notification("p"))
    await claimed(store)
    await postpone(store, "p", unknown=True)
    await owe(store, reply("r", Reason.RECOVERED), edit("e", over=True))
    assert await store.outbox_depth() == 3
    assert await given(store, T0 + 10 * SECOND) == [notification("p")]
    await deliver(store, "p")
    assert await claimed(store, T0 + 10 * SECOND) == ["r", "e"]


async def test_what_began_and_ended_untold_is_told_in_one_line(store: AnyStore) -> None:
    for number in (1, 2, 3):
        message = MessageKey(f"incident/{number}")
        await owe(store, notification(f"p{number}", message=message))
        await owe(
            store,
            reply(f"r{number}", Reason.RECOVERED, message=message),
            edit(f"e{number}", over=True, message=message),
        )
    await owe(store, notification("elsewhere", channel=OTHERS))
    await owe(store, replace(edit("over elsewhere", over=True), channel=OTHERS))
    assert await store.outbox_depth() == 2
    here, there = await given(store)
    assert (here.channel, there.channel) == (ALERTS, OTHERS)
    assert (here.message, here.action, here.reason) == ("meanwhile/C1/1", Action.POST, Reason.MEANWHILE)
    assert isinstance(here.content, MeanwhileContent)
    assert here.content.total == 3
    assert [one.is_open for one in here.content.incidents] == [False] * 3
    assert isinstance(there.content, MeanwhileContent)
    assert there.content.total == 1


async def begin_and_end(store: AnyStore, number: int) -> None:
    message = MessageKey(f"incident/{number}")
    await owe(
        store, notification(f"p{number}", message=message), edit(f"e{number}", over=True, message=message)
    )


async def test_a_line_that_is_under_way_is_followed_by_another(store: AnyStore) -> None:
    await begin_and_end(store, 1)
    (first,) = await given(store)
    await begin_and_end(store, 2)
    await begin_and_end(store, 3)
    assert await given(store) == [], "it goes first"
    await deliver(store, first.id)
    (second,) = await given(store)
    assert (first.message, second.message) == ("meanwhile/C1/1", "meanwhile/C1/2")
    assert isinstance(second.content, MeanwhileContent)
    assert second.content.total == 2
    await deliver(store, second.id)
    await begin_and_end(store, 4)
    assert [one.message for one in await given(store)] == ["meanwhile/C1/3"]


async def test_a_line_that_surely_does_not_stand_becomes_part_of_the_next(store: AnyStore) -> None:
    await begin_and_end(store, 1)
    (first,) = await given(store)
    await postpone(store, first.id, unknown=True)
    await begin_and_end(store, 2)
    assert await claimed(store, LATER) == [first.id]
    assert await renewed(store, first.id)
    (second,) = await given(store, LATER)
    assert second.message == "meanwhile/C1/2"
    assert isinstance(second.content, MeanwhileContent)
    assert len(second.content.incidents) == 2
    assert second.content.total == 2
    assert not await renewed(store, second.id), "there is no other"
    await deliver(store, second.id)
    assert await store.outbox_depth() == 0


async def test_what_comes_back_after_it_was_taken_back_is_an_alert_again(store: AnyStore) -> None:
    """Nobody has seen its message: an edit or a reply alone would wait for it for ever."""
    alert = replace(notification("p"), mentions=(ONCALL,))
    await owe(store, alert, edit("over", over=True))
    await owe(store, edit("still over", over=True))
    (line,) = await given(store)
    await deliver(store, line.id)
    await owe(store, reply("back", Reason.CAME_BACK), edit("again"))
    assert await given(store) == [replace(alert, content=edit("again").content)]
    await deliver(store, "p", ts="3.5")
    await owe(store, reply("worse", Reason.GOT_WORSE))
    assert await claimed(store) == ["worse"]


async def test_what_somebody_said_about_it_keeps_its_message(store: AnyStore) -> None:
    """Their words need a thread."""
    await owe(store, notification("p"), note("n"), edit("over", over=True))
    (alert,) = await given(store)
    assert alert == replace(notification("p"), content=edit("over", over=True).content)
    await deliver(store, "p")
    assert await claimed(store) == ["n"]


async def test_what_somebody_says_later_brings_its_message_back(store: AnyStore) -> None:
    await owe(store, notification("p"), edit("over", over=True))
    (line,) = await given(store)
    await deliver(store, line.id)
    await owe(store, note("n"))
    (alert,) = await given(store)
    assert alert.id == "p"
    assert isinstance(alert.content, IncidentContent)
    assert not alert.content.incident.is_open
    await deliver(store, "p")
    assert await claimed(store) == ["n"]


async def test_replies_that_are_stale_give_way_to_a_newer_one(store: AnyStore) -> None:
    await standing(store)
    later = T0 + timedelta(minutes=5)
    await owe(store, reply("worse", Reason.GOT_WORSE), note("n"), reply("reminder", Reason.STILL_FIRING))
    await owe(store, reply("over", Reason.RECOVERED, at=later))
    assert await store.outbox_depth() == 2
    assert await claimed(store) == ["n"]


async def test_whom_a_needless_reply_would_have_called_the_newer_one_calls(store: AnyStore) -> None:
    await standing(store)
    escalation = replace(reply("old", Reason.NOT_ACKNOWLEDGED), mentions=(ONCALL,), broadcast=True)
    await owe(store, escalation, reply("new", Reason.STILL_FIRING, at=T0 + timedelta(minutes=5)))
    (one,) = await given(store)
    assert (one.id, one.mentions, one.broadcast) == ("new", (ONCALL,), True)


async def test_figures_of_a_message_are_shown_every_few_seconds_at_most(store: AnyStore) -> None:
    await standing(store, ALERT, ANOTHER)
    await owe(store, edit("first"))
    await claimed(store)
    await deliver(store, "first")
    soon = T0 + SECOND
    await owe(store, replace(edit("soon"), created_at=soon), edit("another", message=ANOTHER))
    await owe(store, replace(edit("newer"), created_at=soon + SECOND))
    assert await claimed(store, soon) == ["another"]
    assert await claimed(store, T0 + EDIT_EVERY - SECOND) == []
    assert await claimed(store, T0 + EDIT_EVERY) == ["soon"]


async def test_what_a_person_did_is_shown_at_once(store: AnyStore) -> None:
    await standing(store)
    await owe(store, edit("first"))
    await claimed(store)
    await deliver(store, "first")
    await owe(store, edit("figures"))
    assert await claimed(store) == []
    await owe(store, replace(edit("acknowledged"), by_person=True), edit("figures again"))
    assert await claimed(store) == ["figures"]


async def test_a_message_that_was_left_alone_for_a_while_is_edited_at_once(store: AnyStore) -> None:
    await standing(store)
    await owe(store, edit("first"))
    await claimed(store)
    await deliver(store, "first")
    later = T0 + EDIT_EVERY
    await owe(store, replace(edit("later"), created_at=later))
    assert await claimed(store, later) == ["later"]


async def test_a_storm_is_put_in_together(store: AnyStore) -> None:
    """Each of many, in one transaction, coalesced as if it came alone."""
    async with store.writing() as session:
        for number in range(300):
            message = MessageKey(f"incident/{number}")
            await session.enqueue(notification(f"p{number}", message=message))
            await session.enqueue(edit(f"e{number}", over=number % 2 == 0, message=message))
            await session.enqueue(edit(f"f{number}", over=number % 2 == 0, message=message))
    assert await store.outbox_depth() == 151
    owed = await given(store, limit=500)
    lines = [one.content for one in owed if isinstance(one.content, MeanwhileContent)]
    assert [line.total for line in lines] == [150]


async def renewed(store: AnyStore, id_: str, owner: str = "a bot") -> bool:
    return await store.renew(OutboxId(id_), owner=owner, now=LATER)


async def test_an_alert_that_surely_does_not_stand_tells_the_present_state_after_all(store: AnyStore) -> None:
    """What changed since it was sent into the dark waits as edits; those are of no use without it."""
    await owe(store, notification("p"))
    await claimed(store)
    await postpone(store, "p", unknown=True)
    newest = edit("newer", worst=Severity.WARNING)
    await owe(store, edit("e"), note("n"), newest)
    assert await claimed(store, LATER) == ["p"]
    assert await renewed(store, "p")
    (owed,) = await store.claim(owner="a bot", now=LATER, lease=LEASE, limit=5)
    assert owed.notification == replace(notification("p"), content=newest.content)
    assert not owed.outcome_unknown, "it was looked for, and is posted without looking again"
    await deliver(store, "p")
    assert await claimed(store, LATER) == ["n"]


async def test_what_ended_before_its_alert_surely_stood_is_told_in_the_one_line(store: AnyStore) -> None:
    for number in (1, 2):
        message = MessageKey(f"incident/{number}")
        await owe(store, notification(f"p{number}", message=message))
        await claimed(store)
        await postpone(store, f"p{number}", unknown=True)
        over = reply(f"r{number}", Reason.RECOVERED, message=message)
        await owe(store, over, edit(f"e{number}", over=True, message=message))
    await owe(store, notification("never tried", message=MessageKey("incident/3")))
    await owe(store, edit("over untold", over=True, message=MessageKey("incident/3")))
    assert await claimed(store, LATER) == ["p1", "p2"], "the line waits for what may come to it"
    assert await renewed(store, "p1")
    assert await renewed(store, "p2")
    (line,) = await given(store, LATER)
    assert isinstance(line.content, MeanwhileContent)
    assert line.content.total == 3
    assert await store.outbox_depth() == 1


async def test_an_alert_of_which_nothing_newer_is_known_is_sent_as_it_is(store: AnyStore) -> None:
    await owe(store, notification("p"))
    await claimed(store)
    await postpone(store, "p", unknown=True)
    await owe(store, note("n"), replace(edit("elsewhere"), channel=OTHERS))
    assert await claimed(store, LATER) == ["p"]
    assert not await renewed(store, "p")
    await deliver(store, "p")
    assert await claimed(store, LATER) == ["n"]


async def test_only_who_holds_an_alert_may_put_something_newer_into_its_place(store: AnyStore) -> None:
    await owe(store, notification("p"))
    await claimed(store)
    await postpone(store, "p", unknown=True)
    await owe(store, edit("e", over=True))
    assert await claimed(store, LATER) == ["p"]
    assert not await renewed(store, "p", owner="another")
    assert not await renewed(store, "none such")
    assert await store.outbox_depth() == 2
    await deliver(store, "p")
    assert await claimed(store, LATER) == ["e"]
