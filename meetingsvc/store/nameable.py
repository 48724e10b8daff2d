"""Who could open a case: asked about walls that the asker may not see, so inside `acting.whole_area` (M6)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from agenda.meetings import case_reference
from agenda.need_to_know import Hides, RestrictionState, WallState
from agenda.panels import Family
from meetingsvc.models import (
    AccountFamilyRow,
    AccountRow,
    AgencyRow,
    AllocationRow,
    CaseRow,
    NamedRow,
    RestrictionRow,
    WallRow,
    db,
)
from meetingsvc.permissions import ATTENDS_MEETINGS, RUNS_MEETINGS, Role
from meetingsvc.store.accounts import agency_of
from meetingsvc.store.restrictions import Someone
from meetingsvc.store.scope import is_walled
from meetingsvc.store.scope_closed import runs_other_panels

CaseId = UUID | InstrumentedAttribute[UUID]
_reader = aliased(AccountRow)


def nameable(area_id: UUID, case_id: UUID, today: date) -> list[Someone]:
    """Who can be named on a case: whoever runs or attends meetings for a signatory, and is not walled."""
    return _able(area_id, case_id, RUNS_MEETINGS | ATTENDS_MEETINGS, today)


def idvas(area_id: UUID, case_id: UUID, today: date) -> list[Someone]:
    """The IDVAs a case can be given to."""
    return _able(area_id, case_id, {Role.IDVA}, today)


def who_run(area_id: UUID, today: date) -> list[Someone]:
    """Every coordinator and chair who can sign in."""
    rows = (
        select(AccountRow, AgencyRow)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(_live_runner(area_id, today))
        .order_by(AccountRow.name, AccountRow.id)
    )
    return [
        Someone(account.id, account.name, Role(account.role), agency.name)
        for account, agency in db.session.execute(rows)
    ]


def runners(area_id: UUID, case_id: UUID, today: date) -> set[UUID]:
    """Every coordinator and chair of its panels who can sign in and is not walled from the case."""
    rows = select(AccountRow.id).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    return set(db.session.scalars(rows.where(_live_runner(area_id, today), _may_be_named(case_id))))


def who_could_confirm(area_id: UUID, case_id: UUID, but: UUID, today: date) -> set[UUID]:
    """Who else runs meetings and may open the case: without one, what takes two people waits for nobody."""
    return who_may_open(area_id, case_id, today) - {but}


def who_may_open(area_id: UUID, case_id: UUID, today: date) -> set[UUID]:
    """Every coordinator and chair who can sign in and may open the case."""
    rows = select(AccountRow.id).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    return set(db.session.scalars(rows.where(_live_runner(area_id, today), open_to_account(case_id))))


def named_rows(case_id: UUID) -> Sequence[NamedRow]:
    """The rows of who is named on a case."""
    return db.session.scalars(select(NamedRow).where(NamedRow.case_id == case_id)).all()


def _able(area_id: UUID, case_id: UUID, roles: Collection[Role], today: date) -> list[Someone]:
    rows = (
        select(AccountRow, AgencyRow)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(AgencyRow.area_id == area_id, AccountRow.disabled_at.is_(None))
        .where(AccountRow.role.in_(roles), _may_be_named(case_id))
        .order_by(AgencyRow.name, AccountRow.name, AccountRow.id)
    )
    return [
        Someone(account.id, account.name, Role(account.role), agency.name)
        for account, agency in db.session.execute(rows)
        if agency_of(agency).is_signatory(today)
    ]


def open_to_account(case_id: CaseId) -> ColumnElement[bool]:
    """Whether no wall keeps the account of the outer query from a case, nor a restriction to named people,
    and they run its panels if they run any.

    For who runs meetings, or governs: other restrictions do not concern them (Rulebook M6).
    """
    return and_(_may_be_named(case_id), or_(~_kept_to_named(case_id), _named(case_id)))


def _may_be_named(case_id: CaseId) -> ColumnElement[bool]:
    return and_(~is_walled(AccountRow.id, case_id), ~runs_other_panels(AccountRow, case_id))


def _live_runner(area_id: UUID, today: date) -> ColumnElement[bool]:
    """A coordinator or chair who can sign in, for an agency that is a signatory (Rulebook V1): as
    `Principal.runs_meetings` says it."""
    runs = AccountFamilyRow
    return and_(
        AgencyRow.area_id == area_id, is_signatory(today), AccountRow.role.in_(RUNS_MEETINGS),
        AccountRow.disabled_at.is_(None),
        exists().where(runs.account_id == AccountRow.id, runs.family == Family.ABUSE).correlate(AccountRow),
    )  # fmt: skip


def _kept_from_reader(reader_id: UUID | None, case_id: CaseId) -> ColumnElement[bool]:
    """Whether a wall keeps a case from somebody, or they run other panels than those that hear it."""
    others = exists().where(_reader.id == reader_id, runs_other_panels(_reader, case_id))
    return or_(is_walled(reader_id, case_id), others.correlate_except(_reader))


def is_signatory(today: date) -> ColumnElement[bool]:
    """`agenda.agencies.Agency.is_signatory`, for the agency of the query around it (Rulebook V1)."""
    stays = or_(AgencyRow.withdrawn_on.is_(None), AgencyRow.withdrawn_on > today)
    return and_(AgencyRow.signed_on <= today, stays)


def unattended(area_id: UUID, today: date, reader_id: UUID | None = None) -> list[tuple[UUID, str]]:
    """Cases that no live coordinator or chair may open: nobody would hear them (Rulebook M6).

    Their ids and references, and nothing else of them; less those a wall keeps from the reader.
    """
    kept = _kept_to_named(CaseRow.id)
    able = _runners_of_case(area_id, today)
    walled = exists().where(WallRow.case_id == CaseRow.id, WallRow.state == WallState.STANDS)
    rows = select(CaseRow.id, CaseRow.number).where(
        CaseRow.area_id == area_id,
        or_(walled, kept),
        ~able.exists(),
        ~_kept_from_reader(reader_id, CaseRow.id),
    )
    return [
        (case_id, case_reference(number))
        for case_id, number in db.session.execute(rows.order_by(CaseRow.number))
    ]


def _runners_of_case(area_id: UUID, today: date) -> Select[UUID]:
    """The live coordinators and chairs who may open the case of the query around it."""
    rows = select(AccountRow.id).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    return rows.where(_live_runner(area_id, today), open_to_account(CaseRow.id)).correlate(CaseRow)


def hears(area_id: UUID, case_id: UUID, account_id: UUID, today: date) -> bool:
    """Whether somebody is needed to hear this case: they run meetings, or it is given to them."""
    given = exists().where(AllocationRow.case_id == case_id, AllocationRow.account_id == AccountRow.id)
    rows = select(AccountRow.id).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    needed = or_(_live_runner(area_id, today), given)
    return db.session.scalar(rows.where(AccountRow.id == account_id, needed)) is not None


def chairs(area_id: UUID, case_id: UUID, today: date) -> set[UUID]:
    """The live chairs who may open a case."""
    rows = select(AccountRow.id).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    rows = rows.where(_live_runner(area_id, today), AccountRow.role == Role.CHAIR, open_to_account(case_id))
    return set(db.session.scalars(rows))


def without_coordinator(area_id: UUID, case_ids: Collection[UUID], today: date) -> set[UUID]:
    """Those of the cases that no live coordinator may open: a chair records their outcome (security.md B)."""
    able = _runners_of_case(area_id, today).where(AccountRow.role == Role.COORDINATOR)
    return set(db.session.scalars(select(CaseRow.id).where(CaseRow.id.in_(case_ids), ~able.exists())))


def governance(area_id: UUID, case_id: UUID) -> set[UUID]:
    """Information governance from whom no wall keeps a case; restricted or not, they are not shown it."""
    rows = select(AccountRow.id).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    rows = rows.where(
        AgencyRow.area_id == area_id, AccountRow.disabled_at.is_(None), ~is_walled(AccountRow.id, case_id)
    )
    return set(db.session.scalars(rows.where(AccountRow.role == Role.INFORMATION_GOVERNANCE)))


def are_some_kept(area_id: UUID) -> bool:
    """Whether any case can be closed to somebody who runs the meetings: by a restriction to named people, by
    a wall, or because other panels hear it."""
    restricted = exists().where(RestrictionRow.area_id == area_id, RestrictionRow.hides == Hides.UNNAMED)
    walled = exists().where(WallRow.area_id == area_id, WallRow.state == WallState.STANDS)
    others = exists().where(CaseRow.area_id == area_id, CaseRow.family != Family.ABUSE)
    return bool(db.session.scalar(select(or_(restricted, walled, others))))


def depend_on_one(area_id: UUID, today: date, reader_id: UUID) -> int:
    """How many restricted cases are open to fewer than two who run meetings (Rulebook M6).

    Less those a wall keeps from the reader.
    """
    able = (
        select(func.count())
        .select_from(AccountRow)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(_live_runner(area_id, today), _may_be_named(CaseRow.id), _named(CaseRow.id))
        .correlate(CaseRow)
        .scalar_subquery()
    )
    rows = select(func.count(CaseRow.id)).where(
        CaseRow.area_id == area_id,
        _kept_to_named(CaseRow.id),
        able < 2,
        ~_kept_from_reader(reader_id, CaseRow.id),
    )
    return db.session.scalar(rows) or 0


def restricted_since(area_id: UUID, since: datetime, reader_id: UUID) -> int:
    """How many cases others have restricted of late, less those a wall keeps from the reader."""
    row = RestrictionRow
    rows = select(func.count(row.case_id)).where(
        row.area_id == area_id, row.state == RestrictionState.RESTRICTED, row.put_at > since,
        row.put_by != reader_id, ~_kept_from_reader(reader_id, row.case_id),
    )  # fmt: skip
    return db.session.scalar(rows) or 0


def _named(case_id: CaseId) -> ColumnElement[bool]:
    found = exists().where(NamedRow.case_id == case_id, NamedRow.account_id == AccountRow.id)
    return found.correlate_except(NamedRow)


def _kept_to_named(case_id: CaseId) -> ColumnElement[bool]:
    found = exists().where(RestrictionRow.case_id == case_id, RestrictionRow.hides == Hides.UNNAMED)
    return found.correlate_except(RestrictionRow)
