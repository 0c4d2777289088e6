"""The database as operations see it: one writer, and readers that never wait for it."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.delay_history import DelayHistory
from bot.domain.notification import Action, Channel, OutboxId
from bot.domain.reading import Reading
from bot.domain.task import SourceName, TaskKey
from bot.errors import StorageError
from bot.operations.store_port import Backlog
from bot.storage import history as stored_history
from bot.storage import leases, observations, outbox, owing
from bot.storage.address import Address, patient_engine, read_address, reader_engine, writer_engine
from bot.storage.lock import FileLock
from bot.storage.observations import Place
from bot.storage.outbox import Owed
from bot.storage.pruning import HISTORY, RETENTION, Keeping, prune
from bot.storage.records import Records
from bot.storage.refusals import refusals
from bot.storage.schema import check_version, is_new_enough, migrate
from bot.storage.session import Session
from bot.storage.shapes import Shapes

_OWNERS = 0o600
"""A new SQLite file is for whoever runs the bot alone: it names clusters, tenants and people."""


async def open_database(
    url: str, *, read_only: bool = False, retention: timedelta = RETENTION, history: timedelta = HISTORY
) -> "Database":
    """Open a database and bring it to the newest version; with ``read_only`` touch nothing.

    ``retention`` is how long readings are kept, ``history`` how long incidents that are over.
    Raises StorageError where that cannot be done, another bot having the same SQLite file among the
    reasons.
    """
    address = read_address(url)
    undo = AsyncExitStack()
    try:
        return await _opened(address, undo, Keeping(retention, history), read_only=read_only)
    except BaseException:
        await undo.aclose()
        raise


async def is_up_to_date(url: str) -> bool:
    """Whether a database is as new as this program, or newer: to open it migrates nothing.

    Raises StorageError where it cannot be looked at.
    """
    with refusals():
        address = read_address(url)
        if address.path is not None and not address.path.exists():
            return False
        engine = reader_engine(address)
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(is_new_enough)
        finally:
            await engine.dispose()


async def _opened(address: Address, undo: AsyncExitStack, keeping: Keeping, *, read_only: bool) -> "Database":
    """Open a database; what ``undo`` holds gives everything back, the writer last but for the lock."""
    if address.path is not None and read_only:
        _must_exist(address.path)
    elif address.path is not None:
        with refusals():
            address.path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(address.path)
            lock.take()
            address.path.touch(mode=_OWNERS)
        undo.callback(lock.release)
    writer = None if read_only else writer_engine(address)
    if writer is not None:
        undo.push_async_callback(writer.dispose)
    reader = reader_engine(address)
    undo.push_async_callback(reader.dispose)
    patient = patient_engine(address) if writer is not None and address.path is None else None
    if patient is not None:
        undo.push_async_callback(patient.dispose)
    with refusals():
        if writer is None:
            async with reader.begin() as connection:
                await connection.run_sync(check_version, address)
        else:
            async with (patient or writer).begin() as connection:
                await connection.run_sync(migrate, address)
                if address.path is not None:
                    await outbox.release(connection)
                    await leases.release(connection)
    return Database(reader, writer, undo, keeping, patient)


def _must_exist(path: Path) -> None:
    if not path.exists():
        raise StorageError(
            f"There is no database at {path} yet. `logbackup-bot run` makes it; BOT_DATABASE_URL says where."
        )


class Database(Records):
    """Fulfils ``Store``."""

    def __init__(
        self,
        reader: AsyncEngine,
        writer: AsyncEngine | None,
        undo: AsyncExitStack,
        keeping: Keeping,
        patient: AsyncEngine | None = None,
    ) -> None:
        super().__init__(reader)
        self._writer = writer
        self._patient = patient or writer
        self._undo = undo
        self._keeping = keeping
        self._shapes = Shapes()
        one_at_a_time = reader.dialect.name == "sqlite"
        self._turn: AbstractAsyncContextManager[object] = asyncio.Lock() if one_at_a_time else nullcontext()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        """Open one transaction; what is raised inside it keeps nothing. It must not be opened inside itself.

        In SQLite it waits until no other transaction writes.
        """
        in_use = self._shapes.begin()
        async with self._transaction() as connection:
            session = Session(connection, in_use, self.shapes_read)
            yield session
            await session.finish()
        in_use.committed()

    @asynccontextmanager
    async def _transaction(self, *, patient: bool = False) -> AsyncIterator[AsyncConnection]:
        """Begin, and commit at the end; the connection rolls back whatever was not committed.

        One that is ``patient`` may take its time.
        """
        writer = self._patient if patient else self._writer
        if writer is None:
            raise StorageError("The database is opened for reading only: the running bot alone writes to it.")
        async with self._turn:
            with refusals():
                connection = await writer.connect()
            try:
                with refusals():
                    await connection.begin()
                yield connection
                with refusals():
                    await connection.commit()
            finally:
                await asyncio.shield(connection.close())

    async def take_lease(self, name: str, *, owner: str, now: datetime, length: timedelta) -> int | None:
        """Take a lease, or renew one's own; None while another owner holds it."""
        async with self._transaction() as connection:
            with refusals():
                return await leases.take(connection, name, owner=owner, now=now, length=length)

    async def live_leases(self, prefix: str, now: datetime) -> tuple[str, ...]:
        """Name the leases that begin so and that somebody holds."""
        async with self._reading() as connection:
            return await leases.live(connection, prefix, now)

    async def give_lease(self, name: str, *, owner: str) -> None:
        """Give a lease back."""
        async with self._transaction() as connection:
            with refusals():
                await leases.give_back(connection, name, owner=owner)

    async def claim(
        self,
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        actions: Collection[Action] = tuple(Action),
    ) -> tuple[Owed, ...]:
        """Take due notifications of these actions for ``lease``, most urgent first."""
        async with self._reading() as connection:
            if not await outbox.anything_due(connection, now, actions):
                return ()
        async with self._transaction() as connection:
            with refusals():
                return await outbox.claim(
                    connection, owner=owner, now=now, lease=lease, limit=limit, actions=actions
                )

    async def delivered(self, id_: OutboxId, *, owner: str, ts: str | None, now: datetime) -> bool:
        """Record a delivery. False: the lease was lost."""
        async with self._transaction() as connection:
            with refusals():
                return await outbox.delivered(connection, id_, owner=owner, ts=ts, now=now)

    async def postpone(
        self,
        id_: OutboxId,
        *,
        owner: str,
        until: datetime,
        error: str,
        outcome_unknown: bool,
        refused: bool = False,
    ) -> bool:
        """Give a notification back to be tried at ``until``. False: the lease was lost."""
        async with self._transaction() as connection:
            with refusals():
                return await outbox.postpone(
                    connection,
                    id_,
                    owner=owner,
                    until=until,
                    error=error,
                    outcome_unknown=outcome_unknown,
                    refused=refused,
                )

    async def renew(self, id_: OutboxId, *, owner: str, now: datetime) -> bool:
        """Let the edit that waits for a message that surely does not stand take the place of its post."""
        async with self._transaction() as connection:
            with refusals():
                return await owing.renew(connection, id_, owner=owner, now=now)

    async def give_up(self, id_: OutboxId, *, owner: str, error: str, now: datetime) -> bool:
        """Record that a notification can never be delivered. False: the lease was lost."""
        async with self._transaction() as connection:
            with refusals():
                return await outbox.give_up(connection, id_, owner=owner, error=error, now=now)

    async def refused(self) -> dict[Channel, str]:
        """Give the channels of which something owed was last refused for good, with the sentence."""
        async with self._reading() as connection:
            return await outbox.refused(connection)

    async def outbox_depth(self) -> int:
        """Count the notifications that are owed."""
        async with self._reading() as connection:
            return await outbox.depth(connection)

    async def outbox_backlog(self) -> tuple[Backlog, ...]:
        """Tell what is owed of each action of which anything is owed."""
        async with self._reading() as connection:
            return await outbox.backlog(connection)

    def observations(self, source: SourceName, *, since: datetime | None = None) -> AsyncIterator[Reading]:
        """Read the stored readings of a source from ``since`` (OCP's clock), oldest first."""
        return observations.history(self._reader, source, since, self.shapes_read.pop(source, {}))

    async def delays(self, key: TaskKey, since: datetime, until: datetime | None) -> DelayHistory:
        """Read how far one task was behind, by our clock; ``until`` None to the latest reading."""
        return await stored_history.delays(self._reader, key, since, until)

    async def observed_sources(self) -> tuple[SourceName, ...]:
        """Name the sources that have stored readings."""
        async with self._reading() as connection:
            return await observations.sources(connection)

    def keep_for(self, retention: timedelta, history: timedelta) -> None:
        """Keep readings, and incidents that are over, for so long from now on."""
        self._keeping = Keeping(retention, history)

    async def tidy(self, now: datetime) -> None:
        """Drop what is older than it is to be kept, and take single polls into blocks; every few minutes.

        The work is done beside the writer; each block is put in place in a short transaction of its own.
        What is too old goes first, and what cannot be read is taken up last: it keeps nothing from its turn.
        Raises StorageError where there is such a thing.
        """
        async with self._transaction(patient=True) as connection:
            with refusals():
                await prune(connection, self._keeping, now)
        async with self._reading() as connection:
            crowded = await observations.crowded(connection)
        for place, count in crowded.items():
            await self._take_into_blocks(place, count)

    async def _take_into_blocks(self, place: Place, count: int) -> None:
        while True:
            async with self._reading() as connection:
                block = await observations.gather_block(connection, place, count)
            if block is None:
                return
            async with self._transaction() as connection:
                with refusals():
                    await observations.keep_block(connection, block)
            count -= block.polls

    async def close(self) -> None:
        """Close the database, and let another bot have it."""
        await self._undo.aclose()
