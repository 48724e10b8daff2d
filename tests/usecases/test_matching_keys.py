"""What people are known by is kept where they are found or made; where they live is sealed."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, text

from agenda.incidents import Party
from agenda.matching_person import known
from agenda.matching_search import asked
from meetingsvc.models import CaseRow, NameCountRow, PersonDetailRow, PersonKeyRow, PersonRow, db
from meetingsvc.store import matching, matching_details, matching_keys
from meetingsvc.store.matching_details import Told
from meetingsvc.usecases.transaction import saved
from tests.builders import a_hearing, everything, take_in_history

ADDRESS, POSTCODE, PHONE = "4 Samphire Row", "NM4 7QT", "07700 900417"


def heard(area_id: UUID, **told: str) -> UUID:
    take_in_history(area_id, a_hearing(**told))
    return db.session.scalars(select(CaseRow.victim_id).order_by(CaseRow.number.desc())).first() or UUID(
        int=0
    )


def test_D2_who_is_found_or_made_is_remembered_with_what_was_told(area_id: UUID) -> None:
    victim = heard(area_id, victim_forename="Niamh", victim_surname="Thistlewood", victim_dob="1991-03-04")
    told = matching_details.kept([victim])[victim]
    assert {one.kind for one in told} == {Told.NAME, Told.DOB, Told.NOMINAL}
    assert {one.last_on for one in told} == {date(2026, 6, 4)}
    who = known([("Neeve", "Thistlewod")], date(1991, 3, 4))
    assert victim in matching_keys.persons(area_id, matching_keys.sought(who))
    assert victim in matching_keys.persons(area_id, (), {"s:t"})


def test_where_somebody_lives_stands_in_no_table_in_clear(area_id: UUID) -> None:
    victim = heard(area_id)
    with saved():
        told = Party("Thistlewood", "Niamh", address=ADDRESS, postcode=POSTCODE, phone=PHONE)
        matching.remember(area_id, victim, told, "REF-000123", date(2026, 6, 5))
    (found,) = matching_details.known([victim]).values()
    assert found.places and found.phones
    rows = repr([everything()[table] for table in ("person_detail", "person_key", "name_count")]).lower()
    for secret in ("samphire", "nm4", "7qt", "900417", "714009"):
        assert secret not in rows, secret


def test_an_address_the_end_of_a_number_and_a_reference_find_somebody(area_id: UUID) -> None:
    victim = heard(area_id, victim_nominal="PN/4471")
    with saved():
        told = Party("Thistlewood", "Niamh", address=ADDRESS, postcode=POSTCODE, phone=PHONE)
        matching.remember(area_id, victim, told, "REF-000123", date(2026, 6, 5))
    for typed in ("4 Samphire Row NM4 7QT", "0417", "07700 900417", "PN/4471"):
        what = asked(typed)
        ends, beginnings = matching_keys.begun(what.beginnings)
        found = matching_keys.persons(area_id, matching_keys.looked_up(what.keys) | ends, beginnings)
        assert found == {victim}, typed


def test_what_is_told_again_is_kept_once_with_the_days_it_was_told(area_id: UUID) -> None:
    victim = heard(area_id)
    before = len(matching_details.kept([victim])[victim])
    for day in (date(2026, 7, 1), date(2026, 5, 1)):
        with saved():
            matching.remember(area_id, victim, [(Told.NAME, "NIAMH|Quill")], "x", day)
    told = matching_details.kept([victim])[victim]
    (name,) = [one for one in told if one.value == "NIAMH|Quill"]
    assert (name.first_on, name.last_on, len(told)) == (date(2026, 5, 1), date(2026, 7, 1), before + 1)
    counted = select(NameCountRow.count).where(NameCountRow.name == "quill")
    assert db.session.scalars(counted).all() == [1]


def test_a_person_is_filed_under_every_birth_date_told(area_id: UUID) -> None:
    victim = heard(area_id, victim_dob="1991-03-04", victim_forename="Niamh")
    with saved():
        matching.remember(area_id, victim, [(Told.DOB, "1991-04-03")], "x", date(2026, 6, 5))
    filed = set(db.session.scalars(select(PersonKeyRow.key).where(PersonKeyRow.person_id == victim)))
    assert {"b:19910304", "b:19910403"} <= filed


def test_how_common_a_name_is_is_not_told_of_few_people(area_id: UUID) -> None:
    heard(area_id)
    assert matching.common(area_id, []) == {}
    assert db.session.scalar(select(PersonDetailRow.id).limit(1)) is not None
    assert (
        db.session.scalar(text("SELECT count(*) FROM name_count"))
        and db.session.get(PersonRow, UUID(int=0)) is None
    )


def test_the_beginning_of_a_surname_as_it_is_written_finds_somebody_and_makes_no_two_alike(
    area_id: UUID,
) -> None:
    victim = heard(area_id, victim_forename="Niamh", victim_surname="Núñez-O’Brien", victim_dob="1991-03-04")
    filed = set(db.session.scalars(select(PersonKeyRow.key).where(PersonKeyRow.person_id == victim)))
    assert {key for key in filed if key.startswith("l:")} == {"l:nunezobrien"}
    who = known([("Niamh", "Núñez-O’Brien")], date(1991, 3, 4))
    assert not any(key.startswith("l:") for key in matching_keys.sought(who))
    assert {key for key in asked("Nunez").beginnings if key.startswith("l:")} == {"l:nunez"}
    assert victim in matching_keys.persons(area_id, (), asked("Nunezob").beginnings)
