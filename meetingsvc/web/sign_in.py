"""Signing in, first half, and signing out."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user, logout_user
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovTextInput
from werkzeug.exceptions import TooManyRequests
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from meetingsvc import clock
from meetingsvc.permissions import PUBLIC
from meetingsvc.store import drafts
from meetingsvc.usecases import sign_in as usecase
from meetingsvc.usecases.transaction import saved
from meetingsvc.web import sign_in_second
from meetingsvc.web.guard import needs
from meetingsvc.web.sessions import current

bp = Blueprint("sign_in", __name__)
sign_in_second.add_to(bp)


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
    if account_id is None:
        form.form_errors.append("Enter the e-mail address and password of your account")
        return _page(form), 422
    current().start_half(account_id, wanted=sign_in_second.ours(request.args.get("next", "")))
    return redirect(url_for("sign_in.second"))


@bp.post("/sign-out")
@needs(PUBLIC)
def sign_out() -> Any:
    """Ends the session on the server, with what was kept of it; the browser is told to forget."""
    if (account_id := current().account_id) and current_user.is_authenticated:
        with saved():
            drafts.drop_all_of(account_id)
    logout_user()
    current().start_afresh()
    response = redirect(url_for("sign_in.show"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _page(form: SignInForm) -> str:
    ended = {"1": "lost", "kept": "kept"}.get(request.args.get("ended", ""), "")  # fixed notices
    return render_template("sign_in/sign_in.html", form=form, ended=ended)
