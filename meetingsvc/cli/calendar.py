"""`meetingsvc calendar replies`"""

from collections import Counter
from typing import BinaryIO

import click

from meetingsvc import clock
from meetingsvc.cli.opened import opened
from meetingsvc.usecases import invitation_replies


@click.group()
def calendar() -> None:
    """Invitations, and the answers to them."""


@calendar.command()
@click.argument("mailbox", type=click.File("rb"))
def replies(mailbox: BinaryIO) -> None:
    """Reads the answers to invitations in a MAILBOX file (mbox, or one mail). Safe to run twice."""
    with opened():
        found = Counter(invitation_replies.from_mailbox(mailbox, clock.now()))
    if not found:
        click.echo("No mail in it.")
    for words, number in sorted(found.items()):
        click.echo(f"{number}: {words}")


COMMANDS = (calendar,)
