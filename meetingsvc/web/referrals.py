"""Referrals by who has an account: one's own, from its first page to its reference (Rulebook T7)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from agenda.referral_people import SAFEGUARDING_FIRST
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import referrals as store
from meetingsvc.store.referrers_coming import expected
from meetingsvc.usecases import reading, referral_drafts
from meetingsvc.web import guard, referral_check, referral_lines, referral_pages, referral_risk_pages
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.referral_pages import Desk

bp = Blueprint("referrals", __name__, url_prefix="/referrals")


@bp.get("")
@needs(Permission.REFERRAL_MAKE)
def show() -> str:
    """One's own; and for who runs the meetings, what was sent."""
    who = guard.principal()
    incoming = []
    if who.may(Permission.REFERRAL_DECIDE):
        incoming = referral_lines.lines(who)
        reading.opened(who, "referral.incoming_read", f"area/{who.area_id}", clock.now())
    return render_template("referrals/list.html", mine=store.mine(who), incoming=incoming)


@bp.get("/new")
@needs(Permission.REFERRAL_MAKE)
def new() -> str:
    """What comes before a referral: act now on danger, and whom to call (Rulebook T7, E3)."""
    call = referral_drafts.call(guard.principal().area_id)
    return render_template("referrals/new.html", reminder=SAFEGUARDING_FIRST, call=call)


@bp.post("/new")
@needs(Permission.REFERRAL_MAKE)
def begin() -> Any:
    """A new draft: that they were told is recorded with it."""
    key = referral_drafts.begin(guard.principal(), clock.now())
    return redirect(url_for("referrals.tasks", referral_id=key), 303)


def _desk(referral_id: UUID) -> Desk:
    """One's own; the page that follows leaves its trace (Rulebook V5)."""
    who = guard.principal()
    found = or_404(store.own(who, referral_id))
    if "autosave" not in request.form:
        reading.opened(who, "referral.own_read", f"referral/{referral_id}", clock.now())
    return Desk(
        base=url_for("referrals.tasks", referral_id=referral_id),
        home=url_for("referrals.show"),
        referral=found,
        again=lambda: or_404(store.own(who, referral_id)),
        work=lambda: referral_drafts.opened(who, referral_id, clock.now()),
        sends=lambda: referral_drafts.opened(who, referral_id, clock.now(), sends=True),
        area_id=who.area_id,
    )


@bp.get("/<uuid:referral_id>")
@needs(Permission.REFERRAL_MAKE)
def tasks(referral_id: UUID) -> Any:
    """The task list; of one that is sent, where it stands."""
    desk = _desk(referral_id)
    return referral_pages.tasks(desk) if desk.referral.can_be_changed else _sent(desk)


@bp.get("/<uuid:referral_id>/sent")
@needs(Permission.REFERRAL_MAKE)
def sent(referral_id: UUID) -> str:
    """Its reference, and what happens next."""
    desk = _desk(referral_id)
    return _sent(desk) if desk.referral.first_sent_at else referral_pages.tasks(desk)


def _sent(desk: Desk) -> str:
    return referral_check.sent(desk, expected(guard.principal(), desk.referral.id, clock.now()))


@bp.get("/<uuid:referral_id>/sections/<section>")
@needs(Permission.REFERRAL_MAKE)
def section(referral_id: UUID, section: str) -> str:
    """One page of the form."""
    return referral_pages.section(_desk(referral_id), section, 0)


@bp.post("/<uuid:referral_id>/sections/<section>")
@needs(Permission.REFERRAL_MAKE)
def save(referral_id: UUID, section: str) -> Any:
    """Keeps it as typed."""
    return referral_pages.save(_desk(referral_id), section, 0)


@bp.get("/<uuid:referral_id>/sections/<section>/<int:number>")
@needs(Permission.REFERRAL_MAKE)
def one(referral_id: UUID, section: str, number: int) -> str:
    """One of several: a perpetrator, a child."""
    return referral_pages.section(_desk(referral_id), section, number)


@bp.post("/<uuid:referral_id>/sections/<section>/<int:number>")
@needs(Permission.REFERRAL_MAKE)
def save_one(referral_id: UUID, section: str, number: int) -> Any:
    """Keeps it as typed."""
    return referral_pages.save(_desk(referral_id), section, number)


@bp.get("/<uuid:referral_id>/sections/<section>/<int:number>/remove")
@needs(Permission.REFERRAL_MAKE)
def ask_remove(referral_id: UUID, section: str, number: int) -> str:
    """Asks first."""
    return referral_pages.ask_remove(_desk(referral_id), section, number)


@bp.post("/<uuid:referral_id>/sections/<section>/<int:number>/remove")
@needs(Permission.REFERRAL_MAKE)
def remove(referral_id: UUID, section: str, number: int) -> Any:
    """Takes one of several out."""
    return referral_pages.remove(_desk(referral_id), section, number)


@bp.get("/<uuid:referral_id>/risk")
@needs(Permission.REFERRAL_MAKE)
def risk(referral_id: UUID) -> str:
    """The risk tool."""
    return referral_risk_pages.show(_desk(referral_id))


@bp.post("/<uuid:referral_id>/risk")
@needs(Permission.REFERRAL_MAKE)
def save_risk(referral_id: UUID) -> Any:
    """Keeps its answers."""
    return referral_risk_pages.save(_desk(referral_id))


@bp.get("/<uuid:referral_id>/check")
@needs(Permission.REFERRAL_MAKE)
def check(referral_id: UUID) -> str:
    """Check your answers."""
    return referral_check.show(_desk(referral_id))


@bp.post("/<uuid:referral_id>/check")
@needs(Permission.REFERRAL_MAKE)
def send(referral_id: UUID) -> Any:
    """Sends it: it is on the next daily list from then on."""
    return referral_check.send(_desk(referral_id))


@bp.get("/<uuid:referral_id>/throw-away")
@needs(Permission.REFERRAL_MAKE)
def ask_throw_away(referral_id: UUID) -> Any:
    """Asks first."""
    return referral_check.ask_throw_away(_desk(referral_id))


@bp.post("/<uuid:referral_id>/throw-away")
@needs(Permission.REFERRAL_MAKE)
def throw_away(referral_id: UUID) -> Any:
    """A draft alone; nothing that was typed is kept."""
    return referral_check.throw_away(_desk(referral_id))
