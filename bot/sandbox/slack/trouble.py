"""Faults that can be switched on: answers that break, hang or refuse, before or after acceptance."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.operations.ports import Clock


class Trouble(StrEnum):
    """What befalls a Web API call. ``AFTER``: Slack has accepted it when the answer goes wrong."""

    RESET_BEFORE = "reset before accepting"
    RESET_AFTER = "reset after accepting"
    ERROR_BEFORE = "500 before accepting"
    ERROR_AFTER = "500 after accepting"
    HANG_BEFORE = "no answer, not accepted"
    HANG_AFTER = "no answer, but accepted"
    RATE_LIMITED = "429"
    REFUSED = "refused"
    SLOW = "slow"

    @property
    def accepts(self) -> bool:
        """Whether the call takes effect all the same."""
        return self in {Trouble.RESET_AFTER, Trouble.ERROR_AFTER, Trouble.HANG_AFTER, Trouble.SLOW}


@dataclass(slots=True)
class Rule:
    """One switched-on fault; ``left`` counts down, None means until cleared."""

    method: str
    trouble: Trouble
    left: int | None
    code: str = ""
    retry_after: int = 1
    span: timedelta = timedelta(0)


class Troubles:
    """The switches. The first rule that fits a method strikes."""

    def __init__(self, changed: Callable[[], None], clock: Clock) -> None:
        self._rules: list[Rule] = []
        self._changed = changed
        self._clock = clock
        self._released = asyncio.Event()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What is switched on."""
        return tuple(self._rules)

    def add(self, method: str, trouble: Trouble, *, times: int | None = None, retry_after: int = 1) -> None:
        """Switch on ``trouble`` for a method, or ``"*"`` for all, ``times`` times or until cleared."""
        self._rules.append(Rule(method, trouble, times, retry_after=retry_after))
        self._changed()

    def refuse(self, method: str, code: str, *, times: int | None = None) -> None:
        """Answer a method with an error code of Slack's, ``internal_error`` for example."""
        self._rules.append(Rule(method, Trouble.REFUSED, times, code=code))
        self._changed()

    def slow(self, method: str, span: timedelta, *, times: int | None = None) -> None:
        """Let an answer take so long (of Slack's own time) and then be right: the call was taken at once."""
        self._rules.append(Rule(method, Trouble.SLOW, times, span=span))
        self._changed()

    def clear(self, method: str | None = None) -> None:
        """Switch off what was switched on (for one method, or all); hanging answers are released."""
        self._rules = [rule for rule in self._rules if method is not None and rule.method != method]
        self._released.set()
        self._released = asyncio.Event()
        self._changed()

    def take(self, method: str) -> Rule | None:
        """Take the fault that strikes this call, if any."""
        for rule in self._rules:
            if rule.method in {"*", method}:
                if rule.left is not None:
                    rule.left -= 1
                    if rule.left == 0:
                        self._rules.remove(rule)
                return rule
        return None

    async def hang(self) -> None:
        """Wait until cleared."""
        await self._released.wait()

    async def dawdle(self, rule: Rule) -> None:
        """Wait as long as a slow answer takes; what is cleared comes at once."""
        waits = {asyncio.ensure_future(self.hang()), asyncio.ensure_future(self._clock.sleep(rule.span))}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
