"""The way out: events the app is subscribed to, commands and clicks, by socket or by signed HTTP."""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Any

from bot.sandbox.slack.change import Change
from bot.sandbox.slack.channel import Channel
from bot.sandbox.slack.deliveries import Delivery, DeliveryKind
from bot.sandbox.slack.events import EVENT_SCOPES
from bot.sandbox.slack.payloads import event_callback
from bot.sandbox.slack.request_url import RequestUrl
from bot.sandbox.slack.socket_mode import SocketMode
from bot.sandbox.slack.workspace import Workspace

REMEMBERED = 10_000
"""How many deliveries are remembered for those who look."""
_WITHOUT_MEMBERSHIP = {"app_home_opened", "tokens_revoked"}


class Outgoing:
    """Everything on its way to the app."""

    def __init__(
        self, workspace: Workspace, sockets: SocketMode, request_url: RequestUrl, events: Iterable[str]
    ) -> None:
        self.deliveries: deque[Delivery] = deque(maxlen=REMEMBERED)
        self._sent = 0
        self.events = set(events)
        self._workspace = workspace
        self._sockets = sockets
        self._request_url = request_url
        self._under_way: set[asyncio.Task[None]] = set()

    def emit(self, kind: str, event: dict[str, Any], channel: Channel | None) -> None:
        """Tell the app of an event, where it subscribed, may know of it, and is there."""
        name = f"message.{channel.kind}" if kind == "message" and channel else kind
        scope = EVENT_SCOPES.get(name)
        allowed = name in self.events and (scope is None or scope in self._workspace.scopes)
        present = kind in _WITHOUT_MEMBERSHIP or (channel is not None and channel.has_bot)
        if not (allowed and present):
            return
        body = event_callback(
            event,
            self._workspace.serial("Ev"),
            int(self._workspace.clock.now().timestamp()),
            shared=channel is not None and channel.shared,
        )
        self.send(DeliveryKind.EVENT, body)

    def send(self, kind: DeliveryKind, body: dict[str, Any], *, accepts_response: bool = False) -> Delivery:
        """Start bringing something to the app; the attempts go on by themselves."""
        first = asyncio.get_running_loop().create_future()
        self._sent += 1
        at = self._workspace.clock.now()
        delivery = Delivery(f"envelope-{self._sent}", kind, body, first, at, accepts_response)
        self.deliveries.append(delivery)
        task = asyncio.ensure_future(self._bring(delivery))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return delivery

    async def _bring(self, delivery: Delivery) -> None:
        way = self._request_url if self._request_url.url else self._sockets
        try:
            await way.deliver(delivery)
        finally:
            if not delivery.first.done():
                delivery.first.cancel()
            self._workspace.feed.tell(Change("delivery", detail=delivery.id))

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
