"""The commands that show the settings."""

import json

import click

from bot.cli.program import DONE, program, settings_of


@program.group()
def config() -> None:
    """Look at the settings."""


@config.command("schema")
def config_schema() -> int:
    """Print the JSON schema of the settings file."""
    from bot.settings import schema

    click.echo(json.dumps(schema(), indent=2))
    return DONE


@config.command("show", short_help="Print the settings in force, and where each is from.")
@click.pass_obj
def config_show(path: str | None) -> int:
    """Print the settings in force, secrets masked, and where each comes from."""
    from bot.settings import shown

    click.echo(shown(settings_of(path, ())).rstrip("\n"))
    return DONE
