"""The pages of packs: the passphrase shown once, and the same 404 for whoever may not have one."""

import re
from io import BytesIO
from uuid import uuid4

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.circulation import Group
from meetingsvc.models import AccountRow, AgencyRow, CaseRow, MeetingRow, PackRow, WallRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases import marac, marac_publishing
from tests.a_marac import NOW, SECRET, a_person, referred
from tests.servers.remembered import remembered
from tests.web.conftest import SignIn, agency_named
from tests.web.test_marac import strip


@pytest.fixture
@remembered
def pack(service: Flask) -> str:
    """The address of a published MARAC's pack."""
    with service.app_context(), acting.service():
        who = a_person(agency_named("Northtest Police"), Role.COORDINATOR, "Morgan Ashdown")
        referred(who, (Group.REPEAT_NO_SAFEGUARDS, Group.DISCLOSURE))
        meeting = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
        marac.close(who, meeting, NOW)
        marac_publishing.publish(who, meeting, NOW)
        return f"/packs/{db.session.scalars(select(PackRow.id)).one()}"


@pytest.fixture
def rep(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.REPRESENTATIVE, "Northtest Homes")


def made(client: FlaskClient, pack: str, replaces: int = 0) -> tuple[str, str]:
    """Passphrase and address of the file."""
    answer = client.post(f"{pack}/copy", data={"replaces": replaces})
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    phrase = re.search(r'app-passphrase">([a-z-]+)<', answer.text)
    link = re.search(r"/packs/copies/[0-9a-f-]+/pack\.pdf", answer.text)
    assert phrase and link
    return phrase[1], link[0]


def test_S3_my_copy_is_made_downloaded_and_opened(rep: FlaskClient, pack: str) -> None:
    assert "None" in rep.get("/packs").text
    phrase, link = made(rep, pack)
    answer = rep.get(link)
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pack.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    with pikepdf.open(BytesIO(answer.data), password=phrase) as pdf:
        assert len(pdf.pages) > 2
    for page in (f"{pack}/copy", "/packs", f"{pack}/read"):
        assert phrase not in rep.get(page).text, "it is shown once"
    assert "Copy 1, fetched" in rep.get("/packs").text


def test_S3_a_lost_passphrase_takes_a_new_copy_and_ends_the_old_one(rep: FlaskClient, pack: str) -> None:
    _, first = made(rep, pack)
    twice = rep.post(f"{pack}/copy", data={"replaces": 0})
    assert twice.status_code == 409 and "You have made a copy already" in twice.text
    assert "can then no longer be downloaded" in rep.get(f"{pack}/copy").text
    _, second = made(rep, pack, replaces=1)
    assert rep.get(first).status_code == 404
    assert rep.get(second).status_code == 200


def test_S3_a_pack_asked_for_by_the_wrong_person_is_not_there(
    service: Flask, rep: FlaskClient, signed_in: SignIn, pack: str
) -> None:
    _, link = made(rep, pack)
    with service.app_context(), acting.service():
        db.session.get_one(AgencyRow, agency_named("Haven Northtest")).attends -= {"MARAC"}
        db.session.commit()
    outsider = signed_in(Role.IDVA, "Haven Northtest")
    unknown = outsider.get(f"/packs/{uuid4()}/read")
    assert unknown.status_code == 404
    for path in (f"{pack}/read", f"{pack}/copy", link):
        answer = outsider.get(path)
        assert answer.status_code == 404 and strip(answer.text) == strip(unknown.text), path
    assert outsider.post(f"{pack}/copy").status_code == 404
    assert "You have no packs" in outsider.get("/packs").text
    assert signed_in(Role.COORDINATOR).get(link).status_code == 404, (
        "not even the coordinator has another's copy"
    )
    assert signed_in(Role.AGENCY_ADMINISTRATOR, "Northtest Homes").get(link).status_code == 403
    assert service.test_client().get(link).status_code == 302


def test_V1_a_withdrawn_agency_and_a_disabled_account_get_nothing_more(
    service: Flask, rep: FlaskClient, signed_in: SignIn, pack: str
) -> None:
    coordinator = signed_in(Role.COORDINATOR)
    links = {rep: made(rep, pack)[1], coordinator: made(coordinator, pack)[1]}
    with service.app_context(), acting.service():
        for name in ("Northtest Homes", "Northtest Police"):
            db.session.get_one(AgencyRow, agency_named(name)).withdrawn_on = NOW.date()
        db.session.commit()
    for client, link in links.items():
        for path in (link, f"{pack}/read", f"{pack}/copy"):
            assert client.get(path).status_code == 403, "nothing is left to their role"
        assert client.post(f"{pack}/copy").status_code == 403
    with service.app_context(), acting.service():
        for account in db.session.scalars(select(AccountRow)):
            account.disabled_at = NOW
        db.session.commit()
    assert rep.get(links[rep]).status_code == 302


def test_S1_the_pack_is_read_as_a_page_without_what_says_where_she_is(rep: FlaskClient, pack: str) -> None:
    page = rep.get(f"{pack}/read").text
    for part in ("Group 1: repeat, no existing safeguards", "C-000001", "He held her by the throat",
                 "Priya Raman", "Fit a new lock", "OFFICIAL-SENSITIVE", 'id="contents"'):  # fmt: skip
        assert part in page, part
    assert SECRET[:10] not in page and "07700" not in page


def test_M6_a_copy_that_holds_too_much_by_now_is_deleted_and_another_can_be_made(
    service: Flask, rep: FlaskClient, pack: str
) -> None:
    _, link = made(rep, pack)
    with service.app_context(), acting.service():
        homes = agency_named("Northtest Homes")
        person = db.session.scalars(select(AccountRow.id).where(AccountRow.agency_id == homes)).one()
        case = db.session.scalars(select(CaseRow).where(CaseRow.number == 1)).one()
        db.session.add(WallRow(area_id=case.area_id, case_id=case.id, account_id=person, shared="",
                               ground="declared", state="stands", put_at=NOW))  # fmt: skip
        db.session.commit()
    answer = rep.get(link)
    assert answer.status_code == 409 and "Make a new copy" in answer.text and "C-0000" not in answer.text
    assert rep.get(link).status_code == 404
    page = rep.get(f"{pack}/read").text
    assert "C-000001" not in page and "C-000002" in page
    _, again = made(rep, pack)
    assert rep.get(again).status_code == 200


def test_V5_the_register_shows_who_has_not_fetched(
    service: Flask, rep: FlaskClient, signed_in: SignIn, pack: str
) -> None:
    rep.get(made(rep, pack)[1])
    with service.app_context(), acting.service():
        meeting = db.session.scalars(select(PackRow.meeting_id)).one()
    page = signed_in(Role.CHAIR).get(f"/marac/{meeting}/copies").text
    assert "1 of 3 have fetched a copy" in page
    assert "Agenda, copy 1" in page and page.count("No copy made") == 2
    assert "This agency attends, and nobody there has an account" in page and "Haven Northtest" in page
