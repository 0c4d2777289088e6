import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.status import Meaning
from bot.domain.task import Cluster, ClusterId, SourceName, Task
from bot.errors import AnswerUnreadable, LoginRefused, SourceError
from bot.ocp.pages import TaskList, parse_page, read_page
from bot.ocp.payloads import LogBackupWrapperTask
from bot.ocp.rows import _CONSTANTS, _Constants

GOLDEN = Path(__file__).parent.parent / "golden" / "ocp"
OCP = SourceName("ocp")
PAY = Cluster(OCP, ClusterId(7), "pay")
TIMESTAMP = "2026-02-01T00:00:12Z"
EARLY, LATE = "2026-01-31T23:00:00Z", "2026-01-31T23:30:00Z"


def answer(*rows: Any, timestamp: object = TIMESTAMP, **page: object) -> dict[str, Any]:
    known = {"number": 1, "size": 1, "totalElements": len(rows), "totalPages": 1}
    return {
        "data": {"contents": list(rows), "page": {**known, **page}},
        "status": 200,
        "successful": True,
        "timestamp": timestamp,
        "traceId": "5f3c9a",
    }


def row(**fields: object) -> dict[str, object]:
    return {"clusterId": 7, "obTenantId": 1002, "status": "RUNNING", "backupUri": "file:///b/", **fields}


def parsed(*rows: object) -> tuple[Task, ...]:
    return parse_page(json.dumps(answer(*rows)), PAY).tasks


def only(**fields: object) -> Task:
    (task,) = parsed(row(**fields))
    return task


def described(task: Task) -> str:
    facts: dict[str, object] = {
        "source": task.key.source,
        "cluster": task.key.cluster,
        "tenant": task.key.tenant,
        "destination": task.key.destination,
        "status": f"{task.status.reported} ({task.status.meaning})",
    }
    names = [
        field.name for field in dataclasses.fields(Task) if field.name not in facts and field.name != "key"
    ]
    for name in names:
        value = getattr(task, name)
        facts[name] = value.isoformat() if isinstance(value, datetime) else value
    return "".join(f"{name:<13} {value}\n" for name, value in facts.items())


@pytest.mark.parametrize(("name", "cluster"), [("document_sample", 1000005), ("tenants_mixed", 7)])
@pytest.mark.parametrize("form", ["bytes", "text", "object"])
def test_a_golden_answer_becomes_its_golden_tasks(name: str, cluster: int, form: str) -> None:
    """The document's own sample, to the letter, and one with everything that it does not show."""
    raw = (GOLDEN / f"{name}.json").read_bytes()
    response = {"bytes": raw, "text": raw.decode(), "object": json.loads(raw)}[form]
    reading = read_page(response, OCP, ClusterId(cluster))
    assert "\n".join(map(described, reading.tasks)) == (GOLDEN / f"{name}.txt").read_text()
    assert reading.complete
    assert reading.skipped == 0


def test_the_sample_is_read_at_the_moment_its_envelope_says() -> None:
    """Its delay is the timestamp minus the checkpoint, less the 112 ms of the request."""
    reading = read_page((GOLDEN / "document_sample.json").read_bytes(), OCP, ClusterId(1000005))
    assert reading.at == datetime(2021, 9, 23, 6, 34, 35, 149000, tzinfo=UTC)
    assert reading.trace_id == "0e74add7846c479c"
    assert reading.tasks[0].behind(reading.at) == timedelta(seconds=77.792)
    assert reading.cluster.name == "yc0820_17"


@pytest.mark.parametrize(
    "written",
    [
        "2021-09-23T14:33:17.357+0800",
        "2021-09-23T14:33:17.357+08:00",
        "2021-09-23T06:33:17.357Z",
        "2021-09-23T06:33:17.357000Z",
        "2021-09-23T06:33:17.357000999Z",
        1632378797357,
        "1632378797357",
        1632378797.357,
    ],
)
def test_every_way_of_writing_a_time_means_the_same_moment(written: object) -> None:
    checkpoint = only(checkpoint=written).checkpoint
    assert checkpoint == datetime(2021, 9, 23, 6, 33, 17, 357000, tzinfo=UTC)
    assert checkpoint.tzinfo is UTC


@pytest.mark.parametrize("written", [1796010221809, "1796010221809"])
def test_digits_that_could_be_a_date_and_a_clock_are_a_number(written: object) -> None:
    """Python would read the second of January 1796."""
    assert only(checkpoint=written).checkpoint == datetime(2026, 11, 30, 3, 43, 41, 809000, tzinfo=UTC)


@pytest.mark.parametrize("decimals", range(7))
def test_a_time_has_none_to_six_decimals(decimals: int) -> None:
    fraction = f".{'123456'[:decimals]}" if decimals else ""
    microseconds = int("123456"[:decimals].ljust(6, "0"))
    moment = only(checkpoint=f"2026-01-31T23:59:30{fraction}+0800").checkpoint
    assert moment == datetime(2026, 1, 31, 15, 59, 30, microseconds, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-01-31 23:59:30",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-12:00",
        "soon",
        [],
        -1,
        "1e400",
    ],
)
def test_a_time_that_means_nothing_is_kept_as_text_and_believed_by_nobody(written: object) -> None:
    """A time without an offset could be off by half a day: it is not guessed at."""
    task = only(checkpoint=written, status="FAILED")
    assert task.checkpoint is None
    assert task.status.meaning is Meaning.BROKEN
    assert [name for name, _ in task.other] == ["checkpoint"]


def test_a_checkpoint_decades_old_is_none_yet() -> None:
    """A server that has shipped nothing sends the epoch: nobody is 56 years behind."""
    task = only(checkpoint="1970-01-01T08:00:00.000+0800", delay=3)
    assert task.checkpoint is None
    assert task.behind(datetime(2026, 2, 1, tzinfo=UTC)) == timedelta(seconds=3)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [(77.6421, 77.6421), (77, 77), ("77.6421", 77.6421), (-3.5, -3.5), (0, 0)],
)
def test_a_delay_is_seconds_however_written(written: object, seconds: float) -> None:
    assert only(delay=written).delay == timedelta(seconds=seconds)


@pytest.mark.parametrize("written", [float("nan"), float("inf"), 1e300, "long", {}, True, "NaN", 10**400])
def test_a_delay_that_is_no_span_costs_the_delay_and_not_the_row(written: object) -> None:
    task = only(delay=written, status="FAILED")
    if written is not True:
        assert task.delay is None
        assert task.other[0][0] == "delay"
    assert task.status.reported == "FAILED"


@pytest.mark.parametrize("written", [9007199254740993, "9007199254740993"])
def test_a_long_arrives_as_a_number_or_as_a_string(written: object) -> None:
    assert only(tenantId=written).tenant_id == 9007199254740993


@pytest.mark.parametrize(
    ("fields", "tenant"),
    [
        ({"obTenantId": 1002, "tenantId": 5, "tenantName": "orders"}, "1002"),
        ({"obTenantId": None, "tenantId": 5, "tenantName": "orders"}, "5"),
        ({"obTenantId": None, "tenantName": "orders"}, "orders"),
        ({"obTenantId": None, "tenantName": ""}, None),
        ({"obTenantId": None}, None),
    ],
)
def test_the_key_has_the_tenants_ob_id_else_its_ocp_id_else_its_name(
    fields: dict[str, object], tenant: str | None
) -> None:
    task = only(**fields)
    assert task.key.tenant == tenant


def test_the_keys_cluster_is_the_one_that_was_asked_for() -> None:
    """Its obClusterId is another number, and a row's own clusterId is shown where it differs."""
    task = only(clusterId=8, obClusterId=9)
    assert task.key.cluster == 7
    assert task.ob_cluster_id == 9
    assert task.other == (("clusterId", "8"),)


@pytest.mark.parametrize(
    "bad",
    [
        "no row",
        None,
        [],
        5,
        row(obTenantId="many"),
        row(obTenantId=2**63),
        row(tenantId={}),
        row(backupUri=["file:///a"]),
        row(tenantName=["orders"]),
    ],
)
def test_a_row_that_does_not_tell_which_task_it_is_costs_itself_alone(bad: object) -> None:
    page = parse_page(json.dumps(answer(row(obTenantId=1), bad, row(obTenantId=2))), PAY)
    assert [task.key.tenant for task in page.tasks] == ["1", "2"]
    assert page.skipped == 1
    assert page.rows == 3


def test_a_skipped_row_makes_a_reading_incomplete() -> None:
    """It may be any task's: that a task is absent then proves nothing."""
    reading = read_page(answer(row(), "no row"), OCP, ClusterId(7))
    assert reading.skipped == 1
    assert not reading.complete


@pytest.mark.parametrize("field", ["createTime", "modifyTime", "obClusterId", "agentServerIp", "clusterName"])
def test_a_broken_field_beside_the_point_hides_no_failure(field: str) -> None:
    task = only(status="FAILED", **{field: ["?"]})
    assert task.status.meaning is Meaning.BROKEN
    assert (field, '["?"]') in task.other


def test_unknown_fields_are_kept_in_the_order_in_which_they_came() -> None:
    task = only(zone="z1", pieces=[1, 2], fast=True, note=None, size=10**25)
    assert task.other == (
        ("zone", "z1"),
        ("pieces", "[1, 2]"),
        ("fast", "true"),
        ("note", "null"),
        ("size", str(10**25)),
    )


@pytest.mark.parametrize("place", range(5))
def test_an_unknown_field_is_kept_wherever_it_stands(place: int) -> None:
    fields = list(row().items())
    fields.insert(place, ("brandNew", 3))
    (task,) = parsed(dict(fields))
    assert task.other == (("brandNew", "3"),)


def test_an_unknown_status_is_kept_to_the_letter() -> None:
    status = only(status="Half_Done").status
    assert (status.reported, status.meaning) == ("Half_Done", Meaning.UNKNOWN)
    assert only(status=None).status.reported == ""


SECRETS = ("AKID", "s3cr3t", "t0k3n")


@pytest.mark.parametrize(
    "fields",
    [
        {"backupUri": "oss://b/p?host=h&access_id=AKID&access_key=s3cr3t"},
        {"backupUri": "oss://AKID:s3cr3t@h/p"},
        {"backupUri": "b/p?access_key=s3cr3t#t0k3n"},
        {"errorMsg": "cannot write oss://AKID:s3cr3t@h/p?access_key=s3cr3t: full"},
        {"errorMsg": 'dest "oss://b/my dir?access_id=AKID&access_key=s3cr3t" refused'},
        {"errorMsg": "access_key=s3cr3t and Authorization: Basic t0k3n"},
        {"mirror": "oss://b/p?access_id=AKID&access_key=s3cr3t"},
        {"mirror": {"uri": "oss://AKID:s3cr3t@h/p", "access_key": "s3cr3t"}},
    ],
)
def test_no_credential_of_a_path_comes_through_the_door(fields: dict[str, object]) -> None:
    task = only(**fields)
    for secret in SECRETS:
        assert secret not in repr(task)


def test_an_error_message_of_50_kb_is_kept_and_one_of_a_megabyte_is_cut() -> None:
    assert only(errorMsg="x" * 50_000).error == "x" * 50_000
    assert len(only(errorMsg="x" * 1_000_000).error or "") == 65536


def test_text_that_no_screen_or_database_can_hold_is_replaced() -> None:
    raw = json.dumps(answer(row(tenantName="NAME", errorMsg="MESSAGE"))).replace(
        "NAME", "a\\u0000b\\u202e\\ud800"
    )
    raw = raw.replace("MESSAGE", "line\\nnext\\u001b[31m")
    (task,) = parse_page(raw, PAY).tasks
    assert task.tenant_name == "a�b��"
    assert task.error == "line\nnext�[31m"


def test_names_in_any_script_stay_as_they_are() -> None:
    assert only(tenantName="订单 ñandú 🙂").tenant_name == "订单 ñandú 🙂"


def test_bytes_that_are_no_utf_8_cost_the_characters_they_stand_for() -> None:
    raw = json.dumps(answer(row(tenantName="NAME"))).encode().replace(b"NAME", b"caf\xe9")
    assert parse_page(raw, PAY).tasks[0].tenant_name == "caf�"


def test_a_number_of_ten_thousand_digits_costs_its_field() -> None:
    raw = json.dumps(answer(row(delay="HUGE", status="FAILED"))).replace('"HUGE"', "9" * 10_000)
    (task,) = parse_page(raw, PAY).tasks
    assert task.delay is None
    assert task.status.reported == "FAILED"


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (b"", "nothing at all"),
        (b"<html>Sign in</html>", "web page"),
        (b"\xef\xbb\xbf <!DOCTYPE html>", "web page"),
        (b'{"data": {"contents": [', "breaks off"),
        (b"okay", "something other than data"),
        (b"[" * 100_000, "breaks off"),
        (b"[]", "JSON of another kind"),
        (b"null", "JSON of another kind"),
        (b"{}", "without a list of tasks"),
        (b'{"data": null, "successful": true}', "without a list of tasks"),
        (b'{"data": []}', "without data"),
        (b'{"data": {"page": {"totalElements": 3}}}', "without a list of tasks"),
        (b'{"data": {"contents": {}, "page": {"totalElements": 3}}}', "without a list of tasks"),
        (b'{"data": {"contents": []}, "successful": false}', "could not give"),
    ],
)
def test_what_is_no_list_is_never_taken_for_an_empty_one(response: bytes, words: str) -> None:
    """An empty list read from nothing would make every task missing."""
    with pytest.raises(AnswerUnreadable, match=words) as caught:
        parse_page(response, PAY)
    assert caught.value.temporary


def test_an_omitted_list_is_empty_where_the_total_says_so() -> None:
    """Nulls are omitted, and an empty list may be."""
    page = parse_page(b'{"data": {"page": {"totalElements": 0}}, "timestamp": "2026-02-01T00:00:12Z"}', PAY)
    assert (page.tasks, page.rows) == ((), 0)


def test_a_refusal_that_was_recorded_is_no_page() -> None:
    refusal = {"successful": False, "status": 401, "error": {"code": 0, "message": "no"}, "traceId": "t1"}
    with pytest.raises(LoginRefused) as caught:
        read_page(refusal, OCP, ClusterId(7))
    assert caught.value.trace_id == "t1"


@pytest.mark.parametrize("timestamp", [None, "yesterday", "2026-02-01 00:00:12", {}])
def test_a_recorded_page_without_its_time_cannot_be_placed(timestamp: object) -> None:
    with pytest.raises(AnswerUnreadable, match="without its time"):
        read_page(answer(row(), timestamp=timestamp), OCP, ClusterId(7))


@pytest.mark.parametrize(
    ("info", "ends"),
    [
        ({"totalPages": 1}, True),
        ({"totalPages": 2}, False),
        ({"totalPages": None, "totalPage": 1}, True),
        ({"totalPages": None, "totalPage": "2"}, False),
        ({"totalPages": None}, False),
        ({"number": 2, "totalPages": 2}, True),
        ({"number": "?", "totalPages": 1}, True),
        ({"size": 2000, "totalPages": 3}, False),
        ({"totalPages": 0}, True),
    ],
)
def test_a_page_ends_its_list_by_number_and_count_alone(info: dict[str, object], ends: bool) -> None:  # noqa: FBT001 - a case
    assert parse_page(json.dumps(answer(row(), **info)), PAY).ends(1) is ends


def test_a_page_without_rows_ends_any_list() -> None:
    assert parse_page(json.dumps(answer(totalPages=9)), PAY).ends(1)


def walked(*pages: dict[str, Any]) -> tuple[TaskList, bool]:
    tasks = TaskList()
    read = [parse_page(page, PAY) for page in pages]
    for page in read:
        tasks.add(page)
    return tasks, tasks.is_whole(read[-1])


def test_a_row_that_moved_onto_the_next_page_is_listed_once_as_it_was_read_last() -> None:
    tasks, _ = walked(
        answer(row(obTenantId=1), row(obTenantId=2, status="RUNNING"), totalElements=3),
        answer(row(obTenantId=2, status="FAILED"), row(obTenantId=3), totalElements=3, number=2),
    )
    assert [(task.key.tenant, task.status.reported) for task in tasks.tasks.values()] == [
        ("1", "RUNNING"),
        ("2", "FAILED"),
        ("3", "RUNNING"),
    ]


def test_of_two_rows_with_one_key_the_task_created_later_wins() -> None:
    """A task that was started anew is listed beside its predecessor, in an order that nobody states."""
    old = row(createTime="2026-01-01T00:00:00Z", status="INTERRUPTED")
    new = row(createTime="2026-01-02T00:00:00Z", status="RUNNING")
    for rows in ((old, new), (new, old)):
        tasks, whole = walked(answer(*rows))
        assert [task.status.reported for task in tasks.tasks.values()] == ["RUNNING"]
        assert whole


def test_a_list_is_not_whole_where_a_row_moved_and_another_was_never_seen() -> None:
    first = answer(row(obTenantId=1), row(obTenantId=2), totalElements=4, totalPages=2)
    moved = answer(row(obTenantId=2), row(obTenantId=4), totalElements=4, totalPages=2, number=2)
    grown = answer(row(obTenantId=2), row(obTenantId=3), totalElements=3, totalPages=2, number=2)
    assert not walked(first, moved)[1]
    assert walked(first, grown)[1]


def test_a_list_whose_pages_ran_out_early_is_not_whole() -> None:
    first = answer(row(obTenantId=1), totalElements=4, totalPages=2)
    assert not walked(first, answer(totalElements=4, totalPages=2, number=2))[1]


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["2026-01-01T00:00:00Z", "oss://a:b@c/d?access_key=e", "RUNNING", 1632378797357]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from([*sorted(LogBackupWrapperTask.__optional_keys__), "x", "model_config"])
ROWS = st.dictionaries(FIELDS, JSON_VALUES, max_size=8) | JSON_VALUES
PAGES = st.fixed_dictionaries(
    {},
    optional={
        "contents": st.lists(ROWS, max_size=4) | JSON_VALUES,
        "page": st.dictionaries(
            st.sampled_from(["number", "size", "totalElements", "totalPage", "totalPages"]), JSON_VALUES
        )
        | JSON_VALUES,
    },
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "data": PAGES | JSON_VALUES,
        "successful": st.booleans() | JSON_VALUES,
        "timestamp": st.just(TIMESTAMP) | JSON_VALUES,
        "status": st.sampled_from([200, 401, 500]) | JSON_VALUES,
        "traceId": JSON_VALUES,
        "error": JSON_VALUES,
    },
)


def tried(response: bytes | str | dict[str, Any]) -> None:
    try:
        page = parse_page(response, PAY)
    except SourceError as error:
        assert len(error.sentence) < 1000  # noqa: PT017 - either outcome is right
        return
    assert page.rows == len(page.tasks) + page.skipped
    for task in page.tasks:
        task.behind(datetime(2026, 2, 1, tzinfo=UTC))
        repr(task).encode()


@settings(max_examples=400, deadline=None)
@given(ANSWERS | JSON_VALUES)
def test_no_json_at_all_makes_the_parser_raise_anything_but_a_source_error(response: Any) -> None:
    tried(json.dumps(response))
    if isinstance(response, dict):
        tried(response)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 2000))
def test_no_bytes_at_all_make_the_parser_raise_anything_but_a_source_error(noise: bytes, place: int) -> None:
    """Noise alone, and noise in the middle of a good answer."""
    tried(noise)
    good = json.dumps(answer(row(), row(obTenantId=3))).encode()
    tried(good[:place] + noise + good[place:])


def test_equal_names_and_paths_are_one_object() -> None:
    """What is longer than any name is not remembered, so that a hostile OCP cannot fill the memory."""
    fields = {
        "tenantName": "the orders",
        "clusterName": "the shop",
        "backupUri": "s3://logs/orders?access_key=x",
    }
    (first,), (second,) = parsed(row(**fields)), parsed(row(**fields))
    assert first.tenant_name is second.tenant_name
    assert first.cluster_name is second.cluster_name
    assert first.key is second.key
    assert first.key.destination == "s3://logs/orders"
    before = len(_CONSTANTS.known)
    (long,) = parsed(row(tenantName="t" * 300, backupUri=f"file:///{'b' * 600}"))
    assert long.tenant_name == "t" * 256
    assert long.key.destination == f"file:///{'b' * 600}"
    assert before == len(_CONSTANTS.known)


def test_what_stays_the_same_of_a_task_has_one_hash() -> None:
    (first,), (second,) = (parsed(row(tenantName="orders", checkpoint=moment)) for moment in (EARLY, LATE))
    assert first.checkpoint != second.checkpoint
    assert first.constant == second.constant
    assert dataclasses.replace(first, checkpoint=None, error="full").constant == first.constant, "made anew"
    for changed in (
        {"tenant_name": "other"},
        {"mode": "SERVICE"},
        {"agent_server": "10.0.0.9"},
        {"tenant_id": 9},
    ):
        assert dataclasses.replace(first, **changed).constant != first.constant


@pytest.mark.parametrize("numbers", [(-1, -2), (1, 2**61), (0, 2**61 - 1)])
def test_numbers_of_like_hashes_are_told_apart(numbers: tuple[int, int]) -> None:
    """Python gives such numbers one hash; two clusters are two all the same, and so are two tenants."""
    assert hash(numbers[0]) == hash(numbers[1])
    page = json.dumps(answer(row(obTenantId=5, tenantName="orders")))
    read = [parse_page(page, Cluster(OCP, ClusterId(number), "pay")).tasks[0] for number in numbers]
    assert [task.key.cluster for task in read] == list(numbers)
    tenants = [parsed(row(obTenantId=number, tenantName="orders"))[0].ob_tenant_id for number in numbers]
    assert tenants == list(numbers)


def test_no_more_is_remembered_than_there_is_room_for() -> None:
    constants = _Constants(most=3)
    for number in range(10):
        constants.find((OCP, PAY.id, "pay", number, None, None, "orders", "", "", "", "", "", "", ""))
        assert len(constants.known) <= 3
