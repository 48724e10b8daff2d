"""The page of statistics and its file (Rulebook W4)."""

import csv
import re
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc.models import AccountRow, AreaRow, AuditRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import accounts, acting
from meetingsvc.usecases.transaction import saved
from tests.usecases.test_statistics import an_action, an_incident, heard
from tests.web.conftest import NOW, SignIn
from tests.web.pages import text

READERS = (Role.COORDINATOR, Role.CHAIR, Role.INFORMATION_GOVERNANCE)


@pytest.fixture
def october(service: Flask, signed_in: SignIn) -> None:
    """Eight incidents, seven cases heard, six actions."""
    signed_in(Role.COORDINATOR)
    with service.app_context(), acting.service():
        with saved():
            db.session.scalars(select(AreaRow)).one().lists_from = date(2026, 8, 3)
        key: UUID = db.session.scalars(select(AccountRow.id)).first() or UUID(int=0)
        who = accounts.principal(key, NOW)
        assert who is not None
        for _ in range(8):
            an_incident(who)
        items = [heard(who) for _ in range(7)]
        for item in items[:6]:
            an_action(who, item)


@pytest.mark.usefixtures("october")
def test_W4_each_reader_is_shown_the_same_numbers_and_none_of_them_is_true(signed_in: SignIn) -> None:
    pages = [signed_in(role).get("/statistics").text for role in READERS]
    tables = [re.findall(r"<table.*?</table>", page, re.S) for page in pages]
    assert len(tables[0]) == 4 and tables[0] == tables[1] == tables[2]
    numbers = {int(told) for told in re.findall(r">(\d+)</td>", "".join(tables[0]))}
    assert numbers == {0, 5, 10}


@pytest.mark.usefixtures("october")
def test_W4_a_quarter_can_be_chosen_and_what_still_runs_is_not_there(signed_in: SignIn) -> None:
    client = signed_in(Role.INFORMATION_GOVERNANCE)
    page = client.get("/statistics?period=2026-Q3").text
    assert re.search(r'<option value="2026-Q3" selected>July to September 2026</option>', page)
    assert "Domestic incidents by month, July to September 2026" in text(
        client.get("/statistics?period=2026-Q3")
    )
    for key in ("2026-11", "2026-Q4", "2026-07", "2026", "x"):
        assert client.get(f"/statistics?period={key}").status_code == 404, key
        assert client.get(f"/statistics/tables.csv?period={key}").status_code == 404, key


@pytest.mark.usefixtures("october")
def test_W4_the_file_says_what_the_page_says_and_leaves_a_trace(service: Flask, signed_in: SignIn) -> None:
    answer = signed_in(Role.COORDINATOR).get("/statistics/tables.csv?period=2026-10")
    assert answer.mimetype == "text/csv" and "statistics.csv" in answer.headers["Content-Disposition"]
    lines = list(csv.DictReader(answer.text.splitlines()))
    assert {line["Period"] for line in lines} == {"2026-10"}
    told = {(line["Line"], line["Column"]): line["Number"] for line in lines if line["Number"] != "0"}
    assert told == {
        ("October 2026", "High"): "10", ("2: new referral, no existing safeguards", "High"): "5",
        ("October 2026", "New"): "5", ("Done", "Actions"): "5",
    }  # fmt: skip
    assert {line["Rounded to a multiple of"] for line in lines} == {"5"}
    with service.app_context():
        left = db.session.scalars(select(AuditRow).where(AuditRow.action == "statistics.exported")).one()
        assert left.detail == {"period": "2026-10"}


def test_before_any_month_is_over_the_page_says_so(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.CHAIR)
    assert "No month is over since the first list." in text(client.get("/statistics"))
    assert len(client.get("/statistics/tables.csv").text.splitlines()) == 1
