"""Writing a referral without an account: the same pages, behind the link that was sent (Rulebook T7)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from meetingsvc import clock
from meetingsvc.permissions import PUBLIC
from meetingsvc.usecases import public_referrals as usecase
from meetingsvc.web import public_form, referral_check, referral_pages, referral_risk_pages
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.referral_pages import Desk

bp = Blueprint("public_referrals", __name__, url_prefix="/refer/<area>/<uuid:referral_id>")


def _desk(area: str, referral_id: UUID, *, saves: bool = False) -> Desk:
    """This address's own; anybody else's is as none."""
    row = public_form.open_area(area)
    who = public_form.referrer(row, saves=saves)
    found = or_404(usecase.read(who, referral_id))
    usecase.note_opened(who, referral_id, clock.now())
    return Desk(
        base=url_for("public_referrals.tasks", area=area, referral_id=referral_id),
        home=url_for("public_form.mine", area=area),
        referral=found,
        again=lambda: or_404(usecase.read(who, referral_id)),
        work=lambda: usecase.opened(who, referral_id, clock.now()),
        sends=lambda: usecase.sending(who, referral_id, clock.now()),
        area_id=row.id,
        page_base="public_form/page.html",
    )


@bp.after_request
def fall_asleep(answer: Response) -> Response:
    """What was sent from a browser that sleeps is kept, and nothing is shown in answer; but where the page
    was saved in another tab since, which it says by no word either."""
    if g.get("referrer_asleep") and "autosave" not in request.form:
        area, ended = (request.view_args or {}).get("area"), "1" if answer.status_code == 409 else "kept"
        return redirect(url_for("public_form.start", area=area, ended=ended), 303)  # type: ignore[return-value]
    return answer


@bp.get("")
@needs(PUBLIC)
def tasks(area: str, referral_id: UUID) -> Any:
    """The task list; of one that is sent, where it stands."""
    desk = _desk(area, referral_id)
    return referral_pages.tasks(desk) if desk.referral.can_be_changed else referral_check.sent(desk)


@bp.get("/sent")
@needs(PUBLIC)
def sent(area: str, referral_id: UUID) -> str:
    """Its reference, and what happens next."""
    return referral_check.sent(_desk(area, referral_id))


@bp.get("/sections/<section>")
@needs(PUBLIC)
def section(area: str, referral_id: UUID, section: str) -> str:
    """One page of the form."""
    return referral_pages.section(_desk(area, referral_id), section, 0)


@bp.post("/sections/<section>")
@needs(PUBLIC)
def save(area: str, referral_id: UUID, section: str) -> Any:
    """Keeps it as typed."""
    return referral_pages.save(_desk(area, referral_id, saves=True), section, 0)


@bp.get("/sections/<section>/<int:number>")
@needs(PUBLIC)
def one(area: str, referral_id: UUID, section: str, number: int) -> str:
    """One of several: a perpetrator, a child."""
    return referral_pages.section(_desk(area, referral_id), section, number)


@bp.post("/sections/<section>/<int:number>")
@needs(PUBLIC)
def save_one(area: str, referral_id: UUID, section: str, number: int) -> Any:
    """Keeps it as typed."""
    return referral_pages.save(_desk(area, referral_id, saves=True), section, number)


@bp.get("/sections/<section>/<int:number>/remove")
@needs(PUBLIC)
def ask_remove(area: str, referral_id: UUID, section: str, number: int) -> str:
    """Asks first."""
    return referral_pages.ask_remove(_desk(area, referral_id), section, number)


@bp.post("/sections/<section>/<int:number>/remove")
@needs(PUBLIC)
def remove(area: str, referral_id: UUID, section: str, number: int) -> Any:
    """Takes one of several out."""
    return referral_pages.remove(_desk(area, referral_id), section, number)


@bp.get("/risk")
@needs(PUBLIC)
def risk(area: str, referral_id: UUID) -> str:
    """The risk tool."""
    return referral_risk_pages.show(_desk(area, referral_id))


@bp.post("/risk")
@needs(PUBLIC)
def save_risk(area: str, referral_id: UUID) -> Any:
    """Keeps its answers."""
    return referral_risk_pages.save(_desk(area, referral_id, saves=True))


@bp.get("/check")
@needs(PUBLIC)
def check(area: str, referral_id: UUID) -> str:
    """Check your answers."""
    return referral_check.show(_desk(area, referral_id))


@bp.post("/check")
@needs(PUBLIC)
def send(area: str, referral_id: UUID) -> Any:
    """Sends it: it is on the next daily list from then on."""
    return referral_check.send(_desk(area, referral_id))


@bp.get("/throw-away")
@needs(PUBLIC)
def ask_throw_away(area: str, referral_id: UUID) -> Any:
    """Asks first."""
    return referral_check.ask_throw_away(_desk(area, referral_id))


@bp.post("/throw-away")
@needs(PUBLIC)
def throw_away(area: str, referral_id: UUID) -> Any:
    """A draft alone; nothing that was typed is kept."""
    return referral_check.throw_away(_desk(area, referral_id))
