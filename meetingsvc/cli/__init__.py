"""The command line. Each command opens the database, calls one use case, and prints what it says."""

import sys

import click

from agenda.rules import RuleBroken
from meetingsvc.cli import areas, feed, lists
from meetingsvc.config import Unsafe


@click.group(help="The meeting service for safeguarding panels.")
def commands() -> None:
    """Every command hangs here."""


for module in (areas, feed, lists):
    for command in module.COMMANDS:
        commands.add_command(command)


def main() -> None:
    """Where `meetingsvc` starts. A rule that says no, or an unsafe setting, is one line and exit code 2."""
    try:
        commands()
    except (RuleBroken, Unsafe) as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(2)
