"""`meetingsvc job`: the timed work by name, and one job done now."""

import os
import sys

import click

from meetingsvc import jobs
from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.store import schema
from meetingsvc.store.jobs import Outcome


@click.command()
@click.argument("name", required=False)
@click.option("--again", is_flag=True, help="Also where its present turn is done already; it does no harm.")
def job(name: str | None, again: bool) -> None:
    """Does one job of the timed work, or lists them all. Exit code 1 where it failed.

    Safe to run twice, and beside workers: each turn is done once.
    """
    if name is None:
        for known in jobs.JOBS:
            click.echo(f"{known.name:24} {known.plan.words:24} {known.words}")
        return
    found = jobs.named(name)
    if found is None:
        raise click.UsageError(f"There is no job {name!r}. `meetingsvc job` lists them.")
    settings = Settings.from_env(os.environ)
    app = create_core(settings)
    with app.app_context():
        schema.bring_up_to_date()
    match jobs.take_turn(app, settings, found, again=again):
        case None:
            hint = "Another worker is at it." if again else "Its turn is done, or another worker is at it."
            click.echo(f"Nothing was done. {hint}{'' if again else ' --again does it once more.'}")
        case Outcome.DONE:
            click.echo("Done.")
        case Outcome.UNSET:
            click.echo("It is not set up. The log says more.", err=True)
            sys.exit(1)
        case Outcome.FAILED | Outcome.LOST as ended:
            click.echo(f"{ended.label}. The log says more.", err=True)
            sys.exit(1)


COMMANDS = (job,)
