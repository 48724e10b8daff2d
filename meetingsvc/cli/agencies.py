"""`meetingsvc agency …`"""

from datetime import date

import click

from agenda.agencies import AgencyKind
from meetingsvc import clock
from meetingsvc.cli.opened import DAY, area_named, opened
from meetingsvc.store import audit
from meetingsvc.usecases import agencies
from meetingsvc.usecases.transaction import saved


@click.group()
def agency() -> None:
    """The agencies of an area's panels."""


@agency.command()
@click.argument("name")
@click.option("--area", "area_name", required=True)
@click.option("--kind", type=click.Choice([kind.value for kind in AgencyKind]), required=True)
@click.option("--signed-on", type=DAY, help="When it signed the protocol; without it, it reads nothing.")
@click.option("--attends-daily", is_flag=True, help="It attends the daily meeting.")
@click.option("--attends-marac/--not-marac", default=True, help="Whether it attends the MARAC.")
def create(
    name: str, area_name: str, kind: str, signed_on: date | None, attends_daily: bool, attends_marac: bool
) -> None:
    """Adds an agency to an area's panels."""
    with opened(), saved():
        area = area_named(area_name)
        agencies.create(
            area.id, name, AgencyKind(kind), signed_on, audit.COMMAND_LINE, clock.now(),
            attends_daily=attends_daily, attends_marac=attends_marac,
        )  # fmt: skip
    click.echo(f"{name} made.")


COMMANDS = (agency,)
