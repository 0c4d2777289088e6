"""The table of verbs: help is made of it, and nothing in it is for show."""

from zoneinfo import ZoneInfo

import pytest

from bot.commands import (
    BY_NAME,
    FILTERS,
    THIS_ONE,
    VERBS,
    Acknowledge,
    AddNote,
    AssignDialog,
    Door,
    NoteDialog,
    ShowChart,
    ShowHelp,
    ShowTask,
    ShowThisIncident,
    SilenceDialog,
    Target,
    parse,
    to_text,
)
from bot.commands.forms import Doing
from bot.domain.incident import IncidentNumber
from bot.domain.naming import EVERYTHING
from bot.domain.permission import Permission
from tests.commands.every_command import NOW

PUBLIC = (
    "status tasks task chart history incidents incident ack unack assign note resolve silence silences "
    "unsilence extend subscribe unsubscribe subscriptions timeline report digest health help normal"
)


def read(text: str, *, in_thread: bool = False) -> object:
    return parse(text, now=NOW, zone=ZoneInfo("Europe/Berlin"), in_thread=in_thread)


def test_every_verb_that_was_promised_is_there_and_none_is_listed_twice() -> None:
    assert sorted(verb.name for verb in VERBS) == sorted(PUBLIC.split())


def test_every_example_works_inside_a_thread_and_outside() -> None:
    """The help shows nothing that does not work."""
    for verb in VERBS:
        assert verb.examples
        for example in verb.examples:
            for in_thread in (False, True):
                command = read(example.text, in_thread=in_thread)
                assert type(command) in (verb.form, *verb.other_forms)


def test_every_verb_can_be_said_and_pressed_and_only_two_are_for_a_shell() -> None:
    for verb in VERBS:
        assert {Door.SLASH, Door.MENTION, Door.DIRECT, Door.BUTTON} <= verb.doors
    assert [verb.name for verb in VERBS if Door.TERMINAL in verb.doors] == ["status", "tasks"]
    assert {verb.name for verb in VERBS if Door.SHORTCUT in verb.doors} == {
        "ack",
        "assign",
        "note",
        "silence",
    }


def test_what_changes_something_needs_more_than_to_read() -> None:
    for verb in VERBS:
        assert verb.changes == (verb.form in Doing.__args__)
        assert verb.changes == (verb.needs is not Permission.READ)
    assert BY_NAME["ack"].needs is Permission.ACKNOWLEDGE
    assert BY_NAME["extend"].needs is Permission.SILENCE
    assert BY_NAME["normal"].needs is BY_NAME["subscribe"].needs is Permission.CONFIGURE


def test_a_filter_that_a_verb_knows_is_explained() -> None:
    for verb in VERBS:
        assert set(verb.filters) <= FILTERS.keys()


@pytest.mark.parametrize(
    ("synonym", "name"),
    [
        ("acknowledge", "ack"),
        ("Unacknowledge", "unack"),
        ("comment", "note"),
        ("mute", "silence"),
        ("snooze", "silence"),
        ("unmute", "unsilence"),
    ],
)
def test_a_synonym_is_understood_and_explained_under_the_verbs_own_name(synonym: str, name: str) -> None:
    assert read(f"help {synonym}") == ShowHelp(name)
    assert type(read(f"{synonym} 7")) is type(read(f"{name} 7"))


def test_a_thread_says_what_is_meant() -> None:
    assert read("incident", in_thread=True) == ShowThisIncident()
    assert read("task", in_thread=True) == ShowTask(EVERYTHING)
    assert read("ack", in_thread=True) == Acknowledge(THIS_ONE)
    assert THIS_ONE.is_this_one
    assert not Target(IncidentNumber(1)).is_this_one


def test_what_buttons_of_an_incident_say_fits_an_option_of_a_menu() -> None:
    """Slack allows 150 characters there."""
    target = Target(IncidentNumber(9_999_999))
    for command in (Acknowledge(target), SilenceDialog(target), AssignDialog(target), NoteDialog(target)):
        assert len(to_text(command)) <= 30
    assert len(to_text(ShowChart(target))) <= 30


def test_the_longest_note_fits_a_button() -> None:
    """Slack allows 2,000 characters; what is written with more than that is refused when it is said."""
    assert len(to_text(AddNote(THIS_ONE, "disk 3, " * 62))) <= 600
