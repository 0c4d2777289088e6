"""Asks the bot of this container whether it is alive: the exit code is 0 where it says yes."""

import os
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException

from bot.errors import SettingsError
from bot.settings import load

PATIENCE = 4.0
"""Seconds to wait for an answer; less than the container's own patience."""
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - to ask there, not to listen
"""Who listens on every address is asked on loopback."""


def trouble(environment: Mapping[str, str]) -> str | None:
    """Say what is wrong with the bot that these settings describe; None: nothing."""
    try:
        settings = load(environment).settings
    except SettingsError as error:
        return error.sentence
    host, port = settings.metrics_address or settings.http_address
    connection = HTTPConnection(EVERYWHERE.get(host, host), port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"The bot does not answer on port {port}: {error}."
    finally:
        connection.close()
    return None if status == 200 else f"The bot answers with {status}."  # noqa: PLR2004 - HTTP's OK


if __name__ == "__main__":
    sys.exit(trouble(os.environ))
