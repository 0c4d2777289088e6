"""Judges from the outside what stands in a channel of Slack: what is told of each task, and what is wrong."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from bot.sandbox.slack import Channel, Message

TASK = re.compile(r"\bt\d{6}\b")
OVER = re.compile(r"\bover\b", re.IGNORECASE)
MEANWHILE = "While the bot could not post here"
"""How the line begins that tells what began and ended before it could be told: it has no thread."""
SHOWN_FAILED = re.compile(r"\b(?:failed|critical)\b", re.IGNORECASE)


def tasks_in(message: Message) -> frozenset[str]:
    """Name the tasks that a message speaks of."""
    return frozenset(TASK.findall(message.text + json.dumps(message.blocks)))


def outbox_id(message: Message) -> str | None:
    """Give the id that the bot put into a message's metadata."""
    payload = (message.metadata or {}).get("event_payload") or {}
    return payload.get("id")


@dataclass
class Verdict:
    """What was found: tasks nobody was told of, messages too many, threads not as they should be."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    threads: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.threads)

    @property
    def settled(self) -> bool:
        """Whether nothing is missing that may still come."""
        return not (self.lost or self.threads)

    def __str__(self) -> str:
        """Say what is wrong."""
        return f"lost {self.lost}, doubled {self.doubled}, threads {self.threads}"


def is_over(message: Message) -> bool:
    """Whether a parent message, or a reply, says that it is over."""
    return OVER.search(message.text) is not None


def judge(channel: Channel, burning: frozenset[str], mended: frozenset[str], seen: frozenset[str]) -> Verdict:
    """Judge a channel. ``burning`` failed and still do; ``mended`` were announced, then got well.

    ``seen`` may or may not have been noticed: they failed for a moment only. Nothing else failed. Of each
    there is one parent message, its present state in it, and a thread that ends as the task's story did; of
    what was ``seen`` there may be a word in passing instead.
    """
    verdict = Verdict()
    messages = [message for message in channel.everything if message.by_bot]
    ids = Counter(outbox_id(message) for message in messages)
    verdict.doubled += [f"message {id_}" for id_, count in ids.items() if id_ is not None and count > 1]
    parents: dict[str, list[Message]] = {}
    for message in messages:
        if not message.is_reply:
            for task in tasks_in(message):
                parents.setdefault(task, []).append(message)
    for task in sorted(burning | mended | seen | frozenset(parents)):
        found = parents.get(task, [])
        if not found and task not in seen:
            verdict.lost.append(task)
        if len(found) > 1:
            verdict.doubled.append(task)
        in_passing = task in seen and all(MEANWHILE in parent.text for parent in found)
        for parent in found if not in_passing else ():
            verdict.threads += _wrong_in_thread(channel, parent, task, over=task not in burning)
    return verdict


def _wrong_in_thread(channel: Channel, parent: Message, task: str, *, over: bool) -> list[str]:
    """Tell what is wrong with a parent message and its thread, replies in the order in which they stand."""
    replies = [one for one in channel.thread(parent.ts) if one.is_reply and one.by_bot]
    wrong = []
    if is_over(parent) != over:
        wrong.append(f"{task}: its message says {parent.text!r}")
    words = ["over" if is_over(reply) else "news" for reply in replies]
    if over and (not words or words[-1] != "over"):
        wrong.append(f"{task}: the end was not told: {words}")
    if not over and words and words[-1] == "over":
        wrong.append(f"{task}: told over and it burns: {words}")
    if any(one == other == "over" for one, other in pairwise(words)):
        wrong.append(f"{task}: told over twice: {words}")
    if any(reply.ts <= parent.ts for reply in replies):
        wrong.append(f"{task}: a reply is older than its message")
    return wrong
