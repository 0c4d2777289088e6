"""From when on nothing of a group can be restored: by all of its members, not only by those that are told."""

from dataclasses import replace
from datetime import UTC, timedelta

from bot.domain.incident import Lifecycle
from bot.domain.look import shipped_by_all
from bot.domain.problem import Problem
from bot.views.group_card import group_lines
from bot.views.wording import slack_time
from tests.views.handled_samples import GAP, MEMBERS, group_content
from tests.views.view_samples import READ_AT

HOUR = timedelta(hours=1)


def test_a_member_that_is_not_told_may_be_the_one_that_is_furthest_behind() -> None:
    earlier = READ_AT - 26 * HOUR
    (said,) = [one for one in group_lines(group_content(shipped_until=earlier), UTC) if "be restored" in one]
    assert said == (
        f"What the tenants of these 12 tasks wrote since {slack_time(earlier, UTC)} cannot be restored yet. "
        "If this lasts until the database recycles its log, what was not backed up is lost for good; "
        "a database set to wait for the backup stops taking writes instead."
    )


def test_all_that_are_open_and_can_be_read_count() -> None:
    longest = replace(MEMBERS[-1], delay=9 * HOUR)
    over = replace(longest, lifecycle=Lifecycle.RESOLVED, delay=30 * HOUR)
    unread = replace(longest, problem=Problem.UNREACHABLE, delay=30 * HOUR)
    never = replace(longest, delay=None, checkpoint=None)
    lost = replace(longest, gap=GAP, delay=30 * HOUR)
    assert shipped_by_all([*MEMBERS, over, unread, never, lost, longest], READ_AT) == READ_AT - 9 * HOUR
    assert shipped_by_all([over, unread, never], READ_AT) is None
