"""The kinds of error people are looked for with: known when the keys were made, and thought of afterwards."""

from dataclasses import replace
from random import Random

from tests.benchmarks.matching import names
from tests.benchmarks.matching.people import (
    Error,
    Record,
    address_typo,
    dob_missing,
    dob_slip,
    forename_heard,
    forename_typo,
    initial_only,
    married,
    misheard,
    moved,
    new_phone,
    nickname,
    no_phone,
    surname_heard,
    surname_typo,
    swapped_names,
    typed,
)  # fmt: skip

GONE = (moved, new_phone)  # nothing but name and birth date is left to go by

#: Known when the keys were made.
MADE_FOR: dict[str, tuple[Error, ...]] = {
    "nothing wrong, moved": GONE,
    "surname typo, moved": (surname_typo, *GONE),
    "first name typo, moved": (forename_typo, *GONE),
    "surname misheard, moved": (surname_heard, *GONE),
    "first name misheard, moved": (forename_heard, *GONE),
    "short name, moved": (nickname, *GONE),
    "birth-date slip, moved": (dob_slip, *GONE),
    "surname typo, birth-date slip, moved": (surname_typo, dob_slip, *GONE),
    "surname misheard, birth-date slip, moved": (surname_heard, dob_slip, *GONE),
    "short name, surname typo, moved": (nickname, surname_typo, *GONE),
    "married, moved": (married, *GONE),
    "married, short name, moved": (married, nickname, *GONE),
    "names swapped, moved": (swapped_names, *GONE),
    "names swapped, birth-date slip, moved": (swapped_names, dob_slip, *GONE),
    "initial only, moved": (initial_only, *GONE),
    "no birth date, surname typo": (dob_missing, surname_typo, no_phone),
    "no birth date, address misspelt": (dob_missing, surname_heard, address_typo, no_phone),
}


def decade_wrong(one: Record, chance: Random) -> Record:
    """Ten years out, as an age guessed."""
    assert one.dob
    years = chance.choice((-10, 10))
    leap = (one.dob.month, one.dob.day) == (2, 29)
    return replace(one, dob=one.dob.replace(year=one.dob.year + years, day=28 if leap else one.dob.day))


def first_of_january(one: Record, chance: Random) -> Record:
    """Only the year was known."""
    return replace(one, dob=one.dob and one.dob.replace(month=1, day=1))


def two_surnames(one: Record, chance: Random) -> Record:
    """Both surnames, in the other order than anybody would write them."""
    return replace(one, surname=f"{names.surname(chance)} {one.surname}")


def middle_name(one: Record, chance: Random) -> Record:
    """Goes by the middle name; the first one comes before it."""
    return replace(one, forename=f"{names.forename(chance, one.sex)} {one.forename}")


def both_names_typed_wrong(one: Record, chance: Random) -> Record:
    return replace(one, forename=typed(one.forename, chance), surname=typed(one.surname, chance))


def both_names_misheard(one: Record, chance: Random) -> Record:
    return replace(one, forename=misheard(one.forename, chance), surname=misheard(one.surname, chance))


def twice_slipped(one: Record, chance: Random) -> Record:
    return dob_slip(dob_slip(one, chance), chance)


def run_together(one: Record, chance: Random) -> Record:
    """Both names in the surname's box."""
    return replace(one, forename="", surname=f"{one.forename} {one.surname}")


def first_letter_wrong(one: Record, chance: Random) -> Record:
    return replace(one, surname=chance.choice("bcdfghklmnprstw") + one.surname[1:])


#: Thought of after the keys were fixed.
AFTERWARDS: dict[str, tuple[Error, ...]] = {
    "ten years out, moved": (decade_wrong, *GONE),
    "ten years out, surname misheard, moved": (decade_wrong, surname_heard, *GONE),
    "only the year known, moved": (first_of_january, *GONE),
    "only the year known, short name, moved": (first_of_january, nickname, *GONE),
    "a second surname before, moved": (two_surnames, *GONE),
    "first name before a middle one, moved": (middle_name, *GONE),
    "both names typed wrong, moved": (both_names_typed_wrong, *GONE),
    "both names misheard, moved": (both_names_misheard, *GONE),
    "both names misheard, birth-date slip, same home": (both_names_misheard, dob_slip, new_phone),
    "two slips of the birth date, moved": (twice_slipped, *GONE),
    "both names in one box, moved": (run_together, *GONE),
    "surname's first letter wrong, slip, moved": (first_letter_wrong, dob_slip, *GONE),
    "initial only, birth-date slip, moved": (initial_only, dob_slip, *GONE),
    "married, birth-date slip, moved": (married, dob_slip, *GONE),
    "short name, no birth date, same home": (nickname, dob_missing, new_phone),
}
