"""Corrected packs: what changed is told to those alone for whom it changed (Rulebook S3, M6, F3)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select
from werkzeug.exceptions import NotFound

from agenda.circulation import Group
from agenda.pack_changes import NEW
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AuditRow,
    ItemRow,
    MeetingRow,
    NoteRow,
    OutboxRow,
    PackCopyRow,
    PackEditionRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, packs
from meetingsvc.usecases import marac, marac_publishing, pack_corrections, packs_chasing, proposals
from meetingsvc.usecases import packs as usecase
from meetingsvc.usecases.pack_corrections import Changes
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.a_marac import TUESDAY, referred
from tests.a_recalled_pack import CANARY, LATER, NOW, TOMORROW, Out
from tests.a_wall import a_wall
from tests.servers.remembered import remembered

#: Two working days before the MARAC of Thursday 3 December.
NEAR = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
@remembered
def out(area_id: UUID) -> Out:
    return Out(area_id).publish()


def correct(out: Out, who: Principal | None = None, at: datetime = LATER) -> None:
    pack_corrections.correct(who or out.coordinator, out.pack_id, "An agency put its note right.", at)


def told_again() -> set[UUID]:
    rows = select(OutboxRow.account_id).where(OutboxRow.notice == Notice.PACK_READY)
    return set(db.session.scalars(rows))


def test_S3_a_corrected_pack_says_what_the_record_says_now_and_what_changed(out: Out) -> None:
    out.fetched(out.joan)
    first = out.sees(out.joan)[0]
    out.tell(0)
    assert CANARY not in str(out.read(out.joan)), "agencies hold what was published until it is corrected"
    correct(out)
    assert CANARY in str(out.read(out.joan))
    ((case, what),) = out.says(out.joan)
    assert first in case and what == "Shared at the daily meeting"


def test_S3_an_old_copy_cannot_be_fetched_any_more_and_its_holder_is_told(out: Out) -> None:
    copy_id = out.fetched(out.joan)
    out.tell(0)
    correct(out)
    with pytest.raises(NotFound):
        usecase.fetch(out.joan, copy_id, LATER)
    assert out.joan.account_id in told_again()
    made = usecase.make_copy(out.joan, out.pack_id, 0, LATER)
    assert made is not None and made.number == 2
    assert usecase.fetch(out.joan, made.copy_id, LATER)


def test_M6_whom_it_changes_nothing_for_keeps_their_copy_and_learns_of_nothing(out: Out) -> None:
    a_wall(out.joan.area_id, out.cases[0], out.tomasz.account_id)
    copies = {who: out.fetched(who) for who in (out.joan, out.tomasz)}
    before = (out.read(out.tomasz), packs.mine(out.tomasz, LATER))
    out.tell(0)
    correct(out, at=LATER + timedelta(days=3))
    assert (out.read(out.tomasz), packs.mine(out.tomasz, LATER)) == before, "not its last day either"
    assert usecase.fetch(out.tomasz, copies[out.tomasz], LATER)
    assert out.tomasz.account_id not in told_again() and out.joan.account_id in told_again()
    with pytest.raises(NotFound):
        usecase.fetch(out.joan, copies[out.joan], LATER)


def chased(at: datetime) -> set[UUID]:
    """Who was reminded of a pack that nobody of their agency has, by then."""
    with saved():
        db.session.execute(delete(OutboxRow))
    packs_chasing.chase(at)
    return set(db.session.scalars(select(OutboxRow.account_id)))


def test_S3_an_agency_whose_copy_a_correction_emptied_is_reminded_of_the_corrected_pack(out: Out) -> None:
    council, homes = {out.coordinator, out.second, out.chair}, {out.joan, out.tomasz}
    assert chased(NEAR) == {who.account_id for who in council | homes}
    out.fetched(out.joan)
    out.tell(0)
    assert chased(NEAR + HALF_AN_HOUR) == set()
    pack_corrections.correct(out.coordinator, out.pack_id, "An agency put its note right.", NEAR)
    assert chased(NEAR + HALF_AN_HOUR / 2) == set(), "it is just out"
    with acting.acting(out.joan):
        assert packs.not_fetched(out.joan, NEAR) == 1
    assert chased(NEAR + HALF_AN_HOUR) == {who.account_id for who in council | homes}
    assert chased(NEAR + 2 * HALF_AN_HOUR) == set()


def test_M6_of_a_correction_that_changes_nothing_for_them_nobody_is_reminded(out: Out) -> None:
    a_wall(out.joan.area_id, out.cases[0], out.tomasz.account_id)
    a_wall(out.joan.area_id, out.cases[0], out.joan.account_id)
    chased(NEAR)
    out.tell(0)
    pack_corrections.correct(out.coordinator, out.pack_id, "An agency put its note right.", NEAR)
    assert chased(NEAR + HALF_AN_HOUR) == {who.account_id for who in (out.coordinator, out.second, out.chair)}


def test_S3_an_agency_that_has_the_agendas_pack_is_reminded_of_the_supplementary_one(out: Out) -> None:
    for who in (out.joan, out.coordinator):
        out.fetched(who)
    (late,) = referred(out.coordinator, (Group.NEW_NO_SAFEGUARDS,), TUESDAY)
    marac.add_late(out.coordinator, out.meeting_id, {late}, "She is in danger now", NOW)
    assert chased(NEAR) == set()
    marac_publishing.publish_supplement(out.coordinator, out.meeting_id, 1, NEAR)
    assert chased(NEAR + HALF_AN_HOUR) >= {out.joan.account_id, out.tomasz.account_id}
    assert chased(NEAR + 2 * HALF_AN_HOUR) == set()


def test_M6_a_case_restricted_since_is_left_out_without_a_trace(out: Out) -> None:
    out.fetched(out.joan)
    hidden, left = out.sees(out.joan)
    out.tell(0)
    out.tell(1)
    out.restrict(0, out.coordinator, out.second, out.tomasz)
    correct(out)
    assert out.sees(out.joan) == [left] and hidden not in str(out.read(out.joan))
    assert [case for case, _ in out.says(out.joan)] == [out.read(out.joan).groups[0].cases[0].called]


def test_M6_a_case_that_was_kept_from_its_reader_is_new_to_them(area_id: UUID) -> None:
    out = Out(area_id)
    out.restrict(0, out.coordinator, out.second)
    out.publish()
    out.fetched(out.joan)
    with saved():
        db.session.delete(db.session.scalars(select(RestrictionRow)).one())
    out.tell(1)
    correct(out)
    says = {what for _, what in out.says(out.joan)}
    assert len(out.sees(out.joan)) == 2 and NEW in says
    assert not any("taken out" in what for what in says)


def test_B_a_restricted_case_that_changed_waits_for_a_second_person_again(area_id: UUID) -> None:
    out = Out(area_id)
    out.restrict(0, out.coordinator, out.second, out.joan)
    out.publish()
    release(out)
    assert len(out.sees(out.joan)) == 2
    out.tell(1)
    correct(out)
    assert len(out.sees(out.joan)) == 2, "it says the same: what a second person confirmed stands"
    out.tell(0)
    correct(out)
    assert len(out.sees(out.joan)) == 1 and len(out.says(out.joan)) == 0
    release(out)
    assert len(out.sees(out.joan)) == 2 and CANARY in str(out.read(out.joan))


def release(out: Out) -> None:
    (waits,) = proposals.waiting_for(out.second, LATER)
    proposals.decide(out.second, waits.id, True, "", LATER)


def test_S3_who_made_no_copy_learns_what_changed_since_the_edition_before(out: Out) -> None:
    out.tell(0)
    correct(out)
    assert len(out.says(out.joan)) == 1
    out.tell(1)
    correct(out)
    assert len(out.says(out.joan)) == 1


def test_S3_whose_last_copy_is_of_the_first_edition_learns_of_both_corrections(out: Out) -> None:
    out.fetched(out.joan)
    for case in (0, 1):
        out.tell(case)
        correct(out)
    assert len(out.says(out.joan)) == 2 and len(out.says(out.tomasz)) == 1


def test_M1_a_pack_is_not_corrected_once_it_was_heard_or_has_expired(out: Out) -> None:
    for day in (11, 30):
        with pytest.raises(RuleBroken):
            pack_corrections.correct(out.coordinator, out.pack_id, "Late.", NOW + timedelta(days=day))
    with pytest.raises(RuleBroken):
        pack_corrections.correct(out.coordinator, out.pack_id, " ", LATER)
    assert db.session.scalar(select(func.count()).select_from(PackEditionRow)) == 0


def test_S3_a_correction_that_corrects_nothing_is_refused(out: Out) -> None:
    assert not pack_corrections.changes(out.coordinator, out.pack_id, LATER).any
    with pytest.raises(RuleBroken, match="Nothing that you may open has changed"):
        correct(out)
    assert db.session.scalar(select(func.count()).select_from(PackEditionRow)) == 0
    assert out.joan.account_id not in told_again()


def test_S3_research_is_in_no_pack_so_there_is_nothing_to_correct(out: Out) -> None:
    with saved():
        item = select(ItemRow.id).where(ItemRow.meeting_id == out.meeting_id).order_by(ItemRow.position)
        who = out.joan
        db.session.add(
            NoteRow(area_id=who.area_id, item_id=db.session.scalars(item).first(), agency_id=who.agency_id,
                    author="Joan Pryce", recorded_by=who.account_id, recorded_at=LATER, kind="fact",
                    source="a file", text=CANARY)
        )  # fmt: skip
    with pytest.raises(RuleBroken, match="It holds no research"):
        correct(out)


def test_M6_a_change_of_a_case_kept_from_its_corrector_is_none_for_them(area_id: UUID) -> None:
    out = Out(area_id)
    out.restrict(0, out.second, out.joan)
    out.publish()
    out.tell(0)
    assert pack_corrections.changes(out.coordinator, out.pack_id, LATER) == Changes((), front=False)
    with pytest.raises(RuleBroken, match="Nothing that you may open has changed"):
        correct(out)
    assert [key for _, key, _ in pack_corrections.changes(out.second, out.pack_id, LATER).cases] == [
        out.cases[0]
    ]
    correct(out, out.second)


def test_S3_a_corrector_learns_first_which_cases_change_and_how_many_are_told(out: Out) -> None:
    a_wall(out.joan.area_id, out.cases[0], out.tomasz.account_id)
    out.tell(0)
    found = pack_corrections.changes(out.coordinator, out.pack_id, LATER)
    assert [(case_id, what) for _, case_id, what in found.cases] == [
        (out.cases[0], "Shared at the daily meeting")
    ]
    before = db.session.scalar(select(func.count()).select_from(OutboxRow))
    correct(out)
    after = db.session.scalar(select(func.count()).select_from(OutboxRow))
    assert after is not None and before is not None and found.people == after - before > 0


def test_M4_the_day_at_its_front_can_be_corrected_once_the_marac_is_moved(out: Out) -> None:
    meeting = db.session.get_one(MeetingRow, out.meeting_id)
    with saved():
        meeting.starts_at += timedelta(hours=1)
    found = pack_corrections.changes(out.coordinator, out.pack_id, LATER)
    assert found.front and not found.cases and not found.people
    correct(out)
    assert not pack_corrections.changes(out.coordinator, out.pack_id, LATER).any


def test_V5_a_correction_leaves_its_number_in_the_trail_and_its_reason_in_a_row_of_its_own(out: Out) -> None:
    out.tell(0)
    correct(out)
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "pack.corrected")).one()
    assert line.detail == {"edition": 2} and "note" not in str(line.detail)
    assert db.session.scalars(select(PackEditionRow.reason)).all() == ["An agency put its note right."]


def test_S3_what_a_pack_said_before_goes_with_it_when_it_expires(out: Out) -> None:
    out.fetched(out.joan)
    out.tell(0)
    correct(out)
    usecase.expire(TOMORROW + timedelta(days=30))
    row = PackEditionRow
    assert db.session.execute(select(row.words, row.cases, row.open)).all() == [(None, None, None)]
    assert db.session.scalars(select(PackCopyRow.content)).all() == [None]
