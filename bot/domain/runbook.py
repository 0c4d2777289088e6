"""A team's own pages on what to do, by what is seen."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.evidence import StatusBroken
from bot.domain.incident import Incident
from bot.domain.link import Link, places_of
from bot.domain.patterns import matches
from bot.domain.routing import Selector
from bot.domain.status import read_status

MOST_LINKS = 5
"""So many links fit beside one incident."""

_EVERY_INCIDENT = Selector()


@dataclass(frozen=True, slots=True)
class Runbook:
    """One page: what it is called, where it is, and for which incidents.

    ``statuses`` are OCP's words or ours; ``error`` is held against OCP's errorMsg; ``*`` stands for any
    letters, and None and empty narrow nothing.
    """

    label: str
    link: Link
    selector: Selector = _EVERY_INCIDENT
    statuses: tuple[str, ...] = ()
    error: str | None = None

    def fits(self, incident: Incident) -> bool:
        """Whether the page is about what is seen."""
        status, error = _seen(incident)
        return (
            self.selector.selects(incident)
            and (not self.statuses or any(_is(word, status) for word in self.statuses))
            and (self.error is None or (error is not None and matches(self.error, error)))
        )

    def address(self, incident: Incident) -> str | None:
        """Give where the page is, for this incident; None where the address cannot be filled in."""
        return self.link.filled({**places_of(incident.subject), "problem": incident.problem.value})


def _seen(incident: Incident) -> tuple[str | None, str | None]:
    """Give the status and the error that OCP last told, or that the incident rests on."""
    if incident.snapshot is not None:
        return incident.snapshot.status, incident.snapshot.error
    because = incident.because
    return (because.reported, because.error) if isinstance(because, StatusBroken) else (None, None)


def _is(word: str, reported: str | None) -> bool:
    if reported is None:
        return False
    return matches(word, reported) or matches(word, read_status(reported).meaning)


def links(runbooks: Iterable[Runbook], incident: Incident) -> tuple[tuple[str, str], ...]:
    """Give label and address of every page that helps with an incident, in the order of the settings."""
    found = ((one.label, one.address(incident)) for one in runbooks if one.fits(incident))
    return tuple((label, address) for label, address in found if address is not None)[:MOST_LINKS]
