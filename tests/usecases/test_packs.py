"""Copies of packs: whose they are, who is refused, and when they end."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pikepdf
import pytest
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.list_numbers import HINT
from agenda.pack_kept import kept, read
from agenda.pack_words import worded
from meetingsvc.models import (
    AccountRow,
    AddressRow,
    AddressShareRow,
    AgencyRow,
    AreaRow,
    AuditRow,
    CaseRow,
    ItemRow,
    MeetingRow,
    PackCopyRow,
    PackRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import areas, packs, sealed
from meetingsvc.usecases import areas as area_usecase
from meetingsvc.usecases import marac, marac_publishing
from meetingsvc.usecases import packs as usecase
from meetingsvc.usecases.packs import Made
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency, referred
from tests.a_pack import a_full_pack
from tests.a_wall import a_wall
from tests.servers.remembered import remembered

THURSDAY = date(2026, 12, 3)
GROUPS = (Group.REPEAT_NO_SAFEGUARDS, Group.NEW_SAFEGUARDS)


@pytest.fixture
@remembered
def who(area_id: UUID) -> Principal:
    """The coordinator of an area whose MARAC of 3 December has been published."""
    with saved():
        row = db.session.get_one(AreaRow, area_id)
        row.settings = areas.settings_json(replace(AreaSettings(), marac_anchor=THURSDAY))
    who = a_person(an_agency(area_id, "Northmoor Council"), Role.COORDINATOR, "Morgan Ashdown")
    referred(who, GROUPS)
    meeting_id = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
    marac.close(who, meeting_id, NOW)
    marac_publishing.publish(who, meeting_id, NOW)
    return who


@pytest.fixture
@remembered
def rep(who: Principal) -> Principal:
    """Joan Akande of an agency that attends."""
    return a_person(an_agency(who.area_id))


@pytest.fixture
def pack_id(who: Principal) -> UUID:
    return db.session.scalars(select(PackRow.id)).one()


def copy_for(person: Principal, pack_id: UUID, replaces: int = 0) -> Made:
    made = usecase.make_copy(person, pack_id, replaces, NOW)
    assert made is not None
    return made


def refused(person: Principal, pack_id: UUID, copy_id: UUID | None = None) -> None:
    """At the making, at the reading, and at the door of a copy made before."""
    for act in (
        lambda: usecase.make_copy(person, pack_id, 0, NOW),
        lambda: usecase.read(person, pack_id, NOW),
    ):
        with pytest.raises((NotFound, Forbidden)):
            act()
    with pytest.raises((NotFound, Forbidden)):
        usecase.fetch(person, copy_id or uuid4(), NOW)


def test_S3_a_copy_opens_with_its_passphrase_alone_and_names_its_recipient(
    rep: Principal, pack_id: UUID
) -> None:
    made = copy_for(rep, pack_id)
    content = usecase.fetch(rep, made.copy_id, NOW)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(content))
    with pikepdf.open(BytesIO(content), password=made.passphrase) as pdf:
        assert pdf.encryption.R == 6 and str(pdf.docinfo["/CopyId"]) == str(made.copy_id)
    kept_of_it = [str(value) for value in db.session.execute(select(AuditRow.detail)).scalars()]
    assert made.passphrase not in str(kept_of_it) and made.passphrase.encode() not in content


def test_S3_each_copy_has_a_number_of_its_own(who: Principal, rep: Principal, pack_id: UUID) -> None:
    assert [copy_for(person, pack_id).number for person in (who, rep)] == [1, 2]


def test_S3_a_copy_is_for_its_recipient_only(who: Principal, rep: Principal, pack_id: UUID) -> None:
    colleague = a_person(rep.agency_id, name="Somebody Else")
    made = copy_for(rep, pack_id)
    for other in (who, colleague):
        with pytest.raises(NotFound):
            usecase.fetch(other, made.copy_id, NOW)


def test_S3_an_agency_that_does_not_attend_gets_no_pack(who: Principal, pack_id: UUID) -> None:
    refused(a_person(an_agency(who.area_id, "Daily Only", marac=False, daily=True)), pack_id)


def test_S3_a_role_without_packs_gets_none(rep: Principal, pack_id: UUID) -> None:
    refused(a_person(rep.agency_id, Role.AGENCY_ADMINISTRATOR), pack_id)


def test_S3_another_area_gets_none(who: Principal, pack_id: UUID) -> None:
    elsewhere = area_usecase.create("southmoor", date(2026, 11, 2), NOW)
    refused(a_person(an_agency(elsewhere, "Southmoor Council"), Role.COORDINATOR), pack_id)


@pytest.mark.parametrize("role", [Role.REPRESENTATIVE, Role.IDVA, Role.COORDINATOR, Role.CHAIR])
def test_V1_an_agency_that_has_withdrawn_gets_nothing_more(who: Principal, pack_id: UUID, role: Role) -> None:
    person = a_person(an_agency(who.area_id), role)
    made = copy_for(person, pack_id)
    with saved():
        db.session.get_one(AgencyRow, person.agency_id).withdrawn_on = NOW.date()
    refused(person, pack_id, made.copy_id)
    assert packs.mine(replace(person, is_signatory=False), NOW) == []


def test_V1_a_disabled_account_gets_nothing_more(rep: Principal, pack_id: UUID) -> None:
    made = copy_for(rep, pack_id)
    with saved():
        db.session.get_one(AccountRow, rep.account_id).disabled_at = NOW
    refused(rep, pack_id, made.copy_id)


def test_S3_who_has_moved_to_another_agency_cannot_fetch_the_old_copy(rep: Principal, pack_id: UUID) -> None:
    made = copy_for(rep, pack_id)
    other = an_agency(rep.area_id, "Harbour IDVA Service")
    with saved():
        db.session.get_one(AccountRow, rep.account_id).agency_id = other
    with pytest.raises(NotFound):
        usecase.fetch(rep, made.copy_id, NOW)


def test_S3_a_new_copy_takes_the_place_of_the_one_the_person_was_asked_about(
    rep: Principal, pack_id: UUID
) -> None:
    first = copy_for(rep, pack_id)
    assert usecase.make_copy(rep, pack_id, 0, NOW) is None, "a second press makes no second copy"
    usecase.fetch(rep, first.copy_id, NOW)
    second = copy_for(rep, pack_id, replaces=1)
    assert second.passphrase != first.passphrase
    with pytest.raises(NotFound):
        usecase.fetch(rep, first.copy_id, NOW)
    usecase.fetch(rep, second.copy_id, NOW)
    left = db.session.execute(
        select(PackCopyRow.copy_number, PackCopyRow.content.is_(None)).order_by(PackCopyRow.copy_number)
    ).all()
    assert left == [(1, True), (2, False)]


def test_S3_a_pack_can_be_fetched_for_the_days_the_area_set_and_until_it_is_heard(
    rep: Principal, pack_id: UUID
) -> None:
    made = copy_for(rep, pack_id)
    (pack,) = packs.mine(rep, NOW)
    assert pack.last_day == date(2026, 12, 7), "14 days from 23 November; the MARAC sits on 3 December"
    late_on_the_last_day = NOW.replace(month=12, day=7, hour=23)
    usecase.fetch(rep, made.copy_id, late_on_the_last_day)
    with pytest.raises(NotFound):
        usecase.fetch(rep, made.copy_id, late_on_the_last_day + timedelta(hours=2))


def test_S3_a_copy_of_which_nobody_knows_what_it_holds_is_not_handed_over(
    rep: Principal, pack_id: UUID
) -> None:
    made = copy_for(rep, pack_id)
    with saved():
        db.session.get_one(PackCopyRow, made.copy_id).cases = None
    with pytest.raises(usecase.Stale):
        usecase.fetch(rep, made.copy_id, NOW)


def test_A8_an_address_put_there_for_one_person_is_in_their_copies_alone_and_no_longer_once_withdrawn(
    who: Principal, rep: Principal, pack_id: UUID
) -> None:
    colleague = a_person(rep.agency_id, name="Somebody Else")
    share_id, when = share_an_address(who, rep, pack_id), NOW + timedelta(minutes=1)
    mine, theirs = (make(person, pack_id, when) for person in (rep, colleague))
    assert "Canary House" in text_of(rep, mine, when) and "Canary House" not in text_of(
        colleague, theirs, when
    )
    assert "Canary House" not in str(usecase.read(rep, pack_id, when)), "nor on the page"
    with saved():
        db.session.get_one(AddressShareRow, share_id).withdrawn_at = when
    with pytest.raises(usecase.Stale):
        usecase.fetch(rep, mine.copy_id, when)
    assert usecase.fetch(colleague, theirs.copy_id, when)
    later = when + timedelta(minutes=1)
    assert "Canary House" not in text_of(rep, make(rep, pack_id, later), later)


def test_M6_a_case_kept_from_a_colleague_has_no_number_in_a_copy_and_the_other_has_the_same_in_both(
    who: Principal, rep: Principal, pack_id: UUID
) -> None:
    colleague = a_person(rep.agency_id, name="Somebody Else")
    told = text_of(who, make(who, pack_id, NOW), NOW)
    first, second = re.findall(r"^[12]\n(C-\d{6})", told, re.M)
    assert HINT not in told and "(R)" not in told
    case_id = db.session.scalars(select(CaseRow.id).where(CaseRow.number == int(first[2:]))).one()
    a_wall(who.area_id, case_id, colleague.account_id)
    later = NOW + timedelta(minutes=1)
    for person, holds in ((rep, True), (colleague, False)):
        told = text_of(person, make(person, pack_id, later), later)
        assert f"1. {second}" in told and f"2. {second}" not in told
        assert (f"{first} (R)" in told, told.count(HINT)) == (holds, int(holds))


def make(person: Principal, pack_id: UUID, at: datetime) -> Made:
    made = usecase.make_copy(person, pack_id, 0, at)
    assert made is not None
    return made


def text_of(person: Principal, made: Made, at: datetime) -> str:
    content = BytesIO(usecase.fetch(person, made.copy_id, at))
    return "\n".join(page.extract_text() for page in PdfReader(content, password=made.passphrase).pages)


def share_an_address(who: Principal, rep: Principal, pack_id: UUID) -> UUID:
    """A confidential one of the first case's victim."""
    case = db.session.scalars(select(CaseRow).order_by(CaseRow.number)).first()
    meeting_id = db.session.scalars(select(PackRow.meeting_id)).one()
    assert case is not None
    key, share_id, common = uuid4(), uuid4(), {"area_id": who.area_id, "case_id": case.id}
    with saved():
        db.session.add(
            AddressRow(id=key, person_id=case.victim_id, kind="temporary", perpetrator_knows="no",
                       confidential=True, sealed=sealed.closed(key, "Canary House"), source="a call",
                       agency_id=who.agency_id, author="Wren", recorded_by=who.account_id, recorded_at=NOW,
                       **common)
        )  # fmt: skip
        db.session.flush()
        db.session.add(
            AddressShareRow(id=share_id, address_id=key, account_id=rep.account_id, meeting_id=meeting_id,
                            reason="visits", shared_by=who.account_id, at=NOW, **common)
        )  # fmt: skip
    return share_id


def test_S3_an_expired_pack_has_no_content_and_keeps_its_register(
    who: Principal, rep: Principal, pack_id: UUID
) -> None:
    made = copy_for(rep, pack_id)
    usecase.fetch(rep, made.copy_id, NOW)
    assert usecase.expire(NOW) == 0
    later = NOW + timedelta(days=20)
    assert usecase.expire(later) == 1 and usecase.expire(later) == 0
    pack = db.session.execute(select(PackRow.content, PackRow.words)).one()
    assert pack == (None, None)
    assert db.session.scalars(select(PackCopyRow.content)).all() == [None]
    assert [mine.expired for mine in packs.mine(rep, later)] == [True]
    with pytest.raises(NotFound):
        usecase.read(rep, pack_id, later)
    meeting_id = db.session.scalars(select(PackRow.meeting_id)).one()
    (entry,) = [one for one in packs.register(who, meeting_id, later) if one.copies]
    assert (entry.person, entry.has_fetched, entry.copies[0].withdrawn) == ("Joan Akande", True, True)


def test_V5_the_register_says_who_has_fetched_how_often_and_who_has_not(
    who: Principal, rep: Principal, pack_id: UUID
) -> None:
    made = copy_for(rep, pack_id)
    for _ in range(2):
        usecase.fetch(rep, made.copy_id, NOW)
    meeting_id = db.session.scalars(select(PackRow.meeting_id)).one()
    told = {one.person: [copy.fetches for copy in one.copies] for one in packs.register(who, meeting_id, NOW)}
    assert told == {"Joan Akande": [2], "Morgan Ashdown": []}
    usecase.read(rep, pack_id, NOW)
    rows = select(AuditRow.action).where(AuditRow.action.startswith("pack.")).order_by(AuditRow.id)
    assert list(db.session.scalars(rows)) == ["pack.copy_made", "pack.fetched", "pack.fetched", "pack.read"]


def test_M1_a_published_pack_stays_as_agencies_hold_it(rep: Principal, pack_id: UUID) -> None:
    _, words = usecase.read(rep, pack_id, NOW)
    assert [len(group.cases) for group in words.groups] == [1, 1]
    whole = worded(a_full_pack(10))
    assert read(kept(whole)) == whole


def test_C3_a_pack_read_after_an_agency_did_not_confirm_says_that_the_case_is_discussed(
    who: Principal, rep: Principal, pack_id: UUID
) -> None:
    meeting_id = db.session.scalars(select(PackRow.meeting_id)).one()
    update = Group.NEW_SAFEGUARDS
    item = db.session.scalars(
        select(ItemRow.id).where(ItemRow.meeting_id == meeting_id, ItemRow.group == update)
    ).one()
    _, before = usecase.read(rep, pack_id, NOW)
    marac.discuss(who, meeting_id, item, "Homes: she moved out.", NOW)
    _, words = usecase.read(rep, pack_id, NOW)
    assert [case.purpose for group in before.groups for case in group.cases][1] == "update only"
    case = words.groups[1].cases[0]
    assert case.purpose == "for discussion" and "Homes: she moved out." in str(case.sections[0])
    made = copy_for(rep, pack_id)
    told = PdfReader(BytesIO(usecase.fetch(rep, made.copy_id, NOW)), password=made.passphrase)
    assert "Homes: she moved out." in " ".join(page.extract_text() for page in told.pages)
