"""Every point in which one OCP may speak differently from the document, as options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum, auto

LARGEST_SAFE_INTEGER = 2**53 - 1


class Offset(Enum):
    """How the offset of a time is written."""

    COMPACT = auto()  # +0800
    COLON = auto()  # +08:00
    ZULU = auto()  # Z


@dataclass(frozen=True, slots=True)
class TimeStyle:
    """One way to write a moment: its offset, and 0 to 6 decimals of its seconds."""

    offset: Offset
    decimals: int = 3
    hours: int = 8

    def write(self, at: datetime) -> str:
        """Write a moment; decimals are cut, never rounded up into the future."""
        hours = 0 if self.offset is Offset.ZULU else self.hours
        local = at.astimezone(timezone(timedelta(hours=hours)))
        fraction = f".{local.microsecond:06}"[: self.decimals + 1] if self.decimals else ""
        sign = "-" if hours < 0 else "+"
        match self.offset:
            case Offset.COMPACT:
                suffix = f"{sign}{abs(hours):02}00"
            case Offset.COLON:
                suffix = f"{sign}{abs(hours):02}:00"
            case Offset.ZULU:
                suffix = "Z"
        return f"{local:%Y-%m-%dT%H:%M:%S}{fraction}{suffix}"


class Delay(Enum):
    """How a delay is written."""

    FRACTIONAL = auto()  # 77.6421
    WHOLE = auto()  # 77


class PageCount(Enum):
    """What the number of pages is called."""

    TOTAL_PAGES = auto()  # as in the vendor's sample
    TOTAL_PAGE = auto()  # as documented
    BOTH = auto()
    NEITHER = auto()


class PageSize(Enum):
    """What ``page.size`` says."""

    ROWS = auto()  # how many rows this page has
    ASKED = auto()  # what was asked for
    LARGEST = auto()  # the largest size there is, 2000


class Integers(Enum):
    """How whole numbers are written."""

    LONG_ONES_AS_STRINGS = auto()  # those beyond 2^53-1
    ALL_AS_STRINGS = auto()
    NUMBERS = auto()


class RowOrder(Enum):
    """What happens to the order of rows between two reads of a list."""

    STABLE = auto()
    MOVING = auto()  # a row moves to the front: one is read twice and another not at all
    SHIFTING = auto()  # a row is added at the front: one is read twice, none is lost


class Selection(Enum):
    """What startTime and endTime select, which no document states."""

    OVERLAPPING = auto()  # the time from creation to the last change touches the period
    CREATED = auto()  # created within the period
    CHECKPOINT = auto()  # the checkpoint lies within the period
    EVERYTHING = auto()  # they are ignored


class ErrorCode(Enum):
    """What ``error.code`` looks like."""

    TEXT = auto()  # COM10010
    NUMBER = auto()  # 10010
    ZERO = auto()


class Sibling(Enum):
    """An endpoint beside the list of log backup tasks, which an older version may lack."""

    CLUSTERS = auto()
    OVERVIEW = auto()
    STRATEGY = auto()
    TENANT_TASKS = auto()
    TIME = auto()
    INFO = auto()
    STATUS = auto()


ALL_SIBLINGS = frozenset(Sibling)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a server, or one cluster of it, speaks. The defaults are the vendor's own sample response.

    ``statuses`` rewrites statuses (``{"RUNNING": "doing"}``), ``extra`` is added to every row,
    ``left_out`` takes fields away from every row, ``largest_page`` is what a greater size is cut to.
    """

    nulls_omitted: bool = True
    delay: Delay = Delay.FRACTIONAL
    task_times: TimeStyle = TimeStyle(Offset.COMPACT)
    envelope_times: TimeStyle = TimeStyle(Offset.COLON)
    page_count: PageCount = PageCount.TOTAL_PAGES
    page_size: PageSize = PageSize.ROWS
    integers: Integers = Integers.LONG_ONES_AS_STRINGS
    row_order: RowOrder = RowOrder.STABLE
    selection: Selection = Selection.OVERLAPPING
    error_code: ErrorCode = ErrorCode.TEXT
    agent_server: bool = True
    backup_dimension: bool = False
    largest_page: int = 2000
    siblings: frozenset[Sibling] = ALL_SIBLINGS
    statuses: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, object] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()


DOCUMENTED = Dialect(
    nulls_omitted=False,
    delay=Delay.WHOLE,
    page_count=PageCount.TOTAL_PAGE,
    page_size=PageSize.ASKED,
    agent_server=False,
)
"""To the letter of the document's tables."""

OLDER = Dialect(siblings=frozenset({Sibling.CLUSTERS, Sibling.STATUS}))
"""A version before most siblings existed."""

NEWER = Dialect(backup_dimension=True)
"""A version that says whether a task belongs to a tenant or to the whole cluster."""
