"""`meetingsvc audit verify`"""

import sys

import click

from meetingsvc.cli.opened import opened
from meetingsvc.store import audit as trail


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
def verify() -> None:
    """Checks that no line was altered, moved or taken away. Exit code 1 where one was."""
    with opened():
        lines, broken = trail.verify()
    if broken is not None:
        click.echo(
            f"The audit trail is broken at line {broken}: it or the one before it was changed.", err=True
        )
        sys.exit(1)
    click.echo(f"The audit trail holds: {lines} lines.")


COMMANDS = (audit,)
