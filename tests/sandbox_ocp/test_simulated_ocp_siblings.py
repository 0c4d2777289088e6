"""The siblings of the list that ocp.md allows the product to read."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.fleet import large_fleet
from bot.sandbox.ocp import OLDER, Dialect, Sibling
from tests.fakes.manual_clock import START
from tests.sandbox_ocp.asking_ocp import CLUSTERS, FIRST_PAGE, PAY_LIST, running_ocp

OVERVIEW = f"{CLUSTERS}/1000005/backup/overview"
STRATEGY = f"{CLUSTERS}/1000005/backup/config/backupStrategy"
TENANT_LIST = f"{CLUSTERS}/1000005/tenants/102/backup/task/logBackupTasks"
TIME = "/api/v2/time"
INFO = "/api/v2/info"
STATUS = "/api/status"


async def _data(client: httpx.AsyncClient, path: str, **query: object) -> Any:
    answer = await client.get(path, params={name: str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def test_clusters_are_listed_with_both_of_their_ids() -> None:
    async with running_ocp() as (_, client, _):
        data = await _data(client, CLUSTERS, page=1, size=10)
        assert data["page"]["totalElements"] == 2
        assert data["contents"][0] == {
            "id": 1000005,
            "name": "pay",
            "obClusterId": 5,
            "obVersion": "4.2.1.8",
            "type": "PRIMARY",
            "status": "RUNNING",
            "tenantCount": 5,
        }
        assert data["contents"][1]["type"] == "STANDBY"
        assert data["contents"][1]["tenantCount"] == 0


async def test_clusters_come_in_pages_of_at_most_two_thousand() -> None:
    async with running_ocp(fleet=large_fleet(5, 5, start=START)) as (_, client, _):
        pages = [await _data(client, CLUSTERS, page=number, size=2) for number in (1, 2, 3)]
        assert [len(page["contents"]) for page in pages] == [2, 2, 1]
        assert len((await _data(client, CLUSTERS, page=1, size=2000))["contents"]) == 5
        assert (await client.get(CLUSTERS, params={"page": 1, "size": 2001})).status_code == 400
        assert (await client.get(CLUSTERS)).status_code == 400


async def test_the_overview_tells_the_worst_of_a_cluster() -> None:
    async with running_ocp() as (ocp, client, clock):
        assert (await _data(client, OVERVIEW))["backupScheduleStatus"] == "NORMAL"
        ocp.fleet.interrupt("pay/t2", clock.now())
        clock.advance(timedelta(minutes=20))
        data = await _data(client, OVERVIEW)
        assert data["backupScheduleStatus"] == "ABNORMAL"
        assert 1200 <= data["logBackupDelaySeconds"] <= 1270
        rows = (await _data(client, PAY_LIST, **FIRST_PAGE))["contents"]
        assert data["latestLogBackupCheckpoint"] == rows[2]["checkpoint"]


@pytest.mark.parametrize(
    ("befalls", "status"),
    [("pause", "PAUSED"), ("stop", "PAUSED"), ("vanish", "NONE")],
)
async def test_the_overview_knows_what_was_done_on_purpose(befalls: str, status: str) -> None:
    async with running_ocp() as (ocp, client, clock):
        for number in range(5):
            getattr(ocp.fleet, befalls)(f"pay/t{number}", clock.now())
        assert (await _data(client, OVERVIEW))["backupScheduleStatus"] == status


async def test_the_overview_waits_while_everything_starts() -> None:
    async with running_ocp() as (ocp, client, clock):
        for number in range(5):
            ocp.fleet.interrupt(f"pay/t{number}", clock.now())
            ocp.fleet.mend(f"pay/t{number}", clock.now())
        assert (await _data(client, OVERVIEW))["backupScheduleStatus"] == "WAITING"


async def test_the_strategy_has_ocps_own_threshold() -> None:
    async with running_ocp() as (_, client, _):
        assert await _data(client, STRATEGY) == {"obBackupThresholdConfig": {"logBackupDelaySeconds": 300}}


async def test_the_tasks_of_one_tenant_are_listed_by_its_ocp_id() -> None:
    async with running_ocp() as (_, client, _):
        data = await _data(client, TENANT_LIST, page=1, size=10)
        assert [row["tenantName"] for row in data["contents"]] == ["t2"]
        whole = (await _data(client, PAY_LIST, **FIRST_PAGE))["contents"][2]
        assert data["contents"] == [whole]
        other = await _data(client, TENANT_LIST.replace("/102/", "/1006/"), page=1, size=10)
        assert other["contents"] == []
        assert (await client.get(TENANT_LIST)).status_code == 400
        assert (await client.get(TENANT_LIST.replace("/102/", "/t2/"), params=FIRST_PAGE)).status_code == 400


async def test_time_information_and_status_are_told() -> None:
    """Information comes bare, as the vendor's page of it has it; the status is plain text."""
    async with running_ocp(version="4.3.5-test") as (_, client, clock):
        assert await _data(client, TIME) == "2026-03-04T20:00:00.000+08:00"
        clock.advance(timedelta(seconds=1))
        assert await _data(client, TIME) == "2026-03-04T20:00:01.000+08:00"
        info = (await client.get(INFO)).json()
        assert (info["artifact"], info["buildVersion"]) == ("ocp-server", "4.3.5-test")
        status = await client.get(STATUS)
        assert (status.text, status.headers["Content-Type"]) == ("okay", "text/plain; charset=utf-8")


async def test_the_status_may_be_bad() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.healthy = False
        assert (await client.get(STATUS)).text == "bad"


@pytest.mark.parametrize("path", ["/", "/api/v2/ob/clusters/", "/api/v3/time", f"{PAY_LIST}/"])
async def test_other_paths_are_a_404_with_the_envelope(path: str) -> None:
    async with running_ocp() as (_, client, _):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["successful"]) == (404, False)


SIBLINGS = {
    Sibling.CLUSTERS: CLUSTERS,
    Sibling.OVERVIEW: OVERVIEW,
    Sibling.STRATEGY: STRATEGY,
    Sibling.TENANT_TASKS: TENANT_LIST,
    Sibling.TIME: TIME,
    Sibling.INFO: INFO,
    Sibling.STATUS: STATUS,
}


@pytest.mark.parametrize("lacking", Sibling)
async def test_a_version_that_lacks_a_sibling_answers_404_there_and_everywhere_else_as_ever(
    lacking: Sibling,
) -> None:
    dialect = Dialect(siblings=frozenset(Sibling) - {lacking})
    async with running_ocp(dialect=dialect) as (_, client, _):
        for sibling, path in SIBLINGS.items():
            status = (await client.get(path, params=FIRST_PAGE)).status_code
            assert status == (404 if sibling is lacking else 200)
        assert (await client.get(PAY_LIST, params=FIRST_PAGE)).status_code == 200


async def test_an_older_version_still_lists_clusters_and_tasks() -> None:
    async with running_ocp(dialect=OLDER) as (_, client, _):
        statuses = {
            path: (await client.get(path, params=FIRST_PAGE)).status_code for path in SIBLINGS.values()
        }
        assert {path for path, status in statuses.items() if status == 200} == {CLUSTERS, STATUS}
        assert (await client.get(PAY_LIST, params=FIRST_PAGE)).status_code == 200
