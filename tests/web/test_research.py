"""The pages on which agencies answer before a meeting, and the one that shows who has not (D1, M2)."""

import re
from collections import defaultdict
from datetime import date, timedelta
from html.parser import HTMLParser
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from meetingsvc.models import (
    AccountRow,
    AreaRow,
    ItemRow,
    NamedRow,
    NoteRow,
    ResearchAnswerRow,
    ResearchNamedRow,
    ResearchRequestRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import acting, lists
from meetingsvc.usecases import lists as building
from meetingsvc.usecases import research_asking
from meetingsvc.usecases.transaction import saved
from tests.builders import a_row, take_in
from tests.proofs import figure
from tests.servers.remembered import remembered
from tests.web.conftest import NOW, SignIn
from tests.web.routes import statements

CASES = 15


@pytest.fixture
@remembered
def meeting_id(service: Flask) -> UUID:
    """A circulated list of fifteen cases."""
    with service.app_context():
        area = db.session.scalars(select(AreaRow)).one()
        rows = [a_row(recorded_at="2026-11-20T12:00:00+00:00") for _ in range(CASES)]
        take_in(area.id, *rows)
        with saved():
            built = building.build(db.session.get_one(AreaRow, area.id), date(2026, 11, 23), "test", NOW)
            research_asking.ask(area.id, built.meeting_id, "test", NOW)
        assert lists.count_items(built.meeting_id) == CASES
        return built.meeting_id


@pytest.fixture
def rep(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.REPRESENTATIVE)


class Fields(HTMLParser):
    """What a browser would send of the page as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = defaultdict(list)
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name = told.get("name") or ""
        if tag == "textarea":
            self._area = name
            self.found[name] = [""]
        elif tag == "input" and name not in ("", "csrf_token"):
            if told.get("type") not in ("radio", "checkbox") or "checked" in told:
                self.found[name].append(told.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[self._area] = [data]


class Page:
    """The page of boxes as a browser without JavaScript holds it."""

    def __init__(self, client: FlaskClient, meeting_id: UUID) -> None:
        self.client, self.here = client, f"/research/{meeting_id}"
        self.clicks = 0
        self.load(self.here)

    def load(self, path: str) -> None:
        answer = self.client.get(path)
        assert answer.status_code == 200, path
        self.read(answer.text)

    def read(self, text: str) -> None:
        self.text = text
        form = Fields()
        form.feed(text)
        self.fields = form.found
        self.boxes = self.fields["box"]

    def type(self, box: str, **told: str) -> str:
        """Into the last, empty piece of a box."""
        key = self.fields[f"{box}-entry"][-1]
        usual = {"text": "Rent arrears.", "kind": "fact", "source": "Tenancy file", "confirmed": "y"}
        for name, value in (usual | told).items():
            self.fields[f"{key}-{name}"] = [value]
        return key

    def press(self, do: str) -> int:
        """Presses a button, and follows where it leads."""
        self.clicks += 1
        answer = self.client.post(self.here, data=self.fields | {"do": do})
        if answer.status_code == 303:
            self.load(answer.location.partition("#")[0])
        elif answer.mimetype == "text/html":
            self.read(answer.text)
        return answer.status_code


def test_D1_fifteen_cases_are_answered_with_one_click_each(
    service: Flask, rep: FlaskClient, meeting_id: UUID
) -> None:
    page = Page(rep, meeting_id)
    assert len(page.boxes) == CASES
    for box in page.boxes:
        assert page.press(f"nothing.{box}") == 303
    figure("research", "{cases} cases answered with {clicks} clicks", cases=CASES, clicks=page.clicks)
    assert page.clicks <= 2 * CASES
    assert f"<strong>{CASES} of {CASES}</strong> answered" in page.text
    with service.app_context():
        assert len(db.session.scalars(select(ResearchAnswerRow)).all()) == CASES


def test_D1_all_that_are_left_are_answered_after_one_look(rep: FlaskClient, meeting_id: UUID) -> None:
    page = Page(rep, meeting_id)
    page.type(page.boxes[0])
    assert page.press("nothing-rest") == 303
    assert f"Nothing held on these {CASES - 1}" in page.text, "where something is typed nothing is answered"
    answer = rep.post(f"{page.here}/nothing-held", data={"box": page.boxes})
    assert answer.status_code == 303
    page.load(page.here)
    assert f"<strong>{CASES - 1} of {CASES}</strong> answered" in page.text and "Rent arrears." in page.text


def test_D1_every_button_keeps_what_is_typed_in_every_box(rep: FlaskClient, meeting_id: UUID) -> None:
    page = Page(rep, meeting_id)
    first, second, third = page.boxes[:3]
    page.type(first)
    page.type(second, text="Asked for a transfer.", kind="")
    assert page.press(f"nothing.{third}") == 303
    assert "Rent arrears." in page.text and "Asked for a transfer." in page.text
    assert page.press("send-all") == 422, "the one that is whole is sent; the other is shown again"
    assert "Sent: 1 answer." in page.text and "Asked for a transfer." in page.text
    assert "Say whether this is fact or professional opinion" in page.text
    assert 'class="govuk-error-summary"' in page.text


def test_R2_what_is_sent_stands_on_the_page_of_the_outcome_at_once(
    service: Flask, signed_in: SignIn, rep: FlaskClient, meeting_id: UUID
) -> None:
    page = Page(rep, meeting_id)
    page.type(page.boxes[0])
    assert page.press(f"send.{page.boxes[0]}") == 303
    haven = Page(signed_in(Role.IDVA, "Haven Northtest"), meeting_id)
    haven.press(f"nothing.{page.boxes[0]}")
    text = signed_in(Role.COORDINATOR).get(f"/items/{page.boxes[0]}/outcome").text
    shown = re.sub(r"<[^>]+>|\s+", " ", text)
    assert "Rent arrears." in shown
    assert re.search(r"Research sent\s+Northtest Police", shown)
    assert re.search(r"Nothing held\s+Haven Northtest", shown)
    text = signed_in(Role.COORDINATOR).get(f"/items/{page.boxes[1]}/outcome").text
    assert re.search(r"Not answered\s+Haven Northtest, Northtest Police", re.sub(r"<[^>]+>|\s+", " ", text))


def test_D1_somebody_elses_text_stands_beside_mine_and_saving_again_keeps_mine(
    signed_in: SignIn, rep: FlaskClient, meeting_id: UUID
) -> None:
    mine, theirs = Page(rep, meeting_id), Page(signed_in(Role.IDVA), meeting_id)
    theirs.type(theirs.boxes[0], text="Theirs stands.")
    assert theirs.press("save") == 303
    mine.type(mine.boxes[0], text="Mine is new.")
    assert mine.press("save") == 409
    assert "Theirs stands." in mine.text and "Mine is new." in mine.text
    assert mine.press("save") == 303
    assert "Mine is new." in mine.text and "Theirs stands." not in mine.text


def test_D1_a_box_is_kept_as_one_types(rep: FlaskClient, signed_in: SignIn, meeting_id: UUID) -> None:
    page, other = Page(rep, meeting_id), Page(signed_in(Role.IDVA), meeting_id)
    box = page.boxes[0]
    page.type(box)
    one = {name: value for name, value in page.fields.items() if name != "box"} | {"box": [box]}
    answer = rep.post(f"{page.here}/draft", data=one)
    assert answer.status_code == 200 and answer.json
    assert answer.json["was"][box] != page.fields[f"{box}-was"][0]
    other.type(box, text="Other.")
    refused = other.client.post(f"{page.here}/draft", data=other.fields)
    assert refused.status_code == 409 and refused.json and "changed this box" in refused.json["why"]


def test_M2_somebody_is_named_and_asked_of_the_others(
    service: Flask, signed_in: SignIn, rep: FlaskClient, meeting_id: UUID
) -> None:
    page = Page(rep, meeting_id)
    box = page.boxes[0]
    page.fields[f"{box}-naming-name"] = ["Wren Moss"]
    assert page.press(f"name.{box}") == 422 and "Say why they are at risk" in page.text
    told = {"kind": "child", "name": "Wren Moss", "dob": "", "relation": "Cousin", "why": "Stays there"}
    for name, value in told.items():
        page.fields[f"{box}-naming-{name}"] = [value]
    assert page.press(f"name.{box}") == 303
    with service.app_context():
        assert db.session.scalars(select(ResearchNamedRow.name)).one() == "Wren Moss"
    assert "Wren Moss" in Page(signed_in(Role.IDVA, "Haven Northtest"), meeting_id).text
    grid = signed_in(Role.COORDINATOR).get(f"/meetings/{meeting_id}/research").text
    assert "Wren Moss" in grid and "0 of 2" in grid


def test_D1_it_is_on_the_first_page_and_on_the_list(
    signed_in: SignIn, rep: FlaskClient, meeting_id: UUID
) -> None:
    assert f"/research/{meeting_id}" in rep.get("/").text
    assert f"/research/{meeting_id}" in rep.get("/research").text
    coordinator = signed_in(Role.COORDINATOR)
    assert "Research in: 0 of 2" in coordinator.get("/lists/2026-11-23").text
    home = coordinator.get("/").text
    assert f"/meetings/{meeting_id}/research" in home and "Northtest Police (15)" in home
    assert "Research in" not in rep.get("/lists/2026-11-23").text


def kept_to(service: Flask, meeting_id: UUID, *roles: Role) -> ItemRow:
    """The first case is restricted to who has these roles."""
    with service.app_context(), acting.service():
        with saved():
            rows = select(ItemRow).where(ItemRow.meeting_id == meeting_id).order_by(ItemRow.position)
            item = db.session.scalars(rows).first()
            assert item
            of = {"case_id": item.case_id, "area_id": item.area_id}
            db.session.add(RestrictionRow(**of, state="restricted", hides="unnamed", reason="", put_at=NOW))
            for one in db.session.scalars(select(AccountRow.id).where(AccountRow.role.in_(roles))):
                db.session.add(NamedRow(**of, account_id=one, named_by=one, named_at=NOW))
        db.session.refresh(item)
        db.session.expunge_all()
        return item


def test_D1_M6_a_case_that_is_asked_of_nobody_says_so_to_who_may_open_it_and_runs_meetings(
    service: Flask, signed_in: SignIn, rep: FlaskClient, meeting_id: UUID
) -> None:
    coordinator = signed_in(Role.COORDINATOR)
    item = kept_to(service, meeting_id, Role.COORDINATOR)
    words = "Haven Northtest, Northtest Police may open this case"
    grid, outcome = f"/meetings/{meeting_id}/research", f"/items/{item.id}/outcome"
    for page in (grid, outcome):
        told = coordinator.get(page).text
        assert words in told and f"/cases/{item.case_id}/access" in told, page
    assert "Asked of nobody" in coordinator.get("/").text
    chair = signed_in(Role.CHAIR)
    assert chair.get(outcome).status_code == rep.get(outcome).status_code == 404
    for page in (chair.get(grid), chair.get("/"), rep.get("/"), rep.get("/lists/2026-11-23")):
        assert "may open this case" not in page.text and "sked of nobody" not in page.text


def test_D1_research_that_is_due_and_not_sent_says_so_on_the_first_page(
    rep: FlaskClient, service: Flask, meeting_id: UUID
) -> None:
    assert "Overdue" not in rep.get("/").text
    with service.app_context(), acting.service(), saved():
        db.session.execute(update(ResearchRequestRow).values(due_at=NOW - timedelta(days=1)))
    assert "Overdue" in rep.get("/").text


def test_D1_who_is_asked_nothing_is_told_so(signed_in: SignIn, meeting_id: UUID) -> None:
    homes = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    assert "Nothing is asked of your agency" in homes.get("/research").text
    for path in (f"/research/{meeting_id}", f"/research/{uuid4()}"):
        assert homes.get(path).status_code == 404


def test_the_page_asks_the_database_as_often_for_fifteen_cases_as_for_one(
    service: Flask, rep: FlaskClient, meeting_id: UUID
) -> None:
    with statements(service) as said:
        rep.get(f"/research/{meeting_id}")
    assert len(said) <= 45, len(said)
    with statements(service) as said:
        rep.get("/research")
    assert len(said) <= 20, len(said)


def test_a_form_that_no_person_sent_is_no_error_of_ours(
    service: Flask, rep: FlaskClient, meeting_id: UUID
) -> None:
    here = f"/research/{meeting_id}"
    assert rep.post(here, data={"do": "nothing.x"}).status_code == 400
    assert rep.post(here, data={"do": f"nothing.{uuid4()}"}).status_code == 404
    assert rep.post(here, data={"do": f"send.{uuid4()}", "box": "x"}).status_code in (404, 409)
    box = str(uuid4())
    one = {"box": box, f"{box}-entry": str(uuid4()), "do": "save"}
    assert rep.post(here, data=one).status_code == 303, "nothing was typed in it"
    assert rep.post(f"{here}/nothing-held", data={"box": str(uuid4())}).status_code == 404
    with service.app_context():
        assert db.session.scalars(select(NoteRow)).all() == []
