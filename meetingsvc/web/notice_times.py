"""What one is told by e-mail, why and when; and, for who runs meetings, the schedule of the whole area."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput
from wtforms import RadioField, SelectMultipleField
from wtforms.fields import SelectChoice

from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import notice_times as store
from meetingsvc.usecases import notice_times as usecase
from meetingsvc.web import guard
from meetingsvc.web.guard import needs
from notifications.messages import Notice
from notifications.schedule import SCHEDULE

bp = Blueprint("notice_times", __name__, url_prefix="/account/notices")
_BY_MAIL, _IN_FEED = "mail", "feed"


class ChoiceForm(FlaskForm):  # type: ignore[misc]
    """What comes in one message a day, and how MARACs come into one's calendar."""

    kinds = SelectMultipleField(
        "Which of these do you want in one message a day?",
        description="What you leave empty comes by itself, when quiet hours are over.",
        widget=GovCheckboxesInput(),
        choices=[],
    )
    maracs = RadioField(
        "How do MARACs come into your calendar?",
        description="What an invitation has put there is kept up to date by e-mail all the same. An "
        "emergency MARAC always comes by e-mail. Without your calendar link, invitations do so again.",
        widget=GovRadioInput(),
        choices={
            _BY_MAIL: "By e-mail, an invitation to each",
            _IN_FEED: "Only in the calendar I subscribe to",
        },
        default=_BY_MAIL,
    )

    def offer(self, who: Principal) -> "ChoiceForm":
        """What can reach this person, and they may choose."""
        rows = [row for row in store.reaching(who) if row.may_wait_a_day]
        self.kinds.choices = [SelectChoice(row.notice.value, row.tells) for row in rows]
        if not usecase.may_be_in_feed(who):
            del self.maracs
        return self

    @property
    def chosen(self) -> list[Notice]:
        """The kinds that do not come at once."""
        in_feed = [Notice.INVITATION] if "maracs" in self and self.maracs.data == _IN_FEED else []
        return [Notice(kind) for kind in self.kinds.data or ()] + in_feed


@bp.get("")
@needs(Permission.HOME_READ)
def show() -> str:
    """Every kind that can reach this person."""
    who = guard.principal()
    form = ChoiceForm(formdata=None).offer(who)
    form.kinds.data = sorted(store.once_a_day(who.account_id))
    if "maracs" in form and store.in_feed_alone([who.account_id]):
        form.maracs.data = _IN_FEED
    return _page(form)


@bp.post("")
@needs(Permission.HOME_READ)
def choose() -> Any:
    """Keeps what comes once a day from now on, and how MARACs come into one's calendar."""
    form = ChoiceForm().offer(guard.principal())
    if not form.validate():
        return _page(form), 422
    changed = usecase.choose(guard.principal(), form.chosen, clock.now())
    flash("Saved. It holds for what is sent from now on." if changed else "Nothing was changed.", "success")
    return redirect(url_for("notice_times.show"), 303)


@bp.get("/schedule")
@needs(Permission.AGENDA_EDIT)
def schedule() -> str:
    """Who is told what, and when, in this area."""
    settings = store.settings(guard.principal())
    return render_template("notice_times/schedule.html", rows=list(SCHEDULE.values()), settings=settings)


def _page(form: ChoiceForm) -> str:
    who = guard.principal()
    return render_template(
        "notice_times/mine.html", form=form, rows=store.reaching(who), settings=store.settings(who)
    )
