"""Who did what: the access log, as far as it is each reader's to read (security.md B "Read audit")."""

from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from agenda.meetings import case_number
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import case_page, trail
from meetingsvc.store.trail import Filter
from meetingsvc.store.trail_words import ACTIONS, Sort, words
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.paging import Pages, page_asked

bp = Blueprint("audit", __name__)
_KEPT = ("subject", "actor", "day", "sort", "action")
SIZE = 50


@bp.get("/audit")
@needs(Permission.AUDIT_READ)
def show() -> str:
    """The newest first. Looking at it is a line of its own."""
    return _page(guard.principal(), _wanted(guard.principal()))


@bp.post("/audit")
@needs(Permission.AUDIT_READ)
def find() -> Any:
    """From what was typed to an address that names nobody: identifiers, never a reference or a name."""
    who, told = guard.principal(), request.form.get("reference", "").strip()
    keep = {name: request.form.get(name, "").strip()[:80] for name in _KEPT}
    if keep["subject"] and who.role is Role.INFORMATION_GOVERNANCE and not trail.as_printed(keep["subject"]):
        wanted = Filter(subject=keep["subject"])
        return _page(who, wanted, "Write it as the log prints it, like case/8d1c…"), 422
    if told:
        number = case_number(told)
        case_id = trail.case_named(who, number) if number else None
        if case_id is None:
            return _page(who, Filter(), f"There is no case {told[:20]} that you may open", told[:20]), 422
        keep["case"] = str(case_id)
    kept: dict[str, Any] = {name: value for name, value in keep.items() if value}
    return redirect(url_for("audit.show", **kept), 303)


@bp.get("/cases/<uuid:case_id>/opened")
@needs(Permission.CASE_TRAIL)
def of_case(case_id: UUID) -> str:
    """Who has opened one case, and what else was done with it."""
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    wanted, page = Filter(case_id=case_id), page_asked()
    pages, lines = Pages(page, trail.count(who, wanted), SIZE), trail.lines(who, wanted, page, SIZE)
    reading.opened(who, "trail.case_read", f"case/{case_id}", clock.now())
    return render_template("audit/case.html", case=case, lines=lines, pages=pages)


def _page(who: Principal, wanted: Filter, problem: str = "", typed: str = "") -> str:
    page = page_asked()
    pages = Pages(page, trail.count(who, wanted), SIZE, _kept())
    lines = trail.lines(who, wanted, page, SIZE)
    reading.opened(who, "audit.read", f"area/{who.area_id}", clock.now())
    return render_template(
        "audit/audit.html", wanted=wanted, lines=lines, pages=pages, people=trail.people(who), sorts=Sort,
        actions=ACTIONS, words=words, reference=typed or trail.reference(who, wanted.case_id),
        problem=problem, in_ids=who.role is Role.INFORMATION_GOVERNANCE, bare=trail.no_content(who),
    )  # fmt: skip


def _kept() -> dict[str, str]:
    return {name: value[:80] for name, value in request.args.items() if name != "page"}


def _wanted(who: Principal) -> Filter:
    """What the address asks for; what nobody could have meant is as if it were not there."""
    told = request.args
    day = case_id = None
    with suppress(ValueError):
        day = date.fromisoformat(told.get("day", ""))
    with suppress(ValueError):
        case_id = UUID(told.get("case", ""))
    sort = Sort.__members__.get(told.get("sort", "").upper())
    subject = told.get("subject", "").strip()[:80] if who.role is Role.INFORMATION_GOVERNANCE else ""
    return Filter(subject, told.get("actor", "").strip()[:40], case_id, day, sort,
                  told.get("action", "").strip()[:80])  # fmt: skip
