"""Rehearsing through the pages: plainly marked, entered and left at will, and apart from what is real."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.circulation import Group
from agenda.rehearsal import MARKING
from meetingsvc.models import (
    AccountRow,
    AreaRow,
    CaseRow,
    MeetingRow,
    PersonRow,
    RehearsalRow,
    SessionRow,
    db,
)
from meetingsvc.permissions import NOT_REHEARSED, Role
from meetingsvc.store import accounts, drafts
from meetingsvc.usecases.transaction import saved
from tests.a_marac import referred
from tests.proofs import figure
from tests.web.conftest import NOW, SignIn
from tests.web.pages import text as words
from tests.web.routes import doors

MAKE = {"meetings": ["daily"], "cases": "5"}
BOTH = {"meetings": ["daily", "marac"], "cases": "5"}
ON_ONE = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)


@pytest.fixture
def coordinator(service: Flask, signed_in: SignIn) -> FlaskClient:
    """With people to rehearse with, and a real list and MARAC."""
    signed_in(Role.CHAIR)
    signed_in(Role.REPRESENTATIVE)
    client = signed_in(Role.COORDINATOR)
    with service.app_context():
        who_id = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)).one()
        who = accounts.principal(who_id, NOW)
        assert who is not None
        referred(who, (Group.NEW_SAFEGUARDS, Group.REPEAT_SAFEGUARDS))
    return client


def make(client: FlaskClient, told: dict[str, Any] = MAKE) -> None:
    answer = client.post("/rehearsal/new", data=told)
    assert answer.status_code == 303, words(answer)


def enter(client: FlaskClient) -> None:
    assert client.post("/rehearsal/enter").status_code == 303


def tokens(service: Flask, rehearsed: bool) -> set[str]:
    """What tells a case of the one kind from any other: its people's names, and its identifiers."""
    with service.app_context():
        twins = select(RehearsalRow.area_id)
        of = CaseRow.area_id.in_(twins) if rehearsed else CaseRow.area_id.not_in(twins)
        cases = db.session.scalars(select(CaseRow).where(of)).all()
        people = [db.session.get_one(PersonRow, one.victim_id) for one in cases]
        found = {str(one.id) for one in cases} | {f"{one.forename} {one.surname}" for one in people}
    assert len(found) >= 4
    return found


def missing(client: FlaskClient, ids: dict[str, UUID]) -> bool:
    """That none of these can be opened. `test_access.py` knocks with such at every door."""
    paths = (f"/cases/{ids['case_id']}", f"/items/{ids['item_id']}/outcome", f"/actions/{ids['action_id']}")
    codes = [client.get(path).status_code for path in paths]
    assert set(codes) <= {200, 404}
    return set(codes) == {404}


def everywhere(service: Flask, client: FlaskClient, ids: dict[str, UUID]) -> dict[str, str]:
    """Every page that a person may open, with an identifier of each table; without, those that need none."""
    found: dict[str, str] = {}
    for door in doors(service):
        if door.method != "GET" or "stream" in str(door.rule) or (door.ids and not ids):
            continue
        path = door.path(lambda name: ids.get(name, UUID(int=7)))
        answer = client.get(path, buffered=True)
        assert answer.status_code < 500, path
        found[path] = answer.get_data(as_text=True) + str(answer.headers)
    for said in ("Niamh", "Thistlewood", "C-0"):
        found[f"search {said}"] = client.post("/search", data={"words": said}).text
    return found


def identifiers(service: Flask, rehearsed: bool) -> dict[str, UUID]:
    """Of every table that has an area: what addresses name."""
    tables = {"case_id": "case", "item_id": "item", "meeting_id": "meeting", "action_id": "action",
              "pack_id": "pack", "import_id": "feed_import", "person_id": "person"}  # fmt: skip
    found: dict[str, UUID] = {}
    with service.app_context():
        for name, table in tables.items():
            kept = AreaRow.metadata.tables[table]
            twins = select(RehearsalRow.area_id)
            mine = kept.c.area_id.in_(twins) if rehearsed else kept.c.area_id.not_in(twins)
            known = db.session.scalar(select(kept.c.id).where(mine).limit(1))
            found |= {name: known} if known else {}
    return found


@ON_ONE
def test_where_a_page_does_not_open_in_a_rehearsal_it_says_so_and_offers_the_way_out(
    service: Flask, coordinator: FlaskClient, signed_in: SignIn
) -> None:
    make(coordinator)
    real, told = f"/cases/{identifiers(service, False)['case_id']}", "Leave it to open what is real."
    enter(coordinator)
    refused = [coordinator.get(path) for path in (real, f"/cases/{UUID(int=7)}", "/openings")]
    assert [one.status_code for one in refused] == [404, 404, 403]
    for answer in refused:
        assert told in words(answer) and answer.text.count('action="/rehearsal/leave"') == 2
    assert coordinator.post("/rehearsal/leave").status_code == 303
    assert coordinator.get(real).status_code == 200
    for path in (f"/cases/{UUID(int=7)}", "/openings"):
        assert told not in words(coordinator.get(path))


@ON_ONE
def test_nothing_of_a_rehearsal_is_on_any_real_page_and_nothing_real_in_a_rehearsal(
    service: Flask, coordinator: FlaskClient, signed_in: SignIn
) -> None:
    """And every page of it says that it is one, as no other does."""
    make(coordinator, BOTH)
    invented, real = tokens(service, True), tokens(service, False)
    theirs, ours = identifiers(service, True), identifiers(service, False)
    shown = everywhere(service, coordinator, {})
    governance = signed_in(Role.INFORMATION_GOVERNANCE)
    shown |= {f"{path} governs": governance.get(path).text for path in ("/", "/audit", "/tickets", "/more")}
    assert not misplaced(shown, invented)
    assert any(one in said for said in shown.values() for one in real)
    assert not any(MARKING in said for said in shown.values())
    assert missing(coordinator, theirs) and not missing(coordinator, ours)
    enter(coordinator)
    assert missing(coordinator, ours) and not missing(coordinator, theirs)
    inside = everywhere(service, coordinator, theirs)
    assert not misplaced(inside, real)
    assert any(one in said for said in inside.values() for one in invented)
    pages = {path: said for path, said in inside.items() if "govuk-template" in said}
    assert len(pages) > 30
    for path, said in pages.items():
        assert MARKING in said and "<title>REHEARSAL: " in said, path
        assert "OFFICIAL-SENSITIVE" not in said, path
    coordinator.post("/rehearsal/leave")
    assert MARKING not in coordinator.get("/").text
    figure("rehearsal", "{pages} pages of both sides, {wrong} with a case of the other",
           pages=len(shown) + len(inside), wrong=0)  # fmt: skip


def misplaced(shown: dict[str, str], tokens: set[str]) -> list[tuple[str, str]]:
    """What is of the other side. The address that was asked for stands in its own answer."""
    return [(path, one) for path, said in shown.items() for one in tokens if one in said.replace(path, "")]


@ON_ONE
def test_there_is_a_way_in_for_everybody_who_takes_part_and_one_to_make_it_for_who_runs_meetings(
    coordinator: FlaskClient, signed_in: SignIn
) -> None:
    rep = signed_in(Role.REPRESENTATIVE)
    assert "Rehearse a meeting" in words(coordinator.get("/"))
    assert "Enter the rehearsal" not in words(rep.get("/"))
    assert "There is no rehearsal at the moment" in words(rep.get("/rehearsal"))
    make(coordinator)
    assert "Enter the rehearsal" in words(rep.get("/"))
    enter(rep)
    assert "Enter the rehearsal" not in words(rep.get("/"))
    assert "Leave the rehearsal" in words(rep.get("/rehearsal"))


@pytest.mark.parametrize(
    "role", [Role.REFERRER, Role.SYSTEM_ADMINISTRATOR, Role.AGENCY_ADMINISTRATOR, Role.POLICE_SERVICE]
)
@ON_ONE
def test_who_sits_in_no_meeting_enters_no_rehearsal(
    coordinator: FlaskClient, signed_in: SignIn, role: Role
) -> None:
    make(coordinator)
    client = signed_in(role)
    assert client.post("/rehearsal/enter").status_code == 403
    assert client.get("/rehearsal").status_code == 403


@ON_ONE
def test_a_second_one_is_made_only_once_that_is_confirmed(service: Flask, coordinator: FlaskClient) -> None:
    make(coordinator)
    asked = coordinator.post("/rehearsal/new", data=MAKE)
    assert asked.status_code == 200 and "ends for everybody in it" in words(asked)
    with service.app_context():
        assert len(db.session.scalars(select(RehearsalRow)).all()) == 1
    assert coordinator.post("/rehearsal/new", data=MAKE | {"sure": "yes"}).status_code == 303
    with service.app_context():
        assert len(db.session.scalars(select(RehearsalRow)).all()) == 2
    assert coordinator.post("/rehearsal/new", data={"cases": "5"}).status_code == 422


@ON_ONE
def test_what_is_sent_from_a_rehearsal_that_is_over_is_not_done_to_what_is_real(
    service: Flask, coordinator: FlaskClient, signed_in: SignIn
) -> None:
    make(coordinator)
    chair = signed_in(Role.CHAIR)
    enter(coordinator)
    assert chair.post("/rehearsal/end").status_code == 303
    answer = coordinator.post("/marac/plan", data={"sits_on-day": "17", "sits_on-month": "12",
                                                   "sits_on-year": "2026"})  # fmt: skip
    assert (answer.status_code, answer.location) == (303, "/")
    with service.app_context():
        assert len(planned()) == 1  # that of the real referrals
    assert "The rehearsal is over" in words(coordinator.get("/"))


def planned() -> list[MeetingRow]:
    twins = select(RehearsalRow.area_id)
    rows = select(MeetingRow).where(MeetingRow.area_id.not_in(twins), MeetingRow.kind == "MARAC")
    return list(db.session.scalars(rows))


@ON_ONE
def test_a_page_of_the_rehearsal_cannot_be_sent_once_its_person_has_left(
    service: Flask, coordinator: FlaskClient
) -> None:
    """Nor the other way round: its token is of the place it was drawn in."""
    make(coordinator)
    service.config["WTF_CSRF_ENABLED"] = True
    real = token(coordinator)
    assert coordinator.post("/rehearsal/enter", data={"csrf_token": real}).status_code == 303
    rehearsed = token(coordinator)
    day = {"sits_on-day": "17", "sits_on-month": "12", "sits_on-year": "2026"}
    assert coordinator.post("/marac/plan", data={"csrf_token": real, **day}).status_code == 400
    assert coordinator.post("/rehearsal/leave", data={"csrf_token": rehearsed}).status_code == 303
    assert coordinator.post("/marac/plan", data={"csrf_token": rehearsed, **day}).status_code == 400
    with service.app_context():
        assert len(planned()) == 1


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/rehearsal").text)
    assert found
    return found[1]


@ON_ONE
def test_what_was_typed_in_a_rehearsal_and_kept_is_offered_there_alone(
    service: Flask, coordinator: FlaskClient
) -> None:
    make(coordinator)
    enter(coordinator)
    with service.app_context():
        told = db.session.scalars(select(SessionRow.data)).all()
        (twin,) = {UUID(one["rehearsing"]) for one in told if "rehearsing" in one}
        with saved():
            kept = drafts.keep(twin, "/marac/plan", [("why", "typed")], NOW)
    assert coordinator.get(f"/again/drafts/{kept}").status_code == 200
    coordinator.post("/rehearsal/leave")
    assert coordinator.get(f"/again/drafts/{kept}").status_code == 404


@ON_ONE
def test_what_works_on_the_real_has_no_page_in_a_rehearsal(service: Flask, coordinator: FlaskClient) -> None:
    make(coordinator)
    enter(coordinator)
    for door in doors(service):
        if door.needs in {one.value for one in NOT_REHEARSED}:
            assert door.knock(coordinator).status_code == 403, door
    for path in ("/password", "/second-factor", "/sessions", "/me/details", "/actions/list.csv"):
        answer = coordinator.get(path)
        assert (answer.status_code, answer.location) == (303, "/rehearsal"), path
    assert "That is not part of a rehearsal." in words(coordinator.get("/rehearsal"))


@ON_ONE
def test_signing_out_of_a_rehearsal_ends_being_in_it(service: Flask, coordinator: FlaskClient) -> None:
    make(coordinator)
    enter(coordinator)
    coordinator.post("/sign-out")
    with service.app_context():
        assert not [one for one in db.session.scalars(select(SessionRow.data)) if "rehearsing" in one]
