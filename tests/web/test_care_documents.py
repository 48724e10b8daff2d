"""Documents of social care are read on the screen, and leave by no route (Rulebook E4)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.agencies import AgencyKind
from agenda.need_to_know import WallGround, WallState
from agenda.panels import Family
from agenda.subjects import SubjectKind
from meetingsvc import ways
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AreaRow,
    AuditRow,
    Base,
    CareDocumentRow,
    CaseRow,
    ItemRow,
    MeetingRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import accounts, acting, care_documents, disclosure_items, scope_documents
from meetingsvc.usecases.transaction import saved
from minutes.screen_only import Way
from tests.a_care_document import (
    TEXT,
    put_child,
    put_document,
    put_on_agenda,
    runs_both,
    sits_on_mace,
)
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.routes import doors
from tests.web.test_access import fill

TITLE, AUTHOR = "Child and family assessment", "Cy Vale"
CARE, PARTNER, OTHER = "Northtest Homes", "Northtest Police", "Haven Northtest"


@dataclass
class Ground:
    """A child on the agenda of MACE, with a document; social care, a partner, and an agency beside."""

    service: Flask
    area_id: UUID
    case_id: UUID
    item_id: UUID
    document_id: UUID
    care: FlaskClient
    partner: FlaskClient
    other: FlaskClient
    runner: FlaskClient

    @property
    def page(self) -> str:
        return f"/children/{self.case_id}/documents"

    @property
    def one(self) -> str:
        return f"{self.page}/{self.document_id}"

    @property
    def readers(self) -> tuple[FlaskClient, ...]:
        return self.care, self.partner, self.runner


@pytest.fixture
def ground(service: Flask, signed_in: SignIn) -> Ground:
    care, partner, other = (signed_in(Role.REPRESENTATIVE, name) for name in (CARE, PARTNER, OTHER))
    runner = signed_in(Role.COORDINATOR)
    with service.app_context():
        area = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        with saved():
            sits_on_mace(agency_named(CARE), AgencyKind.CHILDRENS_SOCIAL_CARE)
            sits_on_mace(agency_named(PARTNER))
            runs_both(account(Role.COORDINATOR), NOW)
            case = put_child(area)
            item = put_on_agenda(area, case, NOW)
            of = agency_named(CARE)
            document = put_document(area, case, of, account(Role.REPRESENTATIVE, of), NOW)
    return Ground(service, area, case, item, document, care, partner, other, runner)


def account(role: Role, agency: UUID | None = None) -> UUID:
    rows = select(AccountRow.id).where(AccountRow.role == role)
    found: UUID = db.session.scalars(rows.where(AccountRow.agency_id == agency) if agency else rows).one()
    return found


def changed(ground: Ground, change: Callable[[], None]) -> None:
    with ground.service.app_context():
        with saved():
            change()
        db.session.remove()


def test_E4_partners_read_it_on_the_screen_with_their_name_and_the_time_across_it(ground: Ground) -> None:
    for client in ground.readers:
        assert TITLE in client.get(ground.page).text
        page = client.get(ground.one)
        assert page.status_code == 200 and TEXT in page.text
        assert "On screen only: do not copy." in page.text and "Monday 23 November 2026 08:30" in page.text
    assert "Northtest Police, Monday 23 November" in ground.partner.get(ground.one).text


def test_E4_its_text_stands_on_its_own_page_alone_and_its_title_in_no_title(ground: Ground) -> None:
    for client in ground.readers:
        assert TEXT not in client.get(ground.page).text
        for path in (ground.page, ground.one):
            (title,) = re.findall(r"<title>(.*?)</title>", client.get(path).text, re.S)
            assert TITLE not in title and "Qz" not in title


def test_E4_the_page_is_kept_by_no_browser_and_does_not_print(ground: Ground) -> None:
    answer = ground.partner.get(ground.one)
    assert answer.mimetype == "text/html" and answer.headers["Cache-Control"] == "no-store"
    assert "Content-Disposition" not in answer.headers
    (sheet,) = re.findall(r'href="([^"]*screen_only\.css[^"]*)"', answer.text)
    css = ground.partner.get(sheet, buffered=True).text
    assert re.search(r"@media print \{[^}]*body[^}]*display: none", css)
    assert "print_button" not in answer.text and "/prints" not in answer.text


def test_V5_each_reading_leaves_its_trace(ground: Ground) -> None:
    before = lines(ground)
    ground.partner.get(ground.one)
    ground.partner.get(ground.one)
    assert lines(ground) == [*before, *(["document.read"] * 2)]
    with ground.service.app_context():
        last = db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()
        assert last.case_id == ground.case_id and last.detail["document"] == str(ground.document_id)
        assert TITLE not in str(last.detail)


def lines(ground: Ground) -> list[str]:
    with ground.service.app_context():
        rows = select(AuditRow.action).where(AuditRow.action.like("document.%")).order_by(AuditRow.id)
        return list(db.session.scalars(rows))


def test_E4_who_sits_in_no_panel_of_exploitation_finds_no_such_page(
    ground: Ground, signed_in: SignIn
) -> None:
    chair = signed_in(Role.CHAIR)  # runs panels of domestic abuse alone
    for client in (ground.other, chair):
        for path in (ground.page, ground.one, f"/children/{ground.case_id}/documents/{uuid4()}"):
            assert client.get(path).status_code == 404
    for path in (f"{ground.page}/new", f"{ground.one}/withdraw"):
        assert ground.other.get(path).status_code == ground.other.post(path).status_code == 404


def test_M6_who_may_not_open_the_childs_case_finds_no_document_of_it(ground: Ground) -> None:
    def wall() -> None:
        for agency in (CARE, PARTNER):
            who = account(Role.REPRESENTATIVE, agency_named(agency))
            db.session.add(WallRow(area_id=ground.area_id, case_id=ground.case_id, account_id=who,
                                   ground=WallGround.DECLARED, shared="", state=WallState.STANDS,
                                   put_by=who, put_at=NOW))  # fmt: skip
        db.session.flush()

    changed(ground, wall)
    for client in (ground.care, ground.partner):  # its own agency's people too
        assert client.get(ground.page).status_code == client.get(ground.one).status_code == 404
    assert ground.runner.get(ground.one).status_code == 200


def test_E4_before_the_agenda_is_shared_it_is_open_to_who_runs_the_panel_alone(ground: Ground) -> None:
    def unshared() -> None:
        item = db.session.get_one(ItemRow, ground.item_id)
        db.session.get_one(MeetingRow, item.meeting_id).state = "planned"

    changed(ground, unshared)
    assert [client.get(ground.one).status_code for client in ground.readers] == [404, 404, 200]


def test_E4_another_childs_document_is_missing_under_this_one(ground: Ground) -> None:
    with ground.service.app_context(), saved():
        other = put_child(ground.area_id, 500_000_778, "Fellgate")
        put_on_agenda(ground.area_id, other, NOW)
    assert ground.partner.get(f"/children/{other}/documents/{ground.document_id}").status_code == 404
    assert ground.runner.get(f"/children/{other}/documents/{ground.document_id}").status_code == 404


def test_E4_social_care_alone_adds_its_document_as_text(ground: Ground) -> None:
    told = {"title": "Strategy notes", "author": "Ash Moor", "text": "Typed by social care"}
    assert ground.partner.get(f"{ground.page}/new").status_code == 403
    assert ground.partner.post(f"{ground.page}/new", data=told).status_code == 403
    answer = ground.care.post(f"{ground.page}/new", data=told)
    assert answer.status_code == 303 and "Typed by social care" in ground.partner.get(answer.location).text
    with ground.service.app_context():
        row = db.session.scalars(select(CareDocumentRow).where(CareDocumentRow.author == "Ash Moor")).one()
        assert b"Typed" not in row.sealed and row.agency_id == agency_named(CARE)


@pytest.mark.parametrize("blank", ["title", "author", "text"])
def test_R2_nothing_is_added_without_what_it_is_who_wrote_it_and_its_text(ground: Ground, blank: str) -> None:
    told = {"title": "Strategy notes", "author": "Ash Moor", "text": "Typed by social care"} | {blank: " "}
    answer = ground.care.post(f"{ground.page}/new", data=told)
    assert answer.status_code == 422
    assert all(text in answer.text for text in told.values() if text.strip()), "what was typed stands"
    with ground.service.app_context():
        assert len(db.session.scalars(select(CareDocumentRow.id)).all()) == 1


def test_E4_a_withdrawn_document_is_read_by_its_own_agency_alone(ground: Ground) -> None:
    assert ground.partner.post(f"{ground.one}/withdraw").status_code == 403
    assert "Withdraw" in ground.care.get(f"{ground.one}/withdraw").text
    assert ground.care.post(f"{ground.one}/withdraw").status_code == 303
    assert TEXT in ground.care.get(ground.one).text
    for client in (ground.partner, ground.runner):
        assert client.get(ground.one).status_code == 404
        assert TITLE not in client.get(ground.page).text
    assert ground.care.post(f"{ground.one}/withdraw").status_code == 409


def test_V1_an_agency_that_has_withdrawn_reads_none(ground: Ground) -> None:
    def leaves() -> None:
        db.session.get_one(AgencyRow, agency_named(PARTNER)).withdrawn_on = NOW.date() - timedelta(days=1)

    changed(ground, leaves)
    assert ground.partner.get(ground.one).status_code in (403, 404)


@pytest.mark.parametrize("way", Way)
def test_E4_it_goes_to_the_screen_and_by_no_other_way(ground: Ground, way: Way) -> None:
    """Whoever asks: its own agency, a partner, who runs the panel, and the service for its own work."""
    with ground.service.app_context():
        keys = [account(Role.REPRESENTATIVE, agency_named(name)) for name in (CARE, PARTNER)]
        for key in (*keys, account(Role.COORDINATOR)):
            who = accounts.principal(key, NOW)
            assert who is not None
            with acting.acting(who):
                found = care_documents.read(who, ground.case_id, ground.document_id, way)
                listed = care_documents.listed(who, ground.case_id, way)
                db.session.rollback()
            assert (found is not None) == bool(listed) == (way is Way.SCREEN), who.role
        host = acting.Host(ground.area_id)
        rows = select(CareDocumentRow.id).where(scope_documents.documents_of(host, way))
        assert db.session.scalars(rows).all() == []


def test_E4_an_answer_that_is_no_page_leaves_by_a_door_that_says_its_way_or_not_at_all(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ground.runner.get("/statistics/tables.csv").mimetype == "text/csv"
    monkeypatch.delitem(ways.DOORS, "meetingsvc.web.statistics")
    answer = ground.runner.get("/statistics/tables.csv")
    assert answer.status_code == 500 and answer.data == b""


#: Where its text stands, and where what it is called; every other door says neither.
OF_TEXT = {"GET /children/<uuid:case_id>/documents/<uuid:document_id>"}
OF_TITLE = {
    *OF_TEXT,
    "GET /children/<uuid:case_id>/documents",
    "GET /children/<uuid:case_id>/documents/<uuid:document_id>/withdraw",
}


def test_E4_a_social_care_document_leaves_by_no_route(
    service: Flask, signed_in: SignIn, capfd: pytest.CaptureFixture[str]
) -> None:
    """Everybody who may read it on the screen knocks at every door, of a case on which everything hangs."""
    partner = signed_in(Role.REPRESENTATIVE, PARTNER)
    runner, chair = signed_in(Role.COORDINATOR), signed_in(Role.CHAIR)
    with service.app_context():
        area = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        police = agency_named(PARTNER)
        found = fill(area, account(Role.REPRESENTATIVE, police), police)
        found |= {"agency_id": police, "account_id": account(Role.REPRESENTATIVE, police)}
        with saved():
            sits_on_mace(police, AgencyKind.CHILDRENS_SOCIAL_CARE)
            for role in (Role.COORDINATOR, Role.CHAIR):
                runs_both(account(role), NOW)
            case = db.session.get_one(CaseRow, found["case_id"])
            case.kind, case.family = SubjectKind.CHILD, Family.EXPLOITATION
            for meeting in db.session.scalars(select(MeetingRow).where(MeetingRow.area_id == area)):
                meeting.family = Family.EXPLOITATION
            told = "Qztitlevq"
            one = db.session.get_one(CareDocumentRow, found["document_id"])
            one.title = told
        db.session.remove()
    asked = f"/requests/{found['disclosure_id']}"
    assert "Held by children’s social care, to be asked of it" in chair.get(asked).text, (
        "X2: the chair is told"
    )
    assert "to be asked of it" not in runner.get(asked).text + partner.get(asked).text
    assert "what panels of exploitation hold" in chair.get(asked).text, "X2: the items are not all"
    assert "what panels of exploitation hold" not in partner.get(asked).text
    seen: dict[str, set[str]] = {TEXT: set(), told: set()}
    live = sorted(doors(service), key=lambda door: (door.method, str(door)))
    capfd.readouterr()
    for client in (partner, runner, chair):
        for door in live:
            if door.method == "POST" and client is not runner:
                continue
            path = door.path(lambda name: found.get(name) or UUID(int=1))
            typed = {"words": "Kit", "reason": "x"}
            answer = client.open(path, method=door.method, data=typed, buffered=True)
            for token, where in seen.items():
                if token.encode() in answer.data or token in str(answer.headers):
                    where.add(str(door))
    assert seen == {TEXT: OF_TEXT, told: OF_TITLE}
    logged = capfd.readouterr()
    assert not any(token in logged.out + logged.err for token in seen)


def test_E4_what_the_service_builds_for_others_holds_no_word_of_it(ground: Ground) -> None:
    """What releases, packs and minutes are made of, as the service reads it; and what the mail says."""
    with ground.service.app_context():
        meeting = db.session.get_one(ItemRow, ground.item_id).meeting_id
        with acting.whole_area(ground.area_id):
            told = repr(disclosure_items.held(ground.area_id, ground.case_id))
            asked = care_documents.holders(ground.area_id, ground.case_id)
        rows = [str(tuple(row)) for table in ("outbox", "audit", "item", "meeting")
                for row in db.session.execute(select(Base.metadata.tables[table]))]  # fmt: skip
    assert asked == [CARE] and meeting
    assert not any(word in told + "".join(rows) for word in (TEXT, TITLE, AUTHOR))
