"""Where people are led beyond Slack: the cluster in OCP, and a team's own pages on what to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.incident import Incident
from bot.domain.link import Link, ocp_link
from bot.domain.runbook import Runbook
from bot.domain.runbook import links as pages_of
from bot.views.blocks import escape, literal
from bot.views.wording import clean

_WEB = re.compile(r"https?://[^\s<>|]+")
_LABEL = 60


@dataclass(frozen=True, slots=True)
class Links:
    """``ocp`` has a link for each source that has one; ``runbooks`` are the team's pages, in their order."""

    ocp: Mapping[str, Link] = field(default_factory=dict)
    runbooks: tuple[Runbook, ...] = ()


NO_LINKS = Links()


def ocp_address(links: Links, incident: Incident) -> str | None:
    """Give the address of what an incident is about in OCP; None where there is none that is safe."""
    address = ocp_link(links.ocp, incident.subject)
    return address if address is not None and _WEB.fullmatch(address) else None


def api_address(links: Links, incident: Incident) -> str:
    """Give the address at which OCP itself answers; empty where there is none that is safe."""
    link = links.ocp.get(incident.subject.source)
    address = (link.otherwise if link is not None else None) or ""
    return address.rstrip("/") if _WEB.fullmatch(address) else ""


def runbook_lines(links: Links, incident: Incident) -> list[str]:
    """Name the team's pages that help with an incident, in one line of markup."""
    found = [
        link_markup(address, label)
        for label, address in pages_of(links.runbooks, incident)
        if _WEB.fullmatch(address)
    ]
    return [f"Your runbook: {' · '.join(found)}"] if found else []


def link_markup(address: str, label: str) -> str:
    """Make a link that says where it leads; the address is a safe one."""
    return f"<{escape(address)}|{literal(clean(label, _LABEL)).replace('|', '∣')}>"
