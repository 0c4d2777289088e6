"""No secret is ever logged: through any door, in any form."""

import json
import logging
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from io import StringIO
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceBroken
from bot.logs import MASK, Masker, configure, journal
from bot.operations.ports import Journal
from bot.settings import load
from bot.settings.variables import VARIABLES

SECRETS = {
    "bot token": "xoxb-12-made-up",
    "app token": "xapp-1-made-up",
    "signing secret": "8f742231b10e8888abcd99yyyzzz85a5",
    "password": 'p@ss "wörd"/\\+%&\'<x>',
    "access key": "made-up-ak",
    "secret key": "2fc0c299cc94c6be266f2ceece765d4d",
    "digits": "8675309",
    "short": "q7",
    "database": "postgresql://bot:made%40up@db/x",
    "heartbeat": "https://hc-ping.com/5b1e7c1a-made-up",
    "heartbeat's token": "5b1e7c1a-made-up",
}


class Thing:
    """Something whose repr holds a secret."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __repr__(self) -> str:
        return f"Thing({self.secret!r})"


class Unshowable:
    """Something that cannot be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


def raised(error: Exception) -> None:
    raise error


def through_cause(diary: Journal, secret: str) -> None:
    try:
        try:
            raised(SourceBroken(f"OCP said {secret}"))
        except SourceBroken as error:
            raise RuntimeError("it broke") from error
    except RuntimeError:
        diary.error("a poll failed")


def through_exception(diary: Journal, secret: str) -> None:
    try:
        raised(ValueError({"given": secret}))
    except ValueError:
        diary.error("a poll failed")


def through_group(diary: Journal, secret: str) -> None:
    try:
        raised(ExceptionGroup("some", [ValueError(secret), OSError(1, secret, "/x")]))
    except ExceptionGroup:
        diary.error("polls failed")


def of_library(name: str) -> logging.Logger:
    return logging.getLogger(name)


DOORS: dict[str, Callable[[Journal, str], object]] = {
    "the event": lambda diary, secret: diary.info(f"logged in with {secret}"),
    "a fact": lambda diary, secret: diary.info("logged in", given=secret),
    "a fact's name": lambda diary, secret: diary.info("logged in", **{secret: 1}),
    "a nested dict": lambda diary, secret: diary.info(
        "asked", request={"headers": [{"x": {secret: (secret,)}}]}
    ),
    "a deep dict": lambda diary, secret: diary.info("asked", a=[[[[[[[[[[[[secret]]]]]]]]]]]]),
    "bytes": lambda diary, secret: diary.info("sent", body=secret.encode()),
    "a repr": lambda diary, secret: diary.info("made", thing=Thing(secret)),
    "a repr of bytes": lambda diary, secret: diary.info(f"sent {secret.encode()!r}"),
    "JSON": lambda diary, secret: diary.info("sent", body=json.dumps({"a": secret})),
    "JSON without ASCII": lambda diary, secret: diary.info(
        "sent", body=json.dumps(secret, ensure_ascii=False)
    ),
    "an address": lambda diary, secret: diary.info(
        "asked", url=f"https://ocp/x?a={quote(secret, safe='')}&b=1"
    ),
    "a form": lambda diary, secret: diary.info("asked", body=f"a={quote_plus(secret)}"),
    "userinfo": lambda diary, secret: diary.info(
        "asked", url=f"https://me:{quote(secret)}@ocp.example.com/x"
    ),
    "base64": lambda diary, secret: diary.info("sent", body=b64encode(secret.encode()).decode()),
    "an error as a fact": lambda diary, secret: diary.warning("failed", why=SourceBroken(secret)),
    "an exception": through_exception,
    "its cause": through_cause,
    "a group": through_group,
    "a library's message": lambda _, secret: of_library("slack_sdk.web").warning("sent %s", secret),
    "a library's arguments": lambda _, secret: of_library("httpx").error("%(a)s", {"a": {"b": secret}}),
    "a library's exception": lambda _, secret: of_library("aiohttp").error(
        "it broke", exc_info=ValueError(f"bad {secret}")
    ),
    "a line that cannot be formatted": lambda _, secret: of_library("alembic").error("%d", secret),
    "a logger's name": lambda _, secret: of_library(f"x.{secret}").error("hello"),
    "what nobody caught": lambda _, secret: sys.excepthook(ValueError, ValueError(secret), None),
}


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    hook, root = sys.excepthook, logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    sys.excepthook = hook
    logging.captureWarnings(False)
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_no_secret_is_ever_logged(door: Callable[[Journal, str], object], secret: str, form: str) -> None:
    lines = StringIO()
    diary = configure(form, "info", SECRETS.values(), stream=lines)
    logging.getLogger().handlers[:] = logging.getLogger().handlers[-1:]  # pytest's own complain of bad lines
    door(diary, secret)
    written = lines.getvalue()
    assert written
    for known in (
        secret,
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
        quote(secret),
        quote(secret, safe=""),
    ):
        assert known not in written


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(
    "other_login", [("OCP_PASSWORD",), ("OCP_ACCESS_KEY", "OCP_SECRET_KEY")], ids=["by key", "by password"]
)
def test_no_secret_of_the_settings_is_ever_logged_wherever_it_was_written(
    other_login: tuple[str, ...], form: str, tmp_path: Path
) -> None:
    """Every variable that can hold a secret, as the program sets up its log with them."""
    fitting = {
        "SLACK_BOT_TOKEN": "xoxb-made-up-1",
        "SLACK_APP_TOKEN": "xapp-made-up-2",
        "BOT_DATABASE_URL": "postgresql://bot:made-up-3@db/x",
        "BOT_HEARTBEAT_URL": "https://hc.example.com/ping/made-up-4",
    }
    values = {
        variable.name: fitting.get(variable.name, f"made-up-{variable.name.lower()}")
        for variable in VARIABLES
        if variable.secret and variable.name not in other_login
    }
    environment: dict[str, str] = {}
    for number, (name, value) in enumerate(values.items()):
        file = tmp_path / name
        file.write_text(value)
        environment |= {name: value} if number % 2 else {f"{name}_FILE": str(file)}
    user = {} if "OCP_PASSWORD" in other_login else {"OCP_USER": "u"}
    settings = load(environment | user).settings
    lines = StringIO()
    diary = configure(form, "debug", settings.secrets(), stream=lines)
    login = b64encode(b"u:made-up-ocp_password").decode() if user else ""
    for said in (*values.values(), repr(values), json.dumps(values), f"sent {login}"):
        diary.info("settings", said=said, settings=settings, dumped=settings.model_dump())
    assert "made-up" not in lines.getvalue()
    assert not login or login not in lines.getvalue()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("posting with xoxb-1234-abcd failed", f"posting with {MASK} failed"),
        ("xoxe.xoxp-1-Mi0yLTEyMzQ", MASK),
        ("xapp-1-A012-99-abc", MASK),
        (
            "oss://b/p?host=oss.com&access_id=LTAI&access_key=abc/d=",
            f"oss://b/p?host=oss.com&access_id={MASK}&access_key={MASK}",
        ),
        ("https://me:made-up@ocp/x", f"https://{MASK}@ocp/x"),
        ("https://hooks.slack.com/commands/T1/2/abc", f"https://hooks.slack.com/{MASK}"),
        (
            "wss://wss.slack.com/link/?ticket=abc-1&app_id=2",
            f"wss://wss.slack.com/link/?ticket={MASK}&app_id=2",
        ),
        ("OCP-ACCESS-KEY-HMACSHA1 ak:c2ln=", f"OCP-ACCESS-KEY-HMACSHA1 {MASK}"),
        ("Basic dTptYWRlLXVw", f"Basic {MASK}"),
        ("{'password': 'made up', 'a': 1}", f"{{'password': '{MASK}', 'a': 1}}"),
        ('{"client_secret": "made-up", "a": 1}', f'{{"client_secret": "{MASK}", "a": 1}}'),
        ("OCP_PASSWORD=made-up OCP_USER=u", f"OCP_PASSWORD={MASK} OCP_USER=u"),
        ("('Authorization', 'OCP x')", f"('Authorization', '{MASK}')"),
    ],
)
def test_what_looks_like_a_secret_is_masked_without_being_known(text: str, masked: str) -> None:
    assert Masker().text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "a bot token begins with xoxb-.",
        "Basic authentication was refused",
        "the password could be read on the way: use https",
        "SLACK_BOT_TOKEN is missing: set it to the app's bot token, which begins with xoxb-.",
        "file:///backup/pay/orders",
        "https://ocp.example.com:8080/api/v2/ob/clusters/1/backup/task/logBackupTasks?page=1&size=100",
        "token: none was sent",
        "10:00:00 user@example.com",
    ],
)
def test_ordinary_sentences_stay_as_they_are(text: str) -> None:
    assert Masker(["made-up"]).text(text) == text


@pytest.mark.parametrize(
    "name", ["password", "OCP_PASSWORD", "slack_bot_token", "access-key", "Authorization"]
)
def test_what_is_named_a_secret_is_masked_whatever_it_is(name: str) -> None:
    assert Masker().value({name: ["anything"], "a": None}) == {name: MASK, "a": None}


def test_a_very_short_secret_is_masked_as_a_word_only() -> None:
    assert Masker(["ab"]).text("ab absolute ab.") == f"{MASK} absolute {MASK}."


def test_a_secret_learned_later_is_masked_from_then_on() -> None:
    masker = Masker(["first-one"])
    masker.learn(["second-one", " "])
    assert masker.text("first-one second-one a b") == f"{MASK} {MASK} a b"


class Colour(StrEnum):
    """A word."""

    RED = "red"


class Level(Enum):
    """A number."""

    HIGH = 3


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (timedelta(minutes=1, seconds=30), "90s"),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00+00:00"),
        (Colour.RED, "red"),
        (Level.HIGH, 3),
        (float("inf"), "inf"),
        (1.5, 1.5),
        (True, True),
        ({1: (2, None)}, {"1": [2, None]}),
        (b"\xff", "\\xff"),
        (Unshowable(), "<Unshowable that cannot be shown: RuntimeError>"),
        ("\x1b[2J\r", "\\x1b[2J\\x0d"),
    ],
)
def test_facts_become_plain_values(value: object, plain: object) -> None:
    assert Masker().value(value) == plain


@given(
    secret=st.text(min_size=4, max_size=30).filter(lambda text: text.strip() == text),
    around=st.text(max_size=10),
)
def test_a_known_secret_never_survives(secret: str, around: str) -> None:
    masked = Masker([secret]).text(f"{around}\n{secret}\n{around}")
    assert secret not in masked.replace(MASK, "") or secret in around


def test_the_bots_journal_needs_no_set_up_to_be_made() -> None:
    assert journal("bot.watch") is not None
