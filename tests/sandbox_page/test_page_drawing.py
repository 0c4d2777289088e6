"""Every block and element becomes the one shape that the page draws."""

from typing import Any

import pytest

from bot.sandbox.page import drawing
from bot.sandbox.page.nodes import Names
from bot.sandbox.slack import faults
from tests.sandbox_page.page_messages import (
    alert_blocks,
    button,
    dialog_view,
    mrkdwn,
    plain,
    rich_blocks,
    table_blocks,
)

NAMES = Names(viewer="U0000ANNA1", people={"U0000ANNA1": "anna"})


def the_block(block: dict[str, Any]) -> dict[str, Any]:
    (drawn,) = drawing.blocks([block], NAMES)
    return drawn


@pytest.mark.parametrize(
    "blocks", [alert_blocks(), table_blocks(), rich_blocks()], ids=["alert", "table", "rich"]
)
def test_the_messages_of_these_tests_are_ones_that_slack_takes(blocks: list[dict[str, Any]]) -> None:
    assert faults("message", {"text": "x", "blocks": blocks}) == []


def test_the_dialog_of_these_tests_is_one_that_slack_takes() -> None:
    assert faults("modal", dialog_view()) == []


def test_an_alert_keeps_its_blocks_in_order() -> None:
    drawn = drawing.blocks(alert_blocks(), NAMES)
    assert [block["type"] for block in drawn] == ["header", "section", "section", "actions", "context"]
    assert drawn[1]["accessory"]["type"] == "overflow"
    assert [option["value"] for option in drawn[1]["accessory"]["options"]] == ["history", "task"]
    assert len(drawn[2]["fields"]) == 4
    ack, silence, resolve, assign = drawn[3]["elements"]
    assert (ack["action"], ack["style"], ack["label"]) == ("ack", "primary", "Acknowledge")
    assert silence["style"] == ""
    assert resolve["confirm"]["danger"]
    assert assign["placeholder"] == "Assign to…"


def test_a_button_s_value_stays_with_the_server() -> None:
    """What a button does is decided by what the bot posted, never by what a page sends back."""
    drawn = the_block({"type": "actions", "elements": [button("x", "a", value="ack 1")]})
    assert "ack 1" not in str(drawn)


def test_a_button_leads_to_the_web_or_nowhere() -> None:
    drawn = the_block(
        {
            "type": "actions",
            "elements": [button("x", "a", url="https://x.example/"), button("x", "b", url="javascript:x")],
        }
    )
    assert [element["url"] for element in drawn["elements"]] == ["https://x.example/", None]


def test_a_table_keeps_numbers_and_columns_apart() -> None:
    drawn = the_block(table_blocks()[1])
    assert drawn["columns"] == [
        {"align": "left", "wrapped": True},
        {"align": "left", "wrapped": False},
        {"align": "right", "wrapped": False},
    ]
    assert [cell["number"] for cell in drawn["rows"][1]] == [False, False, True, False, False]
    assert drawn["rows"][1][0]["c"] == [
        {"t": "p", "c": [{"t": "b", "c": [{"t": "text", "v": "pay/orders"}]}]}
    ]


@pytest.mark.parametrize(
    ("picture", "source"),
    [
        ({"slack_file": {"id": "F0000000012"}}, "/page/files/F0000000012"),
        (
            {"slack_file": {"url": "http://127.0.0.1:8000/files-pri/F0000000012/x.png"}},
            "/page/files/F0000000012",
        ),
        ({"image_url": "https://elsewhere.example/x.png"}, None),
        ({"image_url": "http://127.0.0.1.evil.example/files-pri/F1/x.png"}, None),
        ({"slack_file": {"id": "../../etc"}}, None),
    ],
)
def test_only_pictures_of_this_simulation_are_loaded(picture: dict[str, Any], source: str | None) -> None:
    assert the_block({"type": "image", "alt_text": "a chart", **picture})["src"] == source


def test_inputs_keep_what_they_came_with() -> None:
    drawn = drawing.blocks(dialog_view()["blocks"], NAMES)
    length, reason, whom = (block["element"] for block in drawn[1:4])
    assert (length["initial"], length["block"], length["action"]) == ("1h", "length", "length")
    assert (reason["multiline"], reason["max_length"]) == (True, 200)
    assert whom["initial"] is None
    assert (drawn[2]["optional"], drawn[3]["optional"]) == (False, True)


def test_several_initial_options_are_all_kept() -> None:
    options = [{"text": plain(one), "value": one} for one in "abc"]
    element = {"type": "checkboxes", "action_id": "x", "options": options, "initial_options": options[:2]}
    drawn = the_block({"type": "input", "label": plain("x"), "element": element})
    assert drawn["element"]["initial"] == ["a", "b"]


@pytest.mark.parametrize(
    ("color", "drawn"),
    [
        ("danger", "#e01e5a"),
        ("#36a64f", "#36a64f"),
        ("36a64f", "#36a64f"),
        ("red; background: url(//x)", "#dddddd"),
    ],
)
def test_a_coloured_bar_has_a_colour_or_grey(color: str, drawn: str) -> None:
    assert drawing.attachment({"color": color, "text": "x"}, NAMES)["color"] == drawn


def test_an_attachment_s_fallback_is_for_where_nothing_else_is() -> None:
    alone = drawing.attachment({"fallback": "words"}, NAMES)
    beside = drawing.attachment({"fallback": "words", "blocks": [{"type": "divider"}]}, NAMES)
    assert alone["text"]
    assert beside["text"] == []


def test_what_is_not_known_says_so() -> None:
    assert the_block({"type": "hologram"}) == {"id": None, "type": "unknown", "name": "hologram"}


def test_context_holds_texts_and_small_pictures() -> None:
    drawn = the_block(
        {"type": "context", "elements": [mrkdwn("x"), {"type": "image", "image_url": "x", "alt_text": "y"}]}
    )
    assert [part["type"] for part in drawn["elements"]] == ["text", "image"]
