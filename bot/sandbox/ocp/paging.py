"""Which page of which rows a request asks for, and what the page says of itself."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from bot.sandbox.fleet import TaskRow
from bot.sandbox.ocp.dialect import Dialect, PageCount, PageSize, RowOrder, Selection
from bot.sandbox.ocp.refusal import RefusedError

LARGEST_PAGE = 2000
_OFFSET_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)

Row = TypeVar("Row")


def _bad(name: str, why: str) -> RefusedError:
    return RefusedError(400, "COM10001", f"Illegal argument {name}: {why}.")


@dataclass(frozen=True, slots=True)
class PageAsked:
    """The page and size of a request; pages count from 1."""

    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Period:
    """The startTime and endTime of a request."""

    start: datetime | None = None
    end: datetime | None = None

    def holds(self, row: TaskRow, selection: Selection) -> bool:
        """Whether OCP would list this row for this period."""
        first, last = row.created_at, row.modified_at
        match selection:
            case Selection.EVERYTHING:
                return True
            case Selection.CREATED:
                last = first
            case Selection.CHECKPOINT:
                first = last = row.checkpoint
            case Selection.OVERLAPPING:
                pass
        return (self.start is None or last >= self.start) and (self.end is None or first <= self.end)


def asked_page(query: dict[str, str], *, largest: int | None = None) -> PageAsked:
    """Read page and size, both required. Raises RefusedError (400)."""
    asked = PageAsked(_positive(query, "page"), _positive(query, "size"))
    if largest is not None and asked.size > largest:
        raise _bad("size", f"must be at most {largest}")
    return asked


def asked_period(query: dict[str, str]) -> Period:
    """Read startTime and endTime. Raises RefusedError (400)."""
    return Period(_moment(query, "startTime"), _moment(query, "endTime"))


def page_of(
    rows: Sequence[Row],
    asked: PageAsked,
    dialect: Dialect,
    write: Callable[[Row], dict[str, object]],
    *,
    endless: bool = False,
) -> dict[str, object]:
    """Cut a page and describe it; an endless list begins again where it ends."""
    size = min(asked.size, dialect.largest_page)
    ordered = _reordered(rows, asked.number, dialect.row_order)
    first = (asked.number - 1) * size
    if endless and ordered:
        shown = [ordered[(first + place) % len(ordered)] for place in range(min(size, len(ordered)))]
    else:
        shown = list(ordered[first : first + size])
    total = asked.number * size + 1 if endless else len(ordered)
    return {
        "contents": [write(row) for row in shown],
        "page": _described(asked, size, len(shown), total, dialect),
    }


def _described(asked: PageAsked, size: int, shown: int, total: int, dialect: Dialect) -> dict[str, object]:
    page: dict[str, object] = {"number": asked.number, "totalElements": total}
    match dialect.page_size:
        case PageSize.ROWS:
            page["size"] = shown
        case PageSize.ASKED:
            page["size"] = asked.size
        case PageSize.LARGEST:
            page["size"] = LARGEST_PAGE
    pages = -(-total // size)
    if dialect.page_count in {PageCount.TOTAL_PAGE, PageCount.BOTH}:
        page["totalPage"] = pages
    if dialect.page_count in {PageCount.TOTAL_PAGES, PageCount.BOTH}:
        page["totalPages"] = pages
    return page


def _reordered(rows: Sequence[Row], page: int, order: RowOrder) -> Sequence[Row]:
    """Return the list as it stands when this page is read, after the pages before it."""
    moved = (page - 1) % len(rows) if rows else 0
    match order:
        case RowOrder.STABLE:
            return rows
        case RowOrder.MOVING:
            return [*rows[len(rows) - moved :], *rows[: len(rows) - moved]]
        case RowOrder.SHIFTING:
            return [*rows[:moved], *rows]


def _positive(query: dict[str, str], name: str) -> int:
    if name not in query:
        raise _bad(name, "is required")
    if not _WHOLE.fullmatch(query[name]):
        raise _bad(name, "is not a whole number")
    number = int(query[name])
    if number < 1:
        raise _bad(name, "must be at least 1")
    return number


def _moment(query: dict[str, str], name: str) -> datetime | None:
    if name not in query:
        return None
    if not _OFFSET_DATE_TIME.fullmatch(query[name]):
        raise _bad(name, "is not a time such as 2021-09-16T15:14:51.397+08:00")
    try:
        return datetime.fromisoformat(query[name]).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _bad(name, "is not a time that exists") from error
