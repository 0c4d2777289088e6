"""A journal that a test can read."""


class ListedJournal:
    """Keeps every event with its level and facts."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, dict[str, object]]] = []

    def info(self, event: str, **facts: object) -> None:
        self.events.append(("info", event, facts))

    def warning(self, event: str, **facts: object) -> None:
        self.events.append(("warning", event, facts))

    def error(self, event: str, **facts: object) -> None:
        self.events.append(("error", event, facts))

    def names(self, level: str | None = None) -> list[str]:
        return [event for kind, event, _ in self.events if level in (None, kind)]
