"""`meetingsvc area …`"""

from datetime import date

import click

from meetingsvc import clock
from meetingsvc.cli.opened import DAY, opened
from meetingsvc.usecases import areas


@click.group()
def area() -> None:
    """Areas, each with its own panels."""


@area.command()
@click.argument("name")
@click.option("--lists-from", type=DAY, required=True, help="The day of its first list.")
@click.option("--title", default="", help="What people read; the name with a capital letter where not given.")
def create(name: str, lists_from: date, title: str) -> None:
    """Makes an area with every default of the rulebook."""
    with opened():
        areas.create(name, lists_from, clock.now(), title)
    click.echo(f"Area {name} made. Its first list is that of {lists_from}.")


COMMANDS = (area,)
