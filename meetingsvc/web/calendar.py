"""One's meetings as a calendar: who comes, and the private link to subscribe to."""

import hashlib
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import PUBLIC, Permission
from meetingsvc.store import calendar_feeds as store
from meetingsvc.store import invitations, marac
from meetingsvc.usecases import calendar_feeds, invitation_replies
from meetingsvc.usecases.calendar_feeds import Mine
from meetingsvc.web import guard, proof
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from notifications.answers import Answer, in_words
from notifications.invites import LONGEST_REPLY

bp = Blueprint("calendar", __name__)


class PasteForm(FlaskForm):  # type: ignore[misc]
    """An answer as it came."""

    answer = TextAreaField(
        "The answer, as it came",
        description="The source of the whole e-mail, or its calendar file, which begins BEGIN:VCALENDAR",
        widget=GovTextArea(),
        validators=[
            InputRequired("Paste the answer"),
            Length(max=4 * LONGEST_REPLY, message="That is longer than an answer can be"),
        ],
    )


@bp.get("/calendar")
@needs(Permission.AGENDA_READ)
def show() -> str:
    """The meetings one is invited to, one's answers, and one's link."""
    who, now = guard.principal(), clock.now()
    mine: list[Mine] = calendar_feeds.invited_to(who, now)
    return render_template(
        "calendar/calendar.html", meetings=mine, link=store.row(who.account_id), answers=Answer,
        daily=who.attends_daily or who.runs_meetings,
    )  # fmt: skip


@bp.post("/calendar")
@needs(Permission.AGENDA_READ)
def answer() -> Any:
    """Says whether one comes."""
    try:
        meeting_id, said = UUID(request.form.get("meeting", "")), Answer(request.form.get("answer", ""))
    except ValueError as broken:
        raise RuleBroken("Choose a meeting, and whether you come.") from broken
    invitation_replies.answer(guard.principal(), meeting_id, said, clock.now())
    flash(f"Your answer is kept: {said.words.lower()}.", "success")
    return redirect(url_for("calendar.show"), 303)


@bp.get("/calendar/link")
@needs(Permission.AGENDA_READ)
def ask() -> str:
    """What a link means, and what becomes of the one there is."""
    return render_template("calendar/ask.html", link=store.row(guard.principal().account_id))


@bp.post("/calendar/link")
@needs(Permission.AGENDA_READ)
def make() -> str:
    """The link stands on this one answer and nowhere else, so there is no page to go on to."""
    key = calendar_feeds.make(guard.principal(), clock.now())
    link = proof.settings().public_url + url_for("calendar.feed", key=key)
    return render_template("calendar/made.html", link=link)


@bp.get("/calendar/link/revoke")
@needs(Permission.AGENDA_READ)
def ask_to_revoke() -> str:
    """Asks before a calendar is cut off."""
    return render_template("calendar/revoke.html", link=store.row(guard.principal().account_id))


@bp.post("/calendar/link/revoke")
@needs(Permission.AGENDA_READ)
def revoke() -> Any:
    """Takes effect with the next call."""
    calendar_feeds.revoke(guard.principal(), clock.now())
    flash("Your calendar link opens nothing any more.", "success")
    return redirect(url_for("calendar.show"), 303)


@bp.get("/calendar/feed/<key>.ics")
@needs(PUBLIC)
def feed(key: str) -> ResponseReturnValue:
    """For calendar programs, which cannot sign in: who has the link is let in, and sees when, no more."""
    body = calendar_feeds.read(key, request.remote_addr or "", clock.now())
    answer = make_response(body)
    answer.mimetype = "text/calendar"
    answer.set_etag(hashlib.sha256(body).hexdigest())
    return answer.make_conditional(request)


@bp.get("/marac/<uuid:meeting_id>/answers")
@needs(Permission.AGENDA_EDIT)
def answers(meeting_id: UUID) -> str:
    """Who is invited, and who comes."""
    return _answers(meeting_id, PasteForm())


@bp.post("/marac/<uuid:meeting_id>/answers")
@needs(Permission.AGENDA_EDIT)
def paste(meeting_id: UUID) -> Any:
    """An answer that came to somebody's mailbox and was passed on."""
    form = PasteForm()
    or_404(marac.sitting(guard.principal(), meeting_id))
    if not form.validate():
        return _answers(meeting_id, form), 422
    try:
        said = invitation_replies.paste(guard.principal(), meeting_id, form.answer.data, clock.now())
    except RuleBroken as problem:
        form.answer.errors = [f"{problem} Nothing changed."]
        return _answers(meeting_id, form), 422
    flash(said, "success")
    return redirect(url_for("calendar.answers", meeting_id=meeting_id), 303)


def _answers(meeting_id: UUID, form: PasteForm) -> str:
    sitting = or_404(marac.sitting(guard.principal(), meeting_id))
    people = invitations.who_comes(guard.principal(), meeting_id)
    said = in_words(one.answer for one in people)
    return render_template("calendar/answers.html", sitting=sitting, people=people, form=form, said=said)
