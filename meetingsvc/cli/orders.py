"""`meetingsvc orders remind` and `meetingsvc orders follow`"""

import click

from meetingsvc import clock
from meetingsvc.cli.opened import area_named, opened
from meetingsvc.store import acting
from meetingsvc.usecases import order_register, order_reminders
from meetingsvc.usecases.transaction import saved


@click.group()
def orders() -> None:
    """Protection orders."""


@orders.command()
def remind() -> None:
    """Tells coordinators of orders that end soon, each reminder once. The worker does it hourly."""
    with opened():
        count = order_reminders.remind(clock.now())
    click.echo(f"Reminded of {count} {'order' if count == 1 else 'orders'}.")


@orders.command()
@click.option("--area", "area_name", required=True)
def follow(area_name: str) -> None:
    """Takes the orders of every incident into the register: those of before the register, once."""
    with opened():
        area_id = area_named(area_name).id
        with saved(), acting.whole_area(area_id):
            count = order_register.follow(area_id, 0, clock.now())
    click.echo(f"{count} {'order is' if count == 1 else 'orders are'} new in the register.")


COMMANDS = (orders,)
