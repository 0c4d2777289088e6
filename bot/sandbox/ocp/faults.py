"""The faults of a simulated OCP, switched on and off while it runs."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto


class Kind(Enum):
    """What goes wrong with an answer."""

    STATUS = auto()
    DISGUISED = auto()
    HTML = auto()
    TRUNCATED = auto()
    CUT_OFF = auto()
    EMPTY_LIST = auto()
    ENDLESS_LIST = auto()
    SILENCE = auto()
    RESET = auto()
    REDIRECT = auto()
    SLOW = auto()


LIST_KINDS = frozenset({Kind.EMPTY_LIST, Kind.ENDLESS_LIST})
"""Faults of a list of log backup tasks; all others may hit any answer."""


@dataclass(slots=True, eq=False)
class Fault:
    """One fault that is on.

    It hits requests whose path contains ``path``, that are about ``cluster`` and ask for ``page``; None
    means any. ``left`` is how many requests it still hits, None: until it is switched off. ``hits``
    counts those it hit.
    """

    kind: Kind
    left: int | None = None
    path: str | None = None
    cluster: int | None = None
    page: int | None = None
    status: int = 500
    code: str = "COM10500"
    message: str = "Unexpected error."
    retry_after: timedelta | None = None
    rate_limit_reset: timedelta | None = None
    location: str = ""
    span: timedelta = timedelta(0)
    fresh: bool = False
    hits: int = 0

    def fits(self, path: str, cluster: int | None, page: int | None) -> bool:
        """Whether the fault is for this request."""
        return (
            self.left != 0
            and (self.path is None or self.path in path)
            and (self.cluster is None or self.cluster == cluster)
            and (self.page is None or self.page == page)
        )

    def hit(self) -> None:
        """Count a request that was hit."""
        self.hits += 1
        if self.left is not None:
            self.left -= 1


@dataclass(frozen=True, slots=True)
class Where:
    """Which requests a fault hits, and how often: by default every one, until it is switched off."""

    times: int | None = None
    path: str | None = None
    cluster: int | None = None
    page: int | None = None


EVERYWHERE = Where()


class Faults:
    """Switches. Each returns the fault, which ``off`` switches off again; the latest fitting one wins.

    ``clock_skew`` is how far OCP and its clusters are ahead of the simulation's clock, all together;
    ``host_skew`` is how far OCP's own host is ahead of its clusters, so that every delay is off by it.
    """

    def __init__(self) -> None:
        self.clock_skew = timedelta(0)
        self.host_skew = timedelta(0)
        self._on: list[Fault] = []

    def status(
        self,
        status: int,
        where: Where = EVERYWHERE,
        *,
        code: str | None = None,
        message: str | None = None,
        retry_after: timedelta | None = None,
        rate_limit_reset: timedelta | None = None,
    ) -> Fault:
        """Answer with an error status. A 401 counts as a wrong login, as the real one does."""
        said = message or f"Simulated error {status}."
        fault = _fault(Kind.STATUS, where)
        fault.status, fault.code, fault.message = status, code or f"COM10{status}", said
        fault.retry_after, fault.rate_limit_reset = retry_after, rate_limit_reset
        return self._switch_on(fault)

    def disguised(self, where: Where = EVERYWHERE, *, status: int = 500) -> Fault:
        """Answer HTTP 200 whose body is an error envelope."""
        fault = _fault(Kind.DISGUISED, where)
        fault.status = status
        return self._switch_on(fault)

    def html(self, where: Where = EVERYWHERE, *, status: int = 200) -> Fault:
        """Answer with a page of HTML, as a proxy or a login page would."""
        fault = _fault(Kind.HTML, where)
        fault.status = status
        return self._switch_on(fault)

    def truncated(self, where: Where = EVERYWHERE) -> Fault:
        """Answer with the first half of the JSON, and say that this was all."""
        return self._switch_on(_fault(Kind.TRUNCATED, where))

    def cut_off(self, where: Where = EVERYWHERE) -> Fault:
        """Promise the whole body, send half of it and close the connection."""
        return self._switch_on(_fault(Kind.CUT_OFF, where))

    def empty_list(self, where: Where = EVERYWHERE) -> Fault:
        """Answer that a cluster has no log backup task."""
        return self._switch_on(_fault(Kind.EMPTY_LIST, where))

    def endless_list(self, where: Where = EVERYWHERE, *, fresh: bool = False) -> Fault:
        """Let the list always have one more page: the same rows again, or ``fresh`` ones."""
        fault = _fault(Kind.ENDLESS_LIST, where)
        fault.fresh = fresh
        return self._switch_on(fault)

    def silence(self, where: Where = EVERYWHERE) -> Fault:
        """Accept the request and never answer."""
        return self._switch_on(_fault(Kind.SILENCE, where))

    def reset(self, where: Where = EVERYWHERE) -> Fault:
        """Reset the connection instead of answering."""
        return self._switch_on(_fault(Kind.RESET, where))

    def redirect(self, location: str, where: Where = EVERYWHERE, *, status: int = 302) -> Fault:
        """Redirect to another place."""
        fault = _fault(Kind.REDIRECT, where)
        fault.location, fault.status = location, status
        return self._switch_on(fault)

    def slow(self, span: timedelta, where: Where = EVERYWHERE) -> Fault:
        """Wait for ``span`` of the simulation's time before each answer, beside any other fault."""
        fault = _fault(Kind.SLOW, where)
        fault.span = span
        return self._switch_on(fault)

    def off(self, fault: Fault) -> None:
        """Switch one fault off; it may be off already."""
        if fault in self._on:
            self._on.remove(fault)

    def clear(self) -> None:
        """Switch everything off and set the clocks right."""
        self._on.clear()
        self.clock_skew = self.host_skew = timedelta(0)

    @property
    def active(self) -> tuple[Fault, ...]:
        """The faults that are on and not used up."""
        return tuple(fault for fault in self._on if fault.left != 0)

    def due(self, kinds: frozenset[Kind], path: str, cluster: int | None, page: int | None) -> Fault | None:
        """Return the latest fault of these kinds that fits a request, and count it."""
        for fault in reversed(self._on):
            if fault.kind in kinds and fault.fits(path, cluster, page):
                fault.hit()
                return fault
        return None

    def _switch_on(self, fault: Fault) -> Fault:
        self._on.append(fault)
        return fault


def _fault(kind: Kind, where: Where) -> Fault:
    return Fault(kind, left=where.times, path=where.path, cluster=where.cluster, page=where.page)
