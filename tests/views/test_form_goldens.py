"""Dialogs, held to golden files and to Slack's limits, and what is read back out of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.commands import (
    AddNote,
    Assign,
    AssignDialog,
    Command,
    EndsAt,
    EndsWhenResolved,
    ExtendSilence,
    Nobody,
    NoteDialog,
    Silence,
    SilenceDialog,
    SilenceFilter,
    Someone,
    Target,
    to_text,
)
from bot.domain.grouping import Cause
from bot.domain.handling import UserId
from bot.domain.incident import Incident, IncidentNumber, task_subject
from bot.domain.naming import Scope
from bot.domain.problem import Problem
from bot.domain.silence import SilenceNumber
from bot.views.filled import filled_command
from bot.views.forms import (
    ADD_NOTE,
    ASSIGN,
    EXTEND,
    LENGTH,
    NOTE,
    OWN_LENGTH,
    PERSON,
    REASON,
    SILENCE,
    WHAT,
    Form,
    Mistaken,
)
from bot.views.handling_forms import assign_form, note_form
from bot.views.silence_forms import extend_form, group_choices, incident_choices, scope_choice, silence_form
from tests.views.handled_samples import MANY, SOURCE_DOWN, STALLED, a_group
from tests.views.view_goldens import assert_golden_form
from tests.views.view_samples import NOW, SHANGHAI

THIS = Target(IncidentNumber(100))
STILL_OPEN = (*MANY, samples.ORDERS_FAILED)
PAY_ONLY = SilenceDialog(Target(scope=Scope(cluster="pay")), SilenceFilter((Problem.LAGGING,), ()))


def long_named() -> Incident:
    """Give an incident whose tenant has so long a name that no option can hold it."""
    task = samples.a_task(samples.a_cluster("<!here>" * 20, 9), "<!channel>" * 30)
    return replace(STALLED, subject=task_subject(task))


FORMS: dict[str, Callable[[], Form]] = {
    "form_silence": lambda: silence_form(incident_choices(MANY[0], STILL_OPEN)),
    "form_silence_of_a_cluster": lambda: silence_form(
        incident_choices(samples.odd_clusters().incidents[0], STILL_OPEN)
    ),
    "form_silence_of_a_source": lambda: silence_form(incident_choices(SOURCE_DOWN, STILL_OPEN)),
    "form_silence_of_a_group": lambda: silence_form(
        group_choices(handled.STORAGE, handled.MEMBERS, 12, STILL_OPEN)
    ),
    "form_silence_of_a_group_by_cluster": lambda: silence_form(
        group_choices(a_group(Cause.CLUSTER, "1000006"), handled.MEMBERS, 12, STILL_OPEN)
    ),
    "form_silence_of_a_name": lambda: silence_form([scope_choice(PAY_ONLY, (samples.LEDGER_BEHIND,))]),
    "form_silence_of_everything": lambda: silence_form(
        [scope_choice(SilenceDialog(Target(scope=Scope(name="*"))), STILL_OPEN)]
    ),
    "form_silence_of_nothing": lambda: silence_form(
        [scope_choice(SilenceDialog(Target(scope=Scope(source="prod", tenant="x"))), ())]
    ),
    "form_silence_of_very_long_names": lambda: silence_form(incident_choices(long_named(), STILL_OPEN)),
    "form_extend": lambda: extend_form(handled.QUIET, SHANGHAI),
    "form_assign": lambda: assign_form(
        AssignDialog(THIS), replace(STALLED, handling=handled.SEEN), UserId("U0ANA"), SHANGHAI
    ),
    "form_assign_of_a_group": lambda: assign_form(AssignDialog(THIS), handled.STORAGE, UserId("ana")),
    "form_note": lambda: note_form(NoteDialog(THIS), long_named()),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_dialog_looks_as_it_did(name: str) -> None:
    """What is muted is said before anybody presses the button."""
    assert_golden_form(name, FORMS[name]())


SILENCED = to_text(SilenceDialog(THIS))
EXTENDED = to_text(ExtendSilence(SilenceNumber(7), EndsWhenResolved()))
ASSIGNED, NOTED = to_text(AssignDialog(THIS)), to_text(NoteDialog(THIS))


def filled(callback: str, about: str, **values: str) -> Command | Mistaken:
    return filled_command(callback, about, values, now=NOW, zone=SHANGHAI)


def two_hours() -> EndsAt:
    return EndsAt(NOW + timedelta(hours=2))


@pytest.mark.parametrize(
    ("callback", "about", "values", "means"),
    [
        pytest.param(
            SILENCE,
            SILENCED,
            {LENGTH: "2h", REASON: "disk swap"},
            Silence(THIS, ends=two_hours(), reason="disk swap"),
            id="the length chosen",
        ),
        pytest.param(SILENCE, SILENCED, {}, Silence(THIS, ends=two_hours()), id="nothing filled in"),
        pytest.param(
            SILENCE,
            SILENCED,
            {LENGTH: "until resolved", WHAT: to_text(PAY_ONLY)},
            Silence(PAY_ONLY.target, PAY_ONLY.only, EndsWhenResolved()),
            id="something wider",
        ),
        pytest.param(
            SILENCE,
            SILENCED,
            {LENGTH: "2h", OWN_LENGTH: " until 18:00 "},
            Silence(THIS, ends=EndsAt(NOW.replace(hour=10))),
            id="own words count instead, in the person's zone",
        ),
        pytest.param(
            EXTEND, EXTENDED, {LENGTH: "2h"}, ExtendSilence(SilenceNumber(7), two_hours()), id="extended"
        ),
        pytest.param(ASSIGN, ASSIGNED, {PERSON: "U0BEN"}, Assign(THIS, Someone("U0BEN")), id="given"),
        pytest.param(ASSIGN, ASSIGNED, {PERSON: ""}, Assign(THIS, Nobody()), id="given to nobody"),
        pytest.param(ADD_NOTE, NOTED, {NOTE: " 2h <b> \n"}, AddNote(THIS, "2h <b>"), id="a note"),
    ],
)
def test_a_dialog_means_a_command(callback: str, about: str, values: dict[str, str], means: Command) -> None:
    assert filled(callback, about, **values) == means


@pytest.mark.parametrize(
    ("callback", "about", "values", "place"),
    [
        pytest.param(SILENCE, SILENCED, {OWN_LENGTH: "whenever"}, OWN_LENGTH, id="no time"),
        pytest.param(SILENCE, SILENCED, {OWN_LENGTH: "90 years"}, OWN_LENGTH, id="for ever"),
        pytest.param(SILENCE, SILENCED, {LENGTH: "soon"}, LENGTH, id="a length that is not offered"),
        pytest.param(SILENCE, SILENCED, {REASON: "x" * 501}, REASON, id="a reason without end"),
        pytest.param(SILENCE, SILENCED, {OWN_LENGTH: "\u200b"}, OWN_LENGTH, id="what cannot be seen"),
        pytest.param(SILENCE, "status", {}, WHAT, id="a silence about something else"),
        pytest.param(SILENCE, "silence until", {}, WHAT, id="a silence that nobody can read"),
        pytest.param(EXTEND, "status", {}, LENGTH, id="an extension of something else"),
        pytest.param(EXTEND, EXTENDED, {OWN_LENGTH: "7"}, OWN_LENGTH, id="an extension by nothing"),
        pytest.param(ASSIGN, "status", {}, PERSON, id="an assignment of something else"),
        pytest.param(ASSIGN, ASSIGNED, {PERSON: "<!here>"}, PERSON, id="nobody's id"),
        pytest.param(ADD_NOTE, "status", {}, NOTE, id="a note about something else"),
        pytest.param(ADD_NOTE, NOTED, {NOTE: " \u202e "}, NOTE, id="an empty note"),
        pytest.param(ADD_NOTE, NOTED, {NOTE: "x" * 501}, NOTE, id="a note without end"),
        pytest.param("other", NOTED, {}, NOTE, id="a dialog of somebody else"),
    ],
)
def test_a_mistake_in_a_dialog_is_told_at_its_input(
    callback: str, about: str, values: dict[str, str], place: str
) -> None:
    found = filled(callback, about, **values)
    assert isinstance(found, Mistaken)
    assert list(found.errors) == [place]
    assert found.errors[place].endswith((".", "!"))


@pytest.mark.parametrize("own", ["\x00", '"', "2h 3h", "until", "#7", "for ever", "a:b", "extend 2 2h"])
def test_no_words_in_a_dialog_break_it(own: str) -> None:
    found = filled(SILENCE, SILENCED, own_length=own, reason='"<!channel>\u0000"')
    assert isinstance(found, Mistaken | Silence)
