"""The settings file: YAML as plain nested values, with the line of each, and nothing that YAML can do beyond.

Every value is text as it was written: a password of digits stays what it was. Aliases, anchors
and tags are refused, so that no file grows while it is read and a value that begins with one of their
signs is not silently something else.
"""

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

Where = tuple[str | int, ...]
"""The way to a value: names and positions from the top."""


class Absent(Enum):
    """Stands where a value was written that is none; no validator takes it for one."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    """The file that holds it could not be read, which has been told already."""


LARGEST = 256 * 1024
DEEPEST = 16


@dataclass(frozen=True, slots=True)
class Document:
    """What a settings file says; ``values`` is empty where it could not be read."""

    name: str = ""
    folder: Path = Path()
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[Where, int] = field(default_factory=dict)
    mistakes: tuple[str, ...] = ()


class _Refused(Exception):  # noqa: N818 - carries a sentence up to the reader
    """The file uses something that is not allowed."""


class _Composer(yaml.SafeLoader):
    """Composes YAML without aliases, anchors, tags and depth."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401 - PyYAML's own
        event: Any = self.peek_event()  # type: ignore[no-untyped-call] # PyYAML's own
        line = event.start_mark.line + 1
        for sign, found in (
            ("*", isinstance(event, yaml.AliasEvent)),
            ("&", getattr(event, "anchor", None) is not None),
            ("!", getattr(event, "tag", None) is not None),
        ):
            if found:
                raise _Refused(f"line {line}: a value that begins with {sign} has to stand in quotes.")
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Refused(f"line {line}: this is nested too deep to be settings.")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read_document(path: str) -> Document:
    """Read a settings file. What is wrong with it is in the document's mistakes."""
    name = Path(path).name or path
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST + 1)
        folder = Path(path).absolute().parent
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "this is no path"
        return Document(name, mistakes=(f"The settings file {path!a} cannot be read: {why}.",))
    if len(content) > LARGEST:
        return Document(name, mistakes=(f"{name} is larger than {LARGEST // 1024} kB: shorten it.",))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Document(name, mistakes=(f"{name}, line {line}: this is not UTF-8 text.",))
    return parse_document(text, name=name, folder=folder)


def parse_document(text: str, *, name: str = "settings.yaml", folder: Path = Path()) -> Document:
    """Parse the text of a settings file. What is wrong with it is in the document's mistakes."""
    try:
        node = _compose(text)
    except _Refused as refusal:
        return Document(name, folder, mistakes=(f"{name}, {refusal}",))
    except yaml.YAMLError as error:
        return Document(name, folder, mistakes=(f"{name}{_place(error)}: {_problem(error)}",))
    if node is None:
        return Document(name, folder)
    if not isinstance(node, yaml.MappingNode):
        return Document(
            name, folder, mistakes=(f"{name}: a settings file has lines such as poll_interval: 30s.",)
        )
    reading = _Reading(name)
    values = reading.mapping(node, ())
    return Document(name, folder, values, reading.lines, tuple(reading.mistakes))


def _compose(text: str) -> yaml.Node | None:
    composer = _Composer(text)
    try:
        return composer.get_single_node()
    finally:
        composer.dispose()


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return "" if mark is None else f", line {mark.line + 1}, column {mark.column + 1}"


def _problem(error: yaml.YAMLError) -> str:
    """Say what is wrong without a piece of the file, which could be a piece of a secret."""
    if isinstance(error, yaml.reader.ReaderError):
        return "this holds a character that does not belong into a text file."
    if "single document" in str(getattr(error, "context", "")):
        return "this has several documents: put the settings into one."
    return "this is not YAML: look at the indentation, and put values with special characters in quotes."


class _Reading:
    """Turns nodes into plain values and notes lines and names that are there twice."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Where, int] = {}
        self.mistakes: list[str] = []

    def mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.mistakes.append(f"{self.name}, line {line}: a name has to stand before the colon.")
                continue
            key = str(key_node.value)
            place = (*where, key)
            if key in values:
                self.mistakes.append(
                    f"{self.name}, line {line}: {_short(key)} is there already in line {self.lines[place]}."
                )
                continue
            self.lines[place] = line
            values[key] = self.value(value_node, place)
        return values

    def value(self, node: yaml.Node, where: Where) -> Any:  # noqa: ANN401 - YAML is Any
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            items = []
            for position, item in enumerate(node.value):
                self.lines[*where, position] = item.start_mark.line + 1
                items.append(self.value(item, (*where, position)))
            return items
        is_nothing = node.tag == "tag:yaml.org,2002:null" or not node.value.strip()
        return Absent.EMPTY if is_nothing else str(node.value)


def _short(key: str) -> str:
    return f'"{key if len(key) <= 40 else key[:39] + "…"}"'  # noqa: PLR2004 - enough to find it by
