"""Lines of the access log about breaches and complaints that their register hides from a person (V2, M6)."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, or_, select, union

from agenda.complaints import Subject
from agenda.need_to_know import WallState
from meetingsvc.models import (
    AuditRow,
    BreachCaseRow,
    BreachEntryRow,
    BreachRow,
    BreachWalledRow,
    ComplainedOfRow,
    ComplaintRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store.breaches_told import Entry

#: The line that a breach's own destruction leaves. Its detail says from whom it was kept.
DESTROYED = "breach.destroyed"
_REGISTERS = ("breach.", "complaint.", "disagreement.")


def shown_to(principal: Principal) -> ColumnElement[bool]:
    """Of breaches and complaints, the lines that information governance is shown.

    None about a complaint about oneself, or about governance as such, nor about a breach that one is named
    in; none of a case that a wall keeps from one, or kept until it was destroyed. None of a complaint that is
    destroyed itself: with it went whom it was about, so its lines are shown to nobody here (L2, V2). Of
    destroyed breaches, those that nothing kept from one (V5). All stay in the trail.
    """
    with acting.whole_area(principal.area_id):
        complaints = set(db.session.scalars(select(ComplaintRow.id).where(_in_area(ComplaintRow, principal))))
        complaints -= set(db.session.scalars(_complaints_kept(principal)))
        breaches = set(db.session.scalars(select(BreachRow.id).where(_in_area(BreachRow, principal))))
        breaches -= set(db.session.scalars(_breaches_kept(principal)))
        breaches |= _breaches_destroyed(principal)
    return and_(_only("complaints", complaints), _only("breach", breaches))


def _in_area(row: type[BreachRow] | type[ComplaintRow], principal: Principal) -> ColumnElement[bool]:
    return row.area_id == principal.area_id


def _only(kind: str, shown: Collection[UUID]) -> ColumnElement[bool]:
    """A line about another sort of thing, or about one of these."""
    subjects = [f"{kind}/{key}" for key in shown]
    return or_(~AuditRow.subject.startswith(f"{kind}/"), AuditRow.subject.in_(subjects))


def _walls(principal: Principal) -> Select[UUID]:
    row = WallRow
    return select(row.case_id).where(row.account_id == principal.account_id, row.state == WallState.STANDS)


def _complaints_kept(principal: Principal) -> CompoundSelect[UUID]:
    of, about, me = ComplainedOfRow, ComplaintRow, principal.account_id
    governs = and_(about.about == Subject.GOVERNANCE, about.raised_by != me)
    return union(
        select(of.complaint_id).where(of.account_id == me),
        select(about.id).where(or_(governs, about.case_id.in_(_walls(principal)))),
    )


def _breaches_kept(principal: Principal) -> CompoundSelect[UUID]:
    was, touched, said = BreachWalledRow, BreachCaseRow, BreachEntryRow
    named = said.kind == Entry.INVOLVED, said.told["account"].as_string() == str(principal.account_id)
    return union(
        select(was.breach_id).where(was.account_id == principal.account_id),
        select(said.breach_id).where(*named),
        select(touched.breach_id).where(touched.case_id.in_(_walls(principal))),
    )


def _breaches_destroyed(principal: Principal) -> set[UUID]:
    """Those that nothing kept from one, as the line of their destruction says. Of one that has no such line,
    destroyed before there were any or again after a restore, nobody can know: it is kept from all (M6)."""
    row, me = AuditRow, str(principal.account_id)
    rows = select(row.subject, row.detail).where(row.area_id == principal.area_id, row.action == DESTROYED)
    return {
        UUID(subject.removeprefix("breach/"))
        for subject, detail in db.session.execute(rows)
        if me not in detail["walled"].split()
    }


def none_but_own(principal: Principal) -> ColumnElement[bool]:
    """Of breaches, complaints and disagreements only what one did oneself: a line tells that there is one."""
    registered = or_(*(AuditRow.action.startswith(name) for name in _REGISTERS))
    return or_(~registered, AuditRow.actor == str(principal.account_id))
