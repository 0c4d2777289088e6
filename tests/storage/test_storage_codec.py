"""Domain dataclasses as JSON: nothing is lost, newer and older writers are understood."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.evidence import Evidence, NotListed
from bot.domain.incident import Incident
from bot.domain.notification import Content, Notification
from bot.domain.task import Cluster, Task
from bot.errors import StorageError
from bot.storage.codec import CLUSTER, INCIDENT, NOTIFICATION, TASK, Codec
from tests.storage.storage_samples import PAY, T0, incident, notification, task

instants = st.datetimes(timezones=st.just(UTC))
st.register_type_strategy(datetime, instants)
st.register_type_strategy(float, st.floats(allow_nan=False))


@dataclass(frozen=True, slots=True)
class Proof:
    """Something that holds any evidence."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Told:
    """Something that holds any content."""

    content: Content


@pytest.mark.parametrize("kind", get_args(Evidence), ids=lambda kind: str(kind.__name__))
@settings(max_examples=30)
@given(data=st.data())
def test_every_kind_of_evidence_comes_back_as_it_was(kind: type[Any], data: st.DataObject) -> None:
    one = Proof(data.draw(st.from_type(kind)))
    assert Codec(Proof).decode(Codec(Proof).encode(one)) == one


@pytest.mark.parametrize("kind", get_args(Content), ids=lambda kind: str(kind.__name__))
@settings(max_examples=15)
@given(data=st.data())
def test_every_kind_of_content_comes_back_as_it_was(kind: type[Any], data: st.DataObject) -> None:
    one = Told(data.draw(st.from_type(kind)))
    assert Codec(Told).decode(Codec(Told).encode(one)) == one


@pytest.mark.parametrize(
    ("codec", "kind"),
    [(INCIDENT, Incident), (NOTIFICATION, Notification), (CLUSTER, Cluster), (TASK, Task)],
    ids=["incident", "notification", "cluster", "task"],
)
@settings(max_examples=30)
@given(data=st.data())
def test_what_is_kept_as_json_comes_back_as_it_was(
    codec: Codec[Any], kind: type[Any], data: st.DataObject
) -> None:
    one = data.draw(st.from_type(kind))
    text = codec.encode(one)
    assert text.isascii()
    assert codec.decode(text) == one


def test_an_instant_of_another_zone_is_the_same_instant_in_utc() -> None:
    there = datetime.fromisoformat("2026-03-04T20:00:00+08:00")
    one = Proof(NotListed(3, there))
    (back,) = (Codec(Proof).decode(Codec(Proof).encode(one)),)
    assert back == one
    assert isinstance(back.evidence, NotListed)
    assert back.evidence.last_listed_at.tzinfo is UTC


def test_a_field_that_a_newer_version_added_is_passed_over() -> None:
    record = json.loads(INCIDENT.encode(incident()))
    record["mood"] = "gloomy"
    record["because"]["shade"] = {"of": "grey"}
    assert INCIDENT.decode(json.dumps(record)) == incident()


def test_a_field_that_an_older_version_did_not_know_takes_its_default() -> None:
    record = json.loads(INCIDENT.encode(incident()))
    for name in ("reopened", "gap", "shown_delay", "closing_hold"):
        del record[name]
    assert INCIDENT.decode(json.dumps(record)) == incident()


def test_kinds_of_a_union_are_told_apart_by_name() -> None:
    record = json.loads(NOTIFICATION.encode(notification("n")))
    assert record["content"]["is"] == "IncidentContent"
    assert record["content"]["incident"]["because"]["is"] == "StatusBroken"


def _without(name: str) -> str:
    record = json.loads(INCIDENT.encode(incident()))
    del record[name]
    return json.dumps(record)


def _with(name: str, value: object) -> str:
    return json.dumps(json.loads(INCIDENT.encode(incident())) | {name: value})


UNREADABLE = {
    "no JSON": "{",
    "no object": "[]",
    "a field without default is missing": _without("opened_at"),
    "an evidence that is not known": _with("because", {"is": "Astonished"}),
    "an evidence without its kind": _with("because", {}),
    "an enum's value that is not known": _with("problem", "boredom"),
    "a word for a number": _with("number", "forty-two"),
    "a number for a word": _with("subject", {"key": 4, "source": "prod"}),
    "no instant": _with("since", "yesterday"),
    "a span beyond all spans": _with("closing_hold", 10**30),
}


@pytest.mark.parametrize("text", list(UNREADABLE.values()), ids=list(UNREADABLE))
def test_what_cannot_be_read_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(StorageError, match="record of incident that this version cannot read"):
        INCIDENT.decode(text)


def test_a_tuple_of_plain_values_holds_nothing_else() -> None:
    record = json.loads(INCIDENT.encode(incident()))
    record["snapshot"] = {"read_at": "2026-03-04T12:00:00+00:00", "trend": [60, None, "an hour"]}
    with pytest.raises(StorageError, match="record of incident that this version cannot read"):
        INCIDENT.decode(json.dumps(record))


def test_spans_and_instants_are_exact() -> None:
    one = task(delay=timedelta(days=3, microseconds=1), at=T0 + timedelta(microseconds=7))
    assert TASK.decode(TASK.encode(one)) == one
    assert json.loads(TASK.encode(one))["delay"] == 3 * 86400 * 10**6 + 1


@dataclass(frozen=True, slots=True)
class Several:
    """Fixed tuples, floats and flags."""

    pair: tuple[int, str]
    pace: float
    flag: bool


def test_tuples_of_fixed_length_floats_and_flags_are_known() -> None:
    one = Several((1, "a"), 0.7, flag=True)
    assert Codec(Several).decode(Codec(Several).encode(one)) == one


@dataclass(frozen=True, slots=True)
class Unstorable:
    """A union that nothing tells apart."""

    either: int | str


@dataclass(frozen=True, slots=True)
class Opaque:
    """A field of a kind that has no form."""

    thing: complex


@dataclass(frozen=True, slots=True)
class Mapped:
    """A field of a kind that is no class."""

    things: dict[str, int]


@pytest.mark.parametrize("kind", [Unstorable, Opaque, Mapped])
def test_what_has_no_form_is_refused_when_the_program_starts(kind: type[Any]) -> None:
    """A new field in the domain that could not be stored fails at import, not at the first incident."""
    with pytest.raises(TypeError):
        Codec(kind)


def test_a_cluster_of_which_only_the_id_is_known_comes_back() -> None:
    one = Cluster(PAY.source, PAY.id)
    assert CLUSTER.decode(CLUSTER.encode(one)) == one
