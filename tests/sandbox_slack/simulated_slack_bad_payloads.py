"""Payloads that Slack does not take, each bad in one way."""

from bot.sandbox.slack.payload_check import Kind
from tests.sandbox_slack.simulated_slack_parts import (
    Json,
    actions,
    confirm,
    home,
    message,
    mrkdwn,
    options,
    overflow,
    plain,
    select,
    table,
)
from tests.sandbox_slack.simulated_slack_stage import button, modal, section, text_input

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
    "a radio button chosen at first that is not offered": (
        "message",
        message(
            actions(select(type="radio_buttons", options=options(), initial_option=options(value="b")[0]))
        ),
    ),
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
