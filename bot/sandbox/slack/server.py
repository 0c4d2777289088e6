"""The HTTP server on loopback: Web API, Socket Mode, response urls, uploads, and a page's routes beside."""

from collections.abc import Sequence

from aiohttp import web

from bot.sandbox.slack.refusal import Refusal
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.socket_mode import SocketMode
from bot.sandbox.slack.tokens import Tokens
from bot.sandbox.slack.trouble import Troubles
from bot.sandbox.slack.web_api import WebApi, befall, decoded
from bot.sandbox.slack.workspace import Workspace

UPLOAD_BYTES = 20_000_000


class Server:
    """Listens on 127.0.0.1 and hands each request to whom it concerns."""

    def __init__(
        self,
        workspace: Workspace,
        web_api: WebApi,
        sockets: SocketMode,
        responses: ResponseUrls,
        trouble: Troubles,
        tokens: Tokens,
        routes: Sequence[web.AbstractRouteDef],
        port: int,
    ) -> None:
        self.port = port
        self._workspace = workspace
        self._responses = responses
        self._trouble = trouble
        self._tokens = tokens
        application = web.Application(client_max_size=UPLOAD_BYTES)
        application.add_routes(
            [
                web.post("/api/{method}", web_api.handle),
                web.get("/api/{method}", web_api.handle),
                web.get("/link/", sockets.handle),
                web.post("/response/{channel}/{number}", self._respond),
                web.post("/upload/v1/{file}", self._upload),
                web.get("/files-pri/{file}/{name}", self._download),
                *routes,
            ]
        )
        self._runner = web.AppRunner(application, handle_signals=False, access_log=None, shutdown_timeout=0.5)

    async def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        body = decoded(await request.read())
        rule = self._trouble.take("response_url")
        if rule and not rule.trouble.accepts:
            return await befall(request, rule, self._trouble)
        status, word = self._responses.take(request.path, body)
        response = web.Response(text=word)
        if status != 200:  # noqa: PLR2004 - HTTP's own number
            response = web.json_response({"ok": False, "error": word}, status=status)
        return await befall(request, rule, self._trouble, response) if rule else response

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        upload = self._workspace.files.get(request.match_info["file"])
        if upload is None:
            return web.Response(status=404, text="not found")
        if request.content_type == "multipart/form-data":
            form = await request.post()
            parts = [part.file.read() for part in form.values() if isinstance(part, web.FileField)]
            content = parts[0] if parts else b""
        else:
            content = await request.read()
        if len(content) != upload.length:
            return web.Response(status=400, text="the length is not what was announced")
        upload.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            self._tokens.check(request.headers.get("Authorization", "").removeprefix("Bearer "), app=False)
        except Refusal:
            return web.Response(status=403, text="forbidden")
        upload = self._workspace.files.get(request.match_info["file"])
        if upload is None or upload.content is None:
            return web.Response(status=404, text="not found")
        return web.Response(body=upload.content, content_type="application/octet-stream")
