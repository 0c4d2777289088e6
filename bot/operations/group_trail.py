"""What the trails of a group and of its members say of it."""

from datetime import datetime

from bot.domain.grouping import Group
from bot.domain.incident import Incident
from bot.domain.notification import Reason
from bot.operations.store_port import AuditEntry
from bot.views.group_words import likely


def grouped(group: Group, sentence: str, now: datetime) -> AuditEntry:
    """Note in a group's trail what it speaks for: how many, and what they are likely to share."""
    return _noted(group, Reason.GROUPED, f"{sentence} {likely(group.trait)}".rstrip(), now)


def more_joined(group: Group, number: int, now: datetime) -> AuditEntry:
    """Note in a group's trail that it speaks for more than those that broke together."""
    return _noted(group, Reason.GROUPED, f"{number:,} more broke and joined.", now)


def turned(group: Group, now: datetime) -> AuditEntry:
    """Note in a group's trail that it is over, or back."""
    if group.is_open:
        return _noted(group, Reason.CAME_BACK, "Some of its members are back.", now)
    return _noted(group, Reason.RECOVERED, "All of its members are over.", now)


def _noted(group: Group, what: Reason, sentence: str, now: datetime) -> AuditEntry:
    return AuditEntry(
        group.number,
        now,
        what.value,
        sentence,
        problem=group.problem,
        severity=group.severity,
        delay=group.worst_delay,
    )


def joined(incident: Incident, group: Group, now: datetime) -> AuditEntry:
    """Note in an incident's trail that a group speaks for it."""
    return AuditEntry(
        incident=incident.number,
        at=now,
        what=Reason.GROUPED.value,
        sentence=f"Part of group {group.number}. {likely(group.trait)}".rstrip(),
        problem=incident.problem,
        severity=incident.severity,
        delay=incident.delay,
    )
