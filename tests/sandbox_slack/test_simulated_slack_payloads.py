"""Payloads are held to every limit: bad ones are all caught, good ones raise no false alarm."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from simulated_slack_stage import button, modal, section, text_input
from slack_sdk.models.blocks import Block

from bot.sandbox.slack import faults
from bot.sandbox.slack.payload_check import Kind

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

REASONS: dict[str, str] = json.loads(Path(__file__).with_name("simulated_slack_faults.json").read_text())
"""The first fault that each bad payload is to be refused for."""

BAD: dict[str, tuple[Kind, Json]] = {
    "51 blocks": ("message", message(*[{"type": "divider"}] * 51)),
    "an unknown block": ("message", message({"type": "sectoin", "text": plain("x")})),
    "a block without a type": ("message", message({"text": plain("x")})),
    "an unknown property": ("message", message(section(colour="red"))),
    "blocks without text": ("message", message(section(), text="")),
    "blocks with blank text": ("message", message(section(), text="  ")),
    "text over 40,000": ("message", {"text": "x" * 40_001}),
    "edited text over 4,000": ("edit", {"text": "x" * 4_001}),
    "section text over 3000": ("message", message(section("x" * 3001))),
    "empty section text": ("message", message(section(""))),
    "section of nothing": ("message", message({"type": "section"})),
    "11 fields": ("message", message({"type": "section", "fields": [mrkdwn("x")] * 11})),
    "field over 2000": ("message", message({"type": "section", "fields": [mrkdwn("x" * 2001)]})),
    "no fields": ("message", message({"type": "section", "fields": []})),
    "section text as a string": ("message", message({"type": "section", "text": "x"})),
    "header over 150": ("message", message({"type": "header", "text": plain("x" * 151)})),
    "header in mrkdwn": ("message", message({"type": "header", "text": mrkdwn("x")})),
    "26 actions": ("message", message(actions(*[button(f"a{n}") for n in range(26)]))),
    "no actions": ("message", message(actions())),
    "text among actions": ("message", message(actions(mrkdwn("x")))),
    "11 context elements": ("message", message({"type": "context", "elements": [mrkdwn("x")] * 11})),
    "button in context": ("message", message({"type": "context", "elements": [button()]})),
    "button text over 75": ("message", message(actions(button(text="x" * 76)))),
    "button text in mrkdwn": ("message", message(actions(button() | {"text": mrkdwn("x")}))),
    "button value over 2000": ("message", message(actions(button(value="x" * 2001)))),
    "unknown button style": ("message", message(actions(button(style="green")))),
    "action_id over 255": ("message", message(actions(button("x" * 256)))),
    "block_id over 255": ("message", message(section(block_id="x" * 256))),
    "the same block_id twice": ("message", message(section(block_id="b"), section(block_id="b"))),
    "the same action_id twice": ("message", message(actions(button("a"), button("a")))),
    "the same action_id in two blocks": ("message", message(actions(button()), section(accessory=button()))),
    "101 options": ("message", message(actions(select(options=options(101))))),
    "no options": ("message", message(actions(select(options=[])))),
    "option text over 75": ("message", message(actions(select(options=options(text="x" * 76))))),
    "option value over 150": ("message", message(actions(select(options=options(value="x" * 151))))),
    "option and groups": ("message", message(actions(select(options=options(), option_groups=[])))),
    "an initial option that is not offered": (
        "message",
        message(actions(select(options=options(), initial_option=options(value="other")[0]))),
    ),
    "a group without a label": (
        "message",
        message(actions(select(option_groups=[{"options": options()}]))),
    ),
    "a group of 101 options": (
        "message",
        message(actions(select(option_groups=[{"label": plain("All"), "options": options(101)}]))),
    ),
    "101 groups": (
        "message",
        message(actions(select(option_groups=[{"label": plain("One"), "options": options()}] * 101))),
    ),
    "placeholder over 150": (
        "message",
        message(actions(select(options=options(), placeholder=plain("x" * 151)))),
    ),
    "11 radio buttons": (
        "message",
        message(actions({"type": "radio_buttons", "action_id": "r", "options": options(11)})),
    ),
    "an option with an address": (
        "message",
        message(actions(select(options=[options()[0] | {"url": "https://example.com"}]))),
    ),
    "a confirm without a title": (
        "message",
        message(actions(button(confirm={k: v for k, v in confirm().items() if k != "title"}))),
    ),
    "an unknown style of confirm": ("message", message(actions(button(confirm=confirm(style="green"))))),
    "an image from two places": (
        "message",
        message(
            {
                "type": "image",
                "image_url": "https://example.com/a.png",
                "slack_file": {"id": "F0000000001"},
                "alt_text": "x",
            }
        ),
    ),
    "a date that is none": (
        "message",
        message(actions({"type": "datepicker", "action_id": "d", "initial_date": "4 March"})),
    ),
    "an hour that is none": (
        "message",
        message(actions({"type": "timepicker", "action_id": "t", "initial_time": "24:00"})),
    ),
    "an input longer than Slack allows": (
        "modal",
        modal(text_input(element={"type": "plain_text_input", "action_id": "r", "max_length": 3001})),
    ),
    "an input shorter than nothing": (
        "modal",
        modal(text_input(element={"type": "plain_text_input", "action_id": "r", "min_length": -1})),
    ),
    "a number that may or may not be decimal": (
        "modal",
        modal(text_input(element={"type": "number_input", "action_id": "n"})),
    ),
    "a button as an input": ("modal", modal(text_input(element=button()))),
    "an input without a label": ("modal", modal({k: v for k, v in text_input().items() if k != "label"})),
    "overflow of 6": ("message", message(actions(overflow(6)))),
    "overflow of none": ("message", message(actions(overflow(0)))),
    "confirm title over 100": (
        "message",
        message(actions(button(confirm=confirm(title=plain("x" * 101))))),
    ),
    "confirm text over 300": ("message", message(actions(button(confirm=confirm(text=mrkdwn("x" * 301)))))),
    "confirm button over 30": ("message", message(actions(button(confirm=confirm(confirm=plain("x" * 31)))))),
    "deny button over 30": ("message", message(actions(button(confirm=confirm(deny=plain("x" * 31)))))),
    "table of 101 rows": ("message", message(table(rows=101, columns=1))),
    "table of 21 columns": ("message", message(table(columns=21))),
    "an empty cell": ("message", message(table(text=""))),
    "table over 10,000 characters": ("message", message(table(rows=11, columns=1, text="x" * 910))),
    "two tables": ("message", message(table(), table())),
    "raw_number without text": (
        "message",
        message({"type": "table", "rows": [[{"type": "raw_number", "value": 3}]]}),
    ),
    "raw_number without value": (
        "message",
        message({"type": "table", "rows": [[{"type": "raw_number", "text": "3"}]]}),
    ),
    "a cell of mrkdwn": ("message", message({"type": "table", "rows": [[mrkdwn("x")]]})),
    "an unknown alignment": ("message", message(table(column_settings=[{"align": "middle"}]))),
    "markdown over 12,000": ("message", message({"type": "markdown", "text": "x" * 12_001})),
    "markdown over 12,000 together": (
        "message",
        message(*[{"type": "markdown", "text": "x" * 6_001} for _ in range(2)]),
    ),
    "payload over 13,000": ("message", message(*[section("x" * 2900) for _ in range(5)])),
    "an alert in a message": (
        "message",
        message({"type": "alert", "text": mrkdwn("x"), "level": "error"}),
    ),
    "an image without alt text": (
        "message",
        message({"type": "image", "image_url": "https://example.com/a.png"}),
    ),
    "an empty rich text": (
        "message",
        message(
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}],
            }
        ),
    ),
    "an attachment of nothing": ("message", {"text": "x", "attachments": [{"color": "#ff0000"}]}),
    "a bad block in an attachment": (
        "message",
        {"text": "x", "attachments": [{"color": "#ff0000", "blocks": [section("x" * 3001)]}]},
    ),
    "metadata without a payload": ("message", {"text": "x", "metadata": {"event_type": "sent"}}),
    "modal without a title": ("modal", {"type": "modal", "blocks": [section()]}),
    "modal title over 24": ("modal", modal(title=plain("x" * 25))),
    "modal submit over 24": ("modal", modal(submit=plain("x" * 25))),
    "modal close over 24": ("modal", modal(close=plain("x" * 25))),
    "modal of 101 blocks": ("modal", modal(*[{"type": "divider"}] * 101)),
    "modal of no blocks": ("modal", {**modal(), "blocks": []}),
    "private_metadata over 3000": ("modal", modal(private_metadata="x" * 3001)),
    "an input without submit": (
        "modal",
        {k: v for k, v in modal(text_input()).items() if k != "submit"},
    ),
    "markdown in a modal": ("modal", modal({"type": "markdown", "text": "x"})),
    "table in a modal": ("modal", modal(table())),
    "an unknown property of a modal": ("modal", modal(size="large")),
    "home with a submit": ("home", home(section(), submit=plain("Go"))),
    "home of 101 blocks": ("home", home(*[{"type": "divider"}] * 101)),
    "an alert at home": ("home", home({"type": "alert", "text": mrkdwn("x")})),
    "a home where a modal is wanted": ("modal", home(section())),
}

GOOD: dict[str, tuple[Kind, Json]] = {
    "plain text": ("message", {"text": "words"}),
    "an alert card": (
        "message",
        message(
            {"type": "header", "text": plain("x" * 150)},
            section("x" * 3000, block_id="b" * 255),
            {"type": "section", "fields": [mrkdwn("x" * 200)] * 10},
            {"type": "context", "elements": [mrkdwn("x")] * 10},
            actions(
                button("ack", "x" * 75, value="v" * 2000, style="primary", confirm=confirm()),
                button("open", url="https://example.com"),
                overflow(5),
                select(options=options(5, text="x" * 75, value="v" * 149)),
            ),
        ),
    ),
    "50 blocks": ("message", message(*[{"type": "divider"}] * 50)),
    "a table of all kinds of cells": (
        "message",
        message(
            {
                "type": "table",
                "block_id": "tasks",
                "column_settings": [{"align": "right", "is_wrapped": True}, None, {"is_wrapped": False}],
                "rows": [
                    [cell("Task"), cell("Delay"), cell("Path")],
                    [cell("pay/orders"), {"type": "raw_number", "value": 41, "text": "41 min"}, RICH_CELL],
                ],
            }
        ),
    ),
    "a table at its limits": ("message", message(table(rows=100, columns=1, text="x" * 90))),
    "markdown at its limit": ("message", message({"type": "markdown", "text": "x" * 12_000})),
    "rich text": (
        "message",
        message(
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "stalled ", "style": {"bold": True}},
                            {"type": "user", "user_id": "U0000ANNA1"},
                        ],
                    },
                    {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "errorMsg"}]},
                ],
            }
        ),
    ),
    "a picture": (
        "message",
        message(
            {
                "type": "image",
                "image_url": "https://example.com/a.png",
                "alt_text": "delay",
                "title": plain("Delay"),
            }
        ),
    ),
    "a bar of colour": (
        "message",
        {"text": "spoken", "attachments": [{"color": "#d00000", "fallback": "x", "blocks": [section()]}]},
    ),
    "ids in metadata": (
        "message",
        {"text": "x", "metadata": {"event_type": "notification", "event_payload": {"outbox_id": "42"}}},
    ),
    "a dialog": (
        "modal",
        modal(
            {"type": "alert", "text": mrkdwn("Careful"), "level": "warning"},
            text_input("reason", optional=True, hint=plain("Why")),
            {
                "type": "input",
                "block_id": "until",
                "label": plain("Until"),
                "element": select(options=options(100), initial_option=options()[0]),
            },
            {
                "type": "input",
                "block_id": "day",
                "label": plain("Day"),
                "element": {"type": "datepicker", "action_id": "day", "initial_date": "2026-03-04"},
            },
            close=plain("Cancel"),
            private_metadata="x" * 3000,
            callback_id="silence",
            notify_on_close=True,
        ),
    ),
    "menus of all kinds": (
        "message",
        message(
            actions(
                select(option_groups=[{"label": plain("All"), "options": options(2)}]),
                {"type": "radio_buttons", "action_id": "radio", "options": options(10)},
                {
                    "type": "checkboxes",
                    "action_id": "boxes",
                    "options": [{"text": mrkdwn("x"), "value": "v"}],
                },
                {"type": "users_select", "action_id": "who", "placeholder": plain("Who")},
                {"type": "datepicker", "action_id": "day", "initial_date": "2026-03-04"},
                {"type": "timepicker", "action_id": "hour", "initial_time": "23:59"},
            )
        ),
    ),
    "a number": (
        "modal",
        modal(
            text_input(element={"type": "number_input", "action_id": "n", "is_decimal_allowed": False}),
            text_input("short", element={"type": "plain_text_input", "action_id": "s", "max_length": 10}),
        ),
    ),
    "a home": ("home", home(*[section(f"line {n}") for n in range(100)], private_metadata="x")),
}


@pytest.mark.parametrize("name", BAD)
def test_every_bad_payload_is_caught_for_what_is_bad_about_it(name: str) -> None:
    kind, payload = BAD[name]
    assert faults(kind, payload)[:1] == [REASONS[name]]


@pytest.mark.parametrize(("kind", "payload"), GOOD.values(), ids=GOOD.keys())
def test_no_good_payload_raises_an_alarm(kind: Kind, payload: Json) -> None:
    assert faults(kind, payload) == []


def replaced(value: Any, junk: Any) -> Iterator[Any]:
    """Yield the value again and again, each time with another part of it replaced."""
    yield junk
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ({**value, key: other} for other in replaced(inner, junk))
    elif isinstance(value, list):
        for index, inner in enumerate(value[:3]):
            yield from ([*value[:index], other, *value[index + 1 :]] for other in replaced(inner, junk))


@pytest.mark.parametrize("junk", [None, 3, "x", [], {}, [None], {"type": 7}], ids=repr)
@pytest.mark.parametrize(("kind", "payload"), GOOD.values(), ids=GOOD.keys())
def test_whatever_shape_a_payload_has_it_is_judged_and_never_crashes(
    kind: Kind, payload: Json, junk: Any
) -> None:
    for hostile in replaced(payload, junk):
        if isinstance(hostile, dict):
            assert isinstance(faults(kind, hostile), list)


def test_the_tables_are_as_long_as_the_reference_asks() -> None:
    assert len(BAD) >= 43
    assert len(GOOD) >= 7


def caught_by_sdk(payload: Json) -> bool:
    try:
        return any(Block.parse(b) is None or Block.parse(b).to_dict() != b for b in payload["blocks"])  # type: ignore[union-attr] # None was asked for before
    except Exception:  # noqa: BLE001 - whatever the models raise is a catch
        return True


def test_the_sdk_alone_would_miss_many_of_them() -> None:
    """The rules of our own are needed: the models let these pass."""
    missed = {
        name for name, (_, payload) in BAD.items() if "blocks" in payload and not caught_by_sdk(payload)
    }
    assert {
        "field over 2000",
        "table of 101 rows",
        "an empty cell",
        "two tables",
        "51 blocks",
        "the same block_id twice",
        "an alert in a message",
        "payload over 13,000",
    } <= missed


def test_a_fault_says_what_and_where_as_slack_does() -> None:
    payload = message(section(), actions(button(), button("other", text="x" * 76)))
    assert faults("message", payload) == [
        "must be less than 76 characters [json-pointer:/blocks/1/elements/1/text/text]"
    ]
