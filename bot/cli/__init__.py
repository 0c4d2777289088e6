"""The command line: each command is a thin door to the composition root."""

from bot.cli import asking, completing, configuration, doctor, recordings, running
from bot.cli.program import program, run_program

__all__ = ["asking", "completing", "configuration", "doctor", "main", "program", "recordings", "running"]


def main() -> None:
    """Run the program."""
    run_program()
