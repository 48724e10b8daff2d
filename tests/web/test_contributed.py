"""What other agencies shared of a child is on no page of who did not attend and contribute (Rulebook E4)."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetingsvc.models import AccountRow, AreaRow, AttendeeRow, ItemRow, NoteRow, db
from meetingsvc.permissions import Role
from meetingsvc.usecases.transaction import saved
from tests.a_care_document import put_child, put_on_agenda, sits_on_mace
from tests.web.conftest import NOW, SignIn, agency_named

BROUGHT = "Qznotevq was seen in a grey van"
POLICE, HOMES = "Northtest Police", "Northtest Homes"
Found = tuple[UUID, UUID, FlaskClient, FlaskClient]


@pytest.fixture
def child(service: Flask, signed_in: SignIn) -> Found:
    """On the agenda of MACE, where police brought something: the case, the item, police and homes."""
    police, homes = (signed_in(Role.REPRESENTATIVE, name) for name in (POLICE, HOMES))
    with service.app_context():
        area = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        with saved():
            for name in (POLICE, HOMES):
                sits_on_mace(agency_named(name))
            case = put_child(area)
            item = put_on_agenda(area, case, NOW)
            brings(item, POLICE, BROUGHT)
    return case, item, police, homes


def who_of(name: str) -> UUID:
    row = AccountRow
    told = row.agency_id == agency_named(name), row.role == Role.REPRESENTATIVE
    found: UUID = db.session.scalars(select(row.id).where(*told)).one()
    return found


def brings(item_id: UUID, name: str, text: str, kind: str = "fact") -> None:
    item = db.session.get_one(ItemRow, item_id)
    db.session.add(NoteRow(id=uuid4(), area_id=item.area_id, item_id=item_id, agency_id=agency_named(name),
                           kind=kind, text=text, author="A", source="-", recorded_by=who_of(name),
                           recorded_at=NOW))  # fmt: skip
    db.session.flush()


def comes(item_id: UUID, name: str) -> None:
    item = db.session.get_one(ItemRow, item_id)
    db.session.add(AttendeeRow(area_id=item.area_id, meeting_id=item.meeting_id, agency_id=agency_named(name),
                               account_id=who_of(name), name="-", title="", organisation="", observer=False,
                               here=True, version=1, recorded_by=who_of(name), recorded_at=NOW))  # fmt: skip
    db.session.flush()


def pages(case_id: UUID, item_id: UUID, client: FlaskClient) -> str:
    paths = (f"/cases/{case_id}", f"/cases/{case_id}/shared", f"/cases/{case_id}/timeline",
             f"/items/{item_id}", f"/items/{item_id}/print", "/corrections")  # fmt: skip
    return " ".join(client.get(path).text for path in paths)


def test_E4_a_representative_who_did_not_contribute_finds_nothing_of_it(service: Flask, child: Found) -> None:
    case, item, police, homes = child
    assert BROUGHT in pages(case, item, police), "one's own agency's is read as ever"
    assert "What agencies shared" in homes.get(f"/cases/{case}/shared").text
    assert BROUGHT not in pages(case, item, homes)
    with service.app_context(), saved():
        comes(item, HOMES)
    assert BROUGHT not in pages(case, item, homes), "who came and brought nothing"
    with service.app_context(), saved():
        brings(item, HOMES, "A tenancy")
    assert BROUGHT in pages(case, item, homes)


def test_E4_facts_and_opinions_of_an_agency_stand_apart(service: Flask, child: Found) -> None:
    case, item, police, _ = child
    with service.app_context(), saved():
        brings(item, POLICE, "She may be afraid", "professional opinion")
        brings(item, POLICE, "Stopped at nine")
    page = police.get(f"/cases/{case}/shared").text
    order = ("Facts</h3>", BROUGHT, "Stopped at nine", "Professional opinions</h3>", "She may be afraid")
    assert [page.count(one) for one in order] == [1] * 5
    assert sorted(order[3:], key=page.index) == list(order[3:])
    assert page.index("Stopped at nine") < page.index("Professional opinions</h3>")
