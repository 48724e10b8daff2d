"""What a meeting has to leave behind before it can end."""

from itertools import product

from minutes.closing import UNREAD, Line, problems, unread_problem


def test_F1_a_heard_case_has_its_outcome_and_what_of_telling_the_victim() -> None:
    assert problems([Line("C-000001", True, "", True)]) == []
    assert problems([Line("C-000001", False, "", False)]) == ["1 case has no outcome: C-000001."]
    assert problems([Line("C-000001", True, "", False)]) == [
        "1 case has nobody who tells the victim, and no reason why telling is unsafe: C-000001."
    ]


def test_D3_what_was_typed_and_not_saved_is_said_case_by_case() -> None:
    lines = [Line(f"C-00000{n}", True, "", True, unsaved=n > 0) for n in range(3)]
    assert problems(lines) == [f"Typed and not saved: C-00000{n}." for n in (1, 2)]
    assert problems([Line("C-000001", False, "No time", False, unsaved=True)]) != []


def test_M1_a_case_that_was_not_reached_needs_neither() -> None:
    assert problems([Line("C-000001", False, "No time was left", False)]) == []


def test_F1_there_is_no_third_state() -> None:
    """Each way in which a case can stand: it keeps the meeting open exactly where the rule says so."""
    for recorded, reason, told in product((True, False), ("", "No time"), (True, False)):
        open_ = bool(problems([Line("C-000001", recorded, reason, told)]))
        assert open_ == (not reason and not (recorded and told))


def test_many_cases_are_counted_and_the_first_are_named() -> None:
    (said,) = problems([Line(f"C-00000{n}", False, "", False) for n in range(7)])
    assert said.startswith("7 cases have no outcome: C-000000, ") and said.endswith(" and 2 more.")


def test_R3_a_meeting_says_why_confidentiality_was_not_read_out() -> None:
    assert unread_problem(True, " ") == UNREAD
    assert unread_problem(True, "The line fell away") == unread_problem(False, "") == ""
