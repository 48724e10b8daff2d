"""The part of a pack that one person may have."""

from hypothesis import given
from hypothesis import strategies as st

from agenda.circulation import Group
from agenda.pack_kept import kept
from agenda.pack_parts import LEFT_OUT_BUT, moved, only, references, with_lines
from agenda.pack_words import LEFT_OUT, worded
from tests.a_pack import a_case, a_full_pack, a_pack

WHOLE = worded(a_full_pack(10))


@given(st.sets(st.sampled_from(references(WHOLE))))
def test_F3_a_part_is_what_a_pack_of_those_cases_alone_would_be(wanted: set[str]) -> None:
    """No count, group, number or line tells that there was more."""
    pack = a_full_pack(10)
    alone = a_pack(*(case for case in pack.cases if case.reference in wanted) or (a_case(),))
    part = only(WHOLE, wanted)
    assert references(part) == [key for key in references(WHOLE) if key in wanted]
    if wanted:
        assert part == worded(alone)


def test_F3_the_whole_is_a_part_of_itself() -> None:
    assert only(WHOLE, references(WHOLE)) == WHOLE


def test_F3_nothing_left_has_no_group_and_counts_nothing() -> None:
    part = only(WHOLE, ())
    assert part.groups == ()
    assert [count for label, count in part.about.pairs[1:]] == ["0", "0", "0"]


def test_what_is_put_there_for_one_person_stands_in_their_case_and_nowhere_else() -> None:
    pack = worded(a_pack(a_case(), a_case(reference="C-000124", group=Group.NEW_SAFEGUARDS)))
    mine = with_lines(pack, {"C-000124": ["Refuge, door code\x00 on request"]})
    (first,), (second,) = (group.cases for group in mine.groups)
    assert "Refuge" not in str(first) and "Refuge, door code" in str(second) and "\x00" not in str(kept(mine))
    assert LEFT_OUT_BUT in mine.handling and LEFT_OUT not in mine.handling
    assert with_lines(pack, {}) == pack


def test_C3_a_case_moved_since_the_pack_was_shared_is_told_as_discussed_with_the_reason() -> None:
    update = a_case(reference="C-000124", group=Group.NEW_SAFEGUARDS, purpose="update only")
    pack = worded(a_pack(a_case(), update))
    now = only(moved(pack, {"C-000123": "", "C-000124": "Homes: she moved."}), references(pack))
    (first,), (second,) = (group.cases for group in now.groups)
    assert first == pack.groups[0].cases[0] and second.purpose == "for discussion"
    assert "Homes: she moved." in str(second.sections[0])
    assert dict(now.about.pairs)["Update only"] == "0"
    assert moved(now, {"C-000124": "Again."}) == now
