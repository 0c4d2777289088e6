"""What is known of every source, cluster and task at this moment: the read model that answers are made of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from bot.domain.evidence import Evidence, StatusBroken
from bot.domain.finding import Assessment, Finding, Verdict
from bot.domain.incident import Incident
from bot.domain.instants import shifted
from bot.domain.problem import Problem, Severity
from bot.domain.ranking import Ranked, ranked
from bot.domain.reading import PollFailure
from bot.domain.standing import NEEDING, Standing, standing_of
from bot.domain.status import Meaning
from bot.domain.task import Cluster, SourceName, Task

_QUIET = {Meaning.PAUSED, Meaning.STOPPED, Meaning.STARTING, Meaning.STOPPING}
_ORDER = {standing: rank for rank, standing in enumerate(Standing)}


@dataclass(frozen=True)
class TaskNow:
    """A task as its last reading showed it, with what the rules and the incidents say of it.

    ``at`` is the reading's moment in OCP's clock, ``offset`` how far our clock is ahead of OCP's.
    ``incident`` is its open incident. ``listed`` is False where OCP no longer lists it: the task is then
    as it was last seen at ``at``. ``loss`` is one that is over and has lost log for good.
    """

    task: Task
    cluster: Cluster
    at: datetime
    offset: timedelta = timedelta(0)
    assessment: Assessment | None = None
    incident: Incident | None = None
    listed: bool = True
    loss: Incident | None = None

    @property
    def source(self) -> SourceName:
        """The source it was read from."""
        return self.task.key.source

    @property
    def cluster_label(self) -> str:
        """The cluster's name, else OCP's id of it."""
        return self.cluster.name or self.task.cluster_label

    @property
    def tenant_label(self) -> str | None:
        """The tenant's name, else its id; None for a task of the whole cluster."""
        return self.task.tenant_label

    @property
    def name(self) -> str:
        """``cluster/tenant``, or the cluster alone."""
        tenant = self.tenant_label
        return self.cluster_label if tenant is None else f"{self.cluster_label}/{tenant}"

    @cached_property
    def delay(self) -> timedelta | None:
        """How far it was behind when it was read."""
        return self.task.behind(self.at)

    @property
    def checkpoint(self) -> datetime | None:
        """The checkpoint, put into our clock."""
        return self.ours(self.task.checkpoint)

    def _opening(self) -> tuple[Finding, ...]:
        """Give what the rules find that would open an incident; they need not be asked about a broken one."""
        if self.assessment is None:
            status = self.task.status
            if status.meaning is not Meaning.BROKEN:
                return ()
            evidence = StatusBroken(status.reported, self.task.error)
            return (Finding(Problem.FAILED, Severity.CRITICAL, self.at, evidence),)
        if self.assessment.verdict is not Verdict.HOLDS:
            return ()
        return tuple(finding for finding in self.assessment.findings if finding.opens)

    @property
    def severity(self) -> Severity | None:
        """How bad it is: its incident's severity, else what the rules say; None where nothing is wrong."""
        if self.incident is not None:
            return self.incident.severity
        return max((finding.severity for finding in self._opening()), default=None)

    @property
    def problem(self) -> Problem | None:
        """The gravest present problem."""
        if self.incident is not None:
            return self.incident.problem
        return next((finding.problem for finding in self._opening()), None)

    @property
    def because(self) -> Evidence | None:
        """What its problem rests on; instants in OCP's clock."""
        if self.incident is not None:
            return self.incident.because
        return next((finding.evidence for finding in self._opening()), None)

    @property
    def since(self) -> datetime | None:
        """When its trouble began, in our clock; None where only its present status tells."""
        if self.incident is not None:
            return self.incident.since
        if self.assessment is None:
            return None
        return self.ours(next((finding.since for finding in self._opening()), None))

    @property
    def is_recovering(self) -> bool:
        """Whether it is well again while its incident waits out the closing hold."""
        return self.incident is not None and self.incident.good_polls > 0

    @cached_property
    def standing(self) -> Standing:
        """How it stands, in one word: as its incident does, where it has one; never well with a loss."""
        known = self._standing()
        return known if self.loss is None or known in NEEDING else Standing.WARNING

    def _standing(self) -> Standing:
        if self.incident is not None:
            return standing_of(self.incident)
        severity = self.severity
        if severity is not None:
            return Standing.CRITICAL if severity is Severity.CRITICAL else Standing.WARNING
        if self.task.status.meaning is Meaning.UNKNOWN or not self.listed:
            return Standing.UNKNOWN
        if self.task.status.meaning in _QUIET:
            return Standing.QUIET
        return Standing.WELL

    @property
    def needs_somebody(self) -> bool:
        """Whether something is wrong with it."""
        return self.standing in NEEDING

    @cached_property
    def worst_first(self) -> tuple[bool, int, int, float, str, str]:
        """The key that sorts tasks from the worst: what burns and has lost log, then as they stand."""
        problem = self.problem if self.needs_somebody else None
        incident, extent = self.incident, self.delay or timedelta(0)
        has_lost = incident is not None and incident.gap is not None and not incident.good_polls
        return (
            not has_lost,
            _ORDER[self.standing],
            0 if problem is None else -problem.gravity,
            -(extent if incident is None else incident.extent(extent)).total_seconds(),
            self.name.casefold(),
            self.task.key.destination or "",
        )

    def ours(self, instant: datetime | None) -> datetime | None:
        """Put an instant of OCP's clock into ours."""
        return None if instant is None else shifted(instant, self.offset)


@dataclass(frozen=True)
class ClusterNow:
    """A cluster, its tasks, when it was last read (our clock), and why not if the last poll failed.

    ``incident`` is the open incident about the cluster itself. ``complete`` is False where its list
    could not be walked to the end; ``skipped`` counts rows that could not be understood. ``ocp_limit`` is
    the delay at which OCP's own alarm fires.
    """

    cluster: Cluster
    tasks: tuple[TaskNow, ...] = ()
    read_at: datetime | None = None
    failure: PollFailure | None = None
    incident: Incident | None = None
    complete: bool = True
    skipped: int = 0
    ocp_limit: timedelta | None = None

    @property
    def source(self) -> SourceName:
        """The source it belongs to."""
        return self.cluster.source

    @cached_property
    def label(self) -> str:
        """Its name, else the one that its tasks give it, else OCP's id."""
        named = (task.cluster_label for task in self.tasks)
        return self.cluster.name or next(named, self.cluster.label)

    @cached_property
    def in_need(self) -> tuple[TaskNow, ...]:
        """Its tasks that need somebody, the worst first."""
        return tuple(worst_first(task for task in self.tasks if task.needs_somebody))

    @cached_property
    def with_loss(self) -> tuple[TaskNow, ...]:
        """Its tasks with a loss."""
        return tuple(task for task in self.in_need if task.loss is not None)

    @cached_property
    def needs_somebody(self) -> bool:
        """Whether something is wrong with the cluster itself."""
        return self.incident is not None and standing_of(self.incident) in NEEDING

    @cached_property
    def standing(self) -> Standing:
        """The worst of its own standing and its tasks'."""
        standings = [task.standing for task in self.tasks]
        if self.incident is not None:
            standings.append(standing_of(self.incident))
        if self.failure is not None or not self.tasks:
            standings.append(Standing.UNKNOWN)
        return min(standings, key=_ORDER.__getitem__)

    @cached_property
    def worst_delay(self) -> timedelta | None:
        """The longest delay of its tasks."""
        return max((task.delay for task in self.tasks if task.delay is not None), default=None)

    @cached_property
    def worst_first(self) -> tuple[int, bool, int, float, str, str]:
        """The key that sorts clusters from the worst, by the worst of those tasks that need somebody."""
        worst = self.in_need[0].worst_first if self.in_need else None
        delay = (self.worst_delay or timedelta(0)).total_seconds()
        return (
            _ORDER[self.standing],
            worst is None or worst[0],
            0 if worst is None else worst[2],
            -delay if worst is None else worst[3],
            self.label.casefold(),
            self.source,
        )


@dataclass(frozen=True)
class SourceNow:
    """One OCP: how often it is read, when it last was (our clock) and how long that took.

    ``failure`` is set while the last poll of it failed; ``offset`` is how far our clock is ahead of its.
    """

    name: SourceName
    interval: timedelta
    clusters: tuple[ClusterNow, ...] = ()
    read_at: datetime | None = None
    duration: timedelta | None = None
    offset: timedelta | None = None
    failure: PollFailure | None = None
    incident: Incident | None = None


@dataclass(frozen=True)
class FleetSnapshot:
    """Everything watched now; ``incidents`` are the open ones, ``sorted_tasks`` all tasks, if sorted."""

    sources: tuple[SourceNow, ...]
    incidents: tuple[Incident, ...] = ()
    sorted_tasks: Ranked[TaskNow] | None = field(default=None, compare=False, repr=False)

    @cached_property
    def clusters(self) -> tuple[ClusterNow, ...]:
        """All clusters, as the sources list them."""
        return tuple(cluster for source in self.sources for cluster in source.clusters)

    @cached_property
    def tasks(self) -> tuple[TaskNow, ...]:
        """All tasks, as the sources list them."""
        return tuple(task for cluster in self.clusters for task in cluster.tasks)

    @cached_property
    def ranked(self) -> Ranked[TaskNow]:
        """All tasks from the worst, with how far they are behind."""
        return ranked(worst_first(self.tasks)) if self.sorted_tasks is None else self.sorted_tasks

    @property
    def worst_first(self) -> tuple[TaskNow, ...]:
        """All tasks from the worst."""
        return self.ranked.tasks

    @cached_property
    def several(self) -> bool:
        """Whether there is more than one source, so that names need it said."""
        return len(self.sources) > 1

    def full_name(self, task: TaskNow) -> str:
        """Name a task, with its source where there are several."""
        return f"{task.source}/{task.name}" if self.several else task.name

    @cached_property
    def unread_sources(self) -> frozenset[SourceName]:
        """The sources whose last poll failed."""
        return frozenset(source.name for source in self.sources if source.failure is not None)


def worst_first(tasks: Iterable[TaskNow]) -> list[TaskNow]:
    """Sort tasks from the worst."""
    return sorted(tasks, key=lambda task: task.worst_first)
