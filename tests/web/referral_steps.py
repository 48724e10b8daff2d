"""How a test writes, sends and reads a referral through the pages."""

import re
from datetime import date
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from meetingsvc.models import AccountRow, AreaRow, ReferralRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import referral_texts
from meetingsvc.usecases import lists
from meetingsvc.usecases.transaction import saved
from tests.a_referral import a_draft
from tests.web.conftest import NOW

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
SEVERAL = {"terms", "ways", "why", "grounds", "reasons", "attend_on"}


def begun(client: FlaskClient) -> str:
    """The address of a new draft."""
    answer = client.post("/referrals/new")
    assert answer.status_code == 303
    return str(answer.location)


def mark(client: FlaskClient, path: str) -> str:
    """What marks the page as it stands."""
    return client.get(path).text.split('name="was" value="')[1].split('"')[0]


def post(client: FlaskClient, path: str, fields: dict[str, str], **more: object) -> TestResponse:
    """A page of the form, filled in."""
    section, _, place = path.partition("/sections/")[2].partition("/")
    prefix = f"{section}-{place}-" if place else f"{section}-"
    told = {prefix + name: text.split(",") if name in SEVERAL else text for name, text in fields.items()}
    data: dict[str, object] = {**told, **more}
    if "was" not in data:
        data["was"] = mark(client, path)
    return client.post(path, data=data)


def filled(client: FlaskClient, **told: object) -> str:
    """A complete draft, as if it had been typed page by page."""
    at = begun(client)
    with client.application.app_context(), saved():
        row = db.session.get_one(ReferralRow, UUID(at.rpartition("/")[2]))
        referral_texts.write(row, a_draft(**told), NOW)
    return at


def typed(client: FlaskClient, **told: object) -> str:
    """The same through every page."""
    at = begun(client)
    for section, answers in a_draft(**told).items():
        post(client, f"{at}/sections/{section}", dict(answers.fields))
        for number, row in enumerate(answers.rows, 1):
            assert post(client, f"{at}/sections/{section}/{number}", dict(row)).status_code == 303
    return at


def send(client: FlaskClient, at: str) -> TestResponse:
    """As it was checked."""
    changes = client.get(f"{at}/check").text.split('name="changes" value="')[1].split('"')[0]
    return client.post(f"{at}/check", data={"changes": changes})


def sent(client: FlaskClient, **told: object) -> str:
    """The address of one that was sent."""
    at = filled(client, **told)
    answer = send(client, at)
    assert answer.status_code == 303, answer.text
    return at


def errors(page: str) -> list[tuple[str, str]]:
    """The error summary: where each line leads, and what it says."""
    box = page.partition('class="govuk-list govuk-error-summary__list"')[2].partition("</ul>")[0]
    return re.findall(r'<a href="([^"]*)">([^<]*)</a>', box)


def build(service: Flask, day: date) -> None:
    """The daily list of that day."""
    with service.app_context(), saved():
        area = db.session.scalars(select(AreaRow).where(AreaRow.name == "northtest")).one()
        lists.build(area, day, "test", NOW + (day - MONDAY))


def account_of(role: Role) -> UUID:
    """Whose account it is, where there is one of that role."""
    return db.session.scalars(select(AccountRow.id).where(AccountRow.role == role)).one()


def area_of(name: str) -> UUID:
    """The area of that name."""
    return db.session.scalars(select(AreaRow.id).where(AreaRow.name == name)).one()
