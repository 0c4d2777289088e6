"""The test alert: what an alert will look like, marked so that nobody takes it for one."""

from datetime import UTC, datetime, timedelta, tzinfo

from bot.domain.evidence import StatusBroken
from bot.domain.incident import Incident, IncidentNumber, Lifecycle, Subject
from bot.domain.notification import IncidentContent
from bot.domain.problem import Problem, Severity
from bot.domain.routing import Selector
from bot.domain.task import ClusterId, SourceName
from bot.views.blocks import Message, context, message, sections
from bot.views.incident_card import incident_message
from bot.views.trouble import headline
from bot.views.wording import clean

COMMAND = "logbackup-bot check --send-test-alert"
_ERROR = "device out of space (an example of what OCP may say)"
_LASTED = timedelta(minutes=26)
_DELAY = timedelta(minutes=27)


def rehearsal_message(source: SourceName, *, now: datetime, zone: tzinfo = UTC) -> Message:
    """Show a made-up incident as an alert shows a real one, without buttons: there is nothing behind it."""
    incident = Incident(
        number=IncidentNumber(0),
        subject=Subject(
            key="task:example",
            source=source,
            cluster=ClusterId(0),
            cluster_label="example",
            tenant="1002",
            tenant_label="orders",
            destination="file:///backup/example",
        ),
        lifecycle=Lifecycle.FIRING,
        problem=Problem.FAILED,
        severity=Severity.CRITICAL,
        because=StatusBroken("FAILED", _ERROR),
        since=now - _LASTED,
        opened_at=now - _LASTED,
        changed_at=now - _LASTED,
        worst_severity=Severity.CRITICAL,
        delay=_DELAY,
        worst_delay=_DELAY,
    )
    shown = incident_message(IncidentContent(incident, now, status="FAILED", error=_ERROR), zone)
    blocks = [
        *sections(["*This is a test: nothing is wrong.* An alert looks like what stands between the lines."]),
        {"type": "divider"},
        *(block for block in shown.blocks if block["type"] != "actions"),
        {"type": "divider"},
        context(f"End of the test. Somebody ran `{COMMAND}`; cluster and incident are made up."),
    ]
    return message(f"Test alert, nothing is wrong. An alert looks like this: {headline(incident)}", blocks)


def selected(selector: Selector) -> str:
    """Say which incidents a selector means, for people: ``cluster pay-*, problem failed``."""
    scope = selector.scope
    named = (("source", scope.source), ("cluster", scope.cluster), ("tenant", scope.tenant))
    parts = [f"{what} {clean(value)}" for what, value in named if value is not None]
    if selector.problems:
        parts.append(f"problem {' or '.join(selector.problems)}")
    if selector.severities:
        parts.append(f"severity {' or '.join(severity.word for severity in selector.severities)}")
    return ", ".join(parts) or "everything"
