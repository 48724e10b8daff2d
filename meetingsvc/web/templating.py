"""How pages are drawn: ours strictly, the GOV.UK libraries' own templates as they were written."""

from collections import ChainMap, Counter
from collections.abc import KeysView, MutableMapping
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

from flask import Flask, current_app, url_for
from flask.templating import Environment as FlaskEnvironment
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovDateInput
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader, StrictUndefined, Template

from agenda import calendar, list_numbers
from agenda.referral_entry import tells_time
from meetingsvc import assets
from meetingsvc.config import Settings

LIBRARIES = ("govuk_frontend_jinja", "govuk_frontend_wtf")


class Globals(ChainMap[str, Any]):
    """What every template finds. Their names are asked at each import, and a chain is slow to tell them."""

    def keys(self) -> KeysView[str]:
        """The names, as a dict tells them: twenty times as fast."""
        return {**self.maps[1], **self.maps[0]}.keys()


class Environment(FlaskEnvironment):
    """A name or attribute that is not there is an error in our templates, and empty in the libraries'.

    The libraries are translations of Nunjucks macros, whose every optional parameter is read before it is
    known to be given; their templates are therefore loaded through a lenient twin of this environment.
    """

    @cached_property
    def lenient(self) -> "Environment":
        return self.overlay(undefined=ChainableUndefined, trim_blocks=False, lstrip_blocks=False)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> Globals:
        """Those of one template, over those of all."""
        return Globals({} if d is None else d, self.globals)

    def get_template(self, name: str | Template, parent: str | None = None, globals: Any = None) -> Template:
        if isinstance(name, str) and name.startswith(LIBRARIES) and not self.overlayed:
            return self.lenient.get_template(name, parent, globals)
        return super().get_template(name, parent, globals)


def set_up(app: Flask) -> None:
    """Give the application its templates. Call it before anything touches `app.jinja_env`."""
    app.jinja_environment = Environment
    app.jinja_options = {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "cache_size": 1000,  # more than there are: the usual 400 are fewer, and some would be compiled anew
    }
    ours = PackageLoader("templates", "")
    libraries = PrefixLoader({name: PackageLoader(name) for name in LIBRARIES})
    app.jinja_loader = ChoiceLoader([ours, libraries])
    app.add_template_global(static_url)
    app.add_template_global(form_errors)
    app.add_template_global(idle_seconds)
    app.add_template_filter(calendar.day_words)
    app.add_template_filter(list_numbers.hint, "kept_words")
    app.add_template_filter(wall_time)
    app.add_template_filter(wall_moment)
    app.add_template_filter(happened)
    app.add_template_filter(short_day)
    app.add_template_filter(short_moment)


def static_url(path: str) -> str:
    """The address of a file under `static/`; it changes when any of them does, so it may be kept for ever."""
    return url_for("static", filename=path, v=assets.version())


def idle_seconds() -> int:
    """How long a page stays on the screen untouched: as long as a session lives idle (security.md C)."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.idle_minutes * 60


def form_errors(form: FlaskForm) -> list[dict[str, str]]:
    """The error summary of a form: one line a field, each leading to where it is put right.

    What is said of several fields says of each which one it is.
    """
    lines = [{"text": str(text)} for text in form.form_errors]
    wrong = [field for field in form if field.errors]
    said = Counter(str(field.errors[0]) for field in wrong)
    for field in wrong:
        # A date is three boxes, and only the boxes have an id one can land on.
        box = "-day" if isinstance(field.widget, GovDateInput) else ""
        text = str(field.errors[0])
        named = f"{field.label.text}: {text}" if said[text] > 1 else text
        lines.append({"text": named, "href": f"#{field.id}{box}"})
    return lines


def wall_time(moment: datetime) -> str:
    """The time of day in London: `11:00`."""
    return f"{moment.astimezone(calendar.LONDON):%H:%M}"


def wall_moment(moment: datetime) -> str:
    """Day and time in London: `Monday 23 November 2026, 11:00`."""
    return f"{calendar.day_words(calendar.local_day(moment))}, {wall_time(moment)}"


def happened(moment: datetime, reference: str) -> str:
    """When an entry happened, with the time only where it was told."""
    if tells_time(reference):
        return wall_moment(moment)
    return calendar.day_words(calendar.local_day(moment))


@lru_cache(maxsize=4096)
def short_day(day: date) -> str:
    """A day where there is little room: `Mon 23 Nov 2026`."""
    return f"{day:%a} {day.day} {day:%b %Y}"


@lru_cache(maxsize=4096)
def short_moment(moment: datetime) -> str:
    """Day and time in London where there is little room: `Mon 23 Nov 2026, 11:00`."""
    return f"{short_day(calendar.local_day(moment))}, {wall_time(moment)}"
