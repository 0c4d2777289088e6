"""The values of labels: what came from outside is bounded in length and in number."""

LONGEST = 100
MOST = 50
OTHER = "other"


def label(text: str | None) -> str:
    """Make a label's value of foreign text: valid Unicode, one line, not longer than people read."""
    if text is None:
        return ""
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return "".join(character if character.isprintable() else " " for character in short)


class Few:
    """Lets the first ``most`` different values pass; all that come later are one."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: set[str] = set()

    def one_of(self, text: str) -> str:
        """Give the value under which a text is counted."""
        value = label(text)
        if value not in self._known and len(self._known) < self._most:
            self._known.add(value)
        return value if value in self._known else OTHER
