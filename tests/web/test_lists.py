"""The daily list's pages: what they show, to whom, and what can be done there."""

import html
import re
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

from meetingsvc.models import AttendeeRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import areas
from meetingsvc.store import audit as trail
from meetingsvc.usecases.transaction import saved
from tests.a_meeting_record import nothing_missing, somebody
from tests.builders import a_hearing, a_row, take_in, take_in_history
from tests.web.conftest import SignIn

MONDAY = "2026-11-23"
SATURDAY_NIGHT = "2026-11-21T22:00:00+00:00"


def feed(service: Flask, *rows: dict[str, str]) -> None:
    """Takes the rows in; each was recorded in Monday's window, where it does not say otherwise."""
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        take_in(area.id, *({"recorded_at": SATURDAY_NIGHT} | row for row in rows))


def within_monday(**told: str) -> dict[str, str]:
    return a_row(**({"recorded_at": SATURDAY_NIGHT} | told))


def text(page: str) -> str:
    """The page as it reads."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_T1_mondays_list_says_that_it_covers_the_weekend(service: Flask, signed_in: SignIn) -> None:
    page = text(signed_in(Role.COORDINATOR).get("/lists").text)
    assert "Mon 23 Nov 2026 Today" in page
    assert "(72 hours). Covers Saturday 21 and Sunday 22 November 2026" in page
    assert "Tue 24 Nov 2026 Next list" in page


@pytest.mark.parametrize("day", ["2026-11-21", "2026-12-25"])
def test_T1_a_day_without_a_list_says_which_covers_it(service: Flask, signed_in: SignIn, day: str) -> None:
    client = signed_in(Role.COORDINATOR)
    answer = client.get(f"/lists/{day}")
    assert answer.status_code == 404
    assert "covers it." in text(answer.text)
    assert client.post(f"/lists/{day}/build").status_code == 409


def test_T1_a_built_list_stays_in_the_index_when_its_day_is_made_one_without(
    service: Flask, signed_in: SignIn
) -> None:
    row = within_monday()
    feed(service, row)
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    day_off(service, date(2026, 11, 23), date(2026, 11, 2))
    page = client.get("/lists").text
    assert f'href="/lists/{MONDAY}"' in page and "/lists/2026-11-02" not in page
    assert "Mon 23 Nov 2026" in text(page) and "(72 hours)" in text(page) and "Open" in text(page)
    assert "Earlier lists" not in text(page), "the first list's day is off: nothing is earlier"
    assert row["victim_surname"] in client.get(f"/lists/{MONDAY}").text


def day_off(service: Flask, *days: date) -> None:
    """Sets further days without a list."""
    with service.app_context(), saved():
        area = areas.by_name("northtest")
        assert area is not None
        area.settings = areas.settings_json(replace(areas.settings_of(area), extra_holidays=days))


@pytest.mark.parametrize("day", ["monday", "20261123", "2026-02-30", "9999-12-31"])
def test_what_is_no_day_is_an_unknown_address(service: Flask, signed_in: SignIn, day: str) -> None:
    assert signed_in(Role.COORDINATOR).get(f"/lists/{day}").status_code == 404


def test_a_built_list_tells_each_case_in_words(service: Flask, signed_in: SignIn) -> None:
    row = within_monday(
        risk="medium", children_present="Y", children="Mia|2019-03-04|Y|both;Jay", offence="Assault <b>",
        order_kind="DVPN", order_terms="no contact",
    )  # fmt: skip
    feed(service, row)
    client = signed_in(Role.COORDINATOR)
    answer = client.post(f"/lists/{MONDAY}/build", follow_redirects=True)
    page = text(answer.text)
    assert "The list of Monday 23 November 2026 is built: 1 case." in page
    assert f"Niamh {row['victim_surname']}" in page
    assert f"Gareth {row['perpetrator_surname']}" in page
    assert "Medium risk, children present or linked" in page
    assert "2: Mia (7), Jay" in page
    assert "Assault &lt;b&gt;" in answer.text
    assert "DVPN" in page and "no contact" in page
    assert "/outcome" in answer.text


def test_an_unknown_perpetrator_is_said_to_be_unknown(service: Flask, signed_in: SignIn) -> None:
    nobody = {f"perpetrator_{part}": "" for part in ("nominal", "forename", "surname", "dob")}
    feed(service, within_monday(**nobody))
    client = signed_in(Role.COORDINATOR)
    assert "Unknown" in text(client.post(f"/lists/{MONDAY}/build", follow_redirects=True).text)


def test_T6_repeat_and_victim_known_are_badges(service: Flask, signed_in: SignIn) -> None:
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        take_in_history(
            area.id, a_hearing(victim_nominal="V-A", perpetrator_nominal="P-A"), today=date(2026, 11, 20)
        )
    feed(
        service,
        within_monday(victim_nominal="V-A", perpetrator_nominal="P-A", risk="standard"),
        within_monday(victim_nominal="V-A", perpetrator_nominal="P-B"),
    )
    client = signed_in(Role.COORDINATOR)
    page = text(client.post(f"/lists/{MONDAY}/build", follow_redirects=True).text)
    assert "Further incident on a case heard at MARAC" in page
    assert "Standard risk Repeat" in page
    assert "High risk Victim known to MARAC" in page


def test_building_twice_builds_nothing_new(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    page = text(client.post(f"/lists/{MONDAY}/build", follow_redirects=True).text)
    assert "had been built already" in page


def test_a_list_built_early_warns_first(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.COORDINATOR)
    assert "Its window has not ended" in text(client.get("/lists/2026-11-24").text)
    unsure = client.post("/lists/2026-11-24/build")
    assert unsure.status_code == 422 and "There is a problem" in text(unsure.text)
    assert "govuk-button--warning" in unsure.text and 'name="sure"' in unsure.text
    assert client.post("/lists/2026-11-24/build", data={"sure": "yes"}).status_code == 303
    answer = client.post("/lists/2026-11-25/build")
    assert answer.status_code == 409
    assert "cannot be built yet" in text(answer.text)


def test_T5_why_not_listed_leads_to_adding_by_hand(service: Flask, signed_in: SignIn) -> None:
    row = within_monday(risk="standard")
    feed(service, row)
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    page = client.get(f"/lists/{MONDAY}/not-listed")
    assert "Standard risk: listed only where" in text(page.text)
    asked = client.post("/lists/ask-to-add", data={"reference": row["occurrence_number"], "day": MONDAY})
    assert asked.status_code == 200 and "Why is it put on the list?" in text(asked.text)
    told = {"reference": row["occurrence_number"], "day": MONDAY, "reason": "  "}
    empty = client.post("/lists/add", data=told)
    assert empty.status_code == 422 and "Say why it is put on the list" in text(empty.text)
    added = client.post("/lists/add", data=told | {"reason": "Pattern <of> concern"}, follow_redirects=True)
    assert "Added by a person" in text(added.text)
    assert "Pattern &lt;of&gt; concern" in added.text
    assert "Nothing was left out." in text(client.get(f"/lists/{MONDAY}/not-listed").text)
    again = client.post("/lists/add", data=told | {"reason": "once more"})
    assert again.status_code == 409 and "on this list already" in text(again.text)


def test_closing_asks_first_and_names_the_cases_without_an_outcome(service: Flask, signed_in: SignIn) -> None:
    row = within_monday()
    feed(service, row, within_monday(occurrence_number="LATER", risk="standard"))
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    page = client.get(f"/lists/{MONDAY}/close").text
    asked = text(page)
    assert "1 case has no outcome" in asked and row["victim_surname"] in asked
    assert f'action="/lists/{MONDAY}/close"' not in page
    refused = client.post(f"/lists/{MONDAY}/close")
    assert refused.status_code == 409 and "Nobody is recorded as present" in text(refused.text)
    (case,) = re.findall(r'href="(/items/[^"]+/outcome)"', page)
    decided = {"version": "0", "risk": "medium", "refer": "no", "step": "save",
               "not_referred": "She is in refuge."}  # fmt: skip
    assert client.post(case, data=decided).status_code == 303
    with service.app_context():
        nothing_missing(somebody(Role.COORDINATOR))
    ready = client.get(f"/lists/{MONDAY}/close").text
    assert "It is not recorded who chaired" in ready and "/record#chair" in ready
    assert "Every case has its outcome." in ready and f'action="/lists/{MONDAY}/close"' in ready
    with service.app_context(), saved():
        db.session.execute(update(AttendeeRow).values(confidential_at=None))
    page = text(client.get(f"/lists/{MONDAY}/close").text)
    assert "It is not on record that the confidentiality statement was read out" in page
    assert client.post(f"/lists/{MONDAY}/close").status_code == 409
    client.post(f"/lists/{MONDAY}/close", data={"unread": "The line fell away"})
    assert "Closed Monday 23 November 2026, 08:30" in text(client.get(f"/lists/{MONDAY}").text)
    assert client.post(f"/lists/{MONDAY}/close").status_code == 409
    late = client.post("/lists/add", data={"reference": "LATER", "day": MONDAY, "reason": "a"})
    assert late.status_code == 422  # no list is open to choose


def test_who_attends_daily_reads_the_list_and_changes_nothing(service: Flask, signed_in: SignIn) -> None:
    row = within_monday()
    feed(service, row, within_monday(risk="standard"))
    signed_in(Role.COORDINATOR).post(f"/lists/{MONDAY}/build")
    for role in (Role.REPRESENTATIVE, Role.IDVA):
        client = signed_in(role, agency="Haven Northtest")
        page = client.get(f"/lists/{MONDAY}")
        assert row["victim_surname"] in page.text
        assert "not-listed" not in page.text and "/close" not in page.text and "/outcome" not in page.text
        assert client.get(f"/lists/{MONDAY}/not-listed").status_code == 403
        assert client.post(f"/lists/{MONDAY}/build").status_code == 403
        assert client.post(f"/lists/{MONDAY}/close").status_code == 403
        assert client.post("/lists/add").status_code == 403


def test_who_does_not_attend_daily_sees_no_list(service: Flask, signed_in: SignIn) -> None:
    row = within_monday()
    feed(service, row)
    signed_in(Role.COORDINATOR).post(f"/lists/{MONDAY}/build")
    client = signed_in(Role.REPRESENTATIVE, agency="Northtest Homes")
    hidden, missing = client.get(f"/lists/{MONDAY}"), client.get("/lists/2026-11-20")
    assert hidden.status_code == missing.status_code == 200
    assert row["victim_surname"] not in hidden.text
    said = "Your agency does not attend the daily meeting, so its lists are not shown here."
    for page in (hidden, missing, client.get("/lists")):
        assert said in text(page.text) and "has not been built" not in page.text
    assert said not in text(signed_in(Role.CHAIR, agency="Northtest Homes").get("/lists").text)


def test_reading_a_list_leaves_a_trace(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    with service.app_context():
        before, _ = trail.verify()
    client.get(f"/lists/{MONDAY}")
    with service.app_context():
        assert trail.verify() == (before + 1, None)


def test_T13_why_not_listed_says_that_the_police_had_rated_it_higher(
    service: Flask, signed_in: SignIn
) -> None:
    lowered, never = within_monday(occurrence_number="LOWERED"), within_monday(risk="standard")
    feed(service, lowered, never)
    feed(service, lowered | {"risk": "medium"})
    feed(service, lowered | {"risk": "standard"})
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    page = text(client.get(f"/lists/{MONDAY}/not-listed").text)
    assert page.count("It was high in an earlier version") == 1 and "2 not listed" in page


def test_T13_why_not_listed_says_what_was_domestic_in_an_earlier_version(
    service: Flask, signed_in: SignIn
) -> None:
    unflagged, never = within_monday(occurrence_number="UNFLAGGED"), within_monday(domestic="N")
    low = within_monday(risk="standard")
    feed(service, unflagged, never, low)
    feed(service, unflagged | {"domestic": "N", "risk": "standard"}, low | {"domestic": "N"})
    client = signed_in(Role.COORDINATOR)
    listed = text(client.post(f"/lists/{MONDAY}/build", follow_redirects=True).text)
    assert "Why not listed (1)" in listed
    assert "Not domestic: 3, 1 of them flagged domestic in an earlier version." in listed
    page = text(client.get(f"/lists/{MONDAY}/not-listed").text)
    assert (
        page.count("It was domestic and high risk in an earlier version") == page.count("UNFLAGGED Sat") == 1
    )
    added = {"day": MONDAY, "reference": "UNFLAGGED", "reason": "The force did not send this."}
    client.post("/lists/add", data=added)
    assert "It was domestic" not in text(client.get(f"/lists/{MONDAY}/not-listed").text)


def test_the_printed_list_has_no_outcome_column(service: Flask, signed_in: SignIn) -> None:
    feed(service, within_monday())
    page = signed_in(Role.COORDINATOR).post(f"/lists/{MONDAY}/build", follow_redirects=True).text
    assert '<th scope="col" class="app-no-print">Outcome</th>' in page
    assert '<td class="app-no-print" data-label="Outcome">' in page
    assert "app-table--list" in page
