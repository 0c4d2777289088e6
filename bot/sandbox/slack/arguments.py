"""The arguments of a Web API call, from a form, a query or JSON, read as Slack reads them."""

import json
from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.refusal import Refusal


class Arguments:
    """What a call was given. A value that cannot be read is refused with Slack's code for it."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = {name: value for name, value in values.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def plain(self) -> dict[str, Any]:
        """Return them for the log: without the token, JSON decoded where it is JSON."""
        return {name: _decoded(value) for name, value in self._values.items() if name != "token"}

    def text(self, name: str, default: str = "") -> str:
        """Read a string."""
        value = self._values.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)

    def required(self, name: str) -> str:
        """Read a string that must be there."""
        value = self.text(name)
        if not value:
            raise Refusal(
                "invalid_arguments",
                response_metadata={"messages": [f"[ERROR] missing required field: {name}"]},
            )
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Read a truth value."""
        value = self._values.get(name, default)
        return value in (True, 1) or (isinstance(value, str) and value.lower() in {"1", "true"})

    def number(self, name: str, default: int, most: int, code: str) -> int:
        """Read a whole number between 1 and ``most``."""
        try:
            value = int(self._values.get(name, default))
        except (TypeError, ValueError):
            raise Refusal(code) from None
        if not 1 <= value <= most:
            raise Refusal(code)
        return value

    def names(self, name: str) -> list[str]:
        """Read a comma-separated list (or a JSON array)."""
        value = self._values.get(name, "")
        parts = value if isinstance(value, list) else str(value).split(",")
        return [str(part).strip() for part in parts if str(part).strip()]

    def data(self, name: str, code: str) -> Any:  # noqa: ANN401 - JSON of any shape
        """Read JSON, decoded already or as a string; None where it is absent or empty."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise Refusal(code) from None


def _decoded(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, str) and value[:1] in {"[", "{"}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
