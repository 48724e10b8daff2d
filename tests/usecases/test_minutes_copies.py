"""A reader's own copy of issued minutes: what is in it, whose it is, when it ends (S3, F3, M6, R1, V5)."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pikepdf
import pytest
from pypdf import PdfReader
from sqlalchemy import select, update
from werkzeug.exceptions import Forbidden, NotFound

from agenda.need_to_know import Hides, RestrictionState
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AuditRow,
    ItemRow,
    MinutesCopyRow,
    NamedRow,
    RefusalRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting
from meetingsvc.store import meeting_record as record_store
from meetingsvc.store import minutes as minutes_store
from meetingsvc.store import minutes_copies as store
from meetingsvc.usecases import minutes, minutes_corrections
from meetingsvc.usecases import minutes_copies as usecase
from meetingsvc.usecases.minutes import Said
from meetingsvc.usecases.minutes_copies import Made, Stale
from meetingsvc.usecases.transaction import saved
from tests.a_marac import a_person, an_agency
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.usecases.test_meeting_record import rep, who
from tests.usecases.test_minutes import LATER, chair, ended, issue

__all__ = ["chair", "ended", "rep", "who"]
Ended = tuple[UUID, list[UUID]]


@pytest.fixture
@remembered
def issued(who: Principal, chair: Principal, ended: Ended) -> Ended:
    issue(who, chair, ended[0])
    return ended


def made(person: Principal, meeting_id: UUID, replaces: int = 0) -> Made:
    found = usecase.make_copy(person, meeting_id, replaces, LATER)
    assert found is not None
    return found


def text_of(person: Principal, meeting_id: UUID, copy: Made) -> str:
    content = usecase.fetch(person, meeting_id, LATER)
    assert content is not None
    reader = PdfReader(BytesIO(content), password=copy.passphrase)
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def case_of(item_id: UUID) -> UUID:
    db.session.rollback()
    return db.session.get_one(ItemRow, item_id).case_id


def test_S3_a_copy_opens_with_its_passphrase_alone_and_names_its_reader_on_every_page(
    rep: Principal, issued: Ended
) -> None:
    copy = made(rep, issued[0])
    content = usecase.fetch(rep, issued[0], LATER)
    assert content is not None
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(content))
    with pikepdf.open(BytesIO(content), password=copy.passphrase) as pdf:
        assert pdf.encryption.R == 6 and str(pdf.docinfo["/Title"]) == "MARAC minutes"
    for page in PdfReader(BytesIO(content), password=copy.passphrase).pages:
        assert "Copy 1 · Joan Akande · Fellside Homes" in page.extract_text()


def test_S3_a_copy_holds_what_its_reader_may_read_and_no_more(
    who: Principal, rep: Principal, issued: Ended
) -> None:
    mine = text_of(rep, issued[0], made(rep, issued[0]))
    assert "Rent arrears since June." in mine and "tenancy file" in mine and "Fit a new lock" in mine
    assert "He reads her post" not in mine and "He took her card" not in mine
    theirs = text_of(who, issued[0], made(who, issued[0]))
    assert "He reads her post" in theirs and "He took her card" in theirs
    assert "Heard by" not in theirs, "who was not there may tell whom a wall is about"


def test_M6_a_walled_case_is_left_out_without_a_trace(rep: Principal, issued: Ended) -> None:
    meeting_id, items = issued
    a_wall(rep.area_id, case_of(items[0]), rep.account_id)
    text = text_of(rep, meeting_id, made(rep, meeting_id))
    assert "Rent arrears" not in text and "C-000001" not in text and "Cases 1 " in text
    assert "1. C-000002" in text, "no gap in the numbers"


def test_M6_a_wall_raised_later_deletes_the_copy(rep: Principal, issued: Ended) -> None:
    meeting_id, items = issued
    made(rep, meeting_id)
    a_wall(rep.area_id, case_of(items[0]), rep.account_id)
    with pytest.raises(Stale):
        usecase.fetch(rep, meeting_id, LATER)
    assert usecase.fetch(rep, meeting_id, LATER) is None, "its content is gone"
    assert made(rep, meeting_id).number == 2
    with saved(), acting.service():
        assert db.session.scalars(select(RefusalRow.kind)).all() == ["minutes copy"]


def restrict(who: Principal, named: Principal, case_id: UUID) -> None:
    with saved():
        db.session.add(RestrictionRow(area_id=who.area_id, case_id=case_id, reason="Staff", put_at=LATER,
                                      state=RestrictionState.RESTRICTED, hides=Hides.UNNAMED))  # fmt: skip
        db.session.flush()
        db.session.add(NamedRow(area_id=who.area_id, case_id=case_id, account_id=named.account_id,
                                named_by=who.account_id, named_at=LATER))  # fmt: skip


def test_B_a_restricted_case_leaves_in_no_copy_not_even_to_who_is_named(
    who: Principal, rep: Principal, issued: Ended
) -> None:
    """Packs ask a second person; minutes have none, so it is read in the service (security.md B)."""
    meeting_id, items = issued
    restrict(who, rep, case_of(items[0]))
    with acting.acting(rep):
        version = minutes_store.versions(rep, meeting_id)[0]
        sat = record_store.meeting(rep, meeting_id)
        assert sat is not None
        read = minutes_store.cases(rep, sat, version, LATER)
    assert case_of(items[0]) in {line.case_id for line in read}, "open to them on the page"
    text = text_of(rep, meeting_id, made(rep, meeting_id))
    assert "Rent arrears" not in text and "C-000001" not in text and "C-000002" in text


def test_B_a_restriction_put_later_ends_the_copies_of_who_is_named_too(
    who: Principal, rep: Principal, issued: Ended
) -> None:
    meeting_id, items = issued
    made(rep, meeting_id)
    restrict(who, rep, case_of(items[0]))
    with pytest.raises(Stale):
        usecase.fetch(rep, meeting_id, LATER)
    assert usecase.fetch(rep, meeting_id, LATER) is None, "its content is gone"


def test_M6_where_every_case_is_kept_from_them_there_is_nothing_to_take(
    rep: Principal, issued: Ended
) -> None:
    for item_id in issued[1]:
        a_wall(rep.area_id, case_of(item_id), rep.account_id)
    with pytest.raises(RuleBroken, match="no case"):
        usecase.make_copy(rep, issued[0], 0, LATER)


def test_R1_only_issued_minutes_are_taken_away(who: Principal, rep: Principal, ended: Ended) -> None:
    minutes.draft(who, ended[0], LATER)
    for person in (who, rep):
        with pytest.raises(RuleBroken, match="not issued"):
            usecase.make_copy(person, ended[0], 0, LATER)


def test_R1_a_correction_ends_the_copies_of_what_it_corrects_and_is_shown_as_one(
    who: Principal, chair: Principal, rep: Principal, issued: Ended
) -> None:
    meeting_id, items = issued
    made(rep, meeting_id)
    minutes_corrections.correct(who, meeting_id, "A name.", "Misheard.", LATER)
    minutes.say(who, meeting_id, {items[0]: Said("As it was said.", 0)}, LATER)
    minutes.send(who, meeting_id, LATER)
    assert usecase.fetch(rep, meeting_id, LATER) is not None, "until another has approved it"
    minutes.approve(chair, meeting_id, 1, LATER)
    assert usecase.fetch(rep, meeting_id, LATER) is None
    text = text_of(rep, meeting_id, made(rep, meeting_id))
    assert "Corrected: A name." in text and "Why: Misheard." in text and "As it was said." in text


def test_S3_a_copy_is_its_readers_alone_and_a_new_one_ends_the_old(rep: Principal, issued: Ended) -> None:
    meeting_id, _ = issued
    first = made(rep, meeting_id)
    colleague = a_person(rep.agency_id, name="Somebody Else")
    assert usecase.fetch(colleague, meeting_id, LATER) is None
    assert usecase.make_copy(rep, meeting_id, 0, LATER) is None, "asked about another than they hold"
    second = made(rep, meeting_id, first.number)
    assert (first.number, second.number) == (1, 2) and first.passphrase != second.passphrase
    assert made(colleague, meeting_id).number == 3
    with saved(), acting.service():
        gone = select(MinutesCopyRow.copy_number).where(MinutesCopyRow.content.is_(None))
        assert db.session.scalars(gone).all() == [1]


def test_V1_whose_agency_left_has_nothing_any_more(rep: Principal, issued: Ended) -> None:
    made(rep, issued[0])
    with saved():
        gone = update(AgencyRow).where(AgencyRow.id == rep.agency_id)
        db.session.execute(gone.values(withdrawn_on=LATER.date()))
    for act in (lambda: usecase.fetch(rep, issued[0], LATER), lambda: made(rep, issued[0])):
        with pytest.raises((NotFound, Forbidden)):
            act()


def test_B_who_attends_no_meeting_takes_nothing_away(who: Principal, issued: Ended) -> None:
    stranger = a_person(an_agency(who.area_id, "Not there", marac=False))
    with pytest.raises(NotFound):
        usecase.make_copy(stranger, issued[0], 0, LATER)
    governor = a_person(who.agency_id, Role.INFORMATION_GOVERNANCE, "Ivo Governor")
    with pytest.raises(Forbidden):
        usecase.make_copy(governor, issued[0], 0, LATER)


def test_S3_after_its_last_day_a_copy_is_deleted_and_the_register_stays(
    who: Principal, rep: Principal, issued: Ended
) -> None:
    copy = made(rep, issued[0])
    usecase.fetch(rep, issued[0], LATER)
    assert (copy.last_day - LATER.date()).days == 14
    assert usecase.expire(LATER + timedelta(days=14)) == 0
    over = LATER + timedelta(days=15)
    assert usecase.fetch(rep, issued[0], over) is None
    assert (usecase.expire(over), usecase.expire(over)) == (1, 0)
    db.session.rollback()
    with acting.acting(who):
        (one,) = store.register(who, issued[0])
    assert (one.person, one.version, one.number, one.fetches, one.gone) == ("Joan Akande", 1, 1, 1, True)


def test_V5_making_and_downloading_leave_their_lines_and_one_on_each_case(
    rep: Principal, issued: Ended
) -> None:
    made(rep, issued[0])
    usecase.fetch(rep, issued[0], LATER)
    with saved(), acting.service():
        mine = select(AuditRow).where(AuditRow.actor == str(rep.account_id)).order_by(AuditRow.id)
        lines = db.session.scalars(mine).all()
        told = [(line.action, line.case_id) for line in lines]
    assert told[-2:] == [("minutes.copy_made", None), ("minutes.fetched", None)]
    assert "cases" not in lines[-2].detail, "who may open one of two would learn of the other"
    assert {case for action, case in told if action == "minutes.case_read"} == set(map(case_of, issued[1]))


def test_S3_a_disabled_account_is_turned_away_and_that_is_kept(rep: Principal, issued: Ended) -> None:
    made(rep, issued[0])
    with saved():
        gone = update(AccountRow).where(AccountRow.id == rep.account_id)
        db.session.execute(gone.values(disabled_at=LATER))
    with pytest.raises(Forbidden):
        usecase.fetch(rep, issued[0], LATER)
    with saved(), acting.service():
        assert db.session.scalars(select(RefusalRow.kind)).all() == ["minutes copy"]
