"""Counts what operations tell of: polls, deliveries and restarts."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from prometheus_client import Counter, Histogram
from prometheus_client.metrics_core import Metric

from bot.domain.notification import Action
from bot.domain.task import SourceName
from bot.monitoring.labels import Few, label
from bot.operations.meters import DeliveryOutcome, PollOutcome

BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300)
"""Seconds; a poll of ten tasks takes a tenth, one of a hundred thousand may take thirty."""
_CREATED = "_created"


class Counts:
    """Fulfils ``Meters``. It belongs to one run and is in no global registry."""

    def __init__(self) -> None:
        self._polls = Counter(
            "logbackup_bot_polls",
            "Polls of an OCP, by how they ended.",
            ["source", "outcome"],
            registry=None,
        )
        self._took = Histogram(
            "logbackup_bot_poll_duration_seconds",
            "How long it took to read an OCP.",
            ["source"],
            registry=None,
            buckets=BUCKETS,
        )
        self._errors = Counter(
            "logbackup_bot_poll_errors",
            "What could not be read in a poll: the OCP, its list of clusters, or single clusters; by reason.",
            ["source", "reason"],
            registry=None,
        )
        self._deliveries = Counter(
            "logbackup_bot_deliveries",
            "Attempts to post, edit or reply in Slack, by how they ended.",
            ["action", "outcome"],
            registry=None,
        )
        self._restarts = Counter(
            "logbackup_bot_background_restarts",
            "How often background work ended unasked and was started again.",
            ["work"],
            registry=None,
        )
        self._reasons = Few()
        for action in Action:
            for outcome in DeliveryOutcome:
                self._deliveries.labels(action.value, outcome.value)

    def polled(
        self,
        source: SourceName,
        outcome: PollOutcome,
        took: timedelta | None = None,
        errors: Iterable[str] = (),
    ) -> None:
        """Count a poll; its source has a figure for every outcome from then on."""
        name = label(source)
        for possible in PollOutcome:
            self._polls.labels(name, possible.value)
        self._polls.labels(name, outcome.value).inc()
        if took is not None:
            self._took.labels(name).observe(took.total_seconds())
        for error in errors:
            self._errors.labels(name, self._reasons.one_of(error)).inc()

    def delivered(self, action: Action, outcome: DeliveryOutcome) -> None:
        """Count one attempt to deliver a message."""
        self._deliveries.labels(action.value, outcome.value).inc()

    def restarted(self, work: str) -> None:
        """Count background work that ended and is started again."""
        self._restarts.labels(label(work)).inc()

    def collect(self) -> Iterator[Metric]:
        """Give the counts, without the moments at which counting began: they are of no use to anybody."""
        for counted in (self._polls, self._took, self._errors, self._deliveries, self._restarts):
            for family in counted.collect():
                family.samples = [one for one in family.samples if not one.name.endswith(_CREATED)]
                yield family
