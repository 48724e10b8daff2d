"""A case that goes to, or comes from, an area outside the service (M5, T8, S1, F3)."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from uuid import UUID

import pikepdf
import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.addresses import ContactKind
from agenda.incidents import Party, Risk
from agenda.pack_kept import read
from agenda.rules import RuleBroken
from agenda.transfers import State, Step
from meetingsvc.models import AreaRow, AuditRow, EntryRow, ItemRow, ReferralToldRow, TransferRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting, case_page, transfers_moved
from meetingsvc.store import marac as marac_store
from meetingsvc.store import transfers as store
from meetingsvc.usecases import addresses, lists, proposals, transfer_arrivals, transfer_files, transfers
from meetingsvc.usecases.transaction import saved
from meetingsvc.web import transfer_parts
from tests.a_marac import NOW, a_person
from tests.a_transfer import HEARD, LATER, OUTSIDE, WHY, Two, an_arrival, offered, proposed, two_areas
from tests.a_wall import a_wall
from tests.an_address import a_contact, perpetrator
from tests.servers.remembered import remembered

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
SOON = LATER + timedelta(minutes=1)
SAID = "Ines Calloway, by telephone"


def gone_to_westvale(two: Two, transfer: UUID) -> None:
    """What was sent is received there, and accepted."""
    transfer_files.record(two.coordinator, transfer, Step.RECEIVE, SAID, SOON)
    transfer_files.record(two.coordinator, transfer, Step.ACCEPT, SAID, SOON)


@pytest.fixture
@remembered
def two(area_id: UUID) -> Two:
    return two_areas(area_id)


def test_S1_the_recipient_is_at_a_secure_domain(two: Two) -> None:
    with pytest.raises(RuleBroken, match="not in a secure domain"):
        transfers.propose(two.coordinator, two.case_id, replace(OUTSIDE, email="ines@mail.example"), WHY, NOW)


def test_F3_who_shares_an_address_with_the_perpetrator_is_refused_and_that_is_kept(
    two: Two,
) -> None:
    theirs = a_contact(kind=ContactKind.EMAIL, value=OUTSIDE.email)
    addresses.tell_contact(two.coordinator, two.case_id, perpetrator(two.case_id), theirs, NOW)
    with pytest.raises(RuleBroken, match="F3"):
        transfers.propose(two.coordinator, two.case_id, OUTSIDE, WHY, NOW)
    with acting.service():
        kept = db.session.scalars(
            select(AuditRow.detail).where(AuditRow.action.endswith("recipient_refused"))
        )
        assert list(kept) == [{"ground": "collision"}]


def test_F3_who_came_to_share_it_meanwhile_gets_no_file(two: Two) -> None:
    transfer = offered(two, OUTSIDE)
    transfer_files.make(two.coordinator, transfer, NOW)
    theirs = a_contact(kind=ContactKind.EMAIL, value=OUTSIDE.email.upper())
    addresses.tell_contact(two.coordinator, two.case_id, perpetrator(two.case_id), theirs, NOW)
    for take in (transfer_files.make, transfer_files.fetch):
        with pytest.raises(RuleBroken, match="F3"):
            take(two.coordinator, transfer, LATER)


def test_M5_outside_it_goes_as_an_encrypted_file_with_the_record(two: Two) -> None:
    transfer = offered(two, OUTSIDE)
    made = transfer_files.make(two.coordinator, transfer, NOW)
    content = transfer_files.fetch(two.coordinator, transfer, NOW)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(content), password="another")
    with pikepdf.open(BytesIO(content), password=made.passphrase) as pdf:
        assert (pdf.encryption.R, pdf.encryption.bits) == (6, 256)
        assert pdf.docinfo.get("/Title") == "Transfer of a case" and len(pdf.pages) >= 1
    with acting.service():
        row = db.session.get_one(TransferRow, transfer)
        assert made.passphrase not in repr(row.words) and "throat" in repr(row.words)
        assert made.passphrase.encode() not in (row.content or b"")


def test_M5_its_receipt_is_tracked_and_asked_for_again(two: Two) -> None:
    transfer = offered(two, OUTSIDE)
    with pytest.raises(RuleBroken, match="Make the file"):
        transfer_files.record(two.coordinator, transfer, Step.SEND, "", NOW)
    transfer_files.make(two.coordinator, transfer, NOW)
    transfer_files.record(two.coordinator, transfer, Step.SEND, "", NOW)
    with acting.acting(two.coordinator):
        assert store.overdue(two.coordinator, date(2026, 11, 24)) == 0
        assert store.overdue(two.coordinator, date(2026, 11, 25)) == 1, "two working days after Monday"
    transfer_files.ask_again(two.coordinator, transfer, NOW + timedelta(days=2))
    with acting.acting(two.coordinator):
        assert store.overdue(two.coordinator, date(2026, 11, 26)) == 0
        assert store.overdue(two.coordinator, date(2026, 11, 27)) == 1
    transfer_files.record(two.coordinator, transfer, Step.RECEIVE, SAID, NOW + timedelta(days=4))
    with acting.acting(two.coordinator):
        assert store.overdue(two.coordinator, date(2026, 11, 30)) == 0
        assert store.overdue(two.coordinator, date(2026, 12, 1)) == 1, "received, and never accepted"
    transfer_files.ask_again(two.coordinator, transfer, NOW + timedelta(days=8))
    transfer_files.record(two.coordinator, transfer, Step.ACCEPT, SAID, NOW + timedelta(days=9))
    with acting.acting(two.coordinator):
        assert store.overdue(two.coordinator, date(2026, 12, 27)) == 0


def test_M5_what_keeps_her_safe_goes_along(two: Two) -> None:
    with acting.service(), saved():
        for sight, said in (("actions", "He opens her post"), ("contact", "Leave no voice message")):
            row = ReferralToldRow(area_id=two.coordinator.area_id, case_id=two.case_id, sight=sight,
                                  label="Told", text=said, author="A Nurse", at=NOW)  # fmt: skip
            db.session.add(row)
            db.session.flush()
    transfer = offered(two, OUTSIDE)
    transfer_files.make(two.coordinator, transfer, NOW)
    with acting.service():
        words = read(db.session.get_one(TransferRow, transfer).words or {})
    sheet = words.groups[0].cases[0]
    titles = [section.title for section in sheet.sections]
    assert titles[1:3] == ["What would increase the risk", "Before anyone makes contact"]
    assert "Told: He opens her post (A Nurse," in repr(sheet.sections[1])
    assert any(WHY in line for line in words.handling)
    assert any("until you accept it. Answer Northmoor" in line for line in words.handling)


def test_M5_accepted_outside_the_record_stays_and_the_file_goes(two: Two) -> None:
    transfer = offered(two, OUTSIDE)
    transfer_files.make(two.coordinator, transfer, NOW)
    transfer_files.record(two.coordinator, transfer, Step.SEND, "", LATER)
    with acting.acting(two.coordinator):
        assert len(store.records(two.coordinator, two.case_id)) == 1
        assert transfers_moved.moved(two.coordinator, [two.case_id]) == {}, "ours until they accept"
    gone_to_westvale(two, transfer)
    with acting.acting(two.coordinator):
        assert transfers_moved.moved(two.coordinator, [two.case_id])[two.case_id].to_area == "Westvale"
        out = store.one(two.coordinator, transfer)
        assert out and out.state is State.ACCEPTED and out.next_steps == ()
        assert store.content(two.coordinator, transfer) is None
    with pytest.raises(RuleBroken, match="no file"):
        transfer_files.fetch(two.coordinator, transfer, SOON)


def test_M5_nobody_takes_a_case_off_the_agenda_at_one_stroke_and_the_chair_sees_who_did(two: Two) -> None:
    transfer = offered(two, OUTSIDE)
    transfer_files.make(two.coordinator, transfer, NOW)
    transfer_files.record(two.coordinator, transfer, Step.SEND, "", LATER)
    with pytest.raises(RuleBroken, match="Record first that they have received it"):
        transfer_files.record(two.coordinator, transfer, Step.ACCEPT, SAID, SOON)
    with pytest.raises(RuleBroken, match="Say who there told you"):
        transfer_files.record(two.coordinator, transfer, Step.RECEIVE, "", SOON)
    with acting.acting(two.coordinator):
        out = store.one(two.coordinator, transfer)
        assert out and Step.ACCEPT not in out.next_steps and Step.RECEIVE in out.next_steps
    gone_to_westvale(two, transfer)
    with acting.acting(two.chair):
        (gone,) = transfer_parts.on_home(two.chair, SOON + timedelta(days=6)).gone
        assert gone.case_id == two.case_id and gone.moved.words.startswith("Moved to Westvale on")
        assert transfer_parts.on_home(two.chair, SOON + timedelta(days=8)).gone == ()
    with acting.acting(two.coordinator):
        assert transfer_parts.on_home(two.coordinator, SOON).gone == ()


def test_M5_the_agenda_says_which_case_has_left_it_to_who_may_open_the_case(two: Two) -> None:
    transfer = offered(two, OUTSIDE)
    transfer_files.make(two.coordinator, transfer, NOW)
    transfer_files.record(two.coordinator, transfer, Step.SEND, "", LATER)
    gone_to_westvale(two, transfer)
    near = a_person(two.coordinator.agency_id, Role.COORDINATOR, "Tamsin Orrery")
    a_wall(two.coordinator.area_id, two.case_id, near.account_id)
    with acting.acting(two.chair):
        (marac,) = marac_store.meetings(two.chair)
        (gone,) = transfers_moved.before(two.chair, marac.sits_on)
        assert gone.case_id == two.case_id
        assert transfers_moved.before(two.chair, marac.sits_on + timedelta(days=14)) == []
    with acting.acting(near):
        assert transfers_moved.before(near, marac.sits_on) == []


def test_M5_a_refusal_outside_needs_its_reason_and_the_case_stays(two: Two) -> None:
    transfer = offered(two, OUTSIDE)
    transfer_files.make(two.coordinator, transfer, NOW)
    transfer_files.record(two.coordinator, transfer, Step.SEND, "", LATER)
    with pytest.raises(RuleBroken, match="Say why"):
        transfer_files.record(two.coordinator, transfer, Step.REFUSE, "", SOON)
    transfer_files.record(two.coordinator, transfer, Step.REFUSE, "Not ours.", SOON)
    with acting.acting(two.coordinator):
        assert transfers_moved.moved(two.coordinator, [two.case_id]) == {}


def test_M5_an_area_of_the_service_answers_itself_and_gets_no_file(two: Two) -> None:
    transfer = offered(two)
    with pytest.raises(NotFound):
        transfer_files.make(two.coordinator, transfer, NOW)
    with pytest.raises(NotFound):
        transfer_files.record(two.coordinator, transfer, Step.ACCEPT, "", LATER)


def test_M5_the_recipient_is_looked_at_again_when_the_chair_confirms(two: Two) -> None:
    waiting = proposed(two, OUTSIDE)
    theirs = a_contact(kind=ContactKind.EMAIL, value=OUTSIDE.email)
    addresses.tell_contact(two.coordinator, two.case_id, perpetrator(two.case_id), theirs, NOW)
    with pytest.raises(RuleBroken, match="F3"):
        proposals.decide(two.chair, waiting, True, "", NOW)


def test_T8_from_outside_it_becomes_a_case_on_the_next_daily_list(two: Two) -> None:
    case_id, _ = transfer_arrivals.enter(two.coordinator, an_arrival(), NOW)
    with acting.service(), saved():
        area = db.session.get_one(AreaRow, two.coordinator.area_id)
        lists.build(area, date(2026, 11, 24), "test", LATER)
    with acting.service():
        item = db.session.scalars(select(ItemRow).where(ItemRow.case_id == case_id)).one()
        entry = db.session.scalars(select(EntryRow).where(EntryRow.item_id == item.id)).one()
        assert entry.reasons.split() == ["T6", "T8"] and item.risk == "high"
    with acting.acting(two.coordinator):
        (heard,) = case_page.hearings(two.coordinator, case_id)
        (record,) = store.records(two.coordinator, case_id)
    assert (heard.heard_on, heard.source) == (HEARD, "transfer")
    assert "Locks fitted." in repr(record.words) and record.from_area == "Westvale"


def test_T8_a_standard_one_without_names_to_know_it_by_is_listed_too(two: Two) -> None:
    bare = an_arrival(victim=Party("Harrow"), perpetrator=None, heard_on=(), risk=Risk.STANDARD)
    case_id, _ = transfer_arrivals.enter(two.coordinator, bare, NOW)
    with acting.service(), saved():
        area = db.session.get_one(AreaRow, two.coordinator.area_id)
        lists.build(area, date(2026, 11, 24), "test", LATER)
    with acting.service():
        item = db.session.scalars(select(ItemRow).where(ItemRow.case_id == case_id)).one()
        (reasons,) = db.session.scalars(select(EntryRow.reasons).where(EntryRow.item_id == item.id))
    assert reasons == "T8"


def test_T8_the_same_reference_is_taken_in_once(two: Two) -> None:
    transfer_arrivals.enter(two.coordinator, an_arrival(), NOW)
    with pytest.raises(RuleBroken, match="taken in before, as TRF-"):
        transfer_arrivals.enter(two.coordinator, an_arrival(from_area="WESTVALE "), NOW)


def test_M6_what_was_taken_in_before_is_not_told_of_to_who_is_kept_from_it(two: Two) -> None:
    case_id, _ = transfer_arrivals.enter(two.coordinator, an_arrival(), NOW)
    near = a_person(two.coordinator.agency_id, Role.COORDINATOR, "Tamsin Orrery")
    a_wall(two.coordinator.area_id, case_id, near.account_id)
    _, reference = transfer_arrivals.enter(near, an_arrival(), LATER)
    assert reference.startswith("TRF-"), "answered like any other"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"from_area": " "}, "area"),
        ({"victim": Party("")}, "surname"),
        ({"heard_on": (date(2026, 12, 1),)}, "days to come"),
        ({"victim": Party("Harrow", "Wren", dob=date(2027, 1, 1))}, "in the past"),
        ({"perpetrator": Party("Harrow", "Wren", dob=date(1990, 4, 3))}, "same person"),
        ({"reason": ""}, "Say why"),
    ],
)
def test_T8_what_cannot_be_is_refused(two: Two, told: dict[str, object], why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        transfer_arrivals.enter(two.coordinator, an_arrival(**told), NOW)
