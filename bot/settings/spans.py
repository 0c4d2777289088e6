"""Lengths of time, as people write them into settings, each with the sentence for a wrong one."""

import math
from datetime import timedelta
from typing import Annotated

import pytimeparse2  # type: ignore[import-untyped] # it ships no types
from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

LONGEST = timedelta(days=366)
_LONGEST_KEPT = timedelta(days=3650)
_BEYOND = timedelta(days=100_000)
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


def spoken(span: timedelta) -> str:
    """Write a span as people write it into settings: ``30s``, ``1h30m``."""
    seconds = span.total_seconds()
    if seconds != int(seconds):
        return f"{seconds:g}s"
    rest, parts = int(seconds), []
    for unit, size in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def _read_span(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    seconds: float | None = None
    if isinstance(value, str) and len(value) <= 40:  # noqa: PLR2004 - no length of time is longer
        parsed = pytimeparse2.parse(value.strip())
        seconds = parsed if isinstance(parsed, int | float) else None
    elif isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value
    if seconds is None or not math.isfinite(seconds):
        raise ValueError("is not a length of time: write for example 30s, 5m or 2h")
    if seconds < 0:
        raise ValueError("is below zero: write for example 30s, 5m or 2h")
    return timedelta(seconds=min(seconds, _BEYOND.total_seconds()))


def _span(value: object) -> timedelta:
    span = _read_span(value)
    if span > LONGEST:
        raise ValueError("is longer than a year: write for example 30s, 5m or 2h")
    return span


def _kept(value: object) -> timedelta:
    """Read for how long something is kept."""
    span = _read_span(value)
    if not timedelta(days=1) <= span <= _LONGEST_KEPT:
        raise ValueError("has to lie between 1d and 3650d: write for example 14d or 400d")
    return span


def _above_zero(span: timedelta) -> timedelta:
    if span <= timedelta(0):
        raise ValueError("has to be above zero: write for example 30s, 5m or 2h")
    return span


def positive_span(value: object) -> timedelta:
    """Read a length of time above zero. Raises ValueError with the end of a sentence."""
    return _above_zero(_span(value))


def _poll_interval(span: timedelta) -> timedelta:
    if not timedelta(seconds=1) <= span <= timedelta(days=1):
        raise ValueError("has to lie between 1s and 1d: write for example 30s or 1m")
    return span


_SPAN_SCHEMA = WithJsonSchema(
    {
        "anyOf": [{"type": "string", "pattern": "^\\s*[0-9]"}, {"type": "number", "minimum": 0}],
        "examples": ["30s", "5m", "2h"],
    }
)
Span = Annotated[timedelta, BeforeValidator(_span), PlainSerializer(spoken, return_type=str), _SPAN_SCHEMA]
"""A length of time from zero to a year; a bare number is seconds."""
PositiveSpan = Annotated[Span, AfterValidator(_above_zero)]
PollInterval = Annotated[Span, AfterValidator(_poll_interval)]
Kept = Annotated[timedelta, BeforeValidator(_kept), PlainSerializer(spoken, return_type=str), _SPAN_SCHEMA]
"""For how long something is kept."""
