"""Finding a child, a person of concern, a place or a group (Rulebook E2). By POST, so that names never stand
in an address."""

from typing import Any

from flask import Blueprint, render_template
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from agenda.panels import Family
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import panels, subject_search
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.exploitation_panels import shown_to
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.subjects import address

bp = Blueprint("subject_search", __name__)


class FindForm(FlaskForm):  # type: ignore[misc]
    """One box for everything."""

    words = StringField(
        "Name, case number, telephone number, vehicle, nickname or place",
        widget=GovTextInput(),
        validators=[
            DataRequired("Enter a name, a case number, a telephone number, a vehicle, a nickname or a place"),
            Length(min=2, max=100, message="Use between 2 and 100 characters"),
        ],
        filters=[lambda text: text.strip() if text else text],
    )


def _who() -> Principal:
    """Whether there are such meetings is not for others to know."""
    who = guard.principal()
    or_404(shown_to(who) or None)
    return who


@bp.get("/subjects")
@needs(Permission.LIST_READ)
def show() -> str:
    """The form; for who runs the panels, whom they have now."""
    who = _who()
    there = subject_search.at_panels(who)
    reading.listed(who, "subject.list_read", [one.id for one in there], clock.now())
    return _page(who, FindForm(), there=there)


@bp.post("/subjects")
@needs(Permission.LIST_READ)
def look() -> Any:
    """What was found, of what is open to who asks."""
    who, form = _who(), FindForm()
    if not form.validate():
        return _page(who, form), 422
    found = subject_search.found(who, form.words.data)
    reading.listed(who, "subject.list_read", [one.id for one in found], clock.now())
    return _page(who, form, found=found)


def _page(who: Principal, form: FindForm, **told: list[subject_search.Line]) -> str:
    return render_template(
        "subjects/find.html", form=form, found=told.get("found"), there=told.get("there", []),
        most=subject_search.MOST, address=address, today=clock.today(),
        level=panels.levels_of(who.area_id, Family.EXPLOITATION).label,
    )  # fmt: skip
