"""What has stopped for so long is told to be at least that far behind."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incident import Incident
from bot.domain.problem import Problem
from bot.views.lasted import lasted
from bot.views.trouble import how
from tests.views.handled_samples import SNAPSHOT, STALLED
from tests.views.view_samples import LEDGER_BEHIND, NOW, minutes

SECONDS = timedelta(seconds=20)
STANDS = replace(
    STALLED,
    since=NOW - minutes(22),
    delay=minutes(21),
    snapshot=replace(SNAPSHOT, read_at=NOW - minutes(1)),
)


@pytest.mark.parametrize(
    ("incident", "told"),
    [
        pytest.param(STANDS, "has stopped, 22 min behind, for 22 min", id="read a minute ago"),
        pytest.param(
            replace(STANDS, delay=minutes(21) - SECONDS), "22 min behind, for 22 min", id="clocks that differ"
        ),
        pytest.param(
            replace(STANDS, delay=minutes(12)), "13 min behind, for 22 min", id="it fell behind first"
        ),
        pytest.param(replace(STANDS, problem=Problem.FAILED, snapshot=None), "for 22 min", id="never read"),
        pytest.param(
            replace(STANDS, problem=Problem.PAUSED), "is paused, 21 min behind, for 22 min", id="paused"
        ),
    ],
)
def test_what_stands_falls_behind_with_the_clock(incident: Incident, told: str) -> None:
    assert f"{how(incident, NOW)}{lasted(incident, NOW)}".endswith(told)


def test_without_a_length_it_is_told_as_last_read() -> None:
    assert how(STANDS) == "has stopped, 21 min behind"
    assert how(LEDGER_BEHIND, NOW) == how(LEDGER_BEHIND)
