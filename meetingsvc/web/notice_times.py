"""What one is told by e-mail, why and when; and, for who runs meetings, the schedule of the whole area."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput
from wtforms import SelectMultipleField
from wtforms.fields import SelectChoice

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import notice_times as store
from meetingsvc.usecases import notice_times as usecase
from meetingsvc.web import guard
from meetingsvc.web.guard import needs
from notifications.messages import Notice
from notifications.schedule import SCHEDULE
from notifications.scheduled import Scheduled

bp = Blueprint("notice_times", __name__, url_prefix="/account/notices")


class ChoiceForm(FlaskForm):  # type: ignore[misc]
    """What comes in one message a day."""

    kinds = SelectMultipleField(
        "Which of these do you want in one message a day?",
        description="What you leave empty comes by itself, when quiet hours are over.",
        widget=GovCheckboxesInput(),
        choices=[],
    )

    def offer(self, rows: list[Scheduled]) -> "ChoiceForm":
        """Those that can reach this person."""
        self.kinds.choices = [SelectChoice(row.notice.value, row.tells) for row in rows]
        return self


@bp.get("")
@needs(Permission.HOME_READ)
def show() -> str:
    """Every kind that can reach this person."""
    form = ChoiceForm(formdata=None).offer(_choosable())
    form.kinds.data = sorted(store.once_a_day(guard.principal().account_id))
    return _page(form)


@bp.post("")
@needs(Permission.HOME_READ)
def choose() -> Any:
    """Keeps what comes once a day from now on."""
    form = ChoiceForm().offer(_choosable())
    if not form.validate():
        return _page(form), 422
    kinds = [Notice(kind) for kind in form.kinds.data or ()]
    changed = usecase.choose(guard.principal(), kinds, clock.now())
    flash("Saved. It holds for what is sent from now on." if changed else "Nothing was changed.", "success")
    return redirect(url_for("notice_times.show"), 303)


@bp.get("/schedule")
@needs(Permission.AGENDA_EDIT)
def schedule() -> str:
    """Who is told what, and when, in this area."""
    settings = store.settings(guard.principal())
    return render_template("notice_times/schedule.html", rows=list(SCHEDULE.values()), settings=settings)


def _choosable() -> list[Scheduled]:
    return [row for row in store.reaching(guard.principal()) if row.may_wait_a_day]


def _page(form: ChoiceForm) -> str:
    who = guard.principal()
    return render_template(
        "notice_times/mine.html", form=form, rows=store.reaching(who), settings=store.settings(who)
    )
