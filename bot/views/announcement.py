"""Whatever is owed to a channel, as a message."""

from datetime import UTC, tzinfo
from typing import assert_never

from bot.domain.notification import ChangeContent, GreetingContent, IncidentContent, Notification
from bot.views.blocks import Message
from bot.views.change_reply import change_message
from bot.views.greeting import greeting_message
from bot.views.incident_card import incident_message


def announcement(notification: Notification, zone: tzinfo = UTC) -> Message:
    """Render a notification from its own content alone; ``zone`` serves where Slack cannot show times."""
    match notification.content:
        case IncidentContent() as content:
            return incident_message(content, zone)
        case ChangeContent() as content:
            return change_message(content, zone)
        case GreetingContent() as content:
            return greeting_message(content, zone)
    assert_never(notification.content)
