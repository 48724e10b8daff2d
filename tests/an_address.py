"""Builds addresses and what else is told of the people of a case; a test names only what it is about."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.addresses import AddressKind, AddressTold, ContactKind, ContactTold, Knows
from agenda.circulation import Group
from meetingsvc.models import (
    AddressRow,
    AddressShareRow,
    AllocationRow,
    AreaRow,
    CaseRow,
    ContactRow,
    ItemRow,
    MeetingRow,
    RelationshipRow,
    StaffDetailRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, sealed
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, decided, listed, people_rows

TOKEN = "Zephyrquay"
SAFE = f"17 {TOKEN} Mews\nXY8 8ZZ"
WHY = "Safety visit this afternoon"


def an_address(**told: Any) -> AddressTold:
    """A victim's temporary address that the perpetrator does not know."""
    usual = {
        "kind": AddressKind.TEMPORARY, "text": SAFE, "knows": Knows.NO, "known_to": "her sister",
        "confidential": True, "why_not": "", "author": "Priya Raman", "source": "told by the victim",
    }  # fmt: skip
    return AddressTold(**usual | told)


def a_contact(**told: Any) -> ContactTold:
    """A telephone number."""
    usual = {
        "kind": ContactKind.PHONE, "value": "01632 960 471", "ended": False, "author": "Priya Raman",
        "source": "told by the victim",
    }  # fmt: skip
    return ContactTold(**usual | told)


def a_case(who: Principal, **told: str) -> UUID:
    """A case of Monday's list that goes to the MARAC."""
    row = people_rows(1, NOW.date())[0] | told
    item = listed(who.area_id, [row])[0]
    with acting.service():
        if db.session.get_one(AreaRow, who.area_id).settings.get("marac_anchor"):
            decided(who, item, Group.NEW_SAFEGUARDS)
        case_id = db.session.get_one(ItemRow, item).case_id
        db.session.rollback()
    return case_id


def victim(case_id: UUID) -> UUID:
    """Its victim."""
    with acting.service():
        return db.session.scalars(select(CaseRow.victim_id).where(CaseRow.id == case_id)).one()


def perpetrator(case_id: UUID) -> UUID:
    """Its perpetrator."""
    with acting.service():
        found = db.session.scalars(select(CaseRow.perpetrator_id).where(CaseRow.id == case_id)).one()
    assert found is not None
    return found


def the_marac(area_id: UUID) -> UUID:
    """The area's one MARAC."""
    with acting.service():
        rows = select(MeetingRow.id).where(MeetingRow.kind == "MARAC", MeetingRow.area_id == area_id)
        return db.session.scalars(rows).one()


def allocated(who: Principal, case_id: UUID, by: Principal) -> None:
    """The case is given to this IDVA."""
    with acting.service(), saved():
        db.session.add(
            AllocationRow(case_id=case_id, account_id=who.account_id, area_id=who.area_id,
                          allocated_by=by.account_id, allocated_at=NOW)
        )  # fmt: skip


def one_of_each(area_id: UUID, case_id: UUID, account_id: UUID, agency_id: UUID) -> dict[str, UUID]:
    """What is told of the victim and shown of it, by the names that addresses of pages give them."""
    address, contact, share, tie = uuid4(), uuid4(), uuid4(), uuid4()
    with acting.service():
        case = db.session.execute(
            select(CaseRow.victim_id, CaseRow.perpetrator_id).where(CaseRow.id == case_id)
        )
        person, other = case.one()
        meeting_id = db.session.scalars(select(MeetingRow.id).where(MeetingRow.area_id == area_id)).first()
        told: dict[str, Any] = {"area_id": area_id, "case_id": case_id, "person_id": person,
                                "agency_id": agency_id, "author": "Priya Raman", "recorded_by": account_id,
                                "recorded_at": NOW, "source": "a call"}  # fmt: skip
        with saved():
            db.session.add_all(
                [
                    AddressRow(id=address, kind="home", perpetrator_knows="no", confidential=True,
                               sealed=sealed.closed(address, SAFE), **told),
                    ContactRow(id=contact, kind="phone", value="01632 960 471", key="1632960471", **told),
                    RelationshipRow(id=tie, kind="partner", other_id=other or person, standing="fact",
                                    **told),
                ]
            )  # fmt: skip
            db.session.flush()
            db.session.add(
                AddressShareRow(id=share, area_id=area_id, case_id=case_id, address_id=address,
                                account_id=account_id, meeting_id=meeting_id, reason=WHY,
                                shared_by=account_id, at=NOW)
            )  # fmt: skip
    return {"person_id": person, "address_id": address, "contact_id": contact, "share_id": share,
            "relationship_id": tie}  # fmt: skip


def a_detail(area_id: UUID, account_id: UUID) -> UUID:
    """What somebody told of themselves."""
    key = uuid4()
    with acting.service(), saved():
        db.session.add(
            StaffDetailRow(id=key, area_id=area_id, account_id=account_id, of_whom="self",
                           phone="01632 960 777", told_at=NOW)
        )  # fmt: skip
    return key
