"""Figures of the README that are constants of the code: the sentence says what the code has."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.charts.charts import Charts
from bot.domain import coalescing, delivery, following, forming, grouping
from bot.domain.detection import oddities, rhythm, rises, statuses
from bot.domain.permission import SilenceLimits
from bot.domain.problem import Severity
from bot.domain.roster import DROPPED_AFTER
from bot.domain.routing import Reminders
from bot.domain.thresholds import Thresholds
from bot.jobs import TIDY_EVERY
from bot.ocp.login import REST
from bot.operations import (
    deliver_messages,
    heartbeat,
    hold_leases,
    in_slices,
    read_source,
    save_memories,
    tell_outage,
)
from bot.operations.packed_tasks import PACKED_AT_ONCE
from bot.schedule import LEAST_INTERVAL
from bot.slack.connection import MOST_CONNECTIONS, PACE
from bot.slack.requests import PATH
from bot.storage.observations import BLOCK_POLLS
from tests.benchmarks.detection import KINDS, seed
from tests.benchmarks.detection_healthy import HEALTHY, HEALTHY_HELD_OUT
from tests.benchmarks.detection_incidents import INCIDENTS_HELD_OUT
from tests.benchmarks.detection_peers import PEERS
from tests.benchmarks.detection_traces import Luck
from tests.detection.test_detection_memory import LARGEST
from tests.house.readme_reference import README

TEXT = " ".join(README.read_text().split())
WORDS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
LIMITS, REMINDERS = Thresholds(), Reminders()


def word(number: float | timedelta, unit: timedelta = timedelta(seconds=1)) -> str:
    """Write a number, or how many of a unit a length is, as a word."""
    whole = number / unit if isinstance(number, timedelta) else number
    assert whole == int(whole), number
    return {50: "fifty", 100: "a hundred"}.get(int(whole)) or WORDS[int(whole)]


def short(length: timedelta | float | None) -> str:
    """Write a length in its largest unit that leaves a whole number."""
    assert length is not None
    seconds = length if isinstance(length, int | float) else length.total_seconds()
    for unit, name in ((3600, "h"), (60, "min")):
        if seconds >= unit and seconds % unit == 0:
            return f"{seconds / unit:g} {name}"
    return f"{seconds:g} s"


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TOLD = {
    "the limits of the delay": f"warning at {short(LIMITS.lagging_warning)}, "
    f"critical at {short(LIMITS.lagging_critical)}, raised to what this task's rhythm reaches",
    "before the rhythm is known": f"{short(LIMITS.unknown_stall)} behind without a move is a stall, "
    f"{short(LIMITS.unknown_warning)} warns, and {short(LIMITS.unknown_critical)} is critical",
    "stuck": f"warning after {short(LIMITS.stuck_warning)}, critical after {short(LIMITS.stuck_critical)}",
    "paused": f"warning after {short(LIMITS.paused_warning)}, critical after {short(LIMITS.paused_critical)}",
    "missing": f"not in {word(LIMITS.missing_after_polls)} complete polls",
    "unreachable": f"warning after {word(LIMITS.unreachable_after_polls)} failed polls and "
    f"{short(LIMITS.unreachable_warning)}, critical after {short(LIMITS.unreachable_critical)}",
    "reminders of a warning": f"a warning every {short(REMINDERS.warning)}, a critical incident every hour",
    "silences that take a permission": f"a silence over {short(SilenceLimits().freely)}, one without an end",
    "the heartbeat": "the bot asks it every minute for as long as it polls and delivers",
    "Slack's requests": f"takes Slack's signed requests at `{PATH}` instead",
    "the least interval": f"and never under {short(LEAST_INTERVAL)}",
    "a cluster that is gone": "taken for dropped after a day",
    "a refused login": "A 401 closes the source for an hour",
    "the list of clusters": f"is read every {word(read_source.CLUSTERS_AGE, MINUTE)} minutes",
    "sockets": f"{word(PACE.connections).capitalize()} sockets are open (one where more than "
    f"{word(MOST_CONNECTIONS / PACE.connections)} replicas share the {word(MOST_CONNECTIONS)} that",
    "replicas by Socket Mode": f"any number of replicas (by Socket Mode {word(MOST_CONNECTIONS)})",
    "edits that are claimed": f"{word(deliver_messages.EDITS_AT_ONCE)} edit is claimed at a time",
    "observations": f"every {word(TIDY_EVERY, MINUTE)} minutes what makes a block ({BLOCK_POLLS} polls:",
    "traits": f"Of all traits that {word(grouping.LEAST_MEMBERS)} tasks share, and half of those",
    "coincidence": f"More than {word(forming.MANY_AT_ONCE)} new alerts at once",
    "groups that grow": f"when it has doubled by {word(following.GREW_BY)} members or more",
    "needless replies": f"makes needless is dropped after {word(coalescing.STALE, MINUTE)} minutes",
    "edits of one message": f"edited every {word(delivery.EDIT_EVERY)} seconds at most",
    "an idle outbox": f"an idle outbox is asked every "
    f"{word(hold_leases.SHARED.others_within)} seconds (in SQLite every "
    f"{hold_leases.ALONE.others_within.total_seconds():g})",
    "leases": f"Leases last {short(hold_leases.SHARED.length)} and are renewed every "
    f"{short(hold_leases.SHARED.renew_every)};",
    "packs": f"saved every {word(save_memories.MEMORY_AGE, MINUTE)} minutes as packs of {PACKED_AT_ONCE} ",
    "leases of nobody else": f"leases are renewed every {word(hold_leases.ALONE.renew_every, MINUTE)} min",
    "slices": f"in slices of {word(in_slices.SLICE)}",
    "blocks": f"({word(rhythm.BLOCK_SECONDS / 60)} minutes and "
    f"{word(rhythm.BLOCK_PUBLICATIONS)} publications at least, {word(rhythm.BLOCKS - 1)} kept)",
    "the patience": f"over the learned reach plus {LIMITS.patience.total_seconds():g} s",
    "a stall of an unknown rhythm": f"Before the rhythm is known: {short(LIMITS.unknown_stall)},",
    "a dear rise": f"excess is over {LIMITS.slowdown_cost.total_seconds():g} s in a publication",
    "a long rise": f"the rise is longer than {short(LIMITS.slowdown_time)};",
    "a tolerated slowdown": f"no slowdown of up to {short(LIMITS.slowdown_time)} to a level that stays",
    "a level that stays": "A level that stays for an hour is taken on",
    "teeth of a new rhythm": f"{word(rhythm.TEETH)} teeth that rest for longer than the rhythm",
    "a clock that jumps": f"proved by {word(oddities.JUMP_MOVES)} publications that are normal but for it",
    "flapping": f"fails again within {short(statuses.FLAPPING_WITHIN)} must be well for longer "
    f"({short(statuses.HOLD_PER_BREAK)} for each time) than {word(LIMITS.closing_polls)} polls",
    "the memory of a task": f"{LARGEST / 1000:.0f} kB at most (hypothesis checks it)",
    "a full disk": "posted once, after a minute of refusals",
}
ONE = {
    "a critical incident every hour": (REMINDERS.critical, HOUR),
    "the bot asks it every minute": (heartbeat.EVERY, MINUTE),
    "dropped after a day": (DROPPED_AFTER, DAY),
    "closes the source for an hour": (REST, HOUR),
    "each renewed every hour in turn": (PACE.renew_after, HOUR),
    "those are written every half hour": (save_memories.ROWS_AGE, HOUR / 2),
    "half of those that have it": (forming.LEAST_SHARE, 0.5),
    "A level that stays for an hour": (rises.STAYED, HOUR.total_seconds()),
    "forgotten at two minutes a day": (2 * MINUTE / DAY, rhythm.LIFT_FORGOTTEN),
    "after a minute of refusals": (tell_outage.TELL_AFTER, MINUTE),
}
"""What is told by "a" or "an": the words, what the code has, and what it must be."""


@pytest.mark.parametrize("sentence", TOLD.values(), ids=TOLD)
def test_a_figure_that_stands_in_the_code_is_the_codes(sentence: str) -> None:
    assert sentence in TEXT


@pytest.mark.parametrize(("words", "figures"), ONE.items(), ids=ONE)
def test_what_is_told_without_a_number_is_the_codes_too(
    words: str, figures: tuple[timedelta | float, timedelta | float]
) -> None:
    assert words in TEXT
    assert figures[0] == figures[1]


def length_of(kind: str) -> int:
    """Give how long the traces of a kind are, in hours; those that lose polls at an end seem shorter."""
    seen = KINDS[kind](Luck("any", 0), 30.0).observations
    return round((seen[-1].at - seen[0].at) / 3600)


def test_what_is_told_of_the_traces_is_what_they_are() -> None:
    """Of the healthy kinds one is told apart: two things at once, which is where the rules are weak."""
    counted = HEALTHY.keys() - {"mixed"}
    assert (
        f"{len(counted)} healthy kinds of {len(HEALTHY)} and {word(len(HEALTHY_HELD_OUT))} held out" in TEXT
    )
    assert f"The {word(len(INCIDENTS_HELD_OUT))} incident kinds that nothing was chosen on" in TEXT
    assert 'taken for growth in about 2 of 100 traces of 6 h (kind "mixed"' in TEXT
    assert {"level 600 s", "deriv 15 min", "Burrow, 20"} <= PEERS.keys()
    assert "a level of 600 s, for Prometheus its `deriv` over 15 minutes" in TEXT
    assert seed("stall", 30.0, 1, tuning=True) != seed("stall", 30.0, 1, tuning=False)
    assert TEXT.count("40 traces of 6 h of each kind (two kinds 26 and 72 h)") == 2
    assert {kind: hours for kind in KINDS if (hours := length_of(kind)) != 6} == {
        "piece switches": 26,
        "hour teeth": 72,
    }
    periods = {KINDS["steady"](Luck("any", number), 30.0).period for number in range(40)}
    assert (min(periods), max(periods)) == (5.0, 240.0)
    assert "periods 5 s to 4 min in equal shares" in TEXT


def test_severities_are_two() -> None:
    """A figure of the table that gets a third severity would not be whole."""
    assert {one.word for one in Severity} == {"warning", "critical"}


def test_a_number_is_written_as_the_readme_writes_it() -> None:
    assert [short(one) for one in (timedelta(minutes=90), 900.0, 0.2)] == ["90 min", "15 min", "0.2 s"]
    assert (word(timedelta(minutes=5), MINUTE), word(100)) == ("five", "a hundred")
    with pytest.raises(AssertionError):
        word(timedelta(seconds=90), MINUTE)
    changed = replace(LIMITS, stuck_warning=timedelta(minutes=16))
    assert f"warning after {short(changed.stuck_warning)}, critical after 1 h" not in TEXT


def test_the_process_that_draws_starts_with_the_first_chart() -> None:
    assert "one process of their own, which starts with the first chart" in TEXT
    assert Charts()._pool is None
