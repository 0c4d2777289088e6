"""Slack's markup becomes a tree of known nodes, and nothing of it becomes anything else."""

from typing import Any

import pytest

from bot.sandbox.page import mrkdwn
from bot.sandbox.page.nodes import Names

NAMES = Names(
    viewer="U1",
    people={"U1": "anna", "U2": "ben"},
    channels={"C1": "alerts"},
    groups={"S1": "dba"},
)


def text(value: str) -> dict[str, Any]:
    return {"t": "text", "v": value}


def link(href: str, label: str) -> dict[str, Any]:
    return {"t": "link", "href": href, "c": [text(label)]}


def mention(value: str, *, you: bool = False) -> dict[str, Any]:
    return {"t": "mention", "v": value, "you": you}


@pytest.mark.parametrize(
    ("markup", "tree"),
    [
        pytest.param("*bold* word", [{"t": "b", "c": [text("bold")]}, text(" word")], id="bold"),
        pytest.param("_slanted_", [{"t": "i", "c": [text("slanted")]}], id="italic"),
        pytest.param("~gone~", [{"t": "s", "c": [text("gone")]}], id="strike"),
        pytest.param("*_both_*", [{"t": "b", "c": [{"t": "i", "c": [text("both")]}]}], id="nested"),
        pytest.param("a*b*c 2 * 3 * 4", [text("a*b*c 2 * 3 * 4")], id="stars inside of words are stars"),
        pytest.param("snake_case_name", [text("snake_case_name")], id="underscores inside of words stay"),
        pytest.param("`*not bold*`", [{"t": "code", "v": "*not bold*"}], id="code is to the letter"),
        pytest.param("`a &lt; b`", [{"t": "code", "v": "a < b"}], id="code is unescaped"),
        pytest.param("a &amp;lt; b", [text("a &lt; b")], id="escapes are undone once"),
        pytest.param(
            "<https://x.example/a?b=1&amp;c=2|see>", [link("https://x.example/a?b=1&c=2", "see")], id="link"
        ),
        pytest.param(
            "go https://x.example/a.",
            [text("go "), link("https://x.example/a", "https://x.example/a"), text(".")],
            id="bare address",
        ),
        pytest.param("<mailto:a@example.com>", [link("mailto:a@example.com", "a@example.com")], id="mail"),
        pytest.param(
            "<javascript:alert(1)|press>", [{"t": "span", "c": [text("press")]}], id="no script behind a link"
        ),
        pytest.param("<@U1>", [mention("@anna", you=True)], id="you"),
        pytest.param("<@U2|x>", [mention("@ben")], id="somebody"),
        pytest.param("<@U9>", [mention("@U9")], id="somebody unknown"),
        pytest.param("<#C1|old-name>", [mention("#alerts")], id="a channel by its present name"),
        pytest.param("<!subteam^S1>", [mention("@dba")], id="group"),
        pytest.param("<!here>", [mention("@here", you=True)], id="everybody"),
        pytest.param(
            ":red_circle: x", [{"t": "emoji", "v": "🔴", "name": "red_circle"}, text(" x")], id="emoji"
        ),
        pytest.param(":no_such_thing:", [text(":no_such_thing:")], id="an unknown emoji is its name"),
        pytest.param("12:30:45", [text("12:30:45")], id="a time is no emoji"),
    ],
)
def test_a_run_of_markup_becomes_spans(markup: str, tree: list[dict[str, Any]]) -> None:
    assert mrkdwn.spans(markup, NAMES) == tree


def test_a_date_is_left_to_the_page_with_its_fallback() -> None:
    (node,) = mrkdwn.spans("<!date^1772625600^{date_short_pretty} {time}^https://x.example/|noon UTC>", NAMES)
    assert node == {
        "t": "date",
        "at": 1772625600,
        "form": "{date_short_pretty} {time}",
        "v": "noon UTC",
        "href": "https://x.example/",
    }


def test_a_date_that_is_none_is_its_fallback() -> None:
    assert mrkdwn.spans("<!date^soon^{time}|soon>", NAMES) == [text("soon")]


def test_a_date_in_code_stays_as_it_was_written() -> None:
    """As in Slack, where ``<!date>`` does nothing in code."""
    assert mrkdwn.spans("`<!date^1^{time}|x>`", NAMES) == [{"t": "code", "v": "<!date^1^{time}|x>"}]


def test_lines_that_begin_with_an_angle_are_quoted_together() -> None:
    tree = mrkdwn.parse("before\n&gt; one\n> two\nafter", NAMES)
    assert [node["t"] for node in tree] == ["p", "quote", "p"]
    assert tree[1]["c"] == [{"t": "p", "c": [text("one\ntwo")]}]


def test_three_angles_quote_all_that_follows() -> None:
    tree = mrkdwn.parse("&gt;&gt;&gt; one\ntwo\n\nthree", NAMES)
    assert [node["t"] for node in tree] == ["quote"]
    assert tree[0]["c"] == [{"t": "p", "c": [text("one\ntwo\n\nthree")]}]


def test_fenced_code_is_a_block_of_its_own() -> None:
    assert mrkdwn.parse("a\n```\nx = *1*\n```\nb", NAMES) == [
        {"t": "p", "c": [text("a")]},
        {"t": "pre", "v": "x = *1*"},
        {"t": "p", "c": [text("b")]},
    ]


def test_html_in_a_message_is_words() -> None:
    assert mrkdwn.spans("&lt;img src=x onerror=alert(1)&gt;", NAMES) == [text("<img src=x onerror=alert(1)>")]


def test_plain_text_knows_emoji_and_no_markup() -> None:
    tree = mrkdwn.text_object({"type": "plain_text", "text": "*x* :warning: <@U1>"}, NAMES)
    assert tree == [{"t": "p", "c": [text("*x* ⚠️ <@U1>")]}]


def test_no_text_is_nothing() -> None:
    assert mrkdwn.text_object(None, NAMES) == []
    assert mrkdwn.parse("", NAMES) == []
