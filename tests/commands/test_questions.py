"""What people ask in their own words is led to what answers it."""

from datetime import UTC, datetime

import pytest

from bot.commands import (
    Command,
    ListIncidents,
    ShowHelp,
    ShowIncident,
    ShowStatus,
    ShowThisIncident,
    parse,
)
from bot.domain.incident import IncidentNumber
from bot.domain.naming import Scope
from bot.errors import UserMistake

NOW = datetime(2026, 3, 14, 3, 0, tzinfo=UTC)
NAMES = {"pay", "shop", "pay/orders", "what", "status"}
PAY = Scope(name="pay")


def asked(text: str, *, in_thread: bool = False) -> Command:
    return parse(text, now=NOW, zone=UTC, is_name=NAMES.__contains__, in_thread=in_thread)


def mistake(text: str) -> UserMistake:
    with pytest.raises(UserMistake) as caught:
        asked(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("what is broken?", ListIncidents()),
        ("what is broken", ListIncidents()),
        ("What’s wrong?", ListIncidents()),
        ("<@U0BOT> whats going on", ListIncidents()),
        ("is anything down?", ListIncidents()),
        ("anything broken?", ListIncidents()),
        ("any open incidents?", ListIncidents()),
        ("what happened", ListIncidents()),
        ("show me what is broken", ListIncidents()),
        ("who has it?", ListIncidents()),
        ("who is on it", ListIncidents()),
        ("broken?", ListIncidents()),
        ("what is wrong with pay?", ListIncidents(PAY)),
        ("is pay/orders stuck?", ListIncidents(Scope(name="pay/orders"))),
        ("is everything ok?", ShowStatus()),
        ("everything ok", ShowStatus()),
        ("how is it going", ListIncidents()),
        ("how are things?", ShowStatus()),
        ("are we ok", ShowStatus()),
        ("what now", ShowStatus()),
        ("all good?", ShowStatus()),
        ("is pay ok?", ShowStatus(PAY)),
        ("how about pay", ShowStatus(PAY)),
        ("pay ok?", ShowStatus(PAY)),
        ("are pay and shop ok?", ShowStatus()),
        ("status?", ShowStatus()),
        ("who has 42?", ShowIncident(IncidentNumber(42))),
        ("what about incident 42", ShowIncident(IncidentNumber(42))),
        ("is #42 over", ShowIncident(IncidentNumber(42))),
        ("any errors in the last 2 hours?", ListIncidents()),
        ("what can i say?", ShowHelp()),
        ("what", ShowStatus(Scope(name="what"))),
    ],
)
def test_a_question_is_answered(text: str, command: Command) -> None:
    assert asked(text) == command


@pytest.mark.parametrize("text", ["who has it?", "what happened", "is it over?", "what is broken"])
def test_in_a_thread_it_is_about_what_the_thread_is_about(text: str) -> None:
    assert asked(text, in_thread=True) == ShowThisIncident()


def test_what_is_named_counts_in_a_thread_too() -> None:
    assert asked("is pay broken?", in_thread=True) == ListIncidents(PAY)


@pytest.mark.parametrize(
    ("text", "sentence", "suggestions"),
    [
        (
            "why me",
            'I have no answer to "why me". One of these may help.',
            ("incidents", "status", "help"),
        ),
        ("show me the chart of pay", "Did you mean chart?", ("chart pay", "help chart")),
        ("tasks?", "Did you mean tasks?", ("tasks", "help tasks")),
        ("stauts?", '"stauts?" is no verb. Did you mean status?', ("status", "help status")),
    ],
)
def test_what_nothing_answers_is_said_with_what_may_help(
    text: str, sentence: str, suggestions: tuple[str, ...]
) -> None:
    found = mistake(text)
    assert (found.sentence, found.suggestions) == (sentence, suggestions)


@pytest.mark.parametrize("text", ['what is "broken"', "what cluster:pay"])
def test_what_has_a_filter_or_a_quotation_is_no_question(text: str) -> None:
    assert not isinstance(_read(text), ListIncidents)


def _read(text: str) -> Command | str:
    try:
        return asked(text)
    except UserMistake as found:
        return found.sentence
