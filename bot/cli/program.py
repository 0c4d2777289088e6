"""The program that the commands belong to, and what they all do alike: settings, errors, Ctrl-C."""

import os
import shutil
import signal
import sys
import textwrap
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot import __version__

if TYPE_CHECKING:
    import asyncio

    from bot.settings import Loaded, Need, Settings

T = TypeVar("T")
DONE, FAILED, WRONG = 0, 1, 2
"""Exit codes: done, failed, wrong usage or settings."""
SETTINGLESS = frozenset({"completion", "demo", "schema"})
"""The commands that read no settings: ``--config`` is taken there, and not offered."""


def _take_config(context: click.Context, _: click.Parameter, path: str | None) -> None:
    """Take the settings file for this command, or those behind it; what is written last counts."""
    if path is not None:
        context.obj = path


def _tell_version(context: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click calls it by place
    if asked and not context.resilient_parsing:
        click.echo(f"logbackup-bot {__version__}")
        context.exit()


def _config(*, hidden: bool) -> click.Option:
    return click.Option(
        ["--config"],
        metavar="FILE",
        type=click.Path(),
        expose_value=False,
        callback=_take_config,
        hidden=hidden,
        help="A YAML file with settings; the environment wins. [BOT_CONFIG]",
    )


_CONFIG, _UNUSED_CONFIG = _config(hidden=False), _config(hidden=True)
_VERSION = click.Option(
    ["--version"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_tell_version,
    help="Show the version and exit.",
)


class _Verb(click.Command):
    """A command that takes the options of the whole program, before and behind its name."""

    def get_params(self, context: click.Context) -> list[click.Parameter]:
        """Give its own options, then those of the program; click asks for them."""
        *own, asking_help = super().get_params(context)
        return [*own, _UNUSED_CONFIG if self.name in SETTINGLESS else _CONFIG, _VERSION, asking_help]


class _Verbs(_Verb, click.Group):
    """Several commands under one name."""

    command_class = _Verb
    group_class = type


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def program() -> None:
    """Know first when OceanBase log backup falls behind or breaks, and say so in Slack.

    \b
    Exit codes: 0 done, 1 failed, 2 wrong usage or settings.
    Completion: eval "$(logbackup-bot completion bash)"; zsh and fish too.
    """  # noqa: D301 - click takes \b as its own sign to keep these lines


def say(sentence: str) -> None:
    """Say something on standard error; a terminal gets its lines broken between words."""
    if sys.stderr.isatty():
        width = max(shutil.get_terminal_size().columns, 20)
        lines = [
            textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
            for line in sentence.splitlines()
        ]
        sentence = "\n".join(lines)
    click.echo(sentence, err=True)


def run_program() -> None:
    """Run the program; an error is one sentence on standard error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    try:
        code = program.main(prog_name="logbackup-bot", standalone_mode=False)
    except click.exceptions.Abort:
        code = FAILED
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "logbackup-bot"
        sentence = error.format_message().rstrip(".")
        say(f"{sentence}{'' if sentence.endswith('?') else '.'} See `{where} --help`.")
        code = WRONG
    except click.ClickException as error:
        say(error.format_message())
        code = FAILED
    sys.exit(code if isinstance(code, int) else DONE)


def settings_of(path: str | None, needs: "Collection[Need]") -> "Settings":
    """Load the settings, or say every mistake and exit with 2."""
    loaded = load_settings(path, needs)
    for warning in loaded.warnings:
        say(warning)
    return loaded.settings


def load_settings(path: str | None, needs: "Collection[Need]") -> "Loaded":
    """Load the settings with their warnings, or say every mistake and exit with 2."""
    from bot.errors import SettingsError
    from bot.settings import load

    try:
        return load(os.environ, path, needs=needs)
    except SettingsError as error:
        for mistake in error.mistakes:
            say(mistake)
        raise SystemExit(WRONG) from None


def stopping() -> "asyncio.Event":
    """Make an event that Ctrl-C and SIGTERM set; a second Ctrl-C ends at once."""
    import asyncio

    event = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        event.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    return event


@contextmanager
def reloading(renew: Callable[[], Awaitable[object]] | None) -> Iterator[None]:
    """Read the settings anew whenever SIGHUP comes, one time after the other."""
    import asyncio

    asked, loop = asyncio.Event(), asyncio.get_running_loop()

    async def renewing() -> None:
        while renew is not None:
            await asked.wait()
            asked.clear()
            await renew()

    task = loop.create_task(renewing(), name="settings read anew")
    loop.add_signal_handler(signal.SIGHUP, asked.set)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        task.cancel()


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run what waits, to its end."""
    import asyncio

    return asyncio.run(work)
