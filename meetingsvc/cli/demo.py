"""`meetingsvc demo`: the invented area, and how to sign in to it."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from meetingsvc import clock
from meetingsvc.cli.opened import opened
from meetingsvc.config import EMBEDDED, Settings
from meetingsvc.demo import exploitation, kept, story
from meetingsvc.demo.panel import PEOPLE, email_of, secret_of
from meetingsvc.store import areas
from meetingsvc.usecases import factors


@click.command()
def demo() -> None:
    """Makes the invented area northmoor, unless it is there, and prints how to sign in."""
    settings = replace(Settings.from_env(os.environ), demo=True)
    database = settings.data_dir.resolve() / EMBEDDED
    if settings.database_url == f"sqlite:///{database}" and not database.exists():
        _tell_aside(settings, database)
    with opened(settings):
        if areas.by_name(story.AREA) is None:
            story.tell(clock.now(), settings.data_dir, click.echo)
        secrets = _secrets(settings)
    click.echo(f"\nEverybody in Northmoor is invented. The password of each account is: {story.PASSWORD}\n")
    for person in PEOPLE:
        click.echo(f"  {email_of(person):34} {person.role.label:24} {person.agency}")
        secret = secrets[person.handle]
        click.echo(
            f"  {'':4}{f'authenticator secret {secret}' if secret else 'no authenticator app any more'}"
        )
    click.echo(f"\n{exploitation.WHO}")
    click.echo(
        "\nAfter the password a code is asked for. Give an authenticator app the secret, or print the code: "
        f"{sys.argv[0]} code coordinator"
    )
    click.echo(
        f"\nA messy police feed to upload as the coordinator: {story.feed_path(settings.data_dir).resolve()}"
    )


@click.command()
@click.argument("who")
def code(who: str) -> None:
    """Prints the present code of an account of northmoor, such as `coordinator`. Demonstration only."""
    secrets = {person.handle: secret_of(person) for person in PEOPLE}
    handle = who.partition("@")[0]
    if handle not in secrets:
        raise click.ClickException(f"There is nobody called {who} in northmoor. Try: {', '.join(secrets)}")
    now = clock.now()
    left = factors.STEP - int(now.timestamp()) % factors.STEP
    click.echo(f"{factors.code_at(secrets[handle], now)}  for another {left} seconds; each code works once")


def _tell_aside(settings: Settings, database: Path) -> None:
    """In a file that takes its name when the story is whole: half a demonstration, cut off, is told again."""
    aside = database.with_suffix(".making")
    for old in aside.parent.glob(f"{aside.name}*"):
        old.unlink()
    with opened(replace(settings, database_url=f"sqlite:///{aside}")):
        story.tell(clock.now(), settings.data_dir, click.echo)
    aside.rename(database)


def _secrets(settings: Settings) -> dict[str, str]:
    """What signs people in to the folder that is there, whoever told its story."""
    try:
        return kept.secrets()
    except kept.EarlierTelling:
        raise click.ClickException(
            f"The demonstration in {settings.data_dir.resolve()} was made by an earlier version, and its "
            "people sign in otherwise. Move that folder away, or name another one in MEETINGSVC_DATA_DIR, "
            "and run this again: it is made anew."
        ) from None


COMMANDS = (demo, code)
