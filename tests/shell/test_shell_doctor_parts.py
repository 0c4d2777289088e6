"""What the doctor says of conditions that no simulation has: other databases, odd rows, odd tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from bot.checking.database import GONE, SCARCE, size_words, tell
from bot.checking.ocp import tell_tasks
from bot.checking.slack import about_way, examine_requests, tell_identity
from bot.domain.reading import Reading
from bot.domain.task import Cluster, ClusterId, SourceName
from bot.errors import SlackError, SlackTemporary, StorageError
from bot.settings import Settings, load
from bot.slack.bolt import web_client
from bot.slack.inspection import SCOPES, Identity, hear
from bot.storage.inspection import Condition, inspect
from bot.terminal.checkup import State

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def test_a_database_server_tells_its_version_and_never_its_driver() -> None:
    found = Condition("postgresql+asyncpg://bot:***@db/bot", None, "0003", server="PostgreSQL 15.6")
    (line,) = tell("database", found)
    assert line.says == (
        "postgresql://bot:***@db/bot answers, PostgreSQL 15.6, still without tables:"
        " the first `run` makes them."
    )


def test_an_older_database_is_well_and_is_brought_up_to_date_by_run() -> None:
    (line, _) = tell("database", Condition("bot.sqlite3", "0001", "0003", SCARCE * 9, 4096))
    assert line.state is State.OK
    assert line.says == (
        "bot.sqlite3 can be used, 4 kB; it is of an older version, and the next `run` brings it up to date."
    )


@pytest.mark.parametrize(
    ("free", "state"),
    [(SCARCE, State.OK), (SCARCE - 1, State.WARNING), (GONE, State.WARNING), (GONE - 1, State.FAILED)],
)
def test_a_disk_that_fills_up_is_told_in_time(free: int, state: State) -> None:
    *_, room = tell("database", Condition("bot.sqlite3", None, "0003", free))
    assert room.state is state


@pytest.mark.parametrize(
    ("size", "words"), [(0, "1 kB"), (4096, "4 kB"), (5_000_000, "5 MB"), (3_440_000_000, "3.4 GB")]
)
def test_sizes_are_short(size: int, words: str) -> None:
    assert size_words(size) == words


async def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(StorageError, match="sqlite:///path"):
        await inspect("mysql://host/name")


def reading(name: str, *, skipped: int = 0, complete: bool = True) -> Reading:
    cluster = Cluster(SourceName("ocp"), ClusterId(1), name)
    return Reading(cluster, (), NOW, NOW, complete=complete, skipped=skipped)


def test_rows_that_nobody_understands_and_lists_without_an_end_are_told() -> None:
    says = [line.says for line in tell_tasks("OCP", [reading("pay", skipped=2)])]
    assert says[-1] == "Of pay, 2 rows could not be understood. Look whether a newer version of the bot does."
    cut = tell_tasks("OCP", [reading("pay", complete=False)])
    assert [line.state for line in cut] == [State.OK, State.WARNING, State.WARNING]
    assert "Of pay, the list did not come to its end." in cut[-1].says


def test_a_persons_token_is_no_bots() -> None:
    who, scopes = tell_identity("Slack", Identity("anna", "Here", None, frozenset(SCOPES)))
    assert (who.state, scopes.state) == (State.FAILED, State.OK)
    assert "belongs to a person" in who.says


def test_scopes_that_slack_does_not_tell_are_not_called_missing() -> None:
    _, scopes = tell_identity("Slack", Identity("bot", "Here", "B1", None))
    assert (scopes.state, scopes.says) == (
        State.WARNING,
        "Slack does not say which scopes the bot was granted.",
    )


@asynccontextmanager
async def a_slack_that_says(greeting: Any) -> AsyncIterator[str]:
    """Give the Web API's address of a Slack whose every Socket Mode connection begins with this."""

    async def opened(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": f"ws://{request.host}/link"})

    async def link(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json(greeting)
        await socket.close()
        return socket

    async def bot(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "bot": {"app_id": "A1"}})

    application = web.Application()
    application.add_routes([web.post("/api/apps.connections.open", opened), web.get("/link", link)])
    application.add_routes([web.post("/api/bots.info", bot), web.get("/api/bots.info", bot)])
    runner = web.AppRunner(application, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("greeting", "sentence"),
    [
        ({"type": "disconnect", "reason": "link_disabled"}, "Socket Mode is switched off"),
        ({"type": "disconnect", "reason": "refresh_requested"}, "did not say hello"),
        (["something", "else"], "did not say hello"),
    ],
    ids=["switched off", "refresh", "nonsense"],
)
async def test_a_connection_that_is_turned_away_is_told(greeting: object, sentence: str) -> None:
    async with a_slack_that_says(greeting) as address:
        with pytest.raises(SlackError, match=sentence):
            await hear(web_client(None, address), "xapp-1-A1-1-x")


async def test_a_hello_tells_which_app_is_greeted() -> None:
    greeting = {"type": "hello", "connection_info": {"app_id": "A1"}}
    async with a_slack_that_says(greeting) as address:
        assert await hear(web_client(None, address), "xapp-1-A1-1-x") == "A1"
    async with a_slack_that_says({"type": "hello"}) as address:
        assert await hear(web_client(None, address), "xapp-1-A1-1-x") is None


@pytest.mark.parametrize(("app", "state"), [("A1", State.OK), ("A2", State.FAILED)], ids=["same", "another"])
async def test_two_tokens_have_to_be_of_one_app(app: str, state: State) -> None:
    """Each token alone is good, and yet commands would go to the other app."""
    greeting = {"type": "hello", "connection_info": {"app_id": app}}
    settings = load({"SLACK_APP_TOKEN": f"xapp-1-{app}-1-x"}).settings
    identity = Identity("bot", "Here", "B1", frozenset(SCOPES))
    async with a_slack_that_says(greeting) as address:
        (line,) = await examine_requests("Slack", settings, web_client("xoxb-1", address), identity)
    assert line.state is state
    if state is State.FAILED:
        assert line.says == (
            "SLACK_APP_TOKEN is of another app (A2) than SLACK_BOT_TOKEN (A1): copy both from the same one."
        )


def test_the_way_to_slacks_own_address_is_for_the_network_to_give() -> None:
    error = SlackTemporary("Slack cannot be reached at slack.com:443.", code="unreachable")
    assert about_way(error, Settings()) == (
        "Slack cannot be reached at slack.com:443. Let this machine reach slack.com, through the proxy if"
        " there is one."
    )
