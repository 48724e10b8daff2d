"""Searching: by number, case reference and surname; within the area; names never in an address."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from meetingsvc.permissions import Role
from meetingsvc.store import areas
from meetingsvc.usecases import areas as area_usecases
from tests.builders import BEFORE_ALL, a_hearing, a_row, take_in, take_in_history
from tests.web.conftest import SignIn
from tests.web.test_lists import MONDAY, feed, text, within_monday


def search(client: FlaskClient, words: str) -> str:
    """What the results page reads."""
    return text(client.post("/search", data={"words": words}).text)


def test_the_hint_parts_its_examples(signed_in: SignIn) -> None:
    assert (
        "13260012345, C-000123, the beginning of a surname" in signed_in(Role.COORDINATOR).get("/search").text
    )


def test_by_occurrence_number(service: Flask, signed_in: SignIn) -> None:
    row = within_monday()
    feed(service, row, within_monday())
    page = search(signed_in(Role.COORDINATOR), f"  {row['occurrence_number']} ")
    assert row["victim_surname"] in page and "Waits for the next list to be built" in page


@pytest.mark.parametrize("words", ["nunez", "NÚÑ", "O’Brien-Núñez", "o'brien", "Ní"])
def test_by_the_beginning_of_a_folded_surname(service: Flask, signed_in: SignIn, words: str) -> None:
    feed(
        service,
        within_monday(occurrence_number="A1", victim_surname="Núñez"),
        within_monday(occurrence_number="A2", perpetrator_surname="O'Brien-Nuñez", perpetrator_dob=""),
        within_monday(occurrence_number="A3", victim_surname="Ní Dhomhnaill", victim_dob="", risk="standard"),
    )
    found = {"nunez": "A1", "NÚÑ": "A1", "O’Brien-Núñez": "A2", "o'brien": "A2", "Ní": "A3"}[words]
    assert found in search(signed_in(Role.COORDINATOR), words)


def test_a_percent_sign_is_a_letter_like_any_other(service: Flask, signed_in: SignIn) -> None:
    feed(service, within_monday(victim_surname="Thistlewood"))
    client = signed_in(Role.COORDINATOR)
    for words in ("%%", "__", "%thistle"):
        assert "Nothing was found." in search(client, words)


@pytest.mark.parametrize("words", ["C-000001", "c-1", "C000001"])
def test_by_case_reference(service: Flask, signed_in: SignIn, words: str) -> None:
    feed(service, within_monday(victim_surname="Thistlewood"))
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    page = search(client, words)
    assert "C-000001" in page and "Niamh Thistlewood" in page


def test_where_each_incident_stands_is_said(service: Flask, signed_in: SignIn) -> None:
    feed(
        service,
        within_monday(occurrence_number="LISTED", victim_surname="Finch"),
        within_monday(occurrence_number="LEFT", victim_surname="Finch", risk="standard"),
        within_monday(occurrence_number="OTHER", victim_surname="Finch", domestic="N"),
        a_row(occurrence_number="OLD", victim_surname="Finch", recorded_at="2026-01-05T10:00:00+00:00"),
    )
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    page = search(client, "finch")
    assert "On the list of Monday 23 November 2026" in page
    assert "Left out of the list of Monday 23 November 2026. Standard risk" in page
    assert "Not listed. Not flagged as domestic by the police" in page
    assert "History: recorded before the area's first list" in page
    assert "Add to a list" in page


def test_cases_of_history_are_found_by_surname(service: Flask, signed_in: SignIn) -> None:
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        take_in_history(area.id, a_hearing(victim_surname="Larkspur"), today=date(2026, 11, 20))
    assert "C-000001" in search(signed_in(Role.COORDINATOR), "LARK")


def test_another_areas_incidents_are_not_found(service: Flask, signed_in: SignIn) -> None:
    with service.app_context():
        other = area_usecases.create("southtest", date(2026, 11, 2), BEFORE_ALL)
        take_in(other, within_monday(occurrence_number="SOUTH", victim_surname="Finch"))
    client = signed_in(Role.COORDINATOR)
    for words in ("SOUTH", "finch"):
        assert "Nothing was found." in search(client, words)
    client.post(f"/lists/{MONDAY}/build")
    told = {"reference": "SOUTH", "day": MONDAY, "reason": "a reason"}
    assert client.post("/lists/ask-to-add", data=told).status_code == 404
    assert client.post("/lists/add", data=told).status_code == 404


def test_too_many_are_said_to_be_too_many(service: Flask, signed_in: SignIn) -> None:
    feed(service, *(within_monday(victim_surname="Finch") for _ in range(51)))
    assert "There is more than is shown here." in search(signed_in(Role.COORDINATOR), "finch")


@pytest.mark.parametrize("words", ["", "   ", "x", "y" * 101])
def test_words_too_few_or_too_many_are_refused(service: Flask, signed_in: SignIn, words: str) -> None:
    answer = signed_in(Role.COORDINATOR).post("/search", data={"words": words})
    assert answer.status_code == 422 and "There is a problem" in answer.text


def test_search_is_for_who_runs_the_meetings(service: Flask, signed_in: SignIn) -> None:
    assert signed_in(Role.CHAIR).get("/search").status_code == 200
    for role in (Role.REPRESENTATIVE, Role.IDVA, Role.SYSTEM_ADMINISTRATOR):
        assert signed_in(role, agency="Haven Northtest").get("/search").status_code == 403


def test_an_incident_left_out_leads_to_the_case_its_two_people_have(
    service: Flask, signed_in: SignIn
) -> None:
    pair = {"victim_nominal": "V-A", "perpetrator_nominal": "P-A"}
    other = {"victim_nominal": "V-A", "perpetrator_nominal": "P-B"}
    feed(
        service,
        within_monday(occurrence_number="LISTED", **pair),
        within_monday(occurrence_number="LEFT", risk="standard", **pair),
        within_monday(occurrence_number="OTHER", risk="standard", **other),
    )
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    listed, left, none = (client.post("/search", data={"words": n}).text for n in ("LISTED", "LEFT", "OTHER"))
    (case,) = re.findall(r"/cases/[0-9a-f-]+", listed)
    assert case in left and "None yet" not in left
    assert "/cases/" not in none and "None yet" in none


@pytest.mark.parametrize(
    "words", ["Nadia Farnby", "farnby nadia", "Farnby, Nadia", "NÁDIA farn", "farn nad", "Mary Ann Farnby"]
)
def test_by_forename_and_surname_in_either_order(service: Flask, signed_in: SignIn, words: str) -> None:
    forename = "Mary Ann" if "Mary" in words else "Nadia"
    feed(
        service,
        within_monday(occurrence_number="KEYED", victim_forename=forename, victim_surname="Farnby"),
        within_monday(occurrence_number="BY", perpetrator_forename=forename, perpetrator_surname="Farnby"),
        within_monday(occurrence_number="BROTHER", victim_forename="Ned", victim_surname="Farnby"),
    )
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    page = search(client, words)
    assert "KEYED" in page and "BY" in page and "BROTHER" not in page
    cases = page.partition("Cases by number")[2]
    assert "C-000003" in cases and "C-000001" not in cases, "cases are found alike"


def test_by_both_names_of_who_has_no_birth_date(service: Flask, signed_in: SignIn) -> None:
    names = {"victim_surname": "Farnby", "victim_dob": ""}
    feed(
        service,
        within_monday(occurrence_number="BARE", victim_forename="Nadia", **names),
        within_monday(occurrence_number="BROTHER", victim_forename="Ned", **names),
    )
    page = search(signed_in(Role.COORDINATOR), "farnby nadia")
    assert "BARE" in page and "BROTHER" not in page


def test_what_is_not_found_says_how_to_search(service: Flask, signed_in: SignIn) -> None:
    page = search(signed_in(Role.COORDINATOR), "nobody of this name")
    assert "Nothing was found. Search by a name or part of one, a date of birth" in page


def test_T1_what_is_recorded_in_the_future_names_its_list_and_asks_for_the_date(
    service: Flask, signed_in: SignIn
) -> None:
    feed(service, within_monday(occurrence_number="AHEAD", recorded_at="2027-01-02T10:00:00+00:00"))
    page = search(signed_in(Role.COORDINATOR), "AHEAD")
    said = "Recorded in the future: waits for the list of Monday 4 January 2027. Check the date."
    assert said in page and "Waits for the next list" not in page


@pytest.mark.parametrize(
    "words", ["illfeather", "Quill", "QUILLF", "12 July 1985", "12 Jul 1985", "12th july, 1985"]
)
def test_by_any_part_of_a_name_and_a_date_in_words(service: Flask, signed_in: SignIn, words: str) -> None:
    feed(
        service,
        within_monday(victim_forename="Oona", victim_surname="Quillfeather", victim_dob="1985-07-12"),
        within_monday(victim_forename="Kit", victim_surname="Quayle", victim_dob="1961-02-03"),
    )
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    people = search(client, words).partition("the likeliest first")[2]
    assert "Oona Quillfeather" in people, words
    assert "Kit Quayle" not in people.partition("Oona")[0]


@pytest.mark.parametrize("words", ["nna smit", "SMIT nna", "anna mithers", "nna mithe 1985", "ary nna mith"])
def test_each_of_several_words_may_be_any_part_of_a_name(
    service: Flask, signed_in: SignIn, words: str
) -> None:
    names = {"victim_forename": "Mary Anna" if "ary" in words else "Anna", "victim_surname": "Smithers"}
    feed(
        service,
        within_monday(**names, victim_dob="1985-07-12"),
        within_monday(victim_forename="Nina", victim_surname="Smitt", victim_dob="1961-02-03"),
    )
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    people = search(client, words).partition("the likeliest first")[2]
    assert "Anna Smithers" in people, words
    assert "Nina Smitt" not in people.partition("Anna Smithers")[0]
    assert "Anna Smithers" not in search(client, "nno smit").partition("the likeliest first")[2]


@pytest.mark.parametrize(("words", "said"), [
    ("31/2/1990", "31/2/1990"), ("Rowan Ashdale 12.13.1985", "12.13.1985"), ("28/2/1990", ""),
    ("13/260/1234", ""),
])  # fmt: skip
def test_what_is_no_date_is_said_to_be_none(signed_in: SignIn, words: str, said: str) -> None:
    page = search(signed_in(Role.COORDINATOR), words)
    assert (f"{said} is not a real date" in page) is bool(said)
    assert ("is not a real date" in page) is bool(said)
