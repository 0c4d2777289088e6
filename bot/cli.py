"""The command line: each command is a thin door to the composition root."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Collection, Coroutine
from typing import TYPE_CHECKING, Any

import click

from bot import __version__

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.settings import Need, Settings

DONE, FAILED, WRONG = 0, 1, 2
"""Exit codes: done, failed, wrong usage or settings."""


def main() -> None:
    """Run the program; an error is one sentence on standard error."""
    try:
        code = program.main(prog_name="logbackup-bot", standalone_mode=False)
    except click.exceptions.Abort:
        code = FAILED
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "logbackup-bot"
        say(f"{error.format_message().rstrip('.')}. See `{where} --help`.")
        code = WRONG
    except click.ClickException as error:
        say(error.format_message())
        code = FAILED
    sys.exit(code if isinstance(code, int) else DONE)


def say(sentence: str) -> None:
    """Say something on standard error."""
    click.echo(sentence, err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option(
    "--config", metavar="FILE", help="A YAML file with settings; the environment wins. [BOT_CONFIG]"
)
@click.pass_context
def program(context: click.Context, config: str | None) -> None:
    """Know first when OceanBase log backup falls behind or breaks, and say so in Slack."""
    context.obj = config


@program.command()
@click.pass_obj
def run(config: str | None) -> int:
    """Run the bot: watch every OCP, post alerts to Slack, answer /logbackup.

    With SLACK_APP_TOKEN it connects by Socket Mode; without, it takes Slack's signed requests at
    /slack/events on BOT_HTTP_PORT. It keeps trying while Slack or OCP cannot be reached.
    """
    from bot.settings import EVERYTHING

    settings = _settings(config, EVERYTHING)
    return _asynchronously(_run(settings))


async def _run(settings: "Settings") -> int:
    from bot import logs
    from bot.app import running
    from bot.errors import BotError

    journal = logs.configure(format=settings.log_format, level=settings.log_level, secrets=settings.secrets())
    stopping = _stopping()
    try:
        async with running(settings, journal) as bot:
            journal.info("started", version=__version__, address=bot.url, sources=len(bot.states))
            await stopping.wait()
            journal.info("stopping")
    except BotError as error:
        say(error.sentence)
        return FAILED
    except OSError as error:
        host, port = settings.http_address
        say(f"Cannot listen on {host}:{port} ({error.strerror}): set BOT_HTTP_HOST and BOT_HTTP_PORT.")
        return FAILED
    return DONE


@program.command()
@click.option("--port", default=8765, show_default=True, help="The page's port; 0 takes a free one.")
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
    """See it work: the bot, a simulated OCP and a simulated Slack, with nothing to set up."""
    return _asynchronously(_demo(port, speed, seed, "info" if verbose else "error"))


async def _demo(port: int, speed: float, seed: int, level: str) -> int:
    from bot import logs
    from bot.demo import CHANNEL
    from bot.demo import demo as demonstrating

    journal = logs.configure(format="console", level=level, secrets=())
    stopping = _stopping()
    try:
        async with demonstrating(journal, port=port, speed=speed, seed=seed) as shown:
            click.echo(
                f"The demo runs. Open {shown.url} in a browser.\n"
                "\n"
                f"  Everything is simulated: OCP, Slack, and the dates ({speed:g} times as fast as life).\n"
                f"  Watch #{CHANNEL}: within a minute a task fails and is announced, and another recovers.\n"
                "  Try there: /logbackup status    /logbackup tasks    /logbackup help\n"
                "\n"
                "Press Ctrl-C to stop."
            )
            await stopping.wait()
    except OSError as error:
        say(f"Cannot listen on port {port} ({error.strerror}): choose another with --port, or 0 for any.")
        return FAILED
    click.echo("Stopped.")
    return DONE


@program.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.pass_obj
def record(config: str | None, file: str) -> int:
    """Append every poll of OCP to FILE, as lines that `replay` reads; until Ctrl-C."""
    from bot.settings import Need

    return asyncio.run(_record(_settings(config, {Need.OCP}), file))


async def _record(settings: "Settings", file: str) -> int:
    from bot import logs
    from bot.errors import BotError
    from bot.replaying import recording

    journal = logs.configure(settings.log_format, settings.log_level, settings.secrets())
    stopping = _stopping()
    try:
        async with recording(settings, journal, file) as written:
            await stopping.wait()
    except BotError as error:
        say(error.sentence)
        return FAILED
    say(f"{written.polls} polls written to {file}.")
    return DONE


@program.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False))
@click.option("--database", is_flag=True, help="Read the stored observations instead of a file.")
@click.option("--since", metavar="LENGTH", help="With --database: how far to go back, such as 14d.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.option("--config", "other", metavar="FILE", help="Try the limits of another settings file.")
@click.pass_obj
def replay(
    config: str | None,
    file: str | None,
    database: bool,  # noqa: FBT001 - click calls it by name
    since: str | None,
    as_json: bool,  # noqa: FBT001 - as above
    other: str | None,
) -> int:
    """Tell what would have happened: run the alert rules over a recording, or over what is stored."""
    from bot.errors import BotError
    from bot.replaying import replay_database, replay_file

    if (file is None) is not database:
        raise click.UsageError("Give either a file or --database")
    if since is not None and not database:
        raise click.UsageError("--since goes with --database")
    settings = _settings(other or config, ())
    back = None if since is None else _length(since)
    try:
        if file is not None:
            damaged = replay_file(settings, file, as_json=as_json)
        else:
            damaged = asyncio.run(replay_database(settings, back, as_json=as_json))
    except BotError as error:
        say(error.sentence)
        return FAILED
    if damaged:
        say(f"{damaged} damaged lines were skipped." if damaged > 1 else "1 damaged line was skipped.")
    return DONE


@program.group()
def config() -> None:
    """Look at the settings."""


@config.command("schema")
def config_schema() -> int:
    """Print the JSON schema of the settings file."""
    from bot.settings import schema

    click.echo(json.dumps(schema(), indent=2))
    return DONE


@config.command("show")
@click.pass_obj
def config_show(path: str | None) -> int:
    """Print the settings in force, secrets masked, and where each comes from."""
    from bot.settings import shown

    click.echo(shown(_settings(path, ())).rstrip("\n"))
    return DONE


def _settings(path: str | None, needs: "Collection[Need]") -> "Settings":
    """Load the settings, or say every mistake and exit with 2."""
    from bot.errors import SettingsError
    from bot.settings import load

    try:
        loaded = load(os.environ, path, needs=needs)
    except SettingsError as error:
        for mistake in error.mistakes:
            say(mistake)
        raise SystemExit(WRONG) from None
    for warning in loaded.warnings:
        say(warning)
    return loaded.settings


def _length(text: str) -> "timedelta":
    """Read a length of time, or exit with 2 and what to write instead."""
    from bot.commands.values import length
    from bot.errors import UserMistake

    try:
        return length(text)
    except UserMistake as error:
        raise click.UsageError(error.sentence) from None


def _asynchronously(work: Coroutine[Any, Any, int]) -> int:
    return asyncio.run(work)


def _stopping() -> asyncio.Event:
    """Make an event that Ctrl-C and SIGTERM set; a second Ctrl-C ends at once."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        stopping.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    return stopping
