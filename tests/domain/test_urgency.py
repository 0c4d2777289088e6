"""Which of two owed notifications goes first."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.handling import Actor, UserId
from bot.domain.notification import (
    ActContent,
    Action,
    ChangeContent,
    ChangesContent,
    Channel,
    Content,
    Counts,
    GreetingContent,
    GroupChangeContent,
    GroupContent,
    IncidentContent,
    MeanwhileContent,
    MessageKey,
    Notification,
    OutboxId,
    Reason,
    ReminderContent,
    SilenceContent,
)
from bot.domain.problem import Severity
from bot.domain.silence import UNNUMBERED_SILENCE, Matcher, Silence
from bot.domain.task import SourceName
from bot.domain.urgency import severity_of, urgency
from tests.domain.test_coalescing import NOW, group, incident

CRITICAL, WARNING = Severity.CRITICAL, Severity.WARNING
WARNED, BROKEN = incident(severity=WARNING), incident(severity=CRITICAL)
GROUP = group().group
SILENCE = Silence(UNNUMBERED_SILENCE, Matcher(), NOW, None, NOW)


def change(severity: Severity) -> ChangeContent:
    return ChangeContent(BROKEN, incident(severity=severity), Reason.EASED, NOW)


def greeting(*severities: Severity) -> GreetingContent:
    incidents = tuple(incident(severity=severity) for severity in severities)
    return GreetingContent(SourceName("prod"), 1, 1, timedelta(seconds=30), incidents, NOW)


CONTENTS: dict[str, tuple[Content, Severity]] = {
    "an incident": (IncidentContent(WARNED, NOW), WARNING),
    "a change": (change(WARNING), WARNING),
    "changes, by the worst": (ChangesContent((change(WARNING), change(CRITICAL)), (), NOW), CRITICAL),
    "a greeting": (greeting(WARNING, CRITICAL), CRITICAL),
    "a greeting of what is well": (greeting(), WARNING),
    "a group": (GroupContent(GROUP, (WARNED,), Counts(), NOW), CRITICAL),
    "a change of a group": (GroupChangeContent(GROUP, (), Counts(), Reason.EASED, NOW), CRITICAL),
    "a reminder": (ReminderContent(IncidentContent(WARNED, NOW), Reason.STILL_FIRING, NOW), WARNING),
    "a silence that ends": (SilenceContent(SILENCE, Reason.SILENCE_ENDED, NOW, (WARNED, BROKEN)), CRITICAL),
    "a silence that begins": (SilenceContent(SILENCE, Reason.SILENCE_STARTED, NOW), WARNING),
    "what a person did": (ActContent(Reason.NOTED, Actor(UserId("U1"), "Ann"), NOW), CRITICAL),
    "what is over": (MeanwhileContent((BROKEN,), 1), WARNING),
}


@pytest.mark.parametrize(("content", "severity"), list(CONTENTS.values()), ids=list(CONTENTS))
def test_the_severity_is_that_of_what_is_told(content: Content, severity: Severity) -> None:
    assert severity_of(content) is severity


def owed(action: Action, severity: Severity, reason: Reason, *, by_person: bool = False) -> Notification:
    return Notification(
        id=OutboxId("n"),
        message=MessageKey("incident/1"),
        channel=Channel("C1"),
        action=action,
        reason=reason,
        content=IncidentContent(incident(severity=severity), NOW),
        created_at=datetime(2026, 3, 4, tzinfo=UTC),
        by_person=by_person,
    )


def test_new_alerts_go_before_replies_before_edits_and_in_each_the_critical_first() -> None:
    in_order = [
        owed(Action.POST, CRITICAL, Reason.FIRST_SEEN),
        owed(Action.POST, WARNING, Reason.FIRST_SEEN),
        owed(Action.REPLY, CRITICAL, Reason.NOT_ACKNOWLEDGED),
        owed(Action.REPLY, WARNING, Reason.EASED),
        owed(Action.EDIT, CRITICAL, Reason.ACKNOWLEDGED, by_person=True),
        owed(Action.EDIT, WARNING, Reason.MOVED_ON, by_person=True),
        owed(Action.EDIT, CRITICAL, Reason.GOT_WORSE),
        owed(Action.EDIT, WARNING, Reason.EASED),
        owed(Action.EDIT, CRITICAL, Reason.MOVED_ON),
        owed(Action.EDIT, WARNING, Reason.MOVED_ON),
    ]
    ranks = [urgency(one) for one in in_order]
    assert ranks == sorted(set(ranks))
