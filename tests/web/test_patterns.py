"""The pages of what is the same of several children, and of hot spots (Rulebook E2, M6, W4)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from agenda.patterns import Trait
from agenda.subjects import SubjectKind, Tie
from meetingsvc.models import AccountRow, AgencyRow, AuditRow, LinkRow, PatternRow, SubjectRow, db
from meetingsvc.permissions import Role
from meetingsvc.usecases.transaction import saved
from tests.a_subject import a_link, a_subject, a_trait
from tests.a_wall import a_wall
from tests.an_episode import put_episode
from tests.an_exploitation_referral import runs_exploitation
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.pages import text

#: About pages, not about what a database does.
pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True, scope="session")
VAN, PARK = "NM26 OXA", "Moor Park, Northmoor"
NAMES = ("Kit Valewright", "Ann <b>Sorrel", "Joe Teasel")
SUMMER = datetime(2026, 8, 5, 20, tzinfo=UTC)  # 21:00 on a Wednesday
TIED = {"how": "SEEN_WITH", "strength": "likely", "reason": "Both were in it"}
GROUPED = {"how": "group", "group": "The van crew", "strength": "possible", "reason": "One van"}


def runs(service: Flask, client: FlaskClient, role: Role) -> FlaskClient:
    with service.app_context():
        row = AccountRow
        runs_exploitation(db.session.scalars(select(row.id).where(row.role == role)).one(), NOW)
    return client


@pytest.fixture
def runner(service: Flask, signed_in: SignIn) -> FlaskClient:
    return runs(service, signed_in(Role.COORDINATOR), Role.COORDINATOR)


@pytest.fixture
def there(service: Flask, runner: FlaskClient) -> dict[str, UUID]:
    """Three children of whom one van is told; and who stands for everything else of their area."""
    with service.app_context(), saved():
        agency = agency_named("Northtest Police")
        area = db.session.get_one(AgencyRow, agency).area_id
        by = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)).one()
        found = {name.split()[0].lower(): a_subject(area, SubjectKind.CHILD, name) for name in NAMES}
        for child in found.values():
            a_trait(area, child, agency, by, Trait.VEHICLE, VAN)
    return found | {"area": area, "agency": agency, "by": by}


def children(there: dict[str, UUID]) -> list[UUID]:
    return [there[name] for name in ("kit", "ann", "joe")]


def form_of(client: FlaskClient, path: str) -> tuple[str, dict[str, str]]:
    """Where the first pattern's page of a step is, and what it sends along."""
    at = re.search(rf'href="({re.escape(path)}\?of=[^"]+)"', client.get("/patterns").text)
    assert at
    page = client.get(at[1]).text
    return at[1], {
        name: found[1]
        for name in ("of", "seen")
        if (found := re.search(rf'name="{name}"[^>]* value="([^"]*)"', page))
    }


def hidden_from_runner(service: Flask, there: dict[str, UUID], name: str) -> None:
    with service.app_context():
        a_wall(there["area"], there[name], there["by"])


def test_E2_the_page_says_what_is_the_same_of_whom_and_what_tells_it(
    runner: FlaskClient, there: dict[str, UUID]
) -> None:
    page = runner.get("/patterns")
    assert "Vehicle: NM26 OXA" in text(page) and "3: " in text(page)
    assert "Ann &lt;b&gt;Sorrel" in page.text and "style=" not in page.text
    at, sent = form_of(runner, "/patterns/link")
    told = text(runner.get(at))
    assert "The same vehicle is told of 3 children" in told
    assert "Told by Ada Moor, Northtest Police, as fact. Seen at school" in told
    assert set(map(UUID, sent["seen"].split())) == set(children(there))
    assert "Seen with" not in told, "of more than two, a group"


def test_E2_they_are_put_in_a_group_and_the_page_says_so(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    at, sent = form_of(runner, "/patterns/link")
    done = runner.post("/patterns/link", data=sent | GROUPED)
    assert done.status_code == 303 and done.location == "/patterns"
    page = text(runner.get("/patterns"))
    assert "Linked, or set aside" in page and "One van" in page and "waits for you" in page
    child = text(runner.get(f"/children/{there['kit']}"))
    assert "The van crew" in child and "One van" not in child, "the reason may name another child"
    with service.app_context():
        assert db.session.scalar(select(func.count()).select_from(LinkRow)) == 3


def test_E2_what_is_set_aside_comes_back_with_another_child_and_says_so(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    _, sent = form_of(runner, "/patterns/set-aside")
    assert runner.post("/patterns/set-aside", data=sent | {"reason": "The bus"}).status_code == 303
    assert "Another child" not in runner.get("/patterns").text
    with service.app_context(), saved():
        ivy = a_subject(there["area"], SubjectKind.CHILD, "Ivy Reed")
        a_trait(there["area"], ivy, there["agency"], there["by"], Trait.VEHICLE, VAN)
    assert "Another child" in runner.get("/patterns").text
    late = runner.post("/patterns/set-aside", data=sent | {"reason": "The bus, still"})
    assert late.status_code == 409 and "has changed since you opened it" in text(late)
    assert "The bus, still" in late.text and "Ivy Reed" in late.text, "what was typed is not lost"


@pytest.mark.parametrize("path, typed, why", [
    ("/patterns/set-aside", {"reason": " "}, "Say why it means nothing"),
    ("/patterns/link", {}, "Choose how you link them"),
    ("/patterns/link", GROUPED | {"group": ""}, "Enter what the group or network is called"),
    ("/patterns/link", GROUPED | {"reason": "x" * 2001}, "Use 2,000 characters or fewer"),
])  # fmt: skip
def test_E2_what_is_missing_is_said_at_its_field_and_nothing_is_saved(
    service: Flask, runner: FlaskClient, there: dict[str, UUID], path: str, typed: dict[str, str], why: str
) -> None:
    _, sent = form_of(runner, path)
    answer = runner.post(path, data=sent | typed)
    assert answer.status_code == 422 and why in text(answer) and "There is a problem" in text(answer)
    with service.app_context():
        assert db.session.scalar(select(func.count()).select_from(PatternRow)) == 0


def test_E2_M6_of_a_hidden_child_no_page_tells(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    at, sent = form_of(runner, "/patterns/link")
    hidden_from_runner(service, there, "ann")
    page = runner.get("/patterns")
    assert "Sorrel" not in page.text and "2: " in text(page) and "Sorrel" not in runner.get(at).text
    hidden_from_runner(service, there, "joe")
    assert "Valewright" not in runner.get("/patterns").text
    gone, none = runner.get(at), runner.get(f"/patterns/link?of={uuid4()}")
    assert gone.status_code == none.status_code == 404
    for path in ("/patterns/link", "/patterns/set-aside"):
        assert runner.post(path, data=sent | GROUPED).status_code == 404
    for path in ("/patterns/link", "/patterns/link?of=", "/patterns/set-aside?of=x"):
        assert runner.get(path).status_code == 404


def test_E2_two_are_linked_to_each_other(service: Flask, runner: FlaskClient, there: dict[str, UUID]) -> None:
    hidden_from_runner(service, there, "joe")
    _, sent = form_of(runner, "/patterns/link")
    assert runner.post("/patterns/link", data=sent | TIED).status_code == 303
    child = text(runner.get(f"/children/{there['kit']}"))
    assert "seen with" in child and "Likely, professional opinion" in child and "Teasel" not in child


PAGES = ("/patterns", "/patterns/link", "/patterns/set-aside", "/hot-spots")


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CHAIR])
def test_D1_E4_who_runs_no_panel_of_exploitation_finds_no_such_page(
    service: Flask, signed_in: SignIn, role: Role
) -> None:
    client = signed_in(role)
    assert {path: client.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 404)
    assert "/patterns" not in client.get("/more").text


def test_V5_who_opens_them_leaves_a_trace_of_whom_they_named(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    runner.get("/patterns")
    runner.get("/hot-spots")
    with service.app_context():
        rows = db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(2)).all()
    assert [one.action for one in rows] == ["hot_spots.read", "pattern.list_read"]
    assert set(map(UUID, rows[1].detail["cases"].split())) == set(children(there))


def test_E2_who_runs_them_comes_to_both_from_their_first_page_and_more(
    runner: FlaskClient, there: dict[str, UUID]
) -> None:
    home, more = runner.get("/").text, runner.get("/more").text
    assert "1 to look at: the same is told of several children" in home and 'href="/patterns"' in home
    assert 'href="/patterns"' in more and 'href="/hot-spots"' in more


# -- hot spots --


def in_the_park(service: Flask, there: dict[str, UUID], how_many: int) -> None:
    """So many children were found in the park on a summer evening, and one in the arcade."""
    with service.app_context(), saved():
        told: dict[str, Any] = {"returned_at": SUMMER, "from_where": ""}
        for number in range(how_many):
            child = a_subject(there["area"], SubjectKind.CHILD, f"Child {number}")
            put_episode(there["area"], child, there["by"], SUMMER - timedelta(hours=3), found_where=PARK,
                        **told)  # fmt: skip
        put_episode(there["area"], there["kit"], there["by"], SUMMER - timedelta(hours=3),
                    found_where="Penny Arcade, Northmoor", **told)  # fmt: skip


def test_E2_W4_a_hot_spot_is_a_place_and_a_time_rounded_and_in_the_chart_as_in_the_table(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    in_the_park(service, there, 6)
    page = runner.get("/hot-spots?from=1/7/2026&to=30/9/2026")
    assert page.status_code == 200 and "1 July 2026 to 30 September 2026" in text(page)
    table = page.text.split("<table")[1]
    row = text_of(table.split("Moor Park")[1].split("</tr>")[0])
    assert row.endswith("0 5 0 0 0 0 5"), "six on a weekday evening, in multiples of five"
    first = page.text.split("<svg")[1].split("</svg>")[0]
    assert "Moor Park" in first and ">5</text>" in first and 'role="img"' in first
    assert "Arcade" not in page.text, "one child alone is no hot spot"
    assert ">6<" not in page.text


def test_E2_W4_M6_a_hidden_child_is_not_counted(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    in_the_park(service, there, 3)
    asked = "/hot-spots?from=1/7/2026&to=30/9/2026"
    assert "Moor Park" in runner.get(asked).text
    with service.app_context():
        for number in (0, 1):
            a_wall(there["area"], child_named(f"Child {number}"), there["by"])
    page = runner.get(asked)
    assert "Moor Park" not in page.text and "No place stands out" in text(page)


def test_E2_W4_a_person_of_concern_at_a_place_is_no_child(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    with service.app_context(), saved():
        park = a_subject(there["area"], SubjectKind.PLACE, PARK)
        men = [a_subject(there["area"], SubjectKind.PERSON, f"Bo Zabel{number}") for number in range(3)]
        for who in (*men, there["kit"], there["ann"]):
            a_link(there["area"], who, park, there["agency"], there["by"], Tie.SEEN_AT, on=SUMMER.date())
    assert "Moor Park" not in runner.get("/hot-spots").text, "two children round to none"


def child_named(name: str) -> UUID:
    return db.session.scalars(select(SubjectRow.case_id).where(SubjectRow.name == name)).one()


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.parametrize("asked, why", [
    ("from=31/6/2026&to=30/9/2026", "Enter the first day, like 1/7/2026"),
    ("from=1/7/2026&to=", "Enter the last day, like 1/7/2026"),
    ("from=1/9/2026&to=1/7/2026", "The last day comes before the first"),
    ("from=1/7/2026&to=1/10/2026", "Only whole quarters that are over are counted"),
    ("from=1/7/0001&to=30/9/2026", "Choose 8 quarters at most"),
])  # fmt: skip
def test_E2_a_day_that_is_none_is_said_and_what_was_typed_is_not_lost(
    runner: FlaskClient, asked: str, why: str
) -> None:
    answer = runner.get(f"/hot-spots?{asked}")
    assert answer.status_code == 422 and text(answer).count(why) == 2, "in the summary and at the field"
    for typed in re.findall(r"=([^&]+)", asked):
        assert f'value="{typed}"' in answer.text


def test_E2_without_days_the_last_four_quarters_are_shown_and_an_empty_page_says_what_to_do(
    runner: FlaskClient,
) -> None:
    page = runner.get("/hot-spots")
    assert "1 October 2025 to 30 September 2026" in text(page)
    assert "No place stands out in this time" in text(page) and 'href="/episodes"' in page.text


def test_E2_where_a_child_lives_is_no_hot_spot_and_where_one_was_seen_is(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    with service.app_context(), saved():
        home = a_subject(there["area"], SubjectKind.PLACE, "Fell Lane Hostel")
        park = a_subject(there["area"], SubjectKind.PLACE, PARK)
        for child in children(there):
            told = (there["agency"], there["by"])
            a_link(there["area"], child, home, *told, Tie.LIVES_AT, on=SUMMER.date())
            a_link(there["area"], child, park, *told, Tie.SEEN_AT, on=SUMMER.date())
    page = runner.get("/hot-spots").text
    assert "Hostel" not in page and f'href="/places/{park}"' in page
    table = page.split("<table")[1]
    assert text_of(table.split("Moor Park")[1].split("</tr>")[0]).endswith("0 0 0 0 0 5 5"), "on a day"
