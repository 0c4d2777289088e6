"""How httpx's requests travel by aiohttp: unchanged, on connections that are used again."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.ocp.transport import SparingTransport

PAGE = b'{"data": "of OCP"}' * 5000


class BareServer:
    """Answers with ``answer`` whatever is asked; remembers the requests of each connection."""

    def __init__(self) -> None:
        self.answer = said(PAGE)
        self.connections: list[list[bytes]] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append([])
        requests = self.connections[-1]
        try:
            while True:
                requests.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(self.answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def said(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Write an answer as it goes over the wire."""
    head = "\r\n".join((f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}"))
    return head.encode() + b"\r\n\r\n" + body


@pytest.fixture
async def server() -> AsyncIterator[BareServer]:
    bare = BareServer()
    async with await asyncio.start_server(bare.serve, "127.0.0.1", 0) as listening:
        bare.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        yield bare


@pytest.fixture
async def client(server: BareServer) -> AsyncIterator[httpx.AsyncClient]:
    carrier = SparingTransport(ssl.create_default_context(), 4)
    async with httpx.AsyncClient(transport=carrier, base_url=server.url, timeout=0.5) as opened:
        yield opened


async def test_page_after_page_comes_over_one_connection(
    client: httpx.AsyncClient, server: BareServer
) -> None:
    for _ in range(3):
        assert (await client.get("/tasks")).content == PAGE
    assert [len(requests) for requests in server.connections] == [3]


async def test_a_connection_whose_answer_was_not_read_whole_is_not_used_again(
    client: httpx.AsyncClient, server: BareServer
) -> None:
    server.answer = said(PAGE * 100)
    for _ in range(2):
        async with client.stream("GET", "/tasks") as answer:
            assert answer.status_code == httpx.codes.OK
    assert [len(requests) for requests in server.connections] == [1, 1]


async def test_path_query_and_headers_go_over_the_wire_as_they_were_signed(
    client: httpx.AsyncClient, server: BareServer
) -> None:
    path = "/a%2Fb?startTime=2026-01-31T23%3A00%3A00.000%2B00%3A00&x=%7E"
    await client.get(path, headers={"Date": "Sat, 31 Jan 2026 23:00:00 GMT", "Host": "ocp.example.com"})
    (sent,) = server.connections[0]
    line, *headers = sent.decode().strip().split("\r\n")
    assert line == f"GET {path} HTTP/1.1"
    assert "host: ocp.example.com" in {header.lower() for header in headers}
    assert "Date: Sat, 31 Jan 2026 23:00:00 GMT" in headers
    assert len({header.partition(":")[0].lower() for header in headers}) == len(headers)


async def test_a_packed_answer_is_unpacked_once_and_a_damaged_one_is_told(
    client: httpx.AsyncClient, server: BareServer
) -> None:
    server.answer = said(gzip.compress(PAGE), "200 OK", "Content-Encoding: gzip")
    assert (await client.get("/tasks")).content == PAGE
    server.answer = said(b"no gzip", "200 OK", "Content-Encoding: gzip")
    with pytest.raises(httpx.DecodingError):
        await client.get("/tasks")


async def test_a_redirect_is_not_followed(client: httpx.AsyncClient, server: BareServer) -> None:
    server.answer = said(b"", "302 Found", "Location: /elsewhere")
    assert (await client.get("/tasks")).status_code == httpx.codes.FOUND
    assert len(server.connections[0]) == 1


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (b"", httpx.ReadTimeout),
        (said(PAGE)[:2000], httpx.ReadTimeout),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", httpx.ReadError),
    ],
    ids=["silence", "an answer that stops", "another protocol"],
)
async def test_what_goes_wrong_has_the_kind_that_httpx_gives_it(
    client: httpx.AsyncClient, server: BareServer, answer: bytes, failure: type[Exception]
) -> None:
    server.answer = answer
    with pytest.raises(failure):
        await client.get("/tasks")
    assert [len(requests) for requests in server.connections] == [1], "it is not asked again by itself"
