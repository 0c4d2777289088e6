"""The guided story of the demo: press this, watch there; a step is done when its effect can be seen."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.grouping import LEAST_MEMBERS
from bot.operations.ports import Clock
from bot.sandbox.fleet import Fleet, TaskRow, Trouble
from bot.sandbox.page import Place, Step
from bot.sandbox.slack import Channel, Delivery, Message, SimulatedSlack

_MENTION = re.compile(r"^\s*<@[A-Z0-9]+(?:\|[^>]*)?>\s*")


class Bot(Protocol):
    """What the story needs to know of the bot."""

    @property
    def runs(self) -> bool:
        """Whether it runs at all."""
        ...

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

    def is_taken(self, tasks: Collection[str]) -> bool:
        """Whether somebody has most of the open incidents of these tasks."""
        ...

    def is_silenced(self, tasks: Collection[str]) -> bool:
        """Whether silences keep most of the open incidents of these tasks quiet."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote to the bot, and the bot took; ``since`` is when, as a ``ts`` has it."""

    words: str
    person: str
    channel: str
    since: str
    thread: str | None = None

    @property
    def verb(self) -> str:
        """Its first word; alone it means ``status``."""
        return self.words.partition(" ")[0].casefold() or "status"


@dataclass(slots=True)
class Tour:
    """The story of one simulated world; ``told`` is to hear which lever of the fleet was pulled."""

    slack: SimulatedSlack
    fleet: Fleet
    bot: Bot
    clock: Clock
    channel: str
    _hit: set[str] = field(default_factory=set)
    _filled: str = ""
    _unseen: set[str] = field(default_factory=set)
    _announced: bool = False

    def told(self, lever: str, at: datetime) -> None:
        """Take note that a lever was pulled: whom a full storage hits, and what breaks after the bot died.

        What was told already before tells nothing of the storage.
        """
        new = [row for row in self.fleet.rows(at) if row.trouble_since >= at]
        hit = {row.name for row in new if _is_full(row)} - set(self.bot.open_tasks)
        if lever == "fill" and hit:
            self._hit, self._filled, self._announced = hit, _ts(at), False
        if lever == "interrupt" and self.bot.deaths:
            self._unseen = {row.name for row in new if row.trouble is Trouble.INTERRUPTED}

    def steps(self) -> tuple[Step, ...]:
        """Give the steps."""
        return (*self._at_first(), *self._of_the_storage(), *self._of_a_crash())

    def _at_first(self) -> Iterator[Step]:
        yield Step(
            "Something is wrong already.",
            f"The bot has just begun to watch, and tells in #{self.channel} what it found broken.",
            is_done=lambda: self._message(self.bot.open_tasks) is not None,
            message=lambda: self._message(self.bot.open_tasks),
            to_read=True,
            waits=self._is_untold,
        )
        yield Step(
            "Ask how everything stands.",
            "Only you see the answer; its buttons lead on.",
            text="/logbackup status",
            is_done=lambda: any(self._is_answered(one) for one in self._heard() if one.verb == "status"),
        )

    def _of_the_storage(self) -> Iterator[Step]:
        yield Step(
            "Fill a storage.",
            "Watch the fleet: every status stays RUNNING, only the delays grow. The bot waits until it is"
            " sure of several: those it is sure of first may come alone, then one message tells of all.",
            lever="fill",
            in_fleet=True,
            is_done=self._is_announced,
            waits=lambda: bool(self._hit) and not self._is_mended(),
        )
        yield Step(
            "Take it.",
            "Press Acknowledge on the message of them all, and watch it say who has it.",
            is_done=lambda: self.bot.is_taken(self._hit),
            message=self._alert,
        )
        yield Step(
            "Keep it quiet.",
            "Press Silence… on it, and say for how long and why. The incident stays, the noise goes.",
            is_done=lambda: self.bot.is_silenced(self._hit),
            message=self._alert,
        )
        yield Step(
            "Ask in its thread.",
            "Send this to the message's thread: everybody sees the answer. There too the bot hears only what"
            " mentions it.",
            text="@logbackup chart",
            in_thread=True,
            is_done=self._is_answered_in_a_thread,
            message=self._alert,
        )
        yield Step(
            "Mend it.",
            "They catch up. The message says when it is over, and how bad it was.",
            lever="mend",
            is_done=self._is_over,
            message=self._alert,
            waits=lambda: self._is_announced() and self._is_mended(),
        )

    def _of_a_crash(self) -> Iterator[Step]:
        yield Step(
            "Kill the bot, as a crash would.",
            "The world goes on without it; /logbackup fails, as in Slack.",
            lever="bot",
            is_done=lambda: self.bot.deaths > 0,
        )
        yield Step(
            "Break something meanwhile.",
            "Nobody is told of it, yet.",
            lever="interrupt",
            is_done=lambda: bool(self._unseen),
        )
        yield Step(
            "Start it again.",
            "It goes on where it was: it repeats nothing, and tells what happened meanwhile. Then show that"
            " message: it is the end of the story.",
            lever="bot",
            is_done=self._is_back,
            message=lambda: self._message(self._unseen),
            to_read=True,
            waits=lambda: self.bot.deaths > 0 and self.bot.runs and not self._is_back(),
        )

    # ── what there is to see

    @property
    def _place(self) -> Channel:
        return self.slack.channel(self.channel)

    def _message(self, tasks: Collection[str]) -> Place | None:
        """Find the bot's message that speaks of any of these tasks: the one that speaks of most."""
        told = [(self._tells_of(one, tasks), one.ts) for one in self._place.messages]
        most, ts = max(told, default=(0, ""))
        return Place(self._place.id, ts) if most else None

    @staticmethod
    def _tells_of(message: Message, tasks: Collection[str]) -> int:
        """Count the tasks that a message of the bot's own names."""
        shown = f"{message.text} {message.blocks} {message.attachments}"
        return sum(name in shown for name in tasks) if message.by_bot and not message.is_reply else 0

    def _alert(self) -> Place | None:
        return self._message(self._hit) if self._is_announced() else None

    def _heard(self) -> Iterator[Said]:
        for delivery in self.slack.deliveries:
            if delivery.acknowledged and (said := _said(delivery)) is not None:
                yield said

    def _answers(self, said: Said) -> Iterator[Message]:
        """Give what the bot answered: to who asked alone, in the thread, or to them directly.

        What it tells by itself carries an id in its metadata, and is no answer.
        """
        place, thread = self.slack.channel(said.channel), said.thread or said.since
        for one in (*self.slack.ephemerals(said.person, place), *place.everything):
            to_them = one.ephemeral_to is not None or one.thread_ts == thread or place.person is not None
            if one.by_bot and one.metadata is None and one.ts > said.since and to_them:
                yield one

    def _is_answered(self, said: Said) -> bool:
        return any(self._answers(said))

    def _is_answered_in_a_thread(self) -> bool:
        return any(
            one.thread_ts == said.thread
            for said in self._heard()
            if said.thread is not None
            and (parent := self.slack.channel(said.channel).message(said.thread)) is not None
            and parent.by_bot
            for one in self._answers(said)
        )

    def _is_untold(self) -> bool:
        """Whether something is broken, and the bot, which runs, has told of nothing yet."""
        broken = any(row.trouble is Trouble.INTERRUPTED for row in self.fleet.rows(self.clock.now()))
        return broken and self.bot.runs and self._message(self.bot.open_tasks) is None

    def _is_announced(self) -> bool:
        """Whether the bot is sure of all that write to the storage, and has told; it may be mended since.

        Of several one message tells; of few each has its own.
        """
        if not self._announced and self._hit and self._hit.issubset(self.bot.open_tasks):
            new = [one for one in self._place.messages if max(one.ts, one.edited_ts or "") > self._filled]
            needed = min(len(self._hit), LEAST_MEMBERS)
            self._announced = any(self._tells_of(one, self._hit) >= needed for one in new)
        return self._announced

    def _is_mended(self) -> bool:
        """Whether the storage works again."""
        return self._hit.isdisjoint(row.name for row in self.fleet.rows(self.clock.now()) if _is_full(row))

    def _is_over(self) -> bool:
        """Whether the storage works again, and the bot has seen it."""
        seen = self.bot.alive and self._hit.isdisjoint(self.bot.open_tasks)
        return self._is_announced() and self._is_mended() and seen

    def _is_back(self) -> bool:
        """Whether the bot lives again, and has told what broke since its death."""
        told = not self._unseen or self._message(self._unseen) is not None
        return self.bot.deaths > 0 and self.bot.alive and told


def _is_full(row: TaskRow) -> bool:
    return row.trouble is Trouble.STORAGE_FULL


def _ts(at: datetime) -> str:
    return f"{at.timestamp():.6f}"


def _said(delivery: Delivery) -> Said | None:
    """Read what was brought to the bot, where it is something that somebody wrote."""
    body = delivery.body
    event = body.get("event", {})
    if event.get("type") in {"app_mention", "message"} and "user" in event:
        words = _MENTION.sub("", event.get("text", "")).strip()
        return Said(words, event["user"], event["channel"], event["ts"], event.get("thread_ts"))
    if "command" in body:
        return Said(body.get("text", "").strip(), body["user_id"], body["channel_id"], _ts(delivery.at))
    return None
