"""Carrying on after a pause, and proving again who one is before what cannot be taken back."""

from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_login import current_user

from meetingsvc import clock
from meetingsvc.permissions import PUBLIC, Permission, Principal
from meetingsvc.store import accounts, drafts
from meetingsvc.usecases.transaction import saved
from meetingsvc.web import guard, proof
from meetingsvc.web.asleep import DRAFT
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.proof import ProofForm
from meetingsvc.web.sessions import State, current
from meetingsvc.web.sign_in_second import ours

bp = Blueprint("again", __name__, url_prefix="/again")


@bp.get("")
@needs(PUBLIC)
def show() -> Any:
    """One touch or one code, and no password. The page shows nothing of what the person was doing."""
    who = _who()
    if who is None:
        return redirect(url_for("sign_in.show"))
    answer = make_response(_page(ProofForm(), who))
    if current().state is State.LOCKED:
        answer.headers["Clear-Site-Data"] = '"cache"'  # nor does pressing Back on a shared computer
    return answer


@bp.post("")
@needs(PUBLIC)
def prove() -> Any:
    """Wakes the session, with a new key; then on to what was sent or asked for."""
    who = _who()
    if who is None:
        return redirect(url_for("sign_in.show"))
    form = ProofForm()
    action = "session woken" if current().state is State.LOCKED else "confirmed"
    if proof.given(form, who, action) is None:
        return _page(form, who), 422
    current().confirm(clock.now())
    if draft_id := request.args.get("draft", type=UUID):
        return redirect(url_for("again.draft", draft_id=draft_id), 303)
    return redirect(ours(request.args.get("next", "")) or url_for("home.show"), 303)


@bp.get("/drafts/<uuid:draft_id>")
@needs(Permission.HOME_READ)
def draft(draft_id: UUID) -> str:
    """What was typed, in a form with one button that sends it with a token of now."""
    kept = or_404(drafts.one_of(guard.principal().account_id, draft_id, clock.now()))
    return render_template("sign_in/draft.html", draft=kept, draft_field=DRAFT)


@bp.post("/drafts/<uuid:draft_id>/discard")
@needs(Permission.HOME_READ)
def discard(draft_id: UUID) -> Any:
    """It is not wanted."""
    with saved():
        dropped = drafts.drop(guard.principal().account_id, draft_id)
    or_404(dropped or None)
    return redirect(url_for("home.show"), 303)


def _who() -> Principal | None:
    """Who has to prove it: whose session sleeps, or who is signed in."""
    own = current()
    if own.state is State.LOCKED and own.account_id:
        return accounts.principal(own.account_id, clock.now())
    found: Principal | None = current_user.principal if current_user.is_authenticated else None
    return found


def _page(form: ProofForm, who: Principal) -> str:
    return render_template(
        "sign_in/again.html",
        form=form,
        ask=proof.ask(who),
        locked=current().state is State.LOCKED,
        lost=request.args.get("lost") == "1",
        kept="draft" in request.args,
    )
