"""The command that looks whether everything the bot needs is there."""

import os
import sys
from typing import TYPE_CHECKING

import click

from bot.cli.program import DONE, FAILED, WRONG, program, run_async

if TYPE_CHECKING:
    from bot.settings import Loaded


@program.command(short_help="Look whether everything works, and name each cure.")
@click.option(
    "--send-test-alert", is_flag=True, help="Post a test alert, and tell who a real one would wake."
)
@click.pass_obj
def check(config: str | None, send_test_alert: bool) -> int:  # noqa: FBT001 - click calls it by name
    """Look whether everything works: settings, OCP, Slack, database, address; with the cure of what does not.

    Nothing is changed, and nothing is posted without --send-test-alert. A login that OCP refuses is tried
    once. A bot that runs meanwhile is not disturbed.

    Exit code: 0 where nothing failed (there may be warnings), 1 where something did, 2 for wrong settings.
    """
    from bot.errors import SettingsError
    from bot.settings import EVERYTHING, load
    from bot.terminal.checkup import failed, show_line
    from bot.terminal.screen import screen

    try:
        loaded = load(os.environ, config, needs=EVERYTHING)
    except SettingsError as error:
        console = screen(sys.stderr)
        for mistake in error.mistakes:
            show_line(console, failed("settings", mistake), widest=len("settings"))
        return WRONG
    return run_async(_check(loaded, send_test_alert=send_test_alert))


async def _check(loaded: "Loaded", *, send_test_alert: bool) -> int:
    from bot import logs
    from bot.checking import examine, parts
    from bot.terminal.checkup import State, show_line, verdict
    from bot.terminal.screen import screen

    logs.configure("console", "error", loaded.settings.secrets())
    console, widest = screen(), max(map(len, parts(loaded)))
    found = []
    async for one in examine(loaded, send_test_alert=send_test_alert):
        show_line(console, one, widest=widest)
        found.append(one)
    console.print()
    console.print(verdict(found))
    return FAILED if any(one.state is State.FAILED for one in found) else DONE
