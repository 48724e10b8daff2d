"""Tokens by which a force's records system sends, and the description of the doors they open."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import feed_tokens as store
from meetingsvc.store.feed_tokens import Token
from meetingsvc.usecases import feed_tokens as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("feed_tokens", __name__, url_prefix="/machines")


class TokenForm(FlaskForm):  # type: ignore[misc]
    """Whose system it is."""

    key = HiddenField()  # of this one asking: the page loaded again asks for no second token
    force = StringField(
        "Police force",
        widget=GovTextInput(),
        validators=[
            InputRequired("Enter the name of the force"),
            Length(max=usecase.FORCE_LENGTH, message=f"Use up to {usecase.FORCE_LENGTH} characters"),
        ],
    )

    def asked_as(self) -> UUID:
        """The id that the page gave this asking; a new one where it gave none that can be read."""
        try:
            return UUID(self.key.data or "")
        except ValueError:
            return uuid4()


@bp.get("")
@needs(Permission.MACHINE_MANAGE)
def show() -> str:
    """The area's tokens, and the form for another."""
    return _page(TokenForm(formdata=None))


@bp.post("")
@needs(Permission.MACHINE_MANAGE, step_up=True)
def create() -> ResponseReturnValue:
    """Answers the token at once, shown this once and kept nowhere."""
    form = TokenForm()
    if not form.validate():
        return _page(form), 422
    try:
        token = usecase.make(guard.principal(), form.force.data, clock.now(), form.asked_as())
    except RuleBroken as refusal:
        form.force.errors = [str(refusal)]
        return _page(form), 422
    return render_template("feed_tokens/made.html", force=form.force.data, token=token)


@bp.get("/<uuid:token_id>/revoke")
@needs(Permission.MACHINE_MANAGE)
def confirm(token_id: UUID) -> str:
    """Asks before a system is shut out."""
    return render_template("feed_tokens/revoke.html", token=_one(token_id))


@bp.post("/<uuid:token_id>/revoke")
@needs(Permission.MACHINE_MANAGE)
def revoke(token_id: UUID) -> ResponseReturnValue:
    """Takes effect with its next message. Nothing more is asked: a token that leaked has to go at once."""
    token = _one(token_id)
    usecase.revoke(guard.principal(), token_id, clock.now())
    flash(f"The token of {token.force} is revoked.", "success")
    return redirect(url_for("feed_tokens.show"), 303)


@bp.get("/description")
@needs(Permission.MACHINE_MANAGE)
def description() -> str:
    """What a records system has to send, as its makers read it."""
    return render_template("feed_tokens/description.html", told=_described())


@bp.get("/openapi.json")
@needs(Permission.MACHINE_MANAGE)
def openapi() -> ResponseReturnValue:
    """The same for their tools."""
    return jsonify(_described())


def _one(token_id: UUID) -> Token:
    return or_404(store.one(guard.principal().area_id, token_id))


def _described() -> dict[str, Any]:
    found: dict[str, Any] = current_app.config["OPENAPI"]
    return found


def _page(form: TokenForm) -> str:
    tokens = store.of_area(guard.principal().area_id)
    form.key.data = str(uuid4())
    return render_template("feed_tokens/tokens.html", form=form, tokens=tokens)
