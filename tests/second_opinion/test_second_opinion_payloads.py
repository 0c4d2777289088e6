"""What the bot shows is held to Slack's own types, and our own check of payloads to what they see."""

import json
from pathlib import Path

import pytest

import tests.views.view_samples as samples
from bot.domain.notification import OutboxId
from bot.sandbox.slack import faults
from bot.slack.messenger import _metadata
from tests.sandbox_slack.simulated_slack_bad_payloads import BAD
from tests.sandbox_slack.simulated_slack_good_payloads import GOOD
from tests.second_opinion.asked_for import asked_for
from tests.second_opinion.slack_types import SlackTypes, written_schema
from tests.views.test_view_limits import messages_about
from tests.views.view_goldens import FOLDER, payload

pytestmark = asked_for

SEEN_BY_THE_TYPES = {
    "a block without a type",
    "a button as an input",
    "a cell of mrkdwn",
    "a group without a label",
    "a home where a modal is wanted",
    "a number that may or may not be decimal",
    "an image from two places",
    "an image without alt text",
    "an input without a label",
    "an unknown alignment",
    "an unknown block",
    "an unknown property",
    "an unknown property of a modal",
    "an unknown style of confirm",
    "button in context",
    "button text in mrkdwn",
    "header in mrkdwn",
    "home with a submit",
    "metadata without a payload",
    "modal without a title",
    "radio buttons with a placeholder",
    "raw_number without text",
    "raw_number without value",
    "section text as a string",
    "text among actions",
    "unknown button style",
}
"""The types know shapes; of lengths and numbers they know nothing."""
SKIPPED_COLUMN = "blocks/0/column_settings/1: None is not of type 'object'"
"""Slack's reference lets null stand for a column without settings; its types do not."""


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> SlackTypes:
    return SlackTypes(written_schema(tmp_path_factory.mktemp("slack-types")))


def test_every_golden_message_is_as_slacks_types_have_it(types: SlackTypes) -> None:
    goldens = {file.stem: json.loads(file.read_text()) for file in Path(FOLDER).glob("*.json")}
    assert len(goldens) > 50
    found = {
        name: types.objections(golden.get("type", "message"), golden) for name, golden in goldens.items()
    }
    assert {name: objections for name, objections in found.items() if objections} == {}


def test_every_message_about_every_sample_is_as_slacks_types_have_it(types: SlackTypes) -> None:
    """Every status, list, task, incident and greeting that can be drawn of the samples, hostile ones too."""
    fleets = [
        samples.the_fleet(),
        samples.every_problem(),
        samples.ten_sources(),
        samples.odd_clusters(),
        samples.large_fleet(8, 40),
        samples.hostile_fleet(),
    ]
    drawn = [payload(message) for fleet in fleets for message in messages_about(fleet)]
    assert len(drawn) > 300
    assert [found for one in drawn if (found := types.objections("message", one))] == []


def test_the_id_in_our_metadata_is_as_slacks_types_have_it(types: SlackTypes) -> None:
    posted = {"text": "x", "metadata": _metadata(OutboxId("0123456789abcdef"))}
    assert types.objections("message", posted) == []


def test_what_slacks_types_object_to_our_own_check_refuses_too(types: SlackTypes) -> None:
    seen = {name for name, (kind, bad) in BAD.items() if types.objections(kind, bad)}
    assert seen == SEEN_BY_THE_TYPES
    assert [name for name, (kind, bad) in BAD.items() if name not in seen and not faults(kind, bad)] == []
    assert [name for name in seen if not faults(*BAD[name])] == []


def test_slacks_types_object_to_no_good_payload(types: SlackTypes) -> None:
    found = {name: types.objections(kind, good) for name, (kind, good) in GOOD.items()}
    alarms = {name: objections for name, objections in found.items() if objections}
    assert alarms == {"a table of all kinds of cells": [SKIPPED_COLUMN]}
