"""Builds disclosure scheme applications and protection orders about invented people."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.agencies import AgencyKind
from agenda.disclosure_application import Applying
from agenda.disclosure_scheme import Recipient, Right, Scheme, Step, Telling
from agenda.disclosure_update import Step as UpdateStep
from agenda.incidents import Order, OrderKind, Party, Risk
from meetingsvc.models import (
    ApplicationRow,
    ApplicationStepRow,
    Base,
    ContactShownRow,
    EntryRow,
    ItemRow,
    OrderReminderRow,
    OrderRow,
    TellingRow,
    UpdateStepRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, sealed
from meetingsvc.store.lists import order_json
from meetingsvc.usecases import accounts as making
from meetingsvc.usecases import agencies
from meetingsvc.usecases.orders import Told
from meetingsvc.usecases.transaction import saved

NOW = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)  # a Monday, after the list's cut-off
CONTACT = "Ring 07700 900 456 on weekdays before noon"
POLICE = "Northmoor Police"


def an_application(**told: Any) -> Applying:
    """Somebody asks about her sister's partner; the test tells only what it is about."""
    usual: dict[str, Any] = {
        "scheme": Scheme.DOMESTIC, "right": Right.ASK, "applied_at": NOW, "relationship": "partners",
        "at_risk": Party("Sorrel", "Isla", dob=date(1994, 5, 6)),
        "subject": Party("Flint", "Dorian", dob=date(1988, 7, 8)), "risk": Risk.STANDARD,
        "why": "He has been moved on before.", "applicant": "Bryony Sorrel", "applicant_is": "sister",
        "identity": "Passport seen", "contact": CONTACT,
    }  # fmt: skip
    return Applying(**usual | told)


def a_telling(**told: Any) -> Telling:
    """Told to who is at risk, in person, warned, and signed."""
    usual = {"on": date(2026, 11, 5), "by": "Sgt Elm", "where": "A surgery", "to": Recipient.AT_RISK,
             "safely": "Alone", "in_person": True, "warned": True, "signed": True}  # fmt: skip
    return Telling(**usual | told)


def an_order(**told: Any) -> Told:
    """A DVPO of 28 days, made on Monday 2 November 2026."""
    usual: dict[str, Any] = {
        "kind": OrderKind.DVPO, "made_at": datetime(2026, 11, 2, 11, 0, tzinfo=UTC),
        "expires_at": date(2026, 11, 30), "terms": "Not to go near her home", "live_together": False,
    }  # fmt: skip
    return Told(Order(**usual | told), "PC Ash", "Court result of 2 November")


def a_police_force(area_id: UUID, name: str = POLICE) -> UUID:
    """A signatory that attends the daily meeting."""
    with saved():
        return agencies.create(area_id, name, AgencyKind.POLICE, date(2026, 1, 5), "test", NOW,
                               attends_daily=True)  # fmt: skip


def somebody(agency_id: UUID, role: Role, email: str, name: str = "Robin Ashgrove") -> Principal:
    """An account there. Patch `accounts.hashed` first: hashing takes long."""
    with saved():
        account = making.create(agency_id, role, name, email, "invented for a test", "test", NOW)
    found = accounts.principal(account, NOW)
    assert found is not None
    return found


def behind(application_id: UUID, area_id: UUID, account_id: UUID) -> list[Base]:
    """What hangs on an application that was disclosed and asked about; and that somebody was reminded."""
    step = uuid4()
    here: dict[str, Any] = {"area_id": area_id, "application_id": application_id}
    return [
        ApplicationStepRow(id=step, place=1, step=Step.CHECK, at=NOW, account_id=account_id, reason="",
                           **here),
        TellingRow(step_id=step, told_on=NOW.date(), told_by="Sgt Elm", told_where="A surgery",
                   safely="Alone", recipient=Recipient.AT_RISK, whom="Isla", in_person=True, warned=True,
                   signed=True, **here),
        UpdateStepRow(step=UpdateStep.GO_AHEAD, account_id=account_id, at=NOW, reason="No time", **here),
        ContactShownRow(account_id=account_id, reason="To arrange a meeting", at=NOW, **here),
        OrderReminderRow(area_id=area_id, reference="ORD-000001", day=NOW.date(), told_at=NOW),
    ]  # fmt: skip


def application_and_order(area_id: UUID, case_id: UUID, account_id: UUID, agency_id: UUID) -> dict[str, UUID]:
    """One of each on a case of a list, by the names that addresses of pages give them."""
    application, order = uuid4(), uuid4()
    with acting.service(), saved():
        entry = db.session.scalars(
            select(EntryRow).join(ItemRow, ItemRow.id == EntryRow.item_id).where(ItemRow.case_id == case_id)
        ).first()
        assert entry is not None
        told = an_order().order
        db.session.add_all([
            ApplicationRow(id=application, area_id=area_id, reference=entry.occurrence_number,
                           incident_id=entry.incident_id, agency_id=agency_id, scheme=Scheme.DOMESTIC,
                           right_to=Right.ASK, applied_at=NOW, applicant="Bryony", applicant_is="sister",
                           identity="Passport", contact=sealed.closed(application, CONTACT),
                           made_by=account_id, made_at=NOW),
            OrderRow(id=order, area_id=area_id, reference=f"ORD-{case_id.hex[:6]}", version=1, current=True,
                     case_id=case_id, told=order_json(told), recorded_at=NOW, agency_id=agency_id,
                     recorded_by=account_id, author="PC Ash", source="court"),
        ])  # fmt: skip
    return {"application_id": application, "order_id": order}
