"""Screening a child for exploitation: kinds, indicators and a level, which judgement only raises (E1)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda import exploitation
from agenda.exploitation import Screening
from agenda.incidents import Risk
from agenda.level_history import Basis
from agenda.risk_tools import count
from agenda.rules import RuleBroken
from meetingsvc.models import ScreeningRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, ladder, subject_levels
from meetingsvc.store import exploitation_referrals as store
from meetingsvc.usecases.exploitation_lists import hear_soon
from meetingsvc.usecases.transaction import saved_by


def record(principal: Principal, case_id: UUID, told: Screening, now: datetime) -> bool:
    """One more screening of a child, with its reason. What came before stays; a child whose level it raises
    is heard soon. Says whether a panel hears the child (Rulebook E1)."""
    if found := problems(told):
        raise RuleBroken(f"{next(iter(found.values()))}.")
    with saved_by(principal, Permission.EXPLOITATION_DECIDE, now) as who:
        areas.hold(who.area_id)
        if store.child(who, case_id) is None:
            raise NotFound
        before = _level(who.area_id, case_id)
        keep(who, case_id, told, Basis.SCREENING, f"{who.name}, {who.agency_name}", now)
        level = _level(who.area_id, case_id)
        with acting.whole_area(who.area_id):
            if level is not None and level is not before:
                heard = hear_soon(areas.by_id(who.area_id), case_id, level, who.account_id, now)
            else:
                heard = ladder.place(case_id) is not None
        audit.record(who.account_id, who.area_id, "screening.recorded", f"case/{case_id}", now)
        return heard


def _level(area_id: UUID, case_id: UUID) -> Risk | None:
    with acting.whole_area(area_id):
        return ladder.levels([case_id]).get(case_id)


def problems(told: Screening) -> dict[str, str]:
    """What keeps a screening from being kept, by field: by whoever screens, all of it is answered."""
    blank = {one.id: f"Answer: {one.label}" for one in told.tool.questions if not told.answers.get(one.id)}
    return {**exploitation.problems(told), **blank}


def keep(
    who: Principal, case_id: UUID, told: Screening, basis: Basis, author: str, now: datetime,
    referral_id: UUID | None = None,
) -> None:  # fmt: skip
    """Keeps one as it was told, with the level that it comes to: the higher of what was counted and judged.

    Inside a transaction, about a child whose case is open. A referral's may be blank in part. What comes out
    lower than the level that stands changes none: only a meeting lowers it.
    """
    if (basis is Basis.REFERRAL) is not (referral_id is not None):
        raise ValueError("a screening is a referral's, or somebody's own")
    counted = exploitation.counted(told)
    levels: tuple[Risk, ...] = (counted, told.judged) if told.judged else (counted,)
    row = ScreeningRow(
        area_id=who.area_id, case_id=case_id, referral_id=referral_id, tool=told.tool.id,
        version=told.tool.version, kinds=sorted(one.value for one in told.kinds), answers=dict(told.answers),
        counted=counted.value, judged=told.judged and told.judged.value,
        level=max(levels, key=lambda one: one.rank).value,
        reason=told.reason.strip() or f"Indicators: {count(told.tool, told.answers).words}",
        author=author[:300], account_id=who.account_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    subject_levels.say(
        area_id=who.area_id, case_id=case_id, level=row.level, basis=basis, reason=row.reason, panel="",
        at=now, by=row.author,
    )  # fmt: skip


def forget(area_id: UUID, referral_id: UUID) -> None:
    """What a referral screened, and the level it said: about another child. In `acting.whole_area`."""
    row = ScreeningRow
    for one in db.session.scalars(select(row).where(row.referral_id == referral_id)).all():
        subject_levels.unsay(area_id, one.case_id, Basis.REFERRAL, one.at)
        db.session.delete(one)
    db.session.flush()
