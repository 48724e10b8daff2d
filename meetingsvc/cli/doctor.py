"""`meetingsvc doctor`"""

import os
import sys

import click

from meetingsvc import doctor as examination
from meetingsvc.app import create_core
from meetingsvc.config import Settings


@click.command()
def doctor() -> None:
    """Says what is missing or unsafe, each with its mend. Exit code 1 where anything is."""
    settings = Settings.from_env(os.environ)
    with create_core(settings).app_context():
        findings = examination.examine(settings)
    for finding in findings:
        click.echo(f"{'Note: ' if finding.only_worth_knowing else ''}{finding.what}\n    {finding.mend}")
    if any(not finding.only_worth_knowing for finding in findings):
        sys.exit(1)
    click.echo("Nothing is missing or unsafe.")


COMMANDS = (doctor,)
