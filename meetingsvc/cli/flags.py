"""`meetingsvc flags follow`"""

import click

from meetingsvc import clock
from meetingsvc.cli.opened import opened
from meetingsvc.usecases import flags as usecase


@click.group()
def flags() -> None:
    """Flags in the agencies' own records."""


@flags.command()
def follow() -> None:
    """Ends flags whose time is over, asks for new ones, and tells the agencies. The worker does it."""
    with opened():
        count = usecase.follow_all(clock.now())
    click.echo(f"{count} {'flag' if count == 1 else 'flags'} moved.")


COMMANDS = (flags,)
