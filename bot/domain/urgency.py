"""Which of two owed notifications goes first."""

from collections.abc import Iterable
from typing import assert_never

from bot.domain.incident import Incident
from bot.domain.notification import (
    ActContent,
    Action,
    ChangeContent,
    ChangesContent,
    Content,
    GreetingContent,
    GroupChangeContent,
    GroupContent,
    IncidentContent,
    MeanwhileContent,
    Notification,
    ReadyContent,
    Reason,
    ReminderContent,
    SilenceContent,
)
from bot.domain.problem import Severity

_STEP = 10
_POST, _REPLY, _EDIT_BY_PERSON, _EDIT, _ONLY_FIGURES = range(5)


def urgency(notification: Notification) -> int:
    """Rank a notification; smaller goes first.

    New messages go before replies before edits, and in each the more severe first. Of the edits, what a
    person did goes before what changed by itself, and figures that have only moved on go last.
    """
    return _rank(notification) * _STEP - severity_of(notification.content)


def _rank(notification: Notification) -> int:
    match notification.action:
        case Action.POST:
            return _POST
        case Action.REPLY:
            return _REPLY
        case Action.EDIT if notification.by_person:
            return _EDIT_BY_PERSON
        case Action.EDIT if notification.reason is Reason.MOVED_ON:
            return _ONLY_FIGURES
        case Action.EDIT:
            return _EDIT
        case _:
            assert_never(notification.action)


def severity_of(content: Content) -> Severity:
    """Tell how severe it is what a notification speaks of; somebody waits for what a person did."""
    match content:
        case IncidentContent():
            severity = content.incident.severity
        case ChangeContent():
            severity = content.after.severity
        case ChangesContent():
            severity = _worst(change.after for change in content.changes)
        case GreetingContent():
            severity = _worst(content.incidents)
        case GroupContent() | GroupChangeContent():
            severity = content.group.severity
        case ReminderContent():
            severity = severity_of(content.about)
        case SilenceContent():
            severity = _worst(content.burning)
        case ActContent():
            severity = Severity.CRITICAL
        case MeanwhileContent() | ReadyContent():
            severity = Severity.WARNING
        case _:
            assert_never(content)
    return severity


def _worst(incidents: Iterable[Incident]) -> Severity:
    return max((one.severity for one in incidents), default=Severity.WARNING)
