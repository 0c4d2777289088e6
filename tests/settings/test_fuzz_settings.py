"""Whatever stands in a settings file: settings, or every mistake in a sentence; and never a secret in one."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.settings import Reloaded, Settings, load, reload, shown, values_in_force
from bot.settings.document import LARGEST, parse_document
from tests.fakes.damaged_json import HOSTILE, damaged
from tests.settings.test_settings_whole import WHOLE

TREE: dict[str, Any] = yaml.safe_load(WHOLE)
SECRETS = ("AK-made-up", "SK-made-up")
WORDS = st.sampled_from(
    [
        "never",
        "everyone",
        "0s",
        "99999d",
        "1h30m",
        "#",
        "@here",
        "mon-fri",
        "25:00",
        "Europe/Nowhere",
        "../../etc/passwd",
        "https://",
        "http://user:pass@host/{nothing}",
        "{cluster",
        "S0123456789",
        "[",
        "yes",
        "~",
        "2027-02-30 10:00",
    ]
)
OTHERS = WORDS | HOSTILE


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "settings.yaml"


def loaded(path: Path) -> Settings | None:
    """Load a file: the settings, or None where all mistakes are sentences that tell no secret."""
    try:
        found, warnings = load({}, str(path))
    except SettingsError as error:
        assert error.mistakes  # noqa: PT017 - either outcome is right
        for sentence in error.mistakes:
            assert sentence.endswith((".", "?"))
            assert "\n" not in sentence
            assert len(sentence) < 2000
            assert not any(secret in sentence for secret in SECRETS)
        return None
    assert all(warning.endswith((".", "?")) for warning in warnings)
    return found


def written(path: Path, tree: object) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8", errors="replace")


@given(tree=damaged(TREE, others=OTHERS))
@settings(max_examples=150, deadline=None)
def test_a_file_that_is_damaged_somewhere_is_taken_or_refused(path: Path, tree: object) -> None:
    """What is taken can be shown, and is settings again; no secret is shown of it."""
    written(path, tree)
    found = loaded(path)
    if found is None:
        return
    text = shown(found)
    assert not any(secret in text for secret in SECRETS[1:])
    values_in_force(found)


@given(tree=damaged(TREE, most=1, others=OTHERS))
@settings(max_examples=100, deadline=None)
def test_a_damaged_file_changes_nothing_of_a_bot_that_runs_or_all_of_it(path: Path, tree: object) -> None:
    path.write_text(WHOLE)
    current = load({}, str(path)).settings
    written(path, tree)
    found = reload(current, {}, str(path), needs=())
    assert found.sentence.endswith((".", "?"))
    assert isinstance(found, Reloaded) or found.mistakes


@given(noise=st.binary(max_size=30), place=st.integers(0, len(WHOLE)), length=st.integers(0, 200))
@settings(max_examples=150, deadline=None)
def test_a_file_with_noise_in_it_is_taken_or_refused(
    path: Path, noise: bytes, place: int, length: int
) -> None:
    text = WHOLE.encode()
    path.write_bytes(text[:place] + noise + text[place + length :])
    loaded(path)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 20_000, id="brackets"),
        pytest.param("{a: " * 10_000, id="braces"),
        pytest.param("- " * 20_000, id="dashes"),
        pytest.param("".join(f"x{number}: 1\n" for number in range(1000)), id="names nobody knows"),
        pytest.param("timezone: UTC\n" * 1000, id="one name again and again"),
        pytest.param("timezone: " + "x" * 200_000, id="a long value"),
        pytest.param("x" * 200_000 + ": 1", id="a long name"),
        pytest.param("sources:\n" + "  - {name: a}\n" * 500, id="sources without an address"),
        pytest.param("routes:\n" + '  - {channel: "#a", cluster: "*"}\n' * 500, id="routes"),
        pytest.param("'" * 100_001, id="quotes"),
        pytest.param("#" * 200_000, id="a comment"),
        pytest.param("a: &a [1]\nb: *a\n", id="an alias"),
        pytest.param("\t" * 50_000, id="tabs"),
        pytest.param("? " * 20_000, id="keys that are none"),
    ],
)
def test_much_of_anything_comes_to_an_end(path: Path, text: str) -> None:
    assert len(text) < LARGEST
    path.write_text(text)
    loaded(path)
    assert parse_document(text).name


def test_a_file_larger_than_any_settings_is_not_read(path: Path) -> None:
    path.write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(SettingsError, match=r"settings\.yaml is larger than 256 kB: shorten it\."):
        load({}, str(path))
