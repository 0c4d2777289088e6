"""Domain dataclasses as JSON text, derived from their annotations, tolerant of older and newer writers.

A union of dataclasses is tagged with the class's name under ``is``. A field that the text does not have
takes its default; a field that the class does not have is passed over. Instants are ISO 8601, spans are
whole microseconds, enums their values.
"""

import json
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Generic, NamedTuple, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from bot.domain.grouping import Group
from bot.domain.incident import Incident
from bot.domain.notification import Notification
from bot.domain.posts import Post
from bot.domain.routing import Selector, Subscription
from bot.domain.silence import Silence
from bot.domain.task import Cluster, Task
from bot.errors import StorageError

Json = Any
T = TypeVar("T")
_TAG = "is"
_MICROSECOND = timedelta(microseconds=1)
_to_json = json.JSONEncoder(separators=(",", ":")).encode


class _Coder(NamedTuple):
    """How a kind is written and read. ``as_it_is`` has the types of a kind that is the same in JSON."""

    encode: Callable[[Any], Json]
    decode: Callable[[Json], Any]
    as_it_is: frozenset[type] = frozenset()


class Codec(Generic[T]):
    """Turns one class of dataclass into JSON text and back."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        annotation: Any = kind
        self._coder = _coder(annotation)

    def encode(self, value: T) -> str:
        """Give the JSON text of a value: ASCII, without needless spaces."""
        return _to_json(self._coder.encode(value))

    def decode(self, text: str) -> T:
        """Read a value back.

        Raises StorageError where the text lacks what has no default, or holds what this version does
        not know.
        """
        try:
            value: T = self._coder.decode(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise StorageError(
                f"The database holds a record of {self._kind.__name__.lower()} that this version cannot read"
                f" ({error}): it was written by a newer version, or damaged. Install the newest version,"
                " or restore a backup of the database."
            ) from error
        return value


@cache
def _coder(kind: Any) -> _Coder:  # noqa: ANN401 - an annotation is any object
    if isinstance(kind, NewType):
        return _coder(kind.__supertype__)
    if get_origin(kind) in (Union, UnionType):
        return _union(get_args(kind))
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind))
    if not isinstance(kind, type):
        raise TypeError(f"no way is known to store {kind!r}")
    if kind in _PLAIN:
        return _PLAIN[kind]
    if issubclass(kind, Enum):
        return _Coder(lambda value: value.value, {one.value: one for one in kind}.__getitem__)
    if is_dataclass(kind):
        return _dataclass(kind)
    raise TypeError(f"no way is known to store {kind!r}")


def _same(*kinds: type) -> _Coder:
    as_it_is = frozenset(kinds)

    def checked(value: Json) -> Json:
        if type(value) not in as_it_is:
            raise TypeError(f"{value!r} is no {' or '.join(sorted(kind.__name__ for kind in kinds))}")
        return value

    return _Coder(_unchanged, checked, as_it_is)


def _unchanged(value: Json) -> Json:
    return value


def _to_text(moment: datetime) -> str:
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat()


def _from_text(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


_PLAIN: dict[type, _Coder] = {
    NoneType: _same(NoneType),
    str: _same(str),
    bool: _same(bool),
    int: _same(int),
    float: _same(float, int),
    datetime: _Coder(_to_text, _from_text),
    timedelta: _Coder(lambda span: span // _MICROSECOND, lambda count: timedelta(microseconds=count)),
}


def _tuple(kinds: tuple[Any, ...]) -> _Coder:
    if len(kinds) == 2 and kinds[1] is Ellipsis:  # noqa: PLR2004 - ``tuple[X, ...]`` has these two
        one = _coder(kinds[0])
        if one.as_it_is:
            return _Coder(list, lambda values: _all_same(values, one.as_it_is))
        return _Coder(
            lambda values: [one.encode(value) for value in values],
            lambda values: tuple(one.decode(value) for value in values),
        )
    coders = tuple(_coder(kind) for kind in kinds)
    return _Coder(
        lambda values: [coder.encode(value) for coder, value in zip(coders, values, strict=True)],
        lambda values: tuple(coder.decode(value) for coder, value in zip(coders, values, strict=True)),
    )


def _all_same(values: Json, kinds: frozenset[type]) -> tuple[Any, ...]:
    if not kinds.issuperset(map(type, values)):
        raise TypeError(
            f"{values!r} holds something else than {' or '.join(kind.__name__ for kind in kinds)}"
        )
    return tuple(values)


def _union(kinds: tuple[Any, ...]) -> _Coder:
    """Make the coder of a union: of dataclasses (tagged), of one kind and None, or of both."""
    some = [kind for kind in kinds if kind is not NoneType]
    coder = _coder(some[0]) if len(some) == 1 else _tagged(some)
    if len(some) == len(kinds):
        return coder
    if coder.as_it_is:
        return _same(*coder.as_it_is, NoneType)
    return _Coder(
        lambda value: None if value is None else coder.encode(value),
        lambda value: None if value is None else coder.decode(value),
    )


def _tagged(kinds: list[Any]) -> _Coder:
    coders = {str(kind.__name__): _coder(kind) for kind in kinds if _is_class_of_data(kind)}
    if len(coders) != len(kinds):
        raise TypeError(f"only dataclasses of different names can be told apart: {kinds!r}")

    def encode(value: Any) -> Json:  # noqa: ANN401 - any of the union's classes
        name = type(value).__name__
        return {_TAG: name, **coders[name].encode(value)}

    def decode(value: Json) -> Any:  # noqa: ANN401 - as above
        name = value[_TAG]
        if name not in coders:
            raise ValueError(f"no {name!r} is known")
        return coders[name].decode(value)

    return _Coder(encode, decode)


def _is_class_of_data(kind: Any) -> bool:  # noqa: ANN401 - an annotation is any object
    return isinstance(kind, type) and is_dataclass(kind)


def _dataclass(kind: type) -> _Coder:
    hints = get_type_hints(kind)
    members: list[Field[Any]] = list(fields(kind))
    coders = {member.name: _coder(hints[member.name]) for member in members}
    plain = [name for name, coder in coders.items() if coder.as_it_is]
    rest = [(name, coder.encode) for name, coder in coders.items() if not coder.as_it_is]
    decoders = [(name, coder.decode) for name, coder in coders.items()]
    required = {
        member.name for member in members if member.default is MISSING and member.default_factory is MISSING
    }

    def encode(value: Any) -> Json:  # noqa: ANN401 - an instance of ``kind``
        record = {name: getattr(value, name) for name in plain}
        for name, encode_one in rest:
            record[name] = encode_one(getattr(value, name))
        return record

    def decode(value: Json) -> Any:  # noqa: ANN401 - as above
        if not required <= value.keys():
            raise ValueError(f"{kind.__name__} without {', '.join(sorted(required - value.keys()))}")
        return kind(**{name: decode_one(value[name]) for name, decode_one in decoders if name in value})

    return _Coder(encode, decode)


INCIDENT = Codec(Incident)
GROUP = Codec(Group)
POST = Codec(Post)
SILENCE = Codec(Silence)
SELECTOR = Codec(Selector)
SUBSCRIPTION = Codec(Subscription)
NOTIFICATION = Codec(Notification)
CLUSTER = Codec(Cluster)
TASK = Codec(Task)
