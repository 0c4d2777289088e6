"""The faults of the simulated OCP can be switched on and off while it runs."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.ocp import Fault, Faults, Where
from tests.sandbox_ocp.asking_ocp import CLUSTERS, CRM_LIST, FIRST_PAGE, PAY_LIST, running_ocp


async def _read(client: httpx.AsyncClient, path: str = PAY_LIST, page: int = 1) -> httpx.Response:
    return await client.get(path, params={"page": page, "size": 2})


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
async def test_any_status_comes_with_the_error_envelope_until_it_is_switched_off(status: int) -> None:
    async with running_ocp() as (ocp, client, _):
        fault = ocp.faults.status(status, message="Broken on purpose.")
        for _ in range(3):
            answer = await _read(client)
            body = answer.json()
            assert (answer.status_code, body["status"], body["successful"]) == (status, status, False)
            assert body["error"]["message"] == "Broken on purpose."
            assert set(body) == {
                *("successful", "status", "error", "traceId", "server", "timestamp", "duration")
            }
        ocp.faults.off(fault)
        ocp.faults.off(fault)
        assert (await _read(client)).status_code == 200
        assert fault.hits == 3


async def test_a_fault_can_last_for_a_number_of_requests() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.faults.status(500, Where(times=2))
        assert [(await _read(client)).status_code for _ in range(3)] == [500, 500, 200]
        assert ocp.faults.active == ()


async def test_a_fault_can_be_for_one_path_one_cluster_or_one_page() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.faults.status(500, Where(cluster=1000005, page=2))
        assert (await _read(client)).status_code == 200
        assert (await _read(client, page=2)).status_code == 500
        assert (await _read(client, CRM_LIST, page=2)).status_code == 200
        ocp.faults.clear()
        ocp.faults.status(500, Where(path="/backup/task"))
        assert (await _read(client)).status_code == 500
        assert (await _read(client, CLUSTERS)).status_code == 200


async def test_a_401_counts_as_a_wrong_login() -> None:
    """So that a test sees whether a bot that meets one would lock its account."""
    async with running_ocp() as (ocp, client, _):
        ocp.faults.status(401, Where(times=1))
        answer = await _read(client)
        assert answer.status_code == 401
        assert "You can try for 4 more times" in answer.json()["error"]["message"]
        assert (ocp.wrong_logins, ocp.accounts.any_disabled) == (1, False)


async def test_a_429_says_when_to_come_back_in_either_way() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.faults.status(429, retry_after=timedelta(seconds=7), rate_limit_reset=timedelta(seconds=9))
        answer = await _read(client)
        assert (answer.headers["Retry-After"], answer.headers["RateLimit-Reset"]) == ("7", "9")


async def test_an_error_can_hide_behind_http_200() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.faults.disguised()
        answer = await _read(client)
        assert (answer.status_code, answer.json()["status"], answer.json()["successful"]) == (200, 500, False)


async def test_html_comes_instead_of_json() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.faults.html()
        answer = await _read(client)
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.text.startswith("<!DOCTYPE html>")


async def test_json_is_truncated() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.faults.truncated()
        answer = await _read(client)
        assert answer.status_code == 200
        assert answer.text.startswith('{"data":{"contents":[')
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            answer.json()


async def test_the_connection_ends_within_the_body() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.faults.cut_off()
        with pytest.raises(httpx.RemoteProtocolError):
            await _read(client)


async def test_the_connection_is_reset() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.faults.reset(Where(times=1))
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await _read(client)
        assert (await _read(client)).status_code == 200


async def test_no_answer_comes_at_all() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.faults.silence(Where(times=1))
        asking = asyncio.create_task(_read(client))
        async with asyncio.timeout(30):
            await ocp.requests.until(1)
        assert not asking.done()
        asking.cancel()
        assert (await _read(client)).status_code == 200


async def test_a_silent_server_stops_all_the_same() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.faults.silence()
        asking = asyncio.create_task(_read(client))
        async with asyncio.timeout(30):
            await ocp.requests.until(1)
            await ocp.stop()
            with pytest.raises(httpx.TransportError):
                await asking


async def test_a_redirect_leads_elsewhere() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.faults.redirect("http://elsewhere.example.com/login", status=307)
        answer = await _read(client)
        assert (answer.status_code, answer.headers["Location"]) == (307, "http://elsewhere.example.com/login")


async def test_slowness_is_of_the_simulations_time_and_told_in_the_duration() -> None:
    async with running_ocp() as (ocp, client, clock):
        before = clock.now()
        ocp.faults.slow(timedelta(seconds=2))
        answer = await _read(client)
        assert answer.json()["duration"] == 2000
        assert clock.now() - before == timedelta(seconds=2)


async def test_slowness_goes_with_another_fault() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.faults.slow(timedelta(seconds=1))
        ocp.faults.status(500)
        answer = await _read(client)
        assert (answer.status_code, answer.json()["duration"]) == (500, 1000)


def _told(answer: httpx.Response) -> tuple[datetime, datetime, float]:
    """Return the envelope's timestamp, and the first row's checkpoint and delay."""
    body = answer.json()
    row = body["data"]["contents"][0]
    stamp, checkpoint = (datetime.fromisoformat(text) for text in (body["timestamp"], row["checkpoint"]))
    return stamp, checkpoint, row["delay"]


@pytest.mark.parametrize("skew", [timedelta(minutes=5), timedelta(minutes=-5)])
async def test_ocp_and_its_clusters_may_live_in_another_time(skew: timedelta) -> None:
    """Timestamp, checkpoint and delay agree with each other; only we disagree."""
    async with running_ocp() as (ocp, client, clock):
        ocp.faults.clock_skew = skew
        stamp, checkpoint, delay = _told(await _read(client))
        assert stamp - clock.now() == skew
        assert delay == pytest.approx((stamp - checkpoint).total_seconds(), abs=0.002)
        assert 0 <= delay < 70
        ocp.faults.clear()
        assert ocp.now() == clock.now()


@pytest.mark.parametrize("skew", [timedelta(minutes=5), timedelta(minutes=-5)])
async def test_ocps_host_may_be_off_alone_and_every_delay_with_it(skew: timedelta) -> None:
    async with running_ocp() as (ocp, client, clock):
        _, checkpoint, delay = _told(await _read(client))
        ocp.faults.host_skew = skew
        stamp, same, wrong = _told(await _read(client))
        assert (stamp - clock.now(), same) == (skew, checkpoint)
        assert wrong == pytest.approx(delay + skew.total_seconds())
        assert (await client.get("/api/v2/time")).json()["data"][:16] == (
            (clock.now() + skew + timedelta(hours=8)).isoformat()[:16]
        )


async def test_an_empty_list_says_that_there_is_no_task() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.faults.empty_list(Where(cluster=1000005))
        data = (await _read(client)).json()["data"]
        assert data["contents"] == []
        assert data["page"] == {"number": 1, "size": 0, "totalElements": 0, "totalPages": 0}
        assert (await _read(client, CRM_LIST)).json()["data"]["contents"]


@pytest.mark.parametrize("fresh", [False, True], ids=["the same rows again", "rows never seen before"])
async def test_a_list_can_go_on_for_ever(fresh: bool) -> None:  # noqa: FBT001 - the parameter is the case
    async with running_ocp() as (ocp, client, _):
        ocp.faults.endless_list(fresh=fresh)
        names: list[str] = []
        for number in range(1, 30):
            data = (await _read(client, page=number)).json()["data"]
            assert data["page"]["totalPages"] == number + 1
            names += [row["tenantName"] for row in data["contents"]]
        assert len(names) == 58
        assert (len(set(names)) > 5) is fresh


@pytest.mark.parametrize(
    "switch_on",
    [
        pytest.param(lambda faults: faults.empty_list(), id="an empty list"),
        pytest.param(lambda faults: faults.endless_list(), id="an endless list"),
    ],
)
async def test_faults_of_the_list_leave_other_answers_alone(switch_on: Callable[[Faults], Fault]) -> None:
    async with running_ocp() as (ocp, client, _):
        switch_on(ocp.faults)
        clusters: Any = (await client.get(CLUSTERS, params=FIRST_PAGE)).json()["data"]
        assert (len(clusters["contents"]), clusters["page"]["totalPages"]) == (2, 1)


async def test_the_latest_fault_wins() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.faults.status(500)
        later = ocp.faults.status(404)
        assert (await _read(client)).status_code == 404
        ocp.faults.off(later)
        assert (await _read(client)).status_code == 500


async def test_it_comes_back_on_the_same_port() -> None:
    async with running_ocp() as (ocp, client, _):
        url = ocp.url
        await ocp.stop()
        with pytest.raises(httpx.ConnectError):
            await _read(client)
        await ocp.start()
        assert ocp.url == url
        assert (await _read(client)).status_code == 200
