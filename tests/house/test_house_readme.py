"""The README says what the code does."""

import re

import pytest

from tests.house.readme_reference import PARTS, README, ROOT, renewed


def test_what_comes_from_the_code_is_as_the_code_has_it() -> None:
    text = README.read_text()
    assert renewed(text) == text, "run: python tests/house/readme_reference.py"


@pytest.mark.parametrize("part", PARTS)
def test_each_generated_part_has_its_place(part: str) -> None:
    assert README.read_text().count(f"<!-- {part} -->") == 1


def test_every_file_that_it_names_exists() -> None:
    named = re.findall(r"\]\((?!http|#)([^)]+)\)", README.read_text())
    assert named
    assert [name for name in named if not (ROOT / name.partition("#")[0]).exists()] == []
