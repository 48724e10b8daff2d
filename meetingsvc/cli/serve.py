"""`meetingsvc serve` and `meetingsvc worker`."""

import os
import sys

import click

from meetingsvc import jobs, server
from meetingsvc import worker as ticker
from meetingsvc.app import create_app, create_core
from meetingsvc.config import Settings
from meetingsvc.store import schema
from meetingsvc.web import feed_runner


@click.command()
def serve() -> None:
    """Serves the pages. Refuses to start with unsafe settings, saying how to mend each."""
    settings = Settings.from_env(os.environ)
    app = create_app(settings)
    with app.app_context():
        schema.bring_up_to_date()
    feed_runner.start(app)
    click.echo(f"Serving {settings.public_url} (listening on {settings.host}:{settings.port})", err=True)
    server.serve(app, settings)


@click.command()
@click.option("--once", is_flag=True, help="Do every job once, then stop.")
def worker(once: bool) -> None:
    """Does the timed work: sends notices, and whatever else is due. Any number may run."""
    settings = Settings.from_env(os.environ)
    app = create_core(settings)
    with app.app_context():
        schema.bring_up_to_date()
    if not once:
        ticker.work(app, settings)
    elif not jobs.run_once(app, settings):
        sys.exit(1)


COMMANDS = (serve, worker)
