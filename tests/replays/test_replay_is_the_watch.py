"""A replay makes of a recording what the watch made of the same answers, poll for poll."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest
import stamina

from bot.domain.incident import Transition
from bot.domain.notification import Channel, OutboxId
from bot.domain.reading import Reading
from bot.domain.routing import Routing
from bot.domain.task import Cluster, SourceName
from bot.domain.thresholds import Thresholds
from bot.errors import SourceUnreachable
from bot.ocp.client import OcpClient
from bot.operations.join_pages import joined
from bot.operations.ports import Source
from bot.operations.replay_recording import Replay
from bot.operations.source_state import SourceState
from bot.operations.watch_tasks import Watching, poll
from bot.recording import Recorder
from bot.recordings.files import RecordingReader, RecordingWriter
from bot.replaying import page_of
from bot.sandbox.fleet import Fleet, Rhythm, SimulatedCluster, SimulatedTask
from bot.sandbox.ocp import SimulatedOcp
from bot.sandbox.ocp.faults import Fault, Where
from bot.sources import ocp_client
from bot.views.wording import because
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.listed_source import PAY, PROD, SHOP, ListedSource, Rows, task, teeth
from tests.fakes.manual_clock import START, ManualClock
from tests.fakes.memory_store import MemoryStore
from tests.replays.samples import POLL, settings

ONE, OTHER = SimulatedCluster(1000005, "pay", 5), SimulatedCluster(1000006, "shop", 6)
NAMES = [f"pay/t{number}" for number in range(6)] + ["shop/u0", "shop/u1"]
Told = tuple[int, str, str, str, str, str]


@pytest.fixture(autouse=True)
def _attempts_follow_at_once() -> Iterator[None]:
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)


@dataclass
class SeenTwice:
    """A source whose answers of one moment are given twice: to the watch, and to the recorder."""

    source: Source
    seen: dict[object, object] = field(default_factory=dict)

    @property
    def name(self) -> SourceName:
        return self.source.name

    @property
    def unresolved_clusters(self) -> tuple[str, ...]:
        return self.source.unresolved_clusters

    def watches(self, cluster: Cluster) -> bool:
        return self.source.watches(cluster)

    async def clusters(self) -> tuple[Cluster, ...]:
        if "clusters" not in self.seen:
            try:
                self.seen["clusters"] = await self.source.clusters()
            except Exception as error:  # noqa: BLE001 - it is raised twice
                self.seen["clusters"] = error
        return self._given("clusters")  # type: ignore[return-value] # as it was put there

    async def log_backup_tasks(
        self,
        cluster: Cluster,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        urgent: bool = False,
    ) -> Reading:
        if cluster not in self.seen:
            try:
                self.seen[cluster] = await self.source.log_backup_tasks(
                    cluster, start=start, end=end, urgent=urgent
                )
            except Exception as error:  # noqa: BLE001 - it is raised twice
                self.seen[cluster] = error
        return self._given(cluster)  # type: ignore[return-value] # as it was put there

    async def delay_threshold(self, cluster: Cluster) -> timedelta | None:
        return await self.source.delay_threshold(cluster)

    def _given(self, key: object) -> object:
        if isinstance(seen := self.seen[key], Exception):
            raise seen
        return seen


def fleet() -> Fleet:
    tasks = [
        SimulatedTask(
            ONE if name.startswith("pay") else OTHER,
            f"oss://{name[:4]}{number % 2}/clog?host=h.example.com&access_key=made-up",
            Rhythm(period=60.0 + 20 * number, floor=3.0, jitter=0.1, seed=number),
            tenant=name.partition("/")[2],
            tenant_id=100 + number,
            ob_tenant_id=1000 + number,
        )
        for number, name in enumerate(NAMES)
    ]
    return Fleet((ONE, OTHER), tasks, start=START)


def summed_up(transition: Transition) -> Told:
    after = transition.after
    return (
        round((transition.at - START) / POLL),
        after.subject.key,
        transition.change.value,
        after.severity.word,
        after.problem.value,
        because(transition.because),
    )


def limits(*_: object) -> Thresholds:
    return Thresholds(pending=timedelta(seconds=40))


@dataclass
class Both:
    """A watch and a recorder that see the same."""

    clock: ManualClock
    seen: SeenTwice
    recorder: Recorder
    watched: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        numbers = count()
        self.state = SourceState(self.seen.name, POLL)
        self.watching = Watching(
            source=self.seen,
            store=MemoryStore(),
            clock=self.clock,
            journal=ListedJournal(),
            thresholds_for=limits,
            routing_for=lambda _, __: Routing(Channel("alerts")),
            new_id=lambda: OutboxId(f"n{next(numbers)}"),
            owed=lambda: None,
        )

    async def poll(self, number: int) -> None:
        self.clock.advance(START + number * POLL - self.clock.now())
        self.seen.seen.clear()
        self.watched += map(summed_up, await poll(self.state, self.watching))
        await self.recorder.poll(self.seen)


def replayed(path: Path) -> list[Told]:
    replay = Replay(limits)
    with RecordingReader(path) as reader:
        return [
            summed_up(transition)
            for item in joined(page_of(one) for one in reader.lines())
            for transition in replay.take(item)
        ]


@asynccontextmanager
async def recorded(path: Path, made: Fleet) -> AsyncIterator[tuple[SimulatedOcp, Both]]:
    """Run a simulated OCP, and a watch and a recorder that see the same of it, two rows a page."""
    clock = ManualClock()
    async with SimulatedOcp(made, clock) as ocp:
        with RecordingWriter(path) as writer:
            recorder = Recorder(writer, clock, ListedJournal())
            login = {
                "OCP_URL": ocp.url,
                "OCP_USER": ocp.account.user,
                "OCP_PASSWORD": ocp.account.password,
            }
            (source,) = settings(**login).sources
            client: OcpClient = ocp_client(source, clock, on_page=recorder.on_page)
            client._page_size = 2
            async with client:
                yield ocp, Both(clock, SeenTwice(client), recorder)


Act = Callable[[SimulatedOcp, Fleet, datetime, Random], Fault | None]


def _on_a_task(befall: Callable[[Fleet, str, datetime], None]) -> Act:
    def act(_ocp: SimulatedOcp, made: Fleet, at: datetime, luck: Random) -> None:
        befall(made, luck.choice(NAMES), at)

    return act


def _on_requests(make: Callable[[SimulatedOcp, Where], Fault], where: Where) -> Act:
    return lambda ocp, _fleet, _at, _luck: make(ocp, where)


PAGES = Where(path="logBackupTasks")
SECOND_PAGE = Where(path="logBackupTasks", cluster=1000005, page=2)
ACTS: list[Act] = [
    _on_a_task(lambda made, name, at: made.fail(name, at)),
    _on_a_task(lambda made, name, at: made.interrupt(name, at)),
    _on_a_task(lambda made, name, at: made.slow(name, at, 0.7)),
    _on_a_task(lambda made, name, at: made.vanish(name, at)),
    _on_a_task(lambda made, name, at: made.hang_in_stopping(name, at)),
    lambda _ocp, made, at, luck: (made.fill_storage(luck.choice(made.storages), at), None)[1],
    _on_requests(lambda ocp, where: ocp.faults.status(503, where), Where()),
    _on_requests(lambda ocp, where: ocp.faults.status(403, where), PAGES),
    _on_requests(lambda ocp, where: ocp.faults.status(500, where), Where(cluster=1000006)),
    _on_requests(lambda ocp, where: ocp.faults.truncated(where), SECOND_PAGE),
    _on_requests(lambda ocp, where: ocp.faults.reset(where), SECOND_PAGE),
    _on_requests(lambda ocp, where: ocp.faults.empty_list(where), Where(cluster=1000006)),
    _on_requests(
        lambda ocp, where: ocp.faults.disguised(where), Where(path="logBackupTasks", cluster=1000005)
    ),
]


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_befalls_ocp_and_its_tasks(tmp_path: Path, seed: int) -> None:
    """Four hours; every few minutes something breaks, now and then everything is mended."""
    luck, path = Random(seed), tmp_path / "polls.jsonl"
    made = fleet()
    async with recorded(path, made) as (ocp, both):
        faults: dict[int, list[Fault]] = {}
        for number in range(480):
            at = START + number * POLL
            if luck.random() < 0.03:
                fault = luck.choice(ACTS)(ocp, made, at, luck)
                if fault is not None:
                    faults.setdefault(number + luck.randrange(1, 30), []).append(fault)
            if luck.random() < 0.01:
                made.mend_all(at)
            for over in faults.get(number, ()):
                ocp.faults.off(over)
            await both.poll(number)
    assert len(both.watched) > 20
    assert sorted(replayed(path)) == sorted(both.watched)


async def test_every_kind_of_failed_read(tmp_path: Path) -> None:
    """The source, one cluster of it, and a walk that breaks off at its second page, each for 12 minutes."""
    path = tmp_path / "polls.jsonl"
    async with recorded(path, fleet()) as (ocp, both):
        for number in range(200):
            if number in {20, 70, 120}:
                switch, where = {
                    20: (ocp.faults.reset, Where()),
                    70: (ocp.faults.html, Where(cluster=1000006)),
                    120: (ocp.faults.truncated, SECOND_PAGE),
                }[number]
                fault = switch(where)
            if number in {44, 94, 144}:
                ocp.faults.off(fault)
            await both.poll(number)
    assert [one[1:5] for one in both.watched] == [
        (subject, change, severity, "unreachable")
        for subject in ("source:ocp", "cluster:ocp/1000006", "cluster:ocp/1000005")
        for change, severity in (("opened", "warning"), ("worsened", "critical"), ("resolved", "critical"))
    ]
    assert replayed(path) == both.watched


def _healthy(cluster: Cluster) -> Rows:
    return lambda at: [task(cluster=cluster, checkpoint=teeth(at))]


async def test_a_cluster_that_is_listed_no_more(tmp_path: Path) -> None:
    """For a day the watch takes it for one that cannot be read, and so does the replay."""
    clock, path = ManualClock(), tmp_path / "polls.jsonl"
    source = ListedSource(clock)
    source.rows = {PAY: _healthy(PAY), SHOP: _healthy(SHOP)}
    with RecordingWriter(path) as writer:
        both = Both(clock, SeenTwice(source), Recorder(writer, clock, ListedJournal()))
        for number in range(100):
            if number == 20:
                del source.rows[SHOP]
            if number == 80:
                source.rows[SHOP] = _healthy(SHOP)
            await both.poll(number)
        opened = [one for one in both.watched if one[2] != "resolved"]
        assert replayed(path) == opened
        assert {one[1] for one in opened} == {f"cluster:{PROD}/2"}
        lines = path.read_bytes().count(b"\n")
        del source.rows[SHOP]
        for number in range(100, 160):
            await both.poll(number)
        for number in range(3000, 3010):
            await both.poll(number)
    assert path.read_bytes().count(b"\n") > lines
    assert b"2026-03-05T13" not in path.read_bytes()


async def test_a_cluster_that_the_settings_leave_out_is_not_missed(tmp_path: Path) -> None:
    clock, path = ManualClock(), tmp_path / "polls.jsonl"
    source = ListedSource(clock)
    source.rows = {PAY: lambda _: [], SHOP: SourceUnreachable("OCP is away.")}
    with RecordingWriter(path) as writer:
        recorder = Recorder(writer, clock, ListedJournal())
        await recorder.poll(source)
        source.left_out = {SHOP}  # the settings were changed
        clock.advance(timedelta(minutes=10))
        await recorder.poll(source)
    assert path.read_text().count("OCP is away.") == path.read_text().count("\n") == 1
