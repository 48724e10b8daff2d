"""What a broken or ill-meaning system sends is refused or rejected; the service stands, and logs none."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc.models import ImportRow, db
from meetingsvc.permissions import Role
from tests.a_token import Machine
from tests.builders import a_row
from tests.web.conftest import SignIn

NAME = "Canarywood"


def raw(**more: str) -> bytes:
    """An incident with values as they are written in JSON."""
    row = a_row(victim_surname=NAME)
    whole = json.dumps({name: value for name, value in row.items() if name not in more})
    return (whole[:-1] + "".join(f', "{name}": {value}' for name, value in more.items()) + "}").encode()


HALF = r'"\ud800 alone"'
MESSAGES: dict[str, tuple[bytes, int]] = {
    "four megabytes of nesting": (b"[" * 4_000_000, 400),
    "objects in objects": (b'{"a":' * 100_000, 400),
    "lists as deep as Python reads": (raw(victim_dob="[" * 900 + "]" * 900), 422),
    "no number": (raw(dash_score="NaN"), 400),
    "infinite": (raw(dash_score="-Infinity"), 400),
    "too large for a float": (raw(dash_score="1e999"), 422),
    "five thousand digits": (raw(dash_score="9" * 5000), 400),
    "said twice": (raw(risk='"high", "risk": "medium"'), 422),
    "half a letter": (raw(summary=HALF), 422),
    "half a letter, in a child": (raw(children=f'[{{"name": {HALF}}}]'), 422),
    "half a letter, in what is no text": (raw(victim_dob=f"[{HALF}]"), 422),
    "half a letter, in an unknown column": (raw(**{r"\udfff": "1"}), 201),
    "half a letter, as a row": (f"[{HALF}]".encode(), 200),
    "NUL in a text": (raw(summary=r'"a\u0000b"'), 201),
    "NUL as a number": (raw(occurrence_number=r'"\u0000"'), 422),
    "NUL in what is no text": (raw(victim_dob=r'{"\u0000": "\u0000"}'), 422),
    "NUL in an unknown column": (raw(**{r"a\u0000": "1"}), 201),
    "bytes that are no UTF-8": (b'{"risk": "\xff"}', 400),
    "markup": (raw(summary='"<script>alert(1)</script>"'), 201),
    "a formula": (raw(victim_forename='"=1+1"', risk='"severe"'), 422),
    "one of the service's own numbers": (raw(occurrence_number='"REF-000001"'), 422),
    "a line of another kind": (b"\x00" * 1000, 400),
}


def test_it_is_answered_as_what_it_is_and_the_pages_show_what_came_of_it(
    service: Flask, machine: Machine, signed_in: SignIn, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, (told, status) in MESSAGES.items():
        answer = machine.send(told)
        assert answer.status_code == status, (name, answer.text[:500])
        assert json.loads(answer.data)
        assert machine.send(a_row()).status_code == 201, f"and the next is taken in: {name}"
    logged = capsys.readouterr()
    assert NAME not in logged.out + logged.err
    client = signed_in(Role.COORDINATOR)
    assert client.get("/feed").status_code == 200
    with service.app_context():
        kept = db.session.scalars(select(ImportRow.id).where(ImportRow.machine != "")).all()
        odd = db.session.scalars(select(ImportRow.id).where(ImportRow.rejected > 0)).all()
    assert len(kept) > 30 and len(odd) > 10
    for import_id in odd:
        page = client.get(f"/feed/imports/{import_id}")
        assert page.status_code == 200 and "<script>alert" not in page.text
        rows = client.get(f"/feed/imports/{import_id}/rejected-rows.csv", buffered=True)
        assert rows.status_code == 200 and ",=1+1" not in rows.text


def test_a_row_says_nothing_of_another_rows_people(machine: Machine) -> None:
    told: Any = machine.send([a_row(victim_surname=NAME), a_row(risk="severe"), NAME]).json
    assert NAME not in json.dumps(told)
