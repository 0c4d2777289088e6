"""The least that must be done: fetching the pages with a bare httpx client, and validating them.

What a row is validated into is written here, so that no other way of reading rows in the bot moves the floor.

``python tests/benchmarks/floor.py URL INTERVAL`` polls until it is stopped; a line is printed after each.
"""

import asyncio
import sys
import time
from datetime import datetime
from pathlib import Path

import httpx
from pydantic import BaseModel, ConfigDict, with_config
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

if __name__ == "__main__":
    sys.path[:1] = [str(Path(__file__).parents[2])]

from bot.ocp.payloads import Long, Seconds

AT_ONCE = 4


TOLERANT = ConfigDict(extra="allow", alias_generator=to_camel, coerce_numbers_to_str=True)
"""As OCP must be read: it sends more fields than it documents, and numbers where texts are meant."""


@with_config(TOLERANT)
class Row(TypedDict, total=False):
    """A row as OCP documents it, and two fields that are seen."""

    createTime: datetime | None
    modifyTime: datetime | None
    clusterName: str | None
    clusterId: Long | None
    obClusterId: Long | None
    obTenantId: Long | None
    clusterType: str | None
    tenantId: Long | None
    tenantName: str | None
    status: str | None
    errorMsg: str | None
    backupUri: str | None
    checkpoint: datetime | None
    backupMode: str | None
    delay: Seconds | None
    agentServerIp: str | None
    backupDimension: str | None


class PageInfo(BaseModel):
    """Where a page stands."""

    model_config = TOLERANT
    total_pages: int


class Contents(BaseModel):
    """The ``data`` of a page."""

    contents: list[Row]
    page: PageInfo


class Page(BaseModel):
    """A page of log backup tasks."""

    model_config = TOLERANT
    data: Contents
    successful: bool
    timestamp: datetime


async def cluster(client: httpx.AsyncClient, number: int, turn: asyncio.Semaphore) -> int:
    """Read the pages of one cluster; return how many rows they had."""
    path, page, pages, rows = f"/api/v2/ob/clusters/{number}/backup/task/logBackupTasks", 0, 1, 0
    async with turn:
        while page < pages:
            page += 1
            answer = await client.get(path, params={"page": page, "size": 500})
            data = Page.model_validate_json(answer.content).data
            pages = data.page.total_pages
            rows += len(data.contents)
    return rows


async def poll_for_ever(url: str, interval: float) -> None:
    """Poll at this interval."""
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=url, trust_env=False, limits=limits) as client:
        listed = (await client.get("/api/v2/ob/clusters", params={"size": 2000})).json()
        numbers = [one["id"] for one in listed["data"]["contents"]]
        turn = asyncio.Semaphore(AT_ONCE)
        while True:
            began = time.monotonic()
            rows = await asyncio.gather(*(cluster(client, number, turn) for number in numbers))
            print(f"{sum(rows)} rows in {time.monotonic() - began:.3f} s", flush=True)
            await asyncio.sleep(max(0, began + interval - time.monotonic()))


if __name__ == "__main__":
    asyncio.run(poll_for_ever(sys.argv[1], float(sys.argv[2])))
