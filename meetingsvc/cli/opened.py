"""What commands share: the opened database, and arguments with their errors."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import click

from agenda.rules import RuleBroken
from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import AreaRow, db
from meetingsvc.store import acting, areas, schema


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Settings]:
    """The database the settings name, or else the environment, brought up to date.

    Whoever sits at the service's own machine acts as the service.
    """
    settings = settings or Settings.from_env(os.environ)
    app = create_core(settings)
    with app.app_context(), acting.service():
        try:
            schema.bring_up_to_date()
            yield settings
        finally:
            db.session.remove()
            db.engine.dispose()


def area_named(name: str) -> AreaRow:
    """The area, or a clear refusal that names those there are."""
    if (area := areas.by_name(name)) is not None:
        return area
    there = ", ".join(areas.names())
    known = f"There are: {there}." if there else "There is none yet: make one with `meetingsvc area create`."
    raise RuleBroken(f"There is no area {name!r}. {known}")


class Day(click.ParamType[date]):
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
