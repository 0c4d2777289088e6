"""One open page: what it asks for is done in the simulated Slack, what changes is shown to it."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any, assert_never

from aiohttp import WSMsgType, web

from bot.operations.ports import Clock
from bot.sandbox.page.picture import Picture
from bot.sandbox.page.requests import (
    AskWorld,
    Close,
    Delete,
    Earlier,
    OpenHome,
    Press,
    PressInView,
    Pull,
    Request,
    ShowStep,
    ShowThread,
    Submit,
    SwitchPerson,
    UseShortcut,
    Write,
    read_request,
)
from bot.sandbox.page.world import Panel
from bot.sandbox.slack import CannotDo, Change, Channel, Outcome, SimulatedSlack
from bot.sandbox.slack.acts import Reaction
from bot.sandbox.slack.refusal import Refusal

Json = dict[str, Any]

AT_ONCE = 16
_FAILED = {
    Outcome.DISPATCH_FAILED: "It failed with the error dispatch_failed: the bot could not be reached.",
    Outcome.TIMED_OUT: "It failed with the error operation_timeout: the bot did not answer within 3 seconds.",
}


@dataclass(slots=True)
class Visit:
    """A page that is open, and the person through whose eyes it looks."""

    slack: SimulatedSlack
    clock: Clock
    panel: Panel
    socket: web.WebSocketResponse
    person: str
    first_channel: str
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    @property
    def _picture(self) -> Picture:
        return Picture(self.slack, self.person)

    async def run(self) -> None:
        """Serve the page until it goes, or the simulated Slack stops."""
        async with asyncio.TaskGroup() as tasks:
            following = tasks.create_task(self._follow())
            async for message in self.socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                await self._room.acquire()
                tasks.create_task(self._serve(message.data))
            following.cancel()

    async def _send(self, message: Json) -> None:
        with contextlib.suppress(ConnectionError):  # the page has gone, and its reader will see that
            await self.socket.send_json(message)

    # ── what changes

    async def _follow(self) -> None:
        changes = self.slack.changes()
        coming = asyncio.ensure_future(anext(changes))
        try:
            await asyncio.sleep(0)  # it listens now: nothing is missed between the picture and the changes
            await self._send(self._everything())
            while True:
                change = await coming
                coming = asyncio.ensure_future(anext(changes))
                if news := self._news(change):
                    await self._send(news)
        except StopAsyncIteration:
            await self.socket.close(message=b"the simulated Slack has stopped")
        finally:
            coming.cancel()

    def _everything(self) -> Json:
        first = {"first": self.first_channel}
        return self._picture.everything() | first | self.panel.fixed() | self._world()

    def _world(self) -> Json:
        clock = {"now": self.clock.now().timestamp(), "speed": self.clock.speed}
        return {"clock": clock, **self.panel.present()}

    def _news(self, change: Change) -> Json | None:  # noqa: PLR0911 - one case for each kind of change
        picture = self._picture
        match change.kind:
            case "message" | "edit" | "reaction" | "delete":
                return self._message_news(picture, change)
            case "ephemeral" if change.person == self.person:
                return {"type": "news", **picture.ephemerals()}
            case "view" if change.person == self.person:
                return {"type": "news", **picture.dialogs()}
            case "home" if change.person == self.person:
                return {"type": "news", **picture.home()}
            case "channel" | "person":
                return {"type": "news", **picture.people_and_channels()}
            case "socket":
                return {"type": "news", **picture.connected()}
            case _:
                return None

    def _message_news(self, picture: Picture, change: Change) -> Json | None:
        if change.channel is None or change.ts is None:
            return None
        channel = self.slack.channel(change.channel)
        if not picture.sees(channel):
            return None
        message = channel.message(change.ts)
        if message is None:
            return {"type": "gone", "channel": channel.id, "ts": change.ts}
        return {"type": "message", "message": picture.messages([message])[0], "new": change.kind == "message"}

    # ── what the page asks for

    async def _serve(self, text: str) -> None:
        try:
            try:
                request = read_request(text)
            except ValueError:
                await self.socket.close(code=1008, message=b"the request was not understood")
                return
            try:
                answer = {"ok": True, **await self._do(request)}
            except CannotDo as error:
                answer = {"ok": False, "error": _sentence(str(error))}
            except Refusal as error:
                answer = {"ok": False, "error": f"The bot's answer was refused with the error {error.code}."}
            await self._send({"type": "answer", "id": request.id, **answer})
        finally:
            self._room.release()

    async def _do(self, request: Request) -> Json:  # noqa: C901, PLR0911, PLR0912 - one case for each request
        match request:
            case Write():
                return await self._write(request)
            case Press(channel=channel, ts=ts, action=action, block=block, value=value):
                return _outcome(
                    await self.slack.click(self.person, channel, ts, action, value, block_id=block)
                )
            case PressInView(view=view, action=action, block=block, value=value, values=values):
                return _outcome(
                    await self.slack.click_view(
                        self.person, view, action, value, block_id=block, filled=values
                    )
                )
            case Submit(view=view, values=values):
                return _outcome(await self.slack.submit_view(self.person, view, values))
            case Close(view=view, every=every):
                await self.slack.close_view(self.person, view, every=every)
                return {}
            case OpenHome(tab=tab):
                await self.slack.open_home(self.person, tab)
                return {}
            case SwitchPerson(person=person):
                self.person = self.slack.person(person).id
                await self._send(self._everything())
                return {}
            case Earlier(channel=channel, before=before):
                return self._picture.last_messages(self._seen(channel), before)
            case ShowThread(channel=channel, ts=ts):
                return {"messages": self._picture.messages(self._seen(channel).thread(ts))}
            case AskWorld():
                return self._world()
            case Pull(lever=lever, task=task):
                return {"said": await self.panel.pull(lever, task), **self._world()}
            case ShowStep(step=step):
                self.panel.story.show(step)
                return self._world()
            case UseShortcut(channel=channel, ts=ts, shortcut=shortcut):
                return _outcome(await self.slack.message_shortcut(self.person, channel, ts, shortcut))
            case Delete(channel=channel, ts=ts):
                await self._delete(self._seen(channel), ts)
                return {}
        assert_never(request)

    def _seen(self, name: str) -> Channel:
        channel = self.slack.channel(name)
        if not self._picture.sees(channel):
            raise CannotDo("you are not in this channel")
        return channel

    async def _delete(self, channel: Channel, ts: str) -> None:
        message = channel.message(ts)
        if message and message.author != self.person and not self.slack.person(self.person).admin:
            raise CannotDo("only an administrator deletes what others wrote")
        await self.slack.delete_message(channel, ts)

    async def _write(self, request: Write) -> Json:
        if not request.text.startswith("/"):
            message = await self.slack.say(self.person, request.channel, request.text, request.thread)
            return {"ts": message.ts}
        name, _, words = request.text.partition(" ")
        if request.thread is not None:
            raise CannotDo(f"{name} cannot be used in threads: mention the bot instead, @logbackup {words}")
        await self.slack.command(self.person, request.channel, name, words.strip())
        return {}


def _outcome(reaction: Reaction) -> Json:
    if reaction.outcome is Outcome.ACKNOWLEDGED:
        return {}
    raise CannotDo(_FAILED[reaction.outcome])


def _sentence(words: str) -> str:
    words = words.strip()
    ended = words if words.endswith((".", "!", "?")) else f"{words}."
    return ended[:1].upper() + ended[1:]
