"""A dialog or a Home tab as somebody sees it."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.people import APP_ID, BOT_ID, HOME_TEAM


@dataclass(frozen=True, slots=True)
class View:
    """One opened view.

    ``errors`` are by block id, as the last submission was answered; ``values`` is what its inputs hold, by
    block and action id, as far as the app was told.
    """

    id: str
    person: str
    payload: dict[str, Any]
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """Its blocks."""
        blocks: list[dict[str, Any]] = self.payload.get("blocks", [])
        return blocks

    @property
    def title(self) -> str:
        """Its title, empty for a Home tab."""
        title: str = self.payload.get("title", {}).get("text", "")
        return title

    def as_api(self) -> dict[str, Any]:
        """Show the view as Slack's answers and payloads do."""
        payload = self.payload
        return {
            "id": self.id,
            "team_id": HOME_TEAM,
            "type": payload["type"],
            "blocks": self.blocks,
            "private_metadata": payload.get("private_metadata", ""),
            "callback_id": payload.get("callback_id", ""),
            "external_id": payload.get("external_id", ""),
            "state": {"values": self.values},
            "hash": self.hash,
            "title": payload.get("title"),
            "close": payload.get("close"),
            "submit": payload.get("submit"),
            "clear_on_close": payload.get("clear_on_close", False),
            "notify_on_close": payload.get("notify_on_close", False),
            "previous_view_id": self.previous_view_id,
            "root_view_id": self.root_view_id,
            "app_id": APP_ID,
            "app_installed_team_id": HOME_TEAM,
            "bot_id": BOT_ID,
        }
