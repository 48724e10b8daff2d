"""A case that is walled off or restricted does not exist, on any page (Rulebook M6)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from agenda.circulation import Group
from agenda.meetings import case_number, case_reference
from agenda.need_to_know import RestrictionState
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AgencyRow,
    AuditRow,
    CaseRow,
    ItemRow,
    MeetingRow,
    OpeningRow,
    OutboxRow,
    PersonRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting
from meetingsvc.usecases import openings, proposals, restrictions
from notifications.messages import Notice
from tests.a_marac import referred
from tests.a_wall import a_wall
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.pages import text
from tests.web.routes import body, doors

POLICE, HAVEN, HOMES = "Northtest Police", "Haven Northtest", "Northtest Homes"


@contextmanager
def inside(service: Flask) -> Iterator[None]:
    """The database, looked at as the service itself."""
    with service.app_context(), acting.service():
        yield
        db.session.remove()


def account_of(role: Role, agency: str = POLICE) -> UUID:
    rows = select(AccountRow.id).where(AccountRow.role == role, AccountRow.agency_id == agency_named(agency))
    return db.session.scalars(rows).one()


def principal_of(role: Role, agency: str = POLICE) -> Principal:
    found = accounts.principal(account_of(role, agency), NOW)
    assert found is not None
    return found


@pytest.fixture
def cases(service: Flask, signed_in: SignIn) -> list[dict[str, UUID]]:
    """Two cases on Monday's list and on the next agenda; what belongs to each."""
    signed_in(Role.COORDINATOR)
    with inside(service):
        items = referred(principal_of(Role.COORDINATOR), [Group.NEW_NO_SAFEGUARDS] * 2)
    with inside(service):
        return [belonging(item) for item in items]


def belonging(item: UUID) -> dict[str, UUID]:
    case_id = db.session.get_one(ItemRow, item).case_id
    line = db.session.scalars(
        select(ItemRow).join(MeetingRow).where(ItemRow.case_id == case_id, MeetingRow.kind == "MARAC")
    ).one()
    action = db.session.scalars(select(ActionRow.id).where(ActionRow.item_id == item)).one()
    return {"case_id": case_id, "item_id": item, "action_id": action, "line_id": line.id,
            "marac_id": line.meeting_id}  # fmt: skip


def reference(service: Flask, case_id: UUID) -> str:
    with inside(service):
        return case_reference(db.session.get_one(CaseRow, case_id).number)


def name_in(service: Flask, case_id: UUID) -> str:
    """Something that only this case's pages say: its victim's surname."""
    with inside(service):
        victim = db.session.get_one(CaseRow, case_id).victim_id
        return db.session.get_one(PersonRow, victim).surname


def walled(service: Flask, case_id: UUID, role: Role, agency: str = POLICE) -> None:
    with service.app_context():
        area_id = principal_of(role, agency).area_id
        a_wall(area_id, case_id, account_of(role, agency))


ROLES = [(Role.COORDINATOR, POLICE), (Role.CHAIR, POLICE), (Role.REPRESENTATIVE, HAVEN), (Role.IDVA, HAVEN)]


@pytest.mark.parametrize("role, agency", ROLES)
def test_M6_every_address_of_a_walled_case_answers_as_an_unknown_one(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]], role: Role, agency: str
) -> None:
    client, mine = signed_in(role, agency), cases[0]
    walled(service, mine["case_id"], role, agency)
    for door in doors(service):
        ids = set(door.ids)
        if role not in door.roles or not ids & {"case_id", "item_id", "action_id"}:
            continue
        known = {**mine, "meeting_id": mine["marac_id"]}
        if "meeting_id" in ids:
            known["item_id"] = mine["line_id"]
        theirs = door.knock(client, lambda name: known.get(name, UUID(int=9)))  # noqa: B023
        none = door.knock(client, lambda name: known[name] if name == "meeting_id" else UUID(int=9))  # noqa: B023
        assert theirs.status_code == none.status_code == 404, door
        assert body(theirs) == body(none), door


@pytest.mark.parametrize("role, agency", ROLES)
def test_M6_no_list_count_or_search_tells_of_a_walled_case(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]], role: Role, agency: str
) -> None:
    client, (hidden, open_) = signed_in(role, agency), cases
    walled(service, hidden["case_id"], role, agency)
    secret, there = name_in(service, hidden["case_id"]), name_in(service, open_["case_id"])
    number = reference(service, hidden["case_id"])
    pages = [client.get(path).text for path in (
        "/", "/lists/2026-11-23", "/actions", "/marac", f"/marac/{open_['marac_id']}", "/packs")]  # fmt: skip
    if role.value in ("coordinator", "chair"):
        pages.append(client.post("/search", data={"words": "thistlewood"}).text)
        pages.append(client.get("/need-to-know").text)
        assert there in pages[-2]
    for page in pages:
        assert secret not in page and number not in page and str(hidden["case_id"]) not in page
    assert there in pages[1]
    assert "1 case" in text(client.get("/")) and "2 cases" not in text(client.get("/"))


def test_M6_the_list_of_a_walled_person_shows_no_gap(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    chair = signed_in(Role.CHAIR)
    before = chair.get("/lists/2026-11-23").text
    walled(service, cases[0]["case_id"], Role.CHAIR)
    after = text(chair.get("/lists/2026-11-23"))
    assert str(cases[0]["case_id"]) in before
    assert "2 cases" not in after and "hidden" not in after.lower() and "restricted" not in after.lower()


def test_M6_who_knows_the_people_says_so_and_is_sent_home_with_words_that_name_nothing(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    client, case = signed_in(Role.REPRESENTATIVE, HAVEN), f"/cases/{cases[0]['case_id']}"
    page = client.get(f"{case}/i-know-these-people").text
    assert "You will no longer see this case. This cannot be undone by you." in page
    answer = client.post(f"{case}/i-know-these-people")
    assert (answer.status_code, answer.location) == (303, "/")
    home = client.get("/")
    assert "Thank you for saying so" in home.text and reference(service, cases[0]["case_id"]) not in home.text
    assert client.get(case).status_code == 404 == client.post(f"{case}/i-know-these-people").status_code


def broken(client: FlaskClient, number: str, reason: str = "She has just rung us") -> TestResponse:
    return client.post("/break-glass/open", data={"reference": number, "reason": reason})


@pytest.mark.parametrize("role, agency", ROLES)
def test_M6_breaking_the_glass_does_not_help_against_a_wall(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]], role: Role, agency: str
) -> None:
    client, case_id = signed_in(role, agency), cases[0]["case_id"]
    walled(service, case_id, role, agency)
    number = reference(service, case_id)
    theirs, none = broken(client, number), broken(client, "C-900000")
    assert theirs.status_code == none.status_code == 422
    assert f"There is no case {number}" in theirs.text
    assert body(theirs).replace(number, "") == body(none).replace("C-900000", "")
    assert client.get(f"/cases/{case_id}").status_code == 404
    with inside(service):
        said = db.session.scalars(select(AuditRow.action).where(AuditRow.action == "glass.refused")).all()
        assert len(said) == 2, "both leave a trace"


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> list[timedelta]:
    """How long after NOW it is: the test sets it."""
    after = [timedelta()]
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + after[0])
    return after


def test_security_B_breaking_the_glass_opens_one_case_for_an_hour_and_tells_chair_and_governance(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]], moment: list[timedelta]
) -> None:
    homes, chair = signed_in(Role.REPRESENTATIVE, HOMES), signed_in(Role.CHAIR)
    governance = signed_in(Role.INFORMATION_GOVERNANCE)
    (one, other), number = cases, reference(service, cases[0]["case_id"])
    case = f"/cases/{one['case_id']}"
    assert homes.get(case).status_code == 404
    asked = homes.post("/break-glass", data={"reference": number, "reason": "She has just rung us"})
    assert "for one hour" in asked.text and homes.get(case).status_code == 404, "nothing before they confirm"
    answer = broken(homes, number)
    assert (answer.status_code, answer.location) == (303, case)
    page = homes.get(case)
    assert page.status_code == 200 and "You broke the glass" in page.text and "09:30" in page.text
    assert homes.get(f"/cases/{other['case_id']}").status_code == 404
    with inside(service):
        told = set(db.session.scalars(select(OutboxRow.account_id).where(OutboxRow.notice == "break_glass")))
        assert told == {account_of(Role.CHAIR), account_of(Role.INFORMATION_GOVERNANCE)}
        queued = db.session.scalars(select(OutboxRow.context)).all()
        assert number not in str(queued) and "rung" not in str(queued)
    for reviewer in (chair, governance):
        assert "<strong>1</strong> opening" in reviewer.get("/").text
        assert number in reviewer.get("/openings").text
    for minutes in range(10, 60, 10):  # a session falls asleep by itself
        moment[0] = timedelta(minutes=minutes)
        homes.get("/still-here")
    moment[0] = timedelta(minutes=59, seconds=59)
    assert homes.get(case).status_code == 200
    moment[0] = timedelta(hours=1)
    assert homes.get(case).status_code == 404, "to the second"


def test_security_B_an_opening_is_reviewed_by_another_within_a_working_day(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    chair, governance = signed_in(Role.CHAIR), signed_in(Role.INFORMATION_GOVERNANCE)
    number = case_number(reference(service, cases[0]["case_id"])) or 0
    with service.app_context():  # the page would say that the case is open to them anyway
        openings.break_glass(principal_of(Role.CHAIR), number, "She has just rung us", NOW)
    with inside(service):
        opening = db.session.scalars(select(OpeningRow.id)).one()
    there = f"/openings/{opening}"
    found = {"in_order": "no", "finding": "There was time to ask."}
    assert "another person decides" in chair.get(there).text
    assert chair.post(f"{there}/review", data=found).status_code == 409, "nobody reviews themselves"
    assert "Review overdue" not in governance.get(there).text
    with inside(service):
        row = db.session.get_one(OpeningRow, opening)
        assert row.review_due == NOW + timedelta(days=1), "Monday's is due on Tuesday"
        row.review_due = NOW - timedelta(seconds=1)
        db.session.commit()
    assert "Review overdue" in governance.get(there).text


def test_security_B_a_review_is_recorded_once_with_what_was_found(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    homes, chair = signed_in(Role.REPRESENTATIVE, HOMES), signed_in(Role.CHAIR)
    broken(homes, reference(service, cases[0]["case_id"]))
    with inside(service):
        there = f"/openings/{db.session.scalars(select(OpeningRow.id)).one()}"
    found = {"in_order": "no", "finding": "There was time to ask."}
    assert chair.post(f"{there}/review", data={}).status_code == 422
    assert chair.post(f"{there}/review", data=found).status_code == 303
    assert "not in order" in chair.get("/openings").text and "time to ask" in chair.get(there).text
    assert chair.post(f"{there}/review", data=found).status_code == 409


def test_M6_a_chair_who_is_walled_from_the_case_neither_learns_of_the_opening_nor_reviews_it(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    homes, chair = signed_in(Role.REPRESENTATIVE, HOMES), signed_in(Role.CHAIR)
    walled(service, cases[0]["case_id"], Role.CHAIR)
    signed_in(Role.INFORMATION_GOVERNANCE)
    broken(homes, reference(service, cases[0]["case_id"]))
    with inside(service):
        opening = db.session.scalars(select(OpeningRow.id)).one()
        alarms = select(OutboxRow.account_id).where(OutboxRow.notice == Notice.BREAK_GLASS)
        told = db.session.scalars(alarms).all()
        assert told == [account_of(Role.INFORMATION_GOVERNANCE)]
    assert (
        "to review or approve" not in chair.get("/").text
        and "No case has been opened" in chair.get("/openings").text
    )
    for hidden in (opening, uuid4()):
        answer = chair.post(f"/openings/{hidden}/review", data={"in_order": "yes", "finding": "Fine"})
        assert answer.status_code == chair.get(f"/openings/{hidden}").status_code == 404


def test_V1_a_withdrawn_agency_breaks_no_glass(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    homes, number = signed_in(Role.REPRESENTATIVE, HOMES), reference(service, cases[0]["case_id"])
    signed_in(Role.CHAIR)
    broken(homes, number)
    with inside(service):
        db.session.get_one(AgencyRow, agency_named(HOMES)).withdrawn_on = NOW.date()
        db.session.commit()
    assert homes.get(f"/cases/{cases[0]['case_id']}").status_code == broken(homes, number).status_code == 403


def test_security_B_a_ticket_needs_a_second_person_and_lasts_a_day(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    governance, chair = signed_in(Role.INFORMATION_GOVERNANCE), signed_in(Role.CHAIR)
    number, case = reference(service, cases[0]["case_id"]), f"/cases/{cases[0]['case_id']}"
    assert governance.get(case).status_code == 404
    told = {"reference": number, "reason": "A complaint about how it was heard"}
    assert governance.post("/tickets", data=told).status_code == 303
    assert governance.get(case).status_code == 404, "nothing before a second person"
    with inside(service):
        there = f"/openings/{db.session.scalars(select(OpeningRow.id)).one()}"
    assert governance.post(f"{there}/approve").status_code == 409, "nobody approves their own"
    assert chair.post(f"{there}/approve").status_code == 303
    page = governance.get(case)
    assert page.status_code == 200 and "This case is opened for information governance" in page.text
    assert "Daily list, Mon 23 Nov 2026" in page.text, "no meeting of theirs, and told all the same"
    with inside(service):
        assert db.session.scalars(select(OpeningRow.until)).one() == NOW + timedelta(hours=24)


def test_security_B_a_refused_ticket_opens_nothing_and_leaves_a_trace(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    governance, chair = signed_in(Role.INFORMATION_GOVERNANCE), signed_in(Role.CHAIR)
    number = reference(service, cases[0]["case_id"])
    governance.post("/tickets", data={"reference": number, "reason": "I would like to see it"})
    with inside(service):
        there = f"/openings/{db.session.scalars(select(OpeningRow.id)).one()}"
    assert chair.post(f"{there}/refuse", data={}).status_code == 422
    assert chair.post(f"{there}/refuse", data={"reason": "Not a reason"}).status_code == 303
    assert "Refused by" in governance.get("/tickets").text
    assert governance.get(f"/cases/{cases[0]['case_id']}").status_code == 404
    missing = governance.post("/tickets", data={"reference": "C-900000", "reason": "I would like to see it"})
    assert missing.status_code == 422 and "There is no case C-900000" in missing.text


def restricted(service: Flask, case_id: UUID, *named: UUID) -> None:
    with service.app_context():
        restrictions.restrict(principal_of(Role.COORDINATOR), case_id, "A councillor's case", named, NOW)


def test_M6_a_restricted_case_is_open_to_named_people_alone(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    haven, idva, chair = (
        signed_in(Role.REPRESENTATIVE, HAVEN),
        signed_in(Role.IDVA, HAVEN),
        signed_in(Role.CHAIR),
    )
    governance, homes = signed_in(Role.INFORMATION_GOVERNANCE), signed_in(Role.REPRESENTATIVE, HOMES)
    case_id = cases[0]["case_id"]
    with service.app_context():
        named = account_of(Role.IDVA, HAVEN)
    restricted(service, case_id, named)
    number, case = reference(service, case_id), f"/cases/{case_id}"
    assert idva.get(case).status_code == chair.get(case).status_code == 200
    assert haven.get(case).status_code == 404 == governance.get(case).status_code
    for client in (haven, homes):
        assert f"There is no case {number}" in broken(client, number).text
    ticket = governance.post("/tickets", data={"reference": number, "reason": "A complaint was made"})
    assert f"There is no case {number}" in ticket.text
    assert number not in haven.get("/lists/2026-11-23").text


def test_M6_who_runs_meetings_names_and_unnames_but_never_the_last_of_them_nor_anybody_walled(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    coordinator, case_id = signed_in(Role.COORDINATOR), cases[0]["case_id"]
    signed_in(Role.IDVA, HAVEN), signed_in(Role.REPRESENTATIVE, HAVEN)
    with service.app_context():
        idva, rep, me = account_of(Role.IDVA, HAVEN), account_of(Role.REPRESENTATIVE, HAVEN), account_of(
            Role.COORDINATOR)  # fmt: skip
    walled(service, case_id, Role.IDVA, HAVEN)
    there = f"/cases/{case_id}/access"
    assert str(idva) not in coordinator.get(f"{there}/restrict").text
    walled_off = {"reason": "Kept", "people": [str(idva)], "sure": "y"}
    refused = coordinator.post(f"{there}/restrict", data=walled_off)
    assert refused.status_code == 409 and "cannot be named" in refused.text and "wall" not in text(refused)
    assert coordinator.post(f"{there}/restrict", data={"people": []}).status_code == 422
    sure = {"reason": "Kept", "sure": "y"}
    assert coordinator.post(f"{there}/restrict", data=sure).status_code == 303
    assert coordinator.post(f"{there}/name", data={"people": [str(rep)]}).status_code == 303
    assert coordinator.post(f"{there}/unname/{rep}").status_code == 303
    last = coordinator.post(f"{there}/unname/{me}")
    assert last.status_code == 409 and "Name another one first" in last.text


def test_M6_a_restriction_is_lifted_by_two_people(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    coordinator, chair = signed_in(Role.COORDINATOR), signed_in(Role.CHAIR)
    haven, case_id = signed_in(Role.REPRESENTATIVE, HAVEN), cases[0]["case_id"]
    restricted(service, case_id)
    assert haven.get(f"/cases/{case_id}").status_code == 404
    coordinator.post(f"/cases/{case_id}/access/end", data={"reason": "It was settled"})
    assert haven.get(f"/cases/{case_id}").status_code == 404, "one person is not enough"
    assert "A second person has still to decide" in coordinator.get(f"/cases/{case_id}/access").text
    decide(service, principal(service, Role.CHAIR))
    assert haven.get(f"/cases/{case_id}").status_code == 200
    assert "It was settled" in chair.get(f"/cases/{case_id}/access").text


def principal(service: Flask, role: Role, agency: str = POLICE) -> Principal:
    with service.app_context():
        return principal_of(role, agency)


def decide(service: Flask, who: Principal) -> None:
    """Approves what waits for this person."""
    with service.app_context():
        with acting.acting(who):
            (told,) = proposals.waiting_for(who, NOW)
        proposals.decide(who, told.id, True, "", NOW)


def test_M6_an_agency_asks_and_who_runs_meetings_declines_by_two(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    coordinator, idva = signed_in(Role.COORDINATOR), signed_in(Role.IDVA, HAVEN)
    signed_in(Role.CHAIR)
    case_id = cases[0]["case_id"]
    assert idva.post(f"/cases/{case_id}/ask-for-restriction", data={}).status_code == 422
    asked = idva.post(f"/cases/{case_id}/ask-for-restriction", data={"reason": "His mother works here"})
    assert asked.status_code == 303 and idva.get(f"/cases/{case_id}").status_code == 200
    assert "<strong>1</strong> restriction to decide" in coordinator.get("/").text
    assert "His mother works here" in coordinator.get(f"/cases/{case_id}/access").text
    assert "Restriction to decide" in coordinator.get(f"/cases/{case_id}").text
    assert "Restriction to decide" not in idva.get(f"/cases/{case_id}").text
    for page in ("/lists/2026-11-23", f"/marac/{cases[0]['marac_id']}"):
        assert coordinator.get(page).text.count("Restriction to decide") == 1
        assert "Restriction to decide" not in idva.get(page).text
    coordinator.post(f"/cases/{case_id}/access/end", data={"reason": "She has left"})
    decide(service, principal(service, Role.CHAIR))
    with inside(service):
        assert db.session.get_one(RestrictionRow, case_id).state == RestrictionState.DECLINED


def test_M6_whom_a_restricted_case_is_open_to_is_told_so_and_not_asked_for_it(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    idva, case_id = signed_in(Role.IDVA, HAVEN), cases[0]["case_id"]
    here, ask = f"/cases/{case_id}", f"/cases/{case_id}/ask-for-restriction"
    assert "app-badge--restricted" not in idva.get(here).text and ask in idva.get(here).text
    with inside(service):
        idva_id = account_of(Role.IDVA, HAVEN)
    restricted(service, case_id, idva_id)
    for page in (here, "/lists/2026-11-23"):
        assert idva.get(page).text.count("app-badge--restricted") == 1
    for page in (here, f"{here}/addresses", f"{here}/shared", f"{here}/i-know-these-people"):
        assert ask not in idva.get(page).text, page
    answer = idva.post(ask, data={"reason": "His mother works here"})
    assert answer.status_code == 409 and "It is restricted already" in answer.text


def test_M6_the_employer_decides_what_is_told_and_the_meeting_is_prompted_about_the_officer(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    coordinator, case_id = signed_in(Role.COORDINATOR), cases[0]["case_id"]
    there = f"/cases/{case_id}/access"
    nobody = coordinator.post(f"{there}/officer", data={"children": "yes"})
    assert nobody.status_code == 409, "no member of staff is on it"
    restricted(service, case_id)
    with inside(service):
        db.session.get_one(RestrictionRow, case_id).employer_id = agency_named(HOMES)
        db.session.commit()
    assert "not known whether this person works with children" in coordinator.get(there).text
    coordinator.post(f"{there}/officer", data={"children": "yes"})
    assert "Consider telling the local authority designated officer" in coordinator.get(there).text
    coordinator.post(f"{there}/officer", data={"children": "yes", "decided": "The chair tells them today"})
    page = coordinator.get(there).text
    assert "The chair tells them today" in page and "Consider telling" not in page
    assert coordinator.post(f"{there}/employer", data={"told": "Nothing"}).status_code == 422
    coordinator.post(f"{there}/employer", data={"told": "Nothing", "said_by": "Head of service"})
    assert "Nothing (said by Head of service)" in coordinator.get(there).text


def test_security_B_a_case_is_given_to_an_idva_whom_no_wall_keeps_from_it(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    coordinator, case_id = signed_in(Role.COORDINATOR), cases[0]["case_id"]
    signed_in(Role.IDVA, HAVEN), signed_in(Role.REPRESENTATIVE, HAVEN)
    with service.app_context():
        idva, rep = account_of(Role.IDVA, HAVEN), account_of(Role.REPRESENTATIVE, HAVEN)
    there = f"/cases/{case_id}/access"
    assert coordinator.post(f"{there}/give/{rep}").status_code == 409, "not to a representative"
    assert coordinator.post(f"{there}/give/{idva}").status_code == 303
    assert "Take it back" in coordinator.get(there).text
    assert coordinator.post(f"{there}/take-back/{idva}").status_code == 303
    walled(service, case_id, Role.IDVA, HAVEN)
    assert coordinator.post(f"{there}/give/{idva}").status_code == 409


def test_M6_a_case_open_to_nobody_who_runs_meetings_is_told_to_governance_who_has_somebody_named(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    governance, case_id = signed_in(Role.INFORMATION_GOVERNANCE), cases[0]["case_id"]
    signed_in(Role.INFORMATION_GOVERNANCE, HOMES)
    restricted(service, case_id)
    assert "no coordinator or chair may open" not in governance.get("/").text
    chair = signed_in(Role.CHAIR)  # comes later, so is not named
    with inside(service):
        db.session.get_one(AccountRow, account_of(Role.COORDINATOR)).disabled_at = NOW
        db.session.commit()
    number, secret = reference(service, case_id), name_in(service, case_id)
    assert "<strong>1</strong> case that no coordinator or chair may open" in governance.get("/").text
    page = governance.get("/tickets").text
    assert number in page and secret not in page
    assert chair.get(f"/cases/{case_id}").status_code == 404
    with service.app_context():
        named = str(account_of(Role.CHAIR))
    told = {"case": str(case_id), "person": named, "reason": "The coordinator has left"}
    assert governance.post("/tickets/name", data=told).status_code == 303
    assert chair.get(f"/cases/{case_id}").status_code == 404
    decide(service, principal(service, Role.INFORMATION_GOVERNANCE, HOMES))
    assert chair.get(f"/cases/{case_id}").status_code == 200
    assert "no coordinator or chair may open" not in governance.get("/").text


@pytest.mark.parametrize(
    "endpoint",
    [
        "openings.break_glass", "openings.approve", "restrictions.restrict", "restrictions.name",
        "restrictions.unname", "restrictions.end", "walls.keep", "walls.lift", "staff_details.add",
    ],
)  # fmt: skip
def test_security_B_what_opens_or_closes_a_case_asks_for_the_second_factor_again(
    service: Flask, endpoint: str
) -> None:
    assert getattr(service.view_functions[endpoint], "step_up", False) is True


def test_security_B_the_glass_stays_whole_where_nobody_could_be_told_and_the_page_says_whom_to_ring(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    homes, case_id = signed_in(Role.REPRESENTATIVE, HOMES), cases[0]["case_id"]
    answer = broken(homes, reference(service, case_id))
    assert answer.status_code == 409 and "Ring the coordinator" in answer.text
    assert homes.get(f"/cases/{case_id}").status_code == 404


def test_security_B_a_coordinator_asks_a_second_person_to_take_off_the_chair_whom_the_page_still_names(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    coordinator, chair = signed_in(Role.COORDINATOR), signed_in(Role.CHAIR)
    case_id, there = cases[0]["case_id"], f"/cases/{cases[0]['case_id']}/access"
    restricted(service, case_id)
    with service.app_context():
        name = account_of(Role.CHAIR)
    assert coordinator.post(f"{there}/unname/{name}").status_code == 409, "without a reason"
    told = coordinator.post(f"{there}/unname/{name}", data={"reason": "She left"}, follow_redirects=True)
    assert "A second coordinator or chair decides" in told.text
    assert chair.get(f"/cases/{case_id}").status_code == 200
    assert "<strong>1</strong> case restricted by somebody else" in chair.get("/").text


def test_M6_governance_reads_how_many_restricted_cases_depend_on_one_person_and_nothing_of_them(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    governance, case_id = signed_in(Role.INFORMATION_GOVERNANCE), cases[0]["case_id"]
    restricted(service, case_id)
    page = governance.get("/").text
    assert "<strong>1</strong> restricted case depends on one person" in page
    assert reference(service, case_id) not in page and name_in(service, case_id) not in page


def test_M6_governance_asks_that_a_wall_be_lifted_from_a_case_open_to_nobody(
    service: Flask, signed_in: SignIn, cases: list[dict[str, UUID]]
) -> None:
    coordinator, governance = signed_in(Role.COORDINATOR), signed_in(Role.INFORMATION_GOVERNANCE)
    signed_in(Role.INFORMATION_GOVERNANCE, HOMES)
    case_id = cases[0]["case_id"]
    walled(service, case_id, Role.COORDINATOR)
    with service.app_context():
        me = str(account_of(Role.COORDINATOR))
    told = {"case": str(case_id), "person": me, "reason": "Another person", "lifts": "y"}
    assert governance.post("/tickets/name", data=told).status_code == 303
    assert coordinator.get(f"/cases/{case_id}").status_code == 404
    decide(service, principal(service, Role.INFORMATION_GOVERNANCE, HOMES))
    assert coordinator.get(f"/cases/{case_id}").status_code == 200
