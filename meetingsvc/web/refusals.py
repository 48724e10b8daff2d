"""What the service did not send or hand over, and why: for who runs the meetings."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import refusals as store
from meetingsvc.usecases import reading
from meetingsvc.usecases import refusals as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.paging import Pages, page_asked

bp = Blueprint("refusals", __name__, url_prefix="/refusals")
SIZE = 50


class LookForm(FlaskForm):  # type: ignore[misc]
    """What somebody made of a refusal."""

    note = TextAreaField(
        "What did you do about it?",
        widget=GovTextArea(),
        description="For example: right as it is, or the details were wrong and have been put right.",
        validators=[
            InputRequired("Enter what you did about it"),
            Length(max=1000, message="Use 1000 characters at most"),
        ],
    )


@bp.get("")
@needs(Permission.REFUSAL_READ)
def show() -> str:
    """The newest first."""
    who, asked = guard.principal(), page_asked()
    pages = Pages(asked, store.count(who), SIZE)
    found = store.page(who, asked, SIZE)
    reading.opened(who, "refusal.list_read", f"area/{who.area_id}", clock.now(), shown=len(found))
    return render_template("refusals/refusals.html", refusals=found, pages=pages, unseen=store.unseen(who))


@bp.get("/<uuid:refusal_id>")
@needs(Permission.REFUSAL_READ)
def one(refusal_id: UUID) -> str:
    """One of them, and what somebody made of it."""
    return _page(refusal_id, LookForm())


@bp.post("/<uuid:refusal_id>")
@needs(Permission.REFUSAL_READ)
def look(refusal_id: UUID) -> Any:
    """Records that it was looked at."""
    form = LookForm()
    if not form.validate():
        return _page(refusal_id, form), 422
    usecase.look(guard.principal(), refusal_id, form.note.data, clock.now())
    flash("Recorded.", "success")
    return redirect(url_for("refusals.show"), 303)


def _page(refusal_id: UUID, form: LookForm) -> str:
    who = guard.principal()
    found = or_404(store.one(who, refusal_id))
    reading.opened(who, "refusal.read", f"refusal/{refusal_id}", clock.now())
    return render_template("refusals/refusal.html", refusal=found, form=form)
