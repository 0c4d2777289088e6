"""Signed HTTP: Slack's requests at ``/slack/events``, verified before anything reads them."""

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp

from bot.operations.ports import Clock, Journal
from bot.slack.signatures import Signatures

PATH = "/slack/events"
SIGNED_AT = "X-Slack-Request-Timestamp"
SIGNATURE = "X-Slack-Signature"
HTTP_OK = 200
REFUSED = "The request is not signed by Slack, or is too old, or was here before."
NO_SENSE = "The request is none that Slack sends."


def slack_routes(app: AsyncApp, signing_secret: str, clock: Clock, journal: Journal) -> list[web.RouteDef]:
    """Make the routes that answer Slack in HTTP mode.

    What is not signed with ``signing_secret``, was signed more than five minutes ago, or was here before is
    refused. Raises ValueError where the secret is empty.
    """
    signatures = Signatures(signing_secret, clock)

    async def on_request(request: web.Request) -> web.Response:
        body = await request.read()
        signed_at, signature = request.headers.get(SIGNED_AT, ""), request.headers.get(SIGNATURE, "")
        if not (signatures.is_right(body, signed_at, signature) and signatures.is_new(signature)):
            return web.Response(status=401, text=REFUSED)
        taken = False
        try:
            response = await _answered(app, request, journal)
            taken = response.status == HTTP_OK
        finally:
            if not taken:
                signatures.forget(signature)
        return response

    return [web.post(PATH, on_request)]


async def _answered(app: AsyncApp, request: web.Request, journal: Journal) -> web.Response:
    """Hand a request on; whatever its shape, it gets an answer and never a traceback."""
    try:
        asked = await to_bolt_request(request)
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return web.Response(status=400, text=NO_SENSE)
    try:
        return await to_aiohttp_response(await app.async_dispatch(asked))
    except Exception:  # noqa: BLE001 - one Slack payload's boundary: Bolt takes payloads to be Slack's
        journal.error("payload not read", door="http")
        return web.Response(status=400, text=NO_SENSE)
