"""Logging in to the simulated OCP: by password, by key pair, wrongly, and without the permission."""

import ssl
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.sandbox.ocp import Account, Permission, SimulatedOcp
from tests.sandbox_ocp.asking_ocp import CLUSTERS, FIRST_PAGE, PAY_LIST, encoded, running_ocp, signed


def _keys(ocp: SimulatedOcp) -> tuple[str, str]:
    return ocp.account.access_key, ocp.account.secret_key


async def test_a_password_lets_in() -> None:
    async with running_ocp() as (ocp, client, _):
        assert (await client.get(CLUSTERS, params=FIRST_PAGE)).status_code == 200
        assert ocp.wrong_logins == 0


async def test_a_key_pair_lets_in() -> None:
    """The query holds a time, whose colons and plus must be encoded."""
    async with running_ocp() as (ocp, client, clock):
        start = encoded("2021-09-16T15:14:51.397+08:00")
        request = signed(
            ocp.url,
            f"{PAY_LIST}?page=1&size=10&startTime={start}",
            keys=_keys(ocp),
            date=clock.now(),
            extra={"x-ocp-origin": "test"},
        )
        answer = await client.send(request, auth=None)
        assert answer.status_code == 200, answer.text
        assert ocp.wrong_logins == 0


@pytest.mark.parametrize("off", [timedelta(minutes=16), timedelta(minutes=-16)])
async def test_a_key_pair_needs_ocps_time_not_the_worlds(off: timedelta) -> None:
    async with running_ocp() as (ocp, client, clock):
        ocp.faults.clock_skew = off
        target = f"{CLUSTERS}?page=1&size=10"
        stale = signed(ocp.url, target, keys=_keys(ocp), date=clock.now())
        assert (await client.send(stale, auth=None)).status_code == 401
        fresh = signed(ocp.url, target, keys=_keys(ocp), date=ocp.now())
        assert (await client.send(fresh, auth=None)).status_code == 200


async def test_a_signature_over_something_else_is_refused() -> None:
    async with running_ocp() as (ocp, client, clock):
        target = f"{CLUSTERS}?page=1&size=10"
        request = signed(
            ocp.url, target, keys=_keys(ocp), date=clock.now(), says=f"{CLUSTERS}?page=2&size=10"
        )
        answer = await client.send(request, auth=None)
        assert answer.status_code == 401
        assert "You can try for 4 more times" in answer.json()["error"]["message"]


async def test_nobody_is_let_in_without_credentials() -> None:
    async with running_ocp() as (ocp, client, _):
        answer = await client.send(httpx.Request("GET", ocp.url + "/api/v2/time"), auth=None)
        assert (answer.status_code, answer.json()["successful"]) == (401, False)
        assert ocp.wrong_logins == 0


async def test_wrong_passwords_count_down_and_then_disable_the_account() -> None:
    async with running_ocp() as (ocp, client, _):
        said = []
        for _ in range(5):
            answer = await client.get(CLUSTERS, params=FIRST_PAGE, auth=(ocp.account.user, "wrong"))
            assert answer.status_code == 401
            said.append(answer.json()["error"])
        for left, error in zip((4, 3, 2, 1), said, strict=False):
            assert f"You can try for {left} more times" in error["message"]
        assert said[4]["code"] == "IAM10007"
        right = await client.get(CLUSTERS, params=FIRST_PAGE)
        assert (right.status_code, right.json()["error"]["code"]) == (401, "IAM10007")
        assert (ocp.wrong_logins, ocp.accounts.any_disabled) == (6, True)


async def test_a_good_login_begins_the_countdown_anew() -> None:
    async with running_ocp(accounts=[Account(tries=2)]) as (ocp, client, _):
        for _ in range(3):
            await client.get(CLUSTERS, params=FIRST_PAGE, auth=(ocp.account.user, "wrong"))
            assert (await client.get(CLUSTERS, params=FIRST_PAGE)).status_code == 200
        assert (ocp.wrong_logins, ocp.accounts.any_disabled) == (3, False)


async def test_a_password_can_change_while_the_server_runs() -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.account.password = "another"
        assert (await client.get(CLUSTERS, params=FIRST_PAGE)).status_code == 401
        assert ocp.wrong_logins == 1


@pytest.mark.parametrize(
    "authorization",
    ["Basic !!!", "Basic bm8tY29sb24=", "Bearer abc", "OCP-ACCESS-KEY-HMACSHA1 x", "nonsense"],
)
async def test_credentials_that_name_nobody_are_refused_and_counted(authorization: str) -> None:
    async with running_ocp() as (ocp, client, _):
        request = httpx.Request("GET", ocp.url + "/api/v2/time", headers={"Authorization": authorization})
        assert (await client.send(request, auth=None)).status_code == 401
        assert ocp.wrong_logins == 1


@pytest.mark.parametrize(
    ("missing", "refused", "allowed"),
    [
        pytest.param(Permission.LIST_CLUSTERS, CLUSTERS, PAY_LIST, id="may not list clusters"),
        pytest.param(Permission.READ_BACKUP, PAY_LIST, CLUSTERS, id="may not read backups"),
    ],
)
async def test_each_permission_is_needed_for_its_own(missing: Permission, refused: str, allowed: str) -> None:
    async with running_ocp() as (ocp, client, _):
        ocp.account.permissions.discard(missing)
        no = await client.get(refused, params=FIRST_PAGE)
        assert (no.status_code, no.json()["status"], no.json()["successful"]) == (403, 403, False)
        assert (await client.get(allowed, params=FIRST_PAGE)).status_code == 200
        ocp.account.permissions.add(missing)
        assert (await client.get(refused, params=FIRST_PAGE)).status_code == 200


async def test_the_log_of_requests_holds_no_secret() -> None:
    async with running_ocp() as (ocp, client, clock):
        await client.get(CLUSTERS, params=FIRST_PAGE, headers={"Cookie": "session=secret", "X-Seen": "yes"})
        await client.send(
            signed(ocp.url, f"{CLUSTERS}?page=1&size=1", keys=_keys(ocp), date=clock.now()), auth=None
        )
        basic, keyed = ocp.requests
        assert (basic.method, basic.path, basic.query, basic.at) == ("GET", CLUSTERS, FIRST_PAGE, clock.now())
        assert (basic.status, basic.login) == (200, "Basic")
        assert keyed.login == "OCP-ACCESS-KEY-HMACSHA1"
        names = {name.lower() for request in ocp.requests for name in request.headers}
        assert "x-seen" in names
        assert not names & {"authorization", "cookie"}
        ocp.requests.clear()
        assert (len(ocp.requests), ocp.requests.total) == (0, 2)


async def test_it_speaks_https_with_a_private_authority() -> None:
    pem = Path(__file__).with_name("loopback_for_tests.pem")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem)
    async with running_ocp(tls=server) as (ocp, _, _):
        assert ocp.url.startswith("https://127.0.0.1:")
        login = (ocp.account.user, ocp.account.password)
        trusting = ssl.create_default_context(cafile=str(pem))
        async with httpx.AsyncClient(base_url=ocp.url, verify=trusting, auth=login) as client:
            assert (await client.get(CLUSTERS, params=FIRST_PAGE)).status_code == 200
        async with httpx.AsyncClient(base_url=ocp.url, auth=login) as client:
            with pytest.raises(httpx.ConnectError, match="certificate"):
                await client.get(CLUSTERS, params=FIRST_PAGE)
