"""`meetingsvc decoy create`"""

import click

from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.cli.opened import area_named, opened
from meetingsvc.usecases import alarms
from meetingsvc.usecases.transaction import saved


@click.group()
def decoy() -> None:
    """Invented cases that nobody has a reason to open."""


@decoy.command()
@click.option("--area", "area_name", required=True)
@click.option("--victim", required=True, metavar="NAME", help="An invented name: forename and surname.")
@click.option("--perpetrator", required=True, metavar="NAME", help="An invented name: forename and surname.")
def create(area_name: str, victim: str, perpetrator: str) -> None:
    """Makes a case that is on no list and no agenda: opening it alarms chairs and information governance."""
    with opened(), saved():
        reference = alarms.make_decoy(area_named(area_name), _name(victim), _name(perpetrator), clock.now())
    click.echo(f"Decoy {reference} made. Write it down where no user of the service reads it.")


def _name(told: str) -> tuple[str, str]:
    forename, _, surname = told.strip().rpartition(" ")
    if not forename or not surname:
        raise RuleBroken(f"{told!r} is not a forename and a surname.")
    return forename, surname


COMMANDS = (decoy,)
