"""One source in one replica: polled while its lease is held, followed otherwise."""

from datetime import timedelta

from bot.domain.detection import encode
from bot.domain.reading import Reading
from bot.domain.task import Cluster, SourceName
from bot.domain.thresholds import Thresholds
from bot.errors import StorageError
from bot.operations.hold_leases import SHARED, Leases
from bot.operations.source_state import SourceState
from bot.operations.tell_outage import DatabaseTrouble
from bot.operations.watch_tasks import Watching
from bot.watches import Watch, holding
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.listed_source import PAY, PROD
from tests.fakes.memory_store import MemoryStore
from tests.operations.operations_stage import POLL, Stage, broken, well

FULL = "The disk that holds the database is full."
LEASE = Watch.lease_of(PROD)


class Replica:
    """A watch of one source with its own memory and leases."""

    def __init__(self, stage: Stage, owner: str) -> None:
        self.stage = stage
        self.journal = ListedJournal()
        self.trouble = DatabaseTrouble()
        self.leases = Leases(stage.store, stage.clock, self.journal, owner)
        self.state = SourceState(PROD, POLL)
        watching = Watching(
            source=stage.source,
            store=stage.store,
            clock=stage.clock,
            journal=self.journal,
            thresholds_for=stage.thresholds_for,
            routing_for=stage.watching.routing_for,
            new_id=stage.new_id,
            owed=lambda: None,
            fence=lambda: self.leases.fence(LEASE),
        )
        self.watch = Watch(self.state, watching, self.leases, self.trouble)

    async def turn(self, after: timedelta = POLL) -> None:
        """Let time pass, renew the lease and do what is to be done."""
        self.stage.clock.advance(after)
        await self.leases.renew([LEASE])
        await self.watch.run()


def trouble_of(replica: Replica) -> str | None:
    return replica.trouble.sentence


def held(replica: Replica) -> bool:
    return replica.watch.held


def listed(stage: Stage) -> int:
    return len(stage.source.asked)


async def test_one_replica_polls_and_the_other_follows_it() -> None:
    stage = Stage()
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    one, other = Replica(stage, "one"), Replica(stage, "other")
    await one.turn()
    polls = listed(stage)
    await other.turn(timedelta(0))
    assert listed(stage) == polls
    assert [incident.subject.name for incident in other.state.desk.incidents.values()] == ["pay/orders"]
    assert holding([one.watch])(PROD)
    assert not holding([other.watch])(PROD)
    assert not holding([one.watch])(SourceName("elsewhere"))


async def test_what_the_other_leaves_is_taken_up_before_it_is_polled() -> None:
    """The first look after that shows everything anew, and opens nothing twice."""
    stage = Stage()
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    one, other = Replica(stage, "one"), Replica(stage, "other")
    await one.turn()
    await other.turn(timedelta(0))
    stage.clock.advance(SHARED.length)
    await other.turn()
    await one.turn(timedelta(0))
    assert (one.watch.held, other.watch.held) == (False, True)
    assert len(stage.memory.tables.incidents) == 1


async def test_a_poll_that_cannot_be_kept_changes_nothing_and_is_told() -> None:
    stage = Stage()
    stage.source.rows[PAY] = well("orders")
    one = Replica(stage, "one")
    await one.turn()
    read_at = one.state.last_read_at
    stage.memory.broken = FULL
    stage.clock.advance(timedelta(seconds=1))
    await one.watch.run()
    assert one.state.last_read_at == read_at
    assert trouble_of(one) == FULL
    assert one.journal.names("error") == ["poll not kept"]
    stage.memory.broken = None
    await one.turn()
    assert trouble_of(one) is None


async def test_a_lease_that_lapses_as_the_disk_is_full_is_no_other_replicas_doing() -> None:
    """Reading goes on: that what was kept can be read does not mean that anything can be kept."""
    stage = Stage()
    stage.source.rows[PAY] = well("orders")
    one = Replica(stage, "one")
    await one.turn()

    class Full(MemoryStore):
        async def take_lease(self, name: str, **about: object) -> int | None:
            _ = name, about
            raise StorageError(FULL)

    full = Full()
    full.tables = stage.memory.tables
    one.leases.store = full
    stage.memory.broken = FULL
    await one.watch.run()
    stage.memory.broken = None
    await one.turn(SHARED.length)
    assert (one.watch.held, one.leases.refused is None) == (False, False)
    assert trouble_of(one) == FULL, "what was read proves nothing"
    one.leases.store = stage.store
    await one.turn()
    assert (one.watch.held, trouble_of(one)) == (True, None)


async def test_what_cannot_be_taken_up_is_not_polled() -> None:
    stage = Stage()
    one = Replica(stage, "one")
    await one.leases.renew([LEASE])
    stage.memory.broken = FULL
    await one.watch.run()
    assert listed(stage) == 0
    assert one.journal.names("error") == ["source not taken up"]


async def test_a_fault_of_ours_ends_neither_the_watch_nor_any_other() -> None:
    stage = Stage()
    stage.source.rows[PAY] = well("orders")
    one = Replica(stage, "one")

    def faulty(*_: object) -> Thresholds:
        raise KeyError("a fault")

    object.__setattr__(one.watch.watching, "thresholds_for", faulty)
    await one.turn()
    assert one.journal.names("error") == ["watch failed"]
    object.__setattr__(one.watch.watching, "thresholds_for", stage.thresholds_for)
    await one.turn()
    assert one.state.last_read_at is not None


async def test_only_who_watches_looks_at_what_people_did_and_learns() -> None:
    stage = Stage()
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    one, other = Replica(stage, "one"), Replica(stage, "other")
    await one.turn()
    await other.turn(timedelta(0))
    stage.source.limits[PAY] = timedelta(minutes=7)
    for replica in (other, one):
        await replica.watch.look()
        await replica.watch.learn()
        assert bool(replica.state.ocp_limits) is (replica is one)
    assert (one.journal.names("error"), other.journal.names("error")) == ([], [])


async def test_what_another_replica_had_meanwhile_is_taken_up_again() -> None:
    """It lost the lease and got it back between two of its turns: what it remembers is old all the same."""
    stage = Stage()
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    one, other = Replica(stage, "one"), Replica(stage, "other")
    await one.turn()
    stage.clock.advance(SHARED.length)
    await other.turn(timedelta(0))
    stage.source.rows[PAY] = well("orders")
    for _ in range(8):
        await other.turn()
    await other.leases.give_back()
    await one.leases.renew([LEASE])
    assert not held(one)
    await one.watch.run()
    assert held(one)
    (incident,) = stage.memory.tables.incidents.values()
    assert not incident.is_open
    assert one.state.desk.known == {} or one.state.desk.known[incident.number] == incident


async def test_a_poll_under_a_lease_that_went_to_another_replica_keeps_nothing() -> None:
    """It was stopped while it read; when it goes on another one has polled, and it may even hold it again."""
    stage = Stage()
    stage.source.rows[PAY] = well("orders")
    one, other = Replica(stage, "one"), Replica(stage, "other")
    await one.turn()
    read_by_one = one.state.last_read_at
    reading = stage.source.log_backup_tasks

    async def stopped(cluster: Cluster, **_: object) -> Reading:
        stage.source.log_backup_tasks = reading  # type: ignore[method-assign] # a fake is bent
        found = await reading(cluster)
        await other.turn(SHARED.length)
        await other.leases.give_back()
        await one.leases.renew([LEASE])
        return found

    stage.source.log_backup_tasks = stopped  # type: ignore[method-assign] # a fake is bent
    kept = len(stage.memory.tables.readings)
    await one.turn()
    assert len(stage.memory.tables.readings) == kept + 1, "what the other one read is kept, and that alone"
    assert one.state.last_read_at == read_by_one
    assert "poll not kept, another replica watches" in one.journal.names("warning")
    await one.turn()
    assert one.watch.held
    assert one.state.last_read_at == stage.clock.now()


async def test_a_standby_that_takes_over_relearns_nothing() -> None:
    """What the rules remember is what they would remember had one replica watched all the time."""
    stage, alone = Stage(), Stage()
    for each in (stage, alone):
        each.source.rows[PAY] = well("orders", "ledger")
    one, other, only = Replica(stage, "one"), Replica(stage, "other"), Replica(alone, "only")
    for turn in range(40):
        await (one if turn < 25 else other).turn()
        await only.turn()
        if turn < 25:
            await other.turn(timedelta(0))
    assert other.watch.held

    def memories(replica: Replica) -> list[bytes]:
        known = replica.state.clusters[PAY.id].tasks.values()
        return [encode(one.memory) for one in known if one.memory is not None]

    assert memories(other) == memories(only)
    assert len(memories(only)) == 2


async def test_a_follower_is_told_of_what_came_since_and_of_nothing_else() -> None:
    stage = Stage()
    one, other = Replica(stage, "one"), Replica(stage, "other")
    await one.leases.renew([LEASE])
    await other.turn(timedelta(0))
    await other.turn(timedelta(0))
    assert other.state.last_read_at is None, "nothing was read yet by anybody"
    stage.source.rows[PAY] = well("orders", "ledger")
    await one.turn()
    await other.turn(timedelta(0))
    assert len(other.state.desk.incidents) == 0
    changes = other.state.changes
    await other.turn(timedelta(0))
    assert other.state.changes == changes, "nobody polled meanwhile"
    since = stage.clock.now()
    stage.source.rows[PAY] = broken("orders", "ledger", since=since)
    await one.turn()
    await other.turn(timedelta(0))
    assert {one.subject.name for one in other.state.desk.incidents.values()} == {"pay/orders", "pay/ledger"}


async def test_only_who_watches_puts_by_what_the_rules_remember() -> None:
    stage = Stage()
    stage.source.rows[PAY] = well("orders")
    one, other = Replica(stage, "one"), Replica(stage, "other")
    await one.turn()
    await one.turn()
    await other.turn(timedelta(0))
    first = await stage.store.fact("memory/prod")
    await other.watch.put_by()
    assert await stage.store.fact("memory/prod") == first
    await one.watch.put_by()
    assert await stage.store.fact("memory/prod") != first
    stage.memory.broken = FULL
    await one.watch.put_by()
    assert one.journal.names("error") == ["memory not kept"]
