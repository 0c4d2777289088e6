"""A replay of what the watch read makes the transitions that the watch made."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.incident import Transition
from bot.domain.reading import FailedReading, Reading
from bot.domain.task import Cluster
from bot.errors import SourceBroken, SourceError, SourceTimeout
from bot.operations.replay_recording import Replay
from tests.fakes.listed_source import PAY, PROD, SHOP, ListedSource
from tests.operations.operations_stage import Stage, behind, both, broken, well

AWAY = SourceTimeout("OCP prod does not answer.")


class Recorded(ListedSource):
    """A source that remembers what it answered, as ``record`` writes it."""

    items: list[Reading | FailedReading]

    async def log_backup_tasks(
        self,
        cluster: Cluster,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        urgent: bool = False,
    ) -> Reading:
        try:
            reading = await super().log_backup_tasks(cluster, start=start, end=end, urgent=urgent)
        except SourceError as error:
            failed = FailedReading(PROD, cluster.id, self.clock.now(), error.reason, error.sentence)
            self.items.append(failed)
            raise
        self.items.append(reading)
        return reading


class Recording:
    """A stage whose polls are recorded."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.source = Recorded(self.stage.clock)
        self.source.items = []
        self.stage.source = self.source
        self.watched: list[Transition] = []
        self.recorded: list[Reading | FailedReading] = []

    async def poll(self, times: int, every: timedelta = timedelta(seconds=30)) -> None:
        for _ in range(times):
            self.watched += await self.stage.poll(1, every)
            items, self.source.items = self.source.items, []
            failed = [item for item in items if isinstance(item, FailedReading)]
            whole = failed and len(failed) == len(items)
            self.recorded += [replace(failed[0], cluster=None)] if whole else items

    def replayed(self) -> list[Transition]:
        replay = Replay(self.stage.thresholds_for)
        return [transition for item in self.recorded for transition in replay.take(item)]


def facts(transitions: list[Transition]) -> list[tuple[object, ...]]:
    return [
        (one.at, one.after.subject, one.change, one.after.problem, one.after.severity, one.because)
        for one in transitions
    ]


async def test_a_long_story_is_told_alike() -> None:
    recording = Recording()
    stage, rows = recording.stage, recording.source.rows
    rows[PAY], rows[SHOP] = well("orders", "ledger"), well("stock", cluster=SHOP)
    await recording.poll(12)
    rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await recording.poll(10)
    rows[SHOP] = SourceBroken("OCP prod failed.")
    await recording.poll(30)
    rows[PAY] = AWAY
    await recording.poll(30)
    rows[SHOP] = well("stock", cluster=SHOP)
    await recording.poll(8)
    rows[PAY] = both(behind(timedelta(minutes=11)), well("ledger"))
    await recording.poll(8)
    rows[PAY] = well("ledger")
    await recording.poll(8)
    rows[PAY] = well("orders", "ledger")
    await recording.poll(20)
    rows[PAY] = lambda _: []
    await recording.poll(5)
    rows[PAY] = well("orders", "ledger")
    await recording.poll(10)
    rows[PAY] = broken("orders", "ledger", since=stage.clock.now())
    await recording.poll(3, timedelta(minutes=5))
    assert len(recording.watched) >= 12
    assert facts(recording.replayed()) == facts(recording.watched)


async def test_a_source_that_comes_back_without_one_cluster_is_read_again() -> None:
    """Its recovery is counted by the poll, whichever cluster answers."""
    recording = Recording()
    rows = recording.source.rows
    rows[PAY], rows[SHOP] = well("orders"), well("stock", cluster=SHOP)
    await recording.poll(3)
    rows[PAY] = rows[SHOP] = AWAY
    await recording.poll(8)
    rows[SHOP] = well("stock", cluster=SHOP)
    await recording.poll(8)
    assert [one.after.subject.name for one in recording.watched] == ["prod", "prod", "pay"]
    assert facts(recording.replayed()) == facts(recording.watched)


async def test_a_pending_period_holds_in_a_replay_too() -> None:
    recording = Recording()
    stage, rows = recording.stage, recording.source.rows
    stage.limits = replace(stage.limits, pending=timedelta(minutes=2))
    rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await recording.poll(3)
    rows[PAY] = broken("orders", "ledger", since=stage.clock.now())
    await recording.poll(8)
    assert len(recording.watched) == 2
    assert facts(recording.replayed()) == facts(recording.watched)


async def test_what_was_pending_and_went_away_was_never_there_in_a_replay_either() -> None:
    recording = Recording()
    stage, rows = recording.stage, recording.source.rows
    rows[PAY] = well("orders", "ledger")
    await recording.poll(1)
    stage.limits = replace(stage.limits, pending=timedelta(minutes=2))
    rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await recording.poll(2)
    rows[PAY] = well("orders", "ledger")
    await recording.poll(6)
    assert recording.watched == []
    replay = Replay(stage.thresholds_for)
    assert [change for item in recording.recorded for change in replay.take(item)] == []


def test_a_cluster_keeps_the_name_that_one_of_its_readings_had() -> None:
    stage = Stage()
    now = stage.clock.now()
    replay = Replay(stage.thresholds_for)
    replay.take(Reading(PAY, (), now, now))
    broke: list[Transition] = []
    for poll in (1, 2, 3):
        at = now + timedelta(seconds=30 * poll)
        broke += replay.take(Reading(Cluster(PROD, PAY.id), (), at, at))
    assert [one.after.subject.name for one in broke] == ["pay"]
