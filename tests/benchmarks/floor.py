"""The least that must be done: fetching the pages with a bare httpx client, and validating them.

``python tests/benchmarks/floor.py URL INTERVAL`` polls until it is stopped; a line is printed after each.
"""

import asyncio
import sys
import time

import httpx

from bot.ocp.payloads import TaskEnvelope

AT_ONCE = 4


async def cluster(client: httpx.AsyncClient, number: int, turn: asyncio.Semaphore) -> int:
    """Read the pages of one cluster; return how many rows they had."""
    path, page, pages, rows = f"/api/v2/ob/clusters/{number}/backup/task/logBackupTasks", 0, 1, 0
    async with turn:
        while page < pages:
            page += 1
            answer = await client.get(path, params={"page": page, "size": 500})
            data = TaskEnvelope.model_validate_json(answer.content).data
            assert data is not None
            assert data.contents is not None
            assert data.page is not None
            pages = data.page.pages or 0
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
