"""Addresses that people are led to: templates of the settings, filled with what an incident is about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from bot.domain.incident import Subject

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Link:
    """An address with places such as ``{cluster}`` in it, and the one for where they cannot be filled."""

    template: str
    otherwise: str | None = None

    def filled(self, values: Mapping[str, str | None]) -> str | None:
        """Fill the places, so that no value can be anything but one part of the address.

        ``otherwise`` where a place has nothing to hold (a task of the whole cluster has no tenant), or where
        the address becomes too long to be one.
        """
        wanted = PLACEHOLDER.findall(self.template)
        if not all(values.get(name) for name in wanted):
            return self.otherwise
        address = PLACEHOLDER.sub(lambda found: quote(values[found[1]] or "", safe=""), self.template)
        return address if len(address) <= _LONGEST else self.otherwise


def places_of(subject: Subject) -> Mapping[str, str | None]:
    """Give what a link may hold: ``source``, ``cluster``, ``id`` and ``tenant``."""
    number = None if subject.cluster is None else str(subject.cluster)
    return {
        "source": subject.source,
        "cluster": subject.cluster_label or number,
        "id": number,
        "tenant": subject.tenant_label or subject.tenant,
    }


def ocp_link(links: Mapping[str, Link], subject: Subject) -> str | None:
    """Give the address of what an incident is about in OCP; ``links`` has a link for each source."""
    link = links.get(subject.source)
    return None if link is None else link.filled(places_of(subject))
