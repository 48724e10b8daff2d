"""`meetingsvc backup`, `meetingsvc restore` and `meetingsvc reopen`"""

import os
import sys
from pathlib import Path

import click

from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.app import create_core
from meetingsvc.backup import Damaged
from meetingsvc.cli.opened import opened
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.store import acting, restored
from meetingsvc.store.restored import Closed
from meetingsvc.usecases import backups, destroying, restoring
from meetingsvc.usecases.backups import Held
from meetingsvc.usecases.jobs import Trouble
from meetingsvc.usecases.restoring import BY_THE_HOST, BY_THEIR_PAGES


@click.command()
def backup() -> None:
    """Makes an encrypted backup now, and prints where. The worker makes one each night."""
    with opened() as settings:
        try:
            path = backups.back_up(settings, clock.now())
        except Trouble as trouble:
            raise RuleBroken(str(trouble)) from None
        click.echo(f"{path}\n{_words(backups.check(settings, path))}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only read it to its end, and change nothing.")
def restore(file: Path, check: bool) -> None:
    """Puts a backup into an empty database, and compares what is there with what went in.

    Stop every serve and worker first. The service is closed afterwards: see `meetingsvc reopen`.
    """
    settings = Settings.from_env(os.environ)
    try:
        held = backups.check(settings, file) if check else _restored(settings, file)
    except Damaged as damage:
        click.echo(str(damage), err=True)
        sys.exit(1)
    click.echo(f"{'Whole' if check else 'Restored'}. {_words(held)}")
    if not check:
        click.echo(_CLOSED.format(at=held.at, first=_list(BY_THE_HOST), then=_list(BY_THEIR_PAGES)))


@click.command()
@click.option("--coordinators", is_flag=True, help="To those who run meetings alone, for what pages do.")
@click.option("--ledger-lost", is_flag=True, help="Though nobody can say what was destroyed since.")
def reopen(coordinators: bool, ledger_lost: bool) -> None:
    """Opens the service after a restore, once what was done since the backup has been done again."""
    with opened() as settings:
        at = restored.since()
        if at is not None and not ledger_lost:
            again = destroying.replay(settings, clock.now())
            click.echo(f"Destructions carried out again: {again}. The ledger is whole.")
        click.echo(_list(BY_THE_HOST if coordinators else BY_THEIR_PAGES))
        if ledger_lost:
            click.confirm("What was destroyed since is there again. Open all the same?", abort=True)
        click.confirm(f"Is all of this done, as far as it was done since {at}?", abort=True)
        restoring.reopen(Closed.TO_OTHERS if coordinators else None, clock.now())
        click.echo("Open to those who run meetings." if coordinators else "Open.")


def _list(lines: tuple[str, ...]) -> str:
    return "\n".join(f"  - {line}" for line in lines)


def _restored(settings: Settings, file: Path) -> Held:
    with create_core(settings).app_context(), acting.service():
        try:
            return backups.restore(settings, file, clock.now())
        finally:
            db.session.remove()
            db.engine.dispose()


def _words(held: Held) -> str:
    rows = sum(held.facts.rows.values())
    return (
        f"Made {held.at}: {len(held.facts.rows)} tables, {rows:,} rows; the audit trail ends at "
        f"{held.facts.audit_line}:{held.facts.audit_hash}"
    )


_CLOSED = """\
The service is closed. Everybody is signed out, the links of calendars and referrers and the feed's tokens are
ended, and letters that waited are parked. What was done since {at} is not in it. Do it again:
{first}
Then: meetingsvc reopen --coordinators. Those who run meetings see to the rest on their pages:
{then}
Then: meetingsvc reopen. Give the police new tokens for the feed."""
COMMANDS = (backup, restore, reopen)
