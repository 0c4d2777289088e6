"""Where parent messages stand, which incidents they speak of, and the small facts."""

from collections.abc import Iterable

from sqlalchemy import Select, and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import IncidentNumber
from bot.domain.notification import Channel, MessageKey
from bot.operations.store_port import PostedMessage
from bot.storage.statements import insert, upsert
from bot.storage.tables import facts, members, messages


async def keep(connection: AsyncConnection, message: PostedMessage) -> None:
    """Create or update a message's record; a ``ts`` that is known is never lost to one that is not."""
    statement = insert(connection, messages).values(key=message.key, channel=message.channel, ts=message.ts)
    known = func.coalesce(statement.excluded.ts, messages.c.ts)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["key", "channel"], set_={"ts": known})
    )
    await connection.execute(
        delete(members).where(members.c.key == message.key, members.c.channel == message.channel)
    )
    rows = [
        {"key": message.key, "channel": message.channel, "position": position, "incident": number}
        for position, number in enumerate(message.members)
    ]
    if rows:
        await connection.execute(members.insert(), rows)


async def stands_at(connection: AsyncConnection, key: str, channel: str, ts: str) -> None:
    """Record where a message was posted; its members stay."""
    statement = upsert(connection, messages).values(key=key, channel=channel, ts=ts)
    await connection.execute(statement)


_with_members = select(messages, members.c.incident).outerjoin(
    members, and_(members.c.key == messages.c.key, members.c.channel == messages.c.channel)
)
_Query = Select[tuple[str, str, str | None, int | None]]


async def one(connection: AsyncConnection, key: MessageKey, channel: Channel) -> PostedMessage | None:
    """Read one message's record."""
    query = _with_members.where(messages.c.key == key, messages.c.channel == channel)
    found = await _read(connection, query)
    return found[0] if found else None


async def of_incident(connection: AsyncConnection, number: IncidentNumber) -> tuple[PostedMessage, ...]:
    """Read the messages that speak of an incident, by key and channel."""
    speaks = (
        select(members.c.position)
        .where(
            members.c.key == messages.c.key,
            members.c.channel == messages.c.channel,
            members.c.incident == number,
        )
        .correlate(messages)
        .exists()
    )
    return await _read(connection, _with_members.where(speaks))


async def _read(connection: AsyncConnection, query: _Query) -> tuple[PostedMessage, ...]:
    query = query.order_by(messages.c.key, messages.c.channel, members.c.position)
    found: dict[tuple[str, str], PostedMessage] = {}
    for row in await connection.execute(query):
        spoken: Iterable[int] = () if row.incident is None else (row.incident,)
        before = found.get((row.key, row.channel))
        found[row.key, row.channel] = PostedMessage(
            MessageKey(row.key),
            Channel(row.channel),
            row.ts,
            (*(before.members if before else ()), *(IncidentNumber(number) for number in spoken)),
        )
    return tuple(found.values())


async def keep_fact(connection: AsyncConnection, name: str, value: str) -> None:
    """Keep one small fact."""
    await connection.execute(upsert(connection, facts).values(name=name, value=value))


async def fact(connection: AsyncConnection, name: str) -> str | None:
    """Read one small fact."""
    value: str | None = await connection.scalar(select(facts.c.value).where(facts.c.name == name))
    return value
