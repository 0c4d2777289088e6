"""What a page of OCP costs the processor on its way in: with aiohttp beneath httpx, and with httpx alone.

``python tests/benchmarks/transport.py [rows] [pages]`` serves such pages from a process of its own.
"""

import asyncio
import ssl
import sys
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection

import httpx
from aiohttp import web

from bot.ocp.transport import SparingTransport
from tests.benchmarks.parsing import answer

ROUNDS = 3


def serve(rows: int, port: Connection) -> None:
    """Serve one page until the process is ended."""
    asyncio.run(_serve(rows, port))


async def _serve(rows: int, port: Connection) -> None:
    page = answer(rows)

    async def get(_: web.Request) -> web.Response:
        return web.json_response(page)

    app = web.Application()
    app.add_routes([web.get("/", get)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port.send(runner.addresses[0][1])
    await asyncio.Event().wait()


async def cost(client: httpx.AsyncClient, pages: int) -> float:
    """Give the seconds of the processor that a page takes, at best of some rounds."""
    await client.get("/")
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(pages):
            (await client.get("/")).raise_for_status()
        best = min(best, (time.process_time() - began) / pages)
    return best


async def measure(port: int, rows: int, pages: int) -> None:
    """Print what a page costs in both ways, and what of that is the client's, whatever is beneath it."""
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=base, trust_env=False) as plain:
        alone = await cost(plain, pages)
        page = (await plain.get("/")).content
    transport = SparingTransport(ssl.create_default_context(), 4)
    async with httpx.AsyncClient(base_url=base, transport=transport) as client:
        ours = await cost(client, pages)
    nothing = httpx.MockTransport(lambda _: httpx.Response(200, content=page))
    async with httpx.AsyncClient(base_url=base, transport=nothing) as client:
        floor = await cost(client, pages)
    print(f"a page of {rows} rows, {len(page) / 1000:.0f} kB, in milliseconds of the processor")
    for name, whole in (("with aiohttp", ours), ("with httpx alone", alone)):
        print(f"  {name:<18}{whole * 1000:7.2f}, {(whole - floor) * 1000:.2f} of them for the transport")
    print(f"  the transport takes {(ours - floor) / (alone - floor):.2f} of what httpx's own takes")


def main(rows: int, pages: int) -> None:
    """Measure."""
    context = get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=serve, args=(rows, there), daemon=True)
    server.start()
    try:
        asyncio.run(measure(here.recv(), rows, pages))
    finally:
        server.terminate()


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(*(arguments + [500, 50][len(arguments) :]))
