"""The limits that findings are held against; every default names its source."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What applies to one task, after its source's, cluster's and tenant's overrides.

    ``lagging_warning`` and ``lagging_critical`` are limits of the delay; where ``lagging_is_literal``
    they were written in the settings and are taken as they stand, else they are raised to the learned
    reach of the task's teeth plus ``lagging_margin``, and before a task's rhythm is known
    ``unknown_warning`` and ``unknown_critical`` apply.

    Sources: 10 and 30 min, paused 2 and 12 h are TiDB's log backup alerts; 15 min and 1 h in a
    transitional state answer oceanbase#1496; three polls without a task and two failed polls are
    ours (one is a race between page reads, two in a row is not); 2 h 10 min is OceanBase's largest
    ``archive_lag_target`` of 7200 s and a margin.
    """

    lagging_warning: timedelta = timedelta(minutes=10)
    lagging_critical: timedelta = timedelta(minutes=30)
    lagging_is_literal: bool = False
    lagging_margin: timedelta = timedelta(minutes=5)
    unknown_warning: timedelta = timedelta(minutes=30)
    unknown_critical: timedelta = timedelta(minutes=130)
    unknown_stall: timedelta = timedelta(minutes=20)
    """Before its rhythm is known: a checkpoint that stands still, behind by more than this, has stalled."""
    limit_is_near: timedelta = timedelta(minutes=15)
    """A stall or growth is critical when the critical limit is this near, or passed."""
    patience: timedelta = timedelta(seconds=150)
    """A pause of this length beyond the task's rhythm is not worth waking anyone."""
    slowdown_cost: timedelta = timedelta(seconds=120)
    """A slowdown that costs less delay than this ..."""
    slowdown_time: timedelta = timedelta(minutes=7)
    """... and lasts less than this is not worth waking anyone."""
    step: timedelta = timedelta(seconds=120)
    """A step to a new level of less than this, which then stays, is told, not announced."""
    stuck_warning: timedelta = timedelta(minutes=15)
    stuck_critical: timedelta = timedelta(minutes=60)
    paused_warning: timedelta = timedelta(hours=2)
    paused_critical: timedelta = timedelta(hours=12)
    missing_after_polls: int = 3
    unreachable_after_polls: int = 2
    unreachable_warning: timedelta = timedelta(minutes=2)
    unreachable_critical: timedelta = timedelta(minutes=10)
    closing_polls: int = 2
    """An incident resolves after this many good polls."""
    reopen_within: timedelta = timedelta(minutes=15)
    """An incident that comes back within this time after it resolved is the old one, reopened."""
    pending: timedelta = timedelta(0)
    """How long a finding must hold before its incident opens, on top of the problem's own time."""
    standby_delay_matters: bool = False
    """STANDBY clusters raise nothing about delay by default (OCP's own alarm does so since 4.2.2)."""


@lru_cache(maxsize=4096)
def obeying_ocp(limits: Thresholds, ocp_limit: timedelta) -> Thresholds:
    """Take OCP's own limit for the warning, to the letter; what is critical is never less than that."""
    critical = max(limits.lagging_critical, ocp_limit)
    return replace(limits, lagging_warning=ocp_limit, lagging_critical=critical, lagging_is_literal=True)
