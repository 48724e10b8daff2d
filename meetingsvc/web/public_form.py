"""The door for who refers without an account: an address, a link that opens once, one's own (T7)."""

from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from werkzeug.exceptions import TooManyRequests
from wtforms import Field, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from agenda.referral_people import SAFEGUARDING_FIRST
from meetingsvc import clock
from meetingsvc.models import AreaRow
from meetingsvc.permissions import PUBLIC
from meetingsvc.store import areas
from meetingsvc.store.public_referrers import Referrer
from meetingsvc.usecases import public_referrals, referral_drafts
from meetingsvc.usecases import public_referrers as usecase
from meetingsvc.usecases.sign_in import TooManyAttempts
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from notifications.recipients import domain_of, is_anybodys

bp = Blueprint("public_form", __name__, url_prefix="/refer/<area>")
_COOKIE = "referrer"


class Ended(Exception):
    """The browser opens nothing, or nothing more: its person asks for a fresh link."""


class AskForm(FlaskForm):  # type: ignore[misc]
    """Who refers, and where a link can be sent."""

    agency = StringField(
        "Your agency",
        description="An agency that has not signed the protocol can refer too",
        widget=GovTextInput(),
        validators=[InputRequired("Enter your agency"), Length(max=200, message="Use 200 letters or fewer")],
    )
    name = StringField(
        "Your name",
        widget=GovTextInput(),
        validators=[InputRequired("Enter your name"), Length(max=100, message="Use 100 letters or fewer")],
    )
    email = StringField(
        "Your work e-mail address",
        description="We send a link there. It opens the form once, and for 24 hours",
        widget=GovTextInput(),
        validators=[InputRequired("Enter your work e-mail address")],
    )

    def validate_email(self, field: Field) -> None:
        """One that says for which agency somebody writes."""
        domain = domain_of((field.data or "").strip())
        if domain is None:
            raise ValidationError("Enter an e-mail address, like name@agency.example")
        if is_anybodys(domain):
            raise ValidationError("Enter your work e-mail address. If you have none, ring the coordinator")


@bp.get("")
@needs(PUBLIC)
def start(area: str) -> str:
    """What the panel is not for, first; then who you are."""
    return _start(open_area(area), AskForm())


@bp.post("")
@needs(PUBLIC)
def ask(area: str) -> Any:
    """The same answer whoever asks, known or not, sent a link or not (security.md A18)."""
    row, form = open_area(area), AskForm()
    if not form.validate():
        return _start(row, form), 422
    told = (form.name.data, form.agency.data, form.email.data)
    try:
        usecase.ask(row.id, *told, _computer(), clock.now())
    except TooManyAttempts:
        raise TooManyRequests from None
    return redirect(url_for("public_form.asked", area=area), 303)


@bp.get("/asked")
@needs(PUBLIC)
def asked(area: str) -> str:
    """Where to look, and what to do where nothing comes."""
    row = open_area(area)
    call = areas.settings_of(row).coordinator_call
    return render_template("public_form/asked.html", area=row, coordinator_call=call)


@bp.get("/link")
@needs(PUBLIC)
def link(area: str) -> str:
    """Opening it uses nothing up: programs that look at mail before people do open every link."""
    row, key = open_area(area), request.args.get("key", "")[:100]
    email = usecase.link_of(row.id, key, clock.now())
    return render_template("public_form/link.html", area=row, key=key, failed=False, email=email)


@bp.post("/link")
@needs(PUBLIC)
def open_link(area: str) -> Any:
    """The link is used, and this browser alone opens that address's referrals from now on."""
    row = open_area(area)
    try:
        cookie = usecase.open_link(row.id, request.form.get("key", ""), _computer(), clock.now())
    except TooManyAttempts:
        raise TooManyRequests from None
    if cookie is None:
        return render_template("public_form/link.html", area=row, key="", failed=True), 422
    answer = redirect(url_for("public_form.mine", area=area), 303)
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(cookie_name(), cookie, httponly=True, secure=secure, samesite="Strict", path="/")
    return answer


@bp.get("/mine")
@needs(PUBLIC)
def mine(area: str) -> str:
    """One's own referrals, and starting another."""
    row = open_area(area)
    who = referrer(row)
    return render_template(
        "public_form/mine.html", area=row, own=public_referrals.mine(who), who=who,
        reminder=SAFEGUARDING_FIRST, call=referral_drafts.call(row.id),
    )  # fmt: skip


@bp.post("/mine")
@needs(PUBLIC)
def begin(area: str) -> Any:
    """A new one: that its referrer was told to act now is recorded with it (Rulebook T7, E3)."""
    key = public_referrals.begin(referrer(open_area(area)), clock.now())
    return redirect(url_for("public_referrals.tasks", area=area, referral_id=key), 303)


@bp.post("/leave")
@needs(PUBLIC)
def leave(area: str) -> Any:
    """This browser opens nothing any more, and is told to forget."""
    row = open_area(area)
    if cookie := request.cookies.get(cookie_name()):
        usecase.leave(row.id, cookie)
    answer = redirect(url_for("public_form.start", area=area, ended="left"), 303)
    answer.delete_cookie(cookie_name(), secure=current_app.config["SESSION_COOKIE_SECURE"],
                         httponly=True, samesite="Strict")  # fmt: skip
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def cookie_name() -> str:
    """Bound to this host where it is secure."""
    return f"__Host-{_COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else _COOKIE


def _computer() -> str:
    return request.remote_addr or ""


def open_area(name: str) -> AreaRow:
    """The area, where it takes referrals without an account; else as no such page."""
    return or_404(usecase.area_of(name))


def referrer(area: AreaRow, *, saves: bool = False) -> Referrer:
    """Whose browser it is; raises Ended. `saves`: what is sent from one that sleeps is kept all the same."""
    cookie = request.cookies.get(cookie_name())
    found = usecase.browser(area.id, cookie, clock.now()) if cookie else None
    if found is None or not (found.awake or saves):
        raise Ended
    g.referrer_asleep = not found.awake
    g.referrer_email = found.referrer.email
    return found.referrer


def _start(row: AreaRow, form: AskForm) -> str:
    told = {"left": "left", "kept": "kept", "1": "over"}.get(request.args.get("ended", ""), "")
    return render_template(
        "public_form/start.html", area=row, form=form, ended=told, reminder=SAFEGUARDING_FIRST,
        call=referral_drafts.call(row.id),
    )  # fmt: skip


@bp.app_errorhandler(Ended)
def ask_again(_: Ended) -> Response:
    """To the page that sends a fresh link; nothing of what was open is shown."""
    args = request.view_args or {}
    return redirect(url_for("public_form.start", area=args.get("area"), ended="1"), 303)  # type: ignore[return-value]
