"""Which changes of an incident's figures are worth an edit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.evidence import (
    BehindLimit,
    CatchingUp,
    Evidence,
    NotRead,
    PausedFor,
    StatusBroken,
    StuckIn,
)
from bot.domain.finding import RecoveryGap
from bot.domain.incident import (
    Incident,
    IncidentNumber,
    Lifecycle,
    Subject,
)
from bot.domain.moving_on import shown, worth_an_edit
from bot.domain.notification import (
    Channel,
)
from bot.domain.problem import Problem, Severity
from bot.domain.task import ClusterId, SourceName

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PROD = SourceName("prod")
ALERTS = Channel("alerts")
MINUTE = timedelta(minutes=1)
SUBJECT = Subject("task:prod/1/*/", PROD, ClusterId(1), "pay", "1004", "orders")


def an_incident(
    because: Evidence | None = None,
    *,
    delay: timedelta | None = None,
    last_shown: timedelta | None = None,
    lifecycle: Lifecycle = Lifecycle.FIRING,
) -> Incident:
    return Incident(
        number=IncidentNumber(7),
        subject=SUBJECT,
        lifecycle=lifecycle,
        problem=Problem.LAGGING,
        severity=Severity.WARNING,
        because=because or StatusBroken("FAILED"),
        since=NOW,
        opened_at=NOW,
        changed_at=NOW,
        worst_severity=Severity.WARNING,
        delay=delay,
        shown_delay=last_shown,
    )


@pytest.mark.parametrize(
    ("before", "now", "worth"),
    [
        pytest.param(None, 1 * MINUTE, True, id="never shown"),
        pytest.param(5 * MINUTE, None, False, id="not known now"),
        pytest.param(5 * MINUTE, 5.9 * MINUTE, False, id="less than a minute"),
        pytest.param(5 * MINUTE, 6 * MINUTE, True, id="a minute"),
        pytest.param(5 * MINUTE, 4 * MINUTE, True, id="a minute less"),
        pytest.param(40 * MINUTE, 43.9 * MINUTE, False, id="less than a tenth"),
        pytest.param(40 * MINUTE, 44 * MINUTE, True, id="a tenth"),
    ],
)
def test_a_delay_is_news_when_it_has_moved_by_a_minute_and_a_tenth(
    before: timedelta | None, now: timedelta | None, *, worth: bool
) -> None:
    incident = an_incident(delay=now, last_shown=before)
    assert worth_an_edit(incident, incident) is worth
    assert worth_an_edit(None, incident) is worth


@pytest.mark.parametrize("lifecycle", [Lifecycle.PENDING, Lifecycle.RESOLVED])
def test_only_what_fires_is_edited_for_its_figures(lifecycle: Lifecycle) -> None:
    incident = an_incident(delay=MINUTE * 9, lifecycle=lifecycle)
    assert not worth_an_edit(None, incident)


@pytest.mark.parametrize(
    ("before", "now", "worth"),
    [
        pytest.param(StatusBroken("FAILED"), StatusBroken("INTERRUPTED"), True, id="another status"),
        pytest.param(StatusBroken("FAILED"), StatusBroken("FAILED", "disk full"), True, id="an error"),
        pytest.param(StatusBroken("FAILED", "x"), StatusBroken("FAILED", "x"), False, id="the same"),
        pytest.param(StuckIn("STOPPING", MINUTE), StuckIn("STOPPING", 2 * MINUTE), False, id="stuck on"),
        pytest.param(StuckIn("STOPPING", MINUTE), StuckIn("STARTING", MINUTE), True, id="stuck elsewhere"),
        pytest.param(PausedFor("STOP", MINUTE), PausedFor("STOP", 2 * MINUTE), False, id="paused on"),
        pytest.param(PausedFor("STOP", MINUTE), PausedFor("SUSPEND", MINUTE), True, id="paused otherwise"),
        pytest.param(
            NotRead(2, NOW, "timeout", "a"), NotRead(3, NOW, "timeout", "b"), False, id="read for no longer"
        ),
        pytest.param(
            NotRead(2, NOW, "timeout", "a"), NotRead(3, NOW, "login refused", "b"), True, id="another cause"
        ),
        pytest.param(BehindLimit(MINUTE, MINUTE), CatchingUp(MINUTE), True, id="it catches up"),
        pytest.param(CatchingUp(2 * MINUTE), CatchingUp(MINUTE), False, id="it goes on catching up"),
    ],
)
def test_a_reason_is_news_when_anything_but_its_figures_is_another(
    before: Evidence, now: Evidence, *, worth: bool
) -> None:
    assert worth_an_edit(an_incident(before), an_incident(now)) is worth


def test_a_gap_in_what_can_be_restored_is_news() -> None:
    before = an_incident()
    after = replace(before, gap=RecoveryGap(NOW, NOW + MINUTE))
    assert worth_an_edit(before, after)
    assert not worth_an_edit(after, after)


def test_what_was_shown_is_noted() -> None:
    assert shown(an_incident(delay=9 * MINUTE)).shown_delay == 9 * MINUTE
