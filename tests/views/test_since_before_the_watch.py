"""Since when an incident is so that was there before the watch: before that, and for that long at least."""

from dataclasses import replace

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.domain.incident import Incident
from bot.domain.notification import ChangeContent, Reason
from bot.views.change_reply import change_message
from bot.views.incident_card import incident_message
from bot.views.wording import slack_time
from tests.views.view_samples import NOW, READ_AT, minutes

FAILED = replace(samples.ORDERS_FAILED, since=READ_AT - minutes(25), already=True)
MOMENT = slack_time(FAILED.since)
STANDS = replace(handled.STALLED, since=FAILED.since - minutes(9), already=True)


@pytest.mark.parametrize(
    ("incident", "told"),
    [
        pytest.param(FAILED, f"Since before {MOMENT}, for at least 25 min.", id="broken"),
        pytest.param(
            replace(FAILED, reopened=1),
            f"It began before {MOMENT}, at least 25 min ago, and broke again since then.",
            id="broke again",
        ),
        pytest.param(replace(FAILED, good_polls=1), f"It began before {MOMENT}.", id="recovering"),
        pytest.param(
            STANDS,
            f"Not well since before {slack_time(STANDS.since)} (at least 34 min); nothing shipped since",
            id="stands still for a shorter time",
        ),
    ],
)
def test_a_card_does_not_claim_to_know_since_when(incident: Incident, told: str) -> None:
    assert told in str(incident_message(handled.card(incident)).blocks)


def test_a_reply_does_not_either() -> None:
    content = ChangeContent(FAILED, FAILED, Reason.GOT_WORSE, NOW)
    assert f"Since before {MOMENT}, for at least" in change_message(content).text
