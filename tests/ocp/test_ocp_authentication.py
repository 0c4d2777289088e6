import base64
import hashlib
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ocp.authentication import (
    AccessKeyAuthentication,
    Authentication,
    BasicAuthentication,
    canonical_query,
    http_date,
    message_of,
    query_of,
    sign,
)
from tests.fakes.manual_clock import ManualClock

VENDOR_SECRET = "2fc0c299cc94c6be266f2ceece765d4d"
READ = (
    "GET\n\napplication/json;charset=utf-8\nTue, 17 Jan 2023 04:14:02 GMT\nocp.alibaba.net:8080\n\n"
    "/api/v2/compute/idcs?size=100"
)
WRITE = (
    "POST\n186974DB33A090A16D3E2CA35F547B56\napplication/json\nTue, 17 Jan 2023 09:13:57 GMT\n"
    "ocp.alibaba.net:8080\nx-ocp-data:A,1\n/api/v2/compute/idcs"
)


def request_of_the_vendors_read() -> httpx.Request:
    return httpx.Request(
        "GET",
        "http://ocp.alibaba.net:8080/api/v2/compute/idcs?size=100",
        headers={"Content-Type": "application/json;charset=utf-8", "Date": "Tue, 17 Jan 2023 04:14:02 GMT"},
    )


def request_of_the_vendors_write() -> httpx.Request:
    return httpx.Request(
        "POST",
        "http://ocp.alibaba.net:8080/api/v2/compute/idcs",
        headers={
            "Content-Type": "application/json",
            "Date": "Tue, 17 Jan 2023 09:13:57 GMT",
            "X-OCP-Data": "A,1",
        },
        content=b'{"name":"test01","description":"test","regionId":1}',
    )


def test_the_vendors_example_of_a_read_is_put_together_and_signed_as_published() -> None:
    message = message_of(request_of_the_vendors_read())
    assert message == READ
    assert sign(VENDOR_SECRET, message) == "TsQD6HDOuZuJ409m0wdnZPmijlc="


def test_the_vendors_example_of_a_write_is_put_together_and_signed_as_published() -> None:
    message = message_of(request_of_the_vendors_write())
    assert message == WRITE
    assert sign(VENDOR_SECRET, message) == "XN8P+O+v3vUabB16ZCooq5wMJoY="


def authorised(authentication: Authentication, url: str) -> httpx.Request:
    return next(authentication.auth_flow(httpx.Request("GET", url)))


def test_a_signed_request_carries_its_key_and_the_signature_of_what_is_sent() -> None:
    clock = ManualClock(datetime(2023, 1, 17, 4, 14, 2, tzinfo=UTC))
    request = authorised(
        AccessKeyAuthentication("key", VENDOR_SECRET, clock), "http://h:8080/a?page=1&size=2"
    )
    assert request.headers["Date"] == "Tue, 17 Jan 2023 04:14:02 GMT"
    assert message_of(request) == (
        "GET\n\napplication/json\nTue, 17 Jan 2023 04:14:02 GMT\nh:8080\n\n/a?page=1&size=2"
    )
    signature = sign(VENDOR_SECRET, message_of(request))
    assert request.headers["Authorization"] == f"OCP-ACCESS-KEY-HMACSHA1 key:{signature}"


def test_a_request_is_dated_by_ocps_clock_once_it_is_known() -> None:
    """OCP refuses a date that is 15 minutes off."""
    authentication = AccessKeyAuthentication(
        "key", VENDOR_SECRET, ManualClock(datetime(2023, 1, 1, tzinfo=UTC))
    )
    authentication.learn_offset(timedelta(hours=-2))
    assert authorised(authentication, "http://h/a").headers["Date"] == "Sat, 31 Dec 2022 22:00:00 GMT"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://h:8080/a", "h:8080"),
        ("http://h/a", "h"),
        ("https://h:443/a", "h"),
        ("http://[::1]:8080/a", "[::1]:8080"),
    ],
)
def test_the_host_is_signed_as_it_is_sent(url: str, host: str) -> None:
    request = authorised(AccessKeyAuthentication("key", "secret", ManualClock()), url)
    assert request.headers["Host"] == host
    assert message_of(request).split("\n")[4] == host


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("size=100", "size=100"),
        ("b=2&a=1", "a=1&b=2"),
        ("a=2&a=1&a=10", "a=1,10,2"),
        ("at=2021-09-16T15:14:51.397%2B08:00", "at=2021-09-16T15%3A14%3A51.397%2B08%3A00"),
        ("name=a%20b~c-d._", "name=a%20b~c-d._"),
        ("flag", "flag="),
        ("", ""),
    ],
)
def test_a_query_is_signed_with_sorted_keys_and_rfc_3986_encoding(query: str, canonical: str) -> None:
    assert canonical_query(query) == canonical


@given(
    st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8")))
)
def test_what_is_sent_is_byte_for_byte_what_is_signed(parameters: dict[str, str]) -> None:
    """The query that the client writes passes through httpx unchanged, and is canonical already."""
    query = query_of(parameters.items())
    sent = httpx.URL(f"http://h:8080/api?{query}").raw_path.decode().partition("?")[2]
    assert sent == query
    assert canonical_query(sent) == sent


def test_basic_authentication_sends_user_and_password_in_utf_8() -> None:
    request = authorised(BasicAuthentication("björn", "pass:wörd"), "http://h/a")
    kind, _, token = request.headers["Authorization"].partition(" ")
    assert kind == "Basic"
    assert base64.b64decode(token).decode() == "björn:pass:wörd"


def test_a_body_is_signed_by_its_md5_in_capitals() -> None:
    body = b'{"name":"test01","description":"test","regionId":1}'
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest().upper()
    assert message_of(request_of_the_vendors_write()).split("\n")[1] == digest


def test_a_date_is_written_as_http_does() -> None:
    assert http_date(datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)) == "Tue, 03 Feb 2026 04:05:06 GMT"


def test_no_way_to_sign_in_shows_its_secrets() -> None:
    ways = (
        BasicAuthentication("user", "hidden-password"),
        AccessKeyAuthentication("key", "hidden-secret", ManualClock()),
    )
    for way in ways:
        assert "hidden" not in repr(way)
        assert "hidden" not in str(way)
