"""The answers about silences, the past and who may do what, held to golden files and to Slack's limits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from itertools import pairwise

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.commands import (
    ListSilences,
    ShowChart,
    ShowHistory,
    Target,
    parse,
)
from bot.domain.delay_history import DelayHistory, DelayLimits, Stretch
from bot.domain.incident import Change, IncidentNumber
from bot.domain.naming import Scope
from bot.domain.silence import Matcher, Silence
from bot.views.blocks import Message
from bot.views.chart_reply import chart_message
from bot.views.delay_chart import ChartSpec, NoChart, delay_chart
from bot.views.digest import DigestFacts, Slower, digest_message
from bot.views.history_table import days_of, history_message
from bot.views.silence_list import silence_list_message
from tests.views.handled_samples import MANY, QUIET, STALLED, UNTIL_OVER, WINDOW, a_history, a_silence
from tests.views.view_goldens import assert_golden
from tests.views.view_samples import NOW, SHANGHAI, minutes

TASK = Target(scope=Scope(name="pay/orders"))
WEEK = ShowHistory(TASK, 7)
FIRST_DAY = NOW - timedelta(days=1)


def silences(*known: Silence, text: str = "silences", **facts: object) -> Message:
    command = parse(text, now=NOW, zone=UTC)
    assert isinstance(command, ListSilences)
    return silence_list_message(command, known, now=NOW, zone=SHANGHAI, **facts)  # type: ignore[arg-type]  # facts of a test


def history(past: DelayHistory, command: ShowHistory = WEEK, **facts: object) -> Message:
    return history_message(command, past, title="pay/orders", zone=SHANGHAI, **facts)  # type: ignore[arg-type]  # facts of a test


def a_chart(past: DelayHistory | None = None, **facts: object) -> ChartSpec | NoChart:
    shown = a_history(1) if past is None else past
    return delay_chart(shown, title="pay/orders", by_ids="1 / 2", now=NOW, zone=SHANGHAI, **facts)  # type: ignore[arg-type]  # facts of a test


def drifting(growth: float) -> DelayHistory:
    """Give a week in which the usual delay grows or falls steadily."""
    past = a_history(7, worst=minutes(3))
    days = (past.at - past.at[0]) / 86400
    return replace(past, behind=past.behind + growth * 60 * (days if growth > 0 else days - 7))


EMPTY = DelayHistory.of((), since=FIRST_DAY, until=NOW)
ALL_WELL = DigestFacts(
    FIRST_DAY, NOW, tasks=[one for one in samples.the_fleet().tasks if not one.needs_somebody]
)
BUSY = DigestFacts(
    FIRST_DAY,
    NOW,
    tasks=[one for one in samples.the_fleet().tasks if one.incident != samples.LEDGER_BEHIND],
    still_open=(*MANY[:11], replace(STALLED, handling=handled.TAKEN)),
    over=(
        *(samples.resolved(one) for one in MANY[12:18]),
        samples.resolved(replace(samples.ORDERS_FAILED, gap=handled.GAP)),
    ),
    began=14,
    silences=(QUIET, replace(UNTIL_OVER, matcher=Matcher(numbers=(MANY[1].number,)))),
    silenced={MANY[1].number: UNTIL_OVER},
    slower=(Slower("pay/<!channel>", minutes(1), minutes(4)), Slower("shop/t01", minutes(2), minutes(5))),
    troubles=("Slack does not let the bot into #alerts: invite it.",),
)

ANSWERS: dict[str, Callable[[], Message]] = {
    "silences": lambda: silences(UNTIL_OVER, WINDOW, handled.ENDED, QUIET, muting={QUIET.number: 12}),
    "silences_none": lambda: silences(shareable=False),
    "silences_of_many": lambda: silences(*(a_silence(number) for number in range(1, 31))),
    "silences_second_page": lambda: silences(
        *(a_silence(number) for number in range(1, 31)), text="silences page:2"
    ),
    "silences_of_every_kind": lambda: silences(
        a_silence(4, matcher=handled.QUIET_GROUP.matcher),
        a_silence(1, matcher=Matcher(numbers=tuple(map(IncidentNumber, range(40, 60))))),
        a_silence(2, matcher=Matcher(Scope(source="prod", path="file:///a"), (), ())),
        a_silence(3, author=None),
    ),
    "chart": lambda: chart_message(ShowChart(TASK, timedelta(hours=24)), a_chart(limits=handled.LIMITS)),
    "chart_not_drawn": lambda: chart_message(
        ShowChart(TASK),
        a_chart(
            limits=handled.LIMITS,
            changes=[(NOW - timedelta(hours=11), Change.OPENED), (NOW - timedelta(hours=9), Change.RESOLVED)],
            silenced=[Stretch(NOW - timedelta(hours=10), NOW - timedelta(hours=9))],
        ),
        drawn=False,
    ),
    "chart_of_nothing": lambda: chart_message(ShowChart(TASK), a_chart(EMPTY)),
    "history": lambda: history(a_history(7), limits=handled.LIMITS),
    "history_of_a_day": lambda: history(a_history(0.1), ShowHistory(TASK, 1), shareable=False),
    "history_that_gets_slower": lambda: history(drifting(0.5)),
    "history_that_gets_faster": lambda: history(drifting(-0.5), limits=DelayLimits(critical=minutes(30))),
    "history_with_days_left_out": lambda: history(a_history(2), limits=handled.LIMITS),
    "history_of_nothing": lambda: history(EMPTY),
    "digest": lambda: digest_message(BUSY, SHANGHAI),
    "digest_all_well": lambda: digest_message(ALL_WELL, SHANGHAI),
    "digest_of_nothing": lambda: digest_message(DigestFacts(FIRST_DAY, NOW)),
    "digest_of_what_was_lost": lambda: digest_message(
        DigestFacts(
            FIRST_DAY,
            NOW,
            tasks=ALL_WELL.tasks,
            over=(samples.resolved(replace(samples.ORDERS_FAILED, gap=handled.GAP)),),
        ),
        SHANGHAI,
    ),
    "digest_of_what_was": lambda: digest_message(
        replace(ALL_WELL, over=(samples.resolved(samples.LEDGER_BEHIND),), began=1), SHANGHAI
    ),
    "digest_of_too_much": lambda: digest_message(
        replace(BUSY, silences=(QUIET,) * 9, slower=tuple(BUSY.slower) * 4, over=()), SHANGHAI
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_looks_as_it_did(name: str) -> None:
    """What people see changes only with its golden file, whose diff is read like a screenshot."""
    assert_golden(name, ANSWERS[name]())


def test_a_digest_is_one_line_when_all_is_well() -> None:
    message = digest_message(ALL_WELL)
    assert len(message.blocks) == 1
    assert "\n" not in message.text


def test_a_history_of_years_shows_a_month() -> None:
    """The days are the zone's own, the newest first, and none overlaps another."""
    days = days_of(a_history(60), SHANGHAI)
    assert len(days) == 31
    assert days[0].until > NOW
    assert all(later.since == earlier.until for later, earlier in pairwise(days))
    assert {part.since.astimezone(SHANGHAI).hour for part in days} == {0}
