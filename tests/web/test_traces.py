"""Whoever opens a page that names people leaves a trace: every door of the live application (Rulebook V5)."""

import re
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from agenda.circulation import Group
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AreaRow,
    AuditRow,
    CaseRow,
    ItemRow,
    OutcomeRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import accounts
from meetingsvc.usecases import research_asking
from meetingsvc.usecases.transaction import saved
from tests.a_breach import governed
from tests.a_marac import referred
from tests.a_match import a_match
from tests.a_named_case import a_part_row
from tests.a_retention import kept_of
from tests.a_sent_referral import referrals_of
from tests.a_telling import telling_and_flag
from tests.a_third_party import requests_of
from tests.a_transfer import on_its_way
from tests.a_wall import wall_and_opening
from tests.an_address import one_of_each
from tests.an_application import application_and_order
from tests.an_emergency import an_ask
from tests.builders import a_row, take_in
from tests.test_permissions import allowed
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.routes import doors

CANARY = "Canarywood"
PERSONAL = re.compile(rf"{CANARY}|Thistlewood|\bC-00000\d\b")  # C-000123 is the example beside a box


@pytest.fixture
def filled(service: Flask, signed_in: SignIn) -> list[dict[str, UUID]]:
    """A daily list and a MARAC with cases, an import with a rejected row, a person nobody signs in as."""
    signed_in(Role.COORDINATOR)
    signed_in(Role.REPRESENTATIVE, "Haven Northtest")
    with service.app_context():
        area = db.session.scalars(select(AreaRow).where(AreaRow.name == "northtest")).one()
        who_id = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)).one()
        who = accounts.principal(who_id, NOW)
        assert who is not None
        (item, _) = referred(who, (Group.NEW_SAFEGUARDS, Group.REPEAT_SAFEGUARDS))
        bad = a_row(victim_surname=CANARY, victim_dob=f"{CANARY} 1990")
        left = a_row(occurrence_number="LEFT", victim_surname=CANARY, risk="standard",
                     recorded_at="2026-11-20T12:00:00+00:00")  # fmt: skip
        imported = take_in(area.id, bad, left, at=NOW)
        assert imported.import_id is not None
        line = db.session.get_one(OutcomeRow, item).marac_item_id
        assert line is not None
        nobody = db.session.scalars(
            select(AccountRow.id).where(AccountRow.role == Role.REPRESENTATIVE).limit(1)
        ).one()
        action = db.session.scalars(select(ActionRow.id).where(ActionRow.item_id == item)).one()
        common = {
            "action_id": action,
            "import_id": imported.import_id,
            "account_id": nobody,
            "agency_id": agency_named("Haven Northtest"),
            "pack_id": UUID(int=1),
            "copy_id": UUID(int=1),
            "recalled_id": UUID(int=1),
            "draft_id": UUID(int=1),
            "passkey_id": UUID(int=1),
            "session_id": UUID(int=1),
            "detail_id": UUID(int=1),
        }
        rows = [db.session.get_one(ItemRow, key) for key in (item, line)]
        with saved():
            research_asking.ask(area.id, rows[0].meeting_id, who_id, NOW)
        common |= one_of_each(area.id, rows[0].case_id, who_id, agency_named("Haven Northtest"))
        with saved():
            db.session.add(waits := an_ask(area.id, rows[0].case_id, common["agency_id"], nobody))
            common |= {"ask_id": waits.id}
            common |= on_its_way(area.id, rows[0].case_id, who_id, CANARY)
            common |= kept_of(area.id, rows[0].case_id, who_id, agency_named("Haven Northtest"), CANARY)
            common |= a_match(area.id, rows[0].case_id, CANARY)
            haven = agency_named("Haven Northtest")
            common |= requests_of(area.id, rows[0].case_id, nobody, haven, CANARY, who_id)
            part = a_part_row(area.id, rows[0].case_id, haven, nobody, why=CANARY)
            common["part_id"] = part.id
            db.session.add(part)
        common |= wall_and_opening(area.id, rows[0].case_id, nobody)
        common |= telling_and_flag(area.id, item, who_id, agency_named("Haven Northtest"))
        common |= application_and_order(area.id, rows[0].case_id, who_id, agency_named("Haven Northtest"))
        common |= referrals_of(area.id, rows[0].case_id, nobody, agency_named("Haven Northtest"), CANARY)
        common |= governed(area.id, rows[0].case_id, nobody, agency_named("Haven Northtest"), CANARY)
        return [
            common | {"item_id": row.id, "case_id": row.case_id, "meeting_id": row.meeting_id} for row in rows
        ]


#: Enough of a form to come to the page that follows.
TYPED = {"words": CANARY, "reference": "LEFT", "step": "add-action"}


def test_V5_every_page_that_names_people_leaves_a_trace(
    service: Flask, signed_in: SignIn, filled: list[dict[str, UUID]]
) -> None:
    named, unknown = set[str](), uuid4()
    roles = (Role.COORDINATOR, Role.CHAIR, Role.INFORMATION_GOVERNANCE)
    clients, last = {role: signed_in(role) for role in roles}, lines(service)
    for door in sorted(doors(service), key=lambda door: door.method):
        for role, client in clients.items():
            if not allowed(role, door.needs) or str(door) in CHANGES:
                continue
            paths = [door.path(lambda name, ids=ids: ids.get(name) or unknown) for ids in filled]
            for path in dict.fromkeys(paths):  # once, where both sets of identifiers lead to one page
                answer = client.open(path, method=door.method, data=TYPED, buffered=True)
                before, last = last, lines(service)
                shown = answer.mimetype == "text/html" and PERSONAL.search(answer.text)
                if answer.status_code in (200, 409, 422) and shown:
                    named.add(str(door))
                    assert last > before, (door, role, shown.group())
    assert named >= NAMING


#: Would change what the doors after it need to show.
CHANGES = {
    "POST /lists/<day>/close",
    "POST /marac/<uuid:meeting_id>/close",
    "POST /meetings/<uuid:meeting_id>/end",
    "POST /cases/<uuid:case_id>/i-know-these-people",
}
#: That the test sees these, and does not pass because it knocked with nothing in hand.
NAMING = {
    "GET /meetings/<uuid:meeting_id>/record",
    "GET /items/<uuid:item_id>/not-reached",
    "GET /meetings/<uuid:meeting_id>/research",
    "GET /referrals/sent/<uuid:sent_id>",
    "GET /matches",
    "GET /matches/<uuid:match_id>",
    "GET /merges/<uuid:merge_id>/undo",
    "GET /items/<uuid:item_id>/feedback",
    "POST /items/<uuid:item_id>/feedback/who",
    "GET /flags/<uuid:flag_id>",
    "GET /actions",
    "GET /actions/<uuid:action_id>/reopen",
    "GET /actions/<uuid:action_id>/looked",
    "GET /cases/<uuid:case_id>/plan",
    "GET /actions/<uuid:action_id>",
    "POST /actions/<uuid:action_id>",
    "GET /lists/<day>",
    "GET /items/<uuid:item_id>/outcome",
    "POST /items/<uuid:item_id>/outcome",
    "POST /lists/ask-to-add",
    "GET /marac/<uuid:meeting_id>/cases/<uuid:item_id>/discuss",
    "GET /feed/imports/<uuid:import_id>",
    "GET /cases/<uuid:case_id>",
    "GET /cases/<uuid:case_id>/timeline",
    "GET /people/<uuid:person_id>",
    "GET /cases/<uuid:case_id>/people/<uuid:person_id>/relationships/new",
    "GET /cases/<uuid:case_id>/shared",
    "GET /cases/<uuid:case_id>/opened",
    "GET /cases/<uuid:case_id>/access",
    "GET /cases/<uuid:case_id>/transfer",
    "GET /cases/<uuid:case_id>/transferred",
    "GET /transfers",
    "GET /transfers/<uuid:transfer_id>",
    "GET /arrivals/<uuid:arrival_id>",
    "GET /cases/<uuid:case_id>/i-know-these-people",
    "GET /openings",
    "GET /openings/<uuid:opening_id>",
    "GET /cases/<uuid:case_id>/addresses",
    "GET /cases/<uuid:case_id>/consent/new",
    "GET /cases/<uuid:case_id>/consent",
    "GET /cases/<uuid:case_id>/risk/new",
    "GET /cases/<uuid:case_id>/people/<uuid:person_id>/address",
    "POST /cases/<uuid:case_id>/addresses/<uuid:address_id>/reveal",
    "GET /cases/<uuid:case_id>/contacts/<uuid:contact_id>/reveal",
    "POST /cases/<uuid:case_id>/associates/new",
    "GET /retention",
    "GET /retention/<uuid:review_id>",
    "GET /retention/<uuid:review_id>/propose",
    "GET /retention/<uuid:review_id>/back",
    "GET /retention/holds",
    "GET /retention/holds/<uuid:case_id>/lift",
    "GET /retention/<uuid:review_id>/decide",
    "GET /retention/holds/<uuid:case_id>",
    "GET /applications",
    "GET /applications/<uuid:application_id>",
    "GET /requests",
    "GET /requests/<uuid:disclosure_id>",
    "GET /requests/<uuid:disclosure_id>/decision",
    "GET /cases/<uuid:case_id>/requests/new",
    "GET /releases",
    "GET /breaches/<uuid:breach_id>",
    "GET /complaints/<uuid:complaint_id>",
    "GET /disagreements/<uuid:disagreement_id>",
    "GET /parts/<uuid:part_id>",
    "GET /parts/<uuid:part_id>/decide",
    "GET /cases/<uuid:case_id>/parts",
    "GET /cases/<uuid:case_id>/parts/new",
    "GET /emergencies",
    "GET /emergencies/<uuid:ask_id>",
    "GET /cases/<uuid:case_id>/emergency",
    "GET /orders",
    "GET /orders/<uuid:order_id>",
    "GET /orders/<uuid:order_id>/breach",
    "GET /cases/<uuid:case_id>/orders/new",
    "POST /search",
}


def lines(service: Flask) -> int:
    with service.app_context():
        return db.session.scalar(select(func.count()).select_from(AuditRow)) or 0


def test_V5_a_search_says_which_cases_and_incidents_were_shown(
    service: Flask, signed_in: SignIn, filled: list[dict[str, UUID]]
) -> None:
    client = signed_in(Role.COORDINATOR)
    client.post("/search", data={"words": "thistlewood"})
    client.post("/search", data={"words": CANARY})
    with service.app_context():
        made = select(AuditRow.detail).where(AuditRow.action == "search.made").order_by(AuditRow.id)
        first, second = db.session.scalars(made)
        cases = set(db.session.scalars(select(CaseRow.id)))
    assert set(map(UUID, first["cases"].split())) == cases
    assert len(first["incidents"].split()) == 2 and len(second["incidents"].split()) == 1
    assert second["cases"] == "" and CANARY not in str((first, second))
