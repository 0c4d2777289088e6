"""The page's own files: they are all there, ask nobody else for anything, and make no element out of text."""

import re
from datetime import UTC, datetime

import pytest

from bot.commands import parse
from bot.sandbox.page import HINTS, Hint
from bot.sandbox.page.static_files import read_static_files

FILES = {name: content.decode() for name, (_, content) in read_static_files().items()}
SCRIPTS = sorted(name for name in FILES if name.endswith(".js"))


def test_everything_the_page_names_is_there() -> None:
    named = set(re.findall(r'(?:src|href)="/page/([\w.]+)"', FILES["index.html"]))
    named |= {name for script in SCRIPTS for name in re.findall(r'from "\./([\w.]+)"', FILES[script])}
    assert len(named) > 10
    assert named <= set(FILES)


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_file_names_another_host(name: str) -> None:
    found = set(re.findall(r"""(?:https?:)?//[\w.-]+\.[a-z]+""", FILES[name]))
    assert found <= {"http://www.w3.org"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_turns_text_into_elements(name: str) -> None:
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|DOMParser",
        FILES[name],
    )


def test_nothing_is_styled_or_scripted_inside_of_the_html() -> None:
    """The page's policy would not let it."""
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)", FILES["index.html"])


def test_every_element_that_a_script_asks_for_by_id_is_in_the_html() -> None:
    asked = {found for name in SCRIPTS for found in re.findall(r'byId\("([\w-]+)"\)', FILES[name])}
    given = set(re.findall(r'id="([\w-]+)"', FILES["index.html"]))
    assert asked
    assert asked <= given


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.text)
def test_every_hint_is_something_that_the_bot_understands(hint: Hint) -> None:
    words = re.sub(r"^[/@]logbackup ", "", hint.text)
    assert parse(words, now=datetime(2026, 3, 4, tzinfo=UTC), zone=UTC) is not None
