"""What a meeting decides of those on its agenda who are no children: under review, or closed (E1, E2).

A step and the place are written at once, as of a child (`usecases.ladder`). Where closing waits for a second
person, it is heard as before until they have confirmed it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda.calendar import days_off
from agenda.panels import Panel
from agenda.review_dates import review_by
from agenda.rules import RuleBroken
from agenda.subjects import SubjectKind
from meetingsvc import holidays
from meetingsvc.models import AccountRow, AreaRow, ItemRow, LadderPlaceRow, LadderStepRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import acting, agenda_puts, areas, audit, panels
from meetingsvc.store import ladder as store
from meetingsvc.store.areas import settings_of
from meetingsvc.usecases import exploitation_agendas
from meetingsvc.usecases.ladder import Unfit, item_of, refuse_over
from meetingsvc.usecases.transaction import saved_by
from minutes.under_review import Review, Verdict, needs_second, problems

SINCE = "Somebody has decided on this since you opened the page. Read it first. Nothing changed."
ANOTHER = "Another person confirms that this is closed: whoever decided it does not. Nothing changed."
CHAIR = "A chair decides or confirms that this person of concern is closed. Nothing changed."
ELSEWHERE = "Another meeting has it now, or it was closed. Nothing changed."


@dataclass(frozen=True, slots=True)
class _One:
    """One of them before one meeting, held until the transaction ends."""

    kind: SubjectKind
    area: AreaRow
    panel: Panel
    item: ItemRow
    meeting: MeetingRow
    place: LadderPlaceRow
    latest: date | None  # by which it is heard again, where it is kept


@dataclass(frozen=True, slots=True)
class _Made:
    """Who decided it, and when; `second` is who confirmed it, where that was needed."""

    by: UUID
    at: datetime
    second: UUID | None = None


def decide(principal: Principal, item_id: UUID, told: Review, mark: str, now: datetime) -> bool:
    """Records it, where it can be; says whether it counts already, or waits for a second person.

    The same sent twice changes nothing. `mark` is `store.ladder.mark` as it was read. Raises Unfit, or
    RuleBroken where the meeting takes no decision or somebody decided meanwhile.
    """
    with saved_by(principal, Permission.EXPLOITATION_DECIDE, now) as who:
        kind, item, meeting = _item(who, item_id)
        with acting.whole_area(who.area_id):
            place = store.place(item.case_id)
            if _is_said(item_id, place, told):
                return place is None or place.leaving is None
            refuse_over(meeting, now)
            one = _one(kind, item, meeting, place)
            if store.mark(item.case_id) != mark:
                raise RuleBroken(SINCE)
            if found := problems(told, meeting.sits_on, one.latest):
                raise Unfit(found)
            if needs_second(told.verdict, kind, agenda_puts.levels_near(who.area_id, item.case_id)):
                _ask(one, told, who, now)
                return False
            _carry_out(one, told, _Made(who.account_id, now), now)
            return True


def confirm(principal: Principal, item_id: UUID, mark: str, now: datetime) -> None:
    """A second person confirms that it is closed; one of the two is a chair. Until then it is heard as
    before, be the meeting over or not."""
    with saved_by(principal, Permission.EXPLOITATION_DECIDE, now) as who:
        kind, item, meeting = _item(who, item_id)
        with acting.whole_area(who.area_id):
            one = _asked(kind, item, meeting, mark)
            by, at = one.place.leaving_by, one.place.leaving_at
            if by is None or at is None or by == who.account_id:
                raise RuleBroken(ANOTHER)
            if Role.CHAIR not in (who.role, Role(db.session.get_one(AccountRow, by).role)):
                raise RuleBroken(CHAIR)
            _carry_out(one, _read(one.place.leaving or {}), _Made(by, at, who.account_id), now)


def refuse(principal: Principal, item_id: UUID, mark: str, now: datetime) -> None:
    """Whoever asked takes it back, or a second person does not confirm it: it stays, and is heard."""
    with saved_by(principal, Permission.EXPLOITATION_DECIDE, now) as who:
        kind, item, meeting = _item(who, item_id)
        with acting.whole_area(who.area_id):
            one = _asked(kind, item, meeting, mark)
            store.forget_leaving(one.place)
            _said(who.account_id, "ladder.leaving_refused", one, now)


def _item(who: Principal, item_id: UUID) -> tuple[SubjectKind, ItemRow, MeetingRow]:
    kind, item, meeting = item_of(who, item_id)
    if kind is SubjectKind.CHILD:
        raise NotFound
    return kind, item, meeting


def _one(kind: SubjectKind, item: ItemRow, meeting: MeetingRow, place: LadderPlaceRow | None) -> _One:
    area = areas.by_id(item.area_id)
    panel = panels.one(area, meeting.kind)
    if place is None or place.panel != meeting.kind:
        raise RuleBroken(ELSEWHERE)
    if panel is None:
        raise RuleBroken("This panel was taken off. Nothing changed.")
    off = days_off(settings_of(area), holidays.known())
    return _One(kind, area, panel, item, meeting, place, review_by(meeting.sits_on, panel, None, off))


def _asked(kind: SubjectKind, item: ItemRow, meeting: MeetingRow, mark: str) -> _One:
    """One whose closing was asked for at this item, as it was read."""
    place = store.place(item.case_id)
    if place is None or place.leaving is None or place.leaving_item != item.id:
        raise RuleBroken(SINCE)
    if store.mark(item.case_id) != mark:
        raise RuleBroken(SINCE)
    return _one(kind, item, meeting, place)


def _is_said(item_id: UUID, place: LadderPlaceRow | None, told: Review) -> bool:
    """Whether the meeting has just said that, or asked for it."""
    if place is not None and place.leaving is not None:
        return place.leaving_item == item_id and _read(place.leaving) == told
    last = store.last_of(item_id)
    return last is not None and Review(Verdict(last.decision), last.reason, last.review_on) == told


def _kept(told: Review) -> dict[str, Any]:
    """A closing as the table keeps one that waits for a second person."""
    return {"decision": Verdict.CLOSE.value, "reason": told.reason}


def _read(told: dict[str, Any]) -> Review:
    """The inverse of `_kept`."""
    return Review(Verdict(told["decision"]), told["reason"])


def _ask(one: _One, told: Review, who: Principal, now: datetime) -> None:
    """It stays, and is at the next meeting, until a second person has confirmed it."""
    place = one.place
    place.leaving, place.leaving_item = _kept(told), one.item.id
    place.leaving_by, place.leaving_at, place.review_by = who.account_id, now, None
    db.session.flush()
    exploitation_agendas.compile_due(one.area, who.account_id, now)
    _said(who.account_id, "ladder.leaving_asked", one, now)


def _carry_out(one: _One, told: Review, made: _Made, now: datetime) -> None:
    """The step and the place: both, or neither."""
    if told.verdict is None:
        raise ValueError("a decision that says nothing")
    closes = told.verdict is Verdict.CLOSE
    db.session.add(
        LadderStepRow(
            area_id=one.area.id, case_id=one.item.case_id, item_id=one.item.id, panel=one.panel.code,
            decision=told.verdict.value, level="", reason=told.reason.strip(), review_on=told.review_on,
            heard_on=one.meeting.sits_on, leads_to="" if closes else one.panel.code, made_by=made.by,
            made_at=made.at, confirmed_by=made.second, confirmed_at=now if made.second else None,
        )
    )  # fmt: skip
    store.forget_leaving(one.place)
    actor, action = (made.second, "ladder.confirmed") if made.second else (made.by, "ladder.decided")
    _said(actor, action, one, now, decision=told.verdict.value)
    if closes:
        exploitation_agendas.take_off(one.area, one.panel.code, one.item.case_id, actor, now)
        db.session.delete(one.place)
        db.session.flush()
        return
    one.place.review_by = told.review_on or one.latest
    db.session.flush()
    exploitation_agendas.compile_due(one.area, actor, now)


def _said(actor: UUID, action: str, one: _One, now: datetime, **detail: str) -> None:
    about, case_id = f"item/{one.item.id}", one.item.case_id
    audit.record(actor, one.area.id, action, about, now, case=case_id, **detail)
