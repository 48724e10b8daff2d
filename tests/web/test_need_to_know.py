"""What coordinator and chair see and decide of restricted cases, and of staff who may know a party (M6)."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from agenda.circulation import Group
from agenda.list_numbers import HINT
from agenda.need_to_know import RestrictionState, WallGround
from meetingsvc.models import (
    AuditRow,
    ItemRow,
    OpeningRow,
    OutcomeRow,
    PackRow,
    ProposalRow,
    RestrictionRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.usecases import marac, marac_publishing
from meetingsvc.web.navigation import MOST
from tests.a_marac import MONDAY, listed, people_rows, referred
from tests.a_wall import a_wall
from tests.test_permissions import ROLES, allowed
from tests.web.conftest import NOW, SignIn
from tests.web.pages import text
from tests.web.test_walls import (
    HAVEN,
    HOMES,
    account_of,
    belonging,
    inside,
    name_in,
    principal,
    principal_of,
    reference,
    restricted,
    walled,
)

THE_LIST = "/lists/2026-11-23"


@pytest.fixture
def three(service: Flask, signed_in: SignIn) -> list[dict[str, UUID]]:
    """Three cases on Monday's list and on the next agenda, all of one group; what belongs to each."""
    signed_in(Role.COORDINATOR)
    with inside(service):
        items = referred(principal_of(Role.COORDINATOR), [Group.NEW_NO_SAFEGUARDS] * 3)
    with inside(service):
        return [belonging(item) for item in items]


def numbered(page: str) -> dict[str, str]:
    """Each case's number on a list or an agenda, by reference."""
    row = r'data-label="No\.?">(\w+)</td>.*?>(C-\d{6})</a>'
    return {case: number for number, case in re.findall(row, page, re.S)}


def test_M6_everybody_calls_a_case_by_the_same_number_on_list_agenda_and_pack(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    coordinator, haven = signed_in(Role.COORDINATOR), signed_in(Role.REPRESENTATIVE, HAVEN)
    restricted(service, three[0]["case_id"])
    first, second, third = (reference(service, one["case_id"]) for one in three)
    theirs = {second: "1", third: "2"}
    assert numbered(coordinator.get(THE_LIST).text) == theirs | {first: "R"}
    assert numbered(haven.get(THE_LIST).text) == theirs
    assert list(numbered(coordinator.get(THE_LIST).text)) == [second, third, first], "restricted ones last"
    assert "case 1 of 2" in text(coordinator.get(f"/items/{three[1]['item_id']}/outcome"))
    assert f"case R ({first})" in text(coordinator.get(f"/items/{three[0]['item_id']}/outcome"))
    agenda = f"/marac/{three[0]['marac_id']}"
    with service.app_context():
        marac.close(principal_of(Role.COORDINATOR), three[0]["marac_id"], NOW)
        marac_publishing.publish(principal_of(Role.COORDINATOR), three[0]["marac_id"], NOW)
    assert numbered(coordinator.get(agenda).text) == theirs | {first: "R"}
    assert numbered(haven.get(agenda).text) == theirs
    with inside(service):
        pack = f"/packs/{db.session.scalars(select(PackRow.id)).one()}/read"
    for client in (coordinator, haven):
        assert f"1. {second}" in client.get(pack).text and f"2. {third}" in client.get(pack).text


def test_M6_a_case_restricted_after_publication_leaves_no_gap_in_the_pack_either(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    signed_in(Role.CHAIR)
    coordinator = signed_in(Role.COORDINATOR)
    haven, marac_id = signed_in(Role.REPRESENTATIVE, HAVEN), three[0]["marac_id"]
    with service.app_context():
        marac.close(principal_of(Role.COORDINATOR), marac_id, NOW)
        marac_publishing.publish(principal_of(Role.CHAIR), marac_id, NOW)
    with inside(service):
        pack = f"/packs/{db.session.scalars(select(PackRow.id)).one()}/read"
    last = reference(service, three[2]["case_id"])
    assert f"3. {last}" in haven.get(pack).text
    restricted(service, three[0]["case_id"])
    assert f"2. {last}" in haven.get(pack).text and "3. C-" not in haven.get(pack).text
    page = coordinator.get(pack).text
    assert page.index(f"2. {last}") < page.index(" (R): "), "last in its group"


def test_M6_whoever_says_that_they_know_somebody_counts_the_other_cases_as_everybody_does(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    coordinator, haven = signed_in(Role.COORDINATOR), signed_in(Role.REPRESENTATIVE, HAVEN)
    police, marac_id = signed_in(Role.REPRESENTATIVE), three[0]["marac_id"]
    first, second, third = (reference(service, one["case_id"]) for one in three)
    assert HINT not in police.get(THE_LIST).text
    haven.post(f"/cases/{three[0]['case_id']}/i-know-these-people")
    with service.app_context():
        marac.close(principal_of(Role.COORDINATOR), marac_id, NOW)
        marac_publishing.publish(principal_of(Role.COORDINATOR), marac_id, NOW)
    with inside(service):
        pack = f"/packs/{db.session.scalars(select(PackRow.id)).one()}/read"
    theirs = {second: "1", third: "2"}
    for page in (THE_LIST, f"/marac/{marac_id}"):
        assert "2 cases" in haven.get(page).text and "marked R" not in haven.get(page).text
        assert "2 cases and 1 marked R" in coordinator.get(page).text
        assert numbered(haven.get(page).text) == theirs and HINT not in haven.get(page).text
        for client in (police, coordinator):
            told = client.get(page).text
            assert list(numbered(told).items()) == [*theirs.items(), (first, "R")]
            assert told.count(HINT) == 1
    for client in (haven, police, coordinator):
        told = client.get(pack).text
        assert f"1. {second}" in told and f"2. {third}" in told
        assert (f"{first} (R)" in told, told.count(HINT)) == ((False, 0) if client is haven else (True, 1))
    assert "case 1 of 2" in text(coordinator.get(f"/items/{three[1]['item_id']}/outcome"))
    assert f"case R ({first})" in text(coordinator.get(f"/items/{three[0]['item_id']}/outcome"))


def test_M6_before_a_case_is_restricted_the_page_says_who_will_be_able_to_open_it(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    coordinator, chair = signed_in(Role.COORDINATOR), signed_in(Role.CHAIR)
    haven, case_id = signed_in(Role.REPRESENTATIVE, HAVEN), three[0]["case_id"]
    there = f"/cases/{case_id}/access"
    alone = coordinator.post(f"{there}/restrict", data={"reason": "Staff"})
    assert "No agency is named" in alone.text and "Chair" in text(alone) and "Haven" not in text(alone)
    assert haven.get(f"/cases/{case_id}").status_code == 200, "nothing has happened yet"
    with service.app_context():
        rep = str(account_of(Role.REPRESENTATIVE, HAVEN))
    named = coordinator.post(f"{there}/restrict", data={"reason": "Staff", "people": [rep]})
    assert "No agency is named" not in named.text and "Representative, Haven Northtest" in text(named)
    coordinator.post(f"{there}/restrict", data={"reason": "Staff", "sure": "y"})
    assert haven.get(f"/cases/{case_id}").status_code == 404
    assert "No agency is named on it" in chair.get(there).text


def test_security_B_what_waits_for_a_second_person_before_a_marac_is_on_the_home_page_with_its_day(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    coordinator, chair = signed_in(Role.COORDINATOR), signed_in(Role.CHAIR)
    haven = signed_in(Role.REPRESENTATIVE, HAVEN)
    restricted(service, three[0]["case_id"])
    with service.app_context():
        marac.close(principal_of(Role.COORDINATOR), three[0]["marac_id"], NOW)
        marac_publishing.publish(principal_of(Role.COORDINATOR), three[0]["marac_id"], NOW)
    for client in (coordinator, chair):
        page = text(client.get("/"))
        assert "1 case waits for a second person" in page
        assert "By Thursday 3 December 2026, when the MARAC sits" in page
    assert "second person" not in text(haven.get("/"))


def test_M6_who_decides_sees_whom_the_case_is_about_how_high_its_risk_is_and_which_staff_were_found(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    coordinator, case_id = signed_in(Role.COORDINATOR), three[0]["case_id"]
    signed_in(Role.REPRESENTATIVE, HAVEN)
    walled(service, case_id, Role.REPRESENTATIVE, HAVEN)
    with inside(service):
        db.session.add(RestrictionRow(case_id=case_id, area_id=principal_of(Role.COORDINATOR).area_id,
                                      state=RestrictionState.PROPOSED, hides="agencies", reason="Staff",
                                      put_at=NOW))  # fmt: skip
        db.session.commit()
    victim = name_in(service, case_id)
    for page in ("/need-to-know", f"/cases/{case_id}/access"):
        words = text(coordinator.get(page))
        assert victim in words and "High" in words and "hey share this with a person on it: name" in words
        assert "Haven Northtest" in words
    with inside(service):
        line = db.session.scalars(
            select(AuditRow).where(AuditRow.action == "need_to_know.read").order_by(AuditRow.id.desc())
        ).first()
        assert line is not None and str(case_id) in str(line.detail)


def test_M6_who_said_that_they_know_somebody_is_not_described_as_found(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    coordinator, haven = signed_in(Role.COORDINATOR), signed_in(Role.REPRESENTATIVE, HAVEN)
    case_id = three[0]["case_id"]
    haven.post(f"/cases/{case_id}/i-know-these-people")
    page = coordinator.get(f"/cases/{case_id}/access").text
    assert "They said that they know somebody on it" in page and "not the same person" not in page
    with inside(service):
        wall = db.session.scalars(select(WallRow).where(WallRow.case_id == case_id)).one()
        assert wall.ground == WallGround.DECLARED
    lift = coordinator.get(f"/cases/{case_id}/walls/{wall.id}/lift").text
    assert "Why may they open the case after all?" in lift and "not the same person" not in lift


def test_V5_opening_the_page_to_say_that_one_knows_somebody_is_not_logged_as_reading_who_may_open_it(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    signed_in(Role.REPRESENTATIVE, HAVEN).get(f"/cases/{three[0]['case_id']}/i-know-these-people")
    with inside(service):
        said = db.session.scalars(select(AuditRow.action).order_by(AuditRow.id.desc())).first()
    assert said == "wall.declare_opened"


@pytest.mark.parametrize("kind", ["lift", "decline"])
def test_security_B_where_nobody_else_could_confirm_the_page_says_what_to_do(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]], kind: str
) -> None:
    coordinator, case_id = signed_in(Role.COORDINATOR), three[0]["case_id"]
    restricted(service, case_id)
    if kind == "decline":
        with inside(service):
            row = db.session.get_one(RestrictionRow, case_id)
            row.state, row.hides = RestrictionState.PROPOSED, "agencies"
            db.session.commit()
    there = f"/cases/{case_id}/access/end"
    assert "nobody else who runs meetings may open the case" in coordinator.get(there).text
    assert coordinator.post(there, data={"reason": "It was settled"}).status_code == 409
    signed_in(Role.CHAIR)
    if kind == "decline":
        assert "nobody else" not in coordinator.get(there).text
        assert coordinator.post(there, data={"reason": "It was settled"}).status_code == 303


def test_security_B_a_case_that_no_coordinator_may_open_has_its_outcome_recorded_by_a_chair(
    service: Flask, signed_in: SignIn
) -> None:
    chair, _ = signed_in(Role.CHAIR), signed_in(Role.COORDINATOR)
    with inside(service):
        one, other = listed(principal_of(Role.COORDINATOR).area_id, people_rows(2, MONDAY))
        case_id = db.session.get_one(ItemRow, one).case_id
    walled(service, case_id, Role.COORDINATOR)
    page = f"/items/{one}/outcome"
    told = {"risk": "high", "in_place": "no", "refer": "yes", "group": "2", "version": "0", "step": "save"}
    asked = chair.get(page).text
    assert "ask information governance to look at the wall" in asked and "/outcome/stand-in" not in asked
    assert f'href="/cases/{case_id}/access">Who may open it' in asked
    assert chair.post(f"{page}/stand-in", data=told).status_code == 409
    signed_in(Role.CHAIR, HOMES)
    with inside(service):
        wall = db.session.scalars(select(WallRow).where(WallRow.case_id == case_id)).one()
        wall.decided_by, wall.decided_at = account_of(Role.CHAIR, HOMES), NOW
        db.session.commit()
    refused = chair.post(f"/items/{other}/outcome/stand-in", data=told)
    assert refused.status_code == 409 and "A coordinator may open this case" in refused.text
    assert "No coordinator may open this case" not in chair.get(f"/items/{other}/outcome").text
    assert "No coordinator may open this case" in chair.get(f"/items/{one}/outcome").text
    assert f"/items/{one}/outcome" in chair.get(THE_LIST).text
    assert f"/items/{other}/outcome" not in chair.get(THE_LIST).text
    saved = chair.post(f"/items/{one}/outcome/stand-in", data=told)
    assert saved.status_code == 303, text(saved)
    with inside(service):
        assert db.session.get(OutcomeRow, one) is not None
        assert "outcome.stood_in" in db.session.scalars(select(AuditRow.action)).all()


@pytest.mark.parametrize("role", ROLES[:7])
def test_the_bar_has_seven_places_at_most_and_the_rest_is_under_more(signed_in: SignIn, role: Role) -> None:
    client = signed_in(role)
    page = client.get("/").text
    bar = page.partition('aria-label="Main"')[2].partition("</nav>")[0]
    assert 0 < bar.count("<li") <= MOST
    more = client.get("/more").text
    if "/more" not in bar:
        assert "Everything that is open to you" in more
    for permission, href in (("account:confirm", "/decisions"), ("refusal:read", "/refusals")):
        if allowed(role, permission):
            assert f'href="{href}"' in bar + more


def test_security_B_who_proposed_something_reads_for_a_week_how_it_ended(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    coordinator, chair = signed_in(Role.COORDINATOR), signed_in(Role.CHAIR)
    number = reference(service, three[0]["case_id"])
    restricted(service, three[0]["case_id"])
    coordinator.post(f"/cases/{three[0]['case_id']}/access/end", data={"reason": "It was settled"})
    assert "What you proposed" not in coordinator.get("/").text
    with inside(service):
        proposal = db.session.scalars(select(ProposalRow.id)).one()
    chair.post(f"/decisions/{proposal}", data={"decision": "refuse", "why": "She is still at risk"})
    home = text(coordinator.get("/"))
    assert f"What you proposed Lift a restriction, {number} : refused by" in home
    assert "What you proposed" not in chair.get("/").text
    with inside(service):
        row = db.session.get_one(ProposalRow, proposal)
        row.decided_at = NOW - timedelta(days=7)
        db.session.commit()
    assert "What you proposed" not in coordinator.get("/").text


def test_V5_governance_finds_lines_by_a_case_as_the_log_prints_it_and_by_what_was_done(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    governance, coordinator = signed_in(Role.INFORMATION_GOVERNANCE), signed_in(Role.COORDINATOR)
    case_id, action_id = three[0]["case_id"], three[0]["action_id"]
    coordinator.get(f"/cases/{case_id}")
    coordinator.get(f"/actions/{action_id}")
    coordinator.get(f"/items/{three[1]['item_id']}/outcome")
    page = governance.get("/audit").text
    assert "Case reference" not in page and "C-0001" not in page
    sent = governance.post("/audit", data={"subject": f"case/{case_id}"})
    assert sent.status_code == 303
    lines = governance.get(sent.location).text
    assert f"case/{case_id}" in lines and f"case/{three[1]['case_id']}" not in lines
    assert f"action/{action_id}" in lines, "whatever was done to anything of the case"
    only = governance.get("/audit?action=case.read").text.partition("<tbody>")[2]
    assert "Opened a case" in only and "Opened this log" not in only


def test_M6_a_wall_of_an_agency_that_stays_is_in_the_homes_of_those_who_look(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    coordinator = signed_in(Role.COORDINATOR)
    signed_in(Role.REPRESENTATIVE, HOMES)
    with service.app_context():
        a_wall(principal(service, Role.COORDINATOR).area_id, three[0]["case_id"],
               account_of(Role.REPRESENTATIVE, HOMES))  # fmt: skip
    assert "1 match of staff who may know somebody on a case" in text(coordinator.get("/"))


def test_M6_going_back_to_name_others_keeps_the_reason_and_whoever_was_ticked(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    coordinator, _ = signed_in(Role.COORDINATOR), signed_in(Role.REPRESENTATIVE, HAVEN)
    there = f"/cases/{three[0]['case_id']}/access/restrict"
    with service.app_context():
        rep = str(account_of(Role.REPRESENTATIVE, HAVEN))
    data = {"reason": "A councillor's case", "people": [rep], "sure": "y"}
    asked = coordinator.post(there, data=data | {"sure": []})
    assert 'name="back"' in asked.text and f'href="{there}"' not in asked.text, "a link would lose them"
    again = coordinator.post(there, data=data | {"back": "y"})
    assert again.status_code == 200 and f'value="{rep}" checked' in again.text
    assert "A councillor&#39;s case" in again.text
    with inside(service):
        assert db.session.get(RestrictionRow, three[0]["case_id"]) is None, "nothing has happened"
    forgot = coordinator.post(there, data=data | {"reason": ""})
    assert forgot.status_code == 422 and f'value="{rep}" checked' in forgot.text


def test_M6_naming_nobody_is_no_success(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    coordinator, case_id = signed_in(Role.COORDINATOR), three[0]["case_id"]
    restricted(service, case_id)
    answer = coordinator.post(f"/cases/{case_id}/access/name")
    assert answer.status_code == 409 and "Choose somebody to name" in text(answer)


def test_security_B_a_proposal_says_which_case_and_who_decided_and_what_a_refusal_lacks(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    coordinator, chair = signed_in(Role.COORDINATOR), signed_in(Role.CHAIR)
    case_id, number = three[0]["case_id"], reference(service, three[0]["case_id"])
    restricted(service, case_id)
    coordinator.post(f"/cases/{case_id}/access/end", data={"reason": "It was settled"})
    with inside(service):
        proposal = db.session.scalars(select(ProposalRow.id)).one()
    there = f"/decisions/{proposal}"
    assert f"Lift a restriction, {number}" in text(chair.get("/decisions"))
    assert "but not to staff kept from it" in text(chair.get(there))
    refused = chair.post(there, data={"decision": "refuse", "why": ""})
    assert refused.status_code == 422 and "Say why you refuse." in text(refused)
    chair.post(there, data={"decision": "refuse", "why": "She is still at risk"})
    assert f"Lift a restriction, {number} : refused by" in text(coordinator.get("/"))
    listed_there = text(coordinator.get("/decisions"))
    assert f"Lift a restriction, {number}" in listed_there and "Refused by " in listed_there
    assert f'href="/cases/{case_id}">{number}' in coordinator.get(there).text


def test_security_B_the_glass_is_not_broken_for_a_case_that_is_open_anyway(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    haven, homes = signed_in(Role.REPRESENTATIVE, HAVEN), signed_in(Role.REPRESENTATIVE, HOMES)
    signed_in(Role.CHAIR)
    case_id, number = three[0]["case_id"], reference(service, three[0]["case_id"])
    data = {"reference": number, "reason": "She has just rung us"}
    for page in ("/break-glass", "/break-glass/open"):
        needless = haven.post(page, data=data)
        assert needless.status_code == 409 and "You may open this case already" in text(needless)
        assert f'href="/cases/{case_id}"' in needless.text
    with inside(service):
        assert not db.session.scalars(select(OpeningRow)).all()
    for _ in range(2):  # what is open because of a broken glass is not theirs
        assert homes.post("/break-glass/open", data=data).status_code == 303


def test_security_B_a_case_restricted_of_late_leads_to_the_log(
    service: Flask, signed_in: SignIn, three: list[dict[str, UUID]]
) -> None:
    chair, governance = signed_in(Role.CHAIR), signed_in(Role.INFORMATION_GOVERNANCE)
    restricted(service, three[0]["case_id"])
    for client in (chair, governance):
        card = client.get("/").text.partition("Restricted cases</h2>")[2].partition("</section>")[0]
        assert 'href="/audit?sort=access"' in card
        assert "Restricted a case" in client.get("/audit?sort=access").text.partition("<tbody>")[2]
