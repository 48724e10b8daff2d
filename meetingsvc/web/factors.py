"""How you sign in: passkeys and an authenticator app, set up and taken away."""

from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from markupsafe import Markup
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import factors as store
from meetingsvc.usecases import factors as usecase
from meetingsvc.usecases import passkeys
from meetingsvc.usecases.factors import Kind
from meetingsvc.web import guard, proof, sign_in_second
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.sessions import State, current

bp = Blueprint("factors", __name__, url_prefix="/second-factor")
_PENDING = "totp_pending"


class AppForm(FlaskForm):  # type: ignore[misc]
    """The code that shows that the app was set up."""

    code = StringField(
        "Code that the app shows now",
        widget=GovTextInput(),
        validators=[InputRequired("Enter the six figures that the app shows"), Length(max=20)],
    )


class PasskeyForm(FlaskForm):  # type: ignore[misc]
    """The passkey's name; the script fills the rest in."""

    name = StringField(
        "Name of the passkey",
        description="So that you know it again, such as “work laptop” or “blue key”",
        widget=GovTextInput(),
        validators=[InputRequired("Enter a name for the passkey"), Length(max=60)],
    )
    passkey = HiddenField(validators=[Length(max=50_000)])


@bp.get("")
@needs(Permission.HOME_READ)
def show() -> str:
    """What one has, and what one can add."""
    who = guard.principal()
    return render_template("factors/factors.html", held=store.of(who.account_id), first=_is_first(),
                           may_use_app=Kind.TOTP in _enough(who))  # fmt: skip


@bp.get("/app")
@needs(Permission.HOME_READ, step_up=True)
def app() -> str:
    """A new secret, as a QR code and as letters."""
    return _app_page(AppForm())


@bp.post("/app")
@needs(Permission.HOME_READ, step_up=True)
def add_app() -> Any:
    """The app shows the right code: from now on it is asked for."""
    form, who = AppForm(), guard.principal()
    if not form.validate() or _PENDING not in current():
        return _app_page(form), 422
    secret = usecase.opened_for(who.account_id, current()[_PENDING])
    try:
        usecase.add_totp(who, secret, form.code.data, clock.now(), demo=proof.settings().demo)
    except RuleBroken as refusal:
        form.code.errors = [str(refusal)]
        return _app_page(form), 422
    current().pop(_PENDING)
    return _added("The authenticator app is set up.")


@bp.get("/passkey")
@needs(Permission.HOME_READ, step_up=True)
def passkey() -> str:
    """The browser is asked to make one."""
    return _passkey_page(PasskeyForm())


@bp.post("/passkey")
@needs(Permission.HOME_READ, step_up=True)
def add_passkey() -> Any:
    """The browser has made one for this session's challenge."""
    form, who = PasskeyForm(), guard.principal()
    if not form.validate():
        return _passkey_page(form), 422
    try:
        usecase.add_passkey(who, form.passkey.data or "", form.name.data, proof.session_key(), proof.site(),
                            clock.now())  # fmt: skip
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return _passkey_page(form), 422
    return _added("The passkey is added.")


@bp.get("/passkeys/<uuid:passkey_id>/remove")
@needs(Permission.HOME_READ, step_up=True)
def confirm_passkey(passkey_id: UUID) -> str:
    """Asks first."""
    held = store.of(guard.principal().account_id)
    one = or_404(next((passkey for passkey in held.passkeys if passkey.id == passkey_id), None))
    action = url_for("factors.remove_passkey", passkey_id=one.id)
    return render_template("factors/remove.html", title=f"Remove the passkey “{one.name}”", action=action)


@bp.post("/passkeys/<uuid:passkey_id>/remove")
@needs(Permission.HOME_READ, step_up=True)
def remove_passkey(passkey_id: UUID) -> Any:
    """It signs nobody in any more."""
    usecase.remove_passkey(
        guard.principal(), passkey_id, proof.session_key(), clock.now(), demo=proof.settings().demo
    )
    return _removed("The passkey is removed.")


@bp.get("/app/remove")
@needs(Permission.HOME_READ, step_up=True)
def confirm_app() -> str:
    """Asks first."""
    title, action = "Remove the authenticator app", url_for("factors.remove_app")
    return render_template("factors/remove.html", title=title, action=action)


@bp.post("/app/remove")
@needs(Permission.HOME_READ, step_up=True)
def remove_app() -> Any:
    """Its codes sign nobody in any more."""
    usecase.remove_totp(guard.principal(), proof.session_key(), clock.now())
    return _removed("The authenticator app is removed.")


def _app_page(form: AppForm) -> str:
    who = guard.principal()
    if Kind.TOTP not in _enough(who):
        raise RuleBroken("You sign in with a passkey: a code could be tricked out of you by telephone.")
    if _PENDING not in current():
        current()[_PENDING] = usecase.sealed_for(who.account_id, usecase.new_secret())
    secret = usecase.opened_for(who.account_id, current()[_PENDING])
    drawn = segno.make(usecase.address_of(secret, store.email_of(who.account_id)), error="m")
    picture = Markup(drawn.svg_inline(scale=5, dark="#0b0c0c", light="#ffffff"))  # noqa: S704 drawn from figures
    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return render_template("factors/app.html", form=form, picture=picture, secret=spaced)


def _passkey_page(form: PasskeyForm) -> str:
    who = guard.principal()
    held = store.of(who.account_id)
    email = store.email_of(who.account_id)
    options = passkeys.ask_to_make(who, email, held, proof.session_key(), proof.site())
    return render_template("factors/passkey.html", form=form, options=options)


def _added(words: str) -> Any:
    who = guard.principal()
    if _is_first():
        return sign_in_second.enter_after_set_up(who)
    flash(words, "success")
    return redirect(url_for("factors.show"), 303)


def _removed(words: str) -> Any:
    flash(words, "success")
    return redirect(url_for("factors.show"), 303)


def _is_first() -> bool:
    """Whether the person is not signed in before a factor is set up."""
    return current().state is State.HALF


def _enough(who: Principal) -> frozenset[Kind]:
    return usecase.enough(who.role, proof.settings().demo)
