"""Every sentence of the README that states a fact is held: by a test, or by a figure with its command.

The ledgers in ``readme_facts/``, one for each heading, say of each sentence what holds it:

- ``held_by``: tests that fail when the sentence is false, as ``tests/folder/test_file.py::test_name``;
- ``measured_by``: the benchmark that prints its figure;
- ``nothing_to_hold``: why it needs neither, in one of the words of ``NOTHING_TO_HOLD``.
"""

import ast
import difflib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house.readme_sentences import README, named, normal, sections

ROOT = README.parent
LEDGERS = Path(__file__).parent / "readme_facts"
NOTHING_TO_HOLD = {
    "title": "it names what follows it",
    "instruction": "it says what to do, not what is",
    "choice": "it says what was preferred, and why",
    "of others": "it tells of OceanBase, OCP, Slack or another program, and nothing here can make it true",
    "of the authors": "it tells what its authors had, did or saw",
}

Entry = dict[str, Any]


def ledgers() -> dict[str, list[Entry]]:
    return {path.stem: yaml.safe_load(path.read_text()) for path in sorted(LEDGERS.glob("*.yaml"))}


def unheld(stated: dict[str, list[str]], held: dict[str, list[Entry]]) -> list[str]:
    """Find sentences that are in no ledger, each with the entry that is most like it."""
    found = []
    for section, sentences in stated.items():
        known = [entry["states"] for entry in held.get(section, [])]
        for sentence in sentences:
            if sentence not in known:
                near = "".join(difflib.get_close_matches(sentence, known, 1, 0.5))
                found.append(f"{section}: {sentence}" + (f"\n    once: {near}" if near else ""))
    return found


def untold(stated: dict[str, list[str]], held: dict[str, list[Entry]]) -> list[str]:
    """Find entries of sentences that the README does not have, and those that stand there twice."""
    found = []
    for section, entries in held.items():
        told = list(stated.get(section, ()))
        for entry in entries:
            if entry["states"] in told:
                told.remove(entry["states"])
            else:
                found.append(f"{section}: {entry['states']}")
    return found


def loose(entries: Iterable[Entry]) -> list[str]:
    """Find entries that do not say what holds them, or say it wrongly."""
    found = []
    for entry in entries:
        wrong = [
            *(f"no test {name}" for name in entry.get("held_by", ()) if not is_test(name)),
            *(f"no benchmark {name}" for name in entry.get("measured_by", ()) if not is_benchmark(name)),
            *(f"no known word {word}" for word in words(entry) if word not in NOTHING_TO_HOLD),
        ]
        if not any(entry.get(key) for key in ("held_by", "measured_by", "nothing_to_hold")):
            wrong.append("nothing holds it")
        if set(entry) - {"states", "held_by", "measured_by", "nothing_to_hold"}:
            wrong.append(f"unknown keys among {sorted(entry)}")
        found += [f"{what}: {entry['states']}" for what in wrong]
    return found


def words(entry: Entry) -> list[str]:
    return [entry["nothing_to_hold"]] if "nothing_to_hold" in entry else []


@cache
def tried_in(path: Path) -> frozenset[str]:
    """Give the names of the tests of a file: functions, and methods and classes."""
    if not path.is_file():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text()))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return frozenset(node.name for node in nodes if isinstance(node, kinds)) | _assigned(path)


def _assigned(path: Path) -> frozenset[str]:
    """Give the tests that are made by assignment, as hypothesis' state machines are."""
    return frozenset(
        target.id
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def is_test(name: str) -> bool:
    path, _, test = name.partition("::")
    *_, last = test.split("::")
    return path.startswith("tests/") and last.lower().startswith("test") and last in tried_in(ROOT / path)


def is_benchmark(name: str) -> bool:
    """Whether the file is there, and the README gives its command."""
    return name.startswith("tests/") and (ROOT / name).is_file() and name in README.read_text()


def test_every_sentence_is_in_the_ledger() -> None:
    assert unheld(sections(README.read_text()), ledgers()) == []


def test_every_entry_is_a_sentence_of_the_readme() -> None:
    assert untold(sections(README.read_text()), ledgers()) == []


def test_what_holds_a_sentence_exists() -> None:
    assert loose(entry for entries in ledgers().values() for entry in entries) == []


STATED = {"limits": ["One workspace.", "It stops within # seconds."]}


@pytest.mark.parametrize(
    ("entries", "missing", "too_many"),
    [
        pytest.param(["One workspace.", "It stops within # seconds."], 0, 0, id="all"),
        pytest.param(["One workspace."], 1, 0, id="a sentence without an entry"),
        pytest.param(
            ["One workspace.", "It stops within # minutes.", "It stops within # seconds."],
            0,
            1,
            id="an entry without a sentence",
        ),
        pytest.param(["One workspace.", "It stops within # minutes."], 1, 1, id="other words"),
        pytest.param(
            ["One workspace.", "One workspace.", "It stops within # seconds."], 0, 1, id="an entry twice"
        ),
    ],
)
def test_what_is_missing_in_the_ledger_and_what_is_too_much_is_found(
    entries: list[str], missing: int, too_many: int
) -> None:
    held: dict[str, list[Entry]] = {"limits": [{"states": states} for states in entries]}
    assert len(unheld(STATED, held)) == missing
    assert len(untold(STATED, held)) == too_many
    assert len(unheld(STATED, {"elsewhere": held["limits"]})) == len(STATED["limits"])


HERE = "tests/house/test_house_readme_facts.py"


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        pytest.param({"held_by": [f"{HERE}::test_what_holds_a_sentence_exists"]}, "", id="a test"),
        pytest.param({"held_by": [f"{HERE}::test_of_nothing"]}, "no test", id="a test that is not there"),
        pytest.param({"held_by": [f"{HERE}::is_test"]}, "no test", id="a function that is no test"),
        pytest.param(
            {"held_by": ["tests/house/test_gone.py::test_a"]}, "no test", id="a file that is not there"
        ),
        pytest.param({"held_by": [HERE]}, "no test", id="a file alone"),
        pytest.param({"measured_by": ["tests/benchmarks/storm.py"]}, "", id="a benchmark"),
        pytest.param({"measured_by": ["tests/benchmarks/gone.py"]}, "no benchmark", id="none that is there"),
        pytest.param({"measured_by": ["tests/benchmarks/peer.py"]}, "no benchmark", id="none that is told"),
        pytest.param({"nothing_to_hold": "choice"}, "", id="a choice"),
        pytest.param({"nothing_to_hold": "obvious"}, "no known word", id="an excuse"),
        pytest.param({}, "nothing holds it", id="nothing"),
        pytest.param({"held_by": []}, "nothing holds it", id="no tests"),
        pytest.param({"nothing_to_hold": "choice", "hold_by": ["x"]}, "unknown keys", id="a misspelt key"),
    ],
)
def test_an_entry_that_is_held_by_nothing_is_found(entry: Entry, wrong: str) -> None:
    found = loose([{"states": "One workspace.", **entry}])
    assert [one.startswith(wrong) for one in found] == ([True] if wrong else [])


TEXT = """# A bot

It is a bot. It has 3 doors,
and 1,204 windows.

<!-- verbs -->
| say | it shows |
| --- | --- |
| `help` | everything |
<!-- /verbs -->

## What it is, in 2026

| | of others | ours |
| --- | --- | --- |
| speed | 5 s | 3 s |
| kills | 500: 0 lost | `python tests/benchmarks/kills.py 500` |

**2026-11-23, one clock.** Time is passed in. `click` is quick! (`bot/clock.py`)
- *First*: it is
  one item
- a second (one). Or "two." Or `three`?

```sh
./run 1
./run 2
```
### More
It ends [here].
"""


def test_the_readme_is_taken_apart_into_its_sentences() -> None:
    assert sections(TEXT) == {
        "introduction": ["It is a bot.", "It has # doors, and # windows."],
        "what_it_is_in": [
            "speed | # s | # s",
            "kills | `python tests/benchmarks/kills.py #`",
            "Time is passed in.",
            "`click` is quick! (`bot/clock.py`)",
            "*First*: it is one item",
            "a second (one).",
            'Or "two."',
            "Or `three`?",
            "sh: ./run #",
        ],
        "more": ["It ends [here]."],
    }


def test_a_figure_that_was_measured_anew_is_the_same_sentence() -> None:
    assert normal("It took 1,204 faults in\n  0.08 s.") == normal("It took 97 faults in 12 s.")
    assert normal("python3 reads it") == "python3 reads it"
    assert named("Detection, 2026-11-23") == "detection"
