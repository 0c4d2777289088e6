"""What Slack owes the app: events, commands and clicks on their way, attempt by attempt."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

ACKNOWLEDGE_WITHIN = timedelta(seconds=3)
RETRY_PAUSES = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))
"""How long Slack waits before it tries an event again where nobody could be reached."""

Json = dict[str, Any]


class DeliveryKind(StrEnum):
    """The envelope's type."""

    EVENT = "events_api"
    COMMAND = "slash_commands"
    INTERACTION = "interactive"


class Outcome(StrEnum):
    """How the first attempt ended, as the person sees it."""

    ACKNOWLEDGED = "acknowledged"
    DISPATCH_FAILED = "dispatch_failed"
    TIMED_OUT = "operation_timeout"


@dataclass(slots=True)
class Delivery:
    """One thing to deliver. ``attempts`` names the connection (or address) of each attempt.

    ``at`` is when it happened, by the workspace's clock, as the ``ts`` of a message says it.
    ``first`` is settled when the first attempt has ended; ``response`` is what came with the
    acknowledgement.
    """

    id: str
    kind: DeliveryKind
    body: Json
    first: "asyncio.Future[Outcome]"
    at: datetime
    accepts_response: bool = False
    attempts: list[str] = field(default_factory=list)
    acknowledged: bool = False
    response: Json | None = None

    def end_first(self, outcome: Outcome) -> None:
        """Settle how the first attempt ended; later attempts change nothing for the person."""
        if not self.first.done():
            self.first.set_result(outcome)
