"""The numbers that people say: incidents and groups get theirs from one row."""

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.incident import IncidentNumber
from bot.storage.statements import CHUNK
from bot.storage.tables import numbers


async def give(connection: AsyncConnection, count: int, given_to: str) -> list[IncidentNumber]:
    """Give so many new numbers, rising; none is ever given twice, be it used or not."""
    given: list[int] = []
    for start in range(0, count, CHUNK):
        rows = [{"given_to": given_to}] * min(CHUNK, count - start)
        given += await connection.scalars(numbers.insert().values(rows).returning(numbers.c.number))
    if given:
        mine = numbers.c.number.between(min(given), max(given))
        await connection.execute(delete(numbers).where(mine))
    return [IncidentNumber(number) for number in sorted(given)]
