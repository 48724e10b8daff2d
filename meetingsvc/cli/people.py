"""`meetingsvc people …`: finding the same person again."""

import sys

import click

from meetingsvc import clock
from meetingsvc.cli.opened import area_named, opened
from meetingsvc.usecases import matching_weights as usecase
from meetingsvc.usecases.matching_weights import Progress


@click.group()
def people() -> None:
    """Finding the same person again."""


@people.command()
@click.option("--area", "name", required=True)
def index(name: str) -> None:
    """Files whoever an earlier version made; building a list does the same by itself."""
    with opened():
        done = usecase.index(area_named(name).id, _progress())
    click.echo(f"{done:,} people filed." if done else "Everybody is filed already.")


@people.command()
@click.option("--area", "name", required=True)
def calibrate(name: str) -> None:
    """Estimates from the area's own people how much each agreement is worth. Changes no decision."""
    with opened():
        area_id, progress = area_named(name).id, _progress()
        usecase.index(area_id, progress)
        found = usecase.calibrate(area_id, clock.now(), progress)
    if found.own:
        click.echo(f"Estimated from {found.people:,} people and {found.pairs:,} pairs that share a key.")
    else:
        click.echo(f"Nothing was changed: {found.why_not}. The weights everybody begins with hold.")


def _progress() -> Progress:
    """A line on the terminal that counts up; nothing where nobody watches."""
    if not sys.stderr.isatty():
        return lambda *_: None

    def show(what: str, done: int, total: int) -> None:
        click.echo(f"\r{100 * done // max(total, 1):3} % {what}", nl=done >= total, err=True)

    return show


COMMANDS = (people,)
