"""Values that each poll makes by the ten thousand: dataclasses to all who ask, msgspec's structs beneath."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as key
    from dataclasses import dataclass as value

    def set_aside(held_by: object, name: str, what: object) -> None:
        """Keep what was computed of a frozen value in a place that it has beside its fields."""
else:
    from dataclasses import MISSING, dataclass, fields

    from msgspec import Struct, defstruct, field
    from msgspec.structs import force_setattr as set_aside

    _OF_THE_CLASS = ("__dict__", "__weakref__", "__annotations__")

    def value(*, slots, frozen=False, cache_hash=False):  # noqa: ANN001, ANN201, ARG001 - to mypy it is dataclass itself
        """Make a dataclass whose instances are made in C and never looked through for garbage.

        A value holds values alone, so there is no cycle to be found in it; Python's collector would go
        through sixty thousand of them in a poll of ten thousand tasks all the same. Frozen ones guard
        themselves.
        """

        def made(kind):  # noqa: ANN001, ANN202 - as above
            members = fields(dataclass(init=False, repr=False, eq=False)(kind))
            left_out = {*_OF_THE_CLASS, *(member.name for member in members)}
            return defstruct(
                kind.__name__,
                [_described(member) for member in members],
                bases=(*(base for base in kind.__bases__ if base is not object), Struct),
                module=kind.__module__,
                namespace={name: held for name, held in vars(kind).items() if name not in left_out},
                frozen=frozen,
                cache_hash=cache_hash,
                gc=False,
            )

        return made

    def key(*, frozen, slots):  # noqa: ANN001, ANN201 - as above
        """Make a value whose hash is made once: it is looked up half a dozen times in a poll."""
        return value(frozen=frozen, slots=slots, cache_hash=True)

    def _described(member):  # noqa: ANN001, ANN202 - as above
        if member.default_factory is not MISSING:
            return member.name, member.type, field(default_factory=member.default_factory)
        if member.default is not MISSING:
            return member.name, member.type, member.default
        return member.name, member.type


__all__ = ("key", "set_aside", "value")
