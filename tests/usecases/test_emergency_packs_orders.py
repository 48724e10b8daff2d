"""Protection orders in the offline pack of a daily list: announced to each as the list's page does (T10)."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from agenda.emergency_pack import NO_ORDER, ORDER_STAYS
from agenda.incidents import Order, OrderKind
from meetingsvc.models import ItemRow, MeetingRow, NamedRow, NoticeRow, OrderRow, RestrictionRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import lists as store
from meetingsvc.usecases import emergency_pack_making as making
from meetingsvc.usecases import emergency_packs as usecase
from meetingsvc.usecases.emergency_packs import Stale
from meetingsvc.usecases.transaction import saved
from tests.a_marac import MONDAY, NOW, TUESDAY, a_person, an_agency, listed, people_rows
from tests.a_wall import a_wall
from tests.builders import a_row
from tests.servers.remembered import remembered
from tests.usecases.test_emergency_packs import text_of

AT = NOW + timedelta(days=1, hours=2)  # the daily meeting of Tuesday begins soon
MADE = "2026-11-22T20:00:00+00:00"
WHEN = {"recorded_at": "2026-11-23T12:00:00+00:00", "incident_at": "2026-11-22T22:00:00+00:00"}
TOLD = WHEN | {"order_kind": "DVPO", "order_made_at": MADE, "order_expires_at": "2026-12-18",
               "order_terms": "No contact at all.", "parties_live_together": "Y"}  # fmt: skip


@dataclass
class Panel:
    """Tuesday's list: one case, its order, one of people no list has, and one by hand of Monday's case."""

    coordinator: Principal
    chair: Principal
    meeting_id: UUID
    case_id: UUID  # on Tuesday's list
    earlier_id: UUID  # on Monday's
    number: str  # the incident's that told of the order
    unlisted: str  # that of one which is no domestic incident, of the victim of Monday's case

    def text(self, who: Principal) -> str:
        phrase = usecase.set_passphrase(who, NOW)
        making.make_due(AT)
        return text_of(who, self.meeting_id, phrase, AT)

    def restrict(self) -> None:
        """Monday's case, to those who run the meeting here."""
        with saved():
            area_id = self.coordinator.area_id
            db.session.add(RestrictionRow(area_id=area_id, case_id=self.earlier_id, state="restricted",
                                          hides="unnamed", reason="staff", put_at=NOW))  # fmt: skip
            for who in (self.coordinator, self.chair):
                db.session.add(NamedRow(area_id=area_id, case_id=self.earlier_id, account_id=who.account_id,
                                        named_by=self.chair.account_id, named_at=NOW))  # fmt: skip


@pytest.fixture
@remembered
def panel(area_id: UUID) -> Panel:
    council = an_agency(area_id, "Northmoor Council", daily=True)
    who, chair = a_person(council, Role.COORDINATOR, "Morgan"), a_person(council, Role.CHAIR, "Imelda")
    (row,) = people_rows(1, MONDAY)
    (earlier,) = listed(area_id, [row])
    case = a_row(**TOLD, victim_surname="Thistlewood")
    again = {"order_terms": "Away from the school.", "victim_nominal": row["victim_nominal"]}
    none = a_row(**TOLD | again, domestic="N")
    (item,) = listed(area_id, [case, none], TUESDAY)
    with saved():
        meeting_id = db.session.get_one(ItemRow, item).meeting_id
        db.session.get_one(MeetingRow, meeting_id).starts_at = AT + timedelta(minutes=30)
        earlier_id = db.session.get_one(ItemRow, earlier).case_id
        told = store.order_json(Order(OrderKind.DAPO, terms="Never to ring her."))
        db.session.add(OrderRow(id=uuid4(), area_id=area_id, reference="ORD-000001", version=1, current=True,
                                case_id=earlier_id, told=told, recorded_at=NOW, agency_id=council,
                                recorded_by=who.account_id, author="PC Ash", source="court"))  # fmt: skip
        db.session.add(NoticeRow(area_id=area_id, meeting_id=meeting_id, case_id=earlier_id, order=told,
                                 occurrence_number="ORD-000001"))  # fmt: skip
        case_id = db.session.get_one(ItemRow, item).case_id
    return Panel(who, chair, meeting_id, case_id, earlier_id, case["occurrence_number"],
                 none["occurrence_number"])  # fmt: skip


def test_T10_a_daily_offline_pack_announces_orders_with_terms_end_and_whether_they_live_together(
    panel: Panel,
) -> None:
    text = panel.text(panel.coordinator)
    for told in (
        "Protection orders to announce", f"DVPO, {panel.number}", "Thistlewood", "22 November 2026, 20:00",
        "18 December 2026", "No contact at all.", "They live together.", "Away from the school.",
        "DAPO, ORD-000001", "Never to ring her.", "Whether they live together is not known.",
    ):  # fmt: skip
        assert told in text, told
    assert text.index("Never to ring her.") < text.index("Outcome, to write down"), "before the cases"


@pytest.mark.one_database
def test_T10_a_list_without_orders_says_so(area_id: UUID) -> None:
    who = a_person(an_agency(area_id, "Northmoor Council", daily=True), Role.COORDINATOR, "Morgan")
    (item,) = listed(area_id, people_rows(1, TUESDAY), TUESDAY)
    with saved():
        meeting_id = db.session.get_one(ItemRow, item).meeting_id
        db.session.get_one(MeetingRow, meeting_id).starts_at = AT + timedelta(minutes=30)
    phrase = usecase.set_passphrase(who, NOW)
    making.make_due(AT)
    assert NO_ORDER in text_of(who, meeting_id, phrase, AT)


def test_B_an_order_of_a_restricted_case_waits_for_a_second_person_and_a_chair_needs_none(
    panel: Panel,
) -> None:
    panel.restrict()
    text = panel.text(panel.coordinator)
    assert f"ORD-000001 {ORDER_STAYS}"[:50] in text and "Never to ring her." not in text
    assert "No contact at all." in text
    assert "Never to ring her." in panel.text(panel.chair)


def test_B_so_does_one_of_the_same_people_that_no_list_has_put_under_their_case(panel: Panel) -> None:
    assert "Away from the school." in panel.text(panel.coordinator)
    panel.restrict()
    text = panel.text(panel.coordinator)
    assert "Away from the school." not in text and panel.unlisted in text
    assert "Away from the school." in panel.text(panel.chair)


@pytest.mark.one_database
def test_M6_an_order_leaves_no_trace_with_who_is_kept_from_its_case(panel: Panel) -> None:
    panel.restrict()
    other = a_person(panel.coordinator.agency_id, Role.COORDINATOR, "Elm Park")
    text = panel.text(other)
    assert "ORD-000001" not in text and panel.unlisted not in text and "named people" not in text
    assert "No contact at all." in text


def test_F3_M6_a_wall_raised_later_on_an_orders_case_deletes_the_copy(panel: Panel) -> None:
    assert "Never to ring her." in panel.text(panel.coordinator)
    a_wall(panel.coordinator.area_id, panel.earlier_id, panel.coordinator.account_id)
    with pytest.raises(Stale):
        usecase.fetch(panel.coordinator, panel.meeting_id, AT)
    assert "ORD-000001" not in panel.text(panel.coordinator)
