"""What still burns, as a reply in the thread: for everybody, for whoever has it, or for somebody further."""

from datetime import UTC, timedelta, tzinfo

from bot.domain.handling import Handling
from bot.domain.incident import Incident
from bot.domain.notification import GreetingContent, GroupContent, IncidentContent, Reason, ReminderContent
from bot.domain.problem import Problem
from bot.views.blocks import Message, literal, message, sections
from bot.views.greeting import worst_first
from bot.views.group_card import member_lines
from bot.views.group_words import broken
from bot.views.handled import holder
from bot.views.incident_card import delay_lines
from bot.views.mentions import pinged
from bot.views.trouble import MARKS, group_mark, incident_mark, problem_words, severity_mark, what, whom
from bot.views.wording import count, duration
