"""Owes a channel its digest at the time it chose, once however many replicas and restarts there are."""

import json
from datetime import datetime

from bot.domain.digest_schedule import DigestTime
from bot.domain.naming import Found, find
from bot.domain.notification import Action, Notification, OutboxId, ReadyContent, Reason
from bot.domain.posts import MessageKey, Post
from bot.operations.answer_ports import Means
from bot.operations.sum_up import DIGEST_OF, Chosen, digest_facts
from bot.views.digest import digest_message

TOLD = "digest/"
"""Before a channel: until when its last digest told."""


async def post_digest(means: Means, when: DigestTime) -> bool:
    """Owe a channel its digest of today; False where it was owed already. Raises StorageError."""
    now = means.clock.now()
    name = f"{TOLD}{when.channel}/{when.hour:02}:{when.minute:02}"
    key = MessageKey(f"{name}/{now.astimezone(when.zone).date()}")
    if await means.store.post(key, when.channel) is not None:
        return False
    told = await means.store.fact(name)
    await means.fleet.renew()
    since = now - DIGEST_OF if told is None else min(datetime.fromisoformat(told), now)
    found = find(means.fleet.now(), when.selector.scope)
    tasks = found.tasks if isinstance(found, Found) else ()
    facts = await digest_facts(means, Chosen(tasks, when.selector), since)
    message = digest_message(facts, when.zone)
    async with means.store.writing() as session:
        await session.keep_posts([Post(key, when.channel)])
        await session.keep_fact(name, now.isoformat())
        await session.enqueue(
            Notification(
                id=OutboxId(key),
                message=key,
                channel=when.channel,
                action=Action.POST,
                reason=Reason.DIGEST,
                content=ReadyContent(message.text, json.dumps(message.blocks, ensure_ascii=False)),
                created_at=now,
            )
        )
    means.owed()
    return True
