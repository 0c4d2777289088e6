"""Recorded pages become the readings that the watch made of them, whatever is missing between them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.reading import FailedReading, Reading
from bot.operations import join_pages
from bot.operations.join_pages import joined
from bot.replaying import page_of
from tests.replays.samples import POLL, T0, encoded, failure, line, readings, response, row

NEXT = T0 + POLL
SOON = timedelta(milliseconds=200)


def page(number: int, at: Any = T0, *tenants: str, pages: int = 2, total: int = 4, **more: Any) -> Any:
    """Make a line of one page of a list of two pages with two rows each."""
    names = tenants or (f"t{2 * number - 1}", f"t{2 * number}")
    rows = [row(name, at) for name in names]
    return line(response(at, *rows, number=number, pages=pages, total=total), **more)


def told(lines: list[Any]) -> list[tuple[Any, tuple[str, ...], bool] | str]:
    """Say of each reading when it was, whom it lists and whether that is all; of a failure its words."""
    return [
        (item.at, tuple(task.tenant_name or "" for task in item.tasks), item.complete)
        if isinstance(item, Reading)
        else item.sentence
        for item in readings(lines)
    ]


def test_a_list_of_one_page_is_a_reading() -> None:
    assert told([line(response(T0, row("a"), row("b")))]) == [(T0, ("a", "b"), True)]


def test_pages_are_joined_and_the_last_one_says_when() -> None:
    assert told([page(1), page(2, T0 + SOON)]) == [(T0 + SOON, ("t1", "t2", "t3", "t4"), True)]


def test_clusters_and_sources_are_walked_at_the_same_time() -> None:
    lines = [
        page(1, cluster=1),
        page(1, T0, "u1", "u2", cluster=2),
        page(1, T0, "v1", "v2", source="dr", cluster=1),
        page(2, T0, "u3", "u4", cluster=2),
        page(2, cluster=1),
        page(2, T0, "v3", "v4", source="dr", cluster=1),
    ]
    assert told(lines) == [
        (T0, ("u1", "u2", "u3", "u4"), True),
        (T0, ("t1", "t2", "t3", "t4"), True),
        (T0, ("v1", "v2", "v3", "v4"), True),
    ]


def test_a_list_that_is_cut_short_by_the_next_is_not_complete() -> None:
    """The recording was stopped between two pages, or the line of the second one is damaged."""
    assert told([page(1), page(1, NEXT), page(2, NEXT)]) == [
        (T0, ("t1", "t2"), False),
        (NEXT, ("t1", "t2", "t3", "t4"), True),
    ]


def test_a_list_that_is_cut_short_by_the_end_is_not_complete() -> None:
    assert told([page(1)]) == [(T0, ("t1", "t2"), False)]


def test_a_list_without_its_beginning_is_not_complete_and_costs_no_other() -> None:
    assert told([page(2), page(1, NEXT), page(2, NEXT)]) == [
        (T0, ("t3", "t4"), False),
        (NEXT, ("t1", "t2", "t3", "t4"), True),
    ]


def test_a_list_without_a_page_between_is_not_complete() -> None:
    lines = [page(1, pages=3), page(3, pages=3)]
    assert told(lines) == [(T0, ("t1", "t2"), False), (T0, ("t5", "t6"), False)]


def test_pages_in_another_order_are_each_judged_and_prove_no_absence() -> None:
    lines = [page(2, T0 + SOON), page(1), page(2, NEXT + SOON), page(1, NEXT)]
    assert told(lines) == [
        (T0 + SOON, ("t3", "t4"), False),
        (T0, ("t1", "t2"), False),
        (NEXT + SOON, ("t3", "t4"), False),
        (NEXT, ("t1", "t2"), False),
    ]


def test_the_same_line_twice_is_one_poll() -> None:
    """A second complete list would count towards what is missing."""
    one = line(response(T0, row("a")))
    assert told([one, one]) == [(T0, ("a",), True), (T0, ("a",), False)]


def test_a_clock_that_was_set_back_by_a_little_costs_no_whole_list() -> None:
    back = T0 - timedelta(seconds=10)
    lines = [line(response(at, row("a", at))) for at in (T0, back, NEXT)]
    assert told(lines) == [(T0, ("a",), True), (back, ("a",), True), (NEXT, ("a",), True)]


def test_a_clock_that_was_set_back_by_an_hour_does_not_make_pages_late() -> None:
    back = T0 - timedelta(hours=1)
    assert told([page(1), page(2), page(1, back), page(2, back)]) == [
        (T0, ("t1", "t2", "t3", "t4"), True),
        (back, ("t1", "t2", "t3", "t4"), True),
    ]


def test_the_pages_of_a_walk_that_failed_are_no_reading() -> None:
    """The watch had none of them either, and counts the failed poll."""
    assert told([page(1), failure(T0, cluster=1000005), page(1, NEXT), page(2, NEXT)]) == [
        "OCP is away.",
        (NEXT, ("t1", "t2", "t3", "t4"), True),
    ]


def test_a_source_that_failed_ends_every_walk_of_its_own() -> None:
    lines = [page(1), page(1, source="dr"), failure(T0), page(2, source="dr")]
    assert told(lines) == ["OCP is away.", (T0, ("t1", "t2", "t3", "t4"), True)]


def test_another_cluster_that_failed_ends_no_walk() -> None:
    assert told([page(1), failure(T0, cluster=7), page(2)])[1:] == [(T0, ("t1", "t2", "t3", "t4"), True)]


def test_a_row_that_moved_counts_once_and_hides_another() -> None:
    """Four rows there are, three came: which is absent, nobody knows."""
    assert told([page(1), page(2, T0, "t2", "t3")]) == [(T0, ("t1", "t2", "t3"), False)]


def test_whoever_recorded_it_may_vouch_for_a_list() -> None:
    lines = [page(1), page(2, T0, "t2", "t3", complete=True)]
    assert told(lines) == [(T0, ("t1", "t2", "t3"), True)]


def test_pages_that_ran_out_early_prove_no_absence() -> None:
    empty = line(response(T0, number=2, pages=2, total=4))
    assert told([page(1), empty]) == [(T0, ("t1", "t2"), False)]


def test_of_two_rows_of_one_task_the_one_that_was_created_later_counts() -> None:
    old, new = "2026-01-01T08:00:00.405+0800", "2026-03-01T08:00:00.405+0800"
    rows = [row("a", status="RUNNING", createTime=new), row("a", status="FAILED", createTime=old)]
    (reading,) = readings([line(response(T0, *rows))])
    assert isinstance(reading, Reading)
    assert [task.status.reported for task in reading.tasks] == ["RUNNING"]


def test_a_row_that_cannot_be_read_costs_itself_and_the_proof_of_absence() -> None:
    assert told([line(response(T0, row("a"), "no row"))]) == [(T0, ("a",), False)]


def test_an_ocp_that_does_not_count_pages_is_walked_to_an_empty_one() -> None:
    def uncounted(number: int, *tenants: str) -> Any:
        answer = response(T0, *(row(name) for name in tenants), number=number)
        del answer["data"]["page"]["totalPages"], answer["data"]["page"]["totalElements"]
        return line(answer)

    lines = [uncounted(1, "a"), uncounted(2, "b"), uncounted(3)]
    assert told(lines) == [(T0, ("a", "b"), True)]


def test_an_answer_that_says_nothing_of_pages_is_the_whole_list() -> None:
    answer = response(T0, row("a"))
    del answer["data"]["page"]
    assert told([line(answer)]) == [(T0, ("a",), True)]


def test_pages_without_numbers_follow_each_other_and_prove_no_absence() -> None:
    """Whether the first of them was lost cannot be seen."""

    def unnumbered(tenant: str, at: datetime, **more: Any) -> Any:
        answer = response(at, row(tenant), pages=2, total=2)
        del answer["data"]["page"]["number"]
        return line(answer, **more)

    lines = [unnumbered("a", T0), unnumbered("b", T0, complete=True), unnumbered("a", NEXT)]
    assert told(lines) == [(T0, ("a", "b"), False), (NEXT, ("a",), False)]


def test_one_page_needs_no_number() -> None:
    answer = response(T0, row("a"))
    del answer["data"]["page"]["number"]
    assert told([line(answer)]) == [(T0, ("a",), True)]


def test_a_list_without_end_is_held_no_longer_than_the_watch_walks_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(join_pages, "MOST_PAGES", 3)
    lines = [page(number, T0 + number * SOON, pages=9, total=18) for number in range(1, 6)]
    assert told(lines) == [
        (T0 + 3 * SOON, ("t1", "t2", "t3", "t4", "t5", "t6"), False),
        (T0 + 5 * SOON, ("t7", "t8", "t9", "t10"), False),
    ]


def test_a_refusal_that_came_as_an_answer_is_a_failed_read() -> None:
    refusal = {
        "successful": False,
        "status": 429,
        "error": {"code": 0, "message": "Too many requests"},
        "timestamp": T0.isoformat(),
        "traceId": "abc",
    }
    (failed,) = readings([line(refusal)])
    assert isinstance(failed, FailedReading)
    assert (failed.at, failed.cluster, failed.reason, failed.trace_id) == (T0, 1000005, "throttled", "abc")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"timestamp": T0.isoformat(), "data": 5}, id="another kind of answer"),
        pytest.param(response(T0, row()) | {"timestamp": None}, id="no time"),
        pytest.param({"successful": False, "status": 500}, id="a refusal without its time"),
        pytest.param({"successful": False, "status": 500, "timestamp": "soon"}, id="a refusal at no time"),
        pytest.param({"successful": False, "status": 500, "timestamp": 7}, id="a refusal at a number"),
    ],
)
def test_an_answer_that_cannot_be_read_costs_its_line(answer: Any) -> None:
    assert told([page(1), line(answer, cluster=9), page(2)]) == [(T0, ("t1", "t2", "t3", "t4"), True)]


pieces = st.lists(
    st.builds(
        lambda number, pages, cluster, second, vouched: page(
            number, T0 + timedelta(seconds=second), pages=pages, cluster=cluster, complete=vouched
        ),
        st.integers(1, 3),
        st.integers(1, 3),
        st.integers(1, 2),
        st.integers(0, 300),
        st.booleans(),
    )
    | st.builds(lambda cluster: failure(T0, cluster=cluster), st.sampled_from([1, 2, None])),
    max_size=30,
)


@given(pieces)
def test_in_whatever_order_pages_come_no_row_is_made_up_and_only_whole_lists_are_complete(
    lines: list[Any],
) -> None:
    pages = [page_of(encoded([one]).strip()) for one in lines]
    given_tasks = 0
    for reading in joined(pages):
        if isinstance(reading, FailedReading):
            continue
        assert len({task.key for task in reading.tasks}) == len(reading.tasks)
        given_tasks += len(reading.tasks)
        if reading.complete:
            assert "t1" in {task.tenant_name for task in reading.tasks}
    assert given_tasks <= 2 * len(lines)
