"""Minutes issue what the record says when they are approved, and words that two people have read (R2, B)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.circulation import Group
from agenda.pack import NoteKind
from agenda.rules import RuleBroken
from meetingsvc.models import ItemRow, MeetingRow, NoteRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, minutes_draft
from meetingsvc.usecases import corrections, minutes_confirmed, minutes_corrections
from meetingsvc.usecases import minutes as usecase
from meetingsvc.usecases.minutes import Said
from minutes.notes import Note
from tests.a_marac import a_person, an_agency, referred
from tests.a_wall import a_wall
from tests.usecases.test_minutes import LATER, chair, ended, read, rep, who

__all__ = ["chair", "ended", "rep", "who"]
SOON = LATER + timedelta(minutes=10)


def case_of(item_id: UUID) -> UUID:
    return db.session.get_one(ItemRow, item_id).case_id


def corrected(rep: Principal, item_id: UUID) -> None:
    """The agency that shared it puts right what it shared."""
    db.session.rollback()
    note = db.session.scalars(
        select(NoteRow).where(NoteRow.source == "tenancy file", NoteRow.item_id == item_id)
    ).one()
    said = Note(rep.agency_id, "Priya Raman", NoteKind.FACT, "tenancy file", "No arrears: another tenant.")
    corrections.correct(rep, case_of(item_id), note.id, said, "Wrong tenant", SOON)


def shared(reader: Principal, meeting_id: UUID, item_id: UUID) -> list[str]:
    found = {line.item_id: line for line in read(reader, meeting_id) or ()}
    return [one.text for one in found[item_id].told.shared]


def test_R2_what_was_corrected_before_they_are_sent_is_not_in_them(
    who: Principal, chair: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended
    other = a_person(an_agency(who.area_id, "Other Homes"), Role.REPRESENTATIVE, "Other Rep")
    usecase.draft(who, meeting_id, LATER)
    corrected(rep, items[0])
    usecase.send(who, meeting_id, SOON)
    usecase.approve(chair, meeting_id, 1, SOON)
    assert shared(other, meeting_id, items[0]) == ["No arrears: another tenant."]


def test_R2_what_was_corrected_while_they_lie_with_the_chair_is_read_again_before_it_is_issued(
    who: Principal, chair: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended
    usecase.draft(who, meeting_id, LATER)
    usecase.send(who, meeting_id, LATER)
    corrected(rep, items[0])
    with pytest.raises(RuleBroken, match="read them again"):
        usecase.approve(chair, meeting_id, 1, SOON)
    assert read(rep, meeting_id) is None, "nothing is issued"
    assert shared(chair, meeting_id, items[0]) == ["No arrears: another tenant."]
    usecase.approve(chair, meeting_id, 2, SOON)
    assert shared(rep, meeting_id, items[0]) == ["No arrears: another tenant."]


def test_M6_a_chair_learns_nothing_of_a_correction_to_a_case_kept_from_them(
    who: Principal, chair: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended
    a_wall(who.area_id, case_of(items[0]), chair.account_id)
    usecase.draft(who, meeting_id, LATER)
    usecase.send(who, meeting_id, LATER)
    corrected(rep, items[0])
    usecase.approve(chair, meeting_id, 1, SOON)
    assert shared(rep, meeting_id, items[0]) == ["No arrears: another tenant."]


def words(reader: Principal, meeting_id: UUID, item_id: UUID) -> tuple[str, str]:
    """What was said as issued, and what was held back."""
    found = {line.item_id: line for line in read(reader, meeting_id) or ()}
    return found[item_id].said, found[item_id].told.held_back


def test_B_words_that_only_their_writer_has_read_are_not_issued(
    who: Principal, chair: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended
    a_wall(who.area_id, case_of(items[0]), chair.account_id)
    usecase.draft(who, meeting_id, LATER)
    usecase.say(who, meeting_id, {items[0]: Said("Unread.", 0), items[1]: Said("Read.", 0)}, LATER)
    usecase.send(who, meeting_id, LATER)
    usecase.approve(chair, meeting_id, 1, SOON)
    assert [words(rep, meeting_id, one) for one in items] == [("", ""), ("Read.", "")]
    assert words(who, meeting_id, items[0]) == ("", "Unread."), "nothing that was written is lost"
    assert shared(rep, meeting_id, items[0]) == ["Rent arrears since June."], "the record's facts are issued"
    minutes_corrections.correct(who, meeting_id, "Words.", "They were held back.", SOON)
    usecase.send(who, meeting_id, SOON)
    confirmer = a_person(who.agency_id, Role.COORDINATOR, "Second Coordinator")
    minutes_confirmed.confirm(confirmer, meeting_id, items[0], 0, SOON)
    usecase.approve(chair, meeting_id, 1, SOON)
    assert [words(rep, meeting_id, one) for one in items] == [("Unread.", ""), ("Read.", "")]


def test_B_another_who_may_open_the_case_confirms_the_words_as_they_stand(
    who: Principal, chair: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended
    second = a_person(who.agency_id, Role.COORDINATOR, "Second Coordinator")
    walled = a_person(who.agency_id, Role.COORDINATOR, "Walled Coordinator")
    for one in (chair, walled):
        a_wall(who.area_id, case_of(items[0]), one.account_id)
    usecase.draft(who, meeting_id, LATER)
    usecase.say(who, meeting_id, {items[0]: Said("As said.", 0)}, LATER)
    with pytest.raises(RuleBroken, match="have changed"):
        minutes_confirmed.confirm(second, meeting_id, items[0], 1, LATER)
    usecase.send(who, meeting_id, LATER)
    with pytest.raises(RuleBroken, match="You wrote this"):
        minutes_confirmed.confirm(who, meeting_id, items[0], 1, LATER)
    with pytest.raises(RuleBroken, match="have changed"):
        minutes_confirmed.confirm(second, meeting_id, items[0], 0, LATER)
    with pytest.raises(NotFound):
        minutes_confirmed.confirm(walled, meeting_id, items[0], 1, LATER)
    with pytest.raises(Forbidden):
        minutes_confirmed.confirm(rep, meeting_id, items[0], 1, LATER)
    minutes_confirmed.confirm(second, meeting_id, items[0], 1, LATER)
    usecase.approve(chair, meeting_id, 1, SOON)
    assert words(rep, meeting_id, items[0]) == ("As said.", "")


def test_B_words_changed_after_they_were_confirmed_are_confirmed_anew(
    who: Principal, chair: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended
    second = a_person(who.agency_id, Role.COORDINATOR, "Second Coordinator")
    a_wall(who.area_id, case_of(items[0]), chair.account_id)
    usecase.draft(who, meeting_id, LATER)
    usecase.say(who, meeting_id, {items[0]: Said("As said.", 0)}, LATER)
    usecase.send(who, meeting_id, LATER)
    minutes_confirmed.confirm(second, meeting_id, items[0], 1, LATER)
    usecase.send_back(chair, meeting_id, 1, "Say more.", LATER)
    usecase.say(who, meeting_id, {items[0]: Said("Otherwise.", 1)}, LATER)
    usecase.send(who, meeting_id, LATER)
    usecase.approve(chair, meeting_id, 2, SOON)
    assert words(rep, meeting_id, items[0]) == ("", "")


def test_D2_minutes_issued_late_do_not_say_that_the_marac_of_a_moved_case_was_the_one_decided(
    who: Principal,
) -> None:
    (item_id,) = referred(who, (Group.NEW_SAFEGUARDS,))
    db.session.rollback()
    with acting.whole_area(who.area_id):
        item = db.session.get_one(ItemRow, item_id)
        told = minutes_draft.cases(acting.Host(who.area_id), db.session.get_one(MeetingRow, item.meeting_id))
    assert told[item_id].decided == (
        "Safeguards are in place.",
        "Referred to the MARAC in group 3.",
        "When these minutes were drawn from the record, it was on the agenda of Thursday 3 December 2026.",
    )
