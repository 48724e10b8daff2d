"""To whom its one case is hidden, an emergency MARAC is: they see no refusal, no copy (Rulebook M4, M6)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from meetingsvc.models import AuditRow, ItemRow, PackRow, RefusalRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, refusals
from meetingsvc.usecases import emergency, meeting_record, minutes, minutes_copies, packs
from meetingsvc.usecases.transaction import saved
from notifications.recipients import Ground
from tests.a_marac import NOW, a_person
from tests.a_meeting_record import came, nothing_missing
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.usecases.test_emergency import AT, Panel, hidden, panel
from tests.usecases.test_meeting_record import outcomes

__all__ = ["panel"]
LATER = AT + timedelta(hours=2)


@pytest.fixture
@remembered
def walled(panel: Panel, area_id: UUID) -> Principal:
    who = a_person(panel.coordinator.agency_id, Role.COORDINATOR, "Walled One")
    a_wall(area_id, panel.case_id, who.account_id)
    return who


def seen(who: Principal) -> list[tuple[str, Ground]]:
    """What the page lists; the number on the home page is that of its lines."""
    db.session.rollback()
    with acting.acting(who):
        found = refusals.page(who, 1, 50)
        assert refusals.unseen(who) == refusals.count(who) == len(found) == by_itself(who, len(found))
    return sorted((one.person, one.ground) for one in found)


def by_itself(who: Principal, expected: int) -> int:
    """How many PostgreSQL answers past scope and fence; elsewhere, what it should."""
    if db.engine.dialect.name != "postgresql":
        return expected
    cursor = db.session.connection().connection.cursor()
    cursor.execute("SELECT count(*) FROM refusal")
    (found,) = cursor.fetchone() or (0,)
    return int(found)


def test_M4_M6_who_is_walled_reads_of_nobody_that_the_notice_did_not_reach_them(
    panel: Panel, walled: Principal, area_id: UUID
) -> None:
    another = a_person(panel.coordinator.agency_id, Role.COORDINATOR, "Walled Two")
    a_wall(area_id, panel.case_id, another.account_id)
    emergency.accept(panel.chair, panel.ask(), AT, NOW)
    assert seen(walled) == seen(another) == []
    assert set(seen(panel.coordinator)) == {("Walled One", Ground.WALL), ("Walled Two", Ground.WALL)}


def test_M4_M6_a_refusal_of_the_meeting_alone_is_hidden_with_it(
    panel: Panel, walled: Principal, area_id: UUID
) -> None:
    """One that names no case, like an address that no mail reaches, still names the meeting."""
    made = emergency.accept(panel.chair, panel.ask(), AT, NOW)
    with saved():
        db.session.add(
            RefusalRow(area_id=area_id, account_id=panel.homes.account_id, what="notice", kind="pack_ready",
                       stage="send", ground=Ground.NO_USABLE_ADDRESS, meeting_id=made, at=NOW)
        )  # fmt: skip
    assert seen(walled) == []
    assert ("Joan Akande", Ground.NO_USABLE_ADDRESS) in seen(panel.coordinator)


def test_V5_M6_copies_of_its_pack_and_minutes_leave_their_lines_on_its_case(
    panel: Panel, walled: Principal
) -> None:
    made = emergency.accept(panel.chair, panel.ask(), AT, NOW)
    with saved():
        line = db.session.scalars(select(ItemRow.id).where(ItemRow.meeting_id == made)).one()
        pack = db.session.scalars(select(PackRow.id)).one()
    copy = packs.make_copy(panel.homes, pack, 0, NOW)
    assert copy is not None
    packs.fetch(panel.homes, copy.copy_id, NOW)
    outcomes(panel.coordinator, line)
    came(panel.coordinator, made)
    nothing_missing(panel.coordinator, made)
    meeting_record.end(panel.coordinator, made, LATER)
    minutes.draft(panel.coordinator, made, LATER)
    minutes.send(panel.coordinator, made, LATER)
    minutes.approve(panel.chair, made, 1, LATER)
    minutes_copies.make_copy(panel.homes, made, 0, LATER)
    minutes_copies.fetch(panel.homes, made, LATER)
    minutes_copies.expire(LATER + timedelta(days=40))
    assert hidden(made, walled) and not hidden(made, panel.coordinator)
    of_copies = ("pack.copy_made", "pack.fetched", "minutes.copy_made", "minutes.fetched",
                 "minutes.copies_expired")  # fmt: skip
    with saved():
        told = select(AuditRow.action).where(AuditRow.case_id == panel.case_id)
        assert set(of_copies) <= set(db.session.scalars(told))
