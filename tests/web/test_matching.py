"""Near matches at the pages: seen by who decides, decided in a sentence, and no list circulated past them."""

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from meetingsvc.models import AccountRow, CaseRow, MatchProposalRow, MergeRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import areas
from tests.a_wall import a_wall
from tests.builders import a_hearing, a_row, take_in, take_in_history
from tests.usecases.test_matching import HEARD, MISSPELT
from tests.web.conftest import SignIn
from tests.web.pages import text
from tests.web.second_person import approved, decide, waiting

DAY = date(2026, 11, 23)
SEALED = {"victim_address": "4 Samphire Row", "victim_postcode": "NM4 7QT", "victim_phone": "07700 900417"}


@pytest.fixture
def area_id(service: Flask) -> UUID:
    """With a case heard in June, and its victim coming back under another spelling."""
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        take_in_history(area.id, a_hearing(**HEARD))
        recorded = {"recorded_at": "2026-11-22T12:00:00+00:00", "risk": "high"}
        take_in(area.id, a_row(**(MISSPELT | recorded | SEALED)))
        key = area.id
        db.session.remove()
    return key


def match(service: Flask) -> UUID:
    with service.app_context():
        return db.session.scalars(select(MatchProposalRow.id)).one()


def test_T6_a_list_that_waits_is_for_who_runs_the_meetings_until_it_is_circulated(
    service: Flask, signed_in: SignIn, area_id: UUID
) -> None:
    coordinator, agency = signed_in(Role.COORDINATOR), signed_in(Role.IDVA, agency="Haven Northtest")
    coordinator.post(f"/lists/{DAY}/build")
    page = text(coordinator.get(f"/lists/{DAY}"))
    assert "Near matches to decide: 1" in page and "The agencies do not see this list yet" in page
    assert "Catherine Penhaligon" in page and "Katharine Penhalligan" in page
    assert "1 pair to decide" in text(coordinator.get("/")) and "not circulated" in text(coordinator.get("/"))
    assert "Penhalligan" not in text(agency.get(f"/lists/{DAY}"))
    refused = coordinator.post(f"/lists/{DAY}/circulate", data={"reason": ""})
    assert refused.status_code == 422 and "why the list cannot wait" in text(refused)
    assert "Penhalligan" not in text(agency.get(f"/lists/{DAY}"))
    coordinator.post(f"/lists/{DAY}/circulate", data={"reason": "The meeting begins at eleven."})
    assert "Penhalligan" in text(agency.get(f"/lists/{DAY}"))
    assert "The list is circulated" in text(coordinator.get(f"/lists/{DAY}/circulate"))
    assert agency.get("/matches").status_code == 403


def test_D2_both_people_stand_side_by_side_and_no_address_is_told(
    service: Flask, signed_in: SignIn, area_id: UUID
) -> None:
    coordinator = signed_in(Role.COORDINATOR)
    coordinator.post(f"/lists/{DAY}/build")
    page = text(coordinator.get(f"/matches/{match(service)}"))
    for said in ("11 February 1984", "Agrees", "Told, not shown here", "Not told", "Missing on one side"):
        assert said in page, said
    for secret in ("Samphire", "NM4", "900417"):
        assert secret not in page
    refused = coordinator.post(f"/matches/{match(service)}", data={"said": "same", "reason": ""})
    assert refused.status_code == 422 and "Say in a sentence" in text(refused)


def side_by_side(answer: TestResponse) -> str:
    """What the page of a match tells of both."""
    return text(answer).partition("field by field")[2].partition("Open them to compare")[0]


def test_D2_two_people_merge_and_two_undo(service: Flask, signed_in: SignIn, area_id: UUID) -> None:
    coordinator, chair = signed_in(Role.COORDINATOR), signed_in(Role.CHAIR)
    coordinator.post(f"/lists/{DAY}/build")
    coordinator.post(f"/matches/{match(service)}", data={"said": "same", "reason": "Her birth date."})
    assert waiting(coordinator) != [] and "second person decides" in text(
        coordinator.get(f"/matches/{match(service)}")
    )
    compared = side_by_side(coordinator.get(f"/matches/{match(service)}"))
    told, deciders = text(coordinator.get("/matches")), chair.get("/matches").text
    assert "Waiting for a second person" in told and "as a second person" in deciders
    assert approved(chair).status_code == 303
    assert "Waiting for a second person" not in text(coordinator.get("/matches"))
    assert "Repeat" in text(coordinator.get(f"/lists/{DAY}"))
    assert side_by_side(coordinator.get(f"/matches/{match(service)}")) == compared, "as they were then"
    with service.app_context():
        merge = db.session.scalars(select(MergeRow.id)).one()
        old, new = db.session.scalars(select(CaseRow.id).order_by(CaseRow.number))
    assert f"/cases/{old}" in coordinator.get(f"/cases/{new}").text
    page = text(chair.get("/matches"))
    assert "Catherine Penhaligon" in page and "Make two people again" in page
    assert chair.post(f"/merges/{merge}/undo", data={"reason": ""}).status_code == 422
    chair.post(f"/merges/{merge}/undo", data={"reason": "Two cousins."})
    assert "waits for a second person" in text(chair.get(f"/merges/{merge}/undo"))
    (asked, *_) = waiting(coordinator)
    assert decide(coordinator, asked).status_code == 303
    assert "two people again since" in text(chair.get(f"/merges/{merge}/undo"))
    assert side_by_side(coordinator.get(f"/matches/{match(service)}")) == compared
    assert f"/cases/{old}" not in coordinator.get(f"/cases/{new}").text


def test_M6_who_is_kept_from_one_side_is_told_nothing(
    service: Flask, signed_in: SignIn, area_id: UUID
) -> None:
    coordinator, chair = signed_in(Role.COORDINATOR), signed_in(Role.CHAIR)
    with service.app_context():
        old = db.session.scalars(select(CaseRow.id)).one()
    a_wall_for(service, area_id, old, Role.CHAIR)
    coordinator.post(f"/lists/{DAY}/build")
    assert chair.get(f"/matches/{match(service)}").status_code == 404
    for path in ("/matches", f"/lists/{DAY}", "/"):
        assert "Catherine" not in text(chair.get(path)), path
    assert "Near matches" not in text(chair.get(f"/lists/{DAY}"))
    assert "pair to decide" not in text(chair.get("/"))


def a_wall_for(service: Flask, area_id: UUID, case_id: UUID, role: Role) -> None:
    with service.app_context():
        account = db.session.scalars(select(AccountRow.id).where(AccountRow.role == role)).one()
        a_wall(area_id, case_id, account)
        db.session.remove()
