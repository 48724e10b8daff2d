"""What is decided about information is missing for whom its case is kept from, and for whoever is outside.

Requests, reviews, holds, breaches, complaints, disagreements, decisions to share (Rulebook M6, V2 to V4, X2,
X5, L3, K4).
"""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetingsvc.models import AuditRow, ComplainedOfRow, ComplaintRow, DisclosureRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting, audit
from meetingsvc.store.scope import audit_of
from meetingsvc.usecases.transaction import saved
from tests.a_breach import governed
from tests.a_retention import kept_of
from tests.a_sharing import a_sharing_row
from tests.a_third_party import requests_of
from tests.web.conftest import NOW, SignIn
from tests.web.pages import text
from tests.web.test_walls import HAVEN, POLICE, account_of, cases, inside, principal_of, walled

__all__ = ["cases"]
#: Who deals with each, on a page that lists it, and its own.
PAGES = (
    (Role.INFORMATION_GOVERNANCE, "/breaches", "breach_id"),
    (Role.INFORMATION_GOVERNANCE, "/complaints", "complaint_id"),
    (Role.CHAIR, "/complaints", "complaint_id"),
    (Role.COORDINATOR, "/disagreements", "disagreement_id"),
    (Role.REPRESENTATIVE, "/disagreements", "disagreement_id"),
    (Role.COORDINATOR, "/requests", "disclosure_id"),
    (Role.REPRESENTATIVE, "/requests", "disclosure_id"),
    (Role.COORDINATOR, "/retention", "review_id"),
    (Role.INFORMATION_GOVERNANCE, "/retention/holds", "case_id"),
    (Role.REPRESENTATIVE, "/retention/asked", "asked_id"),
)


@pytest.fixture
def kept(service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]) -> dict[str, UUID]:
    """One of each, on a case that everybody of the first agency may open."""
    signed_in(Role.REPRESENTATIVE)
    case_id = cases[0]["case_id"]
    with inside(service):
        who = principal_of(Role.REPRESENTATIVE)
        here = (who.area_id, case_id, who.account_id, who.agency_id)
        found = {"case_id": case_id, **governed(*here, "It went astray")}
        with saved():
            found |= requests_of(*here) | kept_of(*here)
            sharing = a_sharing_row(who.area_id, who.account_id, who.agency_id)
            db.session.add(sharing)
            found["sharing_id"] = sharing.id
    return found


@pytest.mark.parametrize(("role", "register", "name"), PAGES)
def test_M6_what_is_recorded_of_a_walled_case_is_missing(
    service: Flask, signed_in: SignIn, kept: dict[str, UUID], role: Role, register: str, name: str
) -> None:
    client, page = signed_in(role), f"{register}/{kept[name]}"
    assert client.get(page).status_code == 200 and page in client.get(register).text
    walled(service, kept["case_id"], role)
    is_missing(client, page, f"{register}/{uuid4()}")
    assert page not in client.get(register).text


def is_missing(client: FlaskClient, page: str, unknown: str) -> None:
    """As an address that never was."""
    answer, none = client.get(page), client.get(unknown)
    assert answer.status_code == none.status_code == 404
    assert text(answer) == text(none)


@pytest.mark.parametrize(
    ("register", "name"),
    [("/disagreements", "disagreement_id"), ("/requests", "disclosure_id"), ("/retention/asked", "asked_id"),
     ("/sharing", "sharing_id")],
)  # fmt: skip
def test_an_agency_that_has_no_part_in_it_finds_nothing(
    signed_in: SignIn, kept: dict[str, UUID], register: str, name: str
) -> None:
    other, page = signed_in(Role.REPRESENTATIVE, HAVEN), f"{register}/{kept[name]}"
    assert signed_in(Role.REPRESENTATIVE).get(page).status_code == 200
    is_missing(other, page, f"{register}/{uuid4()}")
    assert page not in other.get(register).text


def test_V2_nobody_finds_a_complaint_about_themselves(
    service: Flask, signed_in: SignIn, kept: dict[str, UUID]
) -> None:
    page = f"/complaints/{kept['complaint_id']}"
    for role in (Role.CHAIR, Role.INFORMATION_GOVERNANCE):
        client = signed_in(role)
        assert client.get(page).status_code == 200
        with inside(service), saved():
            of, area_id = account_of(role, POLICE), principal_of(role).area_id
            db.session.add(ComplainedOfRow(complaint_id=kept["complaint_id"], account_id=of, area_id=area_id))
        is_missing(client, page, f"/complaints/{uuid4()}")


@pytest.mark.parametrize(
    ("about", "role"), [("chair", Role.CHAIR), ("governance", Role.INFORMATION_GOVERNANCE)]
)
def test_V2_what_is_about_an_office_is_not_for_that_office(
    service: Flask, signed_in: SignIn, kept: dict[str, UUID], about: str, role: Role
) -> None:
    with inside(service), saved():
        db.session.get_one(ComplaintRow, kept["complaint_id"]).about = about
    is_missing(signed_in(role), f"/complaints/{kept['complaint_id']}", f"/complaints/{uuid4()}")


def test_X5_what_goes_to_the_chair_is_the_chairs(
    service: Flask, signed_in: SignIn, kept: dict[str, UUID]
) -> None:
    page = f"/requests/{kept['disclosure_id']}"
    with inside(service), saved():
        db.session.get_one(DisclosureRow, kept["disclosure_id"]).to_chair = True
    is_missing(signed_in(Role.COORDINATOR), page, f"/requests/{uuid4()}")
    assert signed_in(Role.CHAIR).get(page).status_code == 200


def test_B_an_agencys_administrator_reads_what_its_staff_did_with_a_request_for_the_chair(
    service: Flask, signed_in: SignIn, kept: dict[str, UUID]
) -> None:
    subject = f"disclosure_request/{kept['disclosure_id']}"
    for role, agency in ((Role.AGENCY_ADMINISTRATOR, POLICE), (Role.AGENCY_ADMINISTRATOR, HAVEN),
                         (Role.COORDINATOR, POLICE)):  # fmt: skip
        signed_in(role, agency)
    with inside(service):
        rep = principal_of(Role.REPRESENTATIVE)
        with saved():
            db.session.get_one(DisclosureRow, kept["disclosure_id"]).to_chair = True
            audit.record(rep.account_id, rep.area_id, "disclosure.answered", subject, NOW)
        assert subject in read_by(Role.AGENCY_ADMINISTRATOR, POLICE)
        assert subject not in read_by(Role.AGENCY_ADMINISTRATOR, HAVEN), "not theirs"
        assert subject not in read_by(Role.COORDINATOR, POLICE), "it is the chair's"


def read_by(role: Role, agency: str) -> set[str]:
    """What the lines are about that they are shown of the access log."""
    who = principal_of(role, agency)
    with acting.acting(who):
        return set(db.session.scalars(select(AuditRow.subject).where(audit_of(who))))


def test_security_B_information_governance_reads_a_request_by_a_ticket_alone(
    signed_in: SignIn, kept: dict[str, UUID]
) -> None:
    client = signed_in(Role.INFORMATION_GOVERNANCE)
    is_missing(client, f"/requests/{kept['disclosure_id']}", f"/requests/{uuid4()}")
    assert client.get(f"/retention/{kept['review_id']}").status_code == 403
