"""Who has an incident: what people said of it, beside its lifecycle."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NewType

UserId = NewType("UserId", str)
"""Slack's id of a person."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person as Slack names them; ``name`` is what people are shown, for nobody who acts is pinged."""

    id: UserId
    name: str


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody has seen it: who, and when (our clock)."""

    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Assignment:
    """Somebody has it: who, by whom, and when (our clock)."""

    to: Actor
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Handling:
    """What people did about an incident or a group. Both None: nobody has it yet."""

    acknowledged: Acknowledgement | None = None
    assigned: Assignment | None = None

    @property
    def is_taken(self) -> bool:
        """Whether somebody has acknowledged it or was given it."""
        return self.acknowledged is not None or self.assigned is not None

    def acknowledge(self, by: Actor, at: datetime) -> "Handling":
        """Note who has seen it; the first one stays."""
        if self.acknowledged is not None:
            return self
        return replace(self, acknowledged=Acknowledgement(by, at))

    def unacknowledge(self) -> "Handling":
        """Take the acknowledgement back."""
        return replace(self, acknowledged=None)

    def assign(self, to: Actor, by: Actor, at: datetime) -> "Handling":
        """Give it to somebody; who had it before has it no more."""
        return replace(self, assigned=Assignment(to, by, at))

    def unassign(self) -> "Handling":
        """Give it to nobody."""
        return replace(self, assigned=None)


UNTOUCHED = Handling()
