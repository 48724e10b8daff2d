"""Searching incidents and cases. By POST, so that names never stand in an address."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import list_page, search
from meetingsvc.store.search import FoundCase, FoundIncident
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.guard import needs
from meetingsvc.web.list_day import list_day_for

bp = Blueprint("search", __name__)


class SearchForm(FlaskForm):  # type: ignore[misc]
    """One box for everything."""

    words = StringField(
        "Occurrence number, case reference or name",
        widget=GovTextInput(),
        validators=[
            DataRequired("Enter an occurrence number, a case reference or a name"),
            Length(min=2, max=100, message="Use between 2 and 100 characters"),
        ],
        filters=[lambda text: text.strip() if text else text],
    )


@bp.get("/search")
@needs(Permission.INCIDENT_SEARCH)
def show() -> str:
    """The form."""
    return render_template("search/search.html", form=SearchForm(), found=None, adds=False)


@bp.post("/search")
@needs(Permission.INCIDENT_SEARCH)
def look() -> Any:
    """What was found."""
    form, who = SearchForm(), guard.principal()
    if not form.validate():
        return render_template("search/search.html", form=form, found=None, adds=False), 422
    found = search.by_words(who, form.words.data, clock.now(), list_day_for(who))
    reading.opened(
        who, "search.made", f"area/{who.area_id}", clock.now(), more=found.more,
        cases=_ids(found.cases), incidents=_ids(found.incidents),
    )  # fmt: skip
    adds = who.may(Permission.LIST_ADD) and bool(list_page.open_days(who))
    return render_template("search/search.html", form=form, found=found, adds=adds)


def _ids(shown: Sequence[FoundCase | FoundIncident]) -> str:
    """What was shown: a page shows a bounded number."""
    return " ".join(str(one.id) for one in shown)
