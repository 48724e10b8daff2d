"""A case that moves to another area of the service: proposed, confirmed, offered, accepted (M5, T8, M6)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select
from werkzeug.exceptions import NotFound

from agenda.addresses import DetailOf, Knows
from agenda.need_to_know import Hides, RestrictionState
from agenda.rules import RuleBroken
from agenda.triage import Heard
from meetingsvc.models import (
    AddressRow,
    AreaRow,
    EntryRow,
    ItemRow,
    OutboxRow,
    RestrictionRow,
    TransferInRow,
    TransferRecordRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import (
    acting,
    case_page,
    marac,
    marac_waiting,
    sealed,
    transfer_arrivals,
    transfers_moved,
)
from meetingsvc.store import transfers as store
from meetingsvc.store.cases import look_back
from meetingsvc.usecases import (
    addresses,
    lists,
    restrictions,
    staff_details,
    transfer_chasing,
    transfers,
)
from meetingsvc.usecases import transfer_arrivals as arrivals
from meetingsvc.usecases.staff_details import Told
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person
from tests.a_transfer import (
    HEARD,
    LATER,
    WHY,
    Two,
    offered,
    the_arrival,
    the_transfer,
    two_areas,
)
from tests.a_wall import a_wall
from tests.an_address import SAFE, TOKEN, an_address, victim
from tests.builders import everything
from tests.servers.remembered import remembered

ON_ONE = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)


@pytest.fixture
@remembered
def two(area_id: UUID) -> Two:
    return two_areas(area_id)


def test_M5_M6_before_acceptance_the_other_area_has_the_names_and_nothing_else(two: Two) -> None:
    offered(two)
    with acting.acting(two.there):
        (told,) = transfer_arrivals.arrivals(two.there)
        assert told.waits and "Thistlewood" in told.victim and "Moss" in told.perpetrator
        assert told.case_id is None and told.reason == ""
        assert case_page.case(two.there, two.case_id) is None
        assert store.outgoing(two.there) == [] and store.records(two.there, two.case_id) == []
    with acting.service():
        assert db.session.scalar(select(func.count()).select_from(TransferRecordRow)) == 0
        assert WHY not in repr(everything()["transfer_in"])


def test_M5_T8_accepted_it_is_a_case_there_on_the_next_daily_list(two: Two) -> None:
    offered(two)
    case_id = arrivals.accept(two.there, the_arrival(), LATER)
    with acting.service(), saved():
        area = db.session.get_one(AreaRow, two.there.area_id)
        lists.build(area, date(2026, 11, 24), "test", LATER)
    with acting.acting(two.there):
        case = case_page.case(two.there, case_id)
        assert case and "Thistlewood" in case.victim.name and case.perpetrator
        (heard,) = case_page.hearings(two.there, case_id)
        told = transfer_arrivals.arrivals(two.there)[0]
    assert (heard.heard_on, heard.source, heard.reference) == (HEARD, "transfer", told.reference)
    with acting.service():
        item = db.session.scalars(select(ItemRow).where(ItemRow.case_id == case_id)).one()
        entry = db.session.scalars(select(EntryRow).where(EntryRow.item_id == item.id)).one()
        look = look_back(two.there.area_id, 12, date(2026, 11, 24), date(2026, 11, 24))
    assert entry.occurrence_number == told.reference and entry.reasons.split() == ["T6", "T8"]
    assert entry.late is False and item.repeat and look, "T6 looks back on what it was heard there"


def test_M5_after_acceptance_the_other_area_reads_the_record_and_not_the_source(two: Two) -> None:
    offered(two)
    case_id = arrivals.accept(two.there, the_arrival(), LATER)
    with acting.acting(two.there):
        assert case_page.case(two.there, two.case_id) is None and store.outgoing(two.there) == []
        assert store.records(two.there, two.case_id) == []
    with acting.acting(two.coordinator):
        assert case_page.case(two.coordinator, case_id) is None
        assert transfer_arrivals.arrivals(two.coordinator) == []


def test_M5_accepted_the_case_waits_for_no_marac_here_and_says_where_it_went(two: Two) -> None:
    offered(two)
    assert len(_look(two)) == 2, "heard in June, and waiting (T15)"
    arrivals.accept(two.there, the_arrival(), LATER)
    with acting.acting(two.coordinator):
        assert transfers_moved.moved(two.coordinator, [two.case_id])[two.case_id].words == (
            "Moved to Southmoor on Monday 23 November 2026"
        )
        assert _agenda(two) == () and marac_waiting.waiting_referrals(two.coordinator) == []
    with acting.service():
        told = db.session.scalars(select(OutboxRow).where(OutboxRow.account_id == two.coordinator.account_id))
        assert [notice.notice for notice in told if notice.notice != "invitation"] == ["transfer"]
    assert len(_look(two)) == 1


def _look(two: Two) -> list[Heard]:
    with acting.service():
        return look_back(two.coordinator.area_id, 12, date(2026, 11, 24), date(2026, 11, 24))


def _agenda(two: Two) -> tuple[marac.Line, ...]:
    (meeting,) = marac.meetings(two.coordinator)
    found = marac.agenda(two.coordinator, meeting.id)
    return found.lines if found else ()


def test_A17_a_safe_address_goes_along_sealed_anew(two: Two) -> None:
    row_id = addresses.tell_address(two.coordinator, two.case_id, victim(two.case_id), an_address(), NOW)
    offered(two)
    case_id = arrivals.accept(two.there, the_arrival(), LATER)
    with acting.service():
        old = db.session.get_one(AddressRow, row_id)
        new = db.session.scalars(select(AddressRow).where(AddressRow.case_id == case_id)).one()
        assert new.sealed and new.sealed != old.sealed and sealed.opened(new.id, new.sealed) == SAFE
        assert sealed.opened(new.id, old.sealed or b"") is None
        assert (new.agency_id, new.author, new.source) == (old.agency_id, old.author, old.source)
        assert new.perpetrator_knows == Knows.NO and new.area_id == two.there.area_id
    assert TOKEN not in repr(everything())


def test_M5_declined_it_stays_the_senders_who_reads_the_reason(two: Two) -> None:
    offered(two)
    with pytest.raises(RuleBroken, match="Say why"):
        arrivals.decline(two.there, the_arrival(), " ", LATER)
    arrivals.decline(two.there, the_arrival(), "She does not live here.", LATER)
    with acting.acting(two.coordinator):
        out = store.one(two.coordinator, the_transfer())
        assert out and out.done[-1].reason == "She does not live here." and out.done[-1].by == "Dara Finch"
        assert transfers_moved.moved(two.coordinator, [two.case_id]) == {}
    with acting.service():
        row = db.session.get_one(TransferInRow, the_arrival())
        assert (row.victim, row.perpetrator, row.victim_dob) == ("", "", None), "no name is kept there"
    with pytest.raises(RuleBroken):
        arrivals.accept(two.there, the_arrival(), LATER)
    transfers.propose(two.coordinator, two.case_id, two.to, WHY, LATER)


def test_M6_whoever_it_is_about_there_never_learns_of_it(area_id: UUID) -> None:
    two = two_areas(area_id, perpetrator_forename="Gareth", perpetrator_surname="Quillan")
    near = a_person(two.there.agency_id, Role.COORDINATOR, "Gareth Quillan")
    offered(two)
    with acting.acting(near):
        assert transfer_arrivals.arrivals(near) == [] and transfer_arrivals.waiting(near) == 0
    with pytest.raises(NotFound):
        arrivals.accept(near, the_arrival(), LATER)
    with acting.service():
        told = db.session.scalars(select(OutboxRow.account_id).where(OutboxRow.notice == "transfer"))
        assert list(told) == [two.there.account_id]
    case_id = arrivals.accept(two.there, the_arrival(), LATER)
    with acting.acting(near):
        assert case_page.case(near, case_id) is None and transfer_arrivals.arrivals(near) == []


def test_M6_a_wall_follows_the_person_to_the_other_area(two: Two) -> None:
    here = a_person(two.coordinator.agency_id, name="Tamsin Orrery")
    there = a_person(two.there.agency_id, Role.COORDINATOR, "Tamsin Orrery")
    a_wall(two.coordinator.area_id, two.case_id, here.account_id)
    offered(two)
    with acting.acting(there):
        assert transfer_arrivals.arrivals(there) == []
    case_id = arrivals.accept(two.there, the_arrival(), LATER)
    with acting.acting(there):
        assert case_page.case(there, case_id) is None


def test_M6_who_tells_later_that_they_know_somebody_is_kept_from_it_at_once(two: Two) -> None:
    near = a_person(two.there.agency_id, Role.COORDINATOR, "Tamsin Orrery")
    offered(two)
    with acting.acting(near):
        (told,) = transfer_arrivals.arrivals(near)
    forename, _, surname = told.victim.partition(" ")
    told_of = Told(forename, surname, None, "", "", "")
    staff_details.add(near, DetailOf.KNOWS, told_of, LATER)
    with acting.acting(near):
        assert transfer_arrivals.arrivals(near) == []


def test_M6_a_restricted_case_stays_restricted(two: Two) -> None:
    restrictions.restrict(two.coordinator, two.case_id, "Her family works here.", [], NOW)
    rep = a_person(two.there.agency_id)
    offered(two)
    case_id = arrivals.accept(two.there, the_arrival(), LATER)
    with acting.service():
        row = db.session.get_one(RestrictionRow, case_id)
        assert (row.state, row.hides) == (RestrictionState.RESTRICTED, Hides.UNNAMED)
        assert "Her family" not in row.reason, "what the sending area said of it is not in the row"
    with acting.acting(two.there):
        assert case_page.case(two.there, case_id) is not None
    with acting.acting(rep):
        assert case_page.case(rep, case_id) is None


def told_of_transfers() -> list[UUID]:
    """Whom the notice has been queued for since this was asked last."""
    with acting.service(), saved():
        rows = select(OutboxRow.account_id).where(OutboxRow.notice == "transfer")
        found = list(db.session.scalars(rows.order_by(OutboxRow.account_id)))
        db.session.execute(delete(OutboxRow))
    return found


@pytest.mark.parametrize("refused", [False, True])
def test_M5_an_answer_is_told_to_every_coordinator_who_may_open_the_case(two: Two, refused: bool) -> None:
    second = a_person(two.coordinator.agency_id, Role.COORDINATOR, "Priya Raman")
    kept_out = a_person(two.coordinator.agency_id, Role.COORDINATOR, "Tamsin Orrery")
    offered(two)
    a_wall(two.coordinator.area_id, two.case_id, kept_out.account_id)
    told_of_transfers()
    if refused:
        arrivals.decline(two.there, the_arrival(), "She does not live here.", LATER)
    else:
        arrivals.accept(two.there, the_arrival(), LATER)
    assert told_of_transfers() == sorted((two.coordinator.account_id, second.account_id))


@ON_ONE
def test_M5_an_answer_is_told_to_the_chairs_where_no_coordinator_may_open_the_case(two: Two) -> None:
    offered(two)
    told_of_transfers()
    a_wall(two.coordinator.area_id, two.case_id, two.coordinator.account_id)
    arrivals.decline(two.there, the_arrival(), "She does not live here.", LATER)
    assert told_of_transfers() == [two.chair.account_id]


def test_M5_coordinators_are_told_once_that_an_answer_is_late(two: Two) -> None:
    offered(two)
    told_of_transfers()
    due = NOW + timedelta(days=2)  # two working days after a Monday
    early = due - timedelta(days=1)
    assert [transfer_chasing.chase(at) for at in (early, due, due, due + timedelta(days=1))] == [0, 1, 0, 0]
    assert told_of_transfers() == [two.coordinator.account_id]
    new = a_person(two.coordinator.agency_id, Role.COORDINATOR, "Priya Raman")
    assert transfer_chasing.chase(due) == 1 and told_of_transfers() == [new.account_id]
    arrivals.accept(two.there, the_arrival(), due)
    told_of_transfers()
    assert transfer_chasing.chase(due + timedelta(days=7)) == 0 and told_of_transfers() == []
