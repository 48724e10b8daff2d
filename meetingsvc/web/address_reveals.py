"""Being shown, once and for a reason, what is masked; and putting it into one named person's copy."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda.calendar import day_words
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import address_shares, alarms, police_sent
from meetingsvc.usecases import address_reveals
from meetingsvc.usecases import address_shares as sharing
from meetingsvc.web import asleep, guard
from meetingsvc.web.addresses import address_of, contact_of, opened
from meetingsvc.web.addresses_forms import ReasonForm, ShareForm
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.sessions import current

bp = Blueprint("address_reveals", __name__, url_prefix="/cases/<uuid:case_id>")
REVEALS_A_PROOF = 2


@bp.get("/addresses/<uuid:address_id>/reveal")
@needs(Permission.ADDRESS_REVEAL)
def ask_address(case_id: UUID, address_id: UUID) -> str:
    """Asks for the reason."""
    case = opened(case_id)
    person, address = address_of(case_id, address_id)
    or_404(address if address.confidential else None)
    address_reveals.refuse(guard.principal(), address.told.case_id)
    return render_template("addresses/reveal.html", case=case, person=person, form=ReasonForm())


@bp.post("/addresses/<uuid:address_id>/reveal")
@needs(Permission.ADDRESS_REVEAL, step_up=True)
def address(case_id: UUID, address_id: UUID) -> Any:
    """Shown on this answer alone, which nothing may keep."""
    who, case, form = guard.principal(), opened(case_id), ReasonForm()
    person, held = address_of(case_id, address_id)
    or_404(held if held.confidential else None)
    if needs_a_new_proof():
        return asleep.ask_again()
    if not form.validate():
        return render_template("addresses/reveal.html", case=case, person=person, form=form), 422
    text = address_reveals.address(who, case_id, address_id, form.reason.data, clock.now())
    return render_template(
        "addresses/revealed.html", case=case, person=person, lines=[text], knows=held.knows
    )


@bp.get("/contacts/<uuid:contact_id>/reveal")
@needs(Permission.ADDRESS_REVEAL)
def ask_contact(case_id: UUID, contact_id: UUID) -> str:
    """Asks for the reason."""
    case = opened(case_id)
    person, contact = contact_of(case_id, contact_id)
    or_404(contact if contact.masked else None)
    address_reveals.refuse(guard.principal(), contact.told.case_id)
    return render_template("addresses/reveal.html", case=case, person=person, form=ReasonForm())


@bp.post("/contacts/<uuid:contact_id>/reveal")
@needs(Permission.ADDRESS_REVEAL, step_up=True)
def contact(case_id: UUID, contact_id: UUID) -> Any:
    """The same of how to reach a victim."""
    who, case, form = guard.principal(), opened(case_id), ReasonForm()
    person, held = contact_of(case_id, contact_id)
    or_404(held if held.masked else None)
    if needs_a_new_proof():
        return asleep.ask_again()
    if not form.validate():
        return render_template("addresses/reveal.html", case=case, person=person, form=form), 422
    text = address_reveals.contact(who, case_id, contact_id, form.reason.data, clock.now())
    return render_template("addresses/revealed.html", case=case, person=person, lines=[text], knows=None)


@bp.get("/addresses/police/reveal")
@needs(Permission.ADDRESS_REVEAL)
def ask_police(case_id: UUID) -> str:
    """Asks for the reason."""
    case = opened(case_id)
    or_404(police_sent.holds(guard.principal(), case_id) or None)
    address_reveals.refuse(guard.principal(), case_id)
    return render_template("addresses/reveal.html", case=case, person=case.victim, form=ReasonForm())


@bp.post("/addresses/police/reveal")
@needs(Permission.ADDRESS_REVEAL, step_up=True)
def police(case_id: UUID) -> Any:
    """The same of what the police sent of the victim."""
    who, case, form = guard.principal(), opened(case_id), ReasonForm()
    or_404(police_sent.holds(who, case_id) or None)
    if needs_a_new_proof():
        return asleep.ask_again()
    if not form.validate():
        return render_template("addresses/reveal.html", case=case, person=case.victim, form=form), 422
    sent = address_reveals.police(who, case_id, form.reason.data, clock.now())
    lines = [*sent.addresses, *sent.phones]
    return render_template("addresses/revealed.html", case=case, person=case.victim, lines=lines, knows=None)


@bp.get("/addresses/<uuid:address_id>/share")
@needs(Permission.ADDRESS_SHARE)
def ask_share(case_id: UUID, address_id: UUID) -> str:
    """Asks to whom, for which meeting and why."""
    case = opened(case_id)
    person, _ = address_of(case_id, address_id)
    form = _share_form(case_id, address_id)
    return render_template("addresses/share.html", case=case, person=person, form=form, chosen=None)


@bp.post("/addresses/<uuid:address_id>/share")
@needs(Permission.ADDRESS_SHARE, step_up=True)
def share(case_id: UUID, address_id: UUID) -> Any:
    """First shows to whom it would go, and warns; then does it."""
    who, case, form = guard.principal(), opened(case_id), _share_form(case_id, address_id)
    person, _ = address_of(case_id, address_id)
    valid = form.validate()
    if not valid or request.form.get("confirmed") != "yes":
        chosen = _chosen(form) if valid else None
        page = render_template("addresses/share.html", case=case, person=person, form=form, chosen=chosen)
        return page, 200 if valid else 422
    account, meeting = UUID(form.account.data), UUID(form.meeting.data)
    sharing.share(who, case_id, address_id, account, meeting, form.reason.data, clock.now())
    flash(
        "The address is in this person's copy from now on. A copy they made before no longer opens.",
        "success",
    )
    return redirect(url_for("addresses.show", case_id=case_id), 303)


@bp.post("/address-shares/<uuid:share_id>/withdraw")
@needs(Permission.ADDRESS_SHARE)
def withdraw(case_id: UUID, share_id: UUID) -> Any:
    """Takes the address out of that person's copies."""
    sharing.withdraw(guard.principal(), case_id, share_id, clock.now())
    flash("The address is out of this person's copies. What they have read before, they know.", "success")
    return redirect(url_for("addresses.show", case_id=case_id), 303)


def needs_a_new_proof() -> bool:
    """One second factor vouches for two reveals: a machine left open shows no third (security.md C)."""
    at = current().confirmed_at()
    return at is None or alarms.reveals_since(guard.principal().account_id, at) >= REVEALS_A_PROOF


def _share_form(case_id: UUID, address_id: UUID) -> ShareForm:
    """With what may be chosen; the answer of an unknown address where it is none that can be shared."""
    who = guard.principal()
    or_404(sharing.shareable(who, case_id, address_id) or None)
    meetings = address_shares.meetings(who, case_id, clock.today())
    people = address_shares.recipients(who.area_id, case_id, clock.now()) if meetings else []
    return ShareForm().offer([(key, day_words(day)) for key, day in meetings], people)


def _chosen(form: ShareForm) -> tuple[str, str]:
    """To whom and for which meeting, in words."""
    said = {str(choice.value): choice.label for choice in [*form.account.choices, *form.meeting.choices]}
    return said[form.account.data], said[form.meeting.data]
