"""Signed HTTP: Slack's requests at ``/slack/events``, verified and dispatched by Bolt."""

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp

PATH = "/slack/events"


def slack_routes(app: AsyncApp) -> list[web.RouteDef]:
    """Make the routes that answer Slack in HTTP mode; Bolt refuses what is not signed or too old."""

    async def on_request(request: web.Request) -> web.Response:
        try:
            bolt_request = await to_bolt_request(request)
        except UnicodeDecodeError:
            return web.Response(status=400, text="The request is not text.")
        return await to_aiohttp_response(await app.async_dispatch(bolt_request))

    return [web.post(PATH, on_request)]
