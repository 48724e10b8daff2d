"""Exploitation referrals that were sent, before those who run its panels: read, take in, send back (E1)."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from agenda import exploitation_referral
from agenda import referral_parts as parts
from agenda.calendar import local_day
from agenda.exploitation_referral import FORM
from agenda.moves import Who, open_to
from agenda.referral_draft import Reading, in_words
from agenda.referral_fields import NOTHING, Sight
from agenda.referral_parts import Place
from agenda.referral_state import MOVES, Step
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import exploitation_referrals as store
from meetingsvc.store.referrals import Referral
from meetingsvc.usecases import exploitation_decisions as usecase
from meetingsvc.usecases import reading, referral_drafts
from meetingsvc.web import guard
from meetingsvc.web import referral_fields as fields
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.referral_lines import KEPT
from meetingsvc.web.typed import counted

bp = Blueprint("child_intake", __name__, url_prefix="/children/referrals")
MASKED = "Held, sealed with the referral."


def _runs() -> Principal:
    """Who runs no panel of exploitation has no such page (Rulebook D1, E4)."""
    who = guard.principal()
    if not who.runs_exploitation:
        abort(404)
    return who


@bp.get("")
@needs(Permission.EXPLOITATION_READ)
def show() -> str:
    """What waits, by when it was first sent; then what was dealt with lately."""
    who, now = _runs(), clock.now()
    reading.opened(who, "exploitation.incoming_read", f"area/{who.area_id}", now)
    lines = store.incoming(who, now - KEPT)
    days = {one.id: (clock.today() - local_day(one.first_sent_at or now)).days for one in lines}
    return render_template("children/referrals.html", lines=lines, days=days)


@bp.get("/<uuid:intake_id>")
@needs(Permission.EXPLOITATION_READ)
def one(intake_id: UUID) -> str:
    """Everything that was told, but where somebody is found."""
    return _page(_opened(intake_id))


def _opened(intake_id: UUID) -> Referral:
    """One that was sent and is open to who asks; the page leaves its trace (Rulebook V5)."""
    who = _runs()
    found = or_404(store.sent(who, intake_id))
    case_id = store.child_of(who, intake_id)
    told = {"case": case_id} if case_id else {}
    reading.opened(who, "exploitation.read", f"exploitation/{intake_id}", clock.now(), **told)
    return found


def _page(referral: Referral, refused: str = "") -> str:
    who = guard.principal()
    days = referral_drafts.days(who.area_id, clock.now())
    found = exploitation_referral.read(referral.draft, days)
    told = exploitation_referral.from_answers(found.answers)
    case_id = store.child_of(who, referral.id)
    can = {*open_to(MOVES, referral.state, Who.COORDINATOR), *open_to(MOVES, referral.state, Who.SECOND)}
    steps = can - ({Step.TAKE_BACK} if store.is_listed(who, referral.id) else set())
    return render_template(
        "children/referral.html", referral=referral, pages=list(_answers(referral, found)), told=told,
        case_id=case_id, child=store.of_case(who, case_id) if case_id else None,
        asked=store.asked(who, referral.id), alike=[] if case_id else store.alike(who, told.child),
        wanted=list(in_words(found.wanted, FORM)), steps=[step.name for step in steps],
        differs=refused == usecase.OTHER_CHILD,
        number=request.form.get("number", ""), why=request.form.get("reason", ""),
        named=exploitation_referral.children(told), of_named=store.of_named(who, referral.id),
        others=request.form.get("others", ""),
        errors_here=[("#decide", refused)] if refused else [],
    )  # fmt: skip


def _answers(referral: Referral, found: Reading) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each page's title and what was answered there. What is sealed is masked (security.md A8)."""
    for section in FORM.sections:
        for number in range(len(referral.draft.get(section.id, NOTHING).rows) + 1):
            at = Place(section, number)
            answers = fields.answers(at, found, parts.typed(referral.draft, at))
            asked = {name: answer for name, _, answer, _ in answers}
            lines = [
                (one.label, MASKED if one.sight is Sight.SEALED else asked[at.prefix + one.id])
                for one in at.fields
                if asked.get(at.prefix + one.id)
            ]
            if lines:
                yield at.title, lines


@bp.post("/<uuid:intake_id>/take-in")
@needs(Permission.EXPLOITATION_DECIDE)
def take_in(intake_id: UUID) -> Any:
    """For a child who has a case, or for a new one; the page that follows says whom."""
    referral = _opened(intake_id)
    told = request.form.get("sendings", "")
    new = request.form.get("whose") != "known"
    number = request.form.get("number", "").strip()
    if new == bool(number):
        return _page(referral, "Enter the number of the child's case, or make a new one: not both"), 422
    who = guard.principal()
    try:
        case_id = usecase.take_in(
            who, intake_id, number, request.form.get("reason", ""),
            counted(told, 0), clock.now(),
            request.form.get("same") == "yes", request.form.get("others", ""),
        )  # fmt: skip
    except RuleBroken as refusal:
        return _page(referral, str(refusal)), 409
    child = store.of_case(who, case_id)
    if child is None:  # the case that was found is kept from them (M6)
        flash(f"{referral.reference} is taken in.", "success")
        return redirect(url_for("child_intake.show"), 303)
    flash(
        f"{referral.reference} is taken in for {child.case}. Check that it is the child named here.",
        "success",
    )
    return redirect(url_for("child_intake.one", intake_id=intake_id), 303)


@bp.post("/<uuid:intake_id>/take-back")
@needs(Permission.EXPLOITATION_DECIDE)
def take_back(intake_id: UUID) -> Any:
    """Out of the case of a child whom it is not about, by a second person."""
    referral = _opened(intake_id)
    try:
        unread = usecase.take_back(guard.principal(), intake_id, request.form.get("reason", ""), clock.now())
    except RuleBroken as refusal:
        return _page(referral, str(refusal)), 409
    flash(f"{referral.reference} is taken back, and waits to be taken in.", "success")
    if unread:
        flash(
            f"{', '.join(unread)} of the same child cannot be read. The child may be missing by it as well: "
            "ask who referred them, and record it as an episode.",
            "notice",
        )
    return redirect(url_for("child_intake.one", intake_id=intake_id), 303)


@bp.get("/<uuid:intake_id>/return")
@needs(Permission.EXPLOITATION_DECIDE)
def ask_return(intake_id: UUID) -> str:
    """Asks what is missing."""
    return _return_page(_opened(intake_id), "", ())


@bp.post("/<uuid:intake_id>/return")
@needs(Permission.EXPLOITATION_DECIDE)
def send_back(intake_id: UUID) -> Any:
    """Back to its referrer, with the questions and a sentence; it keeps its clock."""
    referral, chosen = _opened(intake_id), request.form.getlist("questions")
    why = request.form.get("reason", "")
    try:
        usecase.send_back(guard.principal(), intake_id, chosen, why, clock.now())
    except RuleBroken as refusal:
        return _return_page(referral, str(refusal), chosen, why), 422
    flash(f"{referral.reference} is with its referrer, and waits here as before.", "success")
    return redirect(url_for("child_intake.show"), 303)


def _return_page(referral: Referral, refused: str, chosen: Any, why: str = "") -> str:
    who = guard.principal()
    asked = usecase.asked_of(who, referral.id)
    days = referral_drafts.days(who.area_id, clock.now())
    wanted = exploitation_referral.read(referral.draft, days).wanted
    return render_template(
        "children/return.html", referral=referral, base=url_for("child_intake.one", intake_id=referral.id),
        blank=[(name, label) for name, label in asked.items() if name in wanted],
        others=[(name, label) for name, label in asked.items() if name not in wanted],
        chosen=chosen, why=why, errors_here=[("#reason", refused)] if refused else [],
    )  # fmt: skip
