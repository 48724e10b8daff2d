"""`meetingsvc feed import`, `history import` (contract: incident feed) and `episodes import` (E1)."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import click

from agenda.feed_file import Refused
from agenda.rejects import lines
from meetingsvc import clock
from meetingsvc.cli.opened import area_named, opened
from meetingsvc.config import Settings
from meetingsvc.store import imports
from meetingsvc.store.acting import Host
from meetingsvc.usecases import episode_feed as episodes_usecase
from meetingsvc.usecases import feed as feed_usecase
from meetingsvc.usecases import history as history_usecase
from meetingsvc.usecases import imports as imports_usecase
from meetingsvc.usecases.imports import Progress, Tally

SOME_REJECTED, REFUSED = 3, 2
Import = Callable[[UUID, BinaryIO, str, Settings, Progress], Tally]


@click.group()
def feed() -> None:
    """The police feed."""


@click.group()
def history() -> None:
    """What MARACs heard before the service."""


@click.group()
def episodes() -> None:
    """Missing episodes of children."""


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option("--area", "name", required=True),
        click.option(
            "--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Write rejected rows here."
        ),
    ):
        command = option(command)
    return command


@feed.command("import")
@_options
def import_feed(file: Path, name: str, rejects: Path | None) -> None:
    """Takes in a CSV of incidents. May be repeated: what is unchanged changes nothing."""
    _import(file, name, rejects, lambda area, stream, filename, settings, progress: feed_usecase.take_in(
        area, stream, filename, settings.feed_limit, clock.now(), progress=progress))  # fmt: skip


@history.command("import")
@_options
def import_history(file: Path, name: str, rejects: Path | None) -> None:
    """Takes in a CSV of past hearings, for the repeats that T6 looks back on."""
    _import(file, name, rejects, lambda area, stream, filename, settings, progress: history_usecase.take_in(
        area, stream, filename, settings.feed_limit, clock.now(), clock.today(), progress))  # fmt: skip


@episodes.command("import")
@_options
def import_episodes(file: Path, name: str, rejects: Path | None) -> None:
    """Takes in a CSV of missing episodes. May be repeated: what is unchanged changes nothing."""
    _import(file, name, rejects, lambda area, stream, filename, settings, progress: episodes_usecase.take_in(
        area, stream, filename, settings.feed_limit, clock.now(), progress=progress))  # fmt: skip


def _import(file: Path, name: str, rejects: Path | None, take_in: Import) -> None:
    with opened() as settings, file.open("rb") as stream:
        area = area_named(name)
        try:
            tally = take_in(area.id, stream, file.name, settings, _progress(file.stat().st_size))
        except Refused as refusal:
            click.echo(f"{file.name} was refused, and nothing was stored: {refusal}", err=True)
            click.echo(json.dumps(Tally().as_json(name) | {"refused": str(refusal)}, ensure_ascii=False))
            sys.exit(REFUSED)
        if rejects is not None and tally.import_id is not None:
            with rejects.open("w", encoding="utf-8", newline="") as out:
                host, key = Host(area.id), tally.import_id
                out.writelines(lines(imports.header(host, key), imports.rejected(host, key)))
    for warning in tally.warnings:
        click.echo(f"Warning: {warning}", err=True)
    click.echo(json.dumps(tally.as_json(name), ensure_ascii=False))
    if tally.rejected:
        sys.exit(SOME_REJECTED)


def _progress(size: int) -> Progress:
    """A line on the terminal that counts up; nothing where nobody watches."""
    if not sys.stderr.isatty():
        return imports_usecase.no_progress

    def show(read: int) -> None:
        click.echo(f"\r{min(100, 100 * read // max(size, 1))} % read", nl=read >= size, err=True)

    return show


COMMANDS = (feed, history, episodes)
