"""Text on a picture: only letters that the font has, no mathematics, and never wider than its place."""

import unicodedata
from functools import cache
from pathlib import Path

from matplotlib import get_data_path
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

FOLDER = Path(get_data_path()) / "fonts" / "ttf"
REPLACEMENT = "□"


@cache
def font(*, bold: bool = False) -> FontProperties:
    """Give the font that comes with matplotlib, whatever the machine has installed."""
    return FontProperties(fname=str(_file(bold=bold)))


def _file(*, bold: bool) -> Path:
    return FOLDER / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")


@cache
def _letters() -> frozenset[int]:
    plain, bold = (FT2Font(str(_file(bold=bold))).get_charmap() for bold in (False, True))
    return frozenset(plain) & frozenset(bold)


def drawable(text: str, instead: str = "") -> str:
    """Replace what the font lacks, a run of it by one sign; where anything is lost, say it ``instead``."""
    kept: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        if unicodedata.category(character) in {"Cf", "Mn", "Me"} and ord(character) not in _letters():
            continue
        if ord(character) in _letters():
            kept.append(character)
            continue
        if not kept or kept[-1] != REPLACEMENT:
            kept.append(REPLACEMENT)
    if instead and REPLACEMENT in kept:
        return drawable(instead)
    return "".join(kept)


def fitted(text: str, pixels: float, size: float, *, bold: bool = False) -> str:
    """Cut a text that would be wider than its place."""
    if width(text, size, bold=bold) <= pixels:
        return text
    while text and width(text + "…", size, bold=bold) > pixels:
        text = text[:-1]
    return text.rstrip() + "…"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Tell how many pixels wide a text of this size is."""
    face = FT2Font(str(_file(bold=bold)))
    face.set_size(size, 72)
    face.set_text(text, 0.0)
    return float(face.get_width_height()[0]) / 64
