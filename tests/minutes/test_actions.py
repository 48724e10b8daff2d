from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from agenda.panels import Family
from minutes.actions import WHAT_LENGTH, Action, Category, Status, is_overdue, of, problems, status_problems

HOUSING, STRANGER = UUID(int=1), UUID(int=2)
TODAY = date(2026, 11, 23)
LOCKS = Action(Category.OTHER_SUPPORT, HOUSING, "Change the locks", date(2026, 11, 27))


def told(**changed) -> dict[str, str]:
    return problems(replace(LOCKS, **changed), {HOUSING}, TODAY)


def test_M3_the_five_categories():
    assert [category.label.split(" (")[0] for category in of(Family.ABUSE)] == [
        "Supporting the victim about domestic abuse",
        "Other support",
        "Safeguarding adults and children",
        "Managing the perpetrator",
        "Information sharing and flags",
    ]


def test_E2_actions_of_exploitation_have_categories_of_their_own():
    assert [one.value for one in of(Family.EXPLOITATION)] == ["disruption", "diversion", "support", "place"]
    assert set(of(Family.ABUSE)) | set(of(Family.EXPLOITATION)) == set(Category)
    park = replace(LOCKS, category=Category.PLACE)
    assert problems(park, {HOUSING}, TODAY, Family.EXPLOITATION) == {}
    for action, family in ((park, Family.ABUSE), (LOCKS, Family.EXPLOITATION)):
        assert problems(action, {HOUSING}, TODAY, family) == {"category": "Choose what the action is about"}


def test_A1_a_whole_action_has_no_problem():
    assert told() == {}


@pytest.mark.parametrize(
    "changed, expected",
    [
        ({"category": None}, {"category": "Choose what the action is about"}),
        ({"owner_id": None}, {"owner_id": "Choose the agency that owns the action"}),
        ({"owner_id": STRANGER}, {"owner_id": "Choose the agency that owns the action"}),
        ({"what": " \n"}, {"what": "Enter what is to be done"}),
        (
            {"what": "x" * (WHAT_LENGTH + 1)},
            {"what": "What is to be done must be 2,000 characters or fewer"},
        ),
        ({"what": "x" * WHAT_LENGTH}, {}),
        ({"due": None}, {"due": "Enter the day by which it is to be done"}),
        (
            {"due": date(2026, 11, 22)},
            {"due": "Sunday 22 November 2026 has passed. Enter today or a later day"},
        ),
        ({"due": TODAY}, {}),
        ({"due": date(2027, 11, 23)}, {}),
        (
            {"due": date(2027, 11, 24)},
            {"due": "Wednesday 24 November 2027 is more than 12 months ahead. Check the year"},
        ),
        (
            {"due": date.max},
            {"due": "Friday 31 December 9999 is more than 12 months ahead. Check the year"},
        ),
    ],
)
def test_A1_an_action_has_a_category_an_owner_what_and_a_day_to_come(changed, expected):
    assert told(**changed) == expected


def test_A1_every_problem_is_told_at_once():
    nothing = Action(None, None, "", None, Status.NOT_DONE)
    assert set(problems(nothing, {HOUSING}, TODAY)) == {"category", "owner_id", "what", "due", "reason"}


@pytest.mark.parametrize("status", Status)
def test_A1_only_not_possible_and_not_done_need_a_reason(status):
    needed = status in (Status.NOT_POSSIBLE, Status.NOT_DONE)
    assert (status_problems(status, " ") != {}) == needed
    assert status_problems(status, "The house was sold") == {}


def test_A1_not_possible_and_not_done_are_told_apart():
    assert status_problems(Status.NOT_POSSIBLE, "") == {"reason": "Say why the action was not possible"}
    assert status_problems(Status.NOT_DONE, "") == {"reason": "Say why the action was not done"}
    assert [status.label for status in Status] == ["Open", "Done", "Not possible", "Not done"]


def test_A1_a_reason_has_a_length():
    assert status_problems(Status.NOT_DONE, "x" * 2_001) == {
        "reason": "The reason must be 2,000 characters or fewer"
    }


@pytest.mark.parametrize("status", Status)
def test_A2_only_an_open_action_is_overdue(status):
    assert is_overdue(status, date(2026, 11, 22), TODAY) == (status is Status.OPEN)


def test_A2_an_action_is_not_overdue_on_its_day():
    assert not is_overdue(Status.OPEN, TODAY, TODAY)
