"""The audit trail as information governance reads it."""

import re
from datetime import date
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc.models import AccountRow, AreaRow, AuditRow, CaseRow, PersonRow, RestrictionRow, WallRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting, audit
from meetingsvc.store.trail_words import SHOWING
from meetingsvc.usecases import areas
from meetingsvc.usecases.transaction import saved
from tests.web.conftest import NOW, SignIn
from tests.web.pages import text
from tests.web.routes import statements


def record(service: Flask, number: int, action: str = "case.read", actor: str = "somebody") -> None:
    with service.app_context(), saved():
        area = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        for place in range(number):
            audit.record(actor, area, action, f"case/{place}", NOW, copies=place)


def numbers(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'data-label="Line">(\d+)<', page)]


def test_the_newest_comes_first_fifty_a_page(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.INFORMATION_GOVERNANCE)
    record(service, 120)
    first = numbers(client.get("/audit").get_data(as_text=True))
    assert len(first) == 50 and first == sorted(first, reverse=True)
    second = numbers(client.get("/audit?page=2").get_data(as_text=True))
    assert len(second) == 50 and second[0] < first[-1] + 2, "looking added a line of its own"
    assert client.get("/audit?page=999").status_code == 200
    for page in ("-1", "x", "99999999999", "²"):
        assert numbers(client.get(f"/audit?page={page}").get_data(as_text=True))


def test_it_is_searched_by_what_and_by_whom(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.INFORMATION_GOVERNANCE)
    record(service, 3)
    record(service, 2, actor="another")
    assert len(numbers(client.get("/audit?subject=case/1").get_data(as_text=True))) == 2
    assert len(numbers(client.get("/audit?actor=another").get_data(as_text=True))) == 2
    assert len(numbers(client.get("/audit?subject=case/1&actor=another").get_data(as_text=True))) == 1
    assert "No line says that" in text(client.get("/audit?subject=case/9"))
    assert "No line says that" in text(client.get("/audit?subject=' OR 1=1"))


def test_a_case_reference_in_the_place_of_an_identifier_is_told_so(signed_in: SignIn) -> None:
    client = signed_in(Role.INFORMATION_GOVERNANCE)
    refused = client.post("/audit", data={"subject": "C-000123"})
    assert refused.status_code == 422 and 'href="#subject"' in refused.text
    assert "Write it as the log prints it, like case/8d1c…" in text(refused) and "C-000123" in refused.text
    for told in ("case/9", str(uuid4())):
        assert client.post("/audit", data={"subject": told}).status_code == 303


def test_V5_looking_leaves_a_line(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.INFORMATION_GOVERNANCE)
    client.get("/audit")
    with service.app_context():
        assert (
            db.session.scalars(select(AuditRow.action).order_by(AuditRow.id.desc()).limit(1)).one()
            == "audit.read"
        )
        assert audit.verify()[1] is None


def test_lines_of_another_area_are_not_there_and_not_counted(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.INFORMATION_GOVERNANCE)
    before = text(client.get("/audit?actor=stranger"))
    with service.app_context():
        other = areas.create("elsewhere", date(2026, 11, 2), NOW)
        with saved():
            audit.record("stranger", other, "case.read", f"case/{uuid4()}", NOW)
    assert text(client.get("/audit?actor=stranger")) == before


def found(page: str) -> str:
    return " ".join(re.findall(r'data-label="Detail"[^>]*>([^<]*)<', page))


@pytest.mark.parametrize("action", sorted(SHOWING))
def test_M6_what_was_shown_tells_no_identifier_of_a_case_that_is_kept_by_a_wall(
    service: Flask, signed_in: SignIn, action: str
) -> None:
    client = signed_in(Role.INFORMATION_GOVERNANCE)
    with service.app_context(), acting.service():
        with saved():
            area = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
            me = db.session.scalars(select(AccountRow.id)).one()
            people, cases = [uuid4() for _ in range(3)], [uuid4() for _ in range(3)]
            for place, (person, case) in enumerate(zip(people, cases, strict=True)):
                db.session.add(PersonRow(id=person, area_id=area, forename="Wren", surname="Pool"))
                db.session.flush()
                db.session.add(CaseRow(id=case, area_id=area, number=place + 1, victim_id=person))
            db.session.flush()
            walled, restricted, _ = cases
            db.session.add(WallRow(case_id=walled, account_id=me, area_id=area, ground="declared", shared="",
                                   state="stands", put_at=NOW))  # fmt: skip
            db.session.add(RestrictionRow(case_id=restricted, area_id=area, state="restricted",
                                          hides="unnamed", reason="of the police", put_at=NOW))  # fmt: skip
            audit.record("somebody", area, action, f"area/{area}", NOW,
                         cases=" ".join(map(str, cases)), incidents="", more=False)  # fmt: skip
            for case in cases:
                audit.record("somebody", area, "case.read", f"case/{case}", NOW)
    page = client.get("/audit?actor=somebody").get_data(as_text=True)
    assert str(walled) not in page
    assert all(str(case) in found(page) for case in cases[1:]), "a restriction hides no identifier from them"
    assert numbers(page) == [3, 2, 1], "their own count: no gap tells of what is kept from them"


def test_it_takes_as_many_queries_however_long(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.INFORMATION_GOVERNANCE)
    record(service, 5)
    client.get("/audit")  # renews its session, which is seldom
    with statements(service) as few:
        client.get("/audit")
    record(service, 60)
    with statements(service) as many:
        client.get("/audit")
    assert len(few) == len(many)
