"""A referral that was sent, before those who run the meetings: read it, accept it, send it back (T7)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda import referral_parts as parts
from agenda import referral_risk
from agenda.area_rules import bands, escalation
from agenda.moves import Who, open_to
from agenda.referral_draft import Reading, in_words
from agenda.referral_fields import NOTHING, Sight
from agenda.referral_parts import Place
from agenda.referral_reasons import propose
from agenda.referral_sections import SECTIONS
from agenda.referral_state import MOVES
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import areas, referral_facts, referral_lists
from meetingsvc.store import referrals as store
from meetingsvc.store.referrals import Referral
from meetingsvc.usecases import reading, referral_collisions, referral_decisions
from meetingsvc.web import guard
from meetingsvc.web import referral_fields as fields
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("referrals_sent", __name__, url_prefix="/referrals/sent")
NOT_SENT = "The question was not sent. Its referrer shares details with somebody on the case: ring them."
MASKED = "Held. Shown for a reason on the addresses of the case."


@bp.get("/<uuid:sent_id>")
@needs(Permission.REFERRAL_DECIDE)
def show(sent_id: UUID) -> str:
    """Everything that was told, but where somebody is found."""
    return _page(_opened(sent_id))


def _opened(sent_id: UUID) -> Referral:
    """One that was sent and is open to who asks; the page leaves its trace (Rulebook V5)."""
    who = guard.principal()
    found = or_404(store.sent(who, sent_id))
    or_404(found.first_sent_at)
    about = store.cases(who, sent_id)
    told = {"case": about[0][1]} if about else {}
    reading.opened(who, "referral.read", f"referral/{sent_id}", clock.now(), **told)
    return found


def _page(referral: Referral, refused: str = "") -> str:
    who = guard.principal()
    settings = areas.settings_of(areas.by_id(who.area_id))
    result = referral_risk.came_to(referral.risk, bands(settings))
    about, rule = referral_facts.cases(who, referral.id), escalation(settings)
    found = fields.sent_reading(referral, who.area_id, clock.now())
    return render_template(
        "referrals/read.html", referral=referral, pages=_answers(referral, found), about=about, result=result,
        proposed=[(one.reference, propose(referral_facts.facts(who, one, result), rule)) for one in about],
        steps=[step.name for step in open_to(MOVES, referral.state, Who.COORDINATOR)], refused=refused,
        listed_on=referral_lists.lists(who, [referral.id]).get(referral.id),
        wanted=list(in_words(found.wanted)),
        errors_here=[("#decide", refused)] if refused else [],
        collides=referral_collisions.warning(who, referral.id),
    )  # fmt: skip


def _answers(referral: Referral, found: Reading) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each page's title and what was answered there, as its referrer checked it: an answer to a question that
    is not asked any more was taken back. What is sealed is masked (security.md A8)."""
    told = []
    for section in SECTIONS:
        rows = referral.draft.get(section.id, NOTHING).rows
        for number in range(len(rows) + 1):
            at = Place(section, number)
            answers = fields.answers(at, found, parts.typed(referral.draft, at))
            asked = {name: answer for name, _, answer, _ in answers}
            lines = [
                (one.label, MASKED if one.sight is Sight.SEALED else asked[at.prefix + one.id])
                for one in at.fields
                if asked.get(at.prefix + one.id)
            ]
            if lines:
                told.append((at.title, lines))
    return told


@bp.post("/<uuid:sent_id>/accept")
@needs(Permission.REFERRAL_DECIDE)
def accept(sent_id: UUID) -> Any:
    """Nothing more is asked of its referrer."""
    referral = _opened(sent_id)
    try:
        referral_decisions.accept(guard.principal(), sent_id, _seen(), clock.now())
    except RuleBroken as refusal:
        return _page(referral, str(refusal)), 409
    flash(f"{referral.reference} is accepted.", "success")
    return redirect(url_for("referrals.show"), 303)


@bp.post("/<uuid:sent_id>/addresses")
@needs(Permission.REFERRAL_DECIDE)
def keep_addresses(sent_id: UUID) -> Any:
    """Of one that came without an account: where people are found goes to the case, sealed."""
    referral = _opened(sent_id)
    try:
        referral_decisions.keep_addresses(guard.principal(), sent_id, _seen(), clock.now())
    except RuleBroken as refusal:
        return _page(referral, str(refusal)), 409
    flash("Its addresses and numbers are with the case. They are shown there for a reason.", "success")
    return redirect(url_for("referrals_sent.show", sent_id=sent_id), 303)


def _seen() -> int:
    """How often it had been sent when the page was made."""
    told = request.form.get("sendings", "")
    return int(told) if told.isdecimal() else 0


@bp.get("/<uuid:sent_id>/return")
@needs(Permission.REFERRAL_DECIDE)
def ask_return(sent_id: UUID) -> str:
    """Asks what is missing."""
    return _return_page(_opened(sent_id), "", ())


@bp.post("/<uuid:sent_id>/return")
@needs(Permission.REFERRAL_DECIDE)
def send_back(sent_id: UUID) -> Any:
    """Back to its referrer, with the questions and a sentence; it keeps its clock and its list."""
    referral, chosen = _opened(sent_id), request.form.getlist("questions")
    why = request.form.get("reason", "")
    try:
        told = referral_decisions.send_back(guard.principal(), sent_id, chosen, why, clock.now())
    except RuleBroken as refusal:
        return _return_page(referral, str(refusal), chosen, why), 422
    stays = "It stays on the list it is due to."
    if told:
        flash(f"{referral.reference} is with its referrer. {stays}", "success")
    else:
        flash(f"{referral.reference}: {NOT_SENT} {stays}", "notice")
    return redirect(url_for("referrals.show"), 303)


def _return_page(referral: Referral, refused: str, chosen: Any, why: str = "") -> str:
    who = guard.principal()
    asked = referral_decisions.asked_of(who, referral.id)
    found = fields.sent_reading(referral, who.area_id, clock.now())
    blank = [(name, label) for name, label in asked.items() if name in found.wanted]
    others = [(name, label) for name, label in asked.items() if name not in found.wanted]
    return render_template(
        "referrals/return.html", referral=referral, blank=blank, others=others, chosen=chosen, why=why,
        errors_here=[("#reason", refused)] if refused else [],
    )  # fmt: skip


@bp.get("/<uuid:sent_id>/as-it-stands")
@needs(Permission.REFERRAL_DECIDE)
def ask_as_it_stands(sent_id: UUID) -> str:
    """Asks why its referrer is not waited for."""
    referral = _opened(sent_id)
    return render_template("referrals/as_it_stands.html", referral=referral, why="", errors_here=[])


@bp.post("/<uuid:sent_id>/as-it-stands")
@needs(Permission.REFERRAL_DECIDE)
def as_it_stands(sent_id: UUID) -> Any:
    """The answer is no longer waited for (Rulebook T12)."""
    referral, why = _opened(sent_id), request.form.get("reason", "")
    try:
        referral_decisions.as_it_stands(guard.principal(), sent_id, why, clock.now())
    except RuleBroken as refusal:
        errors = [("#reason", str(refusal))]
        page = render_template("referrals/as_it_stands.html", referral=referral, why=why, errors_here=errors)
        return page, 422
    flash(f"{referral.reference} is no longer waited for.", "success")
    return redirect(url_for("referrals.show"), 303)
