"""local-slack as a process: a Slack stand-in that nobody here wrote, driven as its own page drives it."""

import asyncio
import json
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal, TypeVar

import aiohttp
import yaml

from tests.second_opinion.asked_for import package

T = TypeVar("T")
Json = dict[str, Any]
Mode = Literal["socket", "events"]

PORT, BOT_PORT = 3000, 8080
BASE = f"http://127.0.0.1:{PORT}"
API_URL = f"{BASE}/api/"
BOT, ANNA = "U0000000BOT", "U0000000ANNA"
ALERTS, DIRECT = "C0000ALERTS", "D0000DIRECT"
BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-second-opinion", "xapp-second-opinion", "second-opinion"


class LocalSlack:
    """What its page would show; it hears of each change over the page's own connection."""

    def __init__(self, session: aiohttp.ClientSession, page: aiohttp.ClientWebSocketResponse) -> None:
        self._session = session
        self._page = page
        self._changed = asyncio.Condition()
        self._messages: dict[tuple[str, str], Json] = {}
        self.traffic: list[Json] = []
        self.connected = False

    async def listen(self) -> None:
        """Keep what is shown up to date until the connection ends."""
        async for frame in self._page:
            self._take(json.loads(frame.data))
            async with self._changed:
                self._changed.notify_all()

    def _take(self, change: Json) -> None:
        match change["t"]:
            case "message" | "message_update":
                message = change["message"]
                self._messages[message["channel"], message["ts"]] = message
            case "message_delete":
                self._messages.pop((change["channel"], change["ts"]), None)
            case "log":
                self.traffic.append(change["entry"])
            case "socket_status":
                self.connected = bool(change["connected"])

    def messages(self, channel: str = ALERTS) -> list[Json]:
        return [message for (where, _), message in self._messages.items() if where == channel]

    async def until(self, found: Callable[["LocalSlack"], T | None], what: str, within: float = 15) -> T:
        """Wait until something is found; what was said instead is told where it is not."""
        try:
            async with asyncio.timeout(within), self._changed:
                while (one := found(self)) is None:
                    await self._changed.wait()
        except TimeoutError:
            said = [f"{channel} {one.get('text')!r}" for (channel, _), one in self._messages.items()]
            told = "\n".join([*said, *(str(entry)[:400] for entry in self.traffic[-20:])])
            raise AssertionError(f"waited for {what}; there was:\n{told}") from None
        return one

    async def until_said(self, text: str, channel: str = ALERTS, **also: Any) -> Json:
        """Wait for a message with this text and these facts, from now on or before."""

        def found(slack: "LocalSlack") -> Json | None:
            return next(
                (
                    one
                    for one in slack.messages(channel)
                    if text in one["text"]
                    and one["user"] == BOT
                    and also.items() <= {name: one.get(name) for name in also}.items()
                ),
                None,
            )

        return await self.until(found, f"{text!r} with {also}")

    async def say(self, text: str, channel: str = ALERTS, thread: str | None = None) -> Json:
        """Say something as anna."""
        said = {"channel": channel, "user": ANNA, "text": text} | ({"thread_ts": thread} if thread else {})
        answer = await self._control("message", said)
        message: Json = answer["message"]
        return message

    async def command(self, text: str) -> None:
        await self._control(
            "command", {"channel": ALERTS, "user": ANNA, "command": "/logbackup", "text": text}
        )

    async def press(self, message: Json, label: str) -> None:
        """Press the button of a message that has this label."""
        action = next(
            element | {"block_id": block.get("block_id")}
            for block in message["blocks"]
            for element in block.get("elements", ())
            if element["type"] == "button" and element["text"]["text"] == label
        )
        pressed = {"channel": message["channel"], "messageTs": message["ts"], "user": ANNA, "action": action}
        await self._control("interact", pressed)

    async def _control(self, what: str, body: Json) -> Json:
        async with self._session.post(f"{BASE}/_control/{what}", json=body) as answer:
            told: Json = await answer.json()
            assert told["ok"], told
            return told


@asynccontextmanager
async def local_slack(folder: Path, mode: Mode) -> AsyncIterator[LocalSlack]:
    """Run it with one app, one channel, a direct message and anna. It listens on every interface there is."""
    config = folder / "workspace.yaml"
    config.write_text(yaml.safe_dump(_workspace(mode)))
    (folder / "files").mkdir()
    process = await asyncio.create_subprocess_exec(
        str(package("local-slack-linux-x64") / "bin" / "local-slack"),
        *("--config", str(config), "--port", str(PORT), "--base-host", "127.0.0.1"),
        *("--files-dir", str(folder / "files")),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        await _until_it_runs(process)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{BASE.replace('http', 'ws')}/ui", max_msg_size=0) as page,
        ):
            slack = LocalSlack(session, page)
            listening = asyncio.create_task(slack.listen())
            try:
                yield slack
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def _until_it_runs(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    said = b""
    async with asyncio.timeout(20):
        while b"is running" not in said:
            line = await process.stdout.readline()
            assert line, f"local-slack ended: {said.decode()}"
            said += line


def _workspace(mode: Mode) -> Json:
    return {
        "workspace": {"name": "Second opinion", "domain": "second-opinion", "teamId": "T0000SECOND"},
        "app": {
            "appId": "A0000SECOND",
            "botUserId": BOT,
            "botName": "logbackup",
            "botToken": BOT_TOKEN,
            "appToken": APP_TOKEN,
            "signingSecret": SIGNING_SECRET,
            "mode": mode,
            "requestUrl": f"http://127.0.0.1:{BOT_PORT}/slack/events",
        },
        "users": [{"id": ANNA, "name": "anna", "real_name": "Anna Ops"}],
        "channels": [
            {"id": ALERTS, "name": "alerts", "members": [ANNA, BOT]},
            {"id": DIRECT, "name": "anna", "is_channel": False, "is_im": True, "members": [ANNA, BOT]},
        ],
    }
