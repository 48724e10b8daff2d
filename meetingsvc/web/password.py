"""Changing one's own password, whenever one likes and where somebody else has seen it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import login_user
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput
from werkzeug.exceptions import TooManyRequests
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.usecases import password as usecase
from meetingsvc.usecases.password import LONGEST, SHORTEST
from meetingsvc.usecases.sign_in import TooManyAttempts
from meetingsvc.web import guard
from meetingsvc.web.guard import SignedIn, needs
from meetingsvc.web.sessions import State, current

bp = Blueprint("password", __name__, url_prefix="/password")


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """The present password, and twice the new one."""

    present = PasswordField(
        "Your password now",
        widget=GovPasswordInput(),
        validators=[
            InputRequired("Enter the password you have now"),
            Length(max=1000, message="That is too long"),
        ],
    )
    new = PasswordField(
        "New password",
        description=f"{SHORTEST} characters or more, such as three words that do not belong together",
        widget=GovPasswordInput(),
        validators=[
            InputRequired("Enter a new password"),
            Length(SHORTEST, LONGEST, f"Enter {SHORTEST} to {LONGEST} characters"),
        ],
    )
    again = PasswordField(
        "New password again",
        widget=GovPasswordInput(),
        validators=[EqualTo("new", "Enter the same new password twice")],
    )


@bp.get("")
@needs(Permission.HOME_READ, step_up=True)
def show() -> str:
    """The form."""
    return _page(PasswordForm())


@bp.post("")
@needs(Permission.HOME_READ, step_up=True)
def change() -> Any:
    """Signs the person out everywhere else, and in again here."""
    form = PasswordForm()
    if not form.validate():
        return _page(form), 422
    try:
        usecase.change(guard.principal(), form.present.data, form.new.data, clock.now())
    except TooManyAttempts:
        raise TooManyRequests from None
    except usecase.WrongPassword:
        form.present.errors = ["This is not the password you have now"]
        return _page(form), 422
    except RuleBroken as refusal:
        form.new.errors = [str(refusal)]
        return _page(form), 422
    return _sign_in_again()


def _sign_in_again() -> Any:
    """As far as the person was: to the second factor, or all the way, with what it vouched for before."""
    own = current()
    if own.state is State.HALF:
        own.start_half(guard.principal().account_id, wanted=own.get("wanted", ""), proven="proven" in own)
        return redirect(url_for("sign_in.second"), 303)
    confirmed = own.get("confirmed_at")
    own.start_afresh()
    login_user(SignedIn(guard.principal()))
    own["confirmed_at"] = confirmed
    flash("Your password has been changed. You are signed out everywhere else.", "success")
    return redirect(url_for("home.show"), 303)


def _page(form: PasswordForm) -> str:
    return render_template("password/password.html", form=form, must=guard.principal().must_change_password)
