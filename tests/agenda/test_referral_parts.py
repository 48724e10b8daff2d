from hypothesis import given, settings

from agenda.referral_fields import NOTHING
from agenda.referral_kept import kept
from agenda.referral_parts import Place, called, mark, place, typed, with_typed, without
from agenda.referral_sections import BY_ID
from tests.a_referral import CHILD, DRAFTS, UNBORN, a_draft

CHILDREN = BY_ID["children"]


def test_T7_a_page_is_a_section_or_one_of_several_in_it_and_the_next():
    draft = a_draft(children=(CHILD,))
    assert place("children", 0, draft) == Place(CHILDREN)
    assert place("children", 2, draft) == Place(CHILDREN, 2)
    for section, number in (("children", 3), ("victim", 1), ("other", 0), ("children", -1)):
        assert place(section, number, draft) is None
    assert place("children", 31, a_draft(children=(CHILD,) * 30)) is None


def test_T7_its_fields_are_named_as_problems_are_filed():
    assert Place(CHILDREN).prefix == "children-" and Place(CHILDREN, 2).prefix == "children-2-"
    assert Place(CHILDREN).title == "Children" and Place(CHILDREN, 2).title == "Child 2"
    assert Place(CHILDREN).each and not Place(CHILDREN, 1).each
    assert [one.id for one in Place(CHILDREN).fields] == ["any"]


def test_T7_one_taken_out_moves_those_after_it_up():
    draft = without(a_draft(children=(CHILD, UNBORN)), Place(CHILDREN, 1))
    assert draft["children"].rows == (UNBORN,) and draft["children"].fields == {"any": "yes"}


def test_T7_one_of_several_is_called_by_its_name():
    assert called(CHILDREN, CHILD) == "Ash Harrow" and called(CHILDREN, UNBORN) == "Unborn child"
    assert called(CHILDREN, {}) == ""


def test_T7_a_page_is_marked_by_what_stands_there_alone():
    assert mark({"a": "1", "b": ""}) == mark({"a": "1"}) == mark({"b": "", "a": "1"})
    assert (
        len({mark({}), mark({"a": "1"}), mark({"a": "2"}), mark({"b": "1"}), mark({"a": "1", "b": "1"})}) == 5
    )


@given(DRAFTS)
@settings(max_examples=60, deadline=None)
def test_T7_a_page_that_is_saved_changes_no_other(draft):
    told = kept(draft)
    for section in BY_ID.values():
        rows = len(told.get(section.id, NOTHING).rows)
        for number in range(rows + 1 if section.each else 1):
            at = Place(section, number)
            new = with_typed(told, at, {"x": "typed"})
            assert typed(new, at) == {"x": "typed"}
            assert with_typed(new, at, typed(told, at)) == {**told, section.id: told.get(section.id, NOTHING)}
