"""Signatures of Slack's requests: right, fresh, and never seen before."""

import re
from collections import OrderedDict
from datetime import datetime, timedelta

from slack_sdk.signature import Clock as SecondsClock
from slack_sdk.signature import SignatureVerifier

from bot.operations.ports import Clock

GOOD_FOR = timedelta(minutes=5)
"""So far a request's time may be from ours, before and after."""
MOST_REMEMBERED = 20_000
_SECONDS = re.compile(r"[0-9]{1,12}")


class _Seconds(SecondsClock):
    """Our clock as the SDK asks for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


class Signatures:
    """Verifies signatures, and remembers those that were good for as long as they could be played again.

    Only what Slack signed is remembered, at most 20,000 requests: the oldest are forgotten first, and what
    they ask for is still done once, by its own id. Raises ValueError where the secret is empty.
    """

    def __init__(self, signing_secret: str, clock: Clock) -> None:
        self._verifier = SignatureVerifier(signing_secret, _Seconds(clock))
        self._clock = clock
        self._seen: OrderedDict[str, datetime] = OrderedDict()

    def is_right(self, body: bytes, signed_at: str, signature: str) -> bool:
        """Say whether the signature is right and fresh; whatever cannot be read is not."""
        if not (_SECONDS.fullmatch(signed_at) and signature.isascii()):
            return False
        try:
            return bool(self._verifier.is_valid(body, signed_at, signature))
        except ValueError:
            return False

    def is_new(self, signature: str) -> bool:
        """Say whether a right signature was never seen before; from now on it was."""
        now = self._clock.now()
        while self._seen and next(iter(self._seen.values())) <= now - 2 * GOOD_FOR:
            self._seen.popitem(last=False)
        if signature in self._seen:
            return False
        self._seen[signature] = now
        while len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
        return True

    def forget(self, signature: str) -> None:
        """Let a request be sent again that was not taken: Slack may sign it within the same second."""
        self._seen.pop(signature, None)
