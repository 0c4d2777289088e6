"""The guided story of the demo: press this, watch there; each step ticks when it has really happened."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from bot.commands.verbs import BY_NAME
from bot.sandbox.fleet import Fleet, Trouble
from bot.sandbox.page import Step
from bot.sandbox.slack import Channel, Delivery, Message, SimulatedSlack

_MENTION = re.compile(r"^\s*<@[A-Z0-9]+(?:\|[^>]*)?>\s*")
_STORAGE = frozenset({Trouble.STORAGE_FULL, Trouble.STORAGE_UNREACHABLE})


class Bot(Protocol):
    """What the story needs to know of the bot."""

    @property
    def alive(self) -> bool:
        """Whether it runs, hears Slack and has read OCP."""
        ...

    @property
    def deaths(self) -> int:
        """How often it was killed."""
        ...

    @property
    def open_tasks(self) -> Collection[str]:
        """The tasks with an open incident, named ``cluster/tenant``."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """Something that somebody told the bot, in words, and that the bot took."""

    words: str
    how: Literal["typed", "pressed", "submitted"] = "typed"
    thread: str | None = None
    ts: str = ""

    @property
    def verb(self) -> str:
        """Its first word."""
        return self.words.partition(" ")[0].casefold()


@dataclass(slots=True)
class Tour:
    """The story of one simulated world; ``told`` is to hear which lever of the fleet was pulled."""

    slack: SimulatedSlack
    fleet: Fleet
    bot: Bot
    channel: str
    _filled_at: datetime | None = None
    _hit: set[str] = field(default_factory=set)
    _announced: bool = False

    def told(self, lever: str, at: datetime) -> None:
        """Take note that a lever of the fleet was pulled."""
        if lever in {"fill", "cut"}:
            rows = self.fleet.rows(at)
            self._hit = {row.name for row in rows if row.trouble in _STORAGE and row.trouble_since >= at}
            self._filled_at, self._announced = at, False

    def steps(self) -> tuple[Step, ...]:
        """Give the steps, those that need a verb only where the bot has it."""
        handling = {"ack": self._ack, "silence": self._silence}
        return (
            self._alert(),
            self._status(),
            self._thread(),
            *(step() for verb, step in handling.items() if verb in BY_NAME),
            self._fill(),
            self._mend(),
            self._kill(),
            self._start(),
        )

    # ── the steps

    def _alert(self) -> Step:
        return Step(
            "Something is wrong already.",
            f"Read in #{self.channel} what the bot found: what broke, since when, what cannot be restored.",
            is_done=lambda: bool(self.bot.open_tasks and self._posted()),
        )

    def _status(self) -> Step:
        return Step(
            "Ask how everything stands.",
            "Send this. Only you see the answer; its buttons lead on.",
            text="/logbackup status",
            is_done=lambda: any(
                said.verb in {"", "status"} and said.how == "typed" for said in self._heard()
            ),
        )

    def _thread(self) -> Step:
        return Step(
            "Ask in the thread of an alert.",
            "Point at an alert, press 💬 and send this there: the bot answers in the thread, for everybody.",
            text="@logbackup status",
            is_done=self._answered_in_a_thread,
        )

    def _ack(self) -> Step:
        return Step(
            "Take it.",
            "Press Acknowledge on an alert, or send this in its thread. Watch its message say who has it.",
            text="@logbackup ack",
            is_done=lambda: any(said.verb == "ack" for said in self._heard()),
        )

    def _silence(self) -> Step:
        return Step(
            "Keep one quiet.",
            "Press Silence… on an alert, and say for how long and why. The incident stays, the noise goes.",
            is_done=lambda: any(
                said.verb == "silence" if said.how == "typed" else said.how == "submitted"
                for said in self._heard()
                if "silence" in said.words
            ),
        )

    def _fill(self) -> Step:
        return Step(
            "Fill a storage.",
            "Watch the fleet: every status stays RUNNING, only the delays grow. Then read what the bot says.",
            lever="fill",
            is_done=self._is_announced,
        )

    def _mend(self) -> Step:
        return Step(
            "Mend it.",
            "They catch up. The bot says when it is over, and what window cannot be restored.",
            lever="mend",
            is_done=lambda: self._announced and self._hit.isdisjoint(self.bot.open_tasks),
        )

    def _kill(self) -> Step:
        return Step(
            "Kill the bot, as a crash would.",
            "The world goes on without it; /logbackup fails, as in Slack.",
            lever="bot",
            is_done=lambda: self.bot.deaths > 0,
        )

    def _start(self) -> Step:
        return Step(
            "Start it again.",
            "It goes on where it was: it repeats nothing, and tells what happened meanwhile.",
            lever="bot",
            is_done=lambda: self.bot.deaths > 0 and self.bot.alive,
        )

    # ── what has happened

    def _posted(self) -> list[Message]:
        return [one for one in self._place.messages if one.by_bot]

    @property
    def _place(self) -> Channel:
        return self.slack.channel(self.channel)

    def _heard(self) -> Iterator[Said]:
        for delivery in self.slack.deliveries:
            if delivery.acknowledged:
                yield from _said(delivery)

    def _answered_in_a_thread(self) -> bool:
        return any(
            one.by_bot and one.ts > said.ts
            for said in self._heard()
            if said.thread is not None
            for one in self._place.thread(said.thread)
        )

    def _is_announced(self) -> bool:
        if self._filled_at is not None and not self._announced:
            since = f"{self._filled_at.timestamp():.6f}"
            news = any(
                one.by_bot and max(one.ts, one.edited_ts or "") > since for one in self._place.everything
            )
            self._announced = news and not self._hit.isdisjoint(self.bot.open_tasks)
        return self._announced


def _said(delivery: Delivery) -> Iterator[Said]:
    """Put what was brought to the bot into the words that mean it."""
    body = delivery.body
    event = body.get("event", {})
    match body.get("type"):
        case "event_callback" if event.get("type") in {"app_mention", "message"}:
            words = _MENTION.sub("", event.get("text", ""))
            yield Said(words.strip(), thread=event.get("thread_ts"), ts=event.get("ts", ""))
        case "block_actions":
            for action in body["actions"]:
                chosen = action.get("selected_option") or {}
                yield Said(str(action.get("value") or chosen.get("value") or action["action_id"]), "pressed")
        case "view_submission":
            view = body["view"]
            yield Said(f"{view['callback_id']} {view['private_metadata']}", "submitted")
        case None if "command" in body:
            yield Said(body.get("text", "").strip())
