"""What the tests of the simulated OCP share: a small fleet, a client, and a signer of their own."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx

from bot.sandbox.fleet import Fleet, Rhythm, SimulatedCluster, SimulatedTask
from bot.sandbox.ocp import SimulatedOcp
from tests.fakes.manual_clock import ManualClock

PAY = SimulatedCluster(1000005, "pay", 5)
CRM = SimulatedCluster(1000007, "crm", 7, type="STANDBY")
PAY_LIST = "/api/v2/ob/clusters/1000005/backup/task/logBackupTasks"
CRM_LIST = "/api/v2/ob/clusters/1000007/backup/task/logBackupTasks"
CLUSTERS = "/api/v2/ob/clusters"
FIRST_PAGE = {"page": "1", "size": "100"}


def small_fleet(start: datetime, tenants: int = 5) -> Fleet:
    """``pay`` with some tenants on one storage, and ``crm`` with one task of the whole cluster."""
    tasks = [
        SimulatedTask(
            PAY,
            "oss://pay/clog?host=oss.example.com&access_id=made-up&access_key=made-up-too",
            Rhythm(period=60.0, floor=3.0, jitter=0.1, seed=number),
            tenant=f"t{number}",
            tenant_id=100 + number,
            ob_tenant_id=1002 + 2 * number,
        )
        for number in range(tenants)
    ]
    whole = SimulatedTask(CRM, "file:///obbackup/crm", Rhythm(seed=99), agent_server="10.0.0.9")
    return Fleet((PAY, CRM), (*tasks, whole), start=start)


@asynccontextmanager
async def running_ocp(**options: Any) -> AsyncIterator[tuple[SimulatedOcp, httpx.AsyncClient, ManualClock]]:
    """Run a simulated OCP; give it, a client that is logged in by password, and their clock."""
    clock = options.pop("clock", None) or ManualClock()
    fleet = options.pop("fleet", None) or small_fleet(clock.now())
    async with (
        SimulatedOcp(fleet, clock, **options) as ocp,
        httpx.AsyncClient(
            base_url=ocp.url, auth=(ocp.account.user, ocp.account.password), timeout=5, trust_env=False
        ) as client,
    ):
        yield ocp, client, clock


def signed(
    url: str,
    target: str,
    *,
    keys: tuple[str, str],
    date: datetime,
    method: str = "GET",
    body: bytes = b"",
    extra: dict[str, str] | None = None,
    content_type: str = "",
    says: str | None = None,
) -> httpx.Request:
    """Make a signed request to ``target``, already encoded and sorted; ``says`` is signed in its place."""
    stamp = date.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    host = url.removeprefix("http://")
    own = "\n".join(f"{name.lower()}:{value}" for name, value in sorted((extra or {}).items()))
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest().upper() if body else ""
    parts = [method, digest, content_type, stamp, host, own, says or target]
    mac = hmac.new(keys[1].encode(), "\n".join(parts).encode(), hashlib.sha1).digest()
    headers = {
        "Date": stamp,
        "Authorization": f"OCP-ACCESS-KEY-HMACSHA1 {keys[0]}:{base64.b64encode(mac).decode()}",
        **(extra or {}),
    }
    if content_type:
        headers["Content-Type"] = content_type
    raw = httpx.URL(url).copy_with(raw_path=target.encode())
    return httpx.Request(method, raw, headers=headers, content=body)


def encoded(text: str) -> str:
    """Encode a value of a query as RFC 3986 has it."""
    return quote(text, safe="-._~")
