"""What a person's first page has of their own: given, opened and asked-for cases, drafts, halves."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from meetingsvc.models import (
    AccountRow,
    AllocationAskRow,
    AllocationRow,
    AuditRow,
    CaseRow,
    ItemRow,
    MeetingRow,
    OpeningRow,
    ProposalRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import areas, drafts
from meetingsvc.usecases.transaction import saved
from tests.a_marac import MONDAY, listed, people_rows
from tests.a_wall import a_wall
from tests.web.conftest import NOW, SignIn

HAVEN = "Haven Northtest"


@pytest.fixture
def case_id(service: Flask, signed_in: SignIn) -> UUID:
    """A case of today's list; a coordinator and an IDVA have accounts."""
    signed_in(Role.COORDINATOR)
    signed_in(Role.IDVA, HAVEN)
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        (item_id,) = listed(area.id, people_rows(1, MONDAY), MONDAY)
        return db.session.get_one(ItemRow, item_id).case_id


def somebody(role: Role) -> UUID:
    return db.session.scalars(select(AccountRow.id).where(AccountRow.role == role)).one()


def in_service(service: Flask, role: Role) -> UUID:
    with service.app_context():
        return somebody(role)


def area_of(case_id: UUID) -> UUID:
    return db.session.scalars(select(CaseRow.area_id).where(CaseRow.id == case_id)).one()


def test_B_an_idva_asks_for_a_case_and_the_coordinator_gives_it(
    service: Flask, signed_in: SignIn, case_id: UUID
) -> None:
    idva, coordinator, here = signed_in(Role.IDVA, HAVEN), signed_in(Role.COORDINATOR), f"/cases/{case_id}"
    assert "Ask for this case" in idva.get(here).text and "None yet" in idva.get("/").text
    assert idva.post(f"{here}/ask-for-it").status_code == 303
    assert "You asked for this case on" in idva.get(here).text
    assert f'{here}/access">C-000001</a>: ' in coordinator.get("/").text
    with service.app_context():
        name = db.session.scalars(select(AccountRow.name).where(AccountRow.role == Role.IDVA)).one()
        read = select(AuditRow).where(AuditRow.action == "home.read")
        assert [row.actor for row in db.session.scalars(read)] == [str(somebody(Role.COORDINATOR))]
    assert f"C-000001</a>: {name}, asked Mon 23 Nov" in coordinator.get("/").text
    account_id = in_service(service, Role.IDVA)
    assert f"{here}/access/give/{account_id}" in coordinator.get(f"{here}/access").text
    assert coordinator.post(f"{here}/access/give/{account_id}").status_code == 303
    assert "This case is given to you" in idva.get(here).text
    assert idva.post(f"{here}/ask-for-it").status_code == 409
    assert f'href="{here}"' in idva.get("/").text and "C-000001" in idva.get("/").text
    assert f"{here}/access" not in coordinator.get("/").text, "nobody asks any more"
    with service.app_context():
        assert db.session.scalars(select(AllocationAskRow)).all() == []
        read = select(AuditRow).where(AuditRow.action == "home.read", AuditRow.actor == str(account_id))
        assert db.session.scalars(read).all(), "its references leave a trace (V5)"


def test_B_the_coordinator_declines_and_the_idva_may_ask_again(
    service: Flask, signed_in: SignIn, case_id: UUID
) -> None:
    idva, coordinator, here = signed_in(Role.IDVA, HAVEN), signed_in(Role.COORDINATOR), f"/cases/{case_id}"
    decline = f"{here}/access/decline/{in_service(service, Role.IDVA)}"
    assert coordinator.post(decline).status_code == 404, "nobody asked"
    idva.post(f"{here}/ask-for-it")
    assert coordinator.post(decline).status_code == 303
    assert "Ask for this case" in idva.get(here).text
    assert "Not given to you, Mon 23 Nov 2026" in idva.get(here).text
    idva.post(f"{here}/ask-for-it")
    assert "Not given to you" not in idva.get(here).text
    with service.app_context():
        assert not db.session.scalars(select(AllocationRow)).all()


def test_B_a_chair_is_told_before_the_meeting_of_the_cases_that_wait_for_them_alone(
    service: Flask, signed_in: SignIn, case_id: UUID
) -> None:
    chair, words = signed_in(Role.CHAIR), "record the outcome of 1 case that no coordinator may open"
    for page in ("/", "/lists/2026-11-23"):
        assert words not in chair.get(page).text
    with service.app_context():
        a_wall(area_of(case_id), case_id, somebody(Role.COORDINATOR))
    for page in ("/", "/lists/2026-11-23"):
        assert words in chair.get(page).text, page
        assert words not in signed_in(Role.COORDINATOR).get(page).text
    with service.app_context(), saved():
        item = db.session.scalars(select(ItemRow).where(ItemRow.case_id == case_id)).one()
        db.session.execute(update(MeetingRow).where(MeetingRow.id == item.meeting_id).values(
            state="closed", closed_at=NOW))  # fmt: skip
    for page in ("/", "/lists/2026-11-23"):
        assert words not in chair.get(page).text


def test_M6_nothing_of_a_hidden_case_is_on_the_home_page(
    service: Flask, signed_in: SignIn, case_id: UUID
) -> None:
    idva, coordinator, here = signed_in(Role.IDVA, HAVEN), signed_in(Role.COORDINATOR), f"/cases/{case_id}"
    with service.app_context(), saved():
        told = {"case_id": case_id, "area_id": area_of(case_id), "account_id": somebody(Role.IDVA)}
        db.session.add(AllocationRow(allocated_by=somebody(Role.COORDINATOR), allocated_at=NOW, **told))
        db.session.add(AllocationAskRow(asked_at=NOW, **told))
        db.session.add(an_opening(**told))
    assert here in idva.get("/").text and f"{here}/access" in coordinator.get("/").text
    with service.app_context():
        for role in (Role.IDVA, Role.COORDINATOR):
            a_wall(area_of(case_id), case_id, somebody(role))
    assert here not in idva.get("/").text and here not in coordinator.get("/").text
    assert idva.post(f"{here}/ask-for-it").status_code == 404


def an_opening(**told: UUID) -> OpeningRow:
    return OpeningRow(kind="break-glass", reason="invented", asked_at=NOW, until=NOW + timedelta(hours=1),
                      **told)  # fmt: skip


def test_B_a_case_that_is_open_for_now_is_on_the_home_page_until_it_closes(
    service: Flask, signed_in: SignIn, case_id: UUID
) -> None:
    homes = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    with service.app_context(), saved():
        row = an_opening(case_id=case_id, area_id=area_of(case_id), account_id=somebody(Role.REPRESENTATIVE))
        db.session.add(row)
    told = homes.get("/").text
    assert f'href="/cases/{case_id}"' in told and "until Mon 23 Nov 2026, 09:30" in told
    with service.app_context(), saved():
        db.session.execute(update(OpeningRow).values(until=NOW))
    assert f"/cases/{case_id}" not in homes.get("/").text


def test_what_was_typed_and_kept_is_on_the_home_page_without_a_name(
    service: Flask, signed_in: SignIn, case_id: UUID
) -> None:
    client, other = signed_in(Role.COORDINATOR), signed_in(Role.IDVA, HAVEN)
    with service.app_context(), saved():
        typed = [("notes", "Thistlewood")]
        kept = drafts.keep(somebody(Role.COORDINATOR), f"/items/{case_id}/outcome", typed, NOW)
        drafts.keep(somebody(Role.COORDINATOR), "/feed?page=2", typed, NOW - timedelta(hours=11))
    told = client.get("/").text
    assert (
        f'You have unsaved work on <a class="govuk-link" href="/again/drafts/{kept}">an outcome</a>' in told
    )
    assert told.count("unsaved work") == 1 and "Thistlewood" not in told
    assert "unsaved work" not in other.get("/").text


@pytest.mark.parametrize(
    "role", [Role.AGENCY_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR, Role.INFORMATION_GOVERNANCE]
)
def test_who_sits_in_no_meeting_is_told_what_waits_and_what_they_can_do(
    service: Flask, signed_in: SignIn, role: Role
) -> None:
    client = signed_in(role)
    told = client.get("/").text
    if role is not Role.INFORMATION_GOVERNANCE:  # the accounts of this test were made at the host: it is told
        assert "Nothing waits for you." in told
    assert "What you can do here" in told and 'href="/accounts"' in told
    assert ("/tickets" in told) == (role is Role.INFORMATION_GOVERNANCE)
    if role is Role.SYSTEM_ADMINISTRATOR:
        with service.app_context(), saved():
            row = a_half(somebody(role))
            db.session.add(row)
        told = client.get("/").text
        assert "Nothing waits for you." not in told and "Half of a one-time password" in told


def a_half(who: UUID) -> ProposalRow:
    area_id = areas.by_name("northtest").id  # type: ignore[union-attr]
    return ProposalRow(area_id=area_id, kind="account.recover", subject=f"account/{who}", detail={},
                       reason="Lost the phone", proposed_by=who, proposed_at=NOW, state="approved",
                       expires_at=NOW, half=b"sealed", half_until=NOW + timedelta(hours=1))  # fmt: skip


def test_a_page_that_is_not_there_says_what_to_do_where_somebody_may_come_to_harm(signed_in: SignIn) -> None:
    gone = f"/cases/{UUID(int=7)}"
    assert "/break-glass" in signed_in(Role.REPRESENTATIVE).get(gone).text
    assert "/break-glass" not in signed_in(Role.INFORMATION_GOVERNANCE).get(gone).text
    nothing = signed_in(Role.CHAIR).post("/search", data={"words": "Nobodyatall"}).text
    assert "Nothing was found." in nothing and "/break-glass" in nothing
    page = signed_in(Role.INFORMATION_GOVERNANCE).get("/tickets").text
    assert "If you are told that there is no such case" in page and "ask a chair" in page
