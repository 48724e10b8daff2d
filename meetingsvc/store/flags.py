"""Flags in the agencies' own records, as far as a reader may see them (Rulebook G1 to G3)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased

from agenda.meetings import case_reference
from meetingsvc.models import AccountRow, AgencyRow, CaseRow, FlagRow, FlagStepRow, PersonRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import half_seen
from meetingsvc.store.half_seen import Named
from meetingsvc.store.list_page import named
from meetingsvc.store.scope import Reader, told_on
from minutes import flags as rules
from minutes.flags import TO_DO, Flag, State, Whose

#: How many a page shows of what is to do; what is left comes once these are done.
MOST = 500
PAGE = 100
_case, _victim, _perpetrator = aliased(CaseRow), aliased(PersonRow), aliased(PersonRow)


@dataclass(frozen=True, slots=True)
class Kept:
    """One flag of one agency, as its page shows it."""

    id: UUID
    case_id: UUID
    case: str
    flag: Flag
    name: str
    dob: date | None
    contact: str
    necessary: str
    cannot_reach: str
    stated_by: str

    @property
    def text(self) -> str:
        """What stands in the agency's record (Rulebook G2)."""
        return rules.text(self.flag.whose, self.flag.heard_on, self.contact)

    @property
    def what_to_do(self) -> str:
        """In words, for the list that an agency works from."""
        return _TO_DO.get(self.flag.state, "")


_TO_DO = {
    State.TO_ADD: "Add",
    State.TO_CHANGE: "Change the text and the end date",
    State.TO_REMOVE: "Remove",
}


@dataclass(frozen=True, slots=True)
class Step:
    """What became of a flag."""

    state: State
    until: date
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Outstanding:
    """How much one agency has still to do."""

    agency: str
    to_add: int
    to_change: int
    to_remove: int
    late: int


def flags_of(reader: Reader) -> ColumnElement[bool]:
    """Flags on cases the reader may open: their own agency's; every one for who runs the meetings (M6)."""
    seen = told_on(reader, FlagRow.case_id)
    if isinstance(reader, Principal) and not reader.runs_meetings:
        return and_(seen, FlagRow.agency_id == reader.agency_id)
    return and_(seen, FlagRow.area_id == reader.area_id)


def to_do(reader: Principal, most: int | None = None) -> list[Kept]:
    """What the reader's agency has to do: what is to be taken off first, then what is to be added."""
    mine = flags_of(reader), FlagRow.agency_id == reader.agency_id, FlagRow.state.in_(TO_DO)
    rows = _rows().where(*mine).order_by(FlagRow.until, FlagRow.id)
    found = _all(reader, rows.limit(most))
    order = [State.TO_REMOVE, State.TO_CHANGE, State.TO_ADD]
    return sorted(found, key=lambda one: (order.index(one.flag.state), one.flag.until, one.case, one.name))


def standing(reader: Principal, page: int) -> list[Kept]:
    """What the reader's agency said it has in its records, what ends first at the top, then what it said it
    does not hold; pages from 1."""
    rows = _rows().where(*_standing(reader)).order_by(FlagRow.state, FlagRow.until, FlagRow.id)
    return _all(reader, rows.offset((page - 1) * PAGE).limit(PAGE))


def count_standing(reader: Principal) -> dict[State, int]:
    """How many those are, by what was said."""
    rows = select(FlagRow.state, func.count()).where(*_standing(reader)).group_by(FlagRow.state)
    return {State(state): count for state, count in db.session.execute(rows)}


def _standing(reader: Principal) -> tuple[ColumnElement[bool], ...]:
    mine = flags_of(reader), FlagRow.agency_id == reader.agency_id
    return *mine, FlagRow.state.in_((State.ADDED, State.NOT_HELD))


def one(reader: Principal, flag_id: UUID) -> Kept | None:
    """That flag, where the reader may see it."""
    return next(iter(_all(reader, _rows().where(flags_of(reader), FlagRow.id == flag_id))), None)


def of_case(reader: Principal, case_id: UUID) -> list[Kept]:
    """Those of the reader's agency on one case."""
    mine = flags_of(reader), FlagRow.agency_id == reader.agency_id, FlagRow.case_id == case_id
    return _all(reader, _rows().where(*mine).order_by(FlagRow.id))


def steps(reader: Principal, flag_id: UUID) -> list[Step]:
    """What became of a flag, the latest first: who did it and when stays on the record."""
    row = FlagStepRow
    mine = select(FlagRow.id).where(flags_of(reader), FlagRow.id == flag_id)
    rows = (
        select(row.state, row.until, row.at, AccountRow.name)
        .outerjoin(AccountRow, AccountRow.id == row.account_id)
        .where(row.flag_id.in_(mine))
        .order_by(row.id.desc())
    )
    return [
        Step(State(state), until, at, by or "The service")
        for state, until, at, by in db.session.execute(rows)
    ]


def count_to_do(reader: Principal) -> int:
    """How much the reader's agency has to do."""
    if not reader.may(Permission.FLAG_DONE):
        return 0
    mine = flags_of(reader), FlagRow.agency_id == reader.agency_id, FlagRow.state.in_(TO_DO)
    return db.session.scalar(select(func.count(FlagRow.id)).where(*mine)) or 0


def outstanding(reader: Principal, late: ColumnElement[bool]) -> list[Outstanding]:
    """By agency, what is still to do and what of it is `late`, for who runs the meetings; of cases they may
    open."""
    row = FlagRow
    count = {state: func.count().filter(row.state == state) for state in sorted(TO_DO)}
    rows = (
        select(
            AgencyRow.name,
            count[State.TO_ADD],
            count[State.TO_CHANGE],
            count[State.TO_REMOVE],
            func.count().filter(late),
        )
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .where(flags_of(reader), row.state.in_(TO_DO))
        .group_by(AgencyRow.id, AgencyRow.name)
        .order_by(AgencyRow.name)
    )
    return [Outstanding(*found) for found in db.session.execute(rows)]


def rows_of(reader: Principal, flag_ids: Collection[UUID]) -> list[FlagRow]:
    """The rows of these flags of the reader's own agency, to be written."""
    mine = flags_of(reader), FlagRow.agency_id == reader.agency_id, FlagRow.id.in_(flag_ids)
    return list(db.session.scalars(select(FlagRow).where(*mine).order_by(FlagRow.id)))


def flag_of(row: FlagRow) -> Flag:
    """A row as the rules read it."""
    noted = None
    if row.noted_heard_on and row.noted_until:
        noted = (row.noted_heard_on, row.noted_until)
    return Flag(Whose(row.whose), State(row.state), row.heard_on, row.until, noted)


def _rows() -> Select[*tuple[Any, ...]]:
    """Joined to tables of other names than the scope's own, which ask about the reader."""
    row, v, p = FlagRow, _victim, _perpetrator
    return (
        select(row, _case.number, v.forename, v.surname, v.dob, p.forename, p.surname, p.dob, AccountRow.name)
        .join(_case, _case.id == row.case_id)
        .outerjoin(v, v.id == _case.victim_id)
        .outerjoin(p, p.id == _case.perpetrator_id)
        .outerjoin(AccountRow, AccountRow.id == row.stated_by)
    )


def _all(reader: Reader, rows: Select[*tuple[Any, ...]]) -> list[Kept]:
    """Each with whom it is about, as its case calls them where another case of theirs is kept (M6)."""
    found = [_kept(*told) for told in db.session.execute(rows).all()]
    told = half_seen.names_told(reader, {one.case_id for one in found})
    return [_as_told(one, told[one.case_id]) if one.case_id in told else one for one in found]


def _as_told(one: Kept, told: tuple[Named, Named]) -> Kept:
    if one.flag.whose is Whose.CHILD:
        return one
    name, dob = told[one.flag.whose is Whose.PERPETRATOR]
    return replace(one, name=name, dob=dob)


def _kept(row: FlagRow, number: int, *told: Any) -> Kept:
    v_forename, v_surname, v_dob, p_forename, p_surname, p_dob, stated_by = told
    whose = {
        Whose.VICTIM: (named(v_forename, v_surname), v_dob),
        Whose.CHILD: (row.name, row.dob),
        Whose.PERPETRATOR: (named(p_forename or "", p_surname or ""), p_dob),
    }
    name, dob = whose[Whose(row.whose)]
    return Kept(row.id, row.case_id, case_reference(number), flag_of(row), name or "(no name given)", dob,
                row.contact, row.necessary, row.cannot_reach, stated_by or "")  # fmt: skip
