"""Which of two owed notifications goes first."""

from typing import assert_never

from bot.domain.notification import (
    Action,
    ChangeContent,
    Content,
    GreetingContent,
    IncidentContent,
    Notification,
    Reason,
)
from bot.domain.problem import Severity

_RANK = {Action.POST: 0, Action.REPLY: 1, Action.EDIT: 2}
_ONLY_FIGURES = 3
_STEP = 10


def severity_of(content: Content) -> Severity:
    """Tell how severe it is what a notification speaks of."""
    match content:
        case IncidentContent():
            return content.incident.severity
        case ChangeContent():
            return content.after.severity
        case GreetingContent():
            return max((one.severity for one in content.incidents), default=Severity.WARNING)
        case _:
            assert_never(content)


def urgency(notification: Notification) -> int:
    """Rank a notification: new messages before replies before edits, the more severe first.

    An edit whose figures have only moved on goes after one that tells a change.
    """
    rank = _ONLY_FIGURES if notification.reason is Reason.MOVED_ON else _RANK[notification.action]
    return rank * _STEP - severity_of(notification.content)
