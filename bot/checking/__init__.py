"""The doctor: looks at everything the bot needs before it is needed, and names the cure of what is wrong."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence

from bot.checking.address import examine_addresses
from bot.checking.database import examine_database
from bot.checking.names import examine_names
from bot.checking.ocp import Looked, examine_source, part_of
from bot.checking.slack import examine_slack
from bot.clock import SystemClock
from bot.settings import Loaded, Settings
from bot.terminal.checkup import Examined, ok, warning

SETTINGS, SLACK, DATABASE, ADDRESS = "settings", "Slack", "database", "address"


def parts(loaded: Loaded) -> tuple[str, ...]:
    """Name the parts that are looked at, in their order."""
    return (SETTINGS, *map(part_of, loaded.settings.sources), SLACK, DATABASE, ADDRESS)


async def examine(loaded: Loaded, *, send_test_alert: bool) -> AsyncIterator[Examined]:
    """Look at every part, all at the same time, and tell what was found in their order."""
    settings, clock = loaded.settings, SystemClock()
    yield ok(SETTINGS, "They can be read and go together; `logbackup-bot config show` shows them.")
    for doubt in loaded.warnings:
        yield warning(SETTINGS, doubt)
    reading = [asyncio.ensure_future(examine_source(source, clock)) for source in settings.sources]
    work: list[Awaitable[Sequence[Examined]]] = [
        *(_said(one) for one in reading),
        _names(settings, reading),
        examine_slack(SLACK, settings, clock, send_test_alert=send_test_alert),
        examine_database(DATABASE, settings),
        examine_addresses(ADDRESS, settings),
    ]
    under_way = [asyncio.ensure_future(one) for one in work]
    try:
        for one in under_way:
            for found in await one:
                yield found
    finally:
        for waiting in (*under_way, *reading):
            waiting.cancel()


async def _said(reading: "asyncio.Future[Looked]") -> Sequence[Examined]:
    return (await reading).said


async def _names(settings: Settings, reading: Sequence["asyncio.Future[Looked]"]) -> Sequence[Examined]:
    """Look at the names in the settings, once every OCP has told what there is."""
    return examine_names(SETTINGS, settings, [(await one).listed for one in reading])
