"""A simulated Slack with its page, and a small bot on the real slack-bolt that answers in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.page import Lever, Page, Place, Standing, Step, TaskLever, WorldRow
from bot.sandbox.slack import Shortcut, SimulatedSlack
from tests.sandbox_page.page_messages import alert_blocks, dialog_view, home_view, status_blocks, table_blocks

EVENTS = ("app_mention", "app_home_opened", "message.im")
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


class PageClock:
    """Simulated dates that only a test moves, beside real seconds for Slack's own limits."""

    speed = 60.0

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, span: timedelta) -> None:
        await asyncio.sleep(span.total_seconds())


@dataclass
class Stage:
    """What a test has in its hands; ``heard`` is what the bot was told."""

    slack: SimulatedSlack
    page: Page
    clock: PageClock
    client: AsyncWebClient
    heard: list[tuple[str, Any]] = field(default_factory=list)
    pulled: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return self.slack.root_url

    async def alert(self) -> str:
        """Let the bot post an alert; returns its ts."""
        answer = await self.client.chat_postMessage(
            channel="alerts", text="Log backup of pay/orders has FAILED", blocks=alert_blocks()
        )
        return str(answer["ts"])


def world_rows() -> list[WorldRow]:
    troubles = {
        "pay/orders": ("FAILED", 1560, Standing.BROKEN, "its storage is full"),
        "pay/ledger": ("RUNNING", 2460, Standing.BEHIND, "it is slow"),
        "shop/stock": ("SUSPENDED", 300, Standing.PAUSED, "paused on purpose"),
    }
    well = {
        f"crm/{name}": ("RUNNING", 58, Standing.WELL, "") for name in ("leads", "calls", "chat", "quotes")
    }
    return [
        WorldRow(
            task,
            status,
            timedelta(seconds=delay),
            NOON - timedelta(seconds=delay),
            standing,
            trouble,
            "alert: critical" if standing is Standing.BROKEN else "",
            key=f"{task} here",
            storage="file:///obbackup/",
        )
        for task, (status, delay, standing, trouble) in (troubles | well).items()
    ]


@asynccontextmanager
async def page_stage(*, with_bot: bool = True, recording: Path | None = None) -> AsyncIterator[Stage]:
    clock = PageClock()
    pulled: list[str] = []

    async def fill() -> str:
        pulled.append("fill")
        return "The storage is full; 8 tasks are hit."

    async def replay() -> str:
        return "2026-03-04 12:00  pay/orders  opened\n2026-03-04 12:20  pay/orders  resolved"

    async def down() -> str:
        pulled.append("down")
        return "OCP is down."

    async def mend(key: str) -> str:
        pulled.append(f"mend {key}")
        return "It was mended."

    levers = {
        "fill": Lever("Fill the storage of shop", fill, group="Break something"),
        "down": Lever(
            "Take OCP down", down, "OCP", "", lambda: "down" in pulled, "Bring OCP back", "OCP is down"
        ),
        "replay": Lever("Replay", replay, "Record"),
    }

    def there() -> Place | None:
        posted = slack.channel("alerts").messages
        return Place(slack.channel("alerts").id, posted[0].ts) if posted else None

    steps = (
        Step("Fill it.", "Watch the fleet.", lever="fill", in_fleet=True, is_done=lambda: "fill" in pulled),
        Step("Ask.", "Only you see the answer.", text="/logbackup status"),
        Step("Ask all.", "Everybody sees the answer.", text="@logbackup status", in_thread=True),
        Step("Read it.", "It is there.", message=there, to_read=True, is_done=lambda: there() is not None),
        Step("Ask there.", "In its thread.", text="@logbackup status", in_thread=True, message=there),
    )
    page = Page(
        clock,
        world=world_rows,
        levers=levers,
        task_levers={"mend": TaskLever("Mend it", mend)},
        story=steps,
        recording=lambda: recording if recording and recording.exists() else None,
    )
    async with SimulatedSlack(
        clock=clock,
        pacing_clock=clock,
        events=EVENTS,
        shortcuts=(Shortcut("Note this down…", "note"), Shortcut("Anywhere", "any", of_messages=False)),
        routes=page.routes,
    ) as slack:
        slack.add_channel("alerts")
        slack.add_channel("dba", private=True, members=("anna", "mei"))
        slack.invite_bot("alerts")
        page.show(slack, person="anna", channel="alerts")
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        stage = Stage(slack, page, clock, client, pulled=pulled)
        if not with_bot:
            yield stage
            return
        app = _bot(client, stage.heard)
        handler = AsyncSocketModeHandler(app, slack.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call] # slack-bolt's are untyped
        try:
            yield stage
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call] # slack-bolt's are untyped


def _bot(client: AsyncWebClient, heard: list[tuple[str, Any]]) -> AsyncApp:
    app = AsyncApp(client=client)
    _hear_words(app, heard)
    _hear_presses(app, heard)
    return app


def _hear_words(app: AsyncApp, heard: list[tuple[str, Any]]) -> None:
    @app.command("/logbackup")
    async def command(ack: Any, respond: Any, command: Any) -> None:
        await ack()
        heard.append(("command", command["text"]))
        if command["text"] == "tasks":
            await respond(text="4 tasks", blocks=table_blocks())
        else:
            await respond(text="2 of 48 tasks need you", blocks=status_blocks())

    @app.event("app_mention")
    async def mentioned(event: Any, say: Any) -> None:
        heard.append(("mention", event["text"]))
        await say(
            text="2 of 48 tasks need you",
            blocks=status_blocks(),
            thread_ts=event.get("thread_ts", event["ts"]),
        )

    @app.event("app_home_opened")
    async def home(event: Any, client: Any) -> None:
        await client.views_publish(user_id=event["user"], view=home_view())

    @app.event("message")
    async def other() -> None:
        return


def _hear_presses(app: AsyncApp, heard: list[tuple[str, Any]]) -> None:
    @app.action("silence")
    async def silence(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=dialog_view())

    @app.action("length")
    async def chosen(ack: Any, body: Any, client: Any) -> None:
        await ack()
        values = body["view"]["state"]["values"]
        heard.append(("length", values))
        length = values["length"]["length"]["selected_option"]["value"]
        preview = dialog_view(f"3 tasks are muted for {length}.")
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=preview)

    @app.shortcut("note")
    async def noted(ack: Any, shortcut: Any) -> None:
        await ack()
        heard.append(("shortcut", shortcut["message"]["ts"]))

    @app.action("home_refresh")
    @app.action("ack")
    @app.action("assign")
    @app.action("more")
    @app.action("resolve")
    async def acted(ack: Any, action: Any) -> None:
        await ack()
        heard.append((action["action_id"], action))

    @app.view("silence")
    async def silenced(ack: Any, view: Any) -> None:
        values = {name: block[name] for name, block in view["state"]["values"].items()}
        heard.append(("silenced", values))
        if values["reason"]["value"] == "because":
            await ack(response_action="errors", errors={"reason": "Say a little more."})
        else:
            await ack()
