"""What an agency shared stays that agency's; a correction tells who had the old text (Rulebook R2)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import Forbidden, NotFound

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.meetings import MeetingState
from agenda.pack import NoteKind
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AreaRow,
    AuditRow,
    CorrectionRequestRow,
    CorrectionToldRow,
    ItemRow,
    MeetingRow,
    NoteRow,
    OutboxRow,
    PackRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, pack_content
from meetingsvc.store import corrections as store
from meetingsvc.store.areas import settings_json
from meetingsvc.usecases import corrections, marac, marac_publishing, packs, reading
from meetingsvc.usecases.corrections import Superseded
from meetingsvc.usecases.transaction import saved
from minutes.notes import Note
from tests.a_marac import NOW, SECRET, a_person, an_agency, line_of, referred
from tests.servers.remembered import remembered

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def homes(area_id: UUID, area: AreaRow) -> UUID:
    with saved():
        area.settings = settings_json(AreaSettings(marac_anchor=date(2026, 12, 3)))
    return an_agency(area_id, "Fellside Homes", daily=True)


@pytest.fixture
@remembered
def police(area_id: UUID, homes: UUID) -> UUID:
    return an_agency(area_id, "Northmoor Police", daily=True)


@pytest.fixture
@remembered
def scribe(police: UUID) -> Principal:
    return a_person(police, Role.COORDINATOR, "Robin Ashgrove")


@pytest.fixture
@remembered
def owner(homes: UUID) -> Principal:
    return a_person(homes, Role.REPRESENTATIVE, "Joan Akande")


@pytest.fixture
@remembered
def other(police: UUID) -> Principal:
    return a_person(police, Role.REPRESENTATIVE, "Sam Okoro")


@pytest.fixture
def old(scribe: Principal, owner: Principal, other: Principal) -> NoteRow:
    """What Fellside Homes shared about one case, typed by the coordinator."""
    referred(scribe, [Group.NEW_SAFEGUARDS])
    return db.session.scalars(select(NoteRow).where(NoteRow.agency_id == owner.agency_id)).one()


def case_of(note: NoteRow) -> UUID:
    return db.session.get_one(ItemRow, note.item_id).case_id


def told(owner: Principal, words: str = "No arrears at all.") -> Note:
    return Note(owner.agency_id, "Joan Akande", NoteKind.FACT, "rent ledger", words)


def close_the_meeting(note: NoteRow) -> None:
    with saved():
        item = db.session.get_one(ItemRow, note.item_id)
        db.session.get_one(MeetingRow, item.meeting_id).state = MeetingState.CLOSED


def a_row(note: NoteRow, **changed: object) -> dict[str, object]:
    kept = {column.name: getattr(note, column.name) for column in NoteRow.__table__.columns}
    return kept | {"id": uuid4()} | changed


# In SQL, whatever the service does.


@pytest.mark.parametrize("column", ["author", "source", "text"])
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_R2_what_says_whose_it_is_cannot_be_empty(old: NoteRow, column: str, nothing: str | None) -> None:
    with pytest.raises(DBAPIError), saved():
        db.session.execute(insert(NoteRow).values(a_row(old, **{column: nothing})))


@pytest.mark.parametrize("column", ["agency_id", "recorded_by", "recorded_at", "kind", "item_id"])
def test_R2_supplier_author_time_and_kind_cannot_be_missing(old: NoteRow, column: str) -> None:
    with pytest.raises(DBAPIError), saved():
        db.session.execute(insert(NoteRow).values(a_row(old, **{column: None})))


def test_R2_it_is_fact_or_professional_opinion_and_nothing_else(old: NoteRow) -> None:
    with pytest.raises(DBAPIError), saved():
        db.session.execute(insert(NoteRow).values(a_row(old, kind="rumour")))


@pytest.mark.parametrize("column", ["text", "author", "agency_id", "kind", "source", "item_id", "why"])
def test_R2_no_column_of_a_note_is_ever_changed_in_SQL(old: NoteRow, column: str) -> None:
    with pytest.raises(DBAPIError, match="kept as it is"), saved():
        db.session.execute(update(NoteRow).values({column: getattr(old, column)}))


def test_R2_no_note_is_ever_deleted_in_SQL(old: NoteRow) -> None:
    with pytest.raises(DBAPIError, match="kept as it is"), saved():
        db.session.execute(delete(NoteRow))


def test_R2_no_note_is_replaced_or_emptied_away(old: NoteRow) -> None:
    if db.engine.dialect.name == "sqlite":
        replaced = "INSERT OR REPLACE INTO note SELECT id, area_id, item_id, agency_id, author, recorded_by, "
        statement = (
            replaced + "recorded_at, kind, source, 'other', corrects, why, dated, proportionate FROM note"
        )
    else:
        statement = "TRUNCATE note CASCADE"
    with pytest.raises(DBAPIError, match="kept as it is|permission denied for table note"), saved():
        db.session.execute(text(statement))


def a_correction(old: NoteRow, by: Principal, **changed: object) -> None:
    with saved():
        values = {"corrects": old.id, "why": "wrong", "recorded_by": by.account_id, "text": "new"}
        db.session.execute(insert(NoteRow).values(a_row(old, **(values | changed))))


def test_R2_another_agencys_note_cannot_be_corrected_in_SQL(old: NoteRow, other: Principal) -> None:
    with pytest.raises(DBAPIError, match="only the agency that shared"):
        a_correction(old, other)


@pytest.mark.parametrize("column", ["agency_id", "item_id"])
def test_R2_a_correction_in_SQL_stays_on_its_item_and_with_its_agency(
    old: NoteRow, owner: Principal, other: Principal, column: str
) -> None:
    elsewhere = {"agency_id": other.agency_id, "item_id": line_of(old.item_id).id}
    with pytest.raises(DBAPIError, match="only the agency that shared"):
        a_correction(old, owner, **{column: elsewhere[column]})


def test_R2_a_correction_in_SQL_says_why(old: NoteRow, owner: Principal) -> None:
    with pytest.raises(DBAPIError):
        a_correction(old, owner, why=" ")


def test_R2_one_note_is_corrected_once(old: NoteRow, owner: Principal) -> None:
    a_correction(old, owner)
    with pytest.raises(DBAPIError):
        a_correction(db.session.get_one(NoteRow, old.id), owner)


def test_R2_a_scribe_mends_their_own_typing_until_the_meeting_closes(
    old: NoteRow, scribe: Principal, owner: Principal
) -> None:
    case = case_of(old)
    new, _ = corrections.correct(scribe, case, old.id, told(owner, "Arrears since May."), "typing", NOW)
    assert db.session.get_one(NoteRow, new).agency_id == old.agency_id
    close_the_meeting(old)
    with pytest.raises(Forbidden):
        corrections.correct(scribe, case, new, told(owner), "again", NOW)
    with pytest.raises(DBAPIError, match="only the agency that shared"):
        a_correction(db.session.get_one(NoteRow, new), scribe)


# Through the service.


def test_R2_the_supplier_corrects_and_the_old_text_is_kept(old: NoteRow, owner: Principal) -> None:
    old_id, case = old.id, case_of(old)
    close_the_meeting(old)
    new, _ = corrections.correct(owner, case, old_id, told(owner), "The ledger was misread", LATER)
    before, after = store.shared(owner, case)
    assert (before.id, before.note.text, before.corrected_at) == (old_id, "Rent arrears since June.", LATER)
    assert (after.id, after.note.text, after.corrects, after.why) == (
        new, "No arrears at all.", old_id, "The ledger was misread",
    )  # fmt: skip
    assert after.note.agency_id == owner.agency_id and after.corrected_at is None
    assert store.standing(owner, before) == after


def test_R2_another_agency_is_refused_and_nothing_is_saved(old: NoteRow, other: Principal) -> None:
    close_the_meeting(old)
    with pytest.raises(Forbidden):
        corrections.correct(other, case_of(old), old.id, told(other), "I know better", LATER)
    assert len(db.session.scalars(select(NoteRow)).all()) == 1


def test_R2_two_corrections_at_once_lose_nothing(old: NoteRow, owner: Principal) -> None:
    old_id, case = old.id, case_of(old)
    corrections.correct(owner, case, old_id, told(owner), "first", LATER)
    with pytest.raises(Superseded):
        corrections.correct(owner, case, old_id, told(owner, "Another text"), "second", LATER)
    assert [one.note.text for one in store.shared(owner, case)] == [
        "Rent arrears since June.", "No arrears at all.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"text": " "}, "x"), ({"source": ""}, "x"), ({"author": ""}, "x"), ({"kind": None}, "x"), ({}, " ")],
)
def test_R2_a_correction_is_whole_and_says_why(
    old: NoteRow, owner: Principal, wrong: dict[str, object], why: str
) -> None:
    with pytest.raises(RuleBroken):
        corrections.correct(owner, case_of(old), old.id, replace(told(owner), **wrong), why, LATER)  # type: ignore[arg-type]


def test_R2_a_pack_tells_only_what_stands(old: NoteRow, owner: Principal, scribe: Principal) -> None:
    line = line_of(old.item_id).meeting_id
    corrections.correct(owner, case_of(old), old.id, told(owner), "misread", LATER)
    (case,) = pack_content.cases(scribe, line, 0)
    assert [note.text for note in case.shared] == ["No arrears at all."]


def notices() -> list[UUID]:
    rows = select(OutboxRow).where(OutboxRow.notice == "correction")
    return [row.account_id for row in db.session.scalars(rows)]


def correct(old: NoteRow, owner: Principal) -> UUID:
    new, _ = corrections.correct(owner, case_of(old), old.id, told(owner), "misread", LATER)
    return new


Reads = Callable[[Principal, NoteRow], None]


def opens_the_case(who: Principal, note: NoteRow) -> None:
    reading.opened(who, "case.read", f"case/{case_of(note)}", NOW)


def opens_its_page(who: Principal, note: NoteRow) -> None:
    reading.opened(who, "shared.read", f"case/{case_of(note)}", NOW)


def a_pack(note: NoteRow) -> UUID:
    meeting = line_of(note.item_id).meeting_id
    chair = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)).one()
    who = principal(chair)
    marac.close(who, meeting, NOW)
    marac_publishing.publish(who, meeting, NOW)
    return db.session.scalars(select(PackRow.id)).one()


def principal(account_id: UUID) -> Principal:
    found = accounts.principal(account_id, NOW)
    assert found is not None
    return found


def reads_the_pack(who: Principal, note: NoteRow) -> None:
    packs.read(who, a_pack(note), NOW)


def fetches_a_copy(who: Principal, note: NoteRow) -> None:
    made = packs.make_copy(who, a_pack(note), 0, NOW)
    assert made is not None
    packs.fetch(who, made.copy_id, NOW)


@pytest.mark.parametrize("reads", [opens_the_case, opens_its_page, reads_the_pack, fetches_a_copy])
def test_R2_everyone_who_had_the_old_text_is_told_once(
    old: NoteRow, owner: Principal, other: Principal, reads: Reads
) -> None:
    reads(other, old)
    opens_its_page(owner, old)  # who corrects it knows
    new = correct(old, owner)
    assert notices() == [other.account_id]
    assert [news.note_id for news in store.unread(other)] == [new]
    assert store.unread(owner) == []


def test_R2_who_did_not_have_it_is_not_told(old: NoteRow, owner: Principal, other: Principal) -> None:
    reading.opened(other, "list.read", f"meeting/{uuid4()}", NOW)
    reading.opened(other, "case.read", f"case/{uuid4()}", NOW)
    reading.opened(other, "case.read", f"case/{case_of(old)}", NOW - timedelta(days=1))
    correct(old, owner)
    assert notices() == [] and store.unread(other) == []


def test_R2_the_notice_holds_nothing_of_the_note_or_the_case(
    old: NoteRow, owner: Principal, other: Principal
) -> None:
    opens_the_case(other, old)
    correct(old, owner)
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.notice == "correction")).one()
    assert row.context.keys() == {"panel", "sits_on", "path"} and row.context["path"] == "/corrections"
    lines = db.session.scalars(select(AuditRow).where(AuditRow.action == "note.corrected")).all()
    assert len(lines) == 1 and "arrears" not in str(lines[0].detail) and "misread" not in str(lines[0].detail)


@pytest.mark.parametrize(("hours", "emergency", "urgent"), [(0, 0, True), (240, 0, False), (240, 1, True)])
def test_M4_a_correction_waits_for_no_morning_while_its_meeting_is_near_or_an_emergency(
    old: NoteRow, owner: Principal, other: Principal, hours: int, emergency: int, urgent: bool
) -> None:
    opens_the_case(other, old)
    with saved():
        sitting = db.session.get_one(ItemRow, old.item_id).meeting_id
        db.session.get_one(MeetingRow, sitting).emergency = emergency
    at = NOW.replace(hour=20) + timedelta(hours=hours)
    corrections.correct(owner, case_of(old), old.id, told(owner), "misread", at)
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.notice == "correction")).one()
    assert (row.urgent, row.not_before is None) == (urgent, urgent)


def test_R2_a_second_correction_tells_who_read_only_the_first_text(
    old: NoteRow, owner: Principal, other: Principal
) -> None:
    opens_the_case(other, old)
    case, new = case_of(old), correct(old, owner)
    corrections.correct(owner, case, new, told(owner, "Arrears of 12 pounds."), "again", LATER)
    assert notices() == [other.account_id, other.account_id]


@pytest.mark.parametrize("why", ["disabled", "withdrawn", "walled"])
def test_R2_M6_who_may_no_longer_open_it_is_not_told_but_told_of(
    old: NoteRow, owner: Principal, other: Principal, scribe: Principal, why: str
) -> None:
    opens_the_case(other, old)
    case = case_of(old)
    with saved():
        if why == "disabled":
            db.session.get_one(AccountRow, other.account_id).disabled_at = NOW
        elif why == "withdrawn":
            db.session.get_one(AgencyRow, other.agency_id).withdrawn_on = NOW.date()
        else:
            db.session.add(WallRow(area_id=other.area_id, case_id=case, account_id=other.account_id,
                                   ground="declared", shared="", state="stands", put_at=NOW))  # fmt: skip
    new = correct(old, owner)
    assert notices() == []
    assert store.unread(other) == []
    assert store.no_longer(scribe, case) == {new: ["Sam Okoro (Northmoor Police)"]}
    assert store.no_longer(owner, case) == {}, "for who runs the meetings alone"


def test_M6_a_wall_put_later_takes_the_line_away(old: NoteRow, owner: Principal, other: Principal) -> None:
    opens_the_case(other, old)
    new, case = correct(old, owner), case_of(old)
    with saved():
        db.session.add(WallRow(area_id=other.area_id, case_id=case, account_id=other.account_id,
                               ground="declared", shared="", state="stands", put_at=LATER))  # fmt: skip
    assert store.unread(other) == [] and store.shared(other, case) == []
    with pytest.raises(NotFound):
        corrections.read(other, new, LATER)


def test_R2_a_correction_stays_until_it_is_read(old: NoteRow, owner: Principal, other: Principal) -> None:
    opens_the_case(other, old)
    new = correct(old, owner)
    corrections.read(other, new, LATER)
    assert store.unread(other) == []
    assert db.session.scalars(select(CorrectionToldRow.read_at)).one() == LATER
    with pytest.raises(NotFound):
        corrections.read(other, new, LATER)


def test_R2_another_agency_asks_and_the_supplier_answers(
    old: NoteRow, owner: Principal, other: Principal
) -> None:
    case, old_id = case_of(old), old.id
    request = corrections.ask(other, case, old_id, "The tenancy ended in May", NOW)
    assert notices() == [owner.account_id]
    assert [key for key, _ in store.asked_of(owner)] == [case] and store.asked_of(other) == []
    with pytest.raises(Forbidden):
        corrections.decline(other, case, request, "no", NOW)
    corrections.decline(owner, case, request, "It did not", NOW)
    assert store.asked_of(owner) == []
    (answered,) = store.requests(other, case)[old_id]
    assert (answered.answer, answered.why) == ("declined", "It did not")
    with pytest.raises(NotFound):
        corrections.decline(owner, case, request, "twice", NOW)


def test_R2_correcting_answers_what_was_asked(old: NoteRow, owner: Principal, other: Principal) -> None:
    corrections.ask(other, case_of(old), old.id, "The tenancy ended in May", NOW)
    correct(old, owner)
    assert store.asked_of(owner) == []
    assert db.session.scalars(select(CorrectionRequestRow.answer)).one() == "corrected"


def test_R2_one_does_not_ask_ones_own_agency(old: NoteRow, owner: Principal) -> None:
    with pytest.raises(RuleBroken):
        corrections.ask(owner, case_of(old), old.id, "why not", NOW)


def test_M6_a_walled_person_neither_sees_corrects_nor_asks(
    old: NoteRow, owner: Principal, other: Principal
) -> None:
    case = case_of(old)
    with saved():
        for who in (owner, other):
            db.session.add(WallRow(area_id=who.area_id, case_id=case, account_id=who.account_id,
                                   ground="party", shared="name", state="stands", put_at=NOW))  # fmt: skip
    assert store.shared(owner, case) == [] and store.note(owner, case, old.id) is None
    with pytest.raises(NotFound):
        corrections.correct(owner, case, old.id, told(owner), "misread", LATER)
    with pytest.raises(NotFound):
        corrections.ask(other, case, old.id, "wrong", LATER)


def test_no_address_of_the_feed_is_in_what_is_told(old: NoteRow, owner: Principal) -> None:
    assert all(SECRET not in str(one) for one in store.shared(owner, case_of(old)))
