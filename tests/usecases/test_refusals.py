"""What was refused: kept, shown to who may know of it, taken back at once for who has left (V1, M6)."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import AuditRow, OutboxRow, RefusalRow, WallRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import audit, outbox
from meetingsvc.store import refusals as store
from meetingsvc.usecases import marac_publishing, packs
from meetingsvc.usecases import outbox as worker
from meetingsvc.usecases import refusals as usecase
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from notifications.recipients import Ground
from tests.a_marac import NOW, a_person
from tests.servers.remembered import remembered
from tests.usecases.test_pack_restricted import Panel

WAITING = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs"}


@pytest.fixture
@remembered
def panel(area_id: UUID) -> Panel:
    return Panel(area_id, restricted=0)


def walled(panel: Panel, who: Principal, case_id: UUID) -> None:
    with saved():
        db.session.add(WallRow(area_id=who.area_id, case_id=case_id, account_id=who.account_id,
                               ground="declared", shared="", state="stands", put_at=NOW))  # fmt: skip


def refuse(panel: Panel, who: Principal, case_id: UUID, at: datetime = NOW) -> None:
    """A notice about one case to somebody a wall keeps from it."""
    walled(panel, who, case_id)
    with saved():
        outbox.put(who.area_id, who.account_id, Notice.PACK_READY, WAITING, at, about=[case_id])
    assert worker.send_waiting(lambda *_: pytest.fail("sent"), lambda: at) == {"refused": 1}


@pytest.fixture(autouse=True)
def _no_invitations(panel: Panel) -> None:
    """To the planned MARAC, which every panel is sent."""
    with saved():
        db.session.execute(delete(OutboxRow).where(OutboxRow.notice == Notice.INVITATION))


def test_S3_who_runs_the_meetings_sees_what_was_refused_the_newest_first(panel: Panel) -> None:
    refuse(panel, panel.named, panel.cases[0])
    refuse(panel, panel.unnamed, panel.cases[1], NOW + timedelta(minutes=1))
    found = store.page(panel.coordinator, 1, 50)
    assert [(one.person, one.ground) for one in found] == [
        ("Tomasz Wolny", Ground.WALL), ("Joan Akande", Ground.WALL),
    ]  # fmt: skip
    assert store.unseen(panel.coordinator) == store.count(panel.coordinator) == 2
    assert [one.person for one in store.page(panel.coordinator, 2, 1)] == ["Joan Akande"]


def test_M6_who_is_walled_from_a_case_sees_no_line_about_it_nor_any_about_themselves(panel: Panel) -> None:
    refuse(panel, panel.named, panel.cases[0])
    walled(panel, panel.second, panel.cases[0])
    refuse(panel, panel.chair, panel.cases[1])
    assert (store.count(panel.second), store.unseen(panel.second)) == (1, 1)
    assert [one.person for one in store.page(panel.second, 1, 50)] == ["Imelda Quillfeather"]
    assert [one.person for one in store.page(panel.chair, 1, 50)] == ["Joan Akande"]
    hidden = db.session.scalars(select(RefusalRow.id).where(RefusalRow.case_id == panel.cases[0])).one()
    assert store.one(panel.second, hidden) is None
    with pytest.raises(NotFound):
        usecase.look(panel.second, hidden, "Right as it is.", NOW)
    elsewhere = db.session.scalars(select(AuditRow).where(AuditRow.action == "outgoing.refused")).all()
    said = " ".join(f"{line.actor} {line.subject} {line.detail}" for line in elsewhere)
    assert str(panel.chair.account_id) not in said
    assert "wall" not in said, "a person's own lines in the trail tell them of no wall"


def test_S3_somebody_looks_once_and_says_what_they_made_of_it(panel: Panel) -> None:
    refuse(panel, panel.named, panel.cases[0])
    (one,) = store.page(panel.coordinator, 1, 50)
    with pytest.raises(Forbidden):
        usecase.look(panel.unnamed, one.id, "Not mine to see.", NOW)
    usecase.look(panel.coordinator, one.id, " Right as it is. ", NOW)
    (seen,) = store.page(panel.chair, 1, 50)
    assert (seen.seen_by, seen.note) == ("Morgan Ashdown", "Right as it is.") and store.unseen(
        panel.chair
    ) == 0
    with pytest.raises(RuleBroken):
        usecase.look(panel.chair, one.id, "Again.", NOW)
    assert "Right as it is" not in str(list(db.session.scalars(select(AuditRow.detail))))


def test_V1_what_is_queued_for_who_has_left_is_taken_back_at_once(panel: Panel) -> None:
    with saved():
        for who in (panel.named, panel.unnamed):
            outbox.put(who.area_id, who.account_id, Notice.PACK_READY, WAITING, NOW)
    with saved():
        assert outbox.cancel_for([panel.named.account_id], Ground.DISABLED, NOW) == 1
    states = dict(db.session.execute(select(OutboxRow.account_id, OutboxRow.state)).all())
    assert states == {panel.named.account_id: "refused", panel.unnamed.account_id: "waiting"}
    (kept,) = store.page(panel.coordinator, 1, 50)
    assert (kept.person, kept.ground) == ("Joan Akande", Ground.DISABLED)
    with saved():
        assert audit.verify()[1] is None
        assert outbox.cancel_for([], Ground.DISABLED, NOW) == 0


def test_M6_a_case_left_out_is_kept_once_until_somebody_has_looked(panel: Panel) -> None:
    marac_publishing.publish(panel.chair, panel.meeting_id, NOW)
    walled(panel, panel.named, panel.cases[0])
    for _ in range(3):
        packs.read(panel.named, panel.pack_id, NOW)
    assert store.count(panel.coordinator) == 1
    (one,) = store.page(panel.coordinator, 1, 50)
    usecase.look(panel.coordinator, one.id, "Right.", NOW)
    packs.read(panel.named, panel.pack_id, NOW)
    assert store.unseen(panel.coordinator) == 1


def test_a_role_without_meetings_is_told_of_nothing_about_one(panel: Panel) -> None:
    admin = a_person(panel.named.agency_id, Role.AGENCY_ADMINISTRATOR)
    with saved():
        outbox.put(admin.area_id, admin.account_id, Notice.PACK_READY, WAITING, NOW, about=panel.cases)
    assert worker.send_waiting(lambda *_: pytest.fail("sent"), lambda: NOW) == {"refused": 1}
    assert db.session.scalars(select(RefusalRow.ground)).all() == ["not attending"]
