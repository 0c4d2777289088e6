"""Parent messages: where they stand, which incidents they speak of, what they have said aloud."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import IncidentNumber
from bot.domain.posts import Channel, MessageKey, Post
from bot.storage.codec import POST
from bot.storage.statements import chunks, insert
from bot.storage.tables import members, posts


async def keep(connection: AsyncConnection, kept: Sequence[Post]) -> None:
    """Create or update records. Where a message stands is not lost to a writer that knows it less well."""
    for post in kept:
        await _keep(connection, post, func.coalesce(posts.c.ts, post.ts))


async def repost(connection: AsyncConnection, post: Post) -> None:
    """Keep a message that was posted anew."""
    await _keep(connection, post, post.ts)


async def _keep(connection: AsyncConnection, post: Post, ts: object) -> None:
    statement = insert(connection, posts).values(
        key=post.key, channel=post.channel, ts=post.ts, body=_body(post)
    )
    statement = statement.on_conflict_do_update(
        index_elements=["key", "channel"], set_={"ts": ts, "body": statement.excluded.body}
    )
    row = (await connection.execute(statement.returning(posts.c.id, posts.c.spoken_of))).one()
    spoken_of = _digest(post.members)
    if row.spoken_of is None or bytes(row.spoken_of) != spoken_of:
        await _add_members(connection, row.id, post.members)


async def _add_members(connection: AsyncConnection, post: int, numbers: Sequence[IncidentNumber]) -> None:
    """Add the members that are new; none ever leaves."""
    query = select(members.c.incident).where(members.c.post == post).order_by(members.c.position)
    there = list(await connection.scalars(query))
    known = set(there)
    new = [number for number in dict.fromkeys(numbers) if number not in known]
    rows = [
        {"post": post, "position": position, "incident": number}
        for position, number in enumerate(new, start=len(there))
    ]
    if rows:
        await connection.execute(members.insert(), rows)
    spoken_of = _digest([*there, *new])
    await connection.execute(update(posts).where(posts.c.id == post).values(spoken_of=spoken_of))


def _digest(numbers: Sequence[int]) -> bytes:
    return blake2b(array("q", numbers).tobytes(), digest_size=16).digest()


def _body(post: Post) -> str:
    return POST.encode(replace(post, members=(), ts=None))


async def stands_at(
    connection: AsyncConnection, key: str, channel: str, ts: str | None, now: datetime
) -> None:
    """Record that a message was posted; everything else about it stays."""
    place = MessageKey(key), Channel(channel)
    statement = insert(connection, posts).values(
        key=key, channel=channel, ts=ts, body=_body(Post(*place)), posted_at=now
    )
    known = func.coalesce(statement.excluded.ts, posts.c.ts)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key", "channel"], set_={"ts": known, "posted_at": now, "edited_at": None}
        )
    )


async def was_edited(connection: AsyncConnection, key: str, channel: str, now: datetime) -> None:
    """Record when a message was last edited."""
    mine = posts.c.key == key, posts.c.channel == channel
    await connection.execute(update(posts).where(*mine).values(edited_at=now))


async def standing(
    connection: AsyncConnection, keys: Sequence[str]
) -> dict[tuple[str, str], tuple[bool, datetime | None]]:
    """Tell of messages, by key and channel, whether each stands, and when it was last edited."""
    query = select(posts.c.key, posts.c.channel, posts.c.ts, posts.c.edited_at).where(posts.c.key.in_(keys))
    rows = await connection.execute(query)
    return {(row.key, row.channel): (row.ts is not None, row.edited_at) for row in rows}


_columns = (posts.c.id, posts.c.ts, posts.c.body)
_in_order = (posts.c.key, posts.c.channel)
_Query = Select[tuple[int, str | None, str]]


async def one(connection: AsyncConnection, key: MessageKey, channel: Channel) -> Post | None:
    """Read one record."""
    found = await _read(connection, select(*_columns).where(posts.c.key == key, posts.c.channel == channel))
    return found[0] if found else None


async def at(connection: AsyncConnection, ts: str) -> tuple[Post, ...]:
    """Read what stands at this ``ts``, in whatever channel."""
    return await _read(connection, select(*_columns).where(posts.c.ts == ts))


async def of(connection: AsyncConnection, numbers: Sequence[IncidentNumber]) -> tuple[Post, ...]:
    """Read the messages that speak of any of these incidents, by key and channel."""
    ids: set[int] = set()
    for some in chunks(list(numbers)):
        query = select(members.c.post).where(members.c.incident.in_(some)).distinct()
        ids.update(await connection.scalars(query))
    found: list[Post] = []
    for some_ids in chunks(sorted(ids)):
        found += await _read(connection, select(*_columns).where(posts.c.id.in_(some_ids)))
    return tuple(sorted(found, key=lambda post: post.place))


async def _read(connection: AsyncConnection, query: _Query) -> tuple[Post, ...]:
    rows = (await connection.execute(query.order_by(*_in_order))).all()
    spoken_of: dict[int, list[IncidentNumber]] = {row.id: [] for row in rows}
    for some in chunks(list(spoken_of)):
        members_of = select(members.c.post, members.c.incident).where(members.c.post.in_(some))
        by_position = members_of.order_by(members.c.post, members.c.position)
        for post, number in await connection.execute(by_position):
            spoken_of[post].append(IncidentNumber(number))
    return tuple(_post(row, spoken_of[row.id]) for row in rows)


def _post(row: Row[Any], numbers: Sequence[IncidentNumber]) -> Post:
    return replace(POST.decode(row.body), ts=row.ts, members=tuple(numbers))
