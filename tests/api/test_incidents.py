"""`POST /api/v1/incidents`, sentence by sentence of the contract (incident feed)."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from agenda.feed_content import incident
from meetingsvc.models import AuditRow, ImportRow, IncidentRow, IncidentTextRow, RejectedRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import areas
from meetingsvc.usecases import lists
from meetingsvc.usecases.transaction import saved
from tests.a_token import DOOR, Machine, a_token
from tests.builders import a_row, take_in
from tests.web.conftest import NOW, SignIn

LINES = "application/x-ndjson"


def results(told: Any) -> list[str]:
    return [one["result"] for one in told["results"]]


def figures(told: Any) -> tuple[int, ...]:
    return tuple(told[name] for name in ("rows", "created", "updated", "unchanged", "rejected"))


@pytest.mark.parametrize("form", ["object", "array", "lines"])
def test_the_same_fields_travel_as_json_one_object_or_an_array_or_ndjson(
    service: Flask, machine: Machine, form: str
) -> None:
    row = a_row(summary="A door was broken.", children="Finn|2020-09-19|Y|both")
    told = {"object": row, "array": [row], "lines": json.dumps(row).encode() + b"\n"}[form]
    answer = machine.send(told, form=LINES if form == "lines" else "application/json; charset=utf-8")
    assert answer.status_code == (201 if form == "object" else 200)
    assert figures(answer.json) == (1, 1, 0, 0, 0)
    with service.app_context():
        kept = db.session.scalars(select(IncidentRow)).one()
        content = db.session.scalars(select(IncidentTextRow.content)).one()
    assert kept.occurrence_number == row["occurrence_number"] and incident(content).children[0].name == "Finn"


def test_what_the_csv_brought_is_unchanged_as_json(service: Flask, machine: Machine) -> None:
    row = a_row(children="Finn|2020-09-19|Y|both;Una", risk="high")
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        take_in(area.id, row)
    children = [{"name": "Finn", "dob": "19/09/2020", "present": True, "linked": "Both"}, {"name": "Una"}]
    del row["risk"]
    answer = machine.send({" RISK": "High "} | row | {"children": children, "domestic": True})
    assert (answer.status_code, results(answer.json)) == (200, ["unchanged"])


def test_a_row_that_breaks_a_rule_is_rejected_alone_and_says_what_would_be_right(machine: Machine) -> None:
    good, bad = a_row(), a_row(victim_dob="31/02/1990", risk="severe")
    answer = machine.send([bad, good, 7])
    assert answer.status_code == 200 and figures(answer.json) == (3, 1, 0, 0, 2)
    told = answer.json or {}
    assert results(told) == ["rejected", "created", "rejected"]
    assert [one["row"] for one in told["results"]] == [1, 2, 3]
    assert told["results"][0]["occurrence_number"] == bad["occurrence_number"]
    assert [one["column"] for one in told["results"][0]["errors"]] == ["risk", "victim_dob"]
    first = told["results"][0]["errors"][0]
    assert told["rejects"][0] == {"line": 1, **first}
    assert first["error"] == "not a level of risk: 'severe'; write standard, medium or high"


def test_one_incident_that_is_rejected_is_422_with_what_is_wrong(machine: Machine) -> None:
    answer = machine.send(a_row(recorded_at="2026-03-29T01:30"))
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    told = answer.json or {}
    assert (
        told["status"] == 422
        and told["detail"]
        and told["results"][0]["errors"][0]["column"] == "recorded_at"
    )


def test_rejected_rows_are_kept_and_the_import_is_shown_as_by_machine(
    service: Flask, machine: Machine, signed_in: SignIn
) -> None:
    machine.send([a_row(victim_dob="31/02/1990"), a_row()])
    with service.app_context():
        kept = db.session.scalars(select(ImportRow)).one()
        assert db.session.scalars(select(RejectedRow.column)).all() == ["victim_dob"]
    client = signed_in(Role.COORDINATOR)
    page = client.get("/feed").text
    assert "machine: Northtest Police" in page and "Sent by machine" in page and "Rows to mend" in page
    one = client.get(f"/feed/imports/{kept.id}").text
    assert "Sent by machine: Northtest Police" in one and "31/02/1990" in one
    answer = client.post(f"/feed/imports/{kept.id}/dealt-with", data={"reason": "Rang the force"})
    assert answer.status_code == 303


def test_T13_changed_content_becomes_a_new_version(machine: Machine) -> None:
    row = a_row(risk="medium")
    answers = [machine.send(row | {"risk": risk}) for risk in ("medium", "medium", "high")]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert [results(answer.json)[0] for answer in answers] == ["created", "unchanged", "updated"]


def test_T13_what_an_older_version_said_is_taken_and_said_so(machine: Machine) -> None:
    """A message that was held back must not be taken for news unseen."""
    row = a_row(risk="medium")
    for risk in ("medium", "high"):
        machine.send(row | {"risk": risk})
    answer = machine.send(row)
    told = answer.json or {}
    assert results(told) == ["updated"]
    assert told["results"][0]["warnings"] == ["as version 1 of this number: taken as version 3"]
    assert any(
        text.startswith("content that an older version of its number had") for text in told["warnings"]
    )


def test_T12_a_number_that_comes_again_about_others_says_so(machine: Machine) -> None:
    row = a_row()
    machine.send(row)
    told = machine.send(row | {"victim_nominal": "", "victim_surname": "Nothingness"}).json or {}
    warned = "about other people than the version before: neither replaces the other, so check the number"
    assert told["results"][0]["warnings"] == [warned]
    assert any(text.startswith(warned) for text in told["warnings"])


def test_T13_a_version_that_takes_something_back_or_comes_from_another_force_says_so(
    service: Flask, machine: Machine
) -> None:
    row = a_row()
    machine.send(row)
    assert machine.send(row | {"offence": "Assault"}).json["results"][0]["warnings"] == []  # type: ignore[index]
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        other = Machine(machine.client, a_token(area.id, "Westhaven Police").token)
    said = other.send(row | {"domestic": "N", "recorded_at": "2036-11-03T07:00:00+00:00"}).json or {}
    warned = said["results"][0]["warnings"]
    assert warned == [
        "no longer flagged domestic, and was in the version before",
        "recorded_at is in the future, and was not in the version before: it is due as it was",
        "the version before was sent by another system, or in a file",
    ]
    with service.app_context():
        newest = db.session.scalars(select(ImportRow).order_by(ImportRow.received_at.desc())).all()
    kept = [one for told in newest for one in told.warnings]
    assert [any(one.startswith(text) for one in kept) for text in warned] == [True] * 3


def considered(service: Flask, number: str) -> list[bool]:
    """Of each version of it, whether no list has to consider it any more."""
    with service.app_context():
        row = IncidentRow
        rows = select(row.considered).where(row.occurrence_number == number).order_by(row.version)
        return list(db.session.scalars(rows))


@pytest.mark.parametrize(
    "falls",
    [
        {"domestic": "N"},
        {"risk": "medium"},
        {"risk": "standard", "children_present": "Y", "victim_consents_to_share": "Y"},
    ],
)
def test_T12_what_waits_stays_due_where_another_forces_system_takes_it_back(
    service: Flask, machine: Machine, falls: dict[str, str]
) -> None:
    """A token is bound to an area: its holder, or whoever found it, takes nobody off the next list."""
    row = a_row()
    machine.send(row)
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        other = Machine(machine.client, a_token(area.id, "Westhaven Police").token)
    for offence in ("Assault", "Theft"):
        said = other.send(row | falls | {"offence": offence}).json or {}
    assert considered(service, row["occurrence_number"]) == [False, True, False], "only its own is overtaken"
    assert results(said) == ["updated"]
    machine.send(row | falls | {"offence": "Robbery"})
    assert considered(service, row["occurrence_number"])[0], "who sent it may take it back"


@pytest.mark.parametrize("falls", [{"domestic": "N"}, {"risk": "standard"}])
@pytest.mark.parametrize("at_once", [False, True])
def test_T12_what_waits_stays_due_where_another_force_takes_it_back_in_two_steps(
    service: Flask, machine: Machine, falls: dict[str, str], at_once: bool
) -> None:
    """First a version that is listed itself, so that it may take the place; then its own of no list."""
    row = a_row()
    machine.send(row)
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        other = Machine(machine.client, a_token(area.id, "Westhaven Police").token)
    steps = [row | {"offence": "Theft"}, row | {"offence": "Theft"} | falls]
    for sent in [steps] if at_once else steps:
        other.send(sent)
    assert considered(service, row["occurrence_number"]) == [True, False, False]
    with service.app_context(), saved():
        area = areas.by_name("northtest")
        assert area is not None
        assert lists.build(area, NOW.date(), "test", NOW).items == 1


def test_T12_what_a_file_brought_stays_due_where_a_system_takes_it_back(
    service: Flask, machine: Machine
) -> None:
    row, other = a_row(), a_row()
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        take_in(area.id, row, other)
    machine.send([row | {"domestic": "N"}, other | {"offence": "Assault"}])
    assert considered(service, row["occurrence_number"]) == [False, False]
    assert considered(service, other["occurrence_number"]) == [True, False], "the newer one is listed itself"
    with service.app_context(), saved():
        area = areas.by_name("northtest")
        assert area is not None
        assert lists.build(area, NOW.date(), "test", NOW).items == 2


def test_unknown_columns_are_ignored_with_one_warning(machine: Machine) -> None:
    answer = machine.send([a_row(), a_row()])
    assert (answer.json or {})["warnings"] == []
    answer = machine.send([a_row(beat="N4"), a_row(beat="N5")])
    (warning,) = (answer.json or {})["warnings"]
    assert "beat" in warning and (answer.json or {})["created"] == 2


def test_the_message_its_rows_and_its_audit_line_go_in_together_or_not_at_all(
    service: Flask, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("Thistlewood")

    with monkeypatch.context() as patched:
        patched.setattr("meetingsvc.usecases.imports.audit.record", breaks)
        answer = machine.send(a_row(), key="again")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "Thistlewood" not in answer.text
    with service.app_context():
        assert (
            not db.session.scalars(select(IncidentRow.id)).all()
            + db.session.scalars(select(ImportRow.id)).all()
        )
    assert machine.send(a_row(), key="again").status_code == 201, "the key was not used up"
    with service.app_context():
        line = db.session.scalars(select(AuditRow).where(AuditRow.action == "feed.imported")).one()
    assert line.actor == "machine" and line.at == NOW and line.detail["rows"] == 1
    assert set(line.detail) == {"rows", "created", "updated", "rejected", "token"}


NO_MESSAGES: list[tuple[bytes, dict[str, str], int]] = [
    (b"", {}, 400),
    (b"{", {}, 400),
    (b"[]", {}, 400),
    (b"7", {}, 400),
    (b"\xff{}", {}, 400),
    (b"{}", {"Idempotency_Key": " "}, 400),
    (b"{}", {"Idempotency_Key": "x" * 201}, 400),
    (b"{}", {"Idempotency_Key": "caf\u00e9"}, 400),
    (b"{}", {"Content_Type": "text/csv"}, 415),
    (b"{}", {"Content_Type": ""}, 415),
    (b"{}", {"Content_Type": "application/json; charset=utf-16"}, 415),
    (b"{}", {"Content_Encoding": "gzip"}, 415),
    (b"[" + b" " * 10 * 1024 * 1024 + b"]", {}, 413),
    (b"[" + b"7," * 10_000 + b"7]", {}, 400),
]


def test_what_is_no_message_is_refused_whole_with_one_clear_line(service: Flask, machine: Machine) -> None:
    for told, headers, status in NO_MESSAGES:
        answer = machine.send(told, **headers)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), told[:20]
        assert (answer.json or {})["status"] == status and (answer.json or {})["detail"]
    with service.app_context():
        assert not db.session.scalars(select(ImportRow.id)).all()


def test_without_an_idempotency_key_nothing_goes_in(machine: Machine) -> None:
    answer = machine.client.post(DOOR, json=a_row(), headers={"Authorization": f"Bearer {machine.token}"})
    assert answer.status_code == 400 and "Idempotency-Key" in (answer.json or {})["detail"]


def test_other_addresses_and_methods_are_answered_as_to_machines(machine: Machine) -> None:
    for path, method, status in (
        (DOOR, "GET", 405),
        (DOOR, "DELETE", 405),
        ("/api/v2/incidents", "POST", 404),
    ):
        answer = machine.client.open(path, method=method)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert "POST" in machine.client.get(DOOR).headers["Allow"]
