"""OCP's own limit of a cluster's delay is learned, and an OCP without one is no outage."""

from datetime import timedelta

from bot.domain.task import ClusterId
from bot.domain.thresholds import Thresholds
from bot.errors import PermissionMissing, SourceTimeout
from bot.operations.learn_limits import keep_limits, kept_limits, learn_limits
from bot.operations.read_source import ClusterList
from bot.operations.source_state import restore
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.listed_source import PAY, PROD, SHOP, ListedSource
from tests.fakes.manual_clock import START, ManualClock
from tests.fakes.memory_store import MemoryStore

LISTED = ClusterList((PAY, SHOP), START)
FIVE = timedelta(minutes=5)


async def test_each_clusters_limit_is_learned_once() -> None:
    source = ListedSource(ManualClock())
    source.limits = {PAY: FIVE, SHOP: None}
    known: dict[ClusterId, timedelta] = {}
    assert await learn_limits(source, LISTED, known, ListedJournal())
    assert known == {PAY.id: FIVE}
    assert not await learn_limits(source, LISTED, known, ListedJournal())


async def test_nothing_is_asked_before_the_clusters_are_known() -> None:
    assert not await learn_limits(ListedSource(ManualClock()), None, {}, ListedJournal())


async def test_one_cluster_that_does_not_answer_is_no_reason_to_forget_or_to_stop() -> None:
    source = ListedSource(ManualClock())
    source.limits = {PAY: SourceTimeout("OCP did not answer."), SHOP: FIVE}
    known = {PAY.id: FIVE}
    journal = ListedJournal()
    assert await learn_limits(source, LISTED, known, journal)
    assert known == {PAY.id: FIVE, SHOP.id: FIVE}
    assert journal.names() == ["limit not read"]


async def test_a_refusal_ends_the_round() -> None:
    """What the login may not read of one cluster it may not read of the next."""
    source = ListedSource(ManualClock())
    source.limits = {PAY: PermissionMissing("No."), SHOP: FIVE}
    known: dict[ClusterId, timedelta] = {}
    assert not await learn_limits(source, LISTED, known, ListedJournal())
    assert known == {}


async def test_limits_outlive_a_restart() -> None:
    """Else an incident that rests on such a limit would end with every start, and come back."""
    store = MemoryStore()
    assert await kept_limits(PROD, store) == {}
    limits = {PAY.id: timedelta(minutes=5), SHOP.id: timedelta(seconds=90)}
    await keep_limits(PROD, limits, store)
    state = await restore(PROD, timedelta(seconds=30), store, lambda *_: Thresholds())
    assert state.ocp_limits == limits
