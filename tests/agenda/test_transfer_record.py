"""What goes with a case to another area, and the entry it becomes there (M5, T8, R2)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from agenda.incidents import Child, Gender, Incident, Order, OrderKind, Party, Risk
from agenda.pack import NoteKind, PackAction, PackCase, PackNote, Remark
from agenda.pack_kept import kept, read
from agenda.transfer_arrival import Arrival, entry, problems
from agenda.transfer_record import Beside, Between, arrived, record

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
BETWEEN = Between("Northmoor", "Southmoor", AT)
VICTIM = Party(
    "Harrow", "Wren", "V1", date(1990, 4, 3), Gender.FEMALE, "4 Sallow Row", "QX1 4ZZ", "07700 900111"
)
NOTE = PackNote("Hill and Vale Homes", "Priya Raman", AT, NoteKind.OPINION, "tenancy file", "In arrears.")


def an_arrival(**told: object) -> Arrival:
    usual = {"from_area": "Westvale", "their_reference": "WV/7", "heard_on": (date(2026, 6, 4),),
             "victim": VICTIM, "perpetrator": Party("Garnet", "Colm"), "risk": Risk.STANDARD,
             "reason": "She moved."}  # fmt: skip
    return Arrival(**usual | told)  # type: ignore[arg-type]


def a_case() -> PackCase:
    return PackCase("C-000012", None, "", Risk.HIGH, False, (), shared=(NOTE,),
                    actions=(PackAction("victim", "Homes", "Fit a lock", None, "open"),))  # fmt: skip


def test_R2_every_remark_keeps_its_agency_author_time_kind_and_source() -> None:
    words = record(BETWEEN, a_case(), Beside(assessments=(NOTE,), orders=(NOTE,)))
    (sheet,) = words.groups[0].cases
    remarks = [block for part in sheet.sections for block in part.blocks if isinstance(block, Remark)]
    assert len(remarks) == 3
    for one in remarks:
        assert (one.agency, one.author, one.sort) == (
            "Hill and Vale Homes",
            "Priya Raman",
            "Professional opinion",
        )
        assert one.source == "tenancy file" and "23 November 2026" in one.recorded


def test_R1_the_record_holds_hearings_assessments_notes_orders_and_actions() -> None:
    told = {what: replace(NOTE, text=f"{what} it was") for what in ("shared", "assessed", "ordered")}
    beside = Beside(((date(2026, 6, 4), "high"),), (told["assessed"],), (told["ordered"],))
    words = repr(record(BETWEEN, replace(a_case(), shared=(told["shared"],)), beside))
    for one in ("Thursday 4 June 2026", "shared it was", "assessed it was", "ordered it was", "Fit a lock"):
        assert one in words


def test_M5_the_record_is_kept_as_it_was_and_holds_what_came_before() -> None:
    first = arrived(Between("Westvale", "Northmoor", AT), an_arrival(plans="Locks fitted."), "TRF-000007")
    words = record(BETWEEN, a_case(), Beside(((date(2026, 6, 4), "high"),), earlier=(("Westvale", first),)))
    assert read(kept(words)) == words
    titles = [part.title for part in words.groups[0].cases[0].sections]
    assert titles[0] == "Heard at MARAC" and "Westvale: Plans and actions" in titles
    assert "Thursday 4 June 2026, high risk" in repr(words)


def test_A8_no_address_and_no_number_of_a_police_force_is_in_an_entry() -> None:
    latest = Incident("1326", True, AT, AT, Risk.HIGH, VICTIM, VICTIM, 15, "assault", "He rang from her flat",
                      children=(Child("Ash"),), consents=True, staff_of="victim:Homes",
                      order=Order(OrderKind.DVPO))  # fmt: skip
    made = entry(an_arrival(), "TRF-000007", AT, latest)
    assert made.victim == Party("Harrow", "Wren", dob=date(1990, 4, 3), gender=Gender.FEMALE)
    assert (made.order, made.staff_of, made.offence, made.dash_score) == (None, "", "", None)
    assert made.children == (Child("Ash"),) and made.consents is True, "who else is there, and K1, go along"
    assert "flat" not in made.summary and "Westvale" in made.summary


def test_T12_an_entry_is_recorded_when_it_was_received() -> None:
    made = entry(an_arrival(), "TRF-000007", AT)
    assert (made.occurrence_number, made.recorded_at, made.incident_at) == ("TRF-000007", AT, AT)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"from_area": ""}, "from_area"),
        ({"from_area": "x" * 101}, "from_area"),
        ({"their_reference": "x" * 61}, "their_reference"),
        ({"victim": Party("", "Wren")}, "victim_surname"),
        ({"victim": Party("Harrow", dob=date(2026, 11, 24))}, "victim_dob"),
        ({"perpetrator": Party("", "Colm")}, "perpetrator_surname"),
        ({"perpetrator": VICTIM}, "perpetrator_dob"),
        ({"heard_on": (date(2026, 11, 24),)}, "heard_on"),
        ({"heard_on": (date(2026, 6, 4),) * 51}, "heard_on"),
        ({"reason": " "}, "reason"),
        ({"plans": "x" * 20_001}, "plans"),
    ],
)
def test_T8_what_is_missing_too_long_or_cannot_be_is_said_at_its_field(
    told: dict[str, object], field: str
) -> None:
    assert problems(an_arrival(), TODAY) == {}
    assert list(problems(an_arrival(**told), TODAY)) == [field]
