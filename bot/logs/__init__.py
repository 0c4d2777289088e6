"""What the program writes about itself: structured lines on standard error, without a secret in any.

The lines of the libraries go the same way, from warnings upwards, or from info where the bot says debug.
"""

import logging
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import structlog

from bot.logs.masking import MASK, Masker
from bot.operations.ports import Journal

__all__ = ["MASK", "Masker", "about", "configure", "journal"]

_OURS = "bot"
_RESERVED = frozenset(
    {
        "level",
        "logger",
        "timestamp",
        "exc_info",
        "exception",
        "stack_info",
        "stack",
        "_record",
        "_from_structlog",
    }
)
_FIRST = ("timestamp", "level", "event", "logger")
_Event = MutableMapping[str, Any]


def configure(
    format: str | None = None,  # noqa: A002 - the setting's name
    level: str = "info",
    secrets: Iterable[str] = (),
    *,
    stream: TextIO | None = None,
) -> Journal:
    """Set up logging for the whole process and return the bot's journal.

    ``format`` is ``console`` or ``json``, or None to decide by whether a terminal is there; ``stream`` is
    standard error unless given. Calling it again replaces the earlier set-up.
    """
    handler = _Lines(stream)
    masker = Masker(secrets)
    in_colours = handler.stream.isatty() and "NO_COLOR" not in os.environ
    render = _console(in_colours) if (format or _fitting(handler.stream)) == "console" else _json()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                _described,
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _masking(masker),
                render,
            ]
        )
    )
    ours = logging.getLevelNamesMapping()[level.upper()]
    others = logging.INFO if ours <= logging.DEBUG else max(ours, logging.WARNING)
    handler.addFilter(_Threshold(ours, others))
    root = logging.getLogger()
    for earlier in [known for known in root.handlers if isinstance(known, _Lines)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(others)
    logging.getLogger(_OURS).setLevel(ours)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _crashed
    threading.excepthook = _thread_crashed
    return journal()


def journal(name: str = _OURS) -> Journal:
    """Return a journal that writes to the log; ``name`` begins with ``bot``."""
    return _LogJournal(structlog.stdlib.get_logger(name))


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Put these facts into every line that is written meanwhile, the libraries' too: ``about(poll="3f2a")``.

    They hold in this task and in those that it starts, and in no other.
    """
    with structlog.contextvars.bound_contextvars(**_free(facts)):
        yield


class _LogJournal:
    """Journal on structlog."""

    def __init__(self, logger: structlog.stdlib.BoundLogger) -> None:
        self._logger = logger

    def info(self, event: str, **facts: object) -> None:
        """Record an ordinary event."""
        self._logger.info(event, **_free(facts))

    def warning(self, event: str, **facts: object) -> None:
        """Record something that somebody may have to look at."""
        self._logger.warning(event, **_free(facts))

    def error(self, event: str, **facts: object) -> None:
        """Record a failure of ours; inside an ``except`` the traceback goes with it."""
        self._logger.error(event, exc_info=sys.exc_info()[0] is not None, **_free(facts))


def _free(facts: Mapping[str, object]) -> dict[str, Any]:
    """Rename facts whose names mean something to the log itself."""
    return {f"{name}_" if name in _RESERVED else name: fact for name, fact in facts.items()}


class _Lines(logging.Handler):
    """Writes lines to a stream, to whatever standard error is at that moment unless it was given."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream

    @property
    def stream(self) -> TextIO:
        return sys.stderr if self._stream is None else self._stream

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._write(self.format(record))
        except Exception as error:  # noqa: BLE001 - a log line must not fail the work it tells of
            self._write(f"a log line of {record.module} could not be written: {type(error).__name__}")

    def _write(self, line: str) -> None:
        self.stream.write(line + "\n")
        self.stream.flush()


class _Threshold(logging.Filter):
    """Lets our own lines through from our level, and those of the libraries from warnings upwards.

    It looks at each record because slack_bolt sets the levels of its loggers itself.
    """

    def __init__(self, ours: int, others: int) -> None:
        super().__init__()
        self._ours = ours
        self._others = others

    def filter(self, record: logging.LogRecord) -> bool:
        is_ours = record.name == _OURS or record.name.startswith(f"{_OURS}.")
        return record.levelno >= (self._ours if is_ours else self._others)


def _described(_logger: Any, _method: str, event: _Event) -> _Event:  # noqa: ANN401 - structlog's own
    """Add when, how grave and from whom, as the record has it."""
    record: logging.LogRecord = event["_record"]
    for name, fact in structlog.contextvars.get_contextvars().items():
        event.setdefault(name, fact)
    event["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    event["level"] = record.levelname.lower()
    if record.name != _OURS:
        event["logger"] = record.name
    return event


def _masking(masker: Masker) -> structlog.typing.Processor:
    def mask(_logger: Any, _method: str, event: _Event) -> _Event:  # noqa: ANN401 - structlog's own
        plain = masker.value(event)
        assert isinstance(plain, dict)  # noqa: S101 - a mapping stays one
        plain["event"] = str(plain["event"]).replace("\n", "\\n")
        return {name: plain[name] for name in (*_FIRST, *plain) if name in plain}

    return mask


def _fitting(stream: TextIO) -> str:
    return "console" if stream.isatty() else "json"


def _json() -> structlog.typing.Processor:
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _console(in_colours: bool) -> structlog.typing.Processor:  # noqa: FBT001 - one question
    return structlog.dev.ConsoleRenderer(
        colors=in_colours, exception_formatter=structlog.dev.plain_traceback, sort_keys=False
    )


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log what nobody caught; Ctrl-C stays what it is."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger(_OURS).critical("the program stopped unexpectedly", exc_info=(kind, error, trace))


def _thread_crashed(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_value is not None:
        _crashed(crash.exc_type, crash.exc_value, crash.exc_traceback)
