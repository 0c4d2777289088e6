"""What a storm costs the database: thousands of incidents in one transaction, and a long outbox.

``python tests/benchmarks/storm.py [incidents] [url]``; without a url an SQLite file that is thrown away.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from bot.domain.incident import Incident, Snapshot
from bot.domain.notification import Action, MessageKey
from bot.domain.posts import Post
from bot.domain.urgency import urgency
from bot.operations.store_port import AuditEntry, IncidentWrite, OwedNotification
from bot.storage.codec import INCIDENT, NOTIFICATION
from bot.storage.database import Database, open_database
from bot.storage.tables import outbox
from tests.storage.storage_samples import ALERTS, LEASE, PROD, T0, incident, notification

TREND = tuple(range(60))
SETTLED, OWED, MESSAGES, CLAIMS = 40_000, 10_000, 40, 20


@contextmanager
def timed(what: str, times: int = 1) -> Iterator[None]:
    """Print how long something took, by the wall clock and in this thread."""
    wall, cpu = time.perf_counter(), time.thread_time()
    yield
    wall, cpu = (time.perf_counter() - wall) * 1000 / times, (time.thread_time() - cpu) * 1000 / times
    print(f"  {what:<44} {wall:9.2f} ms, of these {cpu:8.2f} on the event loop")


def broken(number: int) -> Incident:
    """Make an incident with all that one has."""
    one = incident(f"task:prod/1000/{number}/file:///obbackup/archive")
    half_an_hour = timedelta(minutes=30)
    snapshot = Snapshot(
        T0, timedelta(milliseconds=120), "FAILED", "device out of space", agent_server="10.0.0.1", trend=TREND
    )
    return replace(one, delay=half_an_hour, worst_delay=half_an_hour, checkpoint=T0, snapshot=snapshot)


async def storm(database: Database, count: int) -> None:
    """Open incidents, change them, read them."""
    new = [broken(number) for number in range(count)]
    with timed("one incident as text", count):
        texts = [INCIDENT.encode(one) for one in new]
    with timed("one incident out of text", count):
        for text in texts:
            INCIDENT.decode(text)
    with timed(f"{count} incidents open, with trail and one post"):
        async with database.writing() as session:
            kept = await session.keep_incidents([IncidentWrite(one, None) for one in new])
            await session.append_audit([AuditEntry(one.number, T0, "opened", "It failed.") for one in kept])
            post = Post(MessageKey("group/1"), ALERTS, None, tuple(one.number for one in kept))
            await session.keep_posts([post])
    with timed("they change"):
        async with database.writing() as session:
            await session.keep_incidents([IncidentWrite(one, one.revision) for one in kept])
    for what in ("their revisions, the first time", "their revisions"):
        with timed(what):
            await database.revisions(PROD)
    with timed("the post again, nothing about members new"):
        async with database.writing() as session:
            await session.keep_posts([replace(post, spoken_at=T0)])
    with timed("the post is found by a member"):
        await database.posts_of([kept[0].number])


async def long_outbox(database: Database) -> None:
    """Claim and settle among very many rows; put in very many."""
    messages = [MessageKey(f"incident/{number}") for number in range(1, MESSAGES + 1)]
    async with database.writing() as session:
        await session.keep_posts([Post(message, ALERTS, "1.0") for message in messages])
    rows = []
    for number in range(SETTLED + OWED):
        one = notification(f"n{number}", list(Action)[number % 3], message=messages[number % MESSAGES])
        rows.append(
            {
                "id": one.id,
                "message": one.message,
                "channel": one.channel,
                "action": one.action.value,
                "urgency": urgency(one),
                "body": NOTIFICATION.encode(one),
                "state": "delivered" if number < SETTLED else "owed",
                "attempts": 0,
                "outcome_unknown": False,
            }
        )
    async with database._transaction() as connection:
        await connection.execute(outbox.insert(), rows)
    claimed: list[OwedNotification] = []
    with timed(f"a claim of 6 of {OWED} owed", CLAIMS):
        for _ in range(CLAIMS):
            claimed += await database.claim(owner="a bot", now=T0, lease=LEASE, limit=6)
    with timed("a delivery", len(claimed)):
        for owed in claimed:
            await database.delivered(owed.notification.id, owner="a bot", ts="1.0", now=T0)
    count = 1000
    with timed(f"one of {count} alerts is owed", count):
        async with database.writing() as session:
            for number in range(count):
                await session.enqueue(
                    notification(f"p{number}", message=MessageKey(f"incident/{1000 + number}"))
                )
    with timed(f"one of {count} edits of them is owed", count):
        async with database.writing() as session:
            for number in range(count):
                message = MessageKey(f"incident/{1000 + number}")
                await session.enqueue(notification(f"e{number}", Action.EDIT, message=message))
    with timed("channels that refuse"):
        await database.refused()
    with timed("the backlog"):
        await database.outbox_backlog()


async def measure(count: int, url: str | None) -> None:
    """Run both and print what they cost."""
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(url or f"sqlite:///{folder}/bot.sqlite3")
        await storm(database, count)
        await long_outbox(database)
        await database.close()


if __name__ == "__main__":
    arguments = sys.argv[1:]
    asyncio.run(measure(int(arguments[0]) if arguments else 10_000, arguments[1] if arguments[1:] else None))
