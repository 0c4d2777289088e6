"""Files on their way into a channel: announced, uploaded, shared."""

from dataclasses import dataclass


@dataclass(slots=True)
class Upload:
    """One file. ``content`` is None until it was uploaded; ``shared`` lists where it was posted."""

    id: str
    name: str
    length: int
    title: str = ""
    content: bytes | None = None
    alt_text: str = ""
    shared: tuple[tuple[str, str], ...] = ()
