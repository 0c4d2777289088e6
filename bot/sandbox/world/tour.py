"""The guided story of the demo: press this, watch there; a step is done when its effect can be seen."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.operations.ports import Clock
from bot.sandbox.fleet import Fleet, TaskRow, Trouble
from bot.sandbox.page import Step
from bot.sandbox.slack import Channel, Delivery, Message, SimulatedSlack

_MENTION = re.compile(r"^\s*<@[A-Z0-9]+(?:\|[^>]*)?>\s*")


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

    @property
    def anything_taken(self) -> bool:
        """Whether somebody has an open incident or group."""
        ...

    @property
    def anything_silenced(self) -> bool:
        """Whether a silence keeps an open incident quiet."""
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
    _storages: set[str] = field(default_factory=set)
    _filled: str = ""
    _announced: bool = False

    def told(self, lever: str, at: datetime) -> None:
        """Take note that a lever was pulled: which tasks wait for a storage that is full since then.

        What was told already before tells nothing of the storage.
        """
        full = [row for row in self.fleet.rows(at) if _is_full(row) and row.trouble_since >= at]
        hit = [row for row in full if row.name not in self.bot.open_tasks]
        if lever == "fill" and hit:
            self._hit, self._storages = {row.name for row in hit}, {row.task.storage for row in hit}
            self._filled, self._announced = _ts(at), False

    def steps(self) -> tuple[Step, ...]:
        """Give the steps."""
        return (
            Step(
                "Something is wrong already.",
                f"Read in #{self.channel} what broke, since when, and what cannot be restored.",
                is_done=lambda: self._tells_of(self.bot.open_tasks),
            ),
            Step(
                "Ask how everything stands.",
                "Only you see the answer; its buttons lead on.",
                text="/logbackup status",
                is_done=lambda: any(self._is_answered(one) for one in self._heard() if one.verb == "status"),
            ),
            Step(
                "Fill a storage.",
                "Watch the fleet: every status stays RUNNING, only the delays grow. The bot waits until it is"
                " sure of several: those it is sure of first may come alone, then one message tells of all.",
                lever="fill",
                is_done=self._is_announced,
            ),
            Step(
                "Take it.",
                "Press Acknowledge on that message, and watch it say who has it.",
                is_done=lambda: self.bot.anything_taken,
            ),
            Step(
                "Keep it quiet.",
                "Press Silence… on it, and say for how long and why. The incident stays, the noise goes.",
                is_done=lambda: self.bot.anything_silenced,
            ),
            Step(
                "Ask in its thread.",
                "Press 💬 on the message, and send this to its thread: everybody sees the answer.",
                text="@logbackup chart",
                in_thread=True,
                is_done=self._is_answered_in_a_thread,
            ),
            Step(
                "Mend it.",
                "They catch up. The message says when it is over, and what cannot be restored.",
                lever="mend",
                is_done=self._is_over,
            ),
            Step(
                "Kill the bot, as a crash would.",
                "The world goes on without it; /logbackup fails, as in Slack.",
                lever="bot",
                is_done=lambda: self.bot.deaths > 0,
            ),
            Step(
                "Start it again.",
                "It goes on where it was: it repeats nothing, and tells what happened meanwhile.",
                lever="bot",
                is_done=lambda: self.bot.deaths > 0 and self.bot.alive,
            ),
        )

    # ── what there is to see

    @property
    def _place(self) -> Channel:
        return self.slack.channel(self.channel)

    def _tells_of(self, names: Collection[str], since: str = "") -> bool:
        """Whether the channel shows the bot's word on any of these tasks or storages, new or edited since."""
        return any(
            name in f"{one.text} {one.blocks} {one.attachments}"
            for one in self._place.everything
            if one.by_bot and max(one.ts, one.edited_ts or "") > since
            for name in names
        )

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

    def _is_announced(self) -> bool:
        """Whether the bot has told of the storage that was filled, which may be mended since."""
        if not self._announced and self._hit:
            known = not self._hit.isdisjoint(self.bot.open_tasks)
            self._announced = known and self._tells_of(self._hit | self._storages, self._filled)
        return self._announced

    def _is_over(self) -> bool:
        """Whether the storage works again, and the bot has seen it."""
        full = {row.name for row in self.fleet.rows(self.clock.now()) if _is_full(row)}
        seen = self.bot.alive and self._hit.isdisjoint(self.bot.open_tasks)
        return self._is_announced() and self._hit.isdisjoint(full) and seen


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
