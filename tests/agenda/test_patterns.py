"""What stands of what was said of a pattern (Rulebook E2)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from agenda.patterns import Pattern, Said, State, Trait, key_of_record, named, stands

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
AREA = UUID(int=9)


def of(*children: UUID) -> Pattern:
    return Pattern(Trait.NICKNAME, "tee", "Tee", frozenset(children), date(2026, 11, 1), date(2026, 11, 2))


def said(state: State, *children: UUID, hours: int = 0) -> Said:
    return Said(state, frozenset(children), "It is a school", "Wren Teal", AT + timedelta(hours=hours))


def test_E2_the_last_word_of_who_knew_of_each_child_stands() -> None:
    first, last = said(State.SET_ASIDE, ONE, TWO, THREE), said(State.LINKED, ONE, TWO, hours=1)
    assert stands(of(ONE, TWO), [last, first]) == last
    assert stands(of(ONE, TWO, THREE), [last, first]) == first, "the other knew nothing of the third"
    assert stands(of(ONE, THREE), [last]) is None
    assert stands(of(ONE, TWO), []) is None


def test_E2_the_same_record_is_the_same_thing_though_its_name_could_be_anything() -> None:
    assert key_of_record(Trait.PLACE, "Arcade", ONE) == str(ONE)
    assert key_of_record(Trait.PLACE, "The Moor Park", ONE) == key_of_record(Trait.PLACE, "moor park", TWO)
    assert key_of_record(Trait.PERSON, "Bo Zabel", ONE) != key_of_record(Trait.PERSON, "Bo Zabel", TWO)


def test_S2_the_address_of_a_pattern_holds_nothing_of_what_it_says() -> None:
    pattern = of(ONE, TWO)
    assert pattern.id_in(AREA) == named(AREA, Trait.NICKNAME, "tee") != pattern.id_in(ONE)
    assert "tee" not in str(pattern.id_in(AREA))
