"""Whatever is owed to a channel, as a message."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import assert_never

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
    ReminderContent,
    SilenceContent,
)
from bot.views.act_reply import act_message
from bot.views.blocks import MESSAGE_TEXT, Message, context, cut_markup
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
from bot.views.wording import slack_time

LATE = timedelta(minutes=5)
"""A reply that comes so long after it was owed names the moment that it speaks of."""


def announcement(
    notification: Notification, zone: tzinfo = UTC, *, links: Links = NO_LINKS, now: datetime | None = None
) -> Message:
    """Render a notification from its own content alone, and call whom it mentions.

    ``zone`` serves where Slack cannot show times; ``links`` lead to OCP and to the team's own pages. ``now``
    is when it is sent: a reply that was held up names its moment, a parent message has that anyway.
    """
    made = calling(content_message(notification.content, zone, links), notification.mentions)
    born = notification.created_at
    if now is None or notification.action is not Action.REPLY or now - born < LATE:
        return made
    moment = f"As of {slack_time(born, zone)}"
    small = context(f"{moment}: this message was held up on its way, lengths of time are of then.")
    return replace(
        made, text=cut_markup(f"{moment}: {made.text}", MESSAGE_TEXT), blocks=(small, *made.blocks)
    )


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
