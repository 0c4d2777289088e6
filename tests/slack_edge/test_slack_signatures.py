"""Signatures: right and fresh ones pass once."""

import hashlib
import hmac
from datetime import timedelta

import pytest

from bot.slack.signatures import GOOD_FOR, Signatures
from tests.fakes.manual_clock import ManualClock

SECRET = "0123456789abcdef0123456789abcdef"


def signed(clock: ManualClock, body: bytes = b"x") -> tuple[bytes, str, str]:
    """Give a body as Slack signs it now."""
    at = str(int(clock.now().timestamp()))
    digest = hmac.new(SECRET.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    return body, at, f"v0={digest}"


def test_a_signature_passes_once() -> None:
    clock = ManualClock()
    signatures = Signatures(SECRET, clock)
    one = signed(clock)
    assert signatures.is_right(*one)
    assert [signatures.is_new(one[2]) for _ in range(2)] == [True, False]


def test_it_is_remembered_for_as_long_as_it_could_be_played_again() -> None:
    """Signed five minutes ahead of our clock, it is fresh for ten minutes."""
    clock = ManualClock()
    signatures = Signatures(SECRET, clock)
    ahead = ManualClock(clock.now() + GOOD_FOR - timedelta(seconds=1))
    one = signed(ahead)
    assert signatures.is_right(*one)
    assert signatures.is_new(one[2])
    while signatures.is_right(*one):
        assert not signatures.is_new(one[2])
        clock.advance(timedelta(seconds=20))
    clock.advance(timedelta(seconds=60))
    signatures.is_new("v0=another")
    assert list(signatures._seen) == ["v0=another"], "what is too old to pass is forgotten"


def test_what_was_not_taken_may_come_again() -> None:
    clock = ManualClock()
    signatures = Signatures(SECRET, clock)
    assert signatures.is_new("v0=1")
    signatures.forget("v0=1")
    signatures.forget("v0=never seen")
    assert signatures.is_new("v0=1")


def test_no_more_are_remembered_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.signatures.MOST_REMEMBERED", 3)
    signatures = Signatures(SECRET, ManualClock())
    for number in range(10):
        assert signatures.is_new(f"v0={number}")
    assert list(signatures._seen) == ["v0=7", "v0=8", "v0=9"]
