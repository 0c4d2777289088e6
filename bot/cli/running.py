"""The commands that run the bot: for real, and in a simulated world."""

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from bot import __version__
from bot.cli.frugal import begin, keep_wide, settle
from bot.cli.program import DONE, FAILED, program, reloading, run_async, say, settings_of, stopping

if TYPE_CHECKING:
    from bot.settings import Settings

STORY = timedelta(hours=1)
"""In so much simulated time the demo's first failure and its first recovery lie."""


@program.command(short_help="Run the bot: watch every OCP and post alerts to Slack.")
@click.pass_obj
def run(config: str | None) -> int:
    """Run the bot: watch every OCP, post alerts to Slack, answer /logbackup.

    With SLACK_APP_TOKEN it connects by Socket Mode; without, it takes Slack's signed requests at
    /slack/events on BOT_HTTP_PORT. It keeps trying while Slack or OCP cannot be reached.
    """
    begin()
    from bot.settings import EVERYTHING

    settings = settings_of(config, EVERYTHING)
    return run_async(_run(settings, config))


async def _run(settings: "Settings", config: str | None) -> int:
    import asyncio

    from bot import logs
    from bot.app import running
    from bot.clock import SystemClock
    from bot.errors import BotError
    from bot.storage.migrating import migrate_apart

    settle()
    journal = logs.configure(format=settings.log_format, level=settings.log_level, secrets=settings.secrets())
    stop = stopping()
    try:
        await migrate_apart(settings.database_url.get_secret_value())
        async with running(settings, journal, config_path=config) as bot:
            journal.info("started", version=__version__, address=bot.url, sources=len(bot.states))
            wide = asyncio.create_task(keep_wide(SystemClock().sleep))
            with reloading(bot.renew):
                await stop.wait()
            wide.cancel()
            journal.info("stopping")
        journal.info("stopped", owed="not known" if bot.still_owed is None else bot.still_owed)
    except BotError as error:
        say(error.sentence)
        return FAILED
    except OSError as error:
        say(cannot_listen(error, settings))
        return FAILED
    return DONE


def cannot_listen(error: OSError, settings: "Settings") -> str:
    """Say why an address cannot be listened on, and what to set."""
    addresses = [settings.http_address]
    names = "BOT_HTTP_HOST and BOT_HTTP_PORT"
    if settings.metrics_address is not None:
        addresses.append(settings.metrics_address)
        names += ", or BOT_METRICS_HOST and BOT_METRICS_PORT"
    where = " or ".join(f"{host}:{port}" for host, port in addresses)
    return f"Cannot listen on {where}: {_why(error)}. Stop what uses it, or set {names}."


def _why(error: OSError) -> str:
    """Say in two or three words why an address cannot be had."""
    return os.strerror(error.errno).lower() if error.errno and error.errno > 0 else str(error)


@program.command(short_help="See it work in a simulated world, with nothing to set up.")
@click.option(
    "--port",
    default=8765,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The page's port; 0 takes a free one.",
)
@click.option(
    "--speed",
    default=60.0,
    show_default=True,
    type=click.FloatRange(min=0.1, max=3600),
    help="How many simulated seconds pass in a real one.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed tells the same story.")
@click.option("--verbose", is_flag=True, help="Show the bot's log.")
def demo(port: int, speed: float, seed: int, verbose: bool) -> int:  # noqa: FBT001 - click calls it by name
    """See it work: the bot, a simulated OCP and a simulated Slack, with nothing to set up.

    Everything is simulated and listens on this machine alone; nothing is kept when it stops.
    """
    return run_async(_demo(port, speed, seed, "info" if verbose else "error"))


async def _demo(port: int, speed: float, seed: int, level: str) -> int:
    from bot import logs
    from bot.demo import CHANNEL
    from bot.demo import demo as demonstrating
    from bot.errors import BotError
    from bot.views.wording import duration

    journal = logs.configure(format="console", level=level, secrets=())
    stop, soon = stopping(), duration(STORY / speed)
    try:
        async with demonstrating(journal, port=port, speed=speed, seed=seed) as shown:
            click.echo(
                f"The demo runs. Open {shown.url} in a browser.\n"
                "\n"
                f"  Everything is simulated: OCP, Slack, and the dates ({speed:g} times as fast as life).\n"
                f"  Watch #{CHANNEL}: within {soon} a task fails and is announced, and another recovers.\n"
                "  Or press Begin the story there, under World: it waits for you at every step.\n"
                "  Try there: /logbackup status    /logbackup tasks    /logbackup help\n"
                "\n"
                "Press Ctrl-C to stop."
            )
            await stop.wait()
    except BotError as error:
        say(error.sentence)
        return FAILED
    except OSError as error:
        say(f"Cannot listen on port {port}: {_why(error)}. Choose another with --port, or 0 for any.")
        return FAILED
    click.echo("Stopped.")
    return DONE
