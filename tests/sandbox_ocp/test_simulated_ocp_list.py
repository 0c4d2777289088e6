"""The list of log backup tasks, held to ocp-log-backup-tasks.md."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.fleet import Fleet, Rhythm, SimulatedCluster, SimulatedTask
from bot.sandbox.ocp import DOCUMENTED, Dialect, ErrorCode, Selection
from tests.fakes.manual_clock import ManualClock
from tests.sandbox_ocp.asking_ocp import CRM_LIST, PAY_LIST, encoded, running_ocp

SAMPLE: dict[str, Any] = {
    "data": {
        "contents": [
            {
                "agentServerIp": "xxx.xxx.xxx.xxx",
                "backupMode": "PHYSICAL_BACKUP",
                "backupUri": "file:///obbackup/",
                "checkpoint": "2021-09-23T14:33:17.357+0800",
                "clusterId": 1000005,
                "clusterName": "yc0820_17",
                "clusterType": "PRIMARY",
                "createTime": "2021-09-09T16:19:47.405+0800",
                "delay": 77.6421,
                "obClusterId": 5,
                "status": "RUNNING",
            }
        ],
        "page": {"number": 1, "size": 1, "totalElements": 1, "totalPages": 1},
    },
    "duration": 112,
    "server": "a83ad33525",
    "status": 200,
    "successful": True,
    "timestamp": "2021-09-23T14:34:35.149+08:00",
    "traceId": "0e74add7846c479c",
}
DOCUMENTED_FIELDS = {
    *("createTime", "modifyTime", "clusterName", "clusterId", "obClusterId", "obTenantId", "clusterType"),
    *("tenantId", "tenantName", "status", "errorMsg", "backupUri", "checkpoint", "backupMode", "delay"),
}


async def _data(client: httpx.AsyncClient, **query: str) -> dict[str, Any]:
    answer = await client.get(PAY_LIST, params={"page": "1", "size": "100", **query})
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def test_it_can_answer_the_documents_sample_to_the_letter() -> None:
    """All but the trace id, and the delay: the sample's 77.6421 is 38 ms off its own times."""
    began = datetime.fromisoformat("2021-09-23T14:34:35.037+08:00").astimezone(UTC)
    checkpoint = datetime.fromisoformat("2021-09-23T14:33:17.357+08:00")
    moment, _ = Rhythm(period=60.0, floor=0.0, jitter=0.0).last_publication(began.timestamp())
    rhythm = Rhythm(period=60.0, floor=moment - checkpoint.timestamp() - 1e-6, jitter=0.0)
    cluster = SimulatedCluster(1000005, "yc0820_17", 5)
    task = SimulatedTask(cluster, "file:///obbackup/", rhythm, agent_server="xxx.xxx.xxx.xxx")
    made = datetime.fromisoformat("2021-09-09T16:19:47.405+08:00")
    fleet = Fleet([cluster], [task], start=made + timedelta(days=14))
    async with running_ocp(clock=ManualClock(began), fleet=fleet) as (ocp, client, _):
        ocp.faults.slow(timedelta(milliseconds=112))
        answer = (await client.get(PAY_LIST, params={"page": 1, "size": 10})).json()
    assert answer["data"]["contents"][0].pop("delay") == pytest.approx(77.68, abs=0.001)
    assert len(answer.pop("traceId")) == 16
    expected = {**SAMPLE, "data": {**SAMPLE["data"], "contents": [dict(SAMPLE["data"]["contents"][0])]}}
    del expected["traceId"], expected["data"]["contents"][0]["delay"]
    assert answer == expected


async def test_fields_come_in_alphabetical_order_as_in_the_sample() -> None:
    async with running_ocp() as (_, client, _):
        answer = (await client.get(PAY_LIST, params={"page": 1, "size": 10})).json()
        assert list(answer) == sorted(answer)
        row = answer["data"]["contents"][0]
        assert list(row) == sorted(row)


async def test_every_documented_field_of_a_task_is_there() -> None:
    async with running_ocp(dialect=DOCUMENTED) as (ocp, client, clock):
        ocp.fleet.fail("pay/t1", clock.now(), "Something broke.")
        row = (await _data(client))["contents"][1]
        assert set(row) == DOCUMENTED_FIELDS
        assert None not in row.values()
        assert (row["tenantName"], row["tenantId"], row["obTenantId"]) == ("t1", 101, 1004)
        assert (row["clusterName"], row["clusterId"], row["obClusterId"]) == ("pay", 1000005, 5)
        assert (row["status"], row["errorMsg"]) == ("FAILED", "Something broke.")
        assert row["backupUri"].startswith("oss://pay/clog?host=")


async def test_every_documented_field_of_the_envelope_and_of_the_page_is_there() -> None:
    async with running_ocp(dialect=DOCUMENTED) as (_, client, _):
        body = (await client.get(PAY_LIST, params={"page": 1, "size": 2})).json()
        assert set(body) == {"data", "successful", "timestamp", "duration", "status", "traceId", "server"}
        assert body["data"]["page"] == {"totalElements": 5, "totalPage": 3, "number": 1, "size": 2}


async def test_each_request_has_a_trace_id_of_its_own() -> None:
    async with running_ocp() as (_, client, _):
        traces = {
            (await client.get(PAY_LIST, params={"page": page, "size": 1})).json()["traceId"]
            for page in (1, 1, 2)
        }
        assert len(traces) == 3


async def test_pages_hold_every_row_once_and_past_the_end_nothing() -> None:
    async with running_ocp() as (_, client, _):
        pages = [(await _data(client, page=str(number), size="2")) for number in (1, 2, 3, 4)]
        names = [[row["tenantName"] for row in page["contents"]] for page in pages]
        assert names == [["t0", "t1"], ["t2", "t3"], ["t4"], []]
        assert [page["page"]["number"] for page in pages] == [1, 2, 3, 4]
        assert {page["page"]["totalPages"] for page in pages} == {3}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("size=10", "page", id="no page"),
        pytest.param("page=1", "size", id="no size"),
        pytest.param("", "page", id="neither"),
        pytest.param("page=0&size=10", "page", id="page 0"),
        pytest.param("page=1&size=0", "size", id="size 0"),
        pytest.param("page=-1&size=10", "page", id="a negative page"),
        pytest.param("page=one&size=10", "page", id="a page in words"),
        pytest.param("page=1.5&size=10", "page", id="a fractional page"),
        pytest.param("page=&size=10", "page", id="an empty page"),
        pytest.param("page=1&size=%D9%A1", "size", id="digits that are not ASCII"),
        pytest.param("page=99999999999999999999&size=1", "page", id="a page beyond a Long"),
        pytest.param("page=1&size=10&startTime=yesterday", "startTime", id="a start in words"),
        pytest.param("page=1&size=10&startTime=2021-09-16T15:14:51.397+08:00", "startTime", id="a bare plus"),
        pytest.param("page=1&size=10&startTime=2021-09-16T15:14:51", "startTime", id="no offset"),
        pytest.param("page=1&size=10&endTime=2021-09-16T15:14:51%2B0800", "endTime", id="no colon"),
        pytest.param("page=1&size=10&endTime=2021-13-16T15:14:51Z", "endTime", id="a month 13"),
        pytest.param("page=1&size=10&endTime=0001-01-01T00:00:00%2B08:00", "endTime", id="before the year 1"),
        pytest.param("page=1&size=10&endTime=", "endTime", id="an empty end"),
    ],
)
async def test_a_bad_or_missing_parameter_is_a_400_that_names_it(query: str, names: str) -> None:
    async with running_ocp() as (_, client, _):
        answer = await client.get(f"{PAY_LIST}?{query}")
        assert answer.status_code == 400
        assert f" {names}: " in answer.json()["error"]["message"]


async def test_parameters_nobody_knows_are_ignored() -> None:
    async with running_ocp() as (_, client, _):
        assert len((await _data(client, colour="blue"))["contents"]) == 5


@pytest.mark.parametrize("cluster", ["2000000", "5"], ids=["an unknown id", "the obClusterId"])
async def test_an_unknown_cluster_is_a_404(cluster: str) -> None:
    async with running_ocp() as (_, client, _):
        path = f"/api/v2/ob/clusters/{cluster}/backup/task/logBackupTasks"
        answer = await client.get(path, params={"page": 1, "size": 1})
        assert (answer.status_code, answer.json()["error"]["message"]) == (
            404,
            f"Cluster {cluster} does not exist.",
        )


async def test_an_id_that_is_no_number_is_a_400() -> None:
    async with running_ocp() as (_, client, _):
        answer = await client.get("/api/v2/ob/clusters/pay/backup/task/logBackupTasks?page=1&size=1")
        assert answer.status_code == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD"])
async def test_nothing_but_reading_is_allowed(method: str) -> None:
    async with running_ocp() as (_, client, _):
        assert (await client.request(method, f"{PAY_LIST}?page=1&size=1")).status_code == 405


@pytest.mark.parametrize(
    ("style", "code"), [(ErrorCode.TEXT, "COM10001"), (ErrorCode.NUMBER, 10001), (ErrorCode.ZERO, 0)]
)
async def test_the_code_of_an_error_may_be_a_text_a_number_or_zero(style: ErrorCode, code: object) -> None:
    async with running_ocp(dialect=Dialect(error_code=style)) as (_, client, _):
        body = (await client.get(PAY_LIST)).json()
        assert body["error"]["code"] == code
        assert len(body["traceId"]) == 16
        assert body["timestamp"] == "2026-03-04T20:00:00.000+08:00"


def _at(moment: datetime) -> str:
    return moment.isoformat()


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        pytest.param(Selection.OVERLAPPING, ["t0", "t2", "t3", "t4"], id="last changed within"),
        pytest.param(Selection.CREATED, [], id="created within"),
        pytest.param(Selection.CHECKPOINT, ["t0", "t2", "t3", "t4"], id="checkpoint within"),
        pytest.param(Selection.EVERYTHING, ["t0", "t1", "t2", "t3", "t4"], id="not at all"),
    ],
)
async def test_start_and_end_select_as_the_dialect_says(selection: Selection, expected: list[str]) -> None:
    """No document says what they select; ``t1`` has been interrupted for an hour."""
    async with running_ocp(dialect=Dialect(selection=selection)) as (ocp, client, clock):
        ocp.fleet.interrupt("pay/t1", clock.now())
        clock.advance(timedelta(hours=1))
        now = clock.now()
        data = await _data(client, startTime=_at(now - timedelta(minutes=30)), endTime=_at(now))
        assert [row["tenantName"] for row in data["contents"]] == expected
        assert data["page"]["totalElements"] == len(expected)
        assert ocp.requests.of("logBackupTasks")[-1].query["endTime"] == _at(now)


async def test_a_period_before_anything_was_created_holds_nothing() -> None:
    async with running_ocp() as (_, client, clock):
        data = await _data(client, endTime=_at(clock.now() - timedelta(days=30)))
        assert (data["contents"], data["page"]["totalPages"]) == ([], 0)


@pytest.mark.parametrize(
    "text", ["2021-09-16T15:14:51.397+08:00", "2021-09-16T15:14Z", "2021-09-16T15:14:51Z"]
)
async def test_times_of_the_document_are_understood(text: str) -> None:
    async with running_ocp() as (_, client, _):
        answer = await client.get(f"{PAY_LIST}?page=1&size=10&startTime={encoded(text)}")
        assert len(answer.json()["data"]["contents"]) == 5


async def test_a_task_that_vanished_is_not_listed() -> None:
    async with running_ocp() as (ocp, client, clock):
        ocp.fleet.vanish("pay/t3", clock.now())
        assert [row["tenantName"] for row in (await _data(client))["contents"]] == ["t0", "t1", "t2", "t4"]


async def test_a_backup_of_the_whole_cluster_has_no_tenant() -> None:
    async with running_ocp() as (_, client, _):
        (row,) = (await client.get(CRM_LIST, params={"page": 1, "size": 1})).json()["data"]["contents"]
        assert set(row) == set(SAMPLE["data"]["contents"][0])
        assert row["clusterType"] == "STANDBY"
