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
    """Files the people an earlier version made, and the children it was told of, so that both are found.

    Building a list files those people by itself, and the children on that list. Children on incidents that
    lists considered before the upgrade are filed by this alone; `meetingsvc doctor` says where some are left.
    """
    with opened():
        area_id = area_named(name).id
        done, children = usecase.index(area_id, _progress()), usecase.index_children(area_id)
    if done:
        click.echo(f"{done:,} people filed.")
    if children:
        click.echo(f"Children of {children:,} incidents filed.")
    if not done and not children:
        click.echo("Everybody is filed already.")


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
