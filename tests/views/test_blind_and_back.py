"""What is said of an OCP that gives no answer, of one that answers again, and of what needs nobody."""

from dataclasses import replace
from datetime import UTC

import pytest

import tests.views.view_samples as samples
from bot.commands import ShowTask
from bot.domain.evidence import CatchingUp, NotWatched
from bot.domain.grouping import Cause
from bot.domain.incident import Incident
from bot.domain.naming import Scope
from bot.domain.notification import ChangeContent, Others, Reason
from bot.domain.problem import Problem
from bot.views.change_reply import change_message
from bot.views.incident_card import incident_message
from bot.views.others import others_lines
from bot.views.outcome import asks_nobody
from bot.views.task_detail import task_message
from bot.views.wording import slack_time
from tests.views.handled_samples import GAP, SOURCE_DOWN, STALLED, a_group, card, of_problem
from tests.views.view_samples import NOW, READ_AT, minutes

BACK = replace(SOURCE_DOWN, good_polls=1)
OVER = samples.resolved(SOURCE_DOWN)
FAILED = "🔴 *pay/orders* has failed, 26 min behind"
ONE, TWO = (Others(number, samples.ORDERS_FAILED) for number in (1, 2))


@pytest.mark.parametrize(
    ("incident", "others", "said"),
    [
        (SOURCE_DOWN, None, []),
        (SOURCE_DOWN, Others(), []),
        (SOURCE_DOWN, ONE, [f"When last read, 1 log backup there was in trouble: {FAILED}"]),
        (SOURCE_DOWN, TWO, [f"When last read, 2 log backups there were in trouble, the worst: {FAILED}"]),
        (BACK, Others(), ["Read again: no log backup there is in trouble."]),
        (BACK, ONE, [f"Read again: 1 log backup there is in trouble: {FAILED}"]),
        (OVER, TWO, [f"Read again: 2 log backups there are in trouble, the worst: {FAILED}"]),
        (replace(OVER, because=NotWatched()), TWO, []),
    ],
)
def test_what_else_burns_is_told_with_an_ocp(
    incident: Incident, others: Others | None, said: list[str]
) -> None:
    """Of one that nobody watches any more nothing was read again."""
    assert others_lines(incident, others) == said


def test_a_notification_of_no_answer_says_that_log_backup_is_not_watched() -> None:
    said = incident_message(card(SOURCE_DOWN)).text
    since = slack_time(SOURCE_DOWN.since)
    assert said.startswith(
        f"🔴 OCP prod gives no answer: nothing is known of log backup there since {since} ("
    )
    assert incident_message(card(BACK)).text.startswith("🟢 OCP prod answers again (")


@pytest.mark.parametrize(("others", "is_calm"), [(None, True), (Others(), True), (ONE, False)])
def test_nothing_to_do_is_said_only_where_nothing_is_in_trouble(others: Others | None, is_calm: bool) -> None:  # noqa: FBT001 - a parameter of the case
    said = str(incident_message(card(BACK, others=others)).blocks)
    assert ("There is nothing to do." in said) == is_calm


@pytest.mark.parametrize(
    ("incident", "calm"),
    [
        pytest.param(BACK, True, id="well again"),
        pytest.param(of_problem(Problem.LAGGING), True, id="catches up in a known time"),
        pytest.param(
            replace(of_problem(Problem.LAGGING), because=CatchingUp(minutes(12))),
            False,
            id="in an unknown time",
        ),
        pytest.param(replace(of_problem(Problem.LAGGING), gap=GAP), False, id="lost log"),
        pytest.param(STALLED, False, id="stopped"),
    ],
)
def test_what_needs_nobody_does_not_ask_to_be_taken(incident: Incident, calm: bool) -> None:  # noqa: FBT001 - a parameter of the case
    said = str(incident_message(card(incident)).blocks)
    assert asks_nobody(incident) == calm
    assert ("Nobody has taken it yet" not in said) == calm
    assert ("'style': 'primary'" not in said) == calm
    reply = change_message(ChangeContent(None, incident, Reason.CAME_BACK, READ_AT)).text
    assert ("Nobody has taken it yet." not in reply) == calm


def test_what_catches_up_and_has_lost_log_leaves_something_to_do() -> None:
    said = str(incident_message(card(replace(of_problem(Problem.LAGGING), gap=GAP))).blocks)
    assert "It catches up at about" in said
    assert "nothing to do" not in said


@pytest.mark.parametrize(
    ("incident", "cause", "said"),
    [
        pytest.param(STALLED, Cause.SOURCE, "the network and the storage that the clusters", id="shared"),
        pytest.param(STALLED, Cause.COINCIDENCE, "free space on file:///obbackup/, and", id="by chance"),
        pytest.param(
            STALLED, Cause.ERROR, "free space on file:///obbackup/, and", id="its error is not known"
        ),
        pytest.param(
            samples.ORDERS_FAILED, Cause.ERROR, "; all of them report this error", id="its error is known"
        ),
    ],
)
def test_a_member_of_a_group_says_where_to_look_and_of_which_group_it_is(
    incident: Incident, cause: Cause, said: str
) -> None:
    drawn = incident_message(card(incident, group=a_group(cause, "prod")), UTC)
    assert drawn.text.endswith(f"incident {incident.number} of group 50)")
    (line,) = [one for one in str(drawn.blocks).split("\\n") if "Look at: " in one]
    assert said in line
    recovering = incident_message(card(replace(incident, good_polls=1), group=a_group(cause, "prod")), UTC)
    assert "Look at: " not in str(recovering.blocks)


def test_what_has_stopped_does_not_read_as_running() -> None:
    assert "OCP still says RUNNING, no error message" in str(
        incident_message(card(STALLED, status="RUNNING")).blocks
    )
    well = replace(STALLED, good_polls=1)
    assert "'Status RUNNING" in str(incident_message(card(well, status="RUNNING")).blocks).replace('"', "'")
    fleet = samples.every_problem()
    said = task_message(ShowTask(Scope(name="lab/stalled")), fleet, now=NOW).text
    assert "OCP still reports RUNNING, though nothing is shipped." in said
    assert "it runs" not in said
