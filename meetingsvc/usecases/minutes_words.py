"""What was said of a case, in its writer's own words: issued only once a second person has read it (B)."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import aliased

from meetingsvc.models import MinutesCaseRow, MinutesRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store.scope_minutes import minutes_cases_of
from minutes.minutes import CaseMinutes, kept


def hold_back(who: Principal, row: MinutesRow) -> None:
    """Part of the approval: words of a case that the approver may not open, and that nobody confirmed, are
    not issued; its facts are. Those who run meetings read them still, and a correction takes them over."""
    one = MinutesCaseRow
    read = set(db.session.scalars(select(one.item_id).where(minutes_cases_of(who), one.minutes_id == row.id)))
    with acting.whole_area(who.area_id):
        written = select(one).where(one.minutes_id == row.id, one.said != "", one.item_id.not_in(read))
        for case in db.session.scalars(written).all():
            told = CaseMinutes.of(case.told)
            if not told.confirmed_by:
                case.told, case.said = kept(replace(told, held_back=case.said)), ""
        db.session.flush()


def take_over(who: Principal, approved: MinutesRow, row: MinutesRow) -> None:
    """Into a correction what was said in the version before, whoever may read it, with who wrote it; what was
    issued has had its second reader, what was held back has not."""
    with acting.whole_area(who.area_id):
        new, old = MinutesCaseRow, aliased(MinutesCaseRow)
        rows = select(new, old).join(old, old.item_id == new.item_id)
        found = db.session.execute(rows.where(new.minutes_id == row.id, old.minutes_id == approved.id))
        for case, before in found.all():
            told = CaseMinutes.of(before.told)
            case.said, case.said_by = before.said or told.held_back, before.said_by
            confirmed = (told.confirmed_by or str(approved.approved_by)) if before.said else ""
            case.told = kept(replace(CaseMinutes.of(case.told), confirmed_by=confirmed))
        db.session.flush()
