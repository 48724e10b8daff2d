"""Builds who tells victims what was decided: for tests that are about something else."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from meetingsvc.models import FeedbackRow, FlagRow, ItemRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.usecases.transaction import saved
from tests.builders import BEFORE_ALL


def told_all(who: Principal, at: datetime) -> None:
    """Of every case about which nothing is decided, telling is unsafe: its meeting may end (F1)."""
    decided = select(FeedbackRow.item_id)
    with saved():
        for item in db.session.scalars(select(ItemRow).where(ItemRow.id.not_in(decided))).all():
            db.session.add(
                FeedbackRow(area_id=item.area_id, item_id=item.id, version=1, name="", instead_of_idva="",
                            unsafe="He reads her post.", decided_by=who.account_id, decided_at=at)
            )  # fmt: skip


def a_telling(item: ItemRow, agency: UUID, by: UUID, name: str) -> FeedbackRow:
    """Somebody of an agency, without an account, is to tell the victim."""
    return FeedbackRow(area_id=item.area_id, item_id=item.id, version=1, agency_id=agency, name=name,
                       due=date(2026, 11, 24), next_on=date(2026, 11, 24), instead_of_idva="They know her.",
                       unsafe="", decided_by=by, decided_at=BEFORE_ALL)  # fmt: skip


def a_flag(key: UUID, item: ItemRow, agency: UUID, contact: str) -> FlagRow:
    """The victim is to be flagged in an agency's records."""
    return FlagRow(id=key, area_id=item.area_id, case_id=item.case_id, agency_id=agency, whose="victim",
                   key="", name="", state="to add", heard_on=date(2026, 11, 20), until=date(2027, 11, 20),
                   contact=contact, necessary="", cannot_reach="", notify=False)  # fmt: skip


def telling_and_flag(area_id: UUID, item_id: UUID, by: UUID, agency: UUID) -> dict[str, UUID]:
    """Both, of one item of an area, saved."""
    key = uuid4()
    with saved(), acting.whole_area(area_id):
        item = db.session.get_one(ItemRow, item_id)
        db.session.add_all(
            [a_telling(item, agency, by, "Bo Lindqvist"), a_flag(key, item, agency, "Harbour")]
        )
    return {"flag_id": key}
