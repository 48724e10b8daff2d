"""Signing in and out."""

from typing import Any, cast

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovTextInput
from werkzeug.exceptions import TooManyRequests
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from meetingsvc import clock
from meetingsvc.permissions import PUBLIC
from meetingsvc.store import accounts
from meetingsvc.usecases import sign_in as usecase
from meetingsvc.web.guard import SignedIn, needs
from meetingsvc.web.sessions import Session

bp = Blueprint("sign_in", __name__)


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Who you are."""

    email = StringField(
        "E-mail address",
        widget=GovTextInput(),
        validators=[InputRequired("Enter your e-mail address"), Length(max=254, message="That is too long")],
    )
    password = PasswordField(
        "Password",
        widget=GovPasswordInput(),
        validators=[InputRequired("Enter your password"), Length(max=1000, message="That is too long")],
    )


@bp.get("/sign-in")
@needs(PUBLIC)
def show() -> str:
    """The form."""
    return _page(SignInForm())


@bp.post("/sign-in")
@needs(PUBLIC)
def sign_in() -> Any:
    """A wrong password, an unknown address and a disabled account get the same answer."""
    form = SignInForm()
    if not form.validate():
        return _page(form), 422
    try:
        account_id = usecase.sign_in(
            form.email.data, form.password.data, request.remote_addr or "", clock.now()
        )
    except usecase.TooManyAttempts:
        raise TooManyRequests from None
    principal = accounts.principal(account_id, clock.now()) if account_id else None
    if principal is None:
        form.form_errors.append("Enter the e-mail address and password of your account")
        return _page(form), 422
    wanted = request.args.get("next", "")
    _start_afresh()
    login_user(SignedIn(principal))
    return redirect(wanted if _is_ours(wanted) else url_for("home.show"))


@bp.post("/sign-out")
@needs(PUBLIC)
def sign_out() -> Any:
    """Ends the session on the server; the browser is told to forget what it kept."""
    logout_user()
    _start_afresh()
    response = redirect(url_for("sign_in.show"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _page(form: SignInForm) -> str:
    ended = request.args.get("ended") == "1"  # a fixed notice: nothing of the address is shown
    return render_template("sign_in/sign_in.html", form=form, ended=ended)


def _start_afresh() -> None:
    cast(Session, session).start_afresh()


def _is_ours(path: str) -> bool:
    """A path of this service: never another site's address, which would make our sign-in a stepping stone."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
