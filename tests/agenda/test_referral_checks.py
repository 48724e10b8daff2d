import pytest

from tests.a_referral import CHILD, PERPETRATOR, UNBORN, problems

VICTIM = {"surname": " harrow", "forename": "WREN", "relationship": "partner"}


def test_T7_a_perpetrator_is_not_the_victim():
    found = problems(perpetrators=({**VICTIM, "dob": "3/4/1990"},))
    assert list(found) == ["perpetrators-1-surname"] and "victim's name" in found["perpetrators-1-surname"]


@pytest.mark.parametrize("dob, refused", [("", True), ("4/4/1960", False)])
def test_T7_two_people_of_one_name_are_told_apart_by_their_birth_dates(dob, refused):
    assert bool(problems(perpetrators=({**VICTIM, "dob": dob},))) is refused


def test_T7_a_middle_name_tells_two_people_apart():
    assert problems(perpetrators=({**VICTIM, "forename": "Wren Joseph"},)) == {}


def test_T7_a_perpetrator_is_entered_once():
    found = problems(perpetrators=(PERPETRATOR, PERPETRATOR))
    assert found == {"perpetrators-2-surname": "Perpetrator 2 has been entered twice"}


def test_F4_what_the_perpetrator_answers_is_no_way_to_reach_the_victim():
    found = problems(perpetrators=({**PERPETRATOR, "phone": "+44 7700 900111"},))
    assert list(found) == ["victim-phone"] and "also the perpetrator's" in found["victim-phone"]


@pytest.mark.parametrize("said", ["no", "not known"])
def test_T7_children_entered_contradict_that_there_are_none(said):
    found = problems(children__any=said, safeguards__child_concerns="none")
    assert found == {"children-any": f"You answered {said}, and entered 1 child. Change one or the other"}


def test_T7_perpetrators_entered_contradict_that_none_is_known():
    found = problems(perpetrators__known="no", perpetrators=(PERPETRATOR, {**PERPETRATOR, "surname": "Elm"}))
    assert "You answered no, and entered 2 perpetrators" in found["perpetrators-known"]


@pytest.mark.parametrize(
    "child, at, why",
    [
        ({**UNBORN, "dob": "1/2/2019"}, "unborn", "an unborn child has no date of birth"),
        ({**CHILD, "due_on": "1/3/2027"}, "unborn", "a child that is born is not expected"),
        ({**CHILD, "to_victim": "None"}, "to_victim", "related to the victim or to the perpetrator"),
        ({**CHILD, "dob": "21/11/2026"}, "present", "born after the incident"),
        ({**CHILD, "dob": "24/11/2026"}, "dob", "must be today or in the past"),
    ],
)
def test_T7_contradictory_children_are_refused(child, at, why):
    found = problems(children=(CHILD, {"name": "Elm", **child}))
    assert why in found[f"children-2-{at}"] and found[f"children-2-{at}"].startswith("Child 2: ")


def test_T7_a_child_born_on_the_day_of_the_incident_may_have_been_present():
    assert problems(children=({**CHILD, "dob": "20/11/2026"},)) == {}


def test_T7_a_child_is_entered_once_and_twins_are_two():
    assert "children-2-name" in problems(children=(CHILD, CHILD))
    assert problems(children=(CHILD, {**CHILD, "name": "Bay Harrow"})) == {}
    assert problems(children=(UNBORN, UNBORN)) == {}


@pytest.mark.parametrize("linked, concerns, refused", [
    ("yes", "no children", True), ("yes", "none", False), ("no", "yes", True), ("no", "no children", False),
])  # fmt: skip
def test_T7_concerns_about_children_agree_with_the_children(linked, concerns, refused):
    rows = (CHILD,) if linked == "yes" else ()
    found = problems(children__any=linked, children=rows, safeguards__child_concerns=concerns)
    assert (list(found) == ["safeguards-child_concerns"]) is refused and bool(found) is refused


def test_F4_no_safe_way_and_a_safe_way_contradict():
    assert problems(contact__ways="none") == {}
    assert list(problems(contact__ways="none,call")) == ["contact-ways"]


def test_F4_nobody_is_both_safe_and_unsafe_to_talk_to():
    assert list(problems(contact__safe="her BROTHER")) == ["contact-unsafe"]
    assert problems(contact__safe="none", contact__unsafe="None") == {}
