"""Routes, mentions and reminders of the file, as values that decide where an incident is told."""

from datetime import timedelta

import pytest

from bot.domain.naming import Scope
from bot.domain.posts import Channel
from bot.domain.problem import Problem, Severity
from bot.domain.routing import Mention, Reminders, Route, Routing, Selector
from bot.errors import SettingsError
from bot.settings import load
from tests.settings.reading import Reading, mistake_in


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def test_routes_of_the_file_decide_where_incidents_are_told(reading: Reading) -> None:
    routing = reading(
        """
        alert_channel: "#log-backup"
        mentions: {critical: here}
        reminders: {warning: never, acknowledger_after: 6h}
        routes:
          - channel: "#pay-oncall"
            source: prod
            cluster: pay-*
            tenant: orders
            problem: [failed, Stalled]
            severity: critical
            mentions: {critical: [S0123, "@U0ANA77", "<!subteam^S0456|@dba>"], warning: channel}
            continue: true
            broadcast: false
            reminders: {critical: 30m, escalate_after: 1h, escalate_to: [S0123], broadcast: true}
          - channel: C0123456789
        """
    ).settings.routing()
    assert routing == Routing(
        default=Channel("#log-backup"),
        mentions={Severity.CRITICAL: (Mention("here"),)},
        reminders=Reminders(warning=None, acknowledger_after=hours(6)),
        routes=(
            Route(
                channel=Channel("#pay-oncall"),
                selector=Selector(
                    Scope(source="prod", cluster="pay-*", tenant="orders"),
                    (Problem.FAILED, Problem.STALLED),
                    (Severity.CRITICAL,),
                ),
                mentions={
                    Severity.CRITICAL: (Mention("S0123"), Mention("U0ANA77"), Mention("S0456")),
                    Severity.WARNING: (Mention("channel"),),
                },
                continues=True,
                broadcast=False,
                reminders=Reminders(
                    warning=None,
                    critical=hours(0.5),
                    escalate_after=hours(1),
                    escalate_to=(Mention("S0123"),),
                    broadcast=True,
                    acknowledger_after=hours(6),
                ),
            ),
            Route(
                channel=Channel("C0123456789"),
                reminders=Reminders(warning=None, acknowledger_after=hours(6)),
            ),
        ),
    )


def test_without_a_word_there_is_one_channel_and_the_default_reminders() -> None:
    routing = load({"BOT_ALERT_CHANNEL": "#a"}).settings.routing()
    assert routing == Routing(default=Channel("#a"))
    assert load({}).settings.routing().default is None


def test_what_slack_knows_is_laid_beside_what_the_file_says() -> None:
    refusing = {Channel("#a"): "It is archived."}
    assert load({}).settings.routing((), refusing).refusing == refusing


def test_a_route_can_switch_off_what_holds_in_general(reading: Reading) -> None:
    routing = reading(
        """
        reminders: {escalate_after: 1h, escalate_to: here, broadcast: true}
        routes:
          - {channel: "#quiet", reminders: {warning: never, critical: never, escalate_after: never,
             broadcast: false}}
        """
    ).settings.routing()
    assert routing.routes[0].reminders == Reminders(
        warning=None, critical=None, escalate_to=(Mention("here"),)
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("routes: [{channel: a b}]", "channel (settings.yaml, line 1) is not one channel"),
        (
            "routes:\n- channel: '#a'\n- cluster: pay",
            "entry 2 of routes (settings.yaml, line 3) has no channel: write for example channel:",
        ),
        ("routes: [{channel: a, cluster: [b, c]}]", "cluster (settings.yaml, line 1) has to be one name;"),
        ("routes: [{channel: a, problem: broken}]", "problem (settings.yaml, line 1) has a word that is no"),
        ("routes: [{channel: a, severity: fatal}]", "severity (settings.yaml, line 1) has a word that is no"),
        ("routes: [{channel: a, severity: []}]", "severity (settings.yaml, line 1) is empty: write for"),
        ("routes: [{channel: a, severity: {a: b}}]", "severity (settings.yaml, line 1) is not a list:"),
        (
            "routes: [{channel: a, clusters: pay}]",
            "clusters (settings.yaml, line 1) is no setting: did you mean cluster?",
        ),
        (
            "routes: [{channel: a, password: pay}]",
            "password (settings.yaml, line 1) has no meaning here: password belongs into an entry of sources",
        ),
        (
            "routes: [{channel: a, continues: true}]",
            "continues (settings.yaml, line 1) is no setting: did you mean continue?",
        ),
        (
            "cluster: pay",
            "cluster (settings.yaml, line 1) has no meaning here: cluster belongs into an entry",
        ),
        (
            "routes: [{channel: a, mentions: {fatal: here}}]",
            "fatal (settings.yaml, line 1) is no setting; the nearest is critical.",
        ),
        ("mentions: {critical: ana}", "critical (settings.yaml, line 1) has something that is neither here,"),
        ("mentions: {critical: SRE}", "critical (settings.yaml, line 1) has something that is neither here,"),
        ("mentions: {critical: '@everyone'}", "critical (settings.yaml, line 1) names everyone, which calls"),
        ("reminders: {critical: often}", "critical (settings.yaml, line 1) is not a length of time: write"),
        ("reminders: {critical: 0}", "critical (settings.yaml, line 1) has to be above zero: write"),
        (
            "reminders: {escalate_after: 1h}",
            "escalate_after (settings.yaml, line 1) calls nobody: say whom with escalate_to.",
        ),
        (
            "routes:\n- channel: a\n  reminders:\n    escalate_to: here",
            "escalate_to (settings.yaml, line 4) is never called: say when with escalate_after.",
        ),
    ],
)
def test_a_mistake_in_a_route_is_one_sentence_with_its_line(
    text: str, sentence: str, reading: Reading
) -> None:
    assert mistake_in(text, reading).startswith(sentence)


def test_an_interval_can_also_be_never(reading: Reading) -> None:
    with pytest.raises(SettingsError, match=r"write for example 30s, 5m or 2h, or never\."):
        reading("reminders: {critical: x}")


def test_what_can_never_do_anything_is_told_and_taken(reading: Reading) -> None:
    warnings = reading(
        """
        sources: [{name: prod}, {name: test}]
        routes:
          - {channel: a, source: "PR*", continue: true}
          - {channel: b, source: live}
          - channel: c
          - {channel: d, cluster: pay}
        """
    ).warnings
    never_reached, not_there = warnings
    assert never_reached == (
        "entry 3 of routes (settings.yaml, line 6) takes every alert, so the routes after it get none:"
        " move it to the end, or add continue: true."
    )
    assert not_there == "source (settings.yaml, line 5) is none of the sources: prod, test."
