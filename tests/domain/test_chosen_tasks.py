"""Which tasks a list shows, and in which order; and what a task is told by."""

import copy
import pickle
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.problem import Severity
from bot.domain.ranking import ranked
from bot.domain.selection import Order, TaskFilter, chosen, ordered
from bot.domain.task import ClusterId, SourceName, TaskKey
from tests.views.view_samples import the_fleet

FILTERS = (
    TaskFilter(),
    TaskFilter(delay_over=timedelta(minutes=1), severities=(Severity.CRITICAL,)),
    TaskFilter(delay_over=timedelta(minutes=1)),
    TaskFilter(severities=(Severity.CRITICAL,)),
)


@pytest.mark.parametrize("only", FILTERS)
@pytest.mark.parametrize("order", list(Order))
def test_of_the_whole_fleet_the_same_is_chosen_in_the_same_order(only: TaskFilter, order: Order) -> None:
    fleet = the_fleet()
    expected = ordered(only.admitted(fleet.tasks), order)
    assert expected, "there is something to choose"
    assert [*chosen(fleet, fleet.tasks, only, order)] == expected
    assert [*chosen(fleet, tuple(reversed(fleet.tasks)), only, order)] == expected


def test_the_worst_come_first() -> None:
    fleet = the_fleet()
    delays = [task.delay for task in chosen(fleet, fleet.tasks[:5], TaskFilter(), Order.DELAY)]
    assert delays == sorted(delays, key=lambda delay: delay or timedelta(0), reverse=True)
    standings = [task.needs_somebody for task in fleet.worst_first]
    assert standings == sorted(standings, reverse=True)
    assert any(standings)
    assert not all(standings)


def test_what_nobody_knows_the_delay_of_is_not_over_any() -> None:
    first, second, *_ = the_fleet().tasks
    unknown = replace(first, task=replace(first.task, checkpoint=None, delay=None))
    assert ranked([unknown, second]).over(timedelta(days=-1)) == [second]


def test_a_key_that_was_copied_or_sent_to_another_process_is_the_same_key() -> None:
    key = TaskKey(SourceName("prod"), ClusterId(5), "1004", "file:///log")
    for again in (copy.deepcopy(key), pickle.loads(pickle.dumps(key))):  # noqa: S301 - our own
        assert again == key
        assert {again: 1}[key] == 1
