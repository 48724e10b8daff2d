"""The command line. Each command opens the database, calls one use case, and prints what it says."""

import sys

import click
from sqlalchemy.exc import OperationalError

from agenda.rules import RuleBroken
from meetingsvc.cli import (
    agencies,
    areas,
    audit,
    backup,
    calendar,
    decoys,
    demo,
    doctor,
    feed,
    feed_tokens,
    flags,
    jobs,
    lists,
    orders,
    packs,
    people,
    serve,
    users,
)
from meetingsvc.config import Unsafe


@click.group(help="The meeting service for safeguarding panels.")
def commands() -> None:
    """Every command hangs here."""


for module in (
    areas, agencies, users, feed, feed_tokens, lists, people, audit,
    decoys, doctor, serve, demo, orders, flags, jobs, backup, packs, calendar,
):  # fmt: skip
    for command in module.COMMANDS:
        commands.add_command(command)


def main() -> None:
    """Where `meetingsvc` starts. A rule that says no, or an unsafe setting, is one line and exit code 2."""
    try:
        commands()
    except (RuleBroken, Unsafe) as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(2)
    except OperationalError as error:
        click.echo(f"The database cannot be used: {str(error.orig).splitlines()[0]}", err=True)
        sys.exit(2)
