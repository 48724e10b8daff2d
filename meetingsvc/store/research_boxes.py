"""The page on which an agency answers for a meeting: one box a case, with what it said last time (D1, M2)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from agenda import research
from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.list_numbers import called, numbers
from agenda.meetings import case_reference
from agenda.panels import Works
from agenda.research import Said, Standing
from meetingsvc.models import (
    AccountRow,
    CaseRow,
    ItemRow,
    PersonRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import half_seen, research_before, research_drafts, research_why
from meetingsvc.store import research as store
from meetingsvc.store.half_seen import Named
from meetingsvc.store.list_page import named
from meetingsvc.store.research import Question, Request
from meetingsvc.store.research_before import Last, Sent
from meetingsvc.store.research_drafts import NOTHING, Draft
from meetingsvc.store.research_named import Told, named_under
from meetingsvc.store.restrictions import kept_at
from meetingsvc.store.scope import items_of
from meetingsvc.store.subject_people import NAME

_victim, _perpetrator = aliased(PersonRow), aliased(PersonRow)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agency answered, who sent it, and whether it was late."""

    said: Said
    at: datetime
    late: bool
    by: str


@dataclass(frozen=True, slots=True)
class Case:
    """Whom a case is about, and why it is heard."""

    item_id: UUID
    case_id: UUID
    case: str
    number: str
    risk: Risk
    repeat: bool
    victim: str
    victim_dob: date | None
    perpetrator: str
    perpetrator_dob: date | None
    children: str
    why: tuple[str, ...]

    @property
    def called(self) -> str:
        """Its number and its reference."""
        return called(self.number, self.case)


@dataclass(frozen=True, slots=True)
class Box:
    """One question with everything the agency has typed, sent and said before."""

    id: UUID
    case: Case
    due_at: datetime
    draft: Draft
    named: Told | None = None
    answers: tuple[Answer, ...] = ()
    sent: tuple[Sent, ...] = ()
    last: Last | None = None
    ours: tuple[Told, ...] = ()  # whom the agency itself has named under the case

    @property
    def standing(self) -> Standing:
        """How far the agency is with it."""
        return research.standing((one.said for one in self.answers), True)

    @property
    def is_open(self) -> bool:
        """Nothing was answered yet."""
        return self.standing is Standing.OUTSTANDING


def boxes(who: Principal, asked: Request) -> tuple[Box, ...]:
    """Every question of a meeting that the reader may see, case by case; people named under each follow it.

    Whoever named somebody is not asked about them.
    """
    questions = [one for one in store.questions(who, [asked.meeting_id]) if one.named_by != who.agency_id]
    cases = _cases(who, asked)
    ids = {one.item_id for one in questions}
    page = _Page(
        store.answered(who, who.agency_id, ids), research_drafts.of_boxes(who, ids), named_under(who, ids),
        research_before.sent(who, ids), _last(who, asked, questions), _accounts(who),
    )  # fmt: skip
    under: dict[UUID, list[Question]] = defaultdict(list)
    for one in questions:
        under[one.item_id].append(one)
    return tuple(page.box(cases[key], one, asked) for key in cases for one in under[key])


@dataclass(frozen=True, slots=True)
class _Page:
    """What was read for all boxes together."""

    said: Mapping[UUID, list[tuple[Said, datetime, bool, UUID]]]
    drafts: Mapping[UUID, Draft]
    named: Mapping[UUID, Told]
    sent: Mapping[UUID, list[Sent]]
    last: Mapping[UUID, Last]
    names: Mapping[UUID, str]

    def box(self, case: Case, one: Question, asked: Request) -> Box:
        """One of them."""
        told = self.said.get(one.box_id, ())
        is_case = one.box_id == one.item_id
        return Box(
            one.box_id, case, research.case_due_at(asked.due_at, asked.starts_at, one.asked_at),
            self.drafts.get(one.box_id, NOTHING), self.named.get(one.box_id),
            tuple(Answer(said, at, late, self.names.get(by, "")) for said, at, late, by in told),
            tuple(self.sent.get(one.item_id, ())) if is_case else (),
            self.last.get(one.case_id) if is_case else None,
            tuple(self._named_by(asked.agency_id, one.item_id)) if is_case else (),
        )  # fmt: skip

    def _named_by(self, agency_id: UUID, item_id: UUID) -> Iterator[Told]:
        told = (one for one in self.named.values() if one.agency_id == agency_id)
        return (one for one in told if one.item_id == item_id)


def _last(who: Principal, asked: Request, questions: Iterable[Question]) -> dict[UUID, Last]:
    cases = {one.case_id for one in questions}
    return research_before.last(who, cases, asked.meeting_id, asked.sits_on)


def _accounts(who: Principal) -> dict[UUID, str]:
    rows = select(AccountRow.id, AccountRow.name).where(AccountRow.agency_id == who.agency_id)
    return {key: name for key, name in db.session.execute(rows)}


def _cases(who: Principal, asked: Request) -> dict[UUID, Case]:
    """In the meeting's order, those that are kept from anybody last."""
    rows = db.session.execute(
        _CASES.where(items_of(who), ItemRow.meeting_id == asked.meeting_id).order_by(*_order(asked.works))
    ).all()
    kept = kept_at(asked.meeting_id)
    rows = sorted(rows, key=lambda row: _place(row, row[1] in kept, asked.works))
    why = research_why.why(who, asked, {row[0]: row[1] for row in rows})
    names = numbers(row[1] in kept for row in rows)
    told = half_seen.names_told(who, {row[1] for row in rows})
    found = {row[0]: _case(row, name, why[row[0]], asked) for row, name in zip(rows, names, strict=True)}
    return {key: _as_told(one, told.get(one.case_id)) for key, one in found.items()}


def _as_told(case: Case, told: tuple[Named, Named] | None) -> Case:
    """Of who is in a case kept from the reader too, only what this one tells (M6)."""
    if told is None:
        return case
    (victim, born), (other, other_born) = told
    return replace(case, victim=victim or half_seen.NO_NAME, victim_dob=born,
                   perpetrator=other or "not known", perpetrator_dob=other_born)  # fmt: skip


_CASES = (
    select(
        ItemRow.id, ItemRow.case_id, CaseRow.number, ItemRow.risk, ItemRow.repeat, ItemRow.group,
        ItemRow.supplement, ItemRow.added_reason,
        _victim.forename, _victim.surname, _victim.dob,
        _perpetrator.forename, _perpetrator.surname, _perpetrator.dob, NAME,
    )
    .join(CaseRow, CaseRow.id == ItemRow.case_id)
    .outerjoin(_victim, _victim.id == CaseRow.victim_id)
    .outerjoin(_perpetrator, _perpetrator.id == CaseRow.perpetrator_id)
)  # fmt: skip


def _order(works: Works) -> Sequence[Any]:
    if works is Works.AGENDA:
        return ItemRow.supplement, ItemRow.group, ItemRow.position, CaseRow.number
    return ItemRow.position, ItemRow.id


def _place(row: Any, kept: bool, works: Works) -> tuple[Any, ...]:
    """Restricted ones stand last in their group of an agenda, and last on a list (Rulebook M6)."""
    return (row[6], row[5], kept) if works is Works.AGENDA else (kept,)


def _case(row: Any, number: str, why: tuple[str, tuple[str, ...]], asked: Request) -> Case:
    key, case_id, of, risk, repeat, group, _, called_for, *people = row
    first, last, born, other_first, other_last, other_born, subject = people
    groups = (f"Group {group}: {Group(group).title}",) if group else ()
    if asked.emergency:
        groups = (f"Called in an emergency: {called_for}", *groups)
    return Case(
        key, case_id, case_reference(of), number, Risk(risk), repeat,
        named(first, last) or subject or "(no name given)", born,
        named(other_first, other_last) or "not known", other_born, why[0], groups + why[1],
    )  # fmt: skip
