"""Trigger ids: good for three seconds, once."""

from bot.operations.ports import Clock
from bot.sandbox.slack.refusal import Refusal

TRIGGER_SECONDS = 3.0


class Triggers:
    """Mints trigger ids and takes them back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._minted: dict[str, tuple[str, float, bool]] = {}

    def mint(self, person: str) -> str:
        """Make a trigger id for what somebody just did."""
        trigger_id = f"{len(self._minted) + 1}.100.{person.lower()}"
        self._minted[trigger_id] = (person, self._clock.monotonic(), False)
        return trigger_id

    def take(self, trigger_id: str) -> str:
        """Use a trigger id up; returns whose it was."""
        minted = self._minted.get(trigger_id)
        if minted is None:
            raise Refusal("invalid_trigger_id")
        person, at, used = minted
        if used:
            raise Refusal("exchanged_trigger_id")
        if self._clock.monotonic() - at > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        self._minted[trigger_id] = (person, at, True)
        return person
