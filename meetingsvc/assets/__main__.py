"""`python -m meetingsvc.assets`: bring `static/vendor` up to date; safe and quick to run again."""

import click

from meetingsvc import assets

click.echo("Assets built." if assets.make() else "Assets are up to date.")
