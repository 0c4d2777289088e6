"""When to try again, and at which pace."""

from datetime import UTC, datetime, timedelta

from bot.domain.delivery import LONGEST_WAIT, Pace, needless_edits, next_attempt
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


def owed(id_: str, action: Action, message: str = "incident/1", channel: str = "alerts") -> Notification:
    content = GreetingContent(SourceName("prod"), 1, 1, SECOND, (), NOW)
    place = MessageKey(message), Channel(channel)
    return Notification(OutboxId(id_), *place, action, Reason.MOVED_ON, content, NOW)


def test_only_the_newest_edit_of_a_message_in_a_channel_is_needed() -> None:
    waiting = [
        owed("1", Action.EDIT),
        owed("2", Action.EDIT, message="incident/2"),
        owed("3", Action.REPLY),
        owed("4", Action.EDIT, channel="other"),
        owed("5", Action.EDIT),
        owed("6", Action.POST),
        owed("7", Action.EDIT),
    ]
    assert needless_edits(waiting) == {"1", "5"}
