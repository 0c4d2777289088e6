"""Payloads that Slack takes, many of them at their limits."""

from bot.sandbox.slack.payload_check import Kind
from tests.sandbox_slack.simulated_slack_parts import (
    RICH_CELL,
    Json,
    actions,
    cell,
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
