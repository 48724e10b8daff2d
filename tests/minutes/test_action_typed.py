"""An action typed in one line."""

from datetime import date
from uuid import UUID

import pytest

from agenda.agencies import Agency, AgencyKind
from minutes.action_typed import TYPICAL_CATEGORY, parse

TODAY = date(2026, 11, 23)  # a Monday
OFF = frozenset({date(2026, 12, 25)})
KINDS = {
    "Northtest Police": AgencyKind.POLICE, "Haven": AgencyKind.IDVA_SERVICE,
    "Northtest Homes": AgencyKind.HOUSING,
    "Fell Homes": AgencyKind.HOUSING, "Council Front Door": AgencyKind.CHILDRENS_SOCIAL_CARE,
}  # fmt: skip
AGENCIES = [
    Agency(UUID(int=n), name, kind, date(2026, 1, 5), None, frozenset())
    for n, (name, kind) in enumerate(KINDS.items(), 1)
]


@pytest.mark.parametrize(
    ("line", "owner", "what", "due"),
    [
        ("police: check bail conditions by Friday", 1, "Check bail conditions", date(2026, 11, 27)),
        ("IDVA: call her by tomorrow", 2, "Call her", date(2026, 11, 24)),
        ("haven: call her by phone", 2, "Call her by phone", None),
        ("front door: visit by 3 December.", 5, "Visit", date(2026, 12, 3)),
        ("fell: change the locks, by 27/11", 4, "Change the locks", date(2026, 11, 27)),
        ("csc: visit by Monday", 5, "Visit", date(2026, 11, 30)),
        ("police: visit by in 3 working days", 1, "Visit", date(2026, 11, 26)),
        ("police: visit by 5/1", 1, "Visit", date(2027, 1, 5)),
    ],
)
def test_A1_owner_text_and_day_are_read(line: str, owner: int, what: str, due: date | None) -> None:
    told = parse(line, AGENCIES, TODAY, OFF)
    assert (told.owner_id, told.what, told.due, told.problems) == (UUID(int=owner), what, due, ())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("housing: change the locks", "may be Northtest Homes, Fell Homes"),
        ("polcie: check", "No agency here is called “polcie”"),
        ("check bail", "Choose the agency"),
        ("police:", "Enter what is to be done"),
    ],
)
def test_A1_what_cannot_be_read_is_said_and_kept(line: str, said: str) -> None:
    told = parse(line, AGENCIES, TODAY, OFF)
    assert said in " ".join(told.problems)
    assert line.partition(":")[2].strip().casefold() in told.what.casefold()


@pytest.mark.parametrize(
    "said",
    [
        "31/02/2027",
        "yesterday",
        "20/11/2026",
        "2027-02-03",
        "30 February",
        "the end of the week",
        "monday week",
    ],
)
def test_A1_a_day_that_is_not_understood_is_said_and_no_other_takes_its_place(said: str) -> None:
    told = parse(f"police: check bail by {said}.", AGENCIES, TODAY, OFF)
    assert (told.due, told.unread) == (None, said) and told.what == f"Check bail by {said}"
    assert f"“{said}” is not understood as a day" in " ".join(told.problems)


def test_A1_by_somebody_is_no_day() -> None:
    for said in (
        "by phone",
        "by the housing officer",
        "by Mark",
        "by the Monthly group",
        "by letter and by mail",
    ):
        told = parse(f"police: tell her {said}", AGENCIES, TODAY, OFF)
        assert (told.unread, told.problems) == ("", ())


def test_A1_a_day_that_has_passed_is_no_day() -> None:
    assert parse("police: visit by 20/11/2026", AGENCIES, TODAY, OFF).due is None


def test_A1_a_day_without_an_office_moves_to_the_next() -> None:
    assert parse("police: visit by Friday", AGENCIES, date(2026, 12, 21), OFF).due == date(2026, 12, 28)


def test_D4_every_kind_of_agency_has_what_its_actions_are_usually_about() -> None:
    assert set(TYPICAL_CATEGORY) == set(AgencyKind)
