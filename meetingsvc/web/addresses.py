"""Where the people of a case are reached, who knows it, and who is near the perpetrator."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from agenda.addresses import NOT_OPENED, SEALED_ALREADY, Part
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    address_masks,
    address_shares,
    allocations,
    case_page,
    consents,
    consents_elsewhere,
    police_sent,
    referrals,
)
from meetingsvc.store import addresses as store
from meetingsvc.store.addresses import Address, Contact, Person
from meetingsvc.store.case_page import Case
from meetingsvc.usecases import addresses as usecase
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.addresses_forms import (
    AddressForm,
    AssociateForm,
    ContactForm,
    CorrectAddressForm,
    CorrectContactForm,
)
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("addresses", __name__, url_prefix="/cases/<uuid:case_id>")


@bp.get("/addresses")
@needs(Permission.CASE_READ)
def show(case_id: UUID) -> str:
    """Everything that is held, the confidential masked."""
    who = guard.principal()
    case = opened(case_id)
    runs = who.may(Permission.ADDRESS_SHARE)
    return render_template(
        "addresses/addresses.html", case=case, people=store.people(who, case_id), Part=Part,
        police_holds=police_sent.holds(who, case_id),
        said=referrals.said_of(who, case_id),
        consent=consents.standing(who, case_id),
        elsewhere=consents_elsewhere.on(who, case_id),
        sent=police_sent.of_perpetrator(who, case_id),
        reveals=store.reveals(who, case_id) if runs else None,
        shares=address_shares.on_case(who, case_id) if runs else None,
        not_shown=_not_shown(who, case_id), whose=allocations.whose(who, case_id),
    )  # fmt: skip


def _not_shown(who: Principal, case_id: UUID) -> str | None:
    """Why the page leads this person to nothing that is masked, in words they can act on."""
    if not who.may(Permission.ADDRESS_REVEAL):
        return NOT_OPENED
    return address_masks.why_not_shown(who, case_id)


def opened(case_id: UUID) -> Case:
    """The case, where it is open to who asks; the page that follows leaves its trace (Rulebook V5)."""
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, "address.read", f"case/{case_id}", clock.now())
    return case


def address_of(case_id: UUID, address_id: UUID) -> tuple[Person, Address]:
    """An address that stands, and whose it is; else the answer of an unknown one."""
    people = store.people(guard.principal(), case_id)
    found = ((one, held) for one in people for held in one.addresses if held.id == address_id)
    return or_404(next(found, None))


def contact_of(case_id: UUID, contact_id: UUID) -> tuple[Person, Contact]:
    """The same of a telephone number or e-mail address."""
    people = store.people(guard.principal(), case_id)
    found = ((one, held) for one in people for held in one.contacts if held.id == contact_id)
    return or_404(next(found, None))


@bp.route("/people/<uuid:person_id>/address", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def tell_address(case_id: UUID, person_id: UUID) -> Any:
    """Another address of somebody."""
    who, case = guard.principal(), opened(case_id)
    person = or_404(store.person(who, case_id, person_id))
    form = AddressForm(author=who.name)
    form.part = person.part
    if not form.validate_on_submit():
        return _form("addresses/address.html", case, person, form)
    address_id = usecase.tell_address(who, case_id, person_id, form.told(), clock.now())
    return _kept_address(case_id, address_id, form)


@bp.route("/addresses/<uuid:address_id>/correct", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def correct_address(case_id: UUID, address_id: UUID) -> Any:
    """Another row in the place of one's own agency's."""
    who, case = guard.principal(), opened(case_id)
    person, address = address_of(case_id, address_id)
    _refuse_others(address)
    form = CorrectAddressForm(author=who.name)
    form.part = person.part
    if not form.is_submitted():
        form.of(address)
    if not form.validate_on_submit():
        return _form("addresses/address.html", case, person, form, address)
    address_id = usecase.correct_address(who, case_id, address_id, form.told(), clock.now())
    return _kept_address(case_id, address_id, form)


@bp.route("/people/<uuid:person_id>/contact", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def tell_contact(case_id: UUID, person_id: UUID) -> Any:
    """Another telephone number or e-mail address of somebody."""
    who, case = guard.principal(), opened(case_id)
    person = or_404(store.person(who, case_id, person_id))
    form = ContactForm(author=who.name)
    if not form.validate_on_submit():
        return _form("addresses/contact.html", case, person, form)
    usecase.tell_contact(who, case_id, person_id, form.told(), clock.now())
    return _kept(case_id)


@bp.route("/contacts/<uuid:contact_id>/correct", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def correct_contact(case_id: UUID, contact_id: UUID) -> Any:
    """Another row in the place of one's own agency's."""
    who, case = guard.principal(), opened(case_id)
    person, contact = contact_of(case_id, contact_id)
    _refuse_others(contact)
    form = CorrectContactForm(author=who.name)
    if not form.is_submitted():
        form.of(contact)
    if not form.validate_on_submit():
        return _form("addresses/contact.html", case, person, form, contact)
    usecase.correct_contact(who, case_id, contact_id, form.told(), clock.now())
    return _kept(case_id)


@bp.route("/associates/new", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def name_associate(case_id: UUID) -> Any:
    """Somebody near the perpetrator, whom nothing of the case may reach."""
    who, case = guard.principal(), opened(case_id)
    form = AssociateForm(author=who.name)
    if not form.validate_on_submit():
        return _form("addresses/associate.html", case, None, form)
    usecase.name_associate(
        who, case_id, form.forename.data or "", form.surname.data, form.dob.data, form.relation.data,
        form.author.data, form.source.data, clock.now(),
    )  # fmt: skip
    return _kept(case_id)


def _refuse_others(held: Address | Contact) -> None:
    """Another agency's item is edited by nobody else (security.md B, Rulebook R2)."""
    if held.told.agency_id != guard.principal().agency_id:
        abort(403)


def _form(template: str, case: Case, person: Person | None, form: Any, old: Any = None) -> Any:
    page = render_template(template, case=case, person=person, form=form, old=old)
    return (page, 422) if form.is_submitted() else page


def _kept_address(case_id: UUID, address_id: UUID, form: AddressForm) -> Any:
    """Says so where the address was sealed though the form asked for an open one."""
    _, address = address_of(case_id, address_id)
    if address.confidential and not form.told().confidential:
        flash(SEALED_ALREADY, "notice")
    return _kept(case_id)


def _kept(case_id: UUID) -> Any:
    flash("Recorded.", "success")
    return redirect(url_for("addresses.show", case_id=case_id), 303)
