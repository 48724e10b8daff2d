"""A case: who it is about, what has happened, which meetings heard it and what they decided."""

from datetime import date
from uuid import UUID

from flask import Blueprint, render_template

from agenda.calendar import add_months
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    allocations,
    areas,
    case_incidents,
    case_page,
    consents,
    consents_elsewhere,
    disclosure_schemes,
    exploitation_page,
    feedback_page,
    matching_merges,
    openings,
    orders,
    referrals,
    restrictions,
    risk_assessments,
    subject_sides,
)
from meetingsvc.store.case_page import Case, Hearing, OnMeeting
from meetingsvc.store.subject_people import OF_ABUSE
from meetingsvc.usecases import reading
from meetingsvc.web import guard, subjects, transfer_parts
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.paging import Pages, page_asked

bp = Blueprint("cases", __name__)
NEWEST, PAGE = 3, 20


@bp.get("/cases/<uuid:case_id>")
@needs(Permission.CASE_READ)
def show(case_id: UUID) -> str:
    """One line an incident, and the newest in full."""
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, "case.read", f"case/{case_id}", clock.now())
    incidents, heard = case_incidents.incidents_on(who, case), case_page.hearings(who, case_id)
    meetings, newest = case_page.meetings(who, case_id), incidents[:NEWEST]
    full = case_incidents.in_full(who, newest)
    case = case_incidents.as_told(case, full, newest)
    versions = {incident.reference: incident.versions for incident in incidents}
    transfers = transfer_parts.on_case(who, case_id, versions, clock.now())
    return render_template(
        "cases/case.html", case=case, incidents=incidents, newest=newest, full=full,
        hearings=[hearing for hearing in heard if hearing.has_sat(clock.now())],
        repeat=_repeat(who.area_id, heard), waiting=_waits(transfers.waiting(meetings)), meetings=meetings,
        opening=openings.open_now(who, case_id), kept=_kept(who, case),
        actions=case_page.actions(who, case_id), today=clock.today(), page_size=PAGE,
        orders=orders.on_case(who, case_id, versions, clock.now()),
        applications=disclosure_schemes.on(who, [one.reference for one in incidents]),
        said=referrals.said_of(who, case_id),
        whose=allocations.whose(who, case_id), consent=consents.standing(who, case_id),
        elsewhere=consents_elsewhere.on(who, case_id),
        assessed=risk_assessments.latest(who, case_id), transfers=transfers,
        lists=case_page.lists_of(who) if who.may(Permission.LIST_READ) else (),
        twins=matching_merges.twins(who, case_id), telling=feedback_page.on_case(who, case_id),
        subject_at=subjects.address(case.kind, case_id), address_of=subjects.address_of,
        decided=_decided(who, meetings),
        heard_as=subject_sides.heard_as(who, case_id) if case.kind == OF_ABUSE else [],
    )  # fmt: skip


@bp.get("/cases/<uuid:case_id>/in-full")
@needs(Permission.CASE_READ)
def in_full(case_id: UUID) -> str:
    """Every incident with its summary and its versions, a page at a time."""
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, "case.read", f"case/{case_id}", clock.now())
    incidents = case_incidents.incidents_on(who, case)
    pages = Pages(page_asked(), len(incidents), PAGE)
    shown = incidents[(pages.page - 1) * PAGE : pages.page * PAGE]
    full = case_incidents.in_full(who, shown)
    return render_template(
        "cases/in_full.html", case=case, incidents=shown, full=full, pages=pages,
        opening=openings.open_now(who, case_id),
    )  # fmt: skip


def _decided(who: Principal, meetings: list[OnMeeting]) -> dict[UUID, str]:
    """What panels of exploitation decided, by item."""
    items = [on.item_id for on in meetings if on.of_child]
    return exploitation_page.decided(who, items) if items else {}


def _kept(who: Principal, case: Case) -> str:
    """Whether the case is kept to named people; or is proposed to be, for who runs meetings."""
    return case.restriction if case.restriction and case.restriction in restrictions.marks_of(who) else ""


def _repeat(area_id: UUID, heard: list[Hearing]) -> tuple[date, date, bool] | None:
    """The last hearing, and the last day on which a further incident is a repeat, if not past (T6); and
    whether the MARAC has sat: on its day, that it is on the agenda counts before."""
    counted = [hearing for hearing in heard if hearing.heard_on <= clock.today()]
    if not counted:
        return None
    last = max(counted, key=lambda hearing: (hearing.heard_on, hearing.has_sat(clock.now())))
    until = add_months(last.heard_on, areas.settings_of(areas.by_id(area_id)).repeat_months)
    return (last.heard_on, until, last.has_sat(clock.now())) if until >= clock.today() else None


def _waits(meetings: list[OnMeeting]) -> bool:
    """Referred to a MARAC that has not sat (Rulebook T15)."""
    today = clock.today()
    return any(on.referred and (on.heard_on is None or on.heard_on > today) for on in meetings)
