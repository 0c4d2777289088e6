"""The commands that record polls, and tell what the alert rules make of them."""

from typing import TYPE_CHECKING

import click

from bot.cli.program import DONE, FAILED, program, run_async, say, settings_of, stopping

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.settings import Settings


@program.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.pass_obj
def record(config: str | None, file: str) -> int:
    """Append every poll of OCP to FILE, as lines that `replay` reads; until Ctrl-C."""
    from bot.settings import Need

    return run_async(_record(settings_of(config, {Need.OCP}), file))


async def _record(settings: "Settings", file: str) -> int:
    from bot import logs
    from bot.errors import BotError
    from bot.replaying import recording

    journal = logs.configure(settings.log_format, settings.log_level, settings.secrets())
    stop = stopping()
    try:
        async with recording(settings, journal, file) as written:
            await stop.wait()
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
    settings = settings_of(other or config, ())
    back = None if since is None else _length(since)
    try:
        if file is not None:
            damaged = replay_file(settings, file, as_json=as_json)
        else:
            damaged = run_async(replay_database(settings, back, as_json=as_json))
    except BotError as error:
        say(error.sentence)
        return FAILED
    if damaged:
        say(f"{damaged} damaged lines were skipped." if damaged > 1 else "1 damaged line was skipped.")
    return DONE


def _length(text: str) -> "timedelta":
    """Read a length of time, or exit with 2 and what to write instead."""
    from bot.commands.values import length
    from bot.errors import UserMistake

    try:
        return length(text)
    except UserMistake as error:
        raise click.UsageError(error.sentence) from None
