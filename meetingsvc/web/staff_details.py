"""My details, and the people I know: so that the service keeps one from cases about them (Rulebook M6)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import Field, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from agenda.addresses import DetailOf
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import staff_details as store
from meetingsvc.usecases import staff_details as usecase
from meetingsvc.usecases.staff_details import Told
from meetingsvc.web import guard
from meetingsvc.web.addresses_forms import at_most
from meetingsvc.web.dates import ThreeBoxes
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("staff_details", __name__, url_prefix="/me/details")
_NOBODY = "Enter a forename and a surname, or an address, a number or an e-mail address"


class DetailForm(FlaskForm):  # type: ignore[misc]
    """One name with what belongs to it; nothing of it is needed but enough to find somebody."""

    of_whom = RadioField(
        "Whom is this about?",
        widget=GovRadioInput(),
        choices=[
            SelectChoice(DetailOf.SELF.value, "Me"),
            SelectChoice(DetailOf.KNOWS.value, "Somebody I know"),
        ],
        validators=[InputRequired("Choose whom this is about")],
    )
    forename = StringField("Forename (optional)", widget=GovTextInput(), validators=[at_most(100)])
    surname = StringField(
        "Surname (optional)",
        description="Another name, such as a former one, is another entry.",
        widget=GovTextInput(),
        validators=[at_most(100)],
    )
    dob = ThreeBoxes("Date of birth (optional)", validators=[Optional()])
    address = TextAreaField("Address (optional)", widget=GovTextArea(), validators=[at_most(300)])
    phone = StringField("Telephone number (optional)", widget=GovTextInput(), validators=[at_most(100)])
    email = StringField("Private e-mail address (optional)", widget=GovTextInput(), validators=[at_most(254)])

    def validate_surname(self, field: Field) -> None:
        """What could match nobody is not kept."""
        if not self.told().finds_somebody:
            raise ValidationError(_NOBODY)

    def told(self) -> Told:
        """What was typed."""
        return Told(self.forename.data or "", self.surname.data or "", self.dob.data, self.address.data or "",
                    self.phone.data or "", self.email.data or "")  # fmt: skip


@bp.get("")
@needs(Permission.HOME_READ)
def show() -> str:
    """What one told, and a form for more."""
    return _page(DetailForm())


@bp.post("")
@needs(Permission.HOME_READ, step_up=True)
def add() -> Any:
    """Keeps it: who has only a screen left open takes no cases from its owner."""
    who, form = guard.principal(), DetailForm()
    if not form.validate():
        return _page(form), 422
    usecase.add(who, DetailOf(form.of_whom.data), form.told(), clock.now())
    flash("Recorded. Cases it matches do not exist for you from now on.", "success")
    return redirect(url_for("staff_details.show"), 303)


def _page(form: DetailForm) -> str:
    return render_template("staff_details/details.html", form=form, details=store.mine(guard.principal()))


@bp.route("/<uuid:detail_id>/take-away", methods=["GET", "POST"])
@needs(Permission.HOME_READ)
def take_away(detail_id: UUID) -> Any:
    """Asks first."""
    who, form = guard.principal(), FlaskForm()
    detail = or_404(store.one(who, detail_id))
    if not form.validate_on_submit():
        return render_template("staff_details/take_away.html", detail=detail)
    usecase.take_away(who, detail_id, clock.now())
    flash("Taken away.", "success")
    return redirect(url_for("staff_details.show"), 303)
