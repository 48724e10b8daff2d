"""`meetingsvc pack trace`"""

import sys
from datetime import date
from pathlib import Path
from typing import NoReturn

import click

from agenda.pack_words import moment, plain
from meetingsvc import clock, pack_files
from meetingsvc.cli.opened import opened
from meetingsvc.usecases import pack_tracing
from meetingsvc.usecases.pack_tracing import Traced


@click.group()
def pack() -> None:
    """Packs that were taken away."""


@pack.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--passphrase", is_flag=True, help="Ask for the file's passphrase.")
def trace(file: Path, passphrase: bool) -> None:
    """Says whose copy a PDF is, or one page of it: exit code 1 where that cannot be told. It is recorded."""
    phrase = click.prompt("Passphrase", hide_input=True) if passphrase else ""
    with file.open("rb") as there:
        content = there.read(pack_files.LARGEST + 1)
    try:
        with opened():
            traced = pack_tracing.trace(content, phrase, clock.now())
    except pack_files.Locked:
        _fail("The file is locked. Give its passphrase with --passphrase, or an unlocked copy of it.")
    except pack_files.Unreadable as why:
        _fail(f"{why} Whose copy it is cannot be told.")
    _say(traced)


def _say(traced: Traced) -> None:
    for whose, carriers in traced.copies:
        day = f", meeting of {_day(whose.sits_on)}" if whose.sits_on else ""
        click.echo(f"Copy {whose.number} of the {whose.of}{day}")
        click.echo(f"  made for {plain(whose.person)}, {plain(whose.agency)}, on {moment(whose.made_at)}")
        click.echo(f"  read from {'; '.join(sorted(carriers))}")
    click.echo(f"{traced.marked} of {traced.pages} pages carry a mark.")
    if traced.unread:
        click.echo(f"{traced.unread} of them hold more than is read of a page, and were not read to the end.")
    if len(traced.copies) > 1:
        click.echo("The marks name more than one copy: the file was put together, or a mark was forged.")
    if traced.unknown:
        click.echo("A mark was found that no register here knows: another service's copy, or a forged mark.")
    if not traced.copies:
        _fail("Whose copy it is cannot be told.")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _fail(words: str) -> NoReturn:
    click.echo(words, err=True)
    sys.exit(1)


COMMANDS = (pack,)
