"""`meetingsvc audit verify`"""

import sys

import click

from meetingsvc.cli.opened import opened
from meetingsvc.store import audit as trail


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@click.option("--expect", metavar="LINE:HASH", help="What an earlier call printed, kept on another machine.")
def verify(expect: str | None) -> None:
    """Checks that no line was altered, moved or taken from between others; exit code 1 where one was.

    Lines cut off at the end show only against what an earlier call printed.
    """
    with opened():
        lines, broken = trail.verify()
        head = trail.hash_at(lines)
        kept = expect is None or _holds(expect)
    if broken is not None:
        click.echo(
            f"The audit trail is broken at line {broken}: it or the one before it was changed.", err=True
        )
    elif not kept:
        click.echo(f"The audit trail does not hold {expect}: lines were cut off or written anew.", err=True)
    else:
        click.echo(f"The audit trail holds: {lines} lines. Keep this elsewhere: {lines}:{head}")
    if broken is not None or not kept:
        sys.exit(1)


def _holds(expect: str) -> bool:
    line, _, told = expect.partition(":")
    return line.isdecimal() and trail.hash_at(int(line)) == told


COMMANDS = (audit,)
