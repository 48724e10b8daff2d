"""Addresses: told, corrected, shown for a reason, put into one person's copy; and matched with staff."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask, current_app
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import Forbidden, NotFound

from agenda.addresses import MASKED, MASKED_CONTACT, AddressKind, DetailOf, Held, Knows, Part
from agenda.area import AreaSettings
from agenda.details import Details, Staff
from agenda.matching_person import known
from agenda.need_to_know import WallGround
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    AddressRow,
    AreaRow,
    AuditRow,
    Base,
    CaseRow,
    ItemRow,
    MeetingRow,
    OpeningRow,
    OutboxRow,
    PackRow,
    RevealRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.seal import Seal
from meetingsvc.store import (
    acting,
    address_shares,
    addresses,
    areas,
    case_page,
    details,
    matching_keys,
    police_sent,
    sealed,
)
from meetingsvc.store import staff_details as told_store
from meetingsvc.usecases import address_reveals, marac, marac_publishing, outbox, packs, staff_details
from meetingsvc.usecases import address_shares as sharing
from meetingsvc.usecases import addresses as usecase
from meetingsvc.usecases.staff_details import Told
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, SECRET, a_person, an_agency
from tests.an_address import (
    SAFE,
    TOKEN,
    WHY,
    a_case,
    a_contact,
    allocated,
    an_address,
    perpetrator,
    the_marac,
    victim,
)
from tests.servers.remembered import remembered

NOTHING = Told("", "", None, "", "", "")


@pytest.fixture
@remembered
def who(area_id: UUID) -> Principal:
    """The coordinator."""
    with acting.service(), saved():
        row = db.session.get_one(AreaRow, area_id)
        row.settings = areas.settings_json(replace(AreaSettings(), marac_anchor=date(2026, 12, 3)))
    return a_person(an_agency(area_id, "Northmoor Council"), Role.COORDINATOR, "Morgan Ashdown")


@pytest.fixture
@remembered
def rep(who: Principal) -> Principal:
    """Joan Akande, of an agency that attends both meetings."""
    return a_person(an_agency(who.area_id, "Fellside Homes", daily=True))


@pytest.fixture
@remembered
def other(who: Principal) -> Principal:
    """Somebody of another agency that attends both."""
    return a_person(an_agency(who.area_id, "Tarn School", daily=True), name="Idris Vaughan")


@pytest.fixture
@remembered
def idva(who: Principal) -> Principal:
    return a_person(an_agency(who.area_id, "Haven", daily=True), Role.IDVA, "Adaeze Holt")


@pytest.fixture
@remembered
def case(who: Principal) -> UUID:
    return a_case(who)


@pytest.fixture
@remembered
def safe(rep: Principal, case: UUID) -> UUID:
    """A safe address that the housing agency told."""
    return usecase.tell_address(rep, case, victim(case), an_address(), NOW)


def seen(reader: Principal, case: UUID, person: UUID) -> addresses.Person:
    with acting.acting(reader):
        return next(one for one in addresses.people(reader, case) if one.id == person)


def every_value() -> str:
    """Every column of every row of every table, as the service may read them."""
    with acting.service():
        return repr([db.session.execute(select(table)).all() for table in Base.metadata.sorted_tables])


def test_A17_a_confidential_address_is_in_no_column_in_clear(rep: Principal, case: UUID, safe: UUID) -> None:
    with acting.service():
        row = db.session.get_one(AddressRow, safe)
        assert row.text is None and row.sealed and TOKEN.encode() not in row.sealed
    assert TOKEN not in every_value()
    shown = seen(rep, case, victim(case)).addresses[0]
    assert shown.shown == MASKED and shown.known_to == "her sister"


def test_A17_a_sealed_address_opens_beside_no_other_row(rep: Principal, case: UUID, safe: UUID) -> None:
    second = usecase.tell_address(rep, case, victim(case), an_address(text="1 Elsewhere"), NOW)
    with acting.service():
        kept = db.session.get_one(AddressRow, safe).sealed
    assert sealed.opened(second, kept or b"") is None
    assert sealed.opened(safe, kept or b"") == SAFE


def test_A8_a_safe_address_is_not_made_open_without_a_reason(rep: Principal, case: UUID) -> None:
    with pytest.raises(RuleBroken, match="why it need not be confidential"):
        usecase.tell_address(rep, case, victim(case), an_address(confidential=False), NOW)
    open_one = an_address(confidential=False, why_not="It is a council office.", text="Town Hall")
    usecase.tell_address(rep, case, victim(case), open_one, NOW)
    assert seen(rep, case, victim(case)).addresses[0].shown == "Town Hall"


BROKEN: list[dict[str, Any]] = [
    {"perpetrator_knows": "maybe"}, {"perpetrator_knows": None}, {"author": ""}, {"source": ""},
    {"agency_id": None}, {"recorded_by": None}, {"recorded_at": None}, {"source": None}, {"author": None},
    {"text": "in clear"}, {"sealed": None}, {"confidential": False}, {"kind": "den"},
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_R2_the_database_itself_refuses_an_address_without_its_source(
    case: UUID, safe: UUID, broken: dict[str, Any]
) -> None:
    with acting.service():
        row = db.session.execute(select(AddressRow.__table__)).one()._asdict() | {"id": uuid4()}
        with pytest.raises(DBAPIError), saved():
            db.session.execute(insert(AddressRow).values(**row | broken))


def test_R2_the_database_itself_refuses_to_change_what_was_told(case: UUID, safe: UUID) -> None:
    for change in (
        update(AddressRow).values(author="x"),
        update(AddressRow).values(text="x", sealed=None, confidential=False),
        text("UPDATE address SET known_to = 'x'"),
    ):
        with acting.service(), pytest.raises(DBAPIError, match="never changed"), saved():
            db.session.execute(change)


def test_R2_in_sql_no_other_agency_puts_its_row_in_the_place_of_anothers(
    other: Principal, case: UUID, safe: UUID
) -> None:
    with acting.service():
        row = db.session.execute(select(AddressRow.__table__)).one()._asdict()
        row |= {"id": uuid4(), "replaces_id": safe}
        with pytest.raises(DBAPIError), saved():
            db.session.execute(insert(AddressRow).values(**row | {"agency_id": other.agency_id}))
        with saved():
            db.session.execute(insert(AddressRow).values(**row))


def test_R2_only_the_agency_that_told_it_corrects_it(
    who: Principal, other: Principal, case: UUID, safe: UUID
) -> None:
    number = usecase.tell_contact(who, case, victim(case), a_contact(), NOW)
    for reader in (who, other):
        with pytest.raises(RuleBroken, match="Only the agency"):
            usecase.correct_address(reader, case, safe, an_address(), NOW)
    with pytest.raises(RuleBroken, match="Only the agency"):
        usecase.correct_contact(other, case, number, a_contact(), NOW)


def test_R2_a_correction_keeps_what_was_there_and_a_blank_keeps_a_sealed_text(
    rep: Principal, case: UUID, safe: UUID
) -> None:
    new = usecase.correct_address(
        rep, case, safe, an_address(text="", kind=AddressKind.PREVIOUS, knows=Knows.YES), NOW
    )
    shown = seen(rep, case, victim(case)).addresses
    assert [one.id for one in shown] == [new] and shown[0].kind is AddressKind.PREVIOUS
    assert [old.id for old in shown[0].earlier] == [safe]
    assert address_reveals.address(rep, case, new, WHY, NOW) == SAFE.strip()
    with pytest.raises(RuleBroken, match="meanwhile"):
        usecase.correct_address(rep, case, safe, an_address(), NOW)


def test_A17_what_turns_out_to_be_confidential_is_sealed_in_what_was_told_before_too(
    rep: Principal, case: UUID
) -> None:
    known = an_address(confidential=False, knows=Knows.YES)
    first = usecase.tell_address(rep, case, victim(case), known, NOW)
    second = usecase.correct_address(rep, case, first, replace(known, known_to="many"), NOW)
    assert TOKEN in every_value()
    third = usecase.correct_address(rep, case, second, an_address(text=""), NOW)
    assert TOKEN not in every_value()
    shown = seen(rep, case, victim(case)).addresses
    assert [old.shown for old in shown[0].earlier] == [MASKED, MASKED]
    assert {address_reveals.address(rep, case, key, WHY, NOW) for key in (first, second, third)} == {SAFE}


def test_A1_a_victims_number_is_masked_where_they_are_the_perpetrator_too(
    who: Principal, rep: Principal, case: UUID
) -> None:
    usecase.tell_contact(rep, case, victim(case), a_contact(), NOW)
    with acting.service(), saved():
        other = uuid4()
        db.session.add(
            CaseRow(id=other, area_id=who.area_id, number=900, victim_id=perpetrator(case),
                    perpetrator_id=victim(case))
        )  # fmt: skip
    there = seen(who, other, victim(case))
    assert there.part is Part.PERPETRATOR and there.contacts[0].shown == MASKED_CONTACT


def test_B_nobody_is_shown_a_safe_address_by_correcting_it(rep: Principal, case: UUID, safe: UUID) -> None:
    with pytest.raises(RuleBroken, match="Enter the address"):
        usecase.correct_address(
            rep, case, safe, an_address(text="", confidential=False, knows=Knows.YES), NOW
        )


def test_B_a_reveal_needs_a_reason_and_leaves_its_trace(
    rep: Principal, who: Principal, case: UUID, safe: UUID
) -> None:
    with pytest.raises(RuleBroken, match="Say why"):
        address_reveals.address(rep, case, safe, "now", NOW)
    assert address_reveals.address(rep, case, safe, WHY, NOW) == SAFE
    with acting.service():
        reveal = db.session.scalars(select(RevealRow)).one()
        assert (reveal.account_id, reveal.address_id, reveal.reason) == (rep.account_id, safe, WHY)
        line = db.session.scalars(select(AuditRow).where(AuditRow.action == "address.revealed")).one()
        assert line.detail == {"reveal": str(reveal.id), "what": "address"}
    with acting.acting(who):
        assert [(one.person, one.reason, one.what) for one in addresses.reveals(who, case)] == [
            ("Joan Akande", WHY, Held.ADDRESS)
        ]


def test_B_an_idva_is_shown_it_where_the_case_is_allocated_to_them(
    who: Principal, idva: Principal, case: UUID, safe: UUID
) -> None:
    with pytest.raises(RuleBroken, match="allocated"):
        address_reveals.address(idva, case, safe, WHY, NOW)
    allocated(idva, case, who)
    assert address_reveals.address(idva, case, safe, WHY, NOW) == SAFE


@pytest.mark.parametrize(
    "role", [Role.INFORMATION_GOVERNANCE, Role.SYSTEM_ADMINISTRATOR, Role.AGENCY_ADMINISTRATOR]
)
def test_B_an_administrator_is_shown_no_address(rep: Principal, case: UUID, safe: UUID, role: Role) -> None:
    admin = a_person(rep.agency_id, role, "Sam Pike")
    with pytest.raises(Forbidden):
        address_reveals.address(admin, case, safe, WHY, NOW)


def test_M_whose_agency_does_not_attend_is_answered_as_for_an_unknown_case(
    who: Principal, case: UUID, safe: UUID
) -> None:
    outsider = a_person(an_agency(who.area_id, "Faraway Trust", marac=False), name="Lee Moor")
    tries: list[Callable[[], object]] = [
        lambda: address_reveals.address(outsider, case, safe, WHY, NOW),
        lambda: usecase.tell_address(outsider, case, victim(case), an_address(), NOW),
        lambda: usecase.correct_address(outsider, case, safe, an_address(), NOW),
        lambda: usecase.name_associate(outsider, case, "A", "B", None, "brother", "x", "y", NOW),
    ]
    for attempt in tries:
        with pytest.raises(NotFound):
            attempt()


def test_A5_what_is_shown_is_watched_in_its_own_transaction(
    rep: Principal, case: UUID, safe: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: list[tuple[UUID, str]] = []
    monkeypatch.setattr(
        address_reveals.alarms, "watch", lambda who, case_id, action, now: watched.append((case_id, action))
    )
    address_reveals.address(rep, case, safe, WHY, NOW)
    assert watched == [(case, "address.revealed")]
    monkeypatch.setattr(address_reveals.alarms, "watch", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        address_reveals.address(rep, case, safe, WHY, NOW)
    with acting.service():
        assert len(db.session.scalars(select(RevealRow)).all()) == 1


def glass_broken(who: Principal, case: UUID) -> None:
    with acting.service(), saved():
        db.session.add(
            OpeningRow(id=uuid4(), area_id=who.area_id, case_id=case, account_id=who.account_id,
                       kind="break-glass", reason=WHY, asked_at=NOW, until=NOW + timedelta(hours=4))
        )  # fmt: skip


def test_B_break_glass_shows_no_safe_address(who: Principal, rep: Principal, case: UUID, safe: UUID) -> None:
    outsider = a_person(an_agency(who.area_id, "Faraway Trust", marac=False), name="Lee Moor")
    glass_broken(outsider, case)
    outsider = replace(outsider, asked_at=NOW)
    with acting.acting(outsider):
        assert case_page.case(outsider, case) is not None
    with pytest.raises(RuleBroken, match="Break-glass does not show safe addresses"):
        address_reveals.address(outsider, case, safe, WHY, NOW)
    with pytest.raises(RuleBroken, match="ask the coordinator"):
        address_reveals.police(outsider, case, WHY, NOW)
    assert address_reveals.address(who, case, safe, WHY, NOW) == SAFE


def mutual(who: Principal, case: UUID) -> UUID:
    """The case in which each says of the other what the first says of them."""
    other = uuid4()
    with acting.service(), saved():
        db.session.add(
            CaseRow(id=other, area_id=who.area_id, number=900, victim_id=perpetrator(case),
                    perpetrator_id=victim(case))
        )  # fmt: skip
    return other


def test_A1_where_each_accuses_the_other_neither_page_tells_where_they_are(
    who: Principal,
) -> None:
    case = a_case(who, perpetrator_address="3 Other Road")
    with acting.acting(who):
        sent = police_sent.of_perpetrator(who, case)
        assert sent.lines[0].startswith("3 Other Road") and ", from incident " in sent.lines[0]
    mutual(who, case)
    with acting.acting(who):
        assert not police_sent.of_perpetrator(who, case), "he is the victim of the other case"


def test_B_an_allocation_counts_for_the_case_an_address_was_told_on(
    who: Principal, rep: Principal, idva: Principal, case: UUID, safe: UUID
) -> None:
    other = mutual(who, case)
    meeting = the_marac(who.area_id)
    with acting.service(), saved():
        db.session.add(ItemRow(id=uuid4(), area_id=who.area_id, meeting_id=meeting, case_id=other,
                               position=90, repeat=False, victim_known=True, risk="High"))  # fmt: skip
        db.session.get_one(MeetingRow, meeting).state = "published"
    allocated(idva, other, who)
    with pytest.raises(RuleBroken, match="allocated"):
        address_reveals.address(idva, other, safe, WHY, NOW)


@pytest.mark.parametrize("text", [SAFE, f"17, {TOKEN.upper()} mews XY88ZZ"])
def test_A8_a_safe_address_told_again_as_open_is_sealed_too(
    rep: Principal, other: Principal, case: UUID, safe: UUID, text: str
) -> None:
    told = an_address(text=text, knows=Knows.YES, confidential=False)
    again = usecase.tell_address(other, case, victim(case), told, NOW)
    with acting.service():
        row = db.session.get_one(AddressRow, again)
        assert row.confidential and row.text is None
    with acting.acting(other):
        assert TOKEN not in str(addresses.people(other, case))
    elsewhere = usecase.tell_address(other, case, victim(case), replace(told, text="3 Elm Row, XY8 8ZZ"), NOW)
    with acting.service():
        assert not db.session.get_one(AddressRow, elsewhere).confidential


def test_A8_the_agency_that_told_it_makes_it_open_again(rep: Principal, case: UUID, safe: UUID) -> None:
    told = an_address(knows=Knows.YES, confidential=False)
    now_open = usecase.correct_address(rep, case, safe, told, NOW)
    with acting.service():
        assert db.session.get_one(AddressRow, now_open).text == SAFE


def test_A17_without_its_key_an_address_is_not_shown_and_nothing_breaks(
    core_app: Flask, rep: Principal, case: UUID, safe: UUID
) -> None:
    current_app.config["SEAL"] = Seal(lambda: [b"another key"])
    with pytest.raises(RuleBroken, match="cannot be read"):
        address_reveals.address(rep, case, safe, WHY, NOW)
    with acting.service():
        assert db.session.scalars(select(RevealRow)).all() == []
    assert details.of_cases([case])[case]


def test_A1_how_to_reach_a_victim_is_masked_and_shown_for_a_reason(rep: Principal, case: UUID) -> None:
    number = usecase.tell_contact(rep, case, victim(case), a_contact(), NOW)
    his = usecase.tell_contact(rep, case, perpetrator(case), a_contact(value="01632 960 999"), NOW)
    assert seen(rep, case, victim(case)).contacts[0].shown == MASKED_CONTACT
    assert seen(rep, case, perpetrator(case)).contacts[0].shown == "01632 960 999"
    assert address_reveals.contact(rep, case, number, WHY, NOW) == "01632 960 471"
    with pytest.raises(NotFound):
        address_reveals.contact(rep, case, his, WHY, NOW)


def test_A1_what_the_police_sent_of_the_victim_is_shown_for_a_reason(rep: Principal, case: UUID) -> None:
    sent = address_reveals.police(rep, case, WHY, NOW)
    assert sent == police_sent.Sent((SECRET,), ("07700 900123",))
    with acting.acting(rep):
        assert police_sent.holds(rep, case)


def test_A1_only_the_named_recipients_copy_has_the_address(
    who: Principal, rep: Principal, other: Principal, case: UUID, safe: UUID
) -> None:
    marac = the_marac(who.area_id)
    share = sharing.share(who, case, safe, other.account_id, marac, WHY, NOW)
    lines = address_shares.shared_with(other, marac)
    assert list(lines) == [case] and f"17 {TOKEN} Mews, XY8 8ZZ" in lines[case][0]
    assert Knows.NO.words in lines[case][0]
    assert address_shares.shared_with(rep, marac) == address_shares.shared_with(who, marac) == {}
    assert TOKEN not in every_value()
    with pytest.raises(RuleBroken, match="already"):
        sharing.share(who, case, safe, other.account_id, marac, WHY, NOW)
    sharing.withdraw(who, case, share, NOW + timedelta(hours=1))
    assert address_shares.shared_with(other, marac) == {}


def test_A8_a_copy_made_before_an_address_changed_is_stale(
    who: Principal, rep: Principal, other: Principal, case: UUID, safe: UUID
) -> None:
    marac, made, later = the_marac(who.area_id), NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    sharing.share(who, case, safe, other.account_id, marac, WHY, NOW)
    assert not address_shares.shares_changed_since(other.account_id, marac, made)
    usecase.correct_address(rep, case, safe, an_address(text="2 Newer Row"), later)
    assert address_shares.shares_changed_since(other.account_id, marac, made)
    assert address_shares.shared_with(other, marac) == {}, "the old address goes nowhere any more"
    with acting.acting(who):
        assert address_shares.on_case(who, case)[0].replaced


def test_A1_it_is_put_only_into_the_copy_of_who_may_have_it(
    who: Principal, rep: Principal, idva: Principal, case: UUID, safe: UUID
) -> None:
    marac = the_marac(who.area_id)
    outsider = a_person(an_agency(who.area_id, "Faraway Trust", marac=False), name="Lee Moor")
    for person in (outsider, idva):
        with pytest.raises(RuleBroken, match="does not receive"):
            sharing.share(who, case, safe, person.account_id, marac, WHY, NOW)
    for reader in (rep, idva):
        with pytest.raises(Forbidden):
            sharing.share(reader, case, safe, rep.account_id, marac, WHY, NOW)
    with pytest.raises(NotFound):
        sharing.share(who, case, safe, rep.account_id, uuid4(), WHY, NOW)
    with pytest.raises(RuleBroken, match="Say why"):
        sharing.share(who, case, safe, rep.account_id, marac, "", NOW)


def test_M6_every_way_a_party_is_reached_is_compared(rep: Principal, case: UUID) -> None:
    known = an_address(text="5 Open Row, XY8 8ZZ", knows=Knows.YES, confidential=False)
    usecase.tell_address(rep, case, victim(case), known, NOW)
    usecase.tell_contact(rep, case, perpetrator(case), a_contact(value="01632 960 999"), NOW)
    near = usecase.name_associate(rep, case, "Ash", "Quill", date(1980, 2, 3), "brother", "x", "y", NOW)
    told = details.of_cases([case])[case]
    by_part = {part: [one for one in told if one.part is part] for part in Part}
    assert {one.person_id for one in by_part[Part.ASSOCIATE]} == {near}
    sought = {
        Part.VICTIM: [{"addresses": "5 Open Row, XY8 8ZZ"}, {"addresses": SECRET}],
        Part.PERPETRATOR: [{"phones": "+44 1632 960999"}],
        Part.ASSOCIATE: [{"surname": "Quill", "forename": "Ash"}],
    }
    for part, wanted in sought.items():
        for about in wanted:
            values = {key: frozenset({text}) if key.endswith("s") else text for key, text in about.items()}
            staff = Staff((one.person_id, one.details) for one in by_part[part])
            assert staff.matching(Details(**values)), (part, about)


def test_M6_what_was_corrected_is_compared_no_more(rep: Principal, case: UUID, safe: UUID) -> None:
    open_now = an_address(text="2 Newer Row, XY8 8ZZ", knows=Knows.YES, confidential=False)
    usecase.correct_address(rep, case, safe, open_now, NOW)
    told = [place for one in details.of_cases([case])[case] for place in one.details.addresses]
    assert not any(TOKEN in place for place in told) and "2 Newer Row, XY8 8ZZ" in told


def test_M6_staff_are_compared_by_all_they_told(area_id: UUID, rep: Principal) -> None:
    staff_details.add(rep, DetailOf.SELF, replace(NOTHING, phone="01632 960 777"), NOW)
    staff_details.add(rep, DetailOf.KNOWS, replace(NOTHING, forename="Ash", surname="Quill"), NOW)
    told = [one for one in details.of_staff(area_id) if one.account_id == rep.account_id]
    assert [one.ground for one in told].count(WallGround.PARTY) == 2
    assert {one.details.surname for one in told if one.ground is WallGround.DECLARED} == {"Quill"}
    assert {one.agency_id for one in told} == {rep.agency_id}
    assert any("01632 960 777" in one.details.phones for one in told)


@pytest.mark.parametrize("of_whom", DetailOf)
def test_A1_a_guess_of_a_safe_address_tells_nothing(
    rep: Principal, other: Principal, case: UUID, safe: UUID, of_whom: DetailOf
) -> None:
    staff_details.add(other, of_whom, replace(NOTHING, address=SAFE), NOW)
    assert walled(case) == set(), "a wall would say that the guess was right"
    assert not any(
        TOKEN in place for one in details.of_cases([case])[case] for place in one.details.addresses
    )


def walled(case: UUID) -> set[UUID]:
    with acting.service():
        return set(db.session.scalars(select(WallRow.account_id).where(WallRow.case_id == case)))


def test_M6_an_address_that_staff_share_walls_them_off_at_once(
    rep: Principal, other: Principal, case: UUID
) -> None:
    staff_details.add(other, DetailOf.SELF, replace(NOTHING, address="8 Fell Row, XY7 7YY"), NOW)
    assert walled(case) == set()
    home = an_address(text="8, Fell Row\nXY7 7YY", kind=AddressKind.HOME, knows=Knows.YES, confidential=False)
    usecase.tell_address(rep, case, perpetrator(case), home, NOW)
    assert walled(case) == {other.account_id}
    with acting.acting(other):
        assert case_page.case(other, case) is None and addresses.people(other, case) == []


def test_M6_staff_who_tell_a_shared_number_later_are_walled_off_at_once(
    rep: Principal, other: Principal, case: UUID
) -> None:
    near = usecase.name_associate(rep, case, "Ash", "Quill", None, "brother", "x", "y", NOW)
    usecase.tell_contact(rep, case, near, a_contact(value="01632 960 555"), NOW)
    assert walled(case) == set()
    staff_details.add(other, DetailOf.KNOWS, replace(NOTHING, phone="+44 (0)1632 960555"), NOW)
    assert walled(case) == {other.account_id}


def test_M6_nobody_but_oneself_reads_ones_details(who: Principal, rep: Principal, other: Principal) -> None:
    staff_details.add(rep, DetailOf.SELF, replace(NOTHING, phone="01632 960 777"), NOW)
    with acting.acting(rep):
        mine = told_store.mine(rep)
    assert [one.phone for one in mine] == ["01632 960 777"]
    for reader in (who, other):
        with acting.acting(reader):
            assert told_store.mine(reader) == [] and told_store.one(reader, mine[0].id) is None
        with pytest.raises(NotFound):
            staff_details.take_away(reader, mine[0].id, NOW)
    staff_details.take_away(rep, mine[0].id, NOW)
    with acting.acting(rep):
        assert told_store.mine(rep) == []


def test_M6_what_could_match_nobody_is_not_kept(rep: Principal) -> None:
    with pytest.raises(RuleBroken, match="Enter a forename"):
        staff_details.add(rep, DetailOf.SELF, replace(NOTHING, surname="Quill", dob=date(1980, 1, 1)), NOW)


def test_V5_the_trail_holds_ids_and_no_words(rep: Principal, case: UUID, safe: UUID) -> None:
    usecase.tell_contact(rep, case, victim(case), a_contact(), NOW)
    usecase.name_associate(rep, case, "Ash", "Quill", None, "brother", "x", "y", NOW)
    staff_details.add(rep, DetailOf.SELF, replace(NOTHING, phone="01632 960 777"), NOW)
    address_reveals.address(rep, case, safe, WHY, NOW)
    with acting.service():
        trail = repr([(row.subject, row.detail) for row in db.session.scalars(select(AuditRow))])
    for word in (TOKEN, "01632", "Quill", WHY, "sister", "Raman"):
        assert word not in trail, word


def test_D2_whoever_is_told_of_by_the_same_home_or_number_may_be_this_person(
    rep: Principal, case: UUID, safe: UUID
) -> None:
    usecase.tell_contact(rep, case, victim(case), a_contact(value="07700 900 733"), NOW)
    work = an_address(kind=AddressKind.WORK, text="2 Office Parade, XY8 1AA")
    usecase.tell_address(rep, case, victim(case), work, NOW)
    sought = [known([], phones=["07700900733"]), known([], addresses=[(SAFE, "")])]
    with acting.service():
        for one in sought:
            assert matching_keys.persons(rep.area_id, matching_keys.sought(one)) == {victim(case)}
        office = matching_keys.sought(known([], addresses=[("2 Office Parade", "XY8 1AA")]))
        assert not matching_keys.persons(rep.area_id, office)
    assert TOKEN not in every_value()


@pytest.mark.one_database
@pytest.mark.parametrize("queued", [False, True])
def test_A8_a_copy_with_a_confidential_address_never_leaves_by_e_mail(
    who: Principal, other: Principal, case: UUID, safe: UUID, queued: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is it queued, nor does one leave that was queued all the same."""
    meeting_id = the_marac(who.area_id)
    with saved():
        area = db.session.get_one(AreaRow, who.area_id)
        area.settings = areas.settings_json(replace(areas.settings_of(area), mail_packs=True))
        db.session.get_one(AccountRow, other.account_id).email = "idris@school.gov.uk"
    sharing.share(who, case, safe, other.account_id, meeting_id, WHY, NOW)
    marac.close(who, meeting_id, NOW)
    marac_publishing.publish(who, meeting_id, NOW)
    with saved():
        db.session.query(OutboxRow).delete()
    with monkeypatch.context() as patched:
        if queued:
            patched.setattr(address_shares, "is_shared", lambda *_: False)
        made = packs.make_copy(other, db.session.scalars(select(PackRow.id)).one(), 0, NOW, by_mail=True)
    assert made is not None and made.mailed is queued
    kept: list[bytes] = []
    outbox.send_waiting(lambda cleared, message, now: kept.append(message.content), lambda: NOW)
    assert kept == []
    assert packs.fetch(other, made.copy_id, NOW), "it is downloaded"
