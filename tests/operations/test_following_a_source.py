"""A standby that follows a source: it answers with what the other replica keeps, and costs little."""

from datetime import timedelta

from bot.operations.follow_source import follow_source
from bot.operations.source_state import SourceState
from tests.fakes.listed_source import PAY, PROD
from tests.operations.operations_stage import POLL, Stage, broken, well


async def followed(stage: Stage, standby: SourceState) -> int:
    """Follow once; tell how often anything changed by that."""
    before = standby.changes
    await follow_source(standby, stage.store, stage.thresholds_for)
    return standby.changes - before


async def test_what_was_never_read_is_followed_until_somebody_reads_it() -> None:
    stage, standby = Stage(), SourceState(PROD, POLL)
    assert await followed(stage, standby) == 1
    assert await followed(stage, standby) == 0
    assert (standby.last_read_at, standby.tasks) == (None, 0)


async def test_it_knows_what_the_other_one_read_and_told() -> None:
    stage, standby = Stage(), SourceState(PROD, POLL)
    stage.source.rows[PAY] = well("orders", "ledger")
    await stage.poll()
    await followed(stage, standby)
    assert standby.tasks == 2
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    await stage.poll()
    assert await followed(stage, standby) == 1
    assert standby.desk.incidents == stage.state.desk.incidents
    assert standby.last_read_at == stage.clock.now()
    assert {post.members for post in standby.desk.posts.values()} >= {(1,)}


async def test_where_nothing_has_changed_nothing_is_made_anew() -> None:
    stage, standby = Stage(), SourceState(PROD, POLL)
    stage.source.rows[PAY] = well("orders")
    await stage.poll()
    await followed(stage, standby)
    stage.clock.advance(timedelta(seconds=5))
    assert await followed(stage, standby) == 0
