"""Recalled packs: gone at once, and every holder asked until they have said so (Rulebook S3, V1)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    AuditRow,
    OfflinePackRow,
    OutboxRow,
    PackCopyRow,
    PackDestructionRow,
    PackRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, emergency_packs, pack_editions, packs
from meetingsvc.usecases import emergency_pack_making as making
from meetingsvc.usecases import emergency_packs as offline
from meetingsvc.usecases import pack_corrections, pack_recalls
from meetingsvc.usecases import packs as usecase
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.a_recalled_pack import LATER, NOW, TOMORROW, Out
from tests.a_wall import a_wall
from tests.servers.remembered import remembered

WHY = "It went to a wrong address."


@pytest.fixture
@remembered
def out(area_id: UUID) -> Out:
    return Out(area_id).publish()


def recall(out: Out) -> int:
    return pack_recalls.recall(out.coordinator, out.pack_id, WHY, LATER)


def answer(who: Principal, copy_id: UUID, destroyed: bool, because: str = "", at: datetime = LATER) -> None:
    row = PackDestructionRow
    key = db.session.scalars(select(row.id).where(row.copy_id == copy_id)).one()
    pack_recalls.answer(who, key, destroyed, because, at)


def told() -> list[UUID]:
    rows = select(OutboxRow.account_id).where(OutboxRow.notice == Notice.PACK_RECALLED)
    return sorted(db.session.scalars(rows))


def remind(day: int) -> int:
    with acting.service():
        return pack_recalls.remind(NOW + timedelta(days=day))


def test_S3_nothing_of_a_recalled_pack_can_be_had_any_more(out: Out) -> None:
    copy_id = out.fetched(out.joan)
    recall(out)
    with pytest.raises(NotFound):
        usecase.fetch(out.joan, copy_id, LATER)
    for act in (lambda: out.read(out.joan), lambda: usecase.make_copy(out.tomasz, out.pack_id, 0, LATER)):
        with pytest.raises(NotFound):
            act()
    assert db.session.execute(select(PackRow.content, PackRow.words)).one() == (None, None)
    assert db.session.scalars(select(PackCopyRow.content)).all() == [None]
    assert [(pack.recalled, pack.expired) for pack in packs.mine(out.joan, LATER)] == [(True, True)]


def test_S3_who_fetched_a_copy_is_asked_to_destroy_it_and_nobody_else(out: Out) -> None:
    out.fetched(out.joan)
    usecase.make_copy(out.tomasz, out.pack_id, 0, NOW)
    assert recall(out) == 1 and told() == [out.joan.account_id]
    assert [one.number for one in pack_editions.asked_of(out.joan)] == [1]
    assert pack_editions.asked_of(out.tomasz) == []


def test_S3_who_may_not_have_the_pack_any_more_is_asked_all_the_same(out: Out) -> None:
    copy_id = out.fetched(out.joan)
    out.restrict(0, out.coordinator)
    out.restrict(1, out.coordinator)
    assert packs.mine(out.joan, LATER) == []
    recall(out)
    assert told() == [out.joan.account_id]
    answer(out.joan, copy_id, True, "", LATER)


def test_F3_who_is_walled_from_all_of_it_is_sent_no_notice_and_is_still_on_the_register(out: Out) -> None:
    out.fetched(out.joan)
    for case_id in out.cases:
        a_wall(out.joan.area_id, case_id, out.joan.account_id)
    recall(out)
    assert told() == []
    assert [one.person for one in pack_editions.asked(out.coordinator, out.meeting_id)] == ["Joan Akande"]


def test_S3_the_coordinator_sees_who_has_not_confirmed(out: Out) -> None:
    mine, theirs = out.fetched(out.joan), out.fetched(out.tomasz)
    recall(out)
    answer(out.joan, mine, True, "", LATER)
    answer(out.tomasz, theirs, False, "It was passed on.", LATER)
    found = pack_editions.asked(out.coordinator, out.meeting_id)
    assert [(one.person, one.destroyed, one.because) for one in found] == [
        ("Tomasz Wolny", False, "It was passed on."), ("Joan Akande", True, ""),
    ]  # fmt: skip
    assert pack_editions.asked(out.joan, out.meeting_id) != found or not out.joan.runs_meetings


def test_S3_a_holder_answers_for_their_own_copy_alone_and_says_why_not(out: Out) -> None:
    mine = out.fetched(out.joan)
    recall(out)
    for other in (out.tomasz, out.coordinator):
        with pytest.raises(NotFound):
            answer(other, mine, True, "", LATER)
    with pytest.raises(RuleBroken):
        answer(out.joan, mine, False, " ", LATER)
    answer(out.joan, mine, False, "A print is lost.", LATER)
    answer(out.joan, mine, True, "left over", TOMORROW)
    (one,) = pack_editions.asked_of(out.joan)
    assert (one.destroyed, one.because) == (True, "")
    with pytest.raises(RuleBroken):
        answer(out.joan, mine, False, "No.", TOMORROW)
    answered = AuditRow.action == "pack.destruction_answered"
    lines = select(AuditRow.detail).where(answered).order_by(AuditRow.id)
    assert [line["destroyed"] for line in db.session.scalars(lines)] == [0, 1]


def test_S3_reminded_once_a_day_until_confirmed(out: Out) -> None:
    mine = out.fetched(out.joan)
    out.fetched(out.tomasz)
    recall(out)
    assert (remind(0), remind(1), remind(1), remind(2)) == (0, 2, 0, 2)
    answer(out.joan, mine, True, "", LATER)
    with saved():
        db.session.get_one(AccountRow, out.tomasz.account_id).disabled_at = NOW
    assert remind(3) == 0, "one has confirmed, the other has no account"
    assert told().count(out.joan.account_id) == 3


def test_S3_a_recalled_pack_is_recalled_once_and_can_be_issued_again(out: Out) -> None:
    first = out.fetched(out.joan)
    recall(out)
    with pytest.raises(RuleBroken):
        recall(out)
    pack_corrections.correct(out.coordinator, out.pack_id, "Without the mistake.", LATER)
    assert len(out.sees(out.joan)) == 2 and out.says(out.joan) == []
    second = usecase.make_copy(out.joan, out.pack_id, 0, LATER)
    assert second is not None and usecase.fetch(out.joan, second.copy_id, LATER)
    assert recall(out) == 1, "the copy of the new edition; the first was asked for already"
    assert {one.copy_id for one in pack_editions.asked_of(out.joan)} == {first, second.copy_id}
    steps = [step.what for step in pack_editions.steps(out.coordinator, out.meeting_id)]
    assert sorted(steps) == ["Corrected", "Recalled", "Recalled"]


def test_V5_the_trail_holds_no_reason(out: Out) -> None:
    out.fetched(out.joan)
    recall(out)
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "pack.recalled")).one()
    assert line.detail == {"asked": 1}
    assert db.session.scalars(select(PackDestructionRow.because)).all() == [""]


AT = datetime(2026, 12, 3, 9, 10, tzinfo=UTC)  # twenty minutes before the MARAC


def made(at: datetime) -> int:
    with acting.service():
        return making.make_due(at)


def made_offline(out: Out) -> None:
    """The coordinator and the chair have offline packs of it; the coordinator downloaded theirs."""
    for who in (out.coordinator, out.chair):
        offline.set_passphrase(who, NOW)
    assert made(AT) == 2
    assert offline.fetch(out.coordinator, out.meeting_id, AT)


def recalled_at(out: Out, at: datetime) -> int:
    return pack_recalls.recall(out.coordinator, out.pack_id, WHY, at)


def test_S3_a_recalled_pack_is_in_no_offline_pack_until_a_corrected_one_is_issued(out: Out) -> None:
    made_offline(out)
    later = AT + timedelta(minutes=5)
    recalled_at(out, AT)
    assert offline.fetch(out.coordinator, out.meeting_id, AT) is None
    assert set(db.session.scalars(select(OfflinePackRow.content))) == {None}
    assert made(later) == 0
    with acting.acting(out.chair):
        assert [one.meeting_id for one in emergency_packs.recalled(out.chair, AT)] == [out.meeting_id]
    pack_corrections.correct(out.coordinator, out.pack_id, "Without the mistake.", later)
    assert made(later) == 2 and offline.fetch(out.chair, out.meeting_id, later)
    with acting.acting(out.chair):
        assert emergency_packs.recalled(out.chair, later) == []


def test_S3_who_downloaded_an_offline_pack_is_asked_to_destroy_it_and_nobody_else(out: Out) -> None:
    made_offline(out)
    assert recalled_at(out, AT) == 1 and told() == [out.coordinator.account_id]
    with acting.acting(out.chair):
        (one,) = pack_editions.asked(out.chair, out.meeting_id)
    assert (one.title, one.number, one.agency) == ("Offline pack", 2, "Northmoor Council")
    answer(out.coordinator, one.copy_id, True, "", AT)
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "pack.destruction_answered")).one()
    assert line.subject == f"offline_pack/{one.copy_id}"
    with acting.service():
        assert pack_recalls.remind(AT + timedelta(days=1)) == 0


def test_M6_an_offline_pack_without_any_case_of_the_recalled_one_stays(out: Out) -> None:
    made_offline(out)
    with saved():
        row = OfflinePackRow
        db.session.scalars(select(row).where(row.account_id == out.chair.account_id)).one().cases = []
    recalled_at(out, AT)
    assert offline.fetch(out.chair, out.meeting_id, AT)
