"""The lines of the log: their shape, their levels, and where they go."""

import asyncio
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator
from io import StringIO

import pytest
from slack_bolt.logger import get_bolt_logger

from bot.logs import MASK, about, configure, journal


class Screen(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    hook, root = sys.excepthook, logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    sys.excepthook = hook
    logging.captureWarnings(False)
    root.setLevel(level)
    root.handlers[:] = handlers


def lines(stream: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_when_how_grave_and_what() -> None:
    stream = StringIO()
    diary = configure("json", stream=stream)
    diary.info("polled", source="prod", tasks=48)
    (line,) = lines(stream)
    assert list(line) == ["timestamp", "level", "event", "source", "tasks"]
    assert (line["level"], line["event"], line["source"], line["tasks"]) == ("info", "polled", "prod", 48)
    assert str(line["timestamp"]).endswith("+00:00")


def test_an_error_carries_its_traceback_only_inside_an_except() -> None:
    stream = StringIO()
    diary = configure("json", stream=stream)
    diary.error("failed outside")
    try:
        int("x")
    except ValueError:
        diary.error("failed inside")
    outside, inside = lines(stream)
    assert "exception" not in outside
    assert "ValueError: invalid literal" in str(inside["exception"])


def test_a_traceback_shows_no_local_variables() -> None:
    stream = StringIO()
    hidden = "made-up-" + "value"
    diary = configure("console", stream=stream)
    try:
        int(hidden[:1])
    except ValueError:
        diary.error("failed")
    assert "Traceback" in stream.getvalue()
    assert hidden not in stream.getvalue()


def test_facts_named_like_the_logs_own_words_keep_their_value() -> None:
    stream = StringIO()
    diary = configure("json", stream=stream)
    diary.warning("odd", level="high", logger="x", timestamp=1, exception="e", exc_info="none")
    (line,) = lines(stream)
    assert (line["level"], line["level_"], line["logger_"]) == ("warning", "high", "x")
    assert (line["timestamp_"], line["exc_info_"], line["exception_"]) == (1, "none", "e")


@pytest.mark.parametrize(
    ("level", "events"),
    [
        ("debug", ["polled", "odd", "broke", "library info", "library warning", "library error"]),
        ("info", ["polled", "odd", "broke", "library warning", "library error"]),
        ("warning", ["odd", "broke", "library warning", "library error"]),
        ("error", ["broke", "library error"]),
    ],
)
@pytest.mark.parametrize(
    "name", ["slack_sdk.web.async_client", "httpx", "apscheduler.scheduler", "aiohttp.access"]
)
def test_levels_are_ours_and_libraries_speak_from_warnings_upwards(
    level: str, events: list[str], name: str
) -> None:
    stream = StringIO()
    diary = configure("json", level, stream=stream)
    diary.info("polled")
    diary.warning("odd")
    diary.error("broke")
    library = logging.getLogger(name)
    library.debug("library debug")
    library.info("library info")
    library.warning("library warning")
    library.error("library error")
    assert [line["event"] for line in lines(stream)] == events


def test_bolt_sets_its_own_levels_and_is_held_back_all_the_same() -> None:
    stream = StringIO()
    configure("json", "info", stream=stream)
    bolt = get_bolt_logger(Screen)
    bolt.info("bolt chats")
    bolt.warning("bolt warns")
    assert [(line["event"], line["logger"]) for line in lines(stream)] == [
        ("bolt warns", "slack_bolt.Screen")
    ]


def test_warnings_of_python_go_to_the_log() -> None:
    stream = StringIO()
    configure("json", stream=stream)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("old habits", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(False)
    (line,) = lines(stream)
    assert "old habits" in str(line["event"])
    assert line["logger"] == "py.warnings"


def test_without_a_terminal_the_lines_are_json_and_with_one_they_are_for_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    plain, screen = StringIO(), Screen()
    configure(stream=plain).info("polled")
    configure(stream=screen).info("polled")
    assert lines(plain)[0]["event"] == "polled"
    assert "\x1b[" in screen.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    dull = Screen()
    configure(stream=dull).info("polled")
    assert "\x1b[" not in dull.getvalue()


def test_setting_up_again_replaces_the_earlier_set_up() -> None:
    first, second = StringIO(), StringIO()
    configure("json", stream=first)
    configure("json", stream=second).info("polled")
    assert first.getvalue() == ""
    assert len(lines(second)) == 1


def test_lines_go_to_whatever_standard_error_is_at_that_moment(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    journal("bot.watch").info("polled")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert json.loads(captured.err)["logger"] == "bot.watch"


@pytest.mark.parametrize("form", ["json", "console"])
def test_nothing_from_outside_can_forge_a_line(form: str) -> None:
    stream = StringIO()
    diary = configure(form, stream=stream)
    diary.info("said\nforged", error="x\nforged\x1b[2J\u2028forged")
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()


def test_a_line_that_cannot_be_written_does_not_stop_the_work() -> None:
    stream = StringIO()
    configure("json", stream=stream)
    logging.getLogger().handlers[:] = logging.getLogger().handlers[-1:]  # pytest's own complain of bad lines
    logging.getLogger("httpx").error("%d", "made-up")
    assert stream.getvalue() == "a log line of test_logs_lines could not be written: TypeError\n"


CRASH = """
import sys, threading
from bot.logs import configure
configure("json", secrets=["made-up-secret"])
if sys.argv[1] == "thread":
    thread = threading.Thread(target=lambda: int("made-up-secret"))
    thread.start()
    thread.join()
else:
    raise KeyboardInterrupt if sys.argv[1] == "interrupt" else ValueError("made-up-secret")
"""


@pytest.mark.parametrize("where", ["main", "thread"])
def test_what_nobody_caught_is_logged_without_its_secret(where: str) -> None:
    command = [sys.executable, "-c", CRASH, where]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter
    line = json.loads(done.stderr)
    assert (line["event"], line["level"]) == ("the program stopped unexpectedly", "critical")
    assert "ValueError" in line["exception"]
    assert "made-up-secret" not in done.stderr


def test_an_interrupt_is_no_crash() -> None:
    command = [sys.executable, "-c", CRASH, "interrupt"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter
    assert "KeyboardInterrupt" in done.stderr
    assert "stopped unexpectedly" not in done.stderr


async def test_what_a_line_belongs_to_is_in_every_line_written_meanwhile() -> None:
    """The lines of one poll, one delivery or one payload are found by its id, the libraries' too."""
    stream = StringIO()
    diary = configure("json", stream=stream)

    async def poll(name: str) -> None:
        with about(poll=name, level="mine"):
            diary.info("begun")
            await asyncio.sleep(0)
            logging.getLogger("httpx").warning("slow")
            await asyncio.create_task(within())
        diary.info("over")

    async def within() -> None:
        diary.info("read", poll="own")

    await asyncio.gather(poll("one"), poll("two"))
    found = [(line["event"], line.get("poll")) for line in lines(stream)]
    assert sorted(map(str, found)) == sorted(
        map(
            str,
            [
                ("begun", "one"),
                ("begun", "two"),
                ("slow", "one"),
                ("slow", "two"),
                ("read", "own"),
                ("read", "own"),
                ("over", None),
                ("over", None),
            ],
        )
    )
    assert {line["level_"] for line in lines(stream) if line["event"] == "slow"} == {"mine"}
    assert {line["level"] for line in lines(stream) if line["event"] == "slow"} == {"warning"}


def test_a_secret_in_what_a_line_belongs_to_is_masked() -> None:
    stream = StringIO()
    diary = configure("json", secrets=["made-up-1"], stream=stream)
    with about(payload="made-up-1"):
        diary.info("came")
        logging.getLogger("slack_sdk").warning("late")
    assert [line["payload"] for line in lines(stream)] == [MASK, MASK]
