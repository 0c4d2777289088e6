"""Lines keep what OCP answered to the letter, without its credentials; damaged ones are told apart."""

import json
import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.task import ClusterId, SourceName
from bot.ocp.texts import destination
from bot.recordings.lines import (
    LineDamaged,
    RecordedFailure,
    RecordedPage,
    failure_line,
    page_line,
    read_line,
)
from tests.replays.samples import T0, encoded, failure, line, response, row

PROD, PAY = SourceName("prod"), ClusterId(1000005)
SECRET = "SK7never0to0be0kept"


def recorded(raw: bytes | str, *, complete: bool = False) -> str:
    """Record an answer; give the text of its response."""
    written = page_line(PROD, PAY, raw if isinstance(raw, bytes) else raw.encode(), complete=complete)
    text = written.decode()
    assert text.endswith("\n")
    assert text.count("\n") == 1
    begin, end = (
        '{"source":"prod","cluster":1000005,"response":',
        ',"complete":true}\n' if complete else "}\n",
    )
    assert text.startswith(begin)
    assert text.endswith(end)
    return text[len(begin) : -len(end)]


def page_of_line(written: bytes) -> RecordedPage:
    found = read_line(written)
    assert isinstance(found, RecordedPage)
    return found


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param('{"delay": 77.6421}', id="four decimals"),
        pytest.param('{"delay": 77.0, "b": 7E+1, "c": -0.0, "d": 1e400}', id="floats as they are written"),
        pytest.param('{"id": 18446744073709551615123456789}', id="an integer beyond every long"),
        pytest.param('{"b": 1, "a": 2}', id="the order of fields"),
        pytest.param('{"a": 1, "a": 2}', id="a field twice"),
        pytest.param(r'{"s": "caf\u00e9 \/ \t \" \\ ключ"}', id="escapes"),
        pytest.param(r'{"s": "\ud800"}', id="half a character"),
        pytest.param('{"note": "see http://wiki.example.com/x?page=3 for more"}', id="a harmless address"),
        pytest.param('{"errorMsg": "ret=-4392 at file:///obbackup/x"}', id="an error without credentials"),
        pytest.param('{"backupUri": "oss://b/p?host=oss.example.com"}', id="a path without credentials"),
        pytest.param("{ }", id="nothing"),
    ],
)
def test_an_answer_is_kept_to_the_letter(raw: str) -> None:
    assert recorded(raw) == raw


def test_an_answer_on_many_lines_becomes_one() -> None:
    assert recorded('{\r\n  "a": [1,\n 2.50]\n}') == '{    "a": [1,  2.50] }'


def test_bytes_that_are_no_text_are_replaced_as_the_watch_does() -> None:
    assert recorded(b'\xef\xbb\xbf{"s": "a\xffb"}') == '{"s": "a\N{REPLACEMENT CHARACTER}b"}'


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        pytest.param(
            f'{{"delay": 1.50, "backupUri": "oss://AK:{SECRET}@b/p?host=h.example.com&access_key={SECRET}"}}',
            '{"delay": 1.50, "backupUri": "oss://b/p?host=h.example.com"}',
            id="a path",
        ),
        pytest.param(
            rf'{{"backupUri": "oss:\/\/b\/p?access_id=AK\u0026access_key\u003d{SECRET}"}}',
            '{"backupUri": "oss://b/p"}',
            id="a path with escapes, as Gson writes it",
        ),
        pytest.param(
            rf'{{"backup\u0055ri": "oss://b/p?sig={SECRET}"}}', None, id="a field whose name is escaped"
        ),
        pytest.param(
            f'{{"errorMsg": "Put oss://b/1?host=h&sig={SECRET}: 403"}}',
            '{"errorMsg": "Put oss://b/1?host=h: 403"}',
            id="a path inside an error",
        ),
        pytest.param(
            f'{{"errorMsg": "Put oss://b/my dir?access_key={SECRET} failed"}}',
            '{"errorMsg": "Put oss://b/my dir?access_key=… failed"}',
            id="a path that a blank ends",
        ),
        pytest.param(f'{{"errorMsg": "Authorization: Basic {SECRET}"}}', None, id="a header inside an error"),
        pytest.param(f'{{"newField": "oss://b/p?access_key={SECRET}"}}', None, id="a field of no meaning"),
        pytest.param(
            f'{{"newField": "http://me:{SECRET}@h/"}}', None, id="userinfo in a field of no meaning"
        ),
        pytest.param(f'{{"backupUri": ["oss://b/p?sig={SECRET}"]}}', None, id="a list of paths"),
        pytest.param(
            f'{{"data": {{"contents": [{{"backupUri": "oss://b/p?sig={SECRET}"}}]}}}}', None, id="a row"
        ),
    ],
)
def test_no_credential_is_recorded(raw: str, kept: str | None) -> None:
    written = recorded(raw)
    assert SECRET not in written
    assert kept is None or written == kept


words = st.text(st.characters(codec="utf-8", exclude_characters="&?#\r\n"), max_size=12)
names = st.sampled_from(["access_key", "access_id", "AccessKeySecret", "secret_key", "password", "token"])


@given(
    scheme=st.sampled_from(["oss", "cos", "s3", "file"]),
    before=words,
    name=names,
    after=words,
    ascii_only=st.booleans(),
)
def test_no_path_leaks_however_it_is_written(
    scheme: str, before: str, name: str, after: str, *, ascii_only: bool
) -> None:
    uri = f"{scheme}://b/{before}?host=h.example.com&{name}={SECRET}&x={after}"
    raw = json.dumps(
        {"backupUri": uri, "errorMsg": f"{before} {uri} {after}", "new": uri}, ensure_ascii=ascii_only
    )
    assert SECRET not in recorded(raw)


printed = st.text(
    st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="&?#%"), max_size=12
)


@given(host=printed, path=printed)
def test_a_recorded_path_makes_the_same_task(host: str, path: str) -> None:
    uri = f"oss://b/{path}?host={host}&access_id=a&sig=b"
    kept = json.loads(recorded(json.dumps({"backupUri": uri})))["backupUri"]
    assert destination(kept) == destination(uri)


plain = st.text(st.characters(exclude_characters=":=@"), max_size=20)
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain, inner, max_size=4),
    max_leaves=20,
)


@given(
    answer=st.dictionaries(plain, trees, max_size=5),
    indent=st.sampled_from([None, 1]),
    ascii_only=st.booleans(),
)
def test_what_is_recorded_is_read_again_whatever_it_is(
    answer: dict[str, Any], indent: int | None, *, ascii_only: bool
) -> None:
    raw = json.dumps(answer, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "replace")
    found = page_of_line(page_line(PROD, PAY, raw, complete=True))
    assert (found.source, found.cluster, found.complete) == (PROD, PAY, True)
    assert repr(found.response) == repr(json.loads(raw))


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b"7", b'{"a": 1', b'{"a": 1}, "cluster": {}'])
def test_what_is_no_object_is_not_recorded(raw: bytes) -> None:
    with pytest.raises(LineDamaged):
        page_line(PROD, PAY, raw, complete=False)


def test_a_failed_read_comes_back_as_it_was() -> None:
    at = datetime(2026, 3, 4, 20, 0, 0, 250_000, timezone(timedelta(hours=8)))
    failed = RecordedFailure(PROD, None, at, f"Cannot read oss://b/my dir?access_key={SECRET}.")
    written = failure_line(failed)
    assert json.loads(written) == {
        "source": "prod",
        "cluster": None,
        "at": "2026-03-04T12:00:00.250000Z",
        "error": "Cannot read oss://b/my dir?access_key=…",
    }
    assert read_line(written) == RecordedFailure(PROD, None, at.astimezone(UTC), json.loads(written)["error"])


def test_a_cluster_may_come_as_a_string_as_javascript_writes_large_numbers() -> None:
    assert page_of_line(encoded([line(response(T0)) | {"cluster": "9007199254740993"}])).cluster == 2**53 + 1


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        pytest.param(b"", "not JSON", id="nothing"),
        pytest.param(b"not json", "not JSON", id="words"),
        pytest.param(encoded([line(response(T0, row()))])[:-40], "not JSON", id="a torn line"),
        pytest.param(b"\xff\xfe\x00", "not JSON", id="bytes"),
        pytest.param(b"[1]", "not a JSON object", id="a list"),
        pytest.param(b'{"cluster": 1, "response": {}}', "names no source", id="no source"),
        pytest.param(
            b'{"source": " ", "cluster": 1, "response": {}}', "names no source", id="a blank source"
        ),
        pytest.param(
            b'{"source": 7, "cluster": 1, "response": {}}', "names no source", id="a source of digits"
        ),
        pytest.param(
            b'{"source": "a\\u0007", "cluster": 1, "response": {}}', "is no name", id="a source that rings"
        ),
        pytest.param(
            b'{"source": "\\ud800", "cluster": 1, "response": {}}', "is no name", id="half a character"
        ),
        pytest.param(
            b'{"source": "' + b"a" * 300 + b'", "response": {}}', "is no name", id="a source without end"
        ),
        pytest.param(b'{"source": "a", "cluster": true, "response": {}}', "no number", id="a true cluster"),
        pytest.param(b'{"source": "a", "cluster": 1.5, "response": {}}', "no number", id="half a cluster"),
        pytest.param(b'{"source": "a", "cluster": "x", "response": {}}', "no number", id="a cluster's name"),
        pytest.param(
            b'{"source": "a", "cluster": -1, "response": {}}', "no number", id="a cluster below zero"
        ),
        pytest.param(
            b'{"source": "a", "cluster": 9223372036854775808, "response": {}}',
            "no number",
            id="beyond a long",
        ),
        pytest.param(b'{"source": "a", "response": {}}', "neither", id="a response of no cluster"),
        pytest.param(b'{"source": "a", "cluster": 1, "response": []}', "neither", id="a list for a response"),
        pytest.param(b'{"source": "a", "cluster": 1}', "neither", id="neither response nor error"),
        pytest.param(b'{"source": "a", "cluster": 1, "error": 5}', "neither", id="a number for an error"),
        pytest.param(b'{"source": "a", "error": "x"}', "no time with a zone", id="an error without its time"),
        pytest.param(encoded([failure(T0) | {"at": "soon"}]), "no time with a zone", id="no time at all"),
        pytest.param(
            encoded([failure(T0) | {"at": "2026-03-04T12:00:00"}]),
            "no time with a zone",
            id="a time of no zone",
        ),
        pytest.param(
            encoded([failure(T0) | {"at": "0001-01-01T00:00:00+14:00"}]), "with a zone", id="before all time"
        ),
        pytest.param(
            encoded([failure(T0) | {"at": "9999-12-31T23:59:59-14:00"}]), "with a zone", id="after all time"
        ),
    ],
)
def test_a_damaged_line_says_what_is_the_matter(bad: bytes, why: str) -> None:
    with pytest.raises(LineDamaged, match=why):
        read_line(bad)


good = st.sampled_from(
    [encoded([line(response(T0, row()), complete=True)]).strip(), encoded([failure(T0)]).strip()]
)
changes = st.lists(st.tuples(st.integers(0, 700), st.binary(max_size=3)), min_size=1, max_size=4)


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """Draw a good line with some bytes of it replaced."""
    text = bytearray(draw(good))
    for place, new in draw(changes):
        begin = place % len(text)
        text[begin : begin + len(new)] = new
    return bytes(text)


fields = st.fixed_dictionaries(
    {},
    optional={
        "source": st.text() | st.integers(),
        "cluster": st.integers() | st.text() | st.none(),
        "response": trees,
        "error": trees,
        "at": st.text() | st.datetimes().map(str),
        "complete": trees,
    },
).map(lambda value: json.dumps(value).encode())


@given(st.binary() | mangled() | fields | trees.map(lambda tree: json.dumps(tree).encode()))
def test_no_line_raises_anything_but_that_it_is_damaged(text: bytes) -> None:
    with suppress(LineDamaged):
        assert read_line(text).source.isprintable()


@pytest.mark.parametrize(
    "costly",
    [
        pytest.param(b"[" * 1_000_000, id="brackets"),
        pytest.param(b'{"a":' * 200_000, id="braces"),
        pytest.param(b'{"source":"a","cluster":' + b"9" * 1_000_000 + b"}", id="digits"),
        pytest.param(b'{"source":"a","x":[' + b"{}," * 300_000 + b"{}]}", id="objects"),
        pytest.param(b'{"source":"' + b"\\u0041" * 170_000 + b'"}', id="escapes"),
        pytest.param(b'{"source":"' + b"\xff" * 1_000_000 + b'"}', id="bytes"),
        pytest.param(b'"' * 1_000_000, id="quotes"),
    ],
)
def test_no_line_costs_more_than_its_size_makes_of_it(costly: bytes) -> None:
    """An object of three bytes takes Python some 70: that is the most that is ever paid."""
    tracemalloc.start()
    try:
        with pytest.raises(LineDamaged):
            read_line(costly)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40 * len(costly)
