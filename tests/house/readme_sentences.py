"""The README taken apart into what it states: its sentences, rows of tables and blocks of code.

What stands between generated markers (``<!-- verbs -->`` and the like) is left out: the house's test of
the README holds it against the code to the letter. Numbers become ``#``, so that a figure that was measured
anew is the same sentence. Of a row that ends in its command only the first words and the command count.

``python tests/house/readme_sentences.py`` prints them all.
"""

import re
from collections.abc import Iterator
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "README.md"
INTRODUCTION = "introduction"

_GENERATED = re.compile(r"^<!-- (\w+) -->\n.*?^<!-- /\1 -->\n", re.MULTILINE | re.DOTALL)
_TABLE_HEAD = re.compile(r"^\|.*\n\|(?: *:?-+:? *\|)+\n", re.MULTILINE)
_DATED_TITLE = re.compile(r"^\*\*[\d-]+, [^*]+\.\*\* ")
_NUMBER = re.compile(r"(?<![A-Za-z])\d+(?:[.,:]\d+)*")
_END = re.compile(r"(?<=[.!?])([*\"')`]*)\s+(?!\()")
_ITEM = re.compile(r"^(?:[-*]|\d+\.|\[\^\w+\]:) +")
_COMMAND = re.compile(r"^`(?:python|pytest) [^`]+`$")


def sections(text: str) -> dict[str, list[str]]:
    """Give what the README states under each heading."""
    given: dict[str, list[str]] = {}
    section = INTRODUCTION
    for block in _blocks(_TABLE_HEAD.sub("", _GENERATED.sub("", text))):
        if found := re.match(r"##+ (.+)", block):
            section = named(found[1])
        elif not block.startswith("# "):
            given.setdefault(section, []).extend(_statements(block))
    return given


def named(heading: str) -> str:
    """Give the name of a heading's ledger."""
    return "_".join(re.findall("[a-z]+", heading.lower()))


def normal(words: str) -> str:
    """Give a sentence without its numbers, however its lines are broken."""
    return _NUMBER.sub("#", " ".join(words.split()))


def _blocks(text: str) -> Iterator[str]:
    """Give headings, paragraphs, single items, single rows of tables, and whole blocks of code."""
    block: list[str] = []
    fenced = False
    for line in [*text.splitlines(), ""]:
        fence = line.startswith("```")
        alone = line.startswith(("#", "|")) or not line.strip() or _ITEM.match(line)
        if block and not fenced and (fence or alone or block[0].startswith(("#", "|"))):
            yield "\n".join(block)
            block = []
        if fenced or line.strip():
            block.append(line)
        if fence and fenced:
            yield "\n".join(block)
            block = []
        fenced ^= fence


def _statements(block: str) -> list[str]:
    if block.startswith("```"):
        language, first, *_ = block.removeprefix("```").split("\n")
        return [normal(f"{language or 'drawing'}: {first}")]
    if block.startswith("|"):
        return [_row([cell for cell in (cell.strip() for cell in block.strip("| ").split(" |")) if cell])]
    text = _DATED_TITLE.sub("", _ITEM.sub("", block))
    return [normal(sentence) for sentence in _END.sub(r"\1\n\n", text).split("\n\n")]


def _row(cells: list[str]) -> str:
    """Give a row; of one that ends in a command, what was measured and the command."""
    return normal(" | ".join([cells[0], cells[-1]] if _COMMAND.match(cells[-1]) else cells))


if __name__ == "__main__":
    for name, stated in sections(README.read_text()).items():
        print(f"\n{name}", *stated, sep="\n  ")
