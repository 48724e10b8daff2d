"""Yearly reviews, what agencies are asked, and holds, as each person may read them (Rulebook L1, L3)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from agenda.meetings import case_reference
from agenda.moves import Who
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AreaRow,
    CaseRow,
    HoldRow,
    RetentionAskRow,
    ReviewRow,
    ReviewStepRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, areas, retention_times
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader, open_to
from meetingsvc.store.scope_retention import asks_of, reviews_of, steps_of
from minutes.holds import HoldRules
from minutes.retention import Made, Review, ReviewRules, State, Step
from minutes.retention_asks import AskRules, Holds, OnBehalf
from minutes.retention_case import Outcome, Proposal

OPEN = (State.DUE, State.PROPOSED, State.TO_DESTROY)


@dataclass(frozen=True, slots=True)
class Kept:
    """One review of one case. `by` names who took each step, in their order."""

    id: UUID
    area_id: UUID
    case_id: UUID
    case: str
    review: Review
    by: tuple[str, ...]
    row: ReviewRow  # for the use cases, to write on

    @property
    def state(self) -> State:
        """How far it is."""
        return self.review.state


@dataclass(frozen=True, slots=True)
class Asked:
    """What one agency is asked about one case, or has answered."""

    id: UUID
    case_id: UUID
    case: str
    agency_id: UUID
    agency: str
    due_on: date
    asked_on: date
    holds: Holds | None
    may_go: bool | None
    by: str
    row: RetentionAskRow
    for_it: bool = False  # information governance answered, for an agency that could not
    why: OnBehalf | None = None  # it could not; None also of what was answered before that was kept


@dataclass(frozen=True, slots=True)
class HoldLine:
    """What was done to a hold, and by whom."""

    why: str
    sets: bool
    at: datetime
    by: str
    reason: str


def rules(area_id: UUID) -> tuple[ReviewRules, AskRules, HoldRules]:
    """What the area has set."""
    told = areas.settings_of(db.session.get_one(AreaRow, area_id))
    return (ReviewRules(told.review_months), AskRules(told.retention_answer_days),
            HoldRules(told.hold_child_cases))  # fmt: skip


def one(reader: Reader, review_id: UUID) -> Kept | None:
    """One review, where the reader may open its case."""
    return next(iter(_kept(reader, ReviewRow.id == review_id)), None)


def to_do(reader: Reader, today: date) -> list[Kept]:
    """Those that are due and not done, the longest waiting first."""
    return _kept(reader, ReviewRow.state.in_(OPEN), ReviewRow.due_on <= today)


def of_case(reader: Reader, case_id: UUID) -> list[Kept]:
    """Every review of a case."""
    return _kept(reader, ReviewRow.case_id == case_id)


def count(reader: Reader, states: Collection[State], today: date) -> int:
    """How many are due and stand so."""
    where = (reviews_of(reader), ReviewRow.state.in_(states), ReviewRow.due_on <= today)
    return db.session.scalar(select(func.count(ReviewRow.id)).where(*where)) or 0


def asked_of(reader: Principal, *, open_only: bool = False) -> list[Asked]:
    """What one's own agency is asked: what is not answered comes first."""
    found = _own(reader, *([RetentionAskRow.answered_at.is_(None)] if open_only else []))
    return sorted(found, key=lambda ask: (ask.holds is not None, ask.asked_on))


def unanswered(reader: Reader, case_id: UUID | None = None) -> list[Asked]:
    """Whatever agencies have not answered yet, of all cases or of one."""
    row = RetentionAskRow
    return _asked(reader, row.answered_at.is_(None), *([row.case_id == case_id] if case_id else []))


def ask(reader: Principal, ask_id: UUID) -> Asked | None:
    """One of those."""
    return next(iter(_own(reader, RetentionAskRow.id == ask_id)), None)


def _own(reader: Principal, *conditions: ColumnElement[bool]) -> list[Asked]:
    """By the case's reference alone, which no wall or restriction keeps from the reader (M6).

    An agency that sits in no meeting of the case by now, as of cases of before an upgrade, is asked all the
    same: it holds what it recorded, and what it supplied goes with its yes alone (Rulebook L3, R2). Were it
    not asked, or not able to answer, the case would be kept for ever, risk or none (L1).
    """
    row = RetentionAskRow
    with acting.whole_area(reader.area_id):
        return _asked(Host(reader.area_id), row.agency_id == reader.agency_id, open_to(reader, row.case_id),
                      *conditions)  # fmt: skip


def heard_before(reader: Principal, found: Asked) -> list[date]:
    """When its case was heard before the service: of that time nobody has it by its reference (L3)."""
    with acting.whole_area(reader.area_id):
        return retention_times.heard_before(found.case_id)


def asked_about(reader: Reader, case_id: UUID, due_on: date) -> list[Asked]:
    """Every agency that was asked for one review."""
    row = RetentionAskRow
    return _asked(reader, and_(row.case_id == case_id, row.due_on == due_on))


def _asked(reader: Reader, *conditions: ColumnElement[bool]) -> list[Asked]:
    row = RetentionAskRow
    rows = (
        select(row, CaseRow.number, AgencyRow.name, AccountRow.name, AccountRow.role)
        .join(CaseRow, CaseRow.id == row.case_id).join(AgencyRow, AgencyRow.id == row.agency_id)
        .outerjoin(AccountRow, AccountRow.id == row.answered_by)
        .where(asks_of(reader), *conditions).order_by(row.due_on, AgencyRow.name)
    )  # fmt: skip
    return [
        Asked(ask.id, ask.case_id, case_reference(number), ask.agency_id, agency, ask.due_on, ask.asked_on,
              Holds(ask.holds) if ask.holds else None, ask.may_go, by or "", ask,
              role == Role.INFORMATION_GOVERNANCE or ask.answered_why is not None,
              OnBehalf(ask.answered_why) if ask.answered_why else None)
        for ask, number, agency, by, role in db.session.execute(rows)
    ]  # fmt: skip


def _kept(reader: Reader, *conditions: ColumnElement[bool]) -> list[Kept]:
    row = ReviewRow
    rows = select(row, CaseRow.number).join(CaseRow, CaseRow.id == row.case_id)
    found = db.session.execute(rows.where(reviews_of(reader), *conditions).order_by(row.due_on, row.id)).all()
    steps = _steps([review.id for review, _ in found])
    return [
        Kept(review.id, review.area_id, review.case_id, case_reference(number),
             Review(review.due_on, tuple(made for made, _ in steps[review.id])),
             tuple(by for _, by in steps[review.id]), review)
        for review, number in found
    ]  # fmt: skip


def _steps(ids: Collection[UUID]) -> dict[UUID, list[tuple[Made, str]]]:
    """Of reviews that the reader has been found to see."""
    row, found = ReviewStepRow, defaultdict[UUID, list[tuple[Made, str]]](list)
    rows = select(row, AccountRow.name).outerjoin(AccountRow, AccountRow.id == row.account_id)
    for step, name in db.session.execute(
        rows.where(steps_of(row.review_id.in_(ids))).order_by(row.review_id, row.place)
    ):
        found[step.review_id].append((_made(step), name or "the service"))
    return found


def _made(row: ReviewStepRow) -> Made:
    return Made(Step(row.step), row.at, Who(row.who), str(row.account_id or ""), row.reason, _proposal(row))


def _proposal(row: ReviewStepRow) -> Proposal | None:
    if row.outcome is None or row.told is None:
        return None
    last = date.fromisoformat(row.told["last_incident"])
    return Proposal(Outcome(row.outcome), row.told["risk_remains"], last, frozenset(row.told["destroys"]))


def told(proposal: Proposal) -> dict[str, Any]:
    """A proposal as its row keeps it, but for its outcome."""
    return {"risk_remains": proposal.risk_remains, "last_incident": proposal.last_incident.isoformat(),
            "destroys": sorted(proposal.destroys)}  # fmt: skip


def hold_lines(case_id: UUID) -> list[HoldLine]:
    """What was done to the holds of a case, the newest first. In the service's own capacity for the area."""
    row = HoldRow
    rows = select(row, AccountRow.name).join(AccountRow, AccountRow.id == row.account_id)
    found = db.session.execute(rows.where(row.case_id == case_id).order_by(row.at.desc()))
    return [HoldLine(line.why, line.sets, line.at, name, line.reason) for line, name in found]


def held_case(reader: Principal, case_id: UUID) -> str | None:
    """The reference of a case that information governance may set or lift a hold on.

    They read nothing of it. A wall keeps it from them, and a restriction that does not name them (M6).
    """
    rows = select(CaseRow.number).where(
        CaseRow.area_id == reader.area_id, CaseRow.id == case_id, open_to(reader, CaseRow.id)
    )
    with acting.whole_area(reader.area_id):
        number = db.session.scalar(rows)
    return None if number is None else case_reference(number)


def held_cases(reader: Principal) -> list[tuple[UUID, str]]:
    """Cases on which a hold was ever set or lifted by a person, likewise."""
    rows = (
        select(CaseRow.id, CaseRow.number)
        .where(CaseRow.area_id == reader.area_id, open_to(reader, CaseRow.id))
        .where(CaseRow.id.in_(select(HoldRow.case_id))).order_by(CaseRow.number)
    )  # fmt: skip
    with acting.whole_area(reader.area_id):
        return [(key, case_reference(number)) for key, number in db.session.execute(rows)]
