"""The page's own files, read once from the package."""

from collections.abc import Mapping
from importlib.resources import files

_TYPES = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
}


def read_static_files() -> Mapping[str, tuple[str, bytes]]:
    """Read every file of the page: its content type and its bytes, by name."""
    found: dict[str, tuple[str, bytes]] = {}
    for file in files("bot.sandbox.page").joinpath("static").iterdir():
        content_type = _TYPES.get(file.name.rpartition(".")[2])
        if content_type is not None and file.is_file():
            found[file.name] = (content_type, file.read_bytes())
    return found
