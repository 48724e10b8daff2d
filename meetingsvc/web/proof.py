"""The form that asks for a second factor: a passkey's touch or a code, on whichever page it stands."""

from dataclasses import dataclass

from flask import current_app, request
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from werkzeug.exceptions import TooManyRequests
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from meetingsvc import clock
from meetingsvc.config import Settings
from meetingsvc.permissions import Principal
from meetingsvc.store import factors as store
from meetingsvc.usecases import factors, passkeys
from meetingsvc.usecases.factors import Given, Kind
from meetingsvc.usecases.passkeys import Site
from meetingsvc.usecases.sign_in import TooManyAttempts
from meetingsvc.web.sessions import current

WRONG = {
    Kind.TOTP: "Enter the newest code that your authenticator app shows. Each code works once",
    Kind.PASSKEY: "That passkey was not accepted. Try again, or use another one",
}


class ProofForm(FlaskForm):  # type: ignore[misc]
    """What is offered as proof; the script fills `passkey` in."""

    code = StringField(
        "Code from your authenticator app",
        description="Six figures",
        widget=GovTextInput(),
        validators=[Length(max=20, message="That is too long")],
    )
    passkey = HiddenField(validators=[Length(max=20_000, message="That is too long")])


@dataclass(frozen=True, slots=True)
class Ask:
    """What the page offers: the task for a passkey, where there is one, and whether a code is taken."""

    options: str
    takes_code: bool
    demo: bool


def settings() -> Settings:
    """Those of the running service."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def site() -> Site:
    """What passkeys are bound to here."""
    return Site.of(settings())


def session_key() -> str:
    """The key of the stored session that asks; only where there is one."""
    key = current().key
    if key is None:
        raise LookupError("a visitor proves nothing")
    return key


def ask(who: Principal) -> Ask:
    """A new challenge for the passkeys this person has; the one before is worth nothing."""
    held, demo = store.of(who.account_id), settings().demo
    kinds = factors.usable(who, held, demo)
    options = passkeys.ask_to_sign(held, session_key(), site()) if Kind.PASSKEY in kinds else ""
    return Ask(options, Kind.TOTP in kinds, demo)


def given(form: ProofForm, who: Principal, action: str) -> Kind | None:
    """The kind of factor that was proven. Where none was, the form says why."""
    if not form.validate():
        return None
    offered = Given(form.code.data or "", form.passkey.data or "")
    if not offered.code and not offered.passkey:
        form.code.errors = ["Enter the code that your authenticator app shows, or use your passkey"]
        return None
    try:
        kind = factors.prove(who.account_id, session_key(), offered, site(), request.remote_addr or "",
                             action, clock.now(), demo=settings().demo)  # fmt: skip
    except TooManyAttempts:
        raise TooManyRequests from None
    if kind is None:
        form.form_errors.append(WRONG[offered.kind])
    return kind
