"""The command that teaches a shell to complete what is typed."""

import click

from bot.cli.program import DONE, program

COMPLETING = "_LOGBACKUP_BOT_COMPLETE"
"""The variable by which a shell's script asks what may follow."""


@program.command(short_help="Print what teaches bash, zsh or fish to complete commands.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print the script that completes commands, options, filters and their words in SHELL.

    \b
    bash, in ~/.bashrc:
      eval "$(logbackup-bot completion bash)"
    zsh, in ~/.zshrc, behind compinit:
      eval "$(logbackup-bot completion zsh)"
    fish, in ~/.config/fish/config.fish:
      logbackup-bot completion fish | source

    It asks the program itself at each Tab; nothing is read from OCP for that. bash has to be 4.4 or later.
    """  # noqa: D301 - click takes \b as its own sign to keep these lines
    from click.shell_completion import ShellComplete, get_completion_class

    found = get_completion_class(shell) or ShellComplete
    # The script is the same everywhere; click's `source` would start a bash first, to see how old it is.
    complete = found(program, {}, "logbackup-bot", COMPLETING)
    click.echo(complete.source_template % complete.source_vars())
    return DONE
