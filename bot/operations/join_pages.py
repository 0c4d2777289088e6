"""Makes one reading of the recorded pages of one list, as the watch made it when it walked them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.reading import FailedReading, Reading
from bot.domain.task import ClusterId, SourceName, Task, TaskKey, newer_of

MOST_PAGES = 500
"""A list of more pages has no end: the watch gives up on it too."""
LATE = timedelta(minutes=1)
"""A part of a list that is not newer than what its cluster gave last, but this near to it, came late."""

_Place = tuple[SourceName, ClusterId]


@dataclass(frozen=True, slots=True)
class Page:
    """One recorded page as a reading of its own: whether it begins a list, and whether it ends one.

    ``number`` is its place in the list, where OCP said. ``elements`` is how many rows OCP says the whole
    list has; ``vouched`` that whoever recorded it found the list complete.
    """

    reading: Reading
    begins: bool
    ends: bool
    number: int | None = None
    elements: int | None = None
    vouched: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the page by itself says all that can be said of its list, as nearly every page does."""
        reading = self.reading
        return (
            reading.complete
            and len(reading.tasks) == (self.elements or 0) > 0
            and len({task.key for task in reading.tasks}) == len(reading.tasks)
        )


@dataclass(slots=True)
class _List:
    """The pages of one list so far; ``moved`` counts rows that came on an earlier page already."""

    headless: bool
    last: Page
    tasks: dict[TaskKey, Task] = field(default_factory=dict)
    pages: int = 0
    rows: int = 0
    skipped: int = 0
    moved: int = 0

    def add(self, page: Page) -> None:
        """Add the next page; each task counts once."""
        before = frozenset(self.tasks)
        for task in page.reading.tasks:
            known = self.tasks.get(task.key)
            self.moved += task.key in before
            self.tasks[task.key] = task if known is None else newer_of(known, task)
        self.pages += 1
        self.rows += len(page.reading.tasks)
        self.skipped += page.reading.skipped
        self.last = page

    def is_followed_by(self, page: Page) -> bool:
        """Whether a page continues this list."""
        if page.begins or self.pages == MOST_PAGES:
            return False
        return page.number is None or self.last.number is None or page.number == self.last.number + 1

    def reading(self, *, ended: bool) -> Reading:
        """Make the reading. What is absent from a list that was not read whole proves nothing."""
        last = self.last
        short = last.elements is not None and self.rows - self.moved < last.elements
        misses = short and (self.moved > 0 or not last.reading.tasks)
        whole = ended and not self.headless and not self.skipped and (last.vouched or not misses)
        return replace(last.reading, tasks=tuple(self.tasks.values()), skipped=self.skipped, complete=whole)


def joined(pages: Iterable[Page | FailedReading]) -> Iterator[Reading | FailedReading]:
    """Join the pages of each cluster's list to one reading.

    A list whose beginning or end is missing is given as not complete, and so is a page that came late or
    twice. The pages of a walk that failed are left out: the watch had no reading of them either.
    """
    begun: dict[_Place, _List] = {}
    given: dict[_Place, datetime] = {}
    for page in pages:
        if isinstance(page, FailedReading):
            for place in [place for place in begun if _failed(place, page)]:
                del begun[place]
            yield page
            continue
        place = (page.reading.cluster.source, page.reading.cluster.id)
        before = begun.pop(place, None)
        if before is not None and not before.is_followed_by(page):
            yield before.reading(ended=False)
            given[place] = before.last.reading.at
            before = None
        late = before is None and _is_late(page, given.get(place))
        if page.begins and page.ends and not late and page.is_plain:
            yield page.reading
            given[place] = page.reading.at
            continue
        known = before or _List(headless=late or not page.begins, last=page)
        known.add(page)
        if page.ends or late:
            yield known.reading(ended=True)
            if not late:
                given[place] = page.reading.at
        else:
            begun[place] = known
    for left in begun.values():
        yield left.reading(ended=False)


def _failed(place: _Place, failure: FailedReading) -> bool:
    return place[0] == failure.source and failure.cluster in (None, place[1])


def _is_late(page: Page, given: datetime | None) -> bool:
    """Whether a page came late or twice. A whole list of an earlier time is what a clock set back gives."""
    if given is None:
        return False
    if page.begins and page.ends:
        return page.reading.at == given
    return given - LATE <= page.reading.at <= given
