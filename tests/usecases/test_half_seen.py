"""Somebody in two cases, one of them kept from the reader: nothing that it told of them is shown (M6)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.incidents import Party, Risk
from meetingsvc.models import AreaRow, CaseRow, IncidentRow, ItemRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import (
    acting,
    address_shares,
    addresses,
    areas,
    feedback_lists,
    flags,
    incidents,
    marac,
    marac_waiting,
    order_parties,
    orders,
    outcomes,
    search,
    transfer_source,
)
from meetingsvc.usecases import address_shares as sharing
from meetingsvc.usecases import addresses as tell
from meetingsvc.usecases import orders as usecase
from meetingsvc.usecases import restrictions
from meetingsvc.usecases.orders import Breach
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency, decided, listed
from tests.a_research import ask, boxes_of
from tests.a_telling import a_flag, a_telling
from tests.a_wall import a_wall
from tests.an_address import WHY, an_address, the_marac, victim
from tests.an_application import an_order
from tests.builders import a_row
from tests.servers.remembered import remembered

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)

TOLD = {"recorded_at": "2026-11-20T12:00:00+00:00", "incident_at": "2026-11-19T22:00:00+00:00"}
HERS = TOLD | {"victim_nominal": "V-ONE"}


class Half:
    """Two cases of one woman, told first in the one that is restricted, under another name."""

    def __init__(self, area_id: UUID) -> None:
        self.area_id = area_id
        with acting.service(), saved():
            settings = replace(AreaSettings(), marac_anchor=date(2026, 12, 3))
            db.session.get_one(AreaRow, area_id).settings = areas.settings_json(settings)
        self.coordinator = a_person(an_agency(area_id, "Council"), Role.COORDINATOR, "Morgan Ashdown")
        self.rep = a_person(an_agency(area_id, "Haven", daily=True))
        kept, seen = listed(area_id, [
            a_row(**HERS, victim_forename="Oldina", victim_surname="Secretname", victim_dob="1990-01-01"),
            a_row(**HERS, victim_forename="Newa", victim_surname="Plainname", victim_dob="1991-02-02"),
        ])  # fmt: skip
        with acting.whole_area(area_id):
            self.kept, self.seen = (db.session.get_one(ItemRow, item).case_id for item in (kept, seen))
            self.item = seen
            db.session.rollback()
        assert self.kept != self.seen and victim(self.kept) == victim(self.seen)

    def restrict(self, *named: UUID) -> None:
        restrictions.restrict(self.coordinator, self.kept, "She has a new name.", list(named), NOW)


@pytest.fixture
@remembered
def half(area_id: UUID) -> Half:
    return Half(area_id)


def test_M6_the_page_of_addresses_names_the_people_as_their_open_case_tells_them(half: Half) -> None:
    with acting.acting(half.rep):
        before = next(one for one in addresses.people(half.rep, half.seen) if one.id == victim(half.seen))
    assert before.name == "Oldina Secretname", "as she was told first, while both cases are open"
    half.restrict()
    with acting.acting(half.rep):
        told = {one.id: (one.name, one.dob) for one in addresses.people(half.rep, half.seen)}
    assert told[victim(half.seen)] == ("Newa Plainname", date(1991, 2, 2))


def test_M6_an_order_names_the_parties_as_their_open_case_tells_them(half: Half) -> None:
    usecase.record(half.rep, half.seen, an_order(), NOW)
    half.restrict()
    with acting.acting(half.rep):
        kept = orders.running(half.rep, NOW)
        (parties,) = order_parties.parties(half.rep, kept).values()
    assert parties.victim == "Newa Plainname"


def test_M6_a_breach_tells_the_list_nothing_of_another_case_of_theirs(half: Half) -> None:
    order = usecase.record(half.rep, half.seen, an_order(), NOW)
    half.restrict()
    number = usecase.breach(half.coordinator, order, Breach(NOW, Risk.HIGH, "At her door."), NOW)
    with acting.service():
        key = db.session.scalars(select(IncidentRow.id).where(IncidentRow.occurrence_number == number)).one()
        told = incidents.contents([key])[key].victim
    assert told == Party("Plainname", "Newa", "V-ONE", date(1991, 2, 2))


def test_M6_a_search_by_reference_names_the_parties_as_their_open_case_tells_them(half: Half) -> None:
    a_wall(half.area_id, half.kept, half.coordinator.account_id)
    with acting.service():
        number = db.session.scalars(select(CaseRow.number).where(CaseRow.id == half.seen)).one()
    with acting.acting(half.coordinator):
        found = search.by_words(half.coordinator, f"C-{number}", NOW, lambda at: at.date())
    assert [one.victim for one in found.cases] == ["Newa Plainname"]


def test_M6_an_address_in_somebodys_copy_is_under_the_name_that_its_case_tells(half: Half) -> None:
    decided(half.coordinator, half.item, Group.NEW_SAFEGUARDS)
    safe = tell.tell_address(half.rep, half.seen, victim(half.seen), an_address(), NOW)
    marac = the_marac(half.area_id)
    sharing.share(half.coordinator, half.seen, safe, half.rep.account_id, marac, WHY, NOW)
    half.restrict()
    with acting.acting(half.rep):
        (line,) = address_shares.shared_with(half.rep, marac)[half.seen]
    assert line.startswith("Newa Plainname.")


def test_M6_a_meeting_names_the_parties_as_their_open_case_tells_them(half: Half) -> None:
    decided(half.coordinator, half.item, Group.NEW_SAFEGUARDS)
    meeting = the_marac(half.area_id)
    a_wall(half.area_id, half.kept, half.coordinator.account_id)
    with acting.acting(half.coordinator):
        sheet = outcomes.worksheet(half.coordinator, half.item)
        agenda = marac.agenda(half.coordinator, meeting)
        waiting = marac_waiting.late_referrals(half.coordinator, meeting)
    assert sheet and (sheet.victim.name, sheet.victim.dob) == ("Newa Plainname", date(1991, 2, 2))
    assert agenda and [line.people.partition(" and ")[0] for line in agenda.lines] == ["Newa Plainname"]
    assert not any("Secretname" in one.people for one in waiting)


def test_M6_what_is_asked_of_an_agency_names_the_parties_as_their_open_case_tells_them(half: Half) -> None:
    with acting.service():
        meeting = db.session.get_one(ItemRow, half.item).meeting_id
        db.session.rollback()
    ask(half.area_id, meeting)
    half.restrict()
    (box,) = boxes_of(half.rep, meeting)
    assert (box.case.victim, box.case.victim_dob) == ("Newa Plainname", date(1991, 2, 2))


def test_M5_M6_a_case_is_transferred_under_the_names_that_it_tells_itself(area_id: UUID) -> None:
    him = {"victim_surname": "Hush", "perpetrator_nominal": "P-ONE"}
    kept = a_row(**HERS, victim_forename="Olga", victim_surname="Hush", victim_dob="1991-04-04")
    seen = a_row(**HERS | him, victim_forename="", victim_dob="")
    older = a_row(**HERS | him | {"recorded_at": "2026-11-20T11:00:00+00:00"}, victim_forename="O",
                  victim_dob="")  # fmt: skip
    listed(area_id, [kept, seen, older])
    with acting.service():
        rows = select(CaseRow.id).order_by(CaseRow.number)
        named = [transfer_source.read(area_id, case_id).victim for case_id in db.session.scalars(rows)]
    assert sorted((one.name, one.dob) for one in named) == [
        ("O Hush", None), ("Olga Hush", date(1991, 4, 4)),
    ], "what one incident leaves out, another of the same case tells"  # fmt: skip


def test_M6_a_flag_and_who_is_to_be_told_are_called_as_their_open_case_tells_them(half: Half) -> None:
    with acting.service(), saved():
        item = db.session.get_one(ItemRow, half.item)
        by = half.coordinator.account_id
        db.session.add(a_flag(uuid4(), item, half.rep.agency_id, "Haven"))
        db.session.add(a_telling(item, half.rep.agency_id, by, "Kay Dale"))
    half.restrict()
    later = NOW.date() + timedelta(days=7)
    with acting.acting(half.rep):
        (flag,) = flags.of_case(half.rep, half.seen)
        (told,) = feedback_lists.to_tell(half.rep, later, 1)
    assert (flag.name, flag.dob, told.victim) == ("Newa Plainname", date(1991, 2, 2), "Newa Plainname")
