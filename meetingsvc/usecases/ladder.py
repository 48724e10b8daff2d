"""What a meeting decides of a child: up, stay, down or leave, with a level and a reason (Rulebook E1).

A step and the place it leads to are written at once. Leaving waits for a second person, and until they have
confirmed it the child is heard as before.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.calendar import day_words, days_off, local_day
from agenda.level_history import Basis
from agenda.meetings import MeetingState
from agenda.panels import Family, Panel, Works
from agenda.panels import ladder as ladder_of
from agenda.rules import RuleBroken
from agenda.subjects import SubjectKind
from meetingsvc import holidays
from meetingsvc.models import (
    AccountRow,
    AreaRow,
    CaseRow,
    ItemRow,
    LadderPlaceRow,
    LadderStepRow,
    MeetingRow,
    db,
)
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import acting, areas, audit, panels, subject_levels
from meetingsvc.store import ladder as store
from meetingsvc.store.areas import settings_of
from meetingsvc.store.scope import items_of, meetings_of
from meetingsvc.usecases import exploitation_agendas
from meetingsvc.usecases.transaction import saved_by
from minutes.ladder import Beside, Course, Decided, Decision, Made, needs_second, problems

SINCE = "Somebody has decided on this child since you opened the page. Read it first. Nothing changed."
ANOTHER = "Another person confirms that a child leaves: whoever decided it does not. Nothing changed."
CHAIR = (
    "The child was at the highest level of risk, or none was known, so a chair decides or confirms that they "
    "leave."
)


class Unfit(Exception):
    """A decision that cannot be recorded as it was told: why, by field."""

    def __init__(self, found: dict[str, str]) -> None:
        super().__init__("unfit")
        self.problems = found


@dataclass(frozen=True, slots=True)
class _Case:
    """One child before one meeting, held until the transaction ends."""

    area: AreaRow
    panel: Panel
    steps: tuple[Panel, ...]
    item: ItemRow
    meeting: MeetingRow
    place: LadderPlaceRow
    course: Course
    beside: Beside


def decide(principal: Principal, item_id: UUID, told: Decided, mark: str, now: datetime) -> None:
    """Records it, where it can be; the same sent twice changes nothing. What sent the child elsewhere is
    corrected by deciding again, on the same day and until the other panel hears them.

    `mark` is `store.ladder.mark` as it was read. Raises Unfit, or RuleBroken where the meeting takes no
    decision or somebody decided meanwhile.
    """
    with saved_by(principal, Permission.EXPLOITATION_DECIDE, now) as who:
        item, meeting = _child(who, item_id)
        with acting.whole_area(who.area_id):
            if _is_said(item_id, item.case_id, told):
                return
            refuse_over(meeting, now)
            one = _case(item, meeting)
            if store.mark(item.case_id) != mark:
                raise RuleBroken(SINCE)
            one = _back_here(one, who, now)
            _refuse_unfit(one, told)
            if told.decision is Decision.LEAVE:
                _refuse_news(one)
                _ask(one, told, who, now)
            else:
                made = Made(told, one.panel.code, meeting.sits_on, now, who.name)
                _carry_out(one, made, who.account_id, None, now)


def may_correct(who: Principal, item_id: UUID, now: datetime) -> bool:
    """Whether a meeting can still take back where it has just sent a child, who may be read by who asks."""
    item = db.session.scalar(select(ItemRow).where(items_of(who), ItemRow.id == item_id))
    if item is None:
        return False
    with acting.whole_area(who.area_id):
        place = db.session.get(LadderPlaceRow, item.case_id)
        return place is not None and store.sent_on(item, place, now)


def confirm(principal: Principal, item_id: UUID, mark: str, now: datetime) -> None:
    """A second person confirms that the child leaves; of one at the highest level, one of the two is a chair.

    Until then the child is heard as before, be the meeting over or not.
    """
    with saved_by(principal, Permission.EXPLOITATION_DECIDE, now) as who:
        item, meeting = _child(who, item_id)
        with acting.whole_area(who.area_id):
            one = _asked(item, meeting, mark)
            _refuse_news(one)
            told = store.read(one.place.leaving or {})
            if one.place.leaving_by in (None, who.account_id):
                raise RuleBroken(ANOTHER)
            stood = one.course.stood(one.panel, meeting.sits_on, one.beside)
            if needs_second(told, stood, one.panel):
                _refuse_no_chair(one.place, who)
            asked_at = one.place.leaving_at or now
            by = _account(one.place)
            made = Made(told, one.panel.code, meeting.sits_on, asked_at, by.name, who.name)
            _carry_out(one, made, by.id, who.account_id, now)


def refuse(principal: Principal, item_id: UUID, mark: str, now: datetime) -> None:
    """Whoever asked takes it back, or a second person does not confirm it: the child stays, and is heard."""
    with saved_by(principal, Permission.EXPLOITATION_DECIDE, now) as who:
        item, meeting = _child(who, item_id)
        with acting.whole_area(who.area_id):
            one = _asked(item, meeting, mark)
            store.forget_leaving(one.place)
            audit.record(
                who.account_id, who.area_id, "ladder.leaving_refused", f"item/{item_id}", now,
                case=item.case_id,
            )  # fmt: skip


def _child(who: Principal, item_id: UUID) -> tuple[ItemRow, MeetingRow]:
    """What is no child climbs no ladder."""
    kind, item, meeting = item_of(who, item_id)
    if kind is not SubjectKind.CHILD:
        raise NotFound
    return item, meeting


def item_of(who: Principal, item_id: UUID) -> tuple[SubjectKind, ItemRow, MeetingRow]:
    """An item of panels of exploitation, of whichever kind, with the area held. One that is hidden, or of
    other panels, is missing."""
    areas.hold(who.area_id)
    if not who.runs_exploitation:
        raise NotFound
    item = db.session.scalar(select(ItemRow).where(items_of(who), ItemRow.id == item_id))
    if item is None:
        raise NotFound
    rows = select(MeetingRow).where(meetings_of(who), MeetingRow.id == item.meeting_id)
    meeting = db.session.scalar(rows.where(MeetingRow.family == Family.EXPLOITATION))
    if meeting is None:
        raise NotFound
    with acting.whole_area(who.area_id):
        kind = db.session.scalars(select(CaseRow.kind).where(CaseRow.id == item.case_id)).one()
    return SubjectKind(kind), item, meeting


def _is_said(item_id: UUID, case_id: UUID, told: Decided) -> bool:
    """Whether the meeting has just said that, or asked for it."""
    place = store.place(case_id)
    if place is not None and place.leaving is not None:
        return place.leaving_item == item_id and store.read(place.leaving) == told
    last = store.last_of(item_id)
    return last is not None and store.told_of(last) == told


def refuse_over(meeting: MeetingRow, now: datetime) -> None:
    """Nothing is decided before the day, before the agenda is shared, or once the meeting is over."""
    on = day_words(meeting.sits_on)
    if local_day(now) < meeting.sits_on:
        raise RuleBroken(f"This meeting sits on {on}, and has not begun. Nothing was saved.")
    if meeting.works == Works.AGENDA and meeting.state == MeetingState.OPEN:
        raise RuleBroken("The agenda has not been shared. Share it first. Nothing was saved.")
    if meeting.state not in (MeetingState.OPEN, MeetingState.PUBLISHED):
        raise RuleBroken(
            f"The meeting of {on} is over. Who was not decided on is heard at the next. Nothing was saved."
        )


def _case(item: ItemRow, meeting: MeetingRow) -> _Case:
    area = areas.by_id(item.area_id)
    panel, place = panels.one(area, meeting.kind), store.place(item.case_id)
    if place is None:
        raise RuleBroken("The child has left these meetings. Nothing changed.")
    if panel is None:
        raise RuleBroken("This panel was taken off. Nothing changed.")
    steps = ladder_of(panels.of(area), Family.EXPLOITATION)
    off = days_off(settings_of(area), holidays.known())
    planned = store.planned([item.case_id]).get(item.case_id)
    beside = Beside(store.born(item.case_id), store.screened(item.case_id), off, planned)
    course = store.course(item.case_id, place.joined)
    return _Case(area, panel, steps, item, meeting, place, course, beside)


def _asked(item: ItemRow, meeting: MeetingRow, mark: str) -> _Case:
    """A child whose leaving was asked for at this item, as it was read."""
    one = _case(item, meeting)
    if one.place.leaving is None or one.place.leaving_item != item.id or store.mark(item.case_id) != mark:
        raise RuleBroken(SINCE)
    return one


def _back_here(one: _Case, who: Principal, now: datetime) -> _Case:
    """A child whom this meeting has just sent elsewhere is here again, to be decided on anew; the level that
    it said counts as said."""
    place, code = one.place, one.panel.code
    if not store.sent_on(one.item, place, now):
        return one
    exploitation_agendas.take_off(one.area, place.panel, place.case_id, who.account_id, now)
    place.panel = code
    db.session.flush()
    *before, last = one.course.made
    return replace(one, course=replace(one.course, made=(*before, replace(last, to=code))))


def _refuse_unfit(one: _Case, told: Decided) -> None:
    on = one.meeting.sits_on
    if found := problems(told, one.course.standing(), one.panel, one.steps, on, one.beside):
        raise Unfit(found)


def _ask(one: _Case, told: Decided, who: Principal, now: datetime) -> None:
    """The child stays, and is at the next meeting, until a second person has confirmed it."""
    place = one.place
    place.leaving, place.leaving_item = store.kept(told), one.item.id
    place.leaving_by, place.leaving_at, place.review_by = who.account_id, now, None
    db.session.flush()
    exploitation_agendas.compile_due(one.area, who.account_id, now)
    about = f"item/{one.item.id}"
    audit.record(who.account_id, who.area_id, "ladder.leaving_asked", about, now, case=one.item.case_id)


def _refuse_news(one: _Case) -> None:
    """Nobody leaves by what an earlier meeting decided, while a later one is to hear of something new."""
    if store.news_since(one.item.case_id, one.meeting.sits_on):
        raise RuleBroken(
            "Something new about the child is on a later list. Decide there, or where they are heard next. "
            "Nothing changed."
        )


def _refuse_no_chair(place: LadderPlaceRow, who: Principal) -> None:
    if Role.CHAIR not in (who.role, Role(_account(place).role)):
        raise RuleBroken(f"{CHAIR} Nothing changed.")


def _account(place: LadderPlaceRow) -> AccountRow:
    if place.leaving_by is None:
        raise ValueError("a leaving that nobody asked for")
    return db.session.get_one(AccountRow, place.leaving_by)


def _carry_out(one: _Case, made: Made, by: UUID, second: UUID | None, now: datetime) -> None:
    """The step, the place, the level, and the item at the panel that has the child now: all or nothing."""
    done = one.course.after(made, one.panel, one.steps, one.beside).made[-1]
    told, case_id = done.told, one.item.case_id
    if told.decision is None or told.level is None:
        raise ValueError("a decision that says nothing")
    db.session.add(
        LadderStepRow(
            area_id=one.area.id, case_id=case_id, item_id=one.item.id, panel=done.panel,
            decision=told.decision.value, level=told.level.value, reason=told.reason.strip(),
            ground=told.ground and told.ground.value, goes_on=told.goes_on.strip(),
            review_on=told.review_on, heard_on=done.on, leads_to=done.to, made_by=by, made_at=done.at,
            confirmed_by=second, confirmed_at=now if second else None,
        )
    )  # fmt: skip
    store.forget_leaving(one.place)
    subject_levels.say(
        one.area.id, case_id, told.level, Basis.MEETING, told.reason.strip(), done.panel, now, made.by
    )
    _move(one, done, by, now)  # the next agenda says the level that was just decided
    actor, action = (second, "ladder.confirmed") if second else (by, "ladder.decided")
    audit.record(
        actor, one.area.id, action, f"item/{one.item.id}", now, case=case_id, decision=told.decision.value
    )


def _move(one: _Case, done: Made, by: UUID, now: datetime) -> None:
    place, told = one.place, done.told
    if done.to != place.panel:
        exploitation_agendas.take_off(one.area, place.panel, place.case_id, by, now)
    if not done.to:
        db.session.delete(place)
        db.session.flush()
        return
    place.level = told.level and told.level.value
    if done.to == place.panel:
        place.review_by = told.review_on or one.beside.latest(one.panel, one.meeting.sits_on)
        db.session.flush()
        exploitation_agendas.compile_due(one.area, by, now)
        return
    place.panel, place.review_by = done.to, None
    db.session.flush()
    above = next(panel for panel in one.steps if panel.code == done.to)
    if above.works is Works.AGENDA:
        exploitation_agendas.put_on(one.area, above, [place.case_id], by, now)
