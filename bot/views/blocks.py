"""Block Kit, held to Slack's limits: the one place that knows them.

Source of every figure: Slack's reference of blocks and composition objects.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]

MESSAGE_BLOCKS = 50
SECTION_TEXT = 3000
SECTION_FIELDS = 10
FIELD_TEXT = 2000
ACTION_ELEMENTS = 25
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
MENU_OPTIONS = 5
OPTION_TEXT = 75
OPTION_VALUE = 150
CONFIRM_TEXT = 300
MESSAGE_TEXT = 4000
PAYLOAD = 12_400
"""Slack takes about 13,000; the rest is for those whom a message calls."""

COMMAND_ACTION = "command:"
"""A button whose ``action_id`` begins so runs its value, a command's text, and answers whoever pressed it."""
SHARE_ACTION = "share:"
"""A button whose ``action_id`` begins so runs its value and shows the answer to the whole channel."""
LINK_ACTION = "link:"
"""A button whose ``action_id`` begins so opens an address; there is nothing to answer."""
MENU_ACTION = "menu:"
"""A menu whose ``action_id`` begins so runs the value of the option that was chosen, as a button does."""

_LOOK_ALIKES = str.maketrans({"*": "∗", "`": "´", "~": "∼"})
_ROWS_KEPT = 2
_BROKEN_END = re.compile(r"(?:&[a-z]{0,3}|<[^<>]*)$")


@dataclass(frozen=True, slots=True)
class Message:
    """A message: ``text`` is the notification and what a screen reader says, never empty."""

    text: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Button:
    """A button that stands for a command; ``shared`` shows the answer to the whole channel.

    ``primary`` marks the one thing to do first. ``confirm`` is asked before anything happens: a question.
    ``url`` makes it a link, for which the command is only its name.
    """

    label: str
    command: str
    shared: bool = False
    primary: bool = False
    confirm: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """The three dots behind which the less common things are; each is what a button would be."""

    options: tuple[Button, ...]


def escape(text: str) -> str:
    """Escape ``&``, ``<`` and ``>``, the only characters Slack gives a meaning that could page people."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def literal(text: str) -> str:
    """Put a foreign text into markup: escaped, with look-alikes for what would turn bold, struck or code."""
    return escape(text).translate(_LOOK_ALIKES)


def section(markup: str) -> Block:
    """Make a section of escaped markup; nothing in it becomes a link or a mention by itself."""
    return {"type": "section", "text": _markup(markup, SECTION_TEXT)}


def sections(lines: Iterable[str]) -> list[Block]:
    """Put lines of escaped markup into as few sections as hold them."""
    packed: list[list[str]] = [[]]
    for line in (cut_markup(line, SECTION_TEXT) for line in lines):
        if packed[-1] and len("\n".join([*packed[-1], line])) > SECTION_TEXT:
            packed.append([])
        packed[-1].append(line)
    return [section("\n".join(lines)) for lines in packed if lines]


def fields(pairs: Sequence[tuple[str, str]]) -> list[Block]:
    """Make sections of two columns: a label and its escaped markup each."""
    made = [_markup(f"*{label}*\n{markup}", FIELD_TEXT) for label, markup in pairs]
    starts = range(0, len(made), SECTION_FIELDS)
    return [{"type": "section", "fields": made[start : start + SECTION_FIELDS]} for start in starts]


def context(*markups: str) -> Block:
    """Make a line of small escaped markup."""
    return {"type": "context", "elements": [_markup(markup, FIELD_TEXT) for markup in markups]}


def quotation(text: str) -> Block:
    """Show a foreign text as it came, in a box where nothing has a meaning."""
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [element]}


def actions(elements: Sequence[Button | Menu]) -> list[Block]:
    """Make one row of buttons; one whose command is nothing, or too long for Slack, is left out.

    What a menu cannot hold becomes a button beside it.
    """
    kept: list[dict[str, Any]] = []
    for element in elements:
        if isinstance(element, Button):
            kept += [_button(element)] if 0 < len(element.command) <= BUTTON_VALUE else []
        else:
            kept += _menu(element)
    return [{"type": "actions", "elements": kept[:ACTION_ELEMENTS]}] if kept else []


def _menu(menu: Menu) -> list[dict[str, Any]]:
    fitting = [option for option in menu.options if 0 < len(option.command) <= OPTION_VALUE]
    inside, beside = fitting[:MENU_OPTIONS], fitting[MENU_OPTIONS:]
    beside += [option for option in menu.options if OPTION_VALUE < len(option.command) <= BUTTON_VALUE]
    made = [_button(option) for option in beside]
    if inside:
        options = [{"text": _plain(option.label), "value": option.command} for option in inside]
        made.append({"type": "overflow", "action_id": MENU_ACTION, "options": options})
    return made


def _button(button: Button) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "button",
        "text": _plain(button.label),
        "action_id": LINK_ACTION if button.url else SHARE_ACTION if button.shared else COMMAND_ACTION,
        "value": button.command,
    }
    if button.primary:
        made["style"] = "primary"
    if button.url:
        made["url"] = button.url
    if button.confirm:
        made["confirm"] = {
            "title": plain_text("Are you sure?"),
            "text": plain_text(button.confirm, CONFIRM_TEXT),
            "confirm": plain_text("Yes"),
            "deny": plain_text("No"),
        }
    return made


def _plain(label: str) -> dict[str, Any]:
    return plain_text(label, BUTTON_TEXT)


def plain_text(text: str, limit: int = BUTTON_TEXT) -> dict[str, Any]:
    """Make a text in which nothing has a meaning; what is too long ends in ``…``."""
    kept = text if len(text) <= limit else text[: limit - 1] + "…"
    return {"type": "plain_text", "text": kept, "emoji": False}


def beside(block: Block, button: Button) -> Block:
    """Put a button at the right of a section; one whose command is too long for Slack is left out."""
    return block | {"accessory": _button(button)} if len(button.command) <= BUTTON_VALUE else block


def table(rows: Sequence[Sequence[Block]], right_aligned: Sequence[int] = ()) -> Block:
    """Make a table of cells; the columns in ``right_aligned`` hold figures."""
    width = len(rows[0])
    settings = [{"align": "right" if column in right_aligned else "left"} for column in range(width)]
    return {"type": "table", "rows": [list(row) for row in rows], "column_settings": settings}


def cell(text: str) -> Block:
    """Make a table cell of text as it stands; an empty one shows a dash."""
    return {"type": "raw_text", "text": text or "–"}


def time_cell(timestamp: int, fallback: str) -> Block:
    """Make a table cell that shows each reader a moment in their own zone."""
    moment = {
        "type": "date",
        "timestamp": timestamp,
        "format": "{date_short_pretty} {time}",
        "fallback": fallback,
    }
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [moment]}]}


def cut_markup(markup: str, limit: int) -> str:
    """Cut escaped markup without leaving half an entity or half a date."""
    if len(markup) <= limit:
        return markup
    return _BROKEN_END.sub("", markup[: limit - 1]) + "…"


def _markup(text: str, limit: int) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": cut_markup(text, limit), "verbatim": True}


def size(blocks: Sequence[Block]) -> int:
    """Give the length of blocks as they are sent, which Slack holds to a limit of its own."""
    return len(json.dumps(blocks, separators=(",", ":")))


def message(text: str, blocks: Sequence[Block]) -> Message:
    """Make a message of escaped ``text`` and blocks, give each button its own id, and keep to the limits.

    What is too much is taken off the end, the buttons last of all, and the message says so.
    """
    kept, rest = list(blocks), [block for block in blocks if block["type"] == "actions"][-_ROWS_KEPT:]
    if len(kept) > MESSAGE_BLOCKS or size(kept) > PAYLOAD:
        kept = [block for block in kept if block not in rest]
        notice = [context("This was too long for one message: the rest is left out.")]
        while len(kept) + len(rest) + 1 > MESSAGE_BLOCKS or (
            kept and size([*kept, *notice, *rest]) > PAYLOAD
        ):
            kept.pop()
        kept += notice + rest
    return Message(cut_markup(text, MESSAGE_TEXT), tuple(numbered(kept)))


def numbered(blocks: Iterable[Block]) -> Iterable[Block]:
    """Give each button and menu an id of its own."""
    number = 0
    for block in blocks:
        if block["type"] == "actions":
            elements = []
            for element in block["elements"]:
                number += 1
                elements.append(element | {"action_id": f"{element['action_id']}{number}"})
            yield block | {"elements": elements}
        elif "accessory" in block:
            number += 1
            element = block["accessory"]
            yield block | {"accessory": element | {"action_id": f"{element['action_id']}{number}"}}
        else:
            yield block
