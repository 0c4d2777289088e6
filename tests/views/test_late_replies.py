"""A message that was held up does not tell an old state as the present one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.notification import (
    Action,
    ChangeContent,
    Channel,
    MessageKey,
    Notification,
    OutboxId,
    Reason,
)
from bot.domain.problem import Severity
from bot.views.announcement import LATE, announcement
from bot.views.change_reply import change_message
from bot.views.wording import slack_time
from tests.views.view_goldens import assert_fit_for_slack
from tests.views.view_samples import LEDGER_BEHIND, NOW, minutes

WORSE = replace(LEDGER_BEHIND, severity=Severity.CRITICAL)


def owed(action: Action) -> Notification:
    return Notification(
        id=OutboxId("1"),
        message=MessageKey("incident/42"),
        channel=Channel("C1"),
        action=action,
        reason=Reason.GOT_WORSE,
        content=ChangeContent(LEDGER_BEHIND, WORSE, Reason.GOT_WORSE, NOW),
        created_at=NOW,
    )


def test_a_reply_that_was_held_up_names_the_moment_that_it_speaks_of() -> None:
    """Lengths of time in it would else be read as of its posting."""
    on_time = announcement(owed(Action.REPLY))
    late = announcement(owed(Action.REPLY), now=NOW + LATE)
    moment = f"As of {slack_time(NOW)}: "
    assert late.text == moment + on_time.text
    assert late.blocks[1:] == on_time.blocks
    assert late.blocks[0]["elements"][0]["text"].startswith(f"{moment}this message was held up")
    assert_fit_for_slack(late)


@pytest.mark.parametrize(
    ("action", "waited"),
    [(Action.REPLY, LATE - timedelta(seconds=1)), (Action.POST, LATE), (Action.EDIT, LATE)],
    ids=["a reply in time", "a parent message that says when it was read", "an edit of it"],
)
def test_what_is_in_time_or_has_its_moment_stays_as_it_is(action: Action, waited: timedelta) -> None:
    assert announcement(owed(action), now=NOW + waited) == announcement(owed(action))


def test_what_was_over_in_between_is_not_told_as_one_long_stretch() -> None:
    """It was told to be over, and then to be so again: a worsening after that says so too."""
    again = replace(WORSE, reopened=2, since=NOW - minutes(32))
    said = change_message(ChangeContent(LEDGER_BEHIND, again, Reason.GOT_WORSE, NOW)).text
    assert f"It first began at {slack_time(again.since)} and broke again 2 times since then." in said
    assert "for 32 min" not in said
