"""Putting a person of concern, a place, a group or a theme on an agenda, and taking it off (Rulebook E1, E2).

What was put on stands in `ladder_place` as a child does, so that the same agendas hear it, or carry it to the
next sitting, until a meeting closes it: nothing falls off in silence.
"""

from datetime import date, datetime
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda.meetings import MeetingState
from agenda.panels import Family, Panel
from agenda.rules import RuleBroken
from agenda.subjects import SubjectKind
from meetingsvc.models import AgendaPutRow, AreaRow, ItemRow, LadderPlaceRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, agenda_puts, areas, audit, ladder, panels
from meetingsvc.store import subjects as subject_store
from meetingsvc.usecases import exploitation_agendas, subjects
from meetingsvc.usecases.ladder import item_of
from meetingsvc.usecases.restrictions import refuse_reading_only
from meetingsvc.usecases.transaction import saved_by
from minutes.under_review import may_be_put_on, off_problem, reason_problem, title_problem

AWAITED = "Agencies were told that the coming {0} hears it. {0} hears it first. Nothing was changed."


def put(principal: Principal, code: str, case_id: UUID, reason: str, now: datetime) -> date:
    """Puts a subject on the coming agenda of a panel that hears its kind; gives back the day.

    Once on each agenda: what is there already gets the further reason. What another panel has goes over to
    this one. One that is hidden is missing.
    """
    with saved_by(principal, Permission.EXPLOITATION_DECIDE, now) as who:
        areas.hold(who.area_id)
        found = subject_store.of(who, [case_id]).get(case_id)
        if not who.runs_exploitation or found is None:
            raise NotFound
        panel = _panel(who, code, found.kind)
        refuse_reading_only(who, case_id)
        return _put(who, panel, case_id, reason, now)


def put_theme(principal: Principal, code: str, title: str, reason: str, now: datetime) -> date:
    """The same of a theme, by its title: where there is one of that title it is that one, be it kept from who
    asks or not, who learns of neither (Rulebook M6)."""
    with saved_by(principal, Permission.EXPLOITATION_DECIDE, now) as who:
        if not who.runs_exploitation:
            raise NotFound
        panel = _panel(who, code, SubjectKind.THEME)
        _refuse(title_problem(title))
        _refuse(reason_problem(reason))
        return _put(who, panel, subjects.make_theme(who, title.strip(), now), reason, now)


def offered(who: Principal, kind: SubjectKind) -> list[Panel]:
    """The panels of the area on whose agenda this kind is put, for who runs them."""
    if not who.runs_exploitation:
        return []
    there = panels.set_up(who.area_id)
    return [one for one in there if one.family is Family.EXPLOITATION and may_be_put_on(one, kind.part)]


def _panel(who: Principal, code: str, kind: SubjectKind) -> Panel:
    """A panel that does not hear this kind is none to put it on."""
    found = next((one for one in offered(who, kind) if one.code == code), None)
    if found is None:
        raise NotFound
    return found


def _refuse(problems: dict[str, str]) -> None:
    for why in problems.values():
        raise RuleBroken(f"{why}. Nothing was changed.")


def _put(who: Principal, panel: Panel, case_id: UUID, reason: str, now: datetime) -> date:
    _refuse(reason_problem(reason))
    with acting.whole_area(who.area_id):
        area = areas.by_id(who.area_id)
        _stand(area, panel, case_id, who, now)
        meeting = exploitation_agendas.coming(area, panel, who.account_id, now)
        exploitation_agendas.put_on(area, panel, [case_id], who.account_id, now)
        _keep(who, panel, case_id, reason.strip(), now)
        audit.record(who.account_id, who.area_id, "agenda.put_on", f"meeting/{meeting.id}", now, case=case_id)
        return meeting.sits_on


def _stand(area: AreaRow, panel: Panel, case_id: UUID, who: Principal, now: datetime) -> None:
    """From now on the panel has it, and hears it at its next meeting. A closing that was asked for before is
    decided anew."""
    place = ladder.place(case_id)
    if place is None:
        db.session.add(LadderPlaceRow(case_id=case_id, area_id=area.id, panel=panel.code, joined=panel.code))
    else:
        if place.panel != panel.code and agenda_puts.is_awaited(case_id, place.panel, now):
            raise RuleBroken(AWAITED.format(place.panel))
        ladder.forget_leaving(place)
        if place.panel != panel.code:
            exploitation_agendas.take_off(area, place.panel, case_id, who.account_id, now)
        place.panel, place.review_by = panel.code, None
    db.session.flush()


def _keep(who: Principal, panel: Panel, case_id: UUID, reason: str, now: datetime) -> None:
    """Why it is there; the same said twice by one person is said once."""
    before = agenda_puts.last(case_id)
    if before and (before.panel, before.reason, before.put_by) == (panel.code, reason, who.account_id):
        return
    db.session.add(
        AgendaPutRow(area_id=who.area_id, case_id=case_id, panel=panel.code, reason=reason,
                     put_by=who.account_id, put_at=now)
    )  # fmt: skip
    db.session.flush()


def take_off(principal: Principal, item_id: UUID, reason: str, now: datetime) -> None:
    """Takes off again what was put on, with a reason, until its agenda is shared; a child never (E1)."""
    with saved_by(principal, Permission.EXPLOITATION_DECIDE, now) as who:
        kind, item, meeting = item_of(who, item_id)
        if kind is SubjectKind.CHILD:
            raise NotFound
        _refuse(reason_problem(reason))
        case_id = item.case_id
        with acting.whole_area(who.area_id):
            place = _at(meeting, case_id)
            if why := off_problem(agenda_puts.was_shared(case_id), exploitation_agendas.hangs_on(item_id)):
                raise RuleBroken(why)
            _off(areas.by_id(who.area_id), item, place, who, now)
            if last := agenda_puts.last(case_id):
                last.off_reason, last.off_by, last.off_at = reason.strip(), who.account_id, now
            about = f"meeting/{meeting.id}"
            audit.record(who.account_id, who.area_id, "agenda.taken_off", about, now, case=case_id)


def _at(meeting: MeetingRow, case_id: UUID) -> LadderPlaceRow:
    """Where it stands, as long as this agenda is to hear it."""
    place = ladder.place(case_id)
    if place is None or place.panel != meeting.kind or meeting.state == MeetingState.CANCELLED:
        raise RuleBroken("This agenda hears it no more. Nothing was changed.")
    return place


def _off(area: AreaRow, item: ItemRow, place: LadderPlaceRow, who: Principal, now: datetime) -> None:
    code, case_id = place.panel, place.case_id
    db.session.delete(item)
    db.session.delete(place)
    db.session.flush()
    exploitation_agendas.take_off(area, code, case_id, who.account_id, now)
