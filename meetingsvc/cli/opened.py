"""What commands share: the opened database, and arguments with their errors."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import click

from agenda.rules import RuleBroken
from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import AreaRow
from meetingsvc.store import areas, schema


@contextmanager
def opened() -> Iterator[Settings]:
    """The database the environment names, brought up to date."""
    settings = Settings.from_env(os.environ)
    app = create_core(settings)
    with app.app_context():
        schema.bring_up_to_date()
        yield settings


def area_named(name: str) -> AreaRow:
    """The area, or a clear refusal that names those there are."""
    if (area := areas.by_name(name)) is not None:
        return area
    there = ", ".join(areas.names())
    known = f"There are: {there}." if there else "There is none yet: make one with `meetingsvc area create`."
    raise RuleBroken(f"There is no area {name!r}. {known}")


class Day(click.ParamType):
    """A date as `YYYY-MM-DD`."""

    name = "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Fails with what would be right."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007 a day has no time zone
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as 2026-11-23.", param, ctx)


DAY = Day()
