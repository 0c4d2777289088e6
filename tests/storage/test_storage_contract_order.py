"""What every store promises about the order in which things go to Slack."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.delivery import EDIT_EVERY
from bot.domain.notification import (
    Action,
    ChangeContent,
    GreetingContent,
    MessageKey,
    Notification,
    Reason,
)
from bot.domain.problem import Severity
from bot.domain.task import SourceName
from tests.storage.storage_samples import (
    ALERT,
    LEASE,
    OTHERS,
    SECOND,
    T0,
    AnyStore,
    claimed,
    deliver,
    give_up,
    incident,
    notification,
    owe,
    postpone,
    standing,
)

ANOTHER = MessageKey("incident/2")


async def test_nothing_goes_before_its_parent_stands(store: AnyStore) -> None:
    await owe(store, notification("r", Action.REPLY), notification("e", Action.EDIT))
    assert await claimed(store) == []
    await standing(store)
    assert await claimed(store) == ["r", "e"]


async def test_a_reply_waits_for_the_post_before_it_wherever_that_is(store: AnyStore) -> None:
    await owe(store, notification("p"), notification("r", Action.REPLY))
    assert await claimed(store, owner="one") == ["p"]
    assert await claimed(store, owner="another") == []
    await deliver(store, "p", owner="one")
    assert await claimed(store, owner="another") == ["r"]


async def test_what_follows_a_message_posted_anew_waits_for_the_new_one(store: AnyStore) -> None:
    await standing(store)
    await owe(store, notification("p"), notification("e", Action.EDIT))
    assert await claimed(store) == ["p"]
    await deliver(store, "p", ts="2.0")
    assert await claimed(store) == ["e"]


async def test_a_parent_in_one_channel_is_no_parent_in_another(store: AnyStore) -> None:
    await standing(store)
    await owe(store, notification("r", Action.REPLY, channel=OTHERS))
    assert await claimed(store) == []


async def test_replies_of_a_message_keep_their_order_in_each_channel(store: AnyStore) -> None:
    await standing(store, ALERT, ANOTHER)
    await owe(
        store,
        notification("a1", Action.REPLY, severity=Severity.WARNING),
        notification("a2", Action.REPLY),
        notification("b1", Action.REPLY, message=ANOTHER),
    )
    assert await claimed(store) == ["b1", "a1"]
    await postpone(store, "a1")
    assert await claimed(store) == []
    assert await claimed(store, T0 + 10 * SECOND) == ["a1"]
    await deliver(store, "a1")
    assert await claimed(store) == ["a2"]


async def test_a_reply_that_never_goes_does_not_hold_up_the_next(store: AnyStore) -> None:
    await standing(store)
    await owe(store, notification("r1", Action.REPLY), notification("r2", Action.REPLY))
    await claimed(store)
    assert await give_up(store, "r1")
    assert await claimed(store) == ["r2"]


async def test_new_alerts_go_before_replies_before_edits_and_critical_before_warning(store: AnyStore) -> None:
    await standing(store, *(MessageKey(f"m{i}") for i in range(4)))
    await owe(
        store,
        notification("edit, warning", Action.EDIT, message=MessageKey("m0"), severity=Severity.WARNING),
        notification("edit, critical", Action.EDIT, message=MessageKey("m1")),
        notification("reply, warning", Action.REPLY, message=MessageKey("m2"), severity=Severity.WARNING),
        notification("reply, critical", Action.REPLY, message=MessageKey("m3")),
        notification("post, warning", message=MessageKey("m4"), severity=Severity.WARNING),
        notification("post, critical", message=MessageKey("m5")),
    )
    assert await claimed(store) == [
        "post, critical",
        "post, warning",
        "reply, critical",
        "reply, warning",
        "edit, critical",
        "edit, warning",
    ]


def greeting(id_: str, *severities: Severity) -> Notification:
    members = tuple(incident(severity=severity) for severity in severities)
    content = GreetingContent(SourceName("prod"), 3, 48, timedelta(seconds=30), members, T0)
    return replace(notification(id_, message=MessageKey(f"greeting/{id_}")), content=content)


async def test_the_severity_is_that_of_what_is_told(store: AnyStore) -> None:
    change = ChangeContent(None, incident(severity=Severity.CRITICAL), Reason.GOT_WORSE, T0)
    await owe(
        store,
        greeting("nothing broken"),
        greeting("one critical", Severity.WARNING, Severity.CRITICAL),
        greeting("only warnings", Severity.WARNING),
        replace(notification("a change", message=ANOTHER), content=change),
    )
    assert await claimed(store) == ["one critical", "a change", "nothing broken", "only warnings"]


async def test_a_claim_takes_only_the_actions_that_it_names(store: AnyStore) -> None:
    await standing(store, ANOTHER)
    await owe(store, notification("p"), notification("e", Action.EDIT, message=ANOTHER))
    owed = await store.claim(owner="a bot", now=T0, lease=LEASE, limit=5, actions=(Action.EDIT,))
    assert [one.notification.id for one in owed] == ["e"]
    assert await claimed(store) == ["p"]


async def test_a_newer_edit_waits_while_an_older_one_is_under_way(store: AnyStore) -> None:
    await standing(store)
    await owe(store, notification("old", Action.EDIT))
    await claimed(store, owner="one")
    await owe(store, notification("new", Action.EDIT))
    assert await claimed(store, owner="another") == []
    await deliver(store, "old", owner="one")
    assert await claimed(store, T0 + EDIT_EVERY - SECOND, owner="another") == []
    assert await claimed(store, T0 + EDIT_EVERY, owner="another") == ["new"]


async def test_with_a_post_that_is_given_up_all_that_would_follow_is(store: AnyStore) -> None:
    await owe(store, notification("p"), notification("r", Action.REPLY))
    await owe(store, notification("other", Action.POST, message=ANOTHER))
    await claimed(store)
    assert await give_up(store, "p")
    assert await store.outbox_depth() == 1
    await owe(store, notification("late", Action.EDIT))
    assert await store.outbox_depth() == 1


async def test_a_message_that_stands_outlives_a_post_that_is_given_up(store: AnyStore) -> None:
    await standing(store)
    await owe(store, notification("again"), notification("r", Action.REPLY))
    await claimed(store)
    await give_up(store, "again")
    await owe(store, notification("e", Action.EDIT))
    assert await claimed(store) == ["r", "e"]


async def test_a_post_that_is_owed_anew_revives_a_message_that_was_given_up(store: AnyStore) -> None:
    await owe(store, notification("p"))
    await claimed(store)
    await owe(store, notification("again"), notification("r", Action.REPLY))
    assert await give_up(store, "p")
    assert await claimed(store) == ["again"]
    await owe(store, notification("e", Action.EDIT))
    await deliver(store, "again")
    assert await claimed(store) == ["r", "e"]
