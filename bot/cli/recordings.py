"""The commands that record polls, and tell what the alert rules make of them."""

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.program import DONE, FAILED, program, run_async, say, settings_of, stopping

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from bot.settings import Settings


@program.command(short_help="Append every poll of OCP to a file that replay reads.")
@click.argument("file", type=click.Path())
@click.pass_obj
def record(config: str | None, file: str) -> int:
    """Append every poll of OCP to FILE, until Ctrl-C.

    A line is what OCP answered, to the letter, without the credentials in its paths. Nothing is sent to
    Slack and no database is needed. `replay` reads the file, packed with gzip or zstd too.
    """
    from bot.settings import Need

    return run_async(_record(settings_of(config, {Need.OCP}), file))


async def _record(settings: "Settings", file: str) -> int:
    from bot import logs
    from bot.errors import BotError
    from bot.recording import record_until
    from bot.terminal.screen import waiting
    from bot.views.wording import count, duration

    journal = logs.configure(settings.log_format, settings.log_level, settings.secrets())
    sources = ", ".join(source.name for source in settings.sources)
    say(f"Recording {sources} to {file} every {duration(settings.poll_interval)}. Press Ctrl-C to stop.")
    try:
        with waiting("Waiting for the first poll…") as newer:
            told = partial(_tell_progress, newer, Path(file))
            polls = await record_until(stopping(), settings, journal, file, told=told)
    except BotError as error:
        say(error.sentence)
        return FAILED
    say(f"{count(polls, 'poll')} written to {file}.")
    return DONE


def _tell_progress(newer: "Callable[[str], None]", file: Path, polls: int) -> None:
    """Say on a terminal how much has been recorded so far."""
    from bot.views.wording import count

    size = f", {file.stat().st_size / 1e6:,.1f} MB" if file.is_file() else ""
    newer(f"{count(polls, 'poll')}{size} so far")


@program.command(short_help="Tell what a recording, or what is stored, would have alerted.")
@click.argument("file", required=False, type=click.Path())
@click.option("--database", is_flag=True, help="Read the stored observations instead of a file.")
@click.option("--since", metavar="LENGTH", help="With --database: how far to go back, such as 14d.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
@click.pass_obj
def replay(
    config: str | None,
    file: str | None,
    database: bool,  # noqa: FBT001 - click calls it by name
    since: str | None,
    as_json: bool,  # noqa: FBT001 - as above
) -> int:
    """Run the alert rules over a recording, or over what is stored, and tell what would have happened.

    With --config the limits of another settings file are tried.

    \b
      logbackup-bot replay polls.jsonl.zst
      logbackup-bot replay --database --since 14d --config other.yaml
    \b
    --json: at, source, cluster, tenant, problem, severity, transition, because;
      one line for each time that an incident opened, worsened, eased, resolved
      or reopened.

    Times are OCP's own in a recording. Polls that failed are in recordings and not in the database, so
    that only a recording tells when OCP could not be reached.
    """  # noqa: D301 - click takes \b as its own sign to keep these lines
    if (file is None) is not database:
        raise click.UsageError("Give either a file or --database")
    if since is not None and not database:
        raise click.UsageError("--since goes with --database")
    back = None if since is None else _length(since)
    settings = settings_of(config, ())
    try:
        return _replay(settings, file, back, as_json=as_json)
    except BrokenPipeError:
        # Whoever read the answer, such as `head`, has enough; Python would complain of it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _replay(settings: "Settings", file: str | None, back: "timedelta | None", *, as_json: bool) -> int:
    from bot.errors import BotError
    from bot.replaying import replay_database, replay_file

    try:
        if file is None:
            run_async(replay_database(settings, back, as_json=as_json, out=sys.stdout))
            return DONE
        damage = replay_file(settings, file, as_json=as_json, out=sys.stdout)
    except BotError as error:
        say(error.sentence)
        return FAILED
    finally:
        sys.stdout.flush()
    if damage.sentence is not None:
        say(damage.sentence)
    if damage.trouble is not None:
        say(damage.trouble.sentence)
        return FAILED
    return DONE


def _length(text: str) -> "timedelta":
    """Read a length of time, or exit with 2 and what to write instead."""
    from bot.commands.values import length
    from bot.errors import UserMistake

    try:
        return length(text)
    except UserMistake as error:
        raise click.UsageError(error.sentence) from None
