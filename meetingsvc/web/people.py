"""One person: every case they are in, what they are called, where they are reached, who is what to them."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from agenda.relationships import Role
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import case_page, person_page, relationships
from meetingsvc.store import people as store
from meetingsvc.store.case_page import Case, Person
from meetingsvc.store.relationships import Relationship
from meetingsvc.usecases import people as usecase
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.people_forms import RelationshipForm, RemovalForm

bp = Blueprint("people", __name__)


@bp.get("/people/<uuid:person_id>")
@needs(Permission.CASE_READ)
def show(person_id: UUID) -> str:
    """A trace on each case that it tells of; a closed one tells nothing more here."""
    who = guard.principal()
    person = or_404(store.person(who, person_id))
    cases = store.cases(who, person_id, clock.today())
    for one in cases:
        reading.opened(who, "person.read", f"case/{one.id}", clock.now(), person=person_id)
    told = person_page.told(who, person_id, cases)
    return render_template(
        "people/person.html", person=person, cases=cases, told=told,
        victims=[one for one in cases if one.role is Role.PERPETRATOR],
    )  # fmt: skip


@bp.route("/cases/<uuid:case_id>/people/<uuid:person_id>/relationships/new", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def relate(case_id: UUID, person_id: UUID) -> Any:
    """What somebody is to another person."""
    who, case = guard.principal(), _opened(case_id)
    there = store.on_case(who, case_id)
    person = or_404(next((one for one in there if one.id == person_id), None))
    form = RelationshipForm(author=who.name).offer([one for one in there if one.id != person_id])
    if not form.validate_on_submit():
        page = render_template("people/relationship.html", case=case, person=person, form=form)
        return (page, 422) if form.is_submitted() else page
    usecase.relate(who, case_id, person_id, form.whom(), form.told(), clock.now())
    flash("Recorded.", "success")
    return redirect(url_for("people.show", person_id=person_id), 303)


@bp.route("/cases/<uuid:case_id>/relationships/<uuid:relationship_id>/remove", methods=["GET", "POST"])
@needs(Permission.ITEM_OWN)
def remove(case_id: UUID, relationship_id: UUID) -> Any:
    """Asks why, and takes away what one's own agency told."""
    who, case = guard.principal(), _opened(case_id)
    person, one = _own(case_id, relationship_id)
    form = RemovalForm()
    if not form.validate_on_submit():
        page = render_template("people/remove.html", case=case, person=person, one=one, form=form)
        return (page, 422) if form.is_submitted() else page
    usecase.take_away(who, case_id, relationship_id, form.why.data, clock.now())
    flash("Taken away. It stays readable, struck through.", "success")
    return redirect(url_for("people.show", person_id=person.id), 303)


def _opened(case_id: UUID) -> Case:
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, "person.read", f"case/{case_id}", clock.now())
    return case


def _own(case_id: UUID, relationship_id: UUID) -> tuple[Person, Relationship]:
    """Another agency's is taken away by nobody else (Rulebook R2)."""
    who = guard.principal()
    person, one = or_404(relationships.one(who, case_id, relationship_id))
    return (person, one) if one.told.agency_id == who.agency_id else abort(403)
