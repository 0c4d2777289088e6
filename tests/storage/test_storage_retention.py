"""What is dropped because it is old, and what never is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incident import Incident, Lifecycle
from bot.domain.notification import Action, MessageKey, OutboxId
from bot.domain.posts import Post, incident_message
from bot.domain.silence import Ending
from bot.operations.store_port import AuditEntry
from bot.storage.database import Database, open_database
from bot.storage.pruning import HISTORY, RETENTION
from tests.storage.storage_samples import (
    ALERTS,
    T0,
    changed,
    claimed,
    deliver,
    incident,
    kept,
    notification,
    owe,
    reading,
    resolved,
)
from tests.storage.test_storage_contract_people import GROUP, SILENCE, keep_group, keep_silence

DAY = timedelta(days=1)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """Open an empty database of each kind that keeps what is over for a hundred days."""
    opened = await open_database(url, retention=14 * DAY, history=100 * DAY)
    yield opened
    await opened.close()


async def told(database: Database, *incidents: Incident, key: str | None = None) -> Post:
    """Give incidents a message, and each a line in its trail."""
    numbers = tuple(one.number for one in incidents)
    post = Post(MessageKey(key) if key else incident_message(numbers[0]), ALERTS, "1.5", numbers)
    async with database.writing() as session:
        await session.keep_posts([post])
        await session.append_audit([AuditEntry(number, T0, "opened", "It failed.") for number in numbers])
    return post


def test_readings_are_kept_for_two_weeks_and_what_is_over_for_more_than_a_year() -> None:
    assert (timedelta(days=14), timedelta(days=400)) == (RETENTION, HISTORY)


async def test_an_incident_that_was_over_long_ago_goes_with_its_trail_and_its_message(
    database: Database,
) -> None:
    old = await changed(database, resolved(await kept(database, incident("old"))))
    open_one = await kept(database, incident("open"))
    pending = await kept(database, incident("pending", lifecycle=Lifecycle.PENDING))
    await told(database, old)
    post = await told(database, open_one)
    await database.tidy(T0 + 100 * DAY)
    assert len(await database.incidents()) == 3
    await database.tidy(T0 + 101 * DAY)
    assert await database.incidents() == (pending, open_one)
    assert await database.audit(old.number) == ()
    assert await database.posts_of([old.number, open_one.number]) == (post,)
    assert len(await database.audit(open_one.number)) == 1


async def test_a_message_stays_as_long_as_anything_that_it_speaks_of(database: Database) -> None:
    """The watch has it in mind, and may keep it once more with all its members."""
    old = await changed(database, resolved(await kept(database, incident("old"))))
    open_one = await kept(database, incident("open"))
    post = await told(database, old, open_one, key="greeting/prod")
    await database.tidy(T0 + 101 * DAY)
    assert await database.posts_of([open_one.number]) == (post,)
    async with database.writing() as session:
        await session.keep_posts([post])
    assert await database.posts_of([old.number]) == (post,)


async def test_a_message_to_which_something_is_owed_stays(database: Database) -> None:
    old = await changed(database, resolved(await kept(database, incident("old"))))
    post = await told(database, old)
    await owe(database, notification("r", Action.REPLY, message=post.key))
    await database.tidy(T0 + 101 * DAY)
    assert await database.post(post.key, ALERTS) is not None
    assert await claimed(database, T0 + 101 * DAY) == ["r"]


async def test_groups_and_silences_go_when_they_were_over_long_ago(database: Database) -> None:
    open_group = await keep_group(database, GROUP)
    one = await keep_group(database, GROUP)
    over = await keep_group(database, replace(one, lifecycle=Lifecycle.RESOLVED, resolved_at=T0))
    async with database.writing() as session:
        await session.append_audit([AuditEntry(over.number, T0, "opened", "They failed.")])
    lasting = await keep_silence(database, replace(SILENCE, ends_at=None))
    await keep_silence(database, SILENCE.ended(Ending.EXPIRED, T0))
    await database.tidy(T0 + 101 * DAY)
    assert await database.groups([open_group.number, over.number]) == (open_group,)
    assert await database.audit(over.number) == ()
    assert await database.silences(ended_since=T0) == (lasting,)


async def test_a_line_of_no_incident_goes_in_time_and_a_greeting_never(database: Database) -> None:
    keys = [MessageKey("meanwhile/C1/1"), MessageKey("greeting/prod")]
    await owe(database, *(notification(key, message=key) for key in keys))
    await claimed(database)
    for key in keys:
        await deliver(database, key)
    await database.tidy(T0 + 100 * DAY)
    assert await database.post(keys[0], ALERTS) is not None
    await database.tidy(T0 + 101 * DAY)
    assert await database.post(keys[0], ALERTS) is None
    assert await database.post(keys[1], ALERTS) is not None


async def test_what_slack_sent_is_forgotten_after_a_day(database: Database) -> None:
    async with database.writing() as session:
        await session.remember_payload("Ev1", T0)
    for days, is_new in ((1, False), (2, True)):
        await database.tidy(T0 + days * DAY)
        async with database.writing() as session:
            assert await session.remember_payload("Ev1", T0 + days * DAY) is is_new


async def test_readings_and_settled_messages_go_earlier(database: Database) -> None:
    await kept(database, resolved(incident()))
    async with database.writing() as session:
        await session.append_observations(reading())
    await owe(database, notification("n"))
    await claimed(database)
    await deliver(database, OutboxId("n"))
    await database.tidy(T0 + 15 * DAY)
    assert [one async for one in database.observations(reading().cluster.source)] == []
    assert len(await database.incidents()) == 1
    assert await claimed(database, T0 + 15 * DAY) == []


async def test_very_many_go_little_by_little(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.pruning.AT_ONCE", 2)
    for number in range(3):
        await kept(database, resolved(incident(f"{number}")))
    for left in (1, 0):
        await database.tidy(T0 + 101 * DAY)
        assert len(await database.incidents()) == left
