"""One OCP as the rest of the bot knows it: its clusters, and their log backup tasks."""

import asyncio
import contextlib
import dataclasses
import functools
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Protocol, Self, TypeVar

from bot.domain.reading import Reading
from bot.domain.task import Cluster, ClusterId, SourceName
from bot.errors import AnswerUnreadable, NotFound, PermissionMissing, SourceTimeout
from bot.ocp.authentication import Authentication
from bot.ocp.clusters import Watched, by_id, id_of, means, narrow, parse_clusters
from bot.ocp.connection import Answer, Connection, Patience
from bot.ocp.login import LoginGate
from bot.ocp.pages import TaskList, TaskPage, parse_page
from bot.ocp.refusals import CLUSTERS, SERVER, Asked, backup_of, label, tasks_of, unreadable
from bot.ocp.siblings import (
    BackupOverview,
    ServerInfo,
    parse_info,
    parse_overview,
    parse_status,
    parse_threshold,
    parse_time,
)
from bot.operations.ports import Clock

_CLUSTERS_PATH = "/api/v2/ob/clusters"
_LARGEST_PAGE = 2000
_ABSENCE = timedelta(hours=1)
"""How long an absent feature is taken to stay absent."""

_Result = TypeVar("_Result")


class PageListener(Protocol):
    """Who is told of every page as it came, such as a recording.

    ``complete`` is true for the last page of a cluster's list that was walked whole.
    """

    def __call__(self, source: SourceName, cluster: ClusterId, raw: bytes, *, complete: bool) -> None:
        """Take one page; ``raw`` still holds what OCP sent, credentials in its paths among it."""
        ...


class OcpClient:
    """A Source: one OCP, read over HTTP."""

    def __init__(
        self,
        name: SourceName,
        url: str,
        authentication: Authentication,
        clock: Clock,
        *,
        clusters: Sequence[str] = (),
        ca_file: Path | None = None,
        concurrency: int = 4,
        page_size: int = 500,
        most_pages: int = 500,
        patience: Patience | None = None,
        on_page: PageListener | None = None,
    ) -> None:
        self._name = name
        self._clock = clock
        self._wanted = tuple(wanted for wanted in (text.strip() for text in clusters) if wanted)
        self._page_size = page_size
        self._most_pages = most_pages
        self._patience = patience or Patience()
        self._walks = asyncio.Semaphore(concurrency)
        self._queue = asyncio.Semaphore(concurrency)
        self._on_page = on_page
        self._absent: dict[str, datetime] = {}
        self._unresolved: tuple[str, ...] = ()
        self._connection = Connection(
            name, url, authentication, clock,
            ca_file=ca_file, concurrency=concurrency, patience=self._patience,
        )  # fmt: skip

    def __repr__(self) -> str:
        """Name the source and its address, and nothing of its login."""
        return f"OcpClient({self._name!r}, {self._connection.address!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._connection.close()

    @property
    def name(self) -> SourceName:
        """The name the settings give it."""
        return self._name

    @property
    def unresolved_clusters(self) -> tuple[str, ...]:
        """A sentence for each cluster in the settings that the last list of clusters did not have."""
        return self._unresolved

    @property
    def gate(self) -> LoginGate:
        """The gate of its login: whether OCP refused it, and when it may be tried again."""
        return self._connection.gate

    async def clusters(self) -> tuple[Cluster, ...]:
        """List the clusters to watch, in OCP's order, narrowed by the settings.

        Where the login may not list clusters, those whose ids the settings give are returned by id
        alone, and the list is asked for again an hour later.
        """
        watched = await self._watched()
        self._unresolved = watched.unresolved
        if watched.unresolved and not watched.clusters:
            raise NotFound(" ".join(watched.unresolved))
        return watched.clusters

    def watches(self, cluster: Cluster) -> bool:
        """Whether the settings mean this cluster, be it listed or not."""
        return means(self._wanted, cluster)

    async def _watched(self) -> Watched:
        if self._is_absent(_CLUSTERS_PATH):
            return by_id(self._wanted, self._name)
        try:
            listed = await self._within(self._list_clusters)
        except (PermissionMissing, NotFound):
            if not any(id_of(wanted) is not None for wanted in self._wanted):
                raise
            self._absent[_CLUSTERS_PATH] = self._clock.now()
            return by_id(self._wanted, self._name)
        return narrow(listed, self._wanted, self._name)

    async def _list_clusters(self) -> tuple[Cluster, ...]:
        found: dict[ClusterId, Cluster] = {}
        for number in range(1, self._most_pages + 1):
            answer = await self._get(_CLUSTERS_PATH, CLUSTERS, page=str(number), size=str(_LARGEST_PAGE))
            with self._parsing():
                page = parse_clusters(answer.body, self._name)
            before = len(found)
            found.update({cluster.id: cluster for cluster in page.clusters})
            if page.ends(number):
                return tuple(found.values())
            if len(found) == before:
                break
        raise self._unreadable("a list of clusters that does not end", None)

    async def log_backup_tasks(
        self,
        cluster: Cluster,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        urgent: bool = False,
    ) -> Reading:
        """Read all log backup tasks of one cluster, walking its pages; ``urgent`` before what waits its turn.

        Raises a SourceError; a SourceTimeout where the walk as a whole takes too long.
        """
        period = {"startTime": start, "endTime": end}
        sent = {name: _offset_time(moment) for name, moment in period.items() if moment is not None}
        walk = functools.partial(self._walk, cluster, sent)
        if urgent:
            return await self._within(walk)
        async with self._queue:
            return await self._within(walk)

    async def _walk(self, cluster: Cluster, period: dict[str, str]) -> Reading:
        """Walk until ``number >= totalPages`` or an empty page; ``size`` is never computed with."""
        tasks, asked = TaskList(), tasks_of(cluster)
        path, size = f"/api/v2/ob/clusters/{cluster.id}/backup/task/logBackupTasks", str(self._page_size)
        trace_id = None
        for number in range(1, self._most_pages + 1):
            answer = await self._get(path, asked, page=str(number), size=size, **period)
            with self._parsing():
                page = parse_page(answer.body, cluster)
            tasks.add(page)
            if page.ends(number):
                return self._reading(cluster, tasks, page, answer)
            self._tell(cluster, answer, complete=False)
            trace_id = page.trace_id
            if tasks.repeats:
                break
        raise self._unreadable("a list of tasks that does not end", trace_id)

    def _reading(self, cluster: Cluster, tasks: TaskList, last: TaskPage, answer: Answer) -> Reading:
        """Make a reading of the pages. Its time is the last page's, else the answer's Date."""
        at = last.at or answer.date
        if at is None:
            raise self._unreadable("an answer without its time", last.trace_id)
        whole = tasks.is_whole(last)
        self._tell(cluster, answer, complete=whole)
        named = next((task.cluster_name for task in tasks.tasks.values() if task.cluster_name), None)
        return Reading(
            cluster=cluster if cluster.name or not named else dataclasses.replace(cluster, name=named),
            tasks=tuple(tasks.tasks.values()),
            at=at,
            received_at=answer.received_at,
            complete=whole,
            skipped=tasks.skipped,
            trace_id=last.trace_id,
        )

    def _tell(self, cluster: Cluster, answer: Answer, *, complete: bool) -> None:
        if self._on_page is not None:
            self._on_page(self._name, cluster.id, answer.body, complete=complete)

    async def backup_overview(self, cluster: Cluster) -> BackupOverview | None:
        """Read a cluster's backup overview; None where this OCP has none."""
        asked = backup_of(cluster, "backup overview")
        answer = await self._feature(f"/api/v2/ob/clusters/{cluster.id}/backup/overview", asked)
        if answer is None:
            return None
        with self._parsing():
            return parse_overview(answer.body, self._name, asked)

    async def delay_threshold(self, cluster: Cluster) -> timedelta | None:
        """Read OCP's own alarm threshold of a cluster's log backup delay; None where there is none."""
        asked = backup_of(cluster, "backup strategy")
        answer = await self._feature(f"/api/v2/ob/clusters/{cluster.id}/backup/config/backupStrategy", asked)
        if answer is None:
            return None
        with self._parsing():
            return parse_threshold(answer.body, self._name, asked)

    async def server_time(self) -> datetime | None:
        """Read OCP's clock; None where this OCP does not tell it."""
        answer = await self._feature("/api/v2/time", SERVER)
        if answer is None:
            return None
        with self._parsing():
            return parse_time(answer.body, self._name)

    async def server_info(self) -> ServerInfo | None:
        """Read what OCP says of itself; None where it says nothing."""
        answer = await self._feature("/api/v2/info", SERVER)
        if answer is None:
            return None
        with self._parsing():
            return parse_info(answer.body, self._name, SERVER)

    async def server_status(self) -> str | None:
        """Read OCP's one word about itself, ``okay`` or ``bad``; None where it has none."""
        answer = await self._feature("/api/status", SERVER)
        return None if answer is None else parse_status(answer.body)

    async def _feature(self, path: str, asked: Asked) -> Answer | None:
        """Read what an OCP may lack. A 404 is an absent feature, and is not asked for again for a while."""
        if self._is_absent(path):
            return None
        try:
            return await self._get(path, asked)
        except NotFound:
            self._absent[path] = self._clock.now()
            return None

    def _is_absent(self, path: str) -> bool:
        since = self._absent.get(path)
        return since is not None and since <= self._clock.now() < since + _ABSENCE

    async def _get(self, path: str, asked: Asked, **parameters: str) -> Answer:
        return await self._connection.get(path, parameters, asked)

    def _unreadable(self, what: str, trace_id: str | None) -> AnswerUnreadable:
        return unreadable(self._name, what, trace_id=trace_id, http_status=HTTPStatus.OK)

    @contextlib.contextmanager
    def _parsing(self) -> Iterator[None]:
        """Say of what cannot be read that it came as a success."""
        try:
            yield
        except AnswerUnreadable as error:
            error.http_status = HTTPStatus.OK
            raise

    async def _within(self, walk: Callable[[], Awaitable[_Result]]) -> _Result:
        """Bound a whole walk, whatever its pages do; waiting for its turn is not OCP's slowness."""
        try:
            async with self._walks, asyncio.timeout(self._patience.walk.total_seconds()):
                return await walk()
        except TimeoutError:
            raise SourceTimeout(
                f"{label(self._name)} takes too long to give its list at {self._connection.address}. "
                "Is it overloaded?"
            ) from None


def _offset_time(moment: datetime) -> str:
    """Write a moment as OCP's OffsetDateTime."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
