"""Who of several replicas does what: rows with an owner, an end, and a token that fences late writes off."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.operations.store_port import LeaseLost
from bot.storage.statements import insert
from bot.storage.tables import leases


async def take(
    connection: AsyncConnection, name: str, *, owner: str, now: datetime, length: timedelta
) -> int | None:
    """Take or renew a lease; None while another owner holds it. One's own is renewed by one statement."""
    mine = update(leases).where(leases.c.name == name, leases.c.owner == owner)
    renewed = mine.values(held_until=now + length).returning(leases.c.token)
    token: int | None = await connection.scalar(renewed)
    if token is not None:
        return token
    new = insert(connection, leases).values(name=name, owner=owner, held_until=now + length, token=1)
    if await connection.scalar(new.on_conflict_do_nothing().returning(leases.c.token)) is not None:
        return 1
    held = (await connection.execute(select(leases).where(leases.c.name == name).with_for_update())).one()
    if held.owner is not None and held.held_until > now:
        return None
    token = int(held.token) + 1
    await connection.execute(
        update(leases).where(leases.c.name == name).values(owner=owner, held_until=now + length, token=token)
    )
    return token


async def give_back(connection: AsyncConnection, name: str, *, owner: str) -> None:
    """Give a lease back, if it is still one's own."""
    mine = update(leases).where(leases.c.name == name, leases.c.owner == owner)
    await connection.execute(mine.values(owner=None, held_until=None))


async def check(connection: AsyncConnection, name: str, token: int) -> None:
    """Make sure that a lease is held under a token; nobody else gets it before this transaction is over."""
    query = select(leases.c.token, leases.c.owner).where(leases.c.name == name)
    held = (await connection.execute(query.with_for_update(read=True))).one_or_none()
    if held is None or held.owner is None or held.token != token:
        raise LeaseLost(f"the lease {name} is not held under the token {token} any more")


async def live(connection: AsyncConnection, prefix: str, now: datetime) -> tuple[str, ...]:
    """Name the leases that begin so and that somebody holds."""
    held = select(leases.c.name).where(
        leases.c.name.startswith(prefix, autoescape=True),
        leases.c.owner.is_not(None),
        leases.c.held_until > now,
    )
    return tuple((await connection.scalars(held.order_by(leases.c.name))).all())


async def release(connection: AsyncConnection) -> None:
    """End every lease: in a database that only one bot uses, whoever held one is gone."""
    await connection.execute(update(leases).values(owner=None, held_until=None))


async def prune(connection: AsyncConnection, prefix: str, before: datetime) -> None:
    """Drop the leases that begin so and that nobody holds; none whose token fences writes off."""
    free = or_(leases.c.owner.is_(None), leases.c.held_until < before)
    await connection.execute(delete(leases).where(leases.c.name.startswith(prefix, autoescape=True), free))
