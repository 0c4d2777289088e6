"""The simulated OCP's own verifier of signatures, held to the vendor's examples and each part of the rule."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox.ocp.signature import (
    ReceivedRequest,
    SignatureError,
    check_signature,
    message_of,
    signature_of,
)

SECRET = "2fc0c299cc94c6be266f2ceece765d4d"
HOST = "ocp.alibaba.net:8080"
VENDOR_GET = ReceivedRequest(
    "GET",
    "/api/v2/compute/idcs?size=100",
    (
        ("Host", HOST),
        ("Content-Type", "application/json;charset=utf-8"),
        ("Date", "Tue, 17 Jan 2023 04:14:02 GMT"),
        ("Authorization", "OCP-ACCESS-KEY-HMACSHA1 some-key:TsQD6HDOuZuJ409m0wdnZPmijlc="),
    ),
)
VENDOR_POST = ReceivedRequest(
    "POST",
    "/api/v2/compute/idcs",
    (
        ("Host", HOST),
        ("Content-Type", "application/json"),
        ("Date", "Tue, 17 Jan 2023 09:13:57 GMT"),
        ("X-OCP-Data", "A,1"),
        ("Authorization", "OCP-ACCESS-KEY-HMACSHA1 some-key:XN8P+O+v3vUabB16ZCooq5wMJoY="),
    ),
    b'{"name":"test01","description":"test","regionId":1}',
)


def test_the_vendors_first_example_is_put_together_and_signed_as_the_vendor_does() -> None:
    assert message_of(VENDOR_GET) == (
        "GET\n\napplication/json;charset=utf-8\nTue, 17 Jan 2023 04:14:02 GMT\nocp.alibaba.net:8080\n\n"
        "/api/v2/compute/idcs?size=100"
    )
    assert signature_of(VENDOR_GET, SECRET) == "TsQD6HDOuZuJ409m0wdnZPmijlc="


def test_the_vendors_second_example_is_put_together_and_signed_as_the_vendor_does() -> None:
    assert message_of(VENDOR_POST) == (
        "POST\n186974DB33A090A16D3E2CA35F547B56\napplication/json\nTue, 17 Jan 2023 09:13:57 GMT\n"
        "ocp.alibaba.net:8080\nx-ocp-data:A,1\n/api/v2/compute/idcs"
    )
    assert signature_of(VENDOR_POST, SECRET) == "XN8P+O+v3vUabB16ZCooq5wMJoY="


@pytest.mark.parametrize(
    ("request_", "at"),
    [
        pytest.param(VENDOR_GET, datetime(2023, 1, 17, 4, 14, 2, tzinfo=UTC), id="a GET with a query"),
        pytest.param(VENDOR_POST, datetime(2023, 1, 17, 9, 13, 57, tzinfo=UTC), id="a POST with a body"),
    ],
)
def test_both_examples_are_let_in(request_: ReceivedRequest, at: datetime) -> None:
    assert check_signature(request_, {"some-key": SECRET}, at) == "some-key"


def _refusal(request: ReceivedRequest, at: datetime = datetime(2023, 1, 17, 4, 14, 2, tzinfo=UTC)) -> str:
    with pytest.raises(SignatureError) as caught:
        check_signature(request, {"some-key": SECRET}, at)
    return str(caught.value)


def _with(**changed: object) -> ReceivedRequest:
    facts: dict[str, object] = {
        "method": VENDOR_GET.method,
        "target": VENDOR_GET.target,
        "headers": VENDOR_GET.headers,
        "body": VENDOR_GET.body,
    }
    return ReceivedRequest(**{**facts, **changed})  # type: ignore[arg-type] # facts of several types by name


def _header(name: str, value: str) -> ReceivedRequest:
    kept = tuple(pair for pair in VENDOR_GET.headers if pair[0] != name)
    return _with(headers=(*kept, (name, value)))


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(_with(method="HEAD"), id="another method"),
        pytest.param(_with(target="/api/v2/compute/idcs?size=101"), id="another value"),
        pytest.param(_with(target="/api/v2/compute/idcs/?size=100"), id="another path"),
        pytest.param(_with(target="/api/v2/compute/idcs?size=100&page=1"), id="one parameter more"),
        pytest.param(_with(body=b"x"), id="a body that was not signed"),
        pytest.param(_header("Host", "ocp.alibaba.net"), id="a host without its port"),
        pytest.param(_header("Content-Type", "application/json"), id="another content type"),
        pytest.param(_header("Date", "Tue, 17 Jan 2023 04:14:03 GMT"), id="another second"),
        pytest.param(_header("x-ocp-data", "A,1"), id="an own header that was not signed"),
        pytest.param(
            _header("Authorization", "OCP-ACCESS-KEY-HMACSHA1 some-key:AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            id="another signature",
        ),
    ],
)
def test_whatever_differs_from_what_was_signed_is_refused(request_: ReceivedRequest) -> None:
    assert _refusal(request_) == "the signature does not match the request"


@pytest.mark.parametrize("skew", [timedelta(minutes=15), timedelta(minutes=-15), timedelta(days=1)])
def test_a_date_a_quarter_of_an_hour_off_is_refused(skew: timedelta) -> None:
    at = datetime(2023, 1, 17, 4, 14, 2, tzinfo=UTC)
    assert "too far" in _refusal(VENDOR_GET, at + skew)


@pytest.mark.parametrize("skew", [timedelta(minutes=14, seconds=59), timedelta(minutes=-14, seconds=-59)])
def test_a_date_less_than_a_quarter_of_an_hour_off_is_let_in(skew: timedelta) -> None:
    at = datetime(2023, 1, 17, 4, 14, 2, tzinfo=UTC)
    assert check_signature(VENDOR_GET, {"some-key": SECRET}, at + skew) == "some-key"


@pytest.mark.parametrize(
    "date",
    [
        pytest.param("", id="none"),
        pytest.param("2023-01-17T04:14:02Z", id="ISO 8601"),
        pytest.param("Tue, 17 Jan 2023 04:14:02 +0000", id="an offset instead of GMT"),
        pytest.param("Mon, 17 Jan 2023 04:14:02 GMT", id="another weekday"),
        pytest.param("Tue, 32 Jan 2023 04:14:02 GMT", id="a day that does not exist"),
    ],
)
def test_a_date_that_is_not_rfc_1123_in_gmt_is_refused(date: str) -> None:
    assert "RFC 1123" in _refusal(_header("Date", date))


@pytest.mark.parametrize(
    ("authorization", "why"),
    [
        pytest.param("", "malformed", id="none"),
        pytest.param("OCP-ACCESS-KEY-HMACSHA1 some-key", "malformed", id="no signature"),
        pytest.param("OCP-ACCESS-KEY-HMACSHA256 some-key:AAAA", "malformed", id="another scheme"),
        pytest.param("OCP-ACCESS-KEY-HMACSHA1 some-key:!!!", "not base64", id="no base64"),
        pytest.param("OCP-ACCESS-KEY-HMACSHA1 other:AAAA", "unknown access key", id="an unknown key"),
    ],
)
def test_an_authorization_that_cannot_be_read_is_refused(authorization: str, why: str) -> None:
    assert why in _refusal(_header("Authorization", authorization))


def test_keys_of_the_query_are_sorted_and_values_of_a_repeated_key_joined_by_commas() -> None:
    request = _with(target="/p?size=10&page=2&tag=b&tag=a")
    assert message_of(request).endswith("\n/p?page=2&size=10&tag=a,b")


def test_own_headers_are_lower_cased_sorted_and_one_a_line() -> None:
    request = _with(headers=(("X-Ocp-B", "2"), ("x-ocp-A", "1"), ("X-Other", "3"), ("Host", "h")))
    assert message_of(request) == "GET\n\n\n\nh\nx-ocp-a:1\nx-ocp-b:2\n/api/v2/compute/idcs?size=100"


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("/p?startTime=2021-09-16T15:14:51.397%2B08:00", id="a bare colon"),
        pytest.param("/p?startTime=2021-09-16T15%3A14%3A51.397+08%3A00", id="a bare plus"),
        pytest.param("/p?startTime=2021-09-16T15%3a14", id="lower-case escapes"),
        pytest.param("/p?name=%7Ex", id="an escape that is not needed"),
    ],
)
def test_a_query_sent_in_another_encoding_than_signed_is_refused(target: str) -> None:
    """What is signed must be byte for byte what is sent."""
    request = _with(target=target)
    good = signature_of(request, SECRET)
    own = _header("Authorization", f"OCP-ACCESS-KEY-HMACSHA1 some-key:{good}")
    assert "RFC 3986" in _refusal(ReceivedRequest("GET", target, own.headers))
