"""`meetingsvc feed token …` (contract: incident feed)"""

import click

from meetingsvc import clock
from meetingsvc.cli.feed import feed
from meetingsvc.cli.opened import area_named, opened
from meetingsvc.usecases import feed_tokens


@feed.group()
def token() -> None:
    """Tokens by which a force's records system sends incidents."""


@token.command()
@click.option("--area", "name", required=True)
@click.option("--force", required=True, help="Whose system it is, as people call it.")
def create(name: str, force: str) -> None:
    """Makes a token and prints it, this once. It creates incidents in this area and opens nothing else."""
    with opened():
        made = feed_tokens.make_by_command(area_named(name).id, force, clock.now())
    click.echo(made)


COMMANDS = ()
