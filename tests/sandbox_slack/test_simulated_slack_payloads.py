"""Payloads are held to every limit: bad ones are all caught, good ones raise no false alarm."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.models.blocks import Block

from bot.sandbox.slack import faults
from bot.sandbox.slack.payload_check import Kind
from tests.sandbox_slack.simulated_slack_bad_payloads import BAD
from tests.sandbox_slack.simulated_slack_good_payloads import GOOD
from tests.sandbox_slack.simulated_slack_parts import actions, message
from tests.sandbox_slack.simulated_slack_stage import button, section

Json = dict[str, Any]


REASONS: dict[str, str] = json.loads(Path(__file__).with_name("simulated_slack_faults.json").read_text())
"""The first fault that each bad payload is to be refused for."""


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
