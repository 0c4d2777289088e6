"""Values that polls make by the ten thousand are dataclasses to all who ask, and nothing to the collector."""

import gc
from dataclasses import asdict, field, fields, is_dataclass, replace
from pprint import pformat
from typing import Any

import pytest

from bot.domain.detection.memory import Block, Rhythm, TaskMemory
from bot.domain.evidence import Well
from bot.domain.finding import Assessment
from bot.domain.roster import KnownTask
from bot.domain.task import SourceName, Task, TaskKey
from bot.domain.values import key, value


@value(frozen=True, slots=True)
class Reading:
    """One of them."""

    task: str
    words: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return self.task.title()


@value(slots=True)
class Memory:
    at: float
    level: float = 0.0
    points: tuple[float, ...] = field(default_factory=lambda: (0.5,))


@key(frozen=True, slots=True)
class Place:
    cluster: int
    tenant: str | None = None


class Held:
    """Something that the collector looks through."""


@pytest.mark.parametrize("kind", [Task, TaskKey, KnownTask, TaskMemory, Assessment, Block, Rhythm, Well])
def test_what_polls_make_most_of_is_a_dataclass_that_is_never_looked_through(kind: Any) -> None:
    names = [one.name for one in fields(kind)]
    held = [Held() for _ in names]
    made = kind(*held)
    assert is_dataclass(made)
    assert gc.is_tracked(held[0])
    assert not gc.is_tracked(made)
    assert [getattr(made, name) for name in names] == held
    assert kind.__match_args__ == tuple(names)
    assert kind.__module__.startswith("bot.domain.")


def test_a_frozen_value_guards_itself() -> None:
    reading = Reading("orders")
    with pytest.raises(AttributeError):
        reading.task = "ledger"  # type: ignore[misc] # that it is frozen is what is tried
    assert reading == Reading("orders", ())
    assert reading.label == "Orders"
    assert Reading.__doc__ == "One of them."
    assert repr(reading) == "Reading(task='orders', words=())"


def test_a_value_that_is_not_frozen_is_changed_in_place() -> None:
    memory = Memory(1.0)
    memory.level = 2.0
    assert (memory.at, memory.level, memory.points) == (1.0, 2.0, (0.5,))


def test_the_tools_of_dataclasses_take_a_value_for_one() -> None:
    reading = replace(Reading("orders"), words=("a",))
    assert reading == Reading("orders", ("a",))
    assert asdict(reading) == {"task": "orders", "words": ("a",)}


def test_values_are_told_apart_by_kind_and_content() -> None:
    assert Place(1) != Place(2)
    assert Place(1) == Place(1, None)
    assert len({Place(1), Place(1, None), Place(1, "orders")}) == 2
    other: object = Memory(1.0)
    assert other != Place(1)


def test_only_a_key_remembers_its_hash() -> None:
    """It takes eight bytes of each, and nothing else is looked up."""
    asked: list[str] = []

    class Tenant:
        def __hash__(self) -> int:
            asked.append("hash")
            return 7

    kinds: list[Any] = [Place, Reading]
    for kind, times in zip(kinds, (1, 2), strict=True):
        asked.clear()
        made = kind(1, Tenant())
        assert hash(made) == hash(made)
        assert len(asked) == times


def test_a_value_is_printed_as_it_is() -> None:
    reading = Reading("orders", tuple("abc" * 20))
    assert pformat(reading, width=20) == repr(reading)


def test_equal_keys_are_one_key_wherever_they_were_made() -> None:
    known = {TaskKey(SourceName("ocp"), 1, "1002", "oss://backup/logs"): "orders"}  # type: ignore[arg-type] # a plain number will do
    assert known[TaskKey(SourceName("ocp"), 1, "1002", "oss://backup/logs")] == "orders"  # type: ignore[arg-type] # as above
