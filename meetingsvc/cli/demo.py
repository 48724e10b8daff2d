"""`meetingsvc demo`: the invented area, and how to sign in to it."""

import os
from dataclasses import replace
from pathlib import Path

import click

from meetingsvc import clock
from meetingsvc.cli.opened import opened
from meetingsvc.config import EMBEDDED, Settings
from meetingsvc.demo import story
from meetingsvc.demo.panel import PEOPLE, email_of
from meetingsvc.store import areas


@click.command()
def demo() -> None:
    """Makes the invented area northmoor, unless it is there, and prints how to sign in."""
    settings = Settings.from_env(os.environ)
    database = settings.data_dir.resolve() / EMBEDDED
    if settings.database_url == f"sqlite:///{database}" and not database.exists():
        _tell_aside(settings, database)
    else:
        _tell(settings)
    click.echo(f"\nEverybody in Northmoor is invented. The password of each account is: {story.PASSWORD}\n")
    for person in PEOPLE:
        click.echo(f"  {email_of(person):34} {person.role.label:24} {person.agency}")
    click.echo(
        f"\nA messy police feed to upload as the coordinator: {story.feed_path(settings.data_dir).resolve()}"
    )


def _tell_aside(settings: Settings, database: Path) -> None:
    """In a file that takes its name when the story is whole: half a demonstration, cut off, is told again."""
    aside = database.with_suffix(".making")
    for old in aside.parent.glob(f"{aside.name}*"):
        old.unlink()
    _tell(replace(settings, database_url=f"sqlite:///{aside}"))
    aside.rename(database)


def _tell(settings: Settings) -> None:
    with opened(settings):
        if areas.by_name(story.AREA) is None:
            story.tell(clock.now(), settings.data_dir, click.echo)


COMMANDS = (demo,)
