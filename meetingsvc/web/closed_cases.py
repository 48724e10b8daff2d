"""A closed case asks why before any of its pages opens: in one place, before every view (security.md A5)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from agenda.need_to_know import SHORTEST_REASON
from agenda.restrictions import REASON_LENGTH
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import closed_cases as store
from meetingsvc.store import restrictions
from meetingsvc.usecases import closed_cases as usecase
from meetingsvc.usecases import reading
from meetingsvc.web import asleep, guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.sign_in_second import ours

bp = Blueprint("closed_cases", __name__)


class WhyForm(FlaskForm):  # type: ignore[misc]
    """Why, and where they were going."""

    next = HiddenField()
    reason = TextAreaField(
        "Why do you need to read it?",
        description="The chair can read this in the access log.",
        widget=GovTextArea(),
        filters=[lambda text: text.strip() if text else text],
        validators=[
            DataRequired("Say why you need to read this case"),
            Length(min=SHORTEST_REASON, message=f"Say why in at least {SHORTEST_REASON} characters"),
            Length(max=REASON_LENGTH, message=f"Use {REASON_LENGTH:,} characters or fewer"),
        ],
    )


def set_up(app: Flask) -> None:
    """To be called after the guard's: whoever may not come in at all is refused before."""
    app.before_request(_ask)


def _ask() -> Any:
    """To the page that asks why, where the address is of a closed case; None where it is not."""
    who: Principal | None = g.get("principal")
    if who is None or request.blueprint == bp.name or not request.view_args:
        return None
    case_id = store.case_in(who, request.view_args)
    if case_id is None or not store.asks_why(who, case_id, clock.today()):
        return None
    return redirect(url_for("closed_cases.asking", case_id=case_id, next=asleep.kept_for_later()), 303)


@bp.get("/cases/<uuid:case_id>/why")
@needs(Permission.CASE_READ)
def asking(case_id: UUID) -> str:
    """The page that asks; it names nobody. Whoever turns back here has come to the case all the same."""
    _refuse_hidden(case_id)
    reading.opened(guard.principal(), "case.asked_why", f"case/{case_id}", clock.now())
    return _page(WhyForm(next=request.args.get("next", "")))


@bp.post("/cases/<uuid:case_id>/why")
@needs(Permission.CASE_READ)
def answer(case_id: UUID) -> Any:
    """Keeps the reason for an hour, and goes on to the page that was asked for."""
    _refuse_hidden(case_id)
    form = WhyForm()
    if not form.validate():
        return _page(form), 422
    usecase.say_why(guard.principal(), case_id, form.reason.data, clock.now())
    return redirect(ours(form.next.data or "") or url_for("cases.show", case_id=case_id), 303)


def _refuse_hidden(case_id: UUID) -> None:
    or_404(restrictions.may_open(guard.principal(), case_id) or None)


def _page(form: WhyForm) -> str:
    return render_template(
        "closed_cases/why.html", form=form, kept="/again/drafts/" in (form.next.data or "")
    )
