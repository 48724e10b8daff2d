"""Signing in, second half: between a right password and being signed in."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_login import login_user

from meetingsvc import clock
from meetingsvc.permissions import PUBLIC, Principal
from meetingsvc.store import accounts, audit, drafts
from meetingsvc.usecases import factors
from meetingsvc.usecases.transaction import saved
from meetingsvc.web import proof
from meetingsvc.web.guard import SignedIn, needs
from meetingsvc.web.proof import ProofForm
from meetingsvc.web.sessions import State, current


def add_to(bp: Blueprint) -> None:
    """Its pages belong to signing in."""
    bp.add_url_rule("/sign-in/second", "second", second)
    bp.add_url_rule("/sign-in/second", "prove", prove, methods=["POST"])


@needs(PUBLIC)
def second() -> Any:
    """The page that asks for the second factor, or the one that sets a first one up."""
    who = half_signed_in()
    if who is None:
        return redirect(url_for("sign_in.show"))
    return _onwards(who) or render_template("sign_in/second.html", form=ProofForm(), ask=proof.ask(who))


@needs(PUBLIC)
def prove() -> Any:
    """Signs in, where the proof is right."""
    who = half_signed_in()
    if who is None:
        return redirect(url_for("sign_in.show"))
    if onwards := _onwards(who):
        return onwards
    form = ProofForm()
    kind = proof.given(form, who, "signed in")
    if kind is None:
        return render_template("sign_in/second.html", form=form, ask=proof.ask(who)), 422
    if kind in factors.enough(who.role, proof.settings().demo):
        return enter(who)
    current().start_half(who.account_id, wanted=current().get("wanted", ""), proven=True)
    return redirect(url_for("sign_in.second"))


def half_signed_in() -> Principal | None:
    """Whose password was right in this session, and nothing more; read afresh."""
    own = current()
    account_id = own.account_id if own.state is State.HALF else None
    return accounts.principal(account_id, clock.now()) if account_id else None


def enter(who: Principal) -> Any:
    """Signed in, in a new session; to what was typed before, or what was wanted."""
    own, now = current(), clock.now()
    wanted = own.get("wanted", "")
    own.start_afresh()
    login_user(SignedIn(who))
    own["confirmed_at"] = now.isoformat()
    draft_id = drafts.newest_of(who.account_id, now)
    if draft_id and not who.must_change_password:
        return redirect(url_for("again.draft", draft_id=draft_id))
    return redirect(wanted or url_for("home.show"))


def enter_after_set_up(who: Principal) -> Any:
    """The first factor has just been set up, and proven with that."""
    with saved():
        audit.record(who.account_id, who.area_id, "signed in", f"account/{who.account_id}", clock.now())
    return enter(who)


def ours(path: str) -> str:
    """A path of this service, or nothing: another site's address would make our sign-in a stepping stone."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours else ""


def _onwards(who: Principal) -> Any:
    """To what has to be done instead of proving a factor; None where that is what has to be done."""
    step = factors.next_step(who, proven=bool(current().get("proven")))
    places = {factors.Step.PASSWORD: "password.show", factors.Step.SET_UP: "factors.show"}
    return redirect(url_for(places[step])) if step in places else None
