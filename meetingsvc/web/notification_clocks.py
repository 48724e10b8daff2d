"""Which agencies were told of police incidents, and which are late (Rulebook P1)."""

from datetime import datetime, time
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput
from wtforms import HiddenField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from agenda.agencies import AgencyKind
from agenda.calendar import LONDON, to_utc
from agenda.incidents import Risk
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import areas
from meetingsvc.store import notification_clocks as store
from meetingsvc.store.notification_clocks import Clocked
from meetingsvc.usecases import notification_clocks as usecase
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.area_forms import TimeOfDay
from meetingsvc.web.dates import ThreeBoxes
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("notification_clocks", __name__, url_prefix="/notifications")
REVIEWED = "reviewed"


class DoneForm(FlaskForm):  # type: ignore[misc]
    """Who was told, and when."""

    number = HiddenField()
    done = SelectMultipleField(
        "What was done?", widget=GovCheckboxesInput(), validators=[InputRequired("Choose what was done")]
    )
    on = ThreeBoxes("On which day?", validators=[InputRequired("Enter the day")])
    at = TimeOfDay("At what time?", description="Like 09:30", validators=[InputRequired("Enter the time")])

    def of(self, one: Clocked) -> "DoneForm":
        """With what can still be recorded of this incident."""
        self.done.choices = [SelectChoice(agency.value, f"{agency.label} was told") for agency in one.to_tell]
        if one.to_review or one.risk is Risk.STANDARD:
            self.done.choices.append(SelectChoice(REVIEWED, "Children's social care has reviewed it"))
        return self

    def moment(self) -> datetime:
        """When it was done."""
        wall: time = self.at.data
        return to_utc(datetime.combine(self.on.data, wall))


@bp.get("")
@needs(Permission.NOTIFICATION_RECORD)
def show() -> str:
    """Late ones first, then those that run out next."""
    who = guard.principal()
    reading.opened(who, "notification.list_read", f"area/{who.area_id}", clock.now())
    settings = areas.settings_of(areas.by_id(who.area_id))
    return render_template(
        "notification_clocks/clocks.html", used=store.rules(settings).used, undone=store.undone(who),
        done_late=store.done_late(who, clock.now()), now=clock.now(),
    )  # fmt: skip


@bp.post("/ask")
@needs(Permission.NOTIFICATION_RECORD)
def ask() -> str:
    """What to record of one incident. Its number is sent in the form, so that no address tells it."""
    one = _one()
    wall = clock.now().astimezone(LONDON)
    form = DoneForm(formdata=None, number=one.key, on=wall.date(), at=wall.time()).of(one)
    return _page(one, form)


@bp.post("")
@needs(Permission.NOTIFICATION_RECORD)
def record() -> Any:
    """Records it."""
    one = _one()
    form = DoneForm().of(one)
    if not form.validate():
        return _page(one, form), 422
    told = [AgencyKind(value) for value in form.done.data if value != REVIEWED]
    at = min(form.moment(), clock.now()) if _is_this_minute(form.moment()) else form.moment()
    usecase.record(guard.principal(), one.key, told, REVIEWED in form.done.data, at, clock.now())
    flash("Recorded.", "success")
    return redirect(url_for("notification_clocks.show"), 303)


def _is_this_minute(at: datetime) -> bool:
    return at.replace(second=0, microsecond=0) == clock.now().replace(second=0, microsecond=0)


def _one() -> Clocked:
    return or_404(store.one(guard.principal(), request.form.get("number", "")))


def _page(one: Clocked, form: DoneForm) -> str:
    return render_template("notification_clocks/record.html", one=one, form=form, now=clock.now())
