"""The log of every Web API call: what was asked, without tokens, and how it ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """One call. ``outcome`` is ``ok`` or Slack's error code; ``trouble`` names the fault that struck it."""

    at: datetime
    method: str
    arguments: dict[str, Any]
    status: int
    outcome: str
    trouble: str | None = None

    @property
    def ok(self) -> bool:
        """Whether Slack accepted it, whatever the caller heard of that."""
        return self.outcome == "ok"
