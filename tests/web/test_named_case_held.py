"""What became of what an agency was told in a named case, on the pages; it finds nothing else (V1)."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Text, select

from agenda.agencies import AgencyKind
from agenda.meetings import case_reference
from agenda.named_case import State
from meetingsvc.models import AccountRow, AreaRow, CaseRow, NamedCaseHeldRow, NamedCasePartRow, PersonRow, db
from meetingsvc.permissions import Permission, Role
from meetingsvc.store import acting, doomed
from meetingsvc.usecases import agencies
from meetingsvc.usecases.transaction import saved
from tests.a_named_case import a_held_row, a_part_row, an_entry_row
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.pages import text
from tests.web.routes import doors
from tests.web.test_access import fill

REFUGE = "Northtest Refuge"
OWN = frozenset({Permission.HOME_READ, Permission.PART_READ, Permission.PART_ANSWER})
TODAY = [str(NOW.day), str(NOW.month), str(NOW.year)]
GONE = {"how": "destroyed", "by": "Nora Fell", "on": TODAY}


@pytest.fixture
def seen(service: Flask) -> dict[str, UUID]:
    """Everything of one case, and the part in it of an agency that has not signed, with what it was told."""
    with service.app_context(), acting.service():
        area_id = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        homes = agency_named("Northtest Homes")
        with saved():
            refuge = agencies.create(area_id, REFUGE, AgencyKind.VOLUNTARY, None, "test", NOW)
            person = AccountRow(agency_id=homes, role=Role.REPRESENTATIVE, name="Iris Holt", created_at=NOW,
                                email="wren@northtest.example", password_hash="-")  # fmt: skip
            db.session.add(person)
            db.session.flush()
            by = person.id
        found = fill(area_id, by, homes) | {"agency_id": homes, "account_id": by}
        with saved():
            part = a_part_row(area_id, found["case_id"], refuge, by, why="They house her sister")
            for row in (part, an_entry_row(part, by)):
                db.session.add(row)
                db.session.flush()
            return found | {"own_id": part.id}


@pytest.fixture
def guest(signed_in: SignIn, seen: dict[str, UUID]) -> FlaskClient:
    return signed_in(Role.REPRESENTATIVE, agency=REFUGE)


def end(service: Flask, part_id: UUID) -> None:
    with service.app_context(), acting.service(), saved():
        part = db.session.get_one(NamedCasePartRow, part_id)
        part.state, part.ended_at, part.ended_why = State.ENDED, NOW, "She moved on"
        db.session.add(a_held_row(part))
        db.session.flush()


def tokens(service: Flask, case_id: UUID) -> set[str]:
    """Who the people of the case are, how it is called, and every text that hangs on it."""
    with service.app_context(), acting.service():
        case = db.session.get_one(CaseRow, case_id)
        people = db.session.scalars(select(PersonRow).where(PersonRow.area_id == case.area_id)).all()
        names = {name for one in people for name in (one.forename, one.surname) if name}
        return {case_reference(case.number), *names, *_texts(doomed.of_case(case.area_id, case_id).rows)}


def _texts(rows: doomed.Rows) -> Iterator[str]:
    for table, keys in rows.items():
        key = next(iter(table.primary_key))
        for column in (one for one in table.c if isinstance(one.type, Text)):
            found = db.session.scalars(select(column).where(key.in_([one[0] for one in keys])))
            yield from (said for said in found if said and " " in said.strip())


def knocked(service: Flask, client: FlaskClient, seen: dict[str, UUID]) -> Iterator[tuple[str, str]]:
    """Every door, and all that it answers."""
    for door in doors(service):
        for part_id in {seen["part_id"], seen["own_id"]} if "part_id" in door.ids else {seen["part_id"]}:
            ids = seen | {"part_id": part_id}
            answer = client.open(door.path(ids.__getitem__), method=door.method, buffered=True)
            assert answer.status_code in (403, 404) or door.needs in OWN, door
            yield str(door), f"{answer.headers}{answer.get_data().decode('latin-1')}"
    assert client.get("/").status_code == 200, "it was signed in all the while"


def test_V1_at_every_door_it_finds_its_own_part_and_no_word_else_of_the_case(
    service: Flask, guest: FlaskClient, seen: dict[str, UUID]
) -> None:
    known = tokens(service, seen["case_id"])
    words = {"He may ring at night."}
    assert len(known) > 10 and words <= known
    for door, answer in knocked(service, guest, seen):
        assert not [one for one in known - words if one in answer], door
    assert "He may ring at night." in text(guest.get(f"/parts/{seen['own_id']}"))
    end(service, seen["own_id"])
    for door, answer in knocked(service, guest, seen):
        assert not [one for one in known | {"She moved on"} if one in answer], door


def test_V1_it_confirms_what_became_of_it_on_its_own_page(
    service: Flask, guest: FlaskClient, seen: dict[str, UUID], signed_in: SignIn
) -> None:
    page, known = f"/parts/{seen['own_id']}/held", tokens(service, seen["case_id"])
    assert guest.get(page).status_code == guest.post(page, data=GONE).status_code == 404
    end(service, seen["own_id"])
    keeper, coordinator = signed_in(Role.INFORMATION_GOVERNANCE), signed_in(Role.COORDINATOR)
    with service.app_context(), acting.service():
        number = case_reference(db.session.get_one(CaseRow, seen["case_id"]).number)
    for address in ("/", "/parts", page):
        told = text(guest.get(address))
        assert "estroy" in told and not [one for one in known if one in told], address
    for address in ("/", "/agreements"):
        told = text(keeper.get(address))
        assert REFUGE in told and ("what it was told" in told or "what they were told" in told), address
        assert number not in told
    assert f"{REFUGE}, case {number}" in text(coordinator.get("/parts"))
    assert "asked what became" in text(coordinator.get("/"))
    answer = guest.post(page, data={"how": "kept", "by": "", "on": TODAY})
    assert answer.status_code == 422
    assert "Say what is kept" in text(answer) and "Enter who there" in text(answer)
    assert guest.post(page, data=GONE).status_code == 303
    assert guest.get(page).status_code == 404
    assert "destroyed or" not in text(guest.get("/parts")) and REFUGE not in text(coordinator.get("/parts"))
    for address in (f"/parts/{seen['own_id']}", f"/cases/{seen['case_id']}/parts"):
        assert "Destroyed all of it" in text(coordinator.get(address)), address


def test_V1_one_that_keeps_some_of_it_is_asked_again_and_who_asks_sees_by_when(
    service: Flask, guest: FlaskClient, seen: dict[str, UUID], signed_in: SignIn
) -> None:
    page, known = f"/parts/{seen['own_id']}/held", tokens(service, seen["case_id"])
    end(service, seen["own_id"])
    keeper, coordinator = signed_in(Role.INFORMATION_GOVERNANCE), signed_in(Role.COORDINATOR)
    by = "To be destroyed or returned by Monday 21 December 2026"
    assert by in text(coordinator.get("/parts")) and by in text(guest.get("/parts"))
    assert "To be destroyed or returned: due Monday 21 December" in text(coordinator.get("/"))
    kept = GONE | {"how": "kept", "why": "Our own complaint"}
    assert guest.post(page, data=kept).status_code == 303
    for address in ("/", "/parts", page):
        told = text(guest.get(address))
        assert "keeps some or all of it" in told and not [one for one in known if one in told], address
    assert "keeps some or all of it" in text(keeper.get("/agreements")) and REFUGE in text(keeper.get("/"))
    told = text(coordinator.get("/parts"))
    assert REFUGE in told and "keeps some or all of it" in told and by in told
    assert guest.post(page, data=kept).status_code == 303, "it says so as often as it is asked"
    with service.app_context(), acting.service(), saved():
        row = db.session.scalars(select(NamedCaseHeldRow)).one()
        assert row.answered_at is not None
        row.answered_at -= timedelta(days=29)
    assert "1 to deal with, 1 late" in text(coordinator.get("/"))
    assert "Late" in text(coordinator.get("/parts"))
    assert guest.post(page, data=GONE).status_code == 303
    assert guest.get(page).status_code == 404 and REFUGE not in text(coordinator.get("/parts"))


def test_V1_who_runs_the_meetings_records_what_it_said_elsewhere(
    service: Flask, seen: dict[str, UUID], signed_in: SignIn
) -> None:
    coordinator, page = signed_in(Role.COORDINATOR), f"/parts/{seen['own_id']}/cleared"
    assert coordinator.get(page).status_code == 200
    assert "nothing is asked" in text(coordinator.post(page, data=GONE))
    end(service, seen["own_id"])
    assert "Record what the agency says" in text(coordinator.get(f"/parts/{seen['own_id']}"))
    kept = GONE | {"how": "kept", "why": "Their own complaint"}
    assert coordinator.post(page, data=kept).status_code == 303
    assert "Their own complaint" in text(coordinator.get(f"/parts/{seen['own_id']}"))
    assert coordinator.post(page, data=GONE).status_code == 303
    with service.app_context(), acting.service():
        row = db.session.scalars(select(NamedCaseHeldRow)).one()
        assert (row.how, row.why) == ("destroyed", "")
    rep = signed_in(Role.REPRESENTATIVE)
    assert rep.get(page).status_code == rep.post(page, data=GONE).status_code == 403
