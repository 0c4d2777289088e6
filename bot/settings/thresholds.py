"""Which limits apply to which task: what the settings write, most specific last, over the defaults."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.patterns import matches
from bot.domain.thresholds import Thresholds, obeying_ocp
from bot.settings.spans import PositiveSpan, Span
from bot.settings.values import Count

PAIRS = ("lagging", "unknown", "stuck", "paused", "unreachable")
"""Limits that have a warning and a critical."""
_LITERAL = frozenset({"lagging_warning", "lagging_critical"})
_APPLIED = frozenset(field.name for field in fields(Thresholds))
_REMEMBERED = 1 << 17
"""The limits of so many tasks are remembered, where tasks have limits of their own."""

_Rank = tuple[int, tuple[int, int], tuple[int, int], int]
_ANY = (0, 0)


class TenantLimits(BaseModel):
    """The limits that one task can have to itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    lagging_warning: PositiveSpan | None = Field(
        default=None, description="The delay that warns. What is written is taken literally."
    )
    lagging_critical: PositiveSpan | None = Field(
        default=None, description="The delay that is critical. What is written is taken literally."
    )
    lagging_margin: Span | None = Field(
        default=None,
        description="What the default limits leave above the teeth that a task is known to have.",
    )
    unknown_warning: PositiveSpan | None = Field(
        default=None, description="The delay that warns before a task's rhythm is known."
    )
    unknown_critical: PositiveSpan | None = Field(
        default=None, description="The delay that is critical before a task's rhythm is known."
    )
    unknown_stall: PositiveSpan | None = Field(
        default=None,
        description="A standstill behind by more than this is a stall before a task's rhythm is known.",
    )
    limit_is_near: Span | None = Field(
        default=None, description="A stall or growth is critical when the limit is this near, or passed."
    )
    patience: Span | None = Field(
        default=None,
        description="A standstill of this length beyond the task's rhythm is not worth waking anyone.",
    )
    slowdown_cost: Span | None = Field(
        default=None, description="A slowdown that costs less delay than this is tolerated for slowdown_time."
    )
    slowdown_time: Span | None = Field(
        default=None, description="How long a slowdown that costs less than slowdown_cost is tolerated."
    )
    step: Span | None = Field(
        default=None, description="A step to a new level of less than this, which stays, is not announced."
    )
    stuck_warning: PositiveSpan | None = Field(
        default=None, description="Time in a transitional state that warns."
    )
    stuck_critical: PositiveSpan | None = Field(
        default=None, description="Time in a transitional state that is critical."
    )
    paused_warning: PositiveSpan | None = Field(
        default=None, description="Time suspended or stopped on purpose that warns."
    )
    paused_critical: PositiveSpan | None = Field(
        default=None, description="Time suspended or stopped on purpose that is critical."
    )
    missing_after_polls: Count | None = Field(
        default=None, description="Complete polls without a task before it is missing."
    )
    closing_polls: Count | None = Field(
        default=None, description="Good polls before an incident is resolved."
    )
    reopen_within: Span | None = Field(
        default=None, description="An incident that comes back within this time is the old one, reopened."
    )
    pending: Span | None = Field(
        default=None,
        description="How long a problem must last before its incident opens, on top of its own time.",
    )
    standby_delay_matters: bool | None = Field(
        default=None, description="Whether the delay of STANDBY clusters is a problem too."
    )
    use_ocp_threshold: bool | None = Field(
        default=None, description="Whether OCP's own limit of the delay is obeyed instead of ours."
    )


class ClusterLimits(TenantLimits):
    """The limits of a cluster, and of tenants of it by name."""

    unreachable_after_polls: Count | None = Field(
        default=None, description="Failed polls before a source or cluster is unreachable."
    )
    unreachable_warning: PositiveSpan | None = Field(default=None, description="Time unreachable that warns.")
    unreachable_critical: PositiveSpan | None = Field(
        default=None, description="Time unreachable that is critical."
    )
    tenants: dict[str, TenantLimits] = Field(
        default={}, description="Limits of single tenants, by name; * stands for any letters."
    )


class SourceLimits(ClusterLimits):
    """The limits of everything, or of everything of one source, and of clusters by name or OCP id."""

    tenants: dict[str, TenantLimits] = Field(
        default={}, description="Limits of single tenants of any cluster, by name; * stands for any letters."
    )
    clusters: dict[str, ClusterLimits] = Field(
        default={}, description="Limits of single clusters, by name or OCP id; * stands for any letters."
    )


def _closeness(pattern: str, name: str | None, number: int | None = None) -> tuple[int, int] | None:
    """Tell how closely a pattern means something: its name before its number before a glob; None: not."""
    if name is not None and "*" not in pattern and matches(pattern, name):
        return (3, 0)
    if number is not None and pattern == str(number):
        return (2, 0)
    if name is not None and "*" in pattern and matches(pattern, name):
        return (1, len(pattern) - pattern.count("*"))
    return None


class ThresholdTable:
    """Finds the thresholds of a task, and remembers what it found.

    The order, from the general to the specific: everything, the source, the cluster, the tenant. A name
    comes before an OCP id, an id before a glob, a glob with more letters before one with fewer, and what
    is written under a source before what is written for all. Each limit is looked up by itself. Where
    only one of a warning and its critical is written, the other gives way rather than stand on its
    wrong side.
    """

    def __init__(self, everywhere: SourceLimits, of_sources: Mapping[str, SourceLimits]) -> None:
        self._everywhere = everywhere
        self._of_sources = {name.casefold(): limits for name, limits in of_sources.items()}
        every = (everywhere, *self._of_sources.values())
        self._names_clusters = any(limits.clusters for limits in every)
        named = (of_cluster for limits in every for of_cluster in limits.clusters.values())
        self._names_tenants = any(limits.tenants for limits in (*every, *named))
        self._thresholds = lru_cache(_REMEMBERED)(self._find_thresholds)

    def thresholds(
        self,
        source: str,
        cluster: str | None,
        cluster_id: int | None,
        tenant: str | None,
        ocp_limit: timedelta | None = None,
    ) -> Thresholds:
        """Give what applies to a task. ``ocp_limit`` is OCP's own, which counts where it is to be obeyed."""
        return self._thresholds(source, *self._named(cluster, cluster_id, tenant), ocp_limit)

    def obeys_ocp(self, source: str, cluster: str | None, cluster_id: int | None, tenant: str | None) -> bool:
        """Whether OCP's own limit of the delay is obeyed for a task."""
        answer = False
        for limits in self._layers(source, cluster, cluster_id, tenant):
            if limits.use_ocp_threshold is not None:
                answer = limits.use_ocp_threshold
        return answer

    def _named(
        self, cluster: str | None, cluster_id: int | None, tenant: str | None
    ) -> tuple[str | None, int | None, str | None]:
        """Leave out what no entry names: tasks that differ in nothing else share what is found for one."""
        if not self._names_clusters:
            cluster = cluster_id = None
        return cluster, cluster_id, tenant if self._names_tenants else None

    def _find_thresholds(
        self,
        source: str,
        cluster: str | None,
        cluster_id: int | None,
        tenant: str | None,
        ocp_limit: timedelta | None,
    ) -> Thresholds:
        thresholds = Thresholds()
        for limits in self._layers(source, cluster, cluster_id, tenant):
            thresholds = _overlaid(thresholds, limits)
        if ocp_limit is None or not self.obeys_ocp(source, cluster, cluster_id, tenant):
            return thresholds
        return obeying_ocp(thresholds, ocp_limit)

    def _layers(
        self, source: str, cluster: str | None, cluster_id: int | None, tenant: str | None
    ) -> list[TenantLimits]:
        found: list[tuple[_Rank, TenantLimits]] = []
        own = self._of_sources.get(source.casefold())
        for scope, limits in enumerate((self._everywhere, own)):
            if limits is None:
                continue
            found.append(((0, _ANY, _ANY, scope), limits))
            found.extend(_tenants(limits, tenant, _ANY, scope))
            for pattern, of_cluster in limits.clusters.items():
                closeness = _closeness(pattern, cluster, cluster_id)
                if closeness is not None:
                    found.append(((1, closeness, _ANY, scope), of_cluster))
                    found.extend(_tenants(of_cluster, tenant, closeness, scope))
        return [limits for _, limits in sorted(found, key=lambda layer: layer[0])]


def _tenants(
    limits: ClusterLimits, tenant: str | None, cluster: tuple[int, int], scope: int
) -> Iterator[tuple[_Rank, TenantLimits]]:
    for pattern, of_tenant in limits.tenants.items():
        closeness = _closeness(pattern, tenant)
        if closeness is not None:
            yield (2, cluster, closeness, scope), of_tenant


def in_force(limits: TenantLimits) -> Thresholds:
    """Return the thresholds where nothing but the defaults and ``limits`` counts."""
    return _overlaid(Thresholds(), limits)


def _overlaid(thresholds: Thresholds, limits: TenantLimits) -> Thresholds:
    """Lay what is written over what is known so far."""
    written = {name: value for name, value in limits if value is not None and name in _APPLIED}
    if not written:
        return thresholds
    result = replace(thresholds, **written)
    for pair in PAIRS:
        warning, critical = f"{pair}_warning", f"{pair}_critical"
        if getattr(result, warning) > getattr(result, critical):
            gives_way, stands = (critical, warning) if warning in written else (warning, critical)
            result = replace(result, **{gives_way: getattr(result, stands)})
    return replace(result, lagging_is_literal=True) if _LITERAL & written.keys() else result
