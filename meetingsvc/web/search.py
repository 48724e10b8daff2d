"""Searching incidents and cases. By POST, so that names never stand in an address."""

from typing import Any

from flask import Blueprint, render_template
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from agenda.typed_days import no_date
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import list_page, search, search_people
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.guard import needs
from meetingsvc.web.list_day import list_day_for

bp = Blueprint("search", __name__)


class SearchForm(FlaskForm):  # type: ignore[misc]
    """One box for everything."""

    words = StringField(
        "Name, date of birth, address, telephone number or reference",
        widget=GovTextInput(),
        validators=[
            DataRequired("Enter a name, a date of birth, an address, a telephone number or a reference"),
            Length(min=2, max=100, message="Use between 2 and 100 characters"),
        ],
        filters=[lambda text: text.strip() if text else text],
    )


@bp.get("/search")
@needs(Permission.INCIDENT_SEARCH)
def show() -> str:
    """The form."""
    return render_template("search/search.html", form=SearchForm(), found=None, people=(), adds=False)


@bp.post("/search")
@needs(Permission.INCIDENT_SEARCH)
def look() -> Any:
    """What was found."""
    form, who = SearchForm(), guard.principal()
    if not form.validate():
        return render_template("search/search.html", form=form, found=None, people=(), adds=False), 422
    people = search_people.found(who, form.words.data, clock.today())
    found = search.by_words(who, form.words.data, clock.now(), list_day_for(who))
    cases = [one.id for one in found.cases] + [key for one in people for key, _ in one.cases]
    reading.listed(who, "search.made", cases, clock.now(), more=found.more,
                   incidents=reading.each(one.id for one in found.incidents))  # fmt: skip
    adds = who.may(Permission.LIST_ADD) and bool(list_page.open_days(who))
    return render_template(
        "search/search.html", form=form, found=found, people=people, adds=adds,
        no_date=no_date(form.words.data),
    )  # fmt: skip
