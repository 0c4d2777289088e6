"""Values that each poll makes by the ten thousand: frozen to the type checker, and quick to make."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    def value(*, frozen, slots):  # noqa: ANN001, ANN201 - to the type checker it is dataclass itself
        """Make a dataclass that is frozen as far as mypy sees, which is part of the gate.

        A dataclass that guards itself sets each field by a call of its own: of 17 fields it takes five times
        as long to make.
        """
        return dataclass(slots=slots, unsafe_hash=frozen)


__all__ = ("value",)
