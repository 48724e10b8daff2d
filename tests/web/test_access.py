"""Who gets in where: every door of the live application, against the table written apart from the code."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from agenda.agencies import AgencyKind
from agenda.area import AreaSettings
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AgencyRow,
    AreaRow,
    Base,
    CaseRow,
    ImportRow,
    ItemRow,
    MeetingRow,
    PackCopyRow,
    PackRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.usecases import accounts, agencies, areas, lists
from meetingsvc.usecases.transaction import saved
from tests.builders import a_row, take_in
from tests.test_permissions import allowed
from tests.web.conftest import NOW, PASSWORD, SignIn, agency_named
from tests.web.routes import Door, body, doors, statements

#: What a refused request may read: who asks.
WHO = {"session", "account", "agency", "area"}


def test_only_these_pages_are_public(service: Flask) -> None:
    found = {str(door) for door in doors(service, public=True)}
    assert found == {"GET /static/<path:filename>", "GET /sign-in", "POST /sign-in", "POST /sign-out"}


def test_every_route_takes_get_or_post_and_names_what_it_needs(service: Flask) -> None:
    found = list(doors(service))
    assert found and {door.method for door in found} == {"GET", "POST"}


def test_identifiers_in_addresses_are_random_ones(service: Flask) -> None:
    for door in doors(service):
        for name in door.ids:
            assert f"<uuid:{name}>" in str(door), door


@pytest.mark.parametrize("role", Role)
def test_each_role_is_refused_exactly_what_the_table_does_not_give_it(
    service: Flask, signed_in: SignIn, role: Role
) -> None:
    client = signed_in(role)
    for door in doors(service):
        with statements(service) as said:
            refused = door.knock(client).status_code == 403
        assert refused == (not allowed(role, door.needs)), door
        if refused:
            assert tables(said) <= WHO, f"{door}: something was loaded before it was refused"


def tables(said: list[str]) -> set[str]:
    """Every table those statements read or write."""
    words = {word.strip('"(),').partition(".")[0] for statement in said for word in statement.split()}
    return words & Base.metadata.tables.keys()


def test_who_is_not_signed_in_is_sent_to_sign_in(service: Flask) -> None:
    client = service.test_client()
    for door in doors(service):
        answer = door.knock(client)
        assert answer.status_code == 302, door
        assert answer.location.startswith("/sign-in"), door


#: Which table an identifier in an address belongs to.
OBJECTS: dict[str, type[Base]] = {
    "account_id": AccountRow,
    "action_id": ActionRow,
    "agency_id": AgencyRow,
    "case_id": CaseRow,
    "copy_id": PackCopyRow,
    "import_id": ImportRow,
    "item_id": ItemRow,
    "meeting_id": MeetingRow,
    "pack_id": PackRow,
}


def an_area_with_everything(name: str) -> dict[str, UUID]:
    """An identifier of each kind, all in one area."""
    area_id = areas.create(
        name, date(2026, 11, 2), NOW, settings=AreaSettings(marac_anchor=date(2026, 12, 3))
    )
    with saved():
        agency = agencies.create(area_id, "Police", AgencyKind.POLICE, date(2026, 1, 5), "test", NOW)
        person = accounts.create(
            agency, Role.REPRESENTATIVE, "Wren", f"wren@{name}.example", PASSWORD, "test", NOW
        )
    return {"agency_id": agency, "account_id": person, **fill(area_id, person, agency)}


def fill(area_id: UUID, person: UUID, agency: UUID) -> dict[str, UUID]:
    """A list with a case on it, an action, and a pack with a copy."""
    imported = take_in(area_id, a_row(recorded_at="2026-11-23T07:00:00+00:00"), at=NOW)
    assert imported.import_id is not None
    with saved():
        area = db.session.get_one(AreaRow, area_id)
        meeting = lists.build(area, date(2026, 11, 23), "test", NOW).meeting_id
        action, pack, copy = uuid4(), uuid4(), uuid4()
        about = db.session.scalars(select(ItemRow.id).where(ItemRow.meeting_id == meeting)).one()
        db.session.add(ActionRow(id=action, area_id=area_id, item_id=about, category="victim",
                                 agency_id=agency, what="Fit a lock", due=NOW.date(), status="open",
                                 set_by=person, set_at=NOW))  # fmt: skip
        db.session.add(PackRow(id=pack, area_id=area_id, meeting_id=meeting, supplement=0, built_at=NOW,
                               expires_at=NOW + timedelta(days=14), content=b"%PDF"))  # fmt: skip
        db.session.flush()
        db.session.add(PackCopyRow(id=copy, pack_id=pack, account_id=person, agency_id=agency, copy_number=1,
                                   made_at=NOW, content=b"%PDF"))  # fmt: skip
    item = db.session.scalars(select(ItemRow).where(ItemRow.area_id == area_id)).one()
    found = {
        "action_id": action,
        "meeting_id": meeting,
        "item_id": item.id,
        "case_id": item.case_id,
        "pack_id": pack,
        "copy_id": copy,
    }
    db.session.remove()
    return {**found, "import_id": imported.import_id}


def with_objects(app: Flask) -> list[Door]:
    found = [door for door in doors(app) if door.ids]
    assert {name for door in found for name in door.ids} <= OBJECTS.keys(), "say which table, in OBJECTS"
    return found


def test_hidden_is_missing_for_every_object_of_another_area(service: Flask, signed_in: SignIn) -> None:
    with service.app_context():
        hidden = an_area_with_everything("elsewhere")
    for door in with_objects(service):
        for role in door.roles:
            client = signed_in(role)
            theirs, none = door.knock(client, hidden.__getitem__), door.knock(client)
            assert theirs.status_code == none.status_code, (door, role)
            assert door.method == "POST" or none.status_code == 404, (door, role)
            assert body(theirs).replace(door.path(hidden.__getitem__), "") == body(none), (door, role)
            assert theirs.headers.get("Content-Disposition") is None, (door, role)


def test_V1_hidden_is_missing_for_a_withdrawn_agency(service: Flask, signed_in: SignIn) -> None:
    clients = {role: signed_in(role, "Northtest Homes") for role in (Role.REPRESENTATIVE, Role.IDVA)}
    with service.app_context():
        area_id = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        police, homes = agency_named("Northtest Police"), agency_named("Northtest Homes")
        person = db.session.scalars(select(AccountRow.id).where(AccountRow.agency_id == homes).limit(1)).one()
        seen = fill(area_id, person, homes) | {"agency_id": police, "account_id": person}
        with saved():
            db.session.get_one(AgencyRow, homes).withdrawn_on = NOW.date()
    for door in with_objects(service):
        for role in set(door.roles) & clients.keys():
            answer, none = door.knock(clients[role], seen.__getitem__), door.knock(clients[role])
            assert answer.status_code == none.status_code == 404, (door, role)
            assert body(answer) == body(none), (door, role)


def test_opening_a_page_changes_nothing(service: Flask, signed_in: SignIn) -> None:
    """But for the trace that it was opened, and the session."""
    with service.app_context():
        area_id = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        police = agency_named("Northtest Police")
    clients = {role: signed_in(role) for role in Role}
    with service.app_context():
        person = db.session.scalars(select(AccountRow.id).limit(1)).one()
        seen = fill(area_id, person, police) | {"agency_id": police, "account_id": person}
        before = everything()
    for door in doors(service):
        if door.method == "GET":
            for role in door.roles:
                assert door.knock(clients[role], seen.__getitem__).status_code < 500, (door, role)
    with service.app_context():
        assert everything() == before


def everything() -> dict[str, int]:
    """How many rows each table has."""
    kept = {name: table for name, table in Base.metadata.tables.items() if name not in {"audit", "session"}}
    found = {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0 for name, table in kept.items()
    }
    db.session.remove()
    return found
