"""Whatever OCP answers, and whoever stands between: a value or a SourceError, and nothing else."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.task import Cluster, ClusterId, SourceName, Task
from bot.errors import SourceError
from bot.ocp.clusters import parse_clusters, parse_json
from bot.ocp.pages import parse_page, read_page
from bot.ocp.refusals import SERVER, refusal, said, tasks_of
from bot.ocp.siblings import parse_info, parse_overview, parse_status, parse_threshold, parse_time
from bot.ocp.throttling import _LONGEST_BELIEVED, asked_wait, header_date, seconds_of
from tests.fakes.damaged_json import HOSTILE, damaged

GOLDEN = Path(__file__).parent.parent / "golden" / "ocp"
OCP = SourceName("ocp")
PAY = Cluster(OCP, ClusterId(7), "pay")
NOW = datetime(2026, 2, 1, tzinfo=UTC)
AT = "2026-02-01T00:00:12Z"
LONGEST_SENTENCE = 1000

Parser = Callable[[bytes], object]
PARSERS: dict[str, Parser] = {
    "tasks": lambda body: parse_page(body, PAY),
    "a recorded page": lambda body: read_page(body, OCP, PAY.id),
    "clusters": lambda body: parse_clusters(body, OCP),
    "overview": lambda body: parse_overview(body, OCP, SERVER),
    "strategy": lambda body: parse_threshold(body, OCP, SERVER),
    "info": lambda body: parse_info(body, OCP, SERVER),
    "time": lambda body: parse_time(body, OCP),
    "status": parse_status,
}
PAGE = json.loads((GOLDEN / "tenants_mixed.json").read_text())


def envelope(data: object) -> dict[str, object]:
    return {"data": data, "status": 200, "successful": True, "timestamp": AT, "traceId": "5f3c9a"}


GOOD: dict[str, Any] = {
    "tasks": PAGE,
    "a recorded page": PAGE,
    "clusters": envelope(
        {
            "contents": [
                {"id": 7, "name": "pay", "obClusterId": 5, "obVersion": "4.2.1", "type": "PRIMARY"},
                {"id": 8, "name": "shop", "obClusterId": 6, "status": "RUNNING"},
            ],
            "page": {"number": 1, "size": 2, "totalElements": 2, "totalPages": 1},
        }
    ),
    "overview": envelope(
        {"latestLogBackupCheckpoint": AT, "logBackupDelaySeconds": 12, "backupScheduleStatus": "NORMAL"}
    ),
    "strategy": envelope({"obBackupThresholdConfig": {"logBackupDelaySeconds": 600}}),
    "info": {"buildVersion": "4.3.0", "buildTime": AT},
    "time": envelope(AT),
    "status": "okay",
}


def tried(parser: Parser, body: bytes) -> object:
    """Parse; a SourceError has to be one sentence or a few that people can read, and can be logged."""
    try:
        found = parser(body)
    except SourceError as error:
        assert 0 < len(error.sentence) < LONGEST_SENTENCE  # noqa: PT017 - either outcome is right
        assert error.sentence.isprintable()  # noqa: PT017 - as above
        assert error.reason  # noqa: PT017 - as above
        return None
    repr(found).encode()
    return found


@pytest.mark.parametrize("kind", PARSERS)
def test_every_parser_takes_its_good_answer(kind: str) -> None:
    """What is damaged below is right before."""
    assert tried(PARSERS[kind], json.dumps(GOOD[kind]).encode()) is not None


@pytest.mark.parametrize("kind", PARSERS)
@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_an_answer_that_is_damaged_somewhere_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    answer = data.draw(damaged(GOOD[kind]))
    tried(PARSERS[kind], json.dumps(answer, ensure_ascii=data.draw(st.booleans())).encode("utf-8", "replace"))


@pytest.mark.parametrize("kind", PARSERS)
@given(noise=st.binary(max_size=60), place=st.integers(0, 3000), length=st.integers(0, 400))
@settings(max_examples=120, deadline=None)
def test_an_answer_with_noise_in_it_is_read_or_refused(
    kind: str, noise: bytes, place: int, length: int
) -> None:
    good = json.dumps(GOOD[kind]).encode()
    tried(PARSERS[kind], good[:place] + noise + good[place + length :])
    tried(PARSERS[kind], noise)


def rows_of(page: Any) -> list[Any]:
    contents: list[Any] = page["data"]["contents"]
    return contents


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_damaged_row_costs_no_other(data: st.DataObject) -> None:
    """One row that nobody understands hides no task beside it."""
    answer = json.loads(json.dumps(PAGE))
    place = data.draw(st.integers(0, len(rows_of(answer)) - 1))
    rows_of(answer)[place] = data.draw(damaged(rows_of(answer)[place]) | HOSTILE)
    page = parse_page(json.dumps(answer).encode("utf-8", "replace"), PAY)
    before: list[Task] = list(parse_page(json.dumps(PAGE), PAY).tasks)
    del before[place]
    assert page.rows == len(rows_of(answer))
    assert set(before) <= set(page.tasks)


@pytest.mark.parametrize("kind", [kind for kind in PARSERS if kind != "status"])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 1_000_000, id="brackets"),
        pytest.param(b'{"data":' * 125_000, id="braces"),
        pytest.param(b'{"data":{"contents":[' + b"{}," * 30_000 + b"{}]}}", id="empty rows"),
        pytest.param(b'{"status":' + b"9" * 1_000_000 + b"}", id="digits"),
        pytest.param(b'"' + b"\\ud800" * 160_000 + b'"', id="surrogates"),
        pytest.param(b"\xff" * 1_000_000, id="no text"),
        pytest.param(b" " * 1_000_000 + b"<html>", id="blanks"),
    ],
)
def test_much_of_anything_comes_to_an_end(kind: str, body: bytes) -> None:
    """What costs more than its size makes of it would be felt here."""
    tried(PARSERS[kind], body)


@given(st.integers(100, 999), damaged({"error": {"message": "no", "code": 1}, "traceId": "5f3c"}))
@settings(max_examples=200, deadline=None)
def test_whatever_comes_with_a_refusal_is_a_sentence_and_keeps_secrets(status: int, answer: Any) -> None:
    """A proxy's page, a trace id of a megabyte, OCP's own words with the password in them."""
    error = refusal(OCP, tasks_of(PAY), status, said(answer, ("SECRET",)))
    assert error.sentence.isprintable()
    assert len(error.sentence) < LONGEST_SENTENCE
    assert "SECRET" not in error.sentence
    assert error.trace_id is None or len(error.trace_id) <= 64


HEADERS = st.dictionaries(
    st.sampled_from(["RateLimit-Reset", "Retry-After", "Date"]),
    st.text(max_size=40)
    | st.integers().map(str)
    | st.sampled_from(
        [
            "Sun, 01 Feb 2026 00:00:30 GMT",
            "Sun, 31 Dec 9999 23:59:59 -2359",
            "Mon, 01 Jan 0001 00:00:00 +2359",
            "1e9",
            "-1",
            "٣",
            "9" * 1000,
        ]
    ),
)


@given(HEADERS)
@settings(max_examples=200, deadline=None)
def test_whatever_a_header_asks_for_the_wait_is_within_reason(headers: dict[str, str]) -> None:
    wait = asked_wait(headers, NOW)
    assert wait is None or timedelta(0) <= wait <= _LONGEST_BELIEVED
    for value in headers.values():
        seconds_of(value)
        moment = header_date(value)
        assert moment is None or moment.tzinfo is not None


@given(st.text(max_size=300) | HOSTILE.map(repr))
@settings(max_examples=200, deadline=None)
def test_any_text_is_json_or_refused(text: str) -> None:
    tried(lambda body: parse_json(OCP, body), text.encode("utf-8", "replace"))
