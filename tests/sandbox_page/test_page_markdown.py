"""Markdown blocks and rich text become the same tree as Slack's own markup."""

from typing import Any

import pytest

from bot.sandbox.page import markdown
from bot.sandbox.page.nodes import Names
from bot.sandbox.page.rich_text import rich_text

NAMES = Names(viewer="U1", people={"U1": "anna"}, channels={"C1": "alerts"}, groups={"S1": "dba"})


def text(value: str) -> dict[str, Any]:
    return {"t": "text", "v": value}


@pytest.mark.parametrize(
    ("markup", "tree"),
    [
        pytest.param(
            "**b** and __b__",
            [{"t": "b", "c": [text("b")]}, text(" and "), {"t": "b", "c": [text("b")]}],
            id="bold",
        ),
        pytest.param(
            "*i* _i_", [{"t": "i", "c": [text("i")]}, text(" "), {"t": "i", "c": [text("i")]}], id="italic"
        ),
        pytest.param("~~s~~", [{"t": "s", "c": [text("s")]}], id="strike"),
        pytest.param("`**x**`", [{"t": "code", "v": "**x**"}], id="code"),
        pytest.param(
            "[see](https://x.example/)",
            [{"t": "link", "href": "https://x.example/", "c": [text("see")]}],
            id="link",
        ),
        pytest.param(
            "[see](javascript:x)", [{"t": "span", "c": [text("see")]}], id="no script behind a link"
        ),
        pytest.param("\\*x\\*", [text("*"), text("x"), text("*")], id="escaped"),
        pytest.param("<@U1>", [{"t": "mention", "v": "@anna", "you": True}], id="mention"),
        pytest.param("a_b_c 2 * 3 * 4", [text("a_b_c 2 * 3 * 4")], id="words stay words"),
    ],
)
def test_a_run_of_markdown_becomes_spans(markup: str, tree: list[dict[str, Any]]) -> None:
    assert markdown.spans(markup, NAMES) == tree


def test_a_markdown_text_becomes_its_blocks() -> None:
    source = (
        "# Title\n\nwords\nmore\n\n- one\n- two\n  - deeper\n\n3. three\n\n> quoted\n\n"
        "---\n```sql\nselect 1;\n```\n|a|b|\n|-|-|\n|1|2|\n"
    )
    tree = markdown.parse(source, NAMES)
    assert [node["t"] for node in tree] == [
        "heading",
        "p",
        "list",
        "list",
        "list",
        "quote",
        "rule",
        "pre",
        "grid",
    ]
    assert tree[0]["level"] == 1
    assert tree[1]["c"] == [text("words\nmore")]
    assert tree[2]["items"] == [[text("one")], [text("two")]]
    assert (tree[3]["indent"], tree[4]["ordered"], tree[4]["start"]) == (1, True, 3)
    assert tree[7] == {"t": "pre", "v": "select 1;"}
    assert tree[8]["rows"] == [[[text("a")], [text("b")]], [[text("1")], [text("2")]]]


def test_a_fence_that_never_closes_ends_with_the_text() -> None:
    assert markdown.parse("```\nx", NAMES) == [{"t": "pre", "v": "x"}]


def test_every_element_of_rich_text_is_drawn() -> None:
    elements = [
        {"type": "text", "text": "x", "style": {"bold": True, "italic": True}},
        {"type": "text", "text": "c", "style": {"code": True}},
        {"type": "link", "url": "https://x.example/", "text": "see"},
        {"type": "emoji", "name": "warning"},
        {"type": "user", "user_id": "U1"},
        {"type": "usergroup", "usergroup_id": "S1"},
        {"type": "channel", "channel_id": "C1"},
        {"type": "broadcast", "range": "here"},
        {"type": "date", "timestamp": 5, "format": "{time}", "fallback": "then"},
        {"type": "color", "value": "#ff0000"},
        {"type": "hologram"},
    ]
    (paragraph,) = rich_text([{"type": "rich_text_section", "elements": elements}], NAMES)
    assert paragraph["c"] == [
        {"t": "i", "c": [{"t": "b", "c": [text("x")]}]},
        {"t": "code", "v": "c"},
        {"t": "link", "href": "https://x.example/", "c": [text("see")]},
        {"t": "emoji", "v": "⚠️", "name": "warning"},
        {"t": "mention", "v": "@anna", "you": True},
        {"t": "mention", "v": "@dba", "you": False},
        {"t": "mention", "v": "#alerts", "you": False},
        {"t": "mention", "v": "@here", "you": True},
        {"t": "date", "at": 5, "form": "{time}", "v": "then"},
        {"t": "code", "v": "#ff0000"},
        text("(hologram is not drawn here)"),
    ]


def test_every_part_of_rich_text_is_drawn() -> None:
    words = [{"type": "text", "text": "a\n"}, {"type": "link", "url": "https://x.example/", "text": "b"}]
    section = {"type": "rich_text_section", "elements": words}
    tree = rich_text(
        [
            {"type": "rich_text_list", "style": "ordered", "indent": 1, "offset": 2, "elements": [section]},
            {"type": "rich_text_quote", "elements": words},
            {"type": "rich_text_preformatted", "elements": words},
            {"type": "rich_text_scroll", "elements": words},
        ],
        NAMES,
    )
    assert [node["t"] for node in tree] == ["list", "quote", "pre", "p"]
    assert (tree[0]["ordered"], tree[0]["indent"], tree[0]["start"], len(tree[0]["items"])) == (True, 1, 3, 1)
    assert tree[2]["v"] == "a\nb"
