"""Checks on the server, for every door, whether whoever asks may do what they ask for."""

import re

from bot.domain.handling import UserId
from bot.domain.permission import Asker, Permission, Refused, Wide, may
from bot.domain.posts import Channel
from bot.errors import SlackError
from bot.operations.answer_ports import Means
from bot.operations.answering import Asked
from bot.operations.resolve_target import channel_id as known_id

_CHANNEL = re.compile(r"[CG][A-Z0-9]+")


class NotPermitted(Exception):  # noqa: N818 - says what happened
    """Whoever asks may not do it; ``refused`` says whom to ask, ``wide`` why it takes more than usual."""

    def __init__(self, refused: Refused, wide: Wide | None = None) -> None:
        super().__init__(refused.permission.value)
        self.refused = refused
        self.wide = wide


async def check(means: Means, asked: Asked, permission: Permission) -> None:
    """Raise NotPermitted where whoever asks may not."""
    await _check(means, asked, permission, None)


async def check_wide(means: Means, asked: Asked, wide: Wide) -> None:
    """Raise NotPermitted where whoever asks may not silence widely; ``wide`` is why it takes that."""
    await _check(means, asked, Permission.SILENCE_WIDELY, wide)


async def _check(means: Means, asked: Asked, permission: Permission, wide: Wide | None) -> None:
    channel = Channel(asked.channel) if _CHANNEL.fullmatch(asked.channel) else None
    permissions = means.permissions()
    asker = Asker(UserId(asked.user), asked.groups, channel)
    ids = {name: await known_id(means.store, name) for name in permissions.channels}
    decided = may(permissions.with_channels(ids), permission, asker)
    if isinstance(decided, Refused) and channel is not None:
        ids |= {
            name: await _found(means, name) for name, known in ids.items() if not _CHANNEL.fullmatch(known)
        }
        decided = may(permissions.with_channels(ids), permission, asker)
    if isinstance(decided, Refused):
        raise NotPermitted(decided, wide)


async def _found(means: Means, name: Channel) -> Channel:
    """Ask Slack for a channel by its name, where nothing was posted to it yet; the name where that fails."""
    if means.find_channel is None:
        return name
    try:
        return await means.find_channel(name)
    except SlackError:
        return name
