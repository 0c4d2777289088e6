"""When to try again, and at which pace."""

from datetime import UTC, datetime, timedelta

from bot.domain.delivery import EDIT_EVERY, LONGEST_WAIT, Pace, edit_due, next_attempt
from bot.domain.notification import (
    Action,
    Channel,
    GreetingContent,
    MessageKey,
    Notification,
    OutboxId,
    Reason,
)
from bot.domain.task import SourceName

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_waits_double_up_to_half_a_minute_and_never_end() -> None:
    waits = [next_attempt(attempts, None, 0.0).wait for attempts in (1, 2, 3, 5, 6, 1_000_000)]
    assert waits == [SECOND, 2 * SECOND, 4 * SECOND, 16 * SECOND, LONGEST_WAIT, LONGEST_WAIT]


def test_what_slack_asks_for_is_the_least() -> None:
    assert next_attempt(1, timedelta(seconds=30), 0.0).wait == timedelta(seconds=30)
    assert next_attempt(1, timedelta(seconds=30), 0.999).wait > timedelta(seconds=30)
    assert next_attempt(1, timedelta(0), 0.0).wait == SECOND, "a wait of nothing would be a loop without end"


def test_chance_spreads_the_wait_by_a_quarter() -> None:
    assert next_attempt(1, None, 1.0).wait == SECOND * 1.25


def test_a_burst_goes_out_at_once_and_then_one_an_interval() -> None:
    pace = Pace(SECOND, burst=3)
    now = NOW
    sent = []
    for _ in range(6):
        now += pace.wait(now)
        pace = pace.taken(now)
        sent.append((now - NOW).total_seconds())
    assert sent == [0, 0, 0, 1, 2, 3]


def test_a_rest_gives_the_burst_back() -> None:
    pace = Pace(SECOND, burst=2)
    for _ in range(2):
        pace = pace.taken(NOW)
    assert pace.wait(NOW) == SECOND
    assert pace.wait(NOW + 2 * SECOND) == timedelta(0)


def an_edit(after: timedelta, *, by_person: bool = False) -> Notification:
    content = GreetingContent(SourceName("prod"), 1, 1, SECOND, (), NOW)
    place = MessageKey("incident/1"), Channel("alerts")
    born = NOW + after
    return Notification(
        OutboxId("1"), *place, Action.EDIT, Reason.MOVED_ON, content, born, by_person=by_person
    )


def test_the_figures_of_one_message_move_at_most_every_few_seconds() -> None:
    assert edit_due(an_edit(SECOND), None) is None, "it was never edited"
    assert edit_due(an_edit(SECOND), NOW) == NOW + EDIT_EVERY
    assert edit_due(an_edit(EDIT_EVERY), NOW) is None


def test_what_a_person_did_is_shown_at_once() -> None:
    assert edit_due(an_edit(SECOND, by_person=True), NOW) is None
