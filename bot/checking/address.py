"""Looks at the addresses that the bot is to listen on: whether they are free, and its own."""

import asyncio
import errno
import json
import os
import socket
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException

from bot.healthcheck import EVERYWHERE
from bot.settings import Address, Settings
from bot.terminal.checkup import Examined, failed, in_use, ok, warning

PATIENCE = 1.0
"""Seconds to wait for whoever listens there already."""


async def examine_addresses(part: str, settings: Settings) -> Sequence[Examined]:
    """Look at each address that the bot is to listen on."""
    found = [await _examine(part, settings.http_address, "BOT_HTTP")]
    if settings.metrics_address is not None:
        found.append(await _examine(part, settings.metrics_address, "BOT_METRICS"))
    if settings.slack_app_token is None:
        found.append(
            ok(part, "Slack's requests are taken at /slack/events: give https://…/slack/events to the app.")
        )
        found += _reachable(part, settings.http_address)
    return found


def _reachable(part: str, address: Address) -> Sequence[Examined]:
    if address.host not in {"127.0.0.1", "::1", "localhost"}:
        return []
    return [
        warning(
            part,
            f"Without SLACK_APP_TOKEN Slack sends its requests over HTTP, and {address.host} hears this"
            " machine alone: put a proxy with a certificate in front of it, or use Socket Mode.",
        )
    ]


async def _examine(part: str, address: Address, setting: str) -> Examined:
    where = f"{address.host}:{address.port}"
    trouble = await asyncio.to_thread(_try_to_listen, address)
    if trouble is None:
        return ok(part, "A free port is taken at each start." if address.port == 0 else f"{where} is free.")
    if trouble.errno == errno.EADDRINUSE:
        if await asyncio.to_thread(_is_a_bot, address):
            return in_use(part, f"{where} is used by a bot that runs already, this one probably.")
        return failed(part, f"{where} is taken: stop what uses it, or set {setting}_PORT to another port.")
    if trouble.errno in {errno.EACCES, errno.EPERM}:
        return failed(part, f"This user may not listen on {where}: set {setting}_PORT to a port above 1023.")
    why = os.strerror(trouble.errno) if trouble.errno and trouble.errno > 0 else str(trouble)
    return failed(
        part, f"Cannot listen on {where} ({why}): set {setting}_HOST to an address of this machine."
    )


def _try_to_listen(address: Address) -> OSError | None:
    """Listen for a moment, as the bot would; give what stands in the way."""
    try:
        family, kind, _, _, target = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as plug:
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            plug.bind(target)
            plug.listen(1)
    except OSError as error:
        return error
    return None


def _is_a_bot(address: Address) -> bool:
    """Whether what listens there answers as a bot does."""
    connection = HTTPConnection(EVERYWHERE.get(address.host, address.host), address.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        answer = json.loads(connection.getresponse().read(1000))
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return isinstance(answer, dict) and answer.get("status") == "alive"
