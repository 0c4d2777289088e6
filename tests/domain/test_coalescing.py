"""What becomes of messages that wait when another is born."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.coalescing import (
    STALE,
    TOLD,
    Coalesced,
    Waiting,
    coalesce,
    may_stand,
    meanwhile,
    meanwhile_told,
    together,
)
from bot.domain.evidence import StatusBroken
from bot.domain.finding import RecoveryGap
from bot.domain.grouping import Cause, Group, Trait
from bot.domain.handling import Actor, UserId
from bot.domain.incident import Incident, IncidentNumber, Lifecycle, Subject
from bot.domain.notification import (
    ActContent,
    Action,
    ChangeContent,
    ChangesContent,
    Channel,
    Content,
    Counts,
    GreetingContent,
    GroupContent,
    IncidentContent,
    MeanwhileContent,
    MessageKey,
    Notification,
    OutboxId,
    Reason,
)
from bot.domain.problem import Problem, Severity
from bot.domain.routing import Mention
from bot.domain.task import SourceName

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PROD = SourceName("prod")
ONCALL, TEAM = Mention("S1"), Mention("S2")


def incident(number: int = 1, *, over: bool = False, severity: Severity = Severity.CRITICAL) -> Incident:
    return Incident(
        number=IncidentNumber(number),
        subject=Subject(f"task:{number}", PROD),
        lifecycle=Lifecycle.RESOLVED if over else Lifecycle.FIRING,
        problem=Problem.FAILED,
        severity=severity,
        because=StatusBroken("FAILED", None),
        since=NOW,
        opened_at=NOW,
        changed_at=NOW,
        worst_severity=severity,
    )


def group(*, over: bool = False) -> GroupContent:
    trait = Trait(Cause.SOURCE, PROD, "", "prod")
    lifecycle = Lifecycle.RESOLVED if over else Lifecycle.FIRING
    critical = Severity.CRITICAL
    one = Group(
        IncidentNumber(9),
        Channel("C1"),
        trait,
        lifecycle,
        critical,
        Problem.FAILED,
        NOW,
        NOW,
        NOW,
        12,
        critical,
    )
    return GroupContent(one, (incident(),), Counts(open=0 if over else 7, over=5), NOW)


def owed(
    id_: str,
    action: Action,
    reason: Reason = Reason.FIRST_SEEN,
    content: Content | None = None,
    *,
    about: int | None = 1,
    minutes: float = 0,
    mentions: tuple[Mention, ...] = (),
    by_person: bool = False,
) -> Notification:
    return Notification(
        id=OutboxId(id_),
        message=MessageKey("incident/1"),
        channel=Channel("C1"),
        action=action,
        reason=reason,
        content=content or IncidentContent(incident(), NOW),
        created_at=NOW + timedelta(minutes=minutes),
        incident=None if about is None else IncidentNumber(about),
        mentions=mentions,
        by_person=by_person,
    )


POST = owed("post", Action.POST, mentions=(TEAM,))
OVER = owed("over", Action.EDIT, Reason.RECOVERED, IncidentContent(incident(over=True), NOW))
NOTE = owed("note", Action.REPLY, Reason.NOTED, ActContent(Reason.NOTED, Actor(UserId("U1"), "Ann"), NOW))


def changes(id_: str, *numbers: int, minutes: float = 0, more: int = 0) -> Notification:
    """Make a reply that tells changes of several incidents, of which ``more`` are only counted."""
    told = tuple(ChangeContent(None, incident(number), Reason.EASED, NOW) for number in numbers)
    content = ChangesContent(told, ((Reason.EASED, len(numbers) + more),), NOW)
    return owed(id_, Action.REPLY, Reason.EASED, content, about=None, minutes=minutes)


def reply(id_: str, reason: Reason, *, minutes: float = 0, about: int | None = 1) -> Notification:
    return owed(id_, Action.REPLY, reason, about=about, minutes=minutes)


def unsent(*notifications: Notification) -> list[Waiting]:
    return [Waiting(one, may_stand=False) for one in notifications]


def test_only_what_was_tried_or_is_under_way_may_stand_and_an_edit_can_be_made_twice() -> None:
    assert not may_stand(Action.POST, under_way=False, outcome_unknown=False)
    assert may_stand(Action.REPLY, under_way=False, outcome_unknown=True)
    assert not may_stand(Action.EDIT, under_way=False, outcome_unknown=True)
    assert may_stand(Action.EDIT, under_way=True, outcome_unknown=False)


@pytest.mark.parametrize("new", [POST, OVER, NOTE], ids=["a post", "an edit", "a reply"])
def test_where_nothing_waits_everything_is_owed_by_itself(new: Notification) -> None:
    assert coalesce([], new) == Coalesced(new)


def test_a_post_that_nobody_has_seen_takes_the_newest_content_and_keeps_whom_it_calls() -> None:
    edit = owed("edit", Action.EDIT, Reason.EASED, IncidentContent(incident(severity=Severity.WARNING), NOW))
    done = coalesce(unsent(POST), edit)
    assert done == Coalesced(replaced=((POST.id, replace(POST, content=edit.content)),))


@pytest.mark.parametrize(
    "content", [group(), GreetingContent(PROD, 1, 1, STALE, (), NOW)], ids=["group", "greeting"]
)
def test_a_group_that_still_fires_and_a_greeting_are_only_brought_up_to_date(content: Content) -> None:
    done = coalesce(unsent(POST), owed("edit", Action.EDIT, Reason.MOVED_ON, content))
    assert done == Coalesced(replaced=((POST.id, replace(POST, content=content)),))


@pytest.mark.parametrize("content", [OVER.content, group(over=True)], ids=["an incident", "a group"])
def test_what_began_and_ended_untold_is_no_message_of_its_own(content: Content) -> None:
    stale = reply("worse", Reason.GOT_WORSE)
    done = coalesce(unsent(POST, stale), replace(OVER, content=content))
    assert done.added is None
    assert done.meanwhile == content
    assert done.dropped == (POST.id, stale.id)
    assert done.replaced == ((POST.id, replace(POST, content=content)),), "should it come back"


def test_what_may_have_been_sent_is_neither_changed_nor_dropped() -> None:
    sent = [Waiting(POST, may_stand=True), Waiting(reply("r", Reason.GOT_WORSE), may_stand=True)]
    assert coalesce(sent, OVER) == Coalesced(OVER)
    over = reply("over", Reason.RECOVERED)
    assert coalesce(sent, over) == Coalesced(over)
    edits = [Waiting(owed("edit", Action.EDIT), may_stand=True)]
    assert coalesce(edits, OVER) == Coalesced(OVER)


def test_a_post_that_only_puts_up_anew_what_people_have_seen_is_left_alone() -> None:
    assert coalesce(unsent(POST), OVER, stands=True) == Coalesced(OVER)


def test_a_thread_with_words_of_people_keeps_its_message() -> None:
    done = coalesce(unsent(POST, NOTE), OVER)
    assert done == Coalesced(replaced=((POST.id, replace(POST, content=OVER.content)),))
    assert coalesce(unsent(POST), NOTE) == Coalesced(NOTE)


TAKEN_BACK = [Waiting(POST, may_stand=False, taken_back=True)]


def test_a_post_that_was_taken_back_stays_away_while_it_is_over() -> None:
    assert coalesce(TAKEN_BACK, OVER) == Coalesced()
    for reason in (Reason.RECOVERED, Reason.CAME_BACK, Reason.GROUPED):
        assert coalesce(TAKEN_BACK, reply("r", reason)) == Coalesced()


def test_a_post_that_was_taken_back_is_owed_again_when_it_comes_back_or_somebody_speaks() -> None:
    back = owed("back", Action.EDIT, Reason.CAME_BACK)
    assert coalesce(TAKEN_BACK, back) == Coalesced(replaced=((POST.id, replace(POST, content=back.content)),))
    assert coalesce(TAKEN_BACK, NOTE) == Coalesced(NOTE, replaced=((POST.id, POST),))


def test_what_the_post_will_tell_by_itself_needs_no_reply() -> None:
    assert coalesce(unsent(POST), reply("r", Reason.RECOVERED)) == Coalesced()
    assert coalesce(unsent(POST), reply("r", Reason.EASED)) == Coalesced()


def test_whom_an_escalation_would_have_called_the_post_calls() -> None:
    escalation = owed("r", Action.REPLY, Reason.NOT_ACKNOWLEDGED, mentions=(ONCALL, TEAM))
    done = coalesce(unsent(POST), escalation)
    assert done == Coalesced(replaced=((POST.id, replace(POST, mentions=(TEAM, ONCALL))),))


def test_what_is_no_state_is_told_after_the_post() -> None:
    grouped = reply("r", Reason.GROUPED)
    assert coalesce(unsent(POST), grouped) == Coalesced(grouped)


def test_the_newest_edit_takes_the_place_and_the_id_of_the_first_that_waits() -> None:
    first = owed("first", Action.EDIT, by_person=True)
    second, newest = owed("second", Action.EDIT), owed("newest", Action.EDIT, Reason.MOVED_ON, minutes=3)
    done = coalesce([Waiting(owed("sent", Action.EDIT), may_stand=True), *unsent(first, second)], newest)
    in_place = replace(newest, id=first.id, created_at=first.created_at, by_person=True)
    assert done == Coalesced(replaced=((first.id, in_place),), dropped=(second.id,))


def test_a_stale_reply_gives_way_to_a_newer_one_and_a_fresh_one_does_not() -> None:
    waiting = unsent(reply("old", Reason.GOT_WORSE), reply("fresh", Reason.EASED, minutes=1), NOTE)
    newer = reply("new", Reason.STILL_FIRING, minutes=2)
    assert coalesce(waiting, newer) == Coalesced(newer, dropped=(OutboxId("old"),))


def test_once_it_is_over_nothing_that_was_is_news() -> None:
    edit = owed("edit", Action.EDIT)
    waiting = unsent(reply("old", Reason.GOT_WORSE), NOTE, edit, reply("other", Reason.GOT_WORSE, about=2))
    over = reply("over", Reason.RECOVERED)
    assert coalesce(waiting, over) == Coalesced(over, dropped=(OutboxId("old"),))


def test_what_a_person_ended_is_never_dropped() -> None:
    act = ActContent(Reason.RESOLVED_BY_HAND, Actor(UserId("U1"), "Ann"), NOW)
    ended = owed("hand", Action.REPLY, Reason.RESOLVED_BY_HAND, act)
    back = reply("back", Reason.CAME_BACK, minutes=5)
    assert coalesce(unsent(ended), back) == Coalesced(back)
    assert coalesce(unsent(POST), ended) == Coalesced(ended)
    assert coalesce(unsent(reply("old", Reason.EASED)), ended) == Coalesced(ended, dropped=(OutboxId("old"),))


def test_words_are_always_owed() -> None:
    assert coalesce(unsent(reply("old", Reason.EASED)), replace(NOTE, created_at=NOW + STALE)) == Coalesced(
        replace(NOTE, created_at=NOW + STALE)
    )


def test_a_newer_reply_calls_whom_the_needless_one_would_have_called() -> None:
    old = replace(reply("old", Reason.NOT_ACKNOWLEDGED), mentions=(ONCALL,), broadcast=True)
    newer = replace(reply("new", Reason.STILL_FIRING, minutes=5), mentions=(TEAM,))
    done = coalesce(unsent(old), newer)
    assert done.added == replace(newer, mentions=(ONCALL, TEAM), broadcast=True)


STALE_CHANGES = {
    "all of them again": (changes("new", 1, 2, minutes=5), True),
    "more than them": (changes("new", 1, 2, 3, minutes=5), True),
    "one of them": (changes("new", 1, minutes=5), False),
    "one of them, by its number": (reply("new", Reason.EASED, about=1, minutes=5), False),
    "all, not by their numbers": (reply("new", Reason.STILL_FIRING, about=None, minutes=5), False),
}


@pytest.mark.parametrize(("new", "drops"), list(STALE_CHANGES.values()), ids=list(STALE_CHANGES))
def test_changes_of_several_give_way_to_what_tells_of_all_of_them(new: Notification, *, drops: bool) -> None:
    done = coalesce(unsent(changes("old", 1, 2)), new)
    assert done == Coalesced(new, dropped=(OutboxId("old"),) if drops else ())


def test_a_change_of_one_gives_way_to_changes_that_tell_of_it() -> None:
    newer = changes("new", 1, 2, minutes=5)
    old = reply("old", Reason.EASED, about=1)
    assert coalesce(unsent(old), newer) == Coalesced(newer, dropped=(old.id,))
    assert coalesce(unsent(replace(old, incident=None)), newer) == Coalesced(newer)


def test_changes_of_which_some_are_only_counted_give_way_to_nothing() -> None:
    newer = changes("new", 1, 2, minutes=5)
    assert coalesce(unsent(changes("old", 1, more=10)), newer) == Coalesced(newer)


def test_of_what_ended_untold_the_worst_are_named_and_all_are_counted() -> None:
    line: MeanwhileContent | None = None
    for number in range(1, TOLD + 3):
        severity = Severity.CRITICAL if number > TOLD else Severity.WARNING
        line = meanwhile(line, IncidentContent(incident(number, over=True, severity=severity), NOW))
    assert line is not None
    assert line.total == TOLD + 2
    assert [one.number for one in line.incidents] == [TOLD + 1, TOLD + 2, *range(1, TOLD - 1)]


def test_a_group_that_ended_untold_counts_its_members() -> None:
    ended = group(over=True)
    line = meanwhile(meanwhile(None, IncidentContent(incident(over=True), NOW)), ended)
    assert (line.total, line.groups) == (6, (ended.group,))


def test_a_gap_that_a_group_left_is_not_forgotten_with_it() -> None:
    gap = RecoveryGap(NOW, NOW + timedelta(minutes=9))
    left = replace(incident(7, over=True, severity=Severity.WARNING), gap=gap)
    ended = replace(group(over=True), worst=(incident(6, over=True), left))
    line = meanwhile(meanwhile(None, IncidentContent(incident(over=True), NOW)), ended)
    assert [one.number for one in line.incidents] == [7, 1]
    assert line.total == 6


def test_the_line_is_a_message_of_its_own() -> None:
    told = meanwhile_told(MeanwhileContent((), 3), OVER, 7)
    assert (told.message, told.action, told.reason) == ("meanwhile/C1/7", Action.POST, Reason.MEANWHILE)
    assert told.created_at == OVER.created_at
    assert told.id != OVER.id


def test_two_lines_become_one_that_keeps_the_worst_of_both() -> None:
    older = meanwhile(None, IncidentContent(incident(1, over=True, severity=Severity.WARNING), NOW))
    newer = meanwhile(None, IncidentContent(incident(2, over=True), NOW))
    for number in range(3, TOLD + 2):
        newer = meanwhile(newer, IncidentContent(incident(number, over=True), NOW))
    newer = meanwhile(newer, group(over=True))
    both = together(older, newer)
    assert both.total == older.total + newer.total
    assert both.groups == newer.groups
    assert [one.number for one in both.incidents] == [*range(2, TOLD + 2)], (
        "the warning is the one that is counted"
    )
