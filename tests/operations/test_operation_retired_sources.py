"""A source that the settings no longer name ends with its incidents, and comes back as a new one."""

from datetime import timedelta

from bot.domain.incident import Change, Incident
from bot.domain.task import SourceName
from bot.operations.retire_sources import retire_sources
from bot.operations.store_port import IncidentWrite
from tests.fakes.listed_source import PAY, PROD
from tests.operations.operations_stage import POLL, Stage, both, broken, shown, well


async def retired(stage: Stage, *watched: str) -> list[tuple[str, Change]]:
    """Start with settings that name these sources."""
    names = [SourceName(name) for name in watched]
    ended = await retire_sources(names, POLL, stage.store, stage.clock, stage.journal, stage.new_id)
    await stage.deliver()
    return [(one.after.subject.name, one.change) for one in ended]


async def in_trouble() -> Stage:
    stage = Stage()
    stage.source.rows[PAY] = both(broken("orders", since=stage.clock.now()), well("ledger"))
    await stage.poll()
    stage.source.rows[PAY] = broken("orders", "ledger", since=stage.clock.now())
    await stage.poll()
    return stage


async def test_what_is_still_named_is_left_alone() -> None:
    stage = await in_trouble()
    assert await retired(stage, "prod", "another") == []
    assert len(await stage.store.open_incidents()) == 2
    assert "source retired" not in stage.journal.names()


async def test_what_is_named_no_longer_ends_where_it_was_announced() -> None:
    stage = await in_trouble()
    assert await retired(stage, "another") == [
        ("pay/orders", Change.RESOLVED),
        ("pay/ledger", Change.RESOLVED),
    ]
    greeting, alert = stage.parents()
    assert "was already broken and is no longer watched" in shown(greeting)
    assert "1 cluster · 2 tasks" in shown(greeting)
    assert "No longer watched: pay/ledger" in shown(alert)
    assert "the settings leave it out" in shown(stage.replies(alert)[0])
    assert await stage.store.open_incidents() == ()
    assert stage.memory.tables.tasks == {}
    assert await retired(stage, "another") == []


async def test_one_that_is_named_again_is_greeted_again() -> None:
    stage = await in_trouble()
    await retired(stage)
    await stage.restart()
    assert stage.state.clusters == {}
    changes = await stage.changes()
    assert changes == [("pay/orders", Change.OPENED), ("pay/ledger", Change.OPENED)]
    again = stage.parents()[-1]
    assert "Now watching log backup of OCP prod" in shown(again)
    assert "2 tasks of cluster pay are broken already" in shown(again)


async def test_another_writer_may_be_first_and_the_next_start_tries_again() -> None:
    stage = await in_trouble()
    reading = stage.memory.open_incidents

    async def overtaken(source: SourceName | None = None) -> tuple[Incident, ...]:
        found = await reading(source)
        if source is not None:
            async with stage.store.writing() as session:
                await session.keep_incidents([IncidentWrite(found[0], found[0].revision)])
        return found

    stage.memory.open_incidents = overtaken  # type: ignore[method-assign] # somebody writes in between
    assert await retired(stage) == []
    assert "source not retired" in stage.journal.names("warning")
    del stage.memory.open_incidents
    stage.clock.advance(timedelta(minutes=1))
    assert len(await retired(stage)) == 2
    assert await stage.store.clusters(PROD) == ()
