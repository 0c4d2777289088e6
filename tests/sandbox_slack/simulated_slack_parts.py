"""Small parts of Block Kit, for payloads of tests."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def options(count: int = 1, text: str = "one", value: str = "v") -> list[Json]:
    return [{"text": plain(text), "value": f"{value}{index or ''}"} for index in range(count)]


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "choose", "placeholder": plain("Choose"), **more}


def radio(**more: Any) -> Json:
    return {"type": "radio_buttons", "action_id": "choose", "options": options(), **more}


def overflow(count: int) -> Json:
    return {"type": "overflow", "action_id": "more", "options": options(count)}


def confirm(**more: Any) -> Json:
    whole: Json = {
        "title": plain("Sure?"),
        "text": mrkdwn("Really"),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    return {**whole, **more}


def cell(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


def table(rows: int = 2, columns: int = 2, text: str = "x", **more: Any) -> Json:
    return {"type": "table", "rows": [[cell(text)] * columns for _ in range(rows)], **more}


def message(*blocks: Json, **more: Any) -> Json:
    return {"text": "spoken", "blocks": list(blocks), **more}


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks), **more}


RICH_CELL: Json = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
}
