"""The page's routes: its files, the pictures that were uploaded, and the WebSocket it lives on."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from bot.operations.ports import Clock
from bot.sandbox.page.door import check_host, check_origin, guards
from bot.sandbox.page.picture import image_type
from bot.sandbox.page.static_files import read_static_files
from bot.sandbox.page.story import Step, Story
from bot.sandbox.page.visit import Visit
from bot.sandbox.page.world import HINTS, Hint, Lever, Panel, Recording, TaskLever, World
from bot.sandbox.slack import CannotDo, SimulatedSlack

RECORDING = "logbackup-demo.jsonl"
"""What a browser calls the recording that it saves."""
_MESSAGE_BYTES = 256 * 1024


class Page:
    """The page; its ``routes`` are served by the simulated Slack, which ``show`` then gives it to look at."""

    def __init__(
        self,
        clock: Clock,
        *,
        world: World | None = None,
        levers: Mapping[str, Lever] | None = None,
        task_levers: Mapping[str, TaskLever] | None = None,
        hints: Sequence[Hint] = HINTS,
        story: Story | Sequence[Step] = (),
        recording: Recording = lambda: None,
    ) -> None:
        self._clock = clock
        told = story if isinstance(story, Story) else Story(story)
        self._recording = recording
        self._panel = Panel(
            world,
            {} if levers is None else levers,
            {} if task_levers is None else task_levers,
            hints,
            told,
            recording,
        )
        self._files = read_static_files()
        self._slack: SimulatedSlack | None = None
        self._person = ""
        self._channel = ""
        self.routes: Sequence[web.RouteDef] = (
            web.get("/", self._index),
            web.get("/page/live", self._live),
            web.get("/page/recording", self._recorded),
            web.get("/page/files/{file}", self._uploaded),
            web.get("/page/{name}", self._static),
        )

    def show(self, slack: SimulatedSlack, *, person: str = "anna", channel: str | None = None) -> None:
        """Begin to show a simulated Slack, at first through this person's eyes and in this channel.

        Raises CannotDo where there is nobody, or no channel, of that name.
        """
        self._person = slack.person(person).id
        self._channel = slack.channel(channel).id if channel else ""
        self._slack = slack

    def _ready(self) -> SimulatedSlack:
        if self._slack is None:
            raise web.HTTPServiceUnavailable(text="The simulated Slack is still starting. Try again at once.")
        return self._slack

    async def _index(self, request: web.Request) -> web.Response:
        host = check_host(request)
        self._ready()
        return self._file("index.html", host)

    async def _static(self, request: web.Request) -> web.Response:
        return self._file(request.match_info["name"], check_host(request))

    def _file(self, name: str, host: str) -> web.Response:
        if name not in self._files:
            raise web.HTTPNotFound(text="There is no such file.")
        content_type, content = self._files[name]
        return web.Response(body=content, content_type=content_type, charset="utf-8", headers=guards(host))

    async def _uploaded(self, request: web.Request) -> web.Response:
        host = check_host(request)
        upload = self._ready().files.get(request.match_info["file"])
        if upload is None or upload.content is None:
            raise web.HTTPNotFound(text="There is no such file.")
        headers = guards(host)
        kind = image_type(upload.content)
        if kind is None:
            headers["Content-Disposition"] = "attachment"
        return web.Response(
            body=upload.content, content_type=kind or "application/octet-stream", headers=headers
        )

    async def _recorded(self, request: web.Request) -> web.StreamResponse:
        host = check_host(request)
        path = self._recording()
        if path is None:
            raise web.HTTPNotFound(text="Nothing was recorded yet.")
        as_file = {"Content-Disposition": f'attachment; filename="{RECORDING}"'}
        return web.FileResponse(path, headers=guards(host) | as_file)

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        check_origin(request)
        slack = self._ready()
        try:
            person = slack.person(request.query.get("as") or self._person).id
        except CannotDo:
            person = self._person
        socket = web.WebSocketResponse(compress=False, max_msg_size=_MESSAGE_BYTES, heartbeat=20.0)
        await socket.prepare(request)
        await Visit(slack, self._clock, self._panel, socket, person, self._channel).run()
        return socket


def page_address(slack: SimulatedSlack) -> str:
    """Say where a browser finds the page."""
    return f"{slack.root_url}/"
