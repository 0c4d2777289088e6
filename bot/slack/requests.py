"""Signed HTTP: Slack's requests at ``/slack/events``, verified before anything reads them."""

import re

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import Clock as SecondsClock
from slack_sdk.signature import SignatureVerifier

from bot.operations.ports import Clock

PATH = "/slack/events"
SIGNED_AT = "X-Slack-Request-Timestamp"
SIGNATURE = "X-Slack-Signature"
SECONDS = re.compile(r"[0-9]{1,12}")


class _Seconds(SecondsClock):
    """Our clock as the SDK asks for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


def slack_routes(app: AsyncApp, signing_secret: str, clock: Clock) -> list[web.RouteDef]:
    """Make the routes that answer Slack in HTTP mode.

    What is not signed with ``signing_secret``, or was signed more than five minutes ago, is refused.
    Raises ValueError where the secret is empty.
    """
    verifier = SignatureVerifier(signing_secret, _Seconds(clock))

    async def on_request(request: web.Request) -> web.Response:
        body = await request.read()
        if not _is_signed(verifier, body, request):
            return web.Response(status=401, text="The request is not signed by Slack, or is too old.")
        try:
            asked = await to_bolt_request(request)
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            return web.Response(status=400, text="The request is none that Slack sends.")
        return await to_aiohttp_response(await app.async_dispatch(asked))

    return [web.post(PATH, on_request)]


def _is_signed(verifier: SignatureVerifier, body: bytes, request: web.Request) -> bool:
    """Say whether the signature is right and fresh; whatever cannot be read is not."""
    signed_at, signature = request.headers.get(SIGNED_AT, ""), request.headers.get(SIGNATURE, "")
    if not (SECONDS.fullmatch(signed_at) and signature.isascii()):
        return False
    try:
        return bool(verifier.is_valid(body, signed_at, signature))
    except ValueError:
        return False
