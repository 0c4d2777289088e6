"""Whatever is owed to a channel, as a message."""

import json
from datetime import UTC, tzinfo
from typing import assert_never

from bot.domain.notification import (
    ActContent,
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
    ReminderContent,
    SilenceContent,
)
from bot.views.act_reply import act_message
from bot.views.blocks import Message
from bot.views.change_reply import change_message
from bot.views.greeting import greeting_message
from bot.views.group_card import group_message
from bot.views.group_reply import changes_message, group_change_message
from bot.views.incident_card import incident_message
from bot.views.links import NO_LINKS, Links
from bot.views.meanwhile import meanwhile_message
from bot.views.mentions import calling
from bot.views.reminder import reminder_message
from bot.views.silence_notice import silence_notice


def announcement(notification: Notification, zone: tzinfo = UTC, *, links: Links = NO_LINKS) -> Message:
    """Render a notification from its own content alone, and call whom it mentions.

    ``zone`` serves where Slack cannot show times; ``links`` lead to OCP and to the team's own pages.
    """
    return calling(content_message(notification.content, zone, links), notification.mentions)


def content_message(  # noqa: C901, PLR0911 - one case for each kind of content
    content: Content, zone: tzinfo, links: Links
) -> Message:
    """Render a content."""
    match content:
        case IncidentContent():
            return incident_message(content, zone, links=links)
        case ChangeContent():
            return change_message(content, zone)
        case GreetingContent():
            return greeting_message(content, zone)
        case GroupContent():
            return group_message(content, zone, links=links)
        case GroupChangeContent():
            return group_change_message(content, zone)
        case ChangesContent():
            return changes_message(content, zone)
        case ReminderContent():
            return reminder_message(content, zone)
        case ActContent():
            return act_message(content, zone)
        case SilenceContent():
            return silence_notice(content, zone)
        case MeanwhileContent():
            return meanwhile_message(content, zone)
        case ReadyContent():
            return Message(content.text, tuple(json.loads(content.blocks)))
    assert_never(content)
