"""The rules of a case that moves to another area of the service, one by one (M5, R2, K1, M6)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.circulation import Group
from agenda.referral_consent import Answer, Consent
from agenda.rules import RuleBroken
from agenda.transfer_arrival import entry
from agenda.transfer_record import Between
from agenda.triage import Heard
from meetingsvc.models import (
    AddressRow,
    AssociateRow,
    AuditRow,
    CaseRow,
    ContactRow,
    IdentityRow,
    ItemRow,
    OutboxRow,
    PersonRow,
    TransferInRow,
    TransferRow,
    db,
)
from meetingsvc.store import acting, marac, sealed, transfer_source, transfers_moved
from meetingsvc.store import consents as consents_store
from meetingsvc.store import transfers as store
from meetingsvc.store.cases import look_back
from meetingsvc.usecases import (
    addresses,
    consents,
    proposals,
    restrictions,
    transfer_handover,
    transfers,
)
from meetingsvc.usecases import transfer_arrivals as arrivals
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, decided
from tests.a_transfer import (
    LATER,
    REMARK,
    WHY,
    Two,
    an_arrival,
    offered,
    proposed,
    the_arrival,
    the_transfer,
    two_areas,
)
from tests.an_address import SAFE, a_contact, an_address, perpetrator, victim
from tests.builders import everything
from tests.servers.remembered import remembered

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)


@pytest.fixture
@remembered
def two(area_id: UUID) -> Two:
    return two_areas(area_id)


def test_K1_what_the_victim_said_of_sharing_binds_the_other_area(two: Two) -> None:
    given = Consent(Answer.LIMITED, NOW.date(), "Priya Raman", "Not to her employer")
    consents.record(two.coordinator, two.case_id, given, "told by her", NOW)
    offered(two)
    case_id = arrivals.accept(two.there, the_arrival(), LATER)
    with acting.acting(two.there):
        standing = consents_store.standing(two.there, case_id)
        (record,) = store.records(two.there, case_id)
    assert standing and standing.limits == "Not to her employer"
    assert "Not to her employer" in repr(record.words)


def test_M5_what_came_with_a_case_goes_along_with_it(two: Two) -> None:
    case_id, _ = arrivals.enter(two.coordinator, an_arrival(), NOW)
    offered(replace(two, case_id=case_id))
    there = arrivals.accept(two.there, the_arrival(), LATER)
    with acting.acting(two.there):
        (record,) = store.records(two.there, there)
    assert "Locks fitted." in repr(record.words) and "Westvale: Plans and actions" in repr(record.words)


def test_M5_M6_what_was_told_on_another_case_of_hers_stays_there(two: Two) -> None:
    hers = victim(two.case_id)
    kept_id, his, mine = uuid4(), uuid4(), two.coordinator.area_id
    with acting.service(), saved():
        db.session.add(PersonRow(id=his, area_id=mine, forename="Colm", surname="Garnet"))
        db.session.flush()
        db.session.add(CaseRow(id=kept_id, area_id=mine, number=9001, victim_id=hers, perpetrator_id=his))
        db.session.add(IdentityRow(area_id=mine, person_id=hers, kind="name", value="new|hidden|1990-01-01"))
    restrictions.restrict(two.coordinator, kept_id, "He has friends in the council.", [], NOW)
    hidden = an_address(text="9 Hidden Lane")
    addresses.tell_address(two.coordinator, kept_id, hers, hidden, NOW)
    addresses.tell_contact(two.coordinator, kept_id, hers, a_contact(), NOW)
    addresses.tell_address(two.coordinator, two.case_id, hers, an_address(), NOW)
    offered(two)
    there = arrivals.accept(two.there, the_arrival(), LATER)
    with acting.service():
        (row,) = db.session.scalars(select(AddressRow).where(AddressRow.case_id == there))
        assert row.sealed and sealed.opened(row.id, row.sealed) == SAFE
        assert db.session.scalars(select(ContactRow).where(ContactRow.case_id == there)).all() == []
        person = db.session.get_one(CaseRow, there).victim_id
        names = db.session.scalars(select(IdentityRow.value).where(IdentityRow.person_id == person))
        assert not any("hidden" in name for name in names)


def test_F3_where_a_perpetrator_without_a_name_is_found_is_not_taken_for_the_victims(two: Two) -> None:
    his = perpetrator(two.case_id)
    addresses.tell_contact(two.coordinator, two.case_id, his, a_contact(), NOW)
    with acting.service():
        source = transfer_source.read(two.coordinator.area_id, two.case_id)
        bare = entry(an_arrival(perpetrator=None), "TRF-000901", NOW)
        there = transfer_handover.received(two.there.area_id, bare, (), two.there.account_id, NOW)
        between = Between("Northmoor", "Southmoor", NOW)
        words = transfer_handover.worded(source, "Southmoor", NOW)
        transfer_handover.hand_over(source, two.there.area_id, there, between, words)
        contact = db.session.scalars(select(ContactRow).where(ContactRow.case_id == there)).one()
        near = db.session.scalars(select(AssociateRow).where(AssociateRow.case_id == there)).one()
        assert contact.person_id == near.person_id != db.session.get_one(CaseRow, there).victim_id
        assert near.relation == transfer_handover.NAMED_BY_NOBODY
        db.session.rollback()


def test_M5_the_coordinator_proposes_and_the_chair_confirms(two: Two) -> None:
    waiting = proposed(two)
    with acting.service():
        assert db.session.scalar(select(func.count()).select_from(TransferRow)) == 0, "nothing is sent before"
    with pytest.raises(NotFound):
        proposals.decide(two.coordinator, waiting, True, "", NOW)
    proposals.decide(two.chair, waiting, True, "", NOW)
    with acting.acting(two.coordinator):
        out = store.one(two.coordinator, the_transfer())
    assert out and [step.step.value for step in out.done] == ["confirm", "send"]
    assert (out.proposed_by, out.confirmed_by, out.why) == ("Morgan Ashdown", "Wren Halloway", WHY)


def test_M5_only_a_coordinator_proposes(two: Two) -> None:
    with pytest.raises(Forbidden):
        transfers.propose(two.chair, two.case_id, two.to, WHY, NOW)
    with pytest.raises(NotFound):
        transfers.propose(two.there, two.case_id, two.to, WHY, NOW)


def test_M5_a_case_goes_to_one_area_at_a_time(two: Two) -> None:
    proposed(two)
    with pytest.raises(RuleBroken, match="waits for a second person"):
        transfers.propose(two.coordinator, two.case_id, two.to, WHY, NOW)


def test_M5_a_case_on_its_way_is_not_proposed_again(two: Two) -> None:
    offered(two)
    with pytest.raises(RuleBroken, match="on its way"):
        transfers.propose(two.coordinator, two.case_id, two.to, WHY, NOW)


def test_M5_S2_its_coordinators_are_told_by_notices_that_say_nothing(two: Two) -> None:
    offered(two)
    with acting.service():
        (notice,) = db.session.scalars(select(OutboxRow).where(OutboxRow.notice == "transfer"))
    assert notice.account_id == two.there.account_id and notice.context["path"] == "/transfers"
    assert notice.about == []


def test_M5_until_it_is_accepted_the_case_is_the_senders(two: Two) -> None:
    offered(two)
    with acting.acting(two.coordinator):
        assert transfers_moved.moved(two.coordinator, [two.case_id]) == {}
        assert [line.case_id for line in _agenda(two)] == [two.case_id]


def test_M5_R2_what_was_recorded_goes_along_frozen_each_item_its_agencys(two: Two) -> None:
    offered(two)
    case_id = arrivals.accept(two.there, the_arrival(), LATER)
    with acting.acting(two.there):
        (record,) = store.records(two.there, case_id)
    with acting.acting(two.coordinator):
        (sent,) = store.records(two.coordinator, two.case_id)
    assert record.words == sent.words and (record.from_area, record.to_area) == ("Northmoor", "Southmoor")
    (sheet,) = record.words.groups[0].cases
    parts = {section.title: section.blocks for section in sheet.sections}
    (remark,) = [block for block in parts["Shared at the daily meeting"]]
    assert (remark.text, remark.agency, remark.author) == (REMARK, "Northmoor Council", "Priya Raman")
    assert "Fit a new lock" in repr(parts["Actions"]) and "4 June 2026" in repr(parts["Heard at MARAC"])
    assert "throat" in repr(sheet) and "Hiding Place" not in repr(sheet), "no address is in it"


def _look(two: Two) -> list[Heard]:
    with acting.service():
        return look_back(two.coordinator.area_id, 12, date(2026, 11, 24), date(2026, 11, 24))


def _agenda(two: Two) -> tuple[marac.Line, ...]:
    (meeting,) = marac.meetings(two.coordinator)
    found = marac.agenda(two.coordinator, meeting.id)
    return found.lines if found else ()


def test_M5_a_further_incident_here_is_this_areas_again(two: Two) -> None:
    offered(two)
    arrivals.accept(two.there, the_arrival(), LATER)
    with acting.service():
        case = db.session.get_one(CaseRow, two.case_id)
        item = db.session.scalars(select(ItemRow).where(ItemRow.case_id == case.id)).one()
        again = item.id
    decided(two.coordinator, again, Group.REPEAT_SAFEGUARDS, at=LATER.replace(hour=23))
    with acting.acting(two.coordinator):
        assert [line.case_id for line in _agenda(two)] == [two.case_id]


def test_A17_where_a_safe_address_cannot_be_opened_the_case_stays(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses.tell_address(two.coordinator, two.case_id, victim(two.case_id), an_address(), NOW)
    offered(two)
    before = everything()
    monkeypatch.setattr(sealed, "opened", lambda *_: None)
    with pytest.raises(RuleBroken, match="cannot be opened"):
        arrivals.accept(two.there, the_arrival(), LATER)
    assert everything() == before


def test_M5_withdrawn_the_other_area_can_accept_it_no_more(two: Two) -> None:
    transfer = offered(two)
    transfers.withdraw(two.chair, transfer, "She stays.", LATER)
    with pytest.raises(RuleBroken, match="withdrawn"):
        arrivals.accept(two.there, the_arrival(), LATER)
    with acting.service():
        assert db.session.get_one(TransferInRow, the_arrival()).victim == ""


def test_M5_neither_a_chair_nor_another_area_accepts(two: Two) -> None:
    offered(two)
    with pytest.raises(Forbidden):
        arrivals.accept(two.their_chair, the_arrival(), LATER)
    with pytest.raises(NotFound):
        arrivals.accept(two.coordinator, the_arrival(), LATER)


def test_M6_where_no_coordinator_there_may_be_told_it_is_refused_with_the_way_out(area_id: UUID) -> None:
    two = two_areas(area_id, victim_forename="Dara", victim_surname="Finch")
    waiting = proposed(two)
    with pytest.raises(RuleBroken, match="Ring its chair"):
        proposals.decide(two.chair, waiting, True, "", NOW)
    with acting.service():
        assert db.session.scalar(select(func.count()).select_from(TransferInRow)) == 0


def _kills() -> list[tuple[Any, str]]:
    return [(transfer_handover, "received"), (transfer_handover, "hand_over"), (transfer_handover, "leave"),
            (transfers, "tell"), (arrivals, "_answered")]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "name"), _kills(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_M5_killed_in_the_middle_nothing_has_happened(
    two: Two, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    offered(two)
    arrival, before = the_arrival(), everything()
    whole: Callable[..., Any] = getattr(module, name)

    def killed(*told: Any) -> None:
        whole(*told)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, name, killed)
    with pytest.raises(KeyboardInterrupt):
        arrivals.accept(two.there, arrival, LATER)
    assert everything() == before
    monkeypatch.undo()
    arrivals.accept(two.there, arrival, LATER)


def test_V5_every_step_leaves_its_line_in_both_areas_and_none_names_anybody(two: Two) -> None:
    offered(two)
    arrivals.accept(two.there, the_arrival(), LATER)
    with acting.service():
        lines = db.session.scalars(select(AuditRow).where(AuditRow.action.startswith("transfer."))).all()
    assert [(line.action, line.area_id == two.there.area_id) for line in lines] == [
        ("transfer.confirmed", False), ("transfer.moved", False), ("transfer.accepted", True),
    ]  # fmt: skip
    assert not any(word in repr([(x.subject, x.detail) for x in lines]) for word in ("Thistle", "Moss", WHY))
