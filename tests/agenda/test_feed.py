import csv
import io
from datetime import UTC, date, datetime

import pytest

from agenda.feed import REQUIRED, Accepted, open_feed
from agenda.feed_content import COLUMNS, incident
from agenda.feed_table import Rejected
from agenda.incidents import Child, Gender, Linked, Order, OrderKind, Party, Risk

AN_INCIDENT = {
    "occurrence_number": "13260012345",
    "domestic": "Y",
    "recorded_at": "2026-11-20T09:00",
    "incident_at": "2026-11-19T22:30",
    "risk": "medium",
    "victim_surname": "Ward",
}
LIMIT = 10**7


def a_file(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(columns)
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return out.getvalue().encode()


def read(content: bytes) -> tuple[list[Accepted | Rejected], list[str]]:
    feed = open_feed(io.BytesIO(content), LIMIT)
    return list(feed.rows()), feed.warnings


def row(**told: str) -> Accepted | Rejected:
    (one,), _ = read(a_file(AN_INCIDENT | told))
    return one


def accepted(**told: str) -> Accepted:
    one = row(**told)
    assert isinstance(one, Accepted), one
    return one


def warned(**told: str) -> list[str]:
    (one,), warnings = read(a_file(AN_INCIDENT | told))
    assert isinstance(one, Accepted), one
    return warnings


def test_a_row_gives_what_triage_and_case_finding_read():
    one = accepted(
        risk="HIGH",
        victim_forename="Zoë",
        victim_dob="03/02/1990",
        victim_nominal="N1",
        perpetrator_forename="Tom",
        victim_consents_to_share="y",
    )
    assert one[:11] == (
        *(
            2,
            "13260012345",
            True,
            datetime(2026, 11, 20, 9, tzinfo=UTC),
            datetime(2026, 11, 19, 22, 30, tzinfo=UTC),
        ),
        *(Risk.HIGH, False, True, date(2026, 11, 20), "N1", "ward|zoe|1990-02-03"),
    )
    assert (one.perpetrator_known, one.perpetrator_nominal, one.perpetrator_name) == (True, "", "")


def test_a_full_row_comes_back_as_an_incident():
    one = accepted(
        dash_score="017",
        offence="Common assault",
        summary='She said "go"\nand he went \\ left',
        relationship="ex-partner",
        victim_gender="FEMALE",
        victim_address="1 High Street\nNorthmoor",
        perpetrator_surname="O'Brien",
        perpetrator_postcode="NM1 2AB",
        children_present="n",
        children="Sam Ward|03/02/2015|Y|victim; Jo|||BOTH;Al;",
        order_kind="dvpo",
        order_made_at="20/11/2026 16:10",
        order_expires_at="2026-12-18",
        order_terms="no contact",
        parties_live_together="N",
        staff_of="VICTIM: northmoor-council",
    )
    told = incident(one.content)
    assert told.victim == Party("Ward", gender=Gender.FEMALE, address="1 High Street\nNorthmoor")
    assert told.perpetrator == Party("O'Brien", postcode="NM1 2AB")
    assert told.children == (
        Child("Sam Ward", date(2015, 2, 3), True, Linked.VICTIM),
        Child("Jo", linked=Linked.BOTH),
        Child("Al"),
    )
    made = datetime(2026, 11, 20, 16, 10, tzinfo=UTC)
    assert told.order == Order(OrderKind.DVPO, made, date(2026, 12, 18), "no contact", False)
    assert (told.dash_score, told.children_present, told.staff_of) == (17, False, "victim:northmoor-council")
    assert told.summary == 'She said "go"\nand he went \\ left'
    assert one.has_order and one.children


@pytest.mark.parametrize("column", REQUIRED)
def test_a_required_cell_must_be_filled(column):
    one = row(**{column: "  "})
    assert (one.line, one.column) == (2, column)
    assert "must be filled" in one.error


@pytest.mark.parametrize(
    "column, cell, said",
    [
        ("occurrence_number", "1" * 41, "41 characters long; at most 40"),
        ("offence", "x" * 201, "201 characters long; at most 200"),
        ("summary", "x" * 20_001, "20,001 characters long; at most 20,000"),
        ("victim_nominal", "1" * 101, "at most 100"),
        ("domestic", "maybe", "not Y or N: 'maybe'; write Y or N"),
        ("risk", "grave", "write standard, medium or high"),
        ("dash_score", "28", "from 0 to 27"),
        ("dash_score", "-1", "from 0 to 27"),
        ("dash_score", "twelve", "from 0 to 27"),
        ("victim_gender", "F", "write female, male, other or unknown"),
        ("victim_dob", "31/02/1990", "not a date: '31/02/1990'; write YYYY-MM-DD or DD/MM/YYYY"),
        ("victim_dob", "01/02/90", "the year needs four digits"),
        ("victim_dob", "1990-W05-3", "not a date"),
        ("perpetrator_dob", "03/02/0190", "the year must be from 1900 to 2100"),
        ("recorded_at", "2026-11-20", "not a time"),
        ("recorded_at", "20/11/26 09:00", "the year needs four digits"),
        ("recorded_at", "2026-11-20T25:00", "a time that exists"),
        ("recorded_at", "0226-11-20T09:00", "the year must be"),
        ("recorded_at", "2026-03-29T01:30", "did not exist, the clocks went forward"),
        ("incident_at", "29/03/2026 01:30:00", "did not exist"),
        ("children_present", "2", "write Y or N"),
        ("children", "Sam|31/02/2015", "not a date"),
        ("children", "Sam||maybe", "write Y or N"),
        ("children", "Sam|||aunt", "write victim, perpetrator or both"),
        ("children", "Sam||Y|both|more", "too many parts"),
        ("order_kind", "ASBO", "write DVPN, DVPO, DAPN or DAPO"),
        ("order_made_at", "yesterday", "not a time"),
        ("order_expires_at", "soon", "not a date"),
        ("parties_live_together", "x", "write Y or N"),
        ("staff_of", "northmoor-council", "write victim:AGENCY or perpetrator:AGENCY"),
        ("staff_of", "victim:", "write victim:AGENCY"),
    ],
)
def test_a_row_that_breaks_a_rule_is_rejected_alone(column, cell, said):
    rows, _ = read(a_file(AN_INCIDENT, AN_INCIDENT | {column: cell}, AN_INCIDENT))
    assert [type(one) for one in rows] == [Accepted, Rejected, Accepted]
    assert (rows[1].line, rows[1].column, rows[1].also) == (3, column, ())
    assert said in rows[1].error


def test_everything_wrong_with_a_row_is_said_and_the_row_is_kept_as_it_came():
    raw = AN_INCIDENT | {"risk": "grave ", "victim_dob": "1/1/90 ", "occurrence_number": ""}
    (one,), _ = read(a_file(raw))
    assert (one.column, [column for column, _ in one.also]) == ("occurrence_number", ["risk", "victim_dob"])
    assert one.cells == [raw.get(name, "") for name in COLUMNS]


@pytest.mark.parametrize(
    "column, cell",
    [
        ("occurrence_number", "1" * 40),
        ("offence", "x" * 200),
        ("summary", "é" * 20_000),
        ("dash_score", "0"),
        ("dash_score", "27"),
        ("perpetrator_gender", "Unknown"),
        ("victim_surname", "O'Brien-Núñez مريم"),
        ("staff_of", "perpetrator:northmoor-council"),
        ("victim_phone", "+44 7700 900123"),
        ("summary", "=1+1"),
    ],
)
def test_what_the_contract_allows_is_kept_as_it_is(column, cell):
    assert cell.lower() in accepted(**{column: cell}).content.lower()


@pytest.mark.parametrize(
    "cell, utc",
    [
        ("2026-11-20T09:00:00+00:00", "2026-11-20T09:00"),
        ("2026-11-20T09:00:00Z", "2026-11-20T09:00"),
        ("2026-11-20T09:00:00.250Z", "2026-11-20T09:00:00.250"),
        ("2026-11-20t09:00+0100", "2026-11-20T08:00"),
        ("2026-11-20 09:00", "2026-11-20T09:00"),
        ("20/11/2026 09:00", "2026-11-20T09:00"),
        ("20/11/2026 09:00:30", "2026-11-20T09:00:30"),
        ("2026-07-20T00:30", "2026-07-19T23:30"),  # summer time
        ("20/07/2026 00:30", "2026-07-19T23:30"),
        ("2026-10-25T01:30", "2026-10-25T00:30"),  # happens twice: the first
        ("2026-10-25T01:30+00:00", "2026-10-25T01:30"),  # the second, said with its offset
        ("2026-10-25T02:30", "2026-10-25T02:30"),
        ("2026-03-29T00:59", "2026-03-29T00:59"),
        ("2026-03-29T02:00", "2026-03-29T01:00"),
    ],
)
def test_a_time_is_iso_with_offset_or_local_or_british_and_kept_in_utc(cell, utc):
    assert accepted(recorded_at=cell).recorded_at == datetime.fromisoformat(utc + "+00:00")


@pytest.mark.parametrize(
    "cell, day",
    [
        ("2026-07-20T00:30", date(2026, 7, 20)),
        ("2026-07-19T23:30Z", date(2026, 7, 20)),
        ("2026-11-20T23:59", date(2026, 11, 20)),
    ],
)
def test_T6_the_day_of_recording_is_the_local_one(cell, day):
    assert accepted(recorded_at=cell).recorded_day == day


@pytest.mark.parametrize(
    "cells, known",
    [
        ({}, False),
        ({"relationship": "ex-partner"}, False),
        ({"perpetrator_gender": "male"}, True),
        ({"perpetrator_nominal": "N9"}, True),
        ({"perpetrator_surname": "  "}, False),
    ],
)
def test_a_perpetrator_is_unknown_where_all_their_columns_are_blank(cells, known):
    one = accepted(**cells)
    assert one.perpetrator_known is known
    assert (incident(one.content).perpetrator is not None) is known


@pytest.mark.parametrize("cell, consents", [("Y", True), ("n", False), ("", None)])
def test_T4_consent_is_yes_no_or_not_known(cell, consents):
    assert accepted(victim_consents_to_share=cell).consents is consents


@pytest.mark.parametrize(
    "present, children, counts",
    [
        ("Y", "", True),
        ("N", "", False),
        ("", "", False),
        ("", "Sam", True),
        ("N", "Sam||N|victim", True),
        ("", " ; |", False),
    ],
)
def test_T3_any_child_named_counts_whatever_children_present_says(present, children, counts):
    assert accepted(children_present=present, children=children).children is counts
    assert incident(accepted(children_present=present, children=children).content).has_children is counts


@pytest.mark.parametrize(
    "cells, said",
    [
        ({"children_present": "N", "children": "Sam"}, "children_present is N"),
        ({"recorded_at": "2026-11-18T09:00"}, "recorded_at is before incident_at"),
        ({"victim_dob": "2027-01-01"}, "a date of birth after the day of recording"),
        ({"perpetrator_surname": "x", "perpetrator_dob": "2027-01-01"}, "a date of birth after the day"),
        ({"children": "Kid|2030-01-01"}, "a child's date of birth more than nine months after"),
        ({"victim_nominal": "N1", "perpetrator_nominal": "N1"}, "are one person"),
        (
            {
                "victim_forename": "Zoë",
                "victim_surname": "Ward",
                "victim_dob": "1990-02-03",
                "perpetrator_forename": "zoe",
                "perpetrator_surname": "WARD",
                "perpetrator_dob": "03/02/1990",
            },
            "are one person",
        ),
        ({"victim_surname": "Wa\u202erd"}, "victim_surname: control characters"),
        ({"offence": "a\x07b"}, "offence: control characters"),
        (
            {
                "order_terms": "x",
                "order_made_at": "2026-11-20T10:00",
                "order_expires_at": "2026-12-18",
            },
            "without its order_kind",
        ),
        (
            {"order_kind": "DVPO", "order_terms": "x", "order_expires_at": "2026-12-18"},
            "without its order_made_at",
        ),
        (
            {"order_kind": "DVPO", "order_terms": "x", "order_made_at": "2026-11-20T10:00"},
            "without its order_expires_at",
        ),
    ],
)
def test_what_is_odd_but_right_warns_and_goes_in(cells, said):
    (warning,) = warned(**cells)
    assert said in warning
    assert warning.endswith("1 row, first on line 2")


def test_two_numbers_are_two_people_whatever_they_are_called():
    told = {f"{who}_{what}": value for who in ("victim", "perpetrator")
            for what, value in (("forename", "Zoë"), ("surname", "Ward"), ("dob", "1990-02-03"))}  # fmt: skip
    assert warned(**told, victim_nominal="N1", perpetrator_nominal="N2") == []


@pytest.mark.parametrize("number", ["REF-000123", "ref-1", "TRF-000001", "DSA-2", "ORD-000009/2"])
def test_our_own_references_are_no_force_s_number(number):
    told = row(occurrence_number=number)
    assert isinstance(told, Rejected) and told.column == "occurrence_number"
    assert accepted(occurrence_number=f"X{number}").occurrence_number == f"X{number}"


@pytest.mark.parametrize("cells", [{"order_terms": "no contact"}, {"order_made_at": "2026-11-20T10:00"}])
def test_T10_an_order_of_which_the_kind_is_not_told_is_an_order_all_the_same(cells):
    row = accepted(**cells)
    assert row.has_order
    assert incident(row.content).order is not None


@pytest.mark.parametrize(
    "kind, made, expires, odd",
    [
        ("DVPO", "2026-11-20T16:10", "2026-12-18", False),
        ("DVPO", "2026-11-20T16:10", "2026-12-04", False),
        ("DVPO", "2026-10-20T16:10", "2026-11-17T16:10", False),  # 28 local days across a clock change
        ("DVPO", "2026-11-20T16:10", "2026-11-30", True),
        ("DVPO", "2026-11-20T16:10", "2027-01-18", True),
        ("DVPN", "2026-11-20T16:10", "2026-11-22T16:10", False),
        ("DVPN", "2026-11-20T16:10", "2026-12-18", True),
        ("DAPN", "2026-11-20T16:10", "2026-11-19", True),
        ("DAPO", "2026-11-20T16:10", "2036-11-20", False),
    ],
)
def test_T10_an_unusual_length_of_an_order_warns_and_never_rejects(kind, made, expires, odd):
    found = warned(order_kind=kind, order_made_at=made, order_expires_at=expires, order_terms="no contact")
    assert [warning.split(":")[0] for warning in found] == [f"an unusual length for a {kind}"] * odd


def test_control_characters_and_direction_overrides_go_and_letters_stay():
    one = accepted(
        victim_surname="مر\u202eيم\x00".replace("\x00", "\x01"), offence="a\tb", summary="a\tb\r\nc\x0b"
    )
    told = incident(one.content)
    assert (told.victim.surname, told.offence, told.summary) == ("مريم", "a b", "a\tb\nc")


def test_accents_are_composed():
    assert incident(accepted(victim_surname="Nu\u0301nez").content).victim.surname == "N\u00fanez"


def test_a_neutralised_cell_comes_back_as_it_was():
    assert accepted(summary="'=1+1").content == accepted(summary="=1+1").content


def test_the_digest_is_of_what_is_said_not_of_how():
    says = {
        "victim_dob": "1990-02-03",
        "victim_consents_to_share": "Y",
        "dash_score": "7",
        "staff_of": "victim:x",
    }
    one = accepted(**says)
    again = {name: f" {cell} " for name, cell in (AN_INCIDENT | says).items()} | {
        "risk": "MEDIUM",
        "domestic": "y",
        "recorded_at": "20/11/2026 09:00",
        "victim_dob": "03/02/1990",
        "victim_consents_to_share": "y",
        "dash_score": "07",
        "staff_of": "Victim : x",
    }
    (other,), _ = read(a_file(again, columns=tuple(reversed(COLUMNS)), delimiter=";"))
    assert (other.digest, other.content) == (one.digest, one.content)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_of_any_column_changes_the_digest(column):
    other = {"risk": "high", "domestic": "N", "dash_score": "1", "children": "Sam", "order_kind": "DVPO"}
    other |= dict.fromkeys(("victim_gender", "perpetrator_gender"), "male") | {"staff_of": "victim:x"}
    other |= dict.fromkeys(("victim_dob", "perpetrator_dob", "order_expires_at"), "2001-01-01")
    other |= dict.fromkeys(("recorded_at", "incident_at", "order_made_at"), "2026-11-20T10:00")
    other |= dict.fromkeys(("victim_consents_to_share", "children_present", "parties_live_together"), "Y")
    assert accepted(**{column: other.get(column, "changed")}).digest != accepted().digest
