"""Pages of log backup tasks: one answer parsed, and many of them made into one list."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError

from bot.domain.reading import Reading
from bot.domain.task import Cluster, ClusterId, SourceName, Task, TaskKey, newer_of
from bot.ocp.payloads import PageInfo, TaskEnvelope, lenient
from bot.ocp.refusals import looks_like, refused_inside, tasks_of, unreadable
from bot.ocp.rows import salvage, to_task, utc
from bot.ocp.texts import printable

_LONGEST_NUMBER = 40
_IDLE_PAGES = 3


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One page as it was answered. ``at`` is OCP's time of it, None where it sent none that can be read."""

    tasks: tuple[Task, ...]
    at: datetime | None
    rows: int
    skipped: int
    number: int | None
    pages: int | None
    elements: int | None
    trace_id: str | None

    def ends(self, asked: int) -> bool:
        """Whether nothing comes after this page, of which number ``asked`` was asked for."""
        if self.rows == 0:
            return True
        return self.pages is not None and max(asked, self.number or 0) >= self.pages


def load_json(response: bytes | str) -> Any:  # noqa: ANN401 - JSON is anything
    """Parse JSON that the strict parser refuses: bytes that are no UTF-8, lone surrogates, endless numbers.

    Raises ValueError where it is no JSON.
    """
    text = response.decode("utf-8", "replace") if isinstance(response, bytes) else response

    def whole(digits: str) -> int | str:
        return int(digits) if len(digits) <= _LONGEST_NUMBER else digits

    try:
        return json.loads(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), parse_int=whole)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def parse_page(response: bytes | str | Mapping[str, Any], cluster: Cluster) -> TaskPage:
    """Parse one answer for ``cluster``. Raises AnswerUnreadable, or what a refusal inside it means."""
    try:
        if isinstance(response, Mapping):
            envelope = TaskEnvelope.model_validate(response)
        else:
            envelope = TaskEnvelope.model_validate_json(response)
    except ValidationError:
        return _parse_leniently(response, cluster)
    if not envelope.successful or envelope.status != HTTPStatus.OK:
        refusal = refused_inside(envelope, cluster.source, tasks_of(cluster))
        if refusal is not None:
            raise refusal
    data = envelope.data
    at = utc(envelope.timestamp)
    contents = None if data is None else data.contents
    info = None if data is None else data.page
    if contents is None:
        return _page((), 0, envelope, at, info, cluster.source, listed=False)
    tasks = tuple([to_task(row, cluster, at) for row in contents])
    return _page(tasks, len(contents), envelope, at, info, cluster.source)


def _parse_leniently(response: bytes | str | Mapping[str, Any], cluster: Cluster) -> TaskPage:
    """Parse an answer part by part, so that what is wrong costs no more than itself."""
    source = cluster.source
    if isinstance(response, Mapping):
        answer: Any = response
    else:
        try:
            answer = load_json(response)
        except ValueError:
            raise unreadable(source, looks_like(response)) from None
    if not isinstance(answer, Mapping):
        raise unreadable(source, "JSON of another kind")
    data = answer.get("data")
    envelope, _ = lenient(TaskEnvelope, {name: value for name, value in answer.items() if name != "data"})
    if envelope is None:
        raise unreadable(source, "JSON of another kind")
    refusal = refused_inside(envelope, source, tasks_of(cluster))
    if refusal is not None:
        raise refusal
    if not isinstance(data, Mapping):
        raise unreadable(source, "an answer without data", trace_id=envelope.trace_id)
    page = data.get("page")
    info = lenient(PageInfo, page)[0] if isinstance(page, Mapping) else None
    contents = data.get("contents")
    at = utc(envelope.timestamp)
    if not isinstance(contents, list | tuple):
        return _page((), 0, envelope, at, info, source, listed=False)
    tasks = tuple(task for task in (salvage(row, cluster, at) for row in contents) if task is not None)
    return _page(tasks, len(contents), envelope, at, info, source)


def _page(
    tasks: tuple[Task, ...],
    rows: int,
    envelope: TaskEnvelope,
    at: datetime | None,
    info: PageInfo | None,
    source: SourceName,
    *,
    listed: bool = True,
) -> TaskPage:
    """Put a page together. Nulls are omitted, so no list at all is empty only where the total says so."""
    elements = None if info is None else info.total_elements
    trace_id = printable(envelope.trace_id) if envelope.trace_id else None
    if not listed and elements != 0:
        raise unreadable(source, "an answer without a list of tasks", trace_id=trace_id)
    return TaskPage(
        tasks=tasks,
        at=at,
        rows=rows,
        skipped=rows - len(tasks),
        number=None if info is None else info.number,
        pages=None if info is None else info.pages,
        elements=elements,
        trace_id=trace_id,
    )


def read_page(
    response: bytes | str | Mapping[str, Any],
    source: SourceName,
    cluster: ClusterId,
    received_at: datetime | None = None,
) -> Reading:
    """Read one recorded page as a Reading of its own.

    ``received_at`` is by default OCP's own time of it; ``complete`` says whether the page ends its list.
    Raises a SourceError where the page is a refusal or cannot be read.
    """
    known = Cluster(source, cluster)
    return reading_of(parse_page(response, known), known, received_at)


@lru_cache(maxsize=1024)
def _named(source: SourceName, cluster: ClusterId, name: str | None) -> Cluster:
    return Cluster(source, cluster, name)


def reading_of(page: TaskPage, cluster: Cluster, received_at: datetime | None = None) -> Reading:
    """Make a Reading of one page alone. Raises AnswerUnreadable where it has no time."""
    if page.at is None:
        raise unreadable(cluster.source, "an answer without its time", trace_id=page.trace_id)
    name = next((task.cluster_name for task in page.tasks if task.cluster_name), None)
    return Reading(
        cluster=_named(cluster.source, cluster.id, name),
        tasks=page.tasks,
        at=page.at,
        received_at=received_at or page.at,
        complete=page.ends(1 if page.number is None else page.number) and not page.skipped,
        skipped=page.skipped,
        trace_id=page.trace_id,
    )


@dataclass(slots=True)
class TaskList:
    """The rows of all pages read so far, each task once.

    Rows can move while the pages are walked, so that one comes twice and another not at all. Of two
    rows with one key, the one created later wins (a task that started anew), else the one read later.
    """

    tasks: dict[TaskKey, Task] = field(default_factory=dict)
    rows: int = 0
    skipped: int = 0
    moved: int = 0
    _idle: int = 0

    def add(self, page: TaskPage) -> None:
        """Take in the next page."""
        before = frozenset(self.tasks)
        for task in page.tasks:
            known = self.tasks.get(task.key)
            self.moved += task.key in before
            self.tasks[task.key] = task if known is None else newer_of(known, task)
        self.rows += page.rows
        self.skipped += page.skipped
        self._idle = 0 if len(self.tasks) > len(before) else self._idle + 1

    @property
    def repeats(self) -> bool:
        """Whether page after page brought nothing new: the list has no end."""
        return self._idle >= _IDLE_PAGES

    def is_whole(self, last: TaskPage) -> bool:
        """Whether what is absent from the list is absent from OCP.

        Not where a row could not be read, nor where fewer than OCP's total were seen because rows moved or
        the pages ran out early.
        """
        seen = self.rows - self.moved
        short = last.elements is not None and seen < last.elements
        return not self.skipped and not (short and (self.moved or last.rows == 0))
