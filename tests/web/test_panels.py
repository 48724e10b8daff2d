"""The panels of an area, and which families of them somebody runs, at the pages (Rulebook E1, E4, P3)."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.panels import DREAM, ESP, MACE, TRIAGE
from meetingsvc.models import AccountRow, AgencyRow, AreaRow, AuditRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting, panels
from meetingsvc.usecases.transaction import saved
from tests.builders import a_row, take_in
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.pages import text
from tests.web.second_person import approved, waiting

SETTINGS = {
    "name": "Medium-risk triage", "weekdays": ["1", "3"], "starts": "10:00", "cut_off": "08:00",
    "standard": "Standard", "medium": "Medium", "high": "High", "reason": "Derby does so.", "seen": "null",
}  # fmt: skip


@pytest.fixture
def second(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.INFORMATION_GOVERNANCE)


def set_up(service: Flask) -> set[str]:
    with service.app_context():
        area_id = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        return {panel.code for panel in panels.set_up(area_id)}


def test_P3_a_panel_is_set_up_changed_and_taken_off_at_the_pages(
    service: Flask, signed_in: SignIn, second: FlaskClient
) -> None:
    client = signed_in(Role.COORDINATOR)
    assert TRIAGE.name in text(client.get("/area/panels"))
    assert "medium risk" in text(client.get("/area/panels/TRIAGE"))
    assert client.post("/area/panels/TRIAGE", data=SETTINGS).status_code == 303
    assert not set_up(service) and "waits for a second person" in text(client.get("/area/panels"))
    assert approved(second).status_code == 303
    assert set_up(service) == {"TRIAGE"}
    page = text(client.get("/area/panels"))
    assert "Medium-risk triage (TRIAGE)" in page and "Every Tuesday and Thursday" in page
    seen = form_seen(client, "/area/panels/TRIAGE/remove")
    told = {"reason": "It did not help.", "seen": seen}
    assert client.post("/area/panels/TRIAGE/remove", data=told).status_code == 303
    assert approved(second).status_code == 303
    assert not set_up(service)


def test_E1_panels_of_exploitation_are_offered_from_the_top_of_their_ladder(signed_in: SignIn) -> None:
    page = text(signed_in(Role.COORDINATOR).get("/area/panels"))
    at = [page.index(f"{panel.name} (exploitation)") for panel in (MACE, ESP, DREAM)]
    assert at == sorted(at) and "once the panel above it, ESP, is set up" in page
    assert "Nobody runs panels of exploitation yet" in page


def form_seen(client: FlaskClient, path: str) -> str:
    """What the page's form carries."""
    page = client.get(path).get_data(as_text=True)
    field = page[page.index('name="seen"') :]
    return unescape(field[field.index('value="') + 7 :].split('"')[0])


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"weekdays": []}, "Choose at least one day"), ({"name": ""}, "Enter what the panel is called"),
        ({"starts": "noon"}, "Enter a time"), ({"seen": "{}"}, "Somebody else has changed this panel"),
        ({"reason": ""}, "Say why"),
    ],
)  # fmt: skip
def test_P3_what_will_not_do_is_said_at_its_box(
    signed_in: SignIn, wrong: dict[str, object], said: str
) -> None:
    client = signed_in(Role.COORDINATOR)
    answer = client.post("/area/panels/TRIAGE", data=SETTINGS | wrong)
    assert answer.status_code == 422 and said in text(answer)


def test_P3_what_no_area_may_set_up_is_missing(signed_in: SignIn) -> None:
    client = signed_in(Role.COORDINATOR)
    assert {client.get(f"/area/panels/{code}").status_code for code in ("DRAMM", "MARAC", "NONE")} == {404}


def test_P3_the_lists_of_a_panel_are_read_and_built_at_its_own_address(
    service: Flask, signed_in: SignIn, second: FlaskClient
) -> None:
    client = signed_in(Role.COORDINATOR)
    assert client.get("/lists/2026-11-24?panel=TRIAGE").status_code == 404, "none is set up"
    client.post("/area/panels/TRIAGE", data=SETTINGS)
    approved(second)
    with service.app_context(), acting.service():
        area_id = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        take_in(
            area_id,
            a_row(recorded_at="2026-11-23T08:10:00+00:00", risk="medium", victim_surname="Thistlewoodmedium"),
            at=NOW,
        )
    page = text(client.get("/lists"))
    assert "Medium-risk triage" in page
    assert "has not been built" in text(client.get("/lists/2026-11-24?panel=TRIAGE"))
    built = client.post("/lists/2026-11-24/build?panel=TRIAGE", data={"sure": "yes"})
    assert built.status_code == 303 and built.location == "/lists/2026-11-24?panel=TRIAGE", text(built)
    page = text(client.get("/lists/2026-11-24?panel=TRIAGE"))
    assert "TRIAGE list of Tuesday 24 November 2026" in page and "Medium risk, for the triage" in page
    assert "has not been built" in text(client.get("/lists/2026-11-24")), "the daily list is another"
    assert client.get("/lists/2026-11-24?panel=triage").status_code == 404
    assert client.get("/lists/2026-11-24/close?panel=TRIAGE").status_code == 200


#: What a list of a day is read at, beside its own page.
PAGES = ("", "/not-listed", "/close", "/circulate", "/build")


@pytest.mark.parametrize("role", [Role.REPRESENTATIVE, Role.IDVA])
def test_S3_an_agency_reads_the_lists_of_the_panels_it_attends_and_no_others(
    service: Flask, signed_in: SignIn, second: FlaskClient, role: Role
) -> None:
    """Whoever asks for another's is answered as where there is none, built or not (Rulebook M6, P3)."""
    coordinator, reader = signed_in(Role.COORDINATOR), signed_in(role, "Haven Northtest")
    asked = [
        f"/lists/2026-11-24{page}?panel={code}" for page in PAGES for code in ("TRIAGE", "DREAM", "NONE")
    ]
    attend(service)
    before = [reader.get(path).status_code for path in asked]
    coordinator.post("/area/panels/TRIAGE", data=SETTINGS)
    approved(second)
    assert [reader.get(path).status_code for path in asked] == before and not {200, 409} & set(before)
    with service.app_context(), acting.service():
        area_id = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        told = {"recorded_at": "2026-11-23T08:10:00+00:00"}
        take_in(area_id, a_row(risk="medium", victim_surname="Thistlewoodmedium", **told),
                a_row(risk="high", victim_surname="Thistlewoodhigh", **told), at=NOW)  # fmt: skip
    triage, daily = "/lists/2026-11-24?panel=TRIAGE", "/lists/2026-11-24"
    for path in (daily, triage):
        at, _, of = path.partition("?")
        assert coordinator.post(f"{at}/build?{of}", data={"sure": "yes"}).status_code == 303
    assert [reader.get(path).status_code for path in asked] == before, "of neither"
    assert "does not attend" in text(reader.get(daily))
    attend(service, "TRIAGE")
    assert "Thistlewoodmedium" in text(reader.get(triage))
    assert "does not attend" in text(reader.get(daily))
    assert names(reader, "/lists", daily, f"{daily}?panel=DRAMM", f"{daily}/not-listed") == set()
    attend(service, "DRAMM")
    assert "Thistlewoodhigh" in text(reader.get(daily))
    assert names(reader, "/lists", *asked) == set()
    assert [reader.get(path).status_code for path in asked] == before


def attend(service: Flask, *panels_of: str) -> None:
    """The panels that Haven sits in, and no others."""
    with service.app_context(), acting.service(), saved():
        db.session.get_one(AgencyRow, agency_named("Haven Northtest")).attends = set(panels_of)


def names(reader: FlaskClient, *paths: str) -> set[str]:
    """Of victims, on these pages."""
    return set(re.findall(r"Thistlewood\w+", " ".join(text(reader.get(path)) for path in paths)))


def test_E4_which_panels_somebody_runs_is_proposed_on_their_account(
    service: Flask, signed_in: SignIn, second: FlaskClient
) -> None:
    signed_in(Role.COORDINATOR)
    first = signed_in(Role.SYSTEM_ADMINISTRATOR)
    with service.app_context():
        whose = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)).one()
    path = f"/accounts/{whose}/families"
    assert "Panels they run Domestic abuse" in text(first.get(f"/accounts/{whose}"))
    told = {"runs": ["domestic abuse", "exploitation"], "seen": "domestic abuse", "reason": "She runs MACE."}
    assert first.post(path, data=told | {"reason": ""}).status_code == 422
    assert first.post(path, data=told).status_code == 303
    assert len(waiting(second)) == 1 and approved(second).status_code == 303
    assert "Domestic abuse, exploitation" in text(first.get(f"/accounts/{whose}"))
    with service.app_context():
        line = db.session.scalars(select(AuditRow).where(AuditRow.action == "family.granted")).one()
        assert line.subject == f"account/{whose}" and line.detail == {"family": "exploitation"}
    none = first.post(path, data={"runs": [], "seen": "domestic abuse,exploitation", "reason": "She leaves."})
    assert none.status_code == 422 and "Nobody else runs" in text(none)
