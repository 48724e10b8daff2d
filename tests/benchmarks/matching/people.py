"""Invented households with siblings, twins and namesakes, and what goes wrong when they are written down.

Every error is a function by name, so that recall is reported kind by kind.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from tests.benchmarks.matching import names


@dataclass(frozen=True, slots=True)
class Record:
    """One person as one source wrote them down; `person` says who it truly is, `kinds` what went wrong."""

    person: int
    forename: str
    surname: str
    dob: date | None
    sex: str
    line: str
    postcode: str
    phone: str
    kinds: tuple[str, ...] = ()


Error = Callable[[Record, Random], Record]


def households(count: int, chance: Random) -> list[Record]:
    """So many households, each person once."""
    people: list[Record] = []
    for _ in range(count):
        people += _household(len(people), chance)
    return people


def _household(first: int, chance: Random) -> list[Record]:
    surname, address = names.surname(chance), _address(chance)
    born = date(1945, 1, 1) + timedelta(days=chance.randrange(365 * 55))
    sex = chance.choice(("female", "male"))
    head = Record(first, names.forename(chance, sex), surname, born, sex, *address, _phone(chance))
    found = [head]
    if chance.random() < 0.45:
        other = "male" if sex == "female" else "female"
        theirs = surname if chance.random() < 0.5 else names.surname(chance)
        near = born + timedelta(days=chance.randrange(-2500, 2500))
        found.append(_one_more(found, names.forename(chance, other), theirs, near, other, chance))
    if chance.random() < 0.5:
        found += _children(found, chance)
    return found


def _children(parents: list[Record], chance: Random) -> list[Record]:
    """Siblings of the parents' name; now and then twins, or a child that bears its parent's very name."""
    found: list[Record] = []
    assert parents[0].dob
    born = parents[0].dob + timedelta(days=chance.randrange(365 * 18, 365 * 38))
    for _ in range(chance.choice((1, 1, 2, 2, 3))):
        sex = chance.choice(("female", "male"))
        namesake = sex == parents[0].sex and chance.random() < 0.06
        forename = parents[0].forename if namesake else names.forename(chance, sex)
        found.append(_one_more([*parents, *found], forename, parents[0].surname, born, sex, chance))
        twins = chance.random() < 0.08
        born += timedelta(days=0 if twins else chance.randrange(330, 1800))
    return found


def _one_more(
    them: list[Record], forename: str, surname: str, born: date, sex: str, chance: Random
) -> Record:
    phone = them[0].phone if chance.random() < 0.25 else _phone(chance)
    head = them[0]
    place = (head.line, head.postcode) if chance.random() < 0.85 else _address(chance)
    return Record(head.person + len(them), forename, surname, born, sex, *place, phone)


def _address(chance: Random) -> tuple[str, str]:
    flat = f"flat {chance.randrange(1, 20)}, " if chance.random() < 0.15 else ""
    street = f"{chance.choice(names.STREETS)} {chance.choice(names.KINDS)}"
    town = chance.choice(names.TOWNS)
    letters = "abdefghjlnpqrstuwxyz"
    outward = f"{chance.choice(('zz', 'zy', 'zx'))}{chance.randrange(1, 30)}"
    postcode = f"{outward} {chance.randrange(1, 9)}{chance.choice(letters)}{chance.choice(letters)}"
    return f"{flat}{chance.randrange(1, 180)} {street}, {town}", postcode


def _phone(chance: Random) -> str:
    return (
        f"07700 9{chance.randrange(10**5):05}" if chance.random() < 0.1 else f"07{chance.randrange(10**9):09}"
    )


def typed(word: str, chance: Random) -> str:
    """A slip of the fingers: a letter left out, doubled, exchanged with its neighbour, or wrong."""
    at = chance.randrange(max(1, len(word) - 1))
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    return chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[: at + 1] + word[at:],
            word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
            word[:at] + letter + word[at + 1 :],
            word[:at] + letter + word[at:],
        )
    )


_HEARD = (
    ("ph", "f"), ("f", "ph"), ("ck", "k"), ("c", "k"), ("k", "c"), ("ee", "ea"), ("ea", "ee"), ("ai", "ay"),
    ("y", "ie"), ("ie", "y"), ("z", "s"), ("s", "z"), ("ou", "u"), ("u", "oo"), ("e", "a"), ("a", "e"),
    ("ll", "l"), ("l", "ll"), ("tt", "t"), ("n", "nn"), ("m", "mm"), ("gh", ""), ("h", ""), ("w", "wh"),
)  # fmt: skip


def misheard(word: str, chance: Random) -> str:
    """Written as it sounds."""
    fitting = [(spelt, heard) for spelt, heard in _HEARD if spelt in word[1:]]
    if not fitting:
        return word + "e"
    spelt, heard = chance.choice(fitting)
    return word[0] + word[1:].replace(spelt, heard, 1)


def surname_typo(one: Record, chance: Random) -> Record:
    return replace(one, surname=typed(one.surname, chance))


def forename_typo(one: Record, chance: Random) -> Record:
    return replace(one, forename=typed(one.forename, chance))


def surname_heard(one: Record, chance: Random) -> Record:
    return replace(one, surname=misheard(one.surname, chance))


def forename_heard(one: Record, chance: Random) -> Record:
    return replace(one, forename=misheard(one.forename, chance))


def nickname(one: Record, chance: Random) -> Record:
    forms = names.NICKNAMES.get(one.forename)
    return replace(one, forename=chance.choice(forms)) if forms else forename_heard(one, chance)


def initial_only(one: Record, chance: Random) -> Record:
    return replace(one, forename=one.forename[:1])


def dob_slip(one: Record, chance: Random) -> Record:
    """Day and month swapped, a digit wrong, or two exchanged; always a date that there is."""
    if one.dob is None:
        return one
    if one.dob.day <= 12 and one.dob.day != one.dob.month and chance.random() < 0.35:
        return replace(one, dob=one.dob.replace(day=one.dob.month, month=one.dob.day))
    while True:
        digits = list(f"{one.dob:%Y%m%d}")
        at = chance.randrange(2, 8)
        if chance.random() < 0.3 and at < 7:
            digits[at], digits[at + 1] = digits[at + 1], digits[at]
        else:
            digits[at] = str(chance.randrange(10))
        try:
            slipped = date.fromisoformat("{}{}{}{}-{}{}-{}{}".format(*digits))
        except ValueError:
            continue
        if slipped != one.dob:
            return replace(one, dob=slipped)


def dob_missing(one: Record, chance: Random) -> Record:
    return replace(one, dob=None)


def moved(one: Record, chance: Random) -> Record:
    line, postcode = _address(chance)
    return replace(one, line=line, postcode=postcode)


def new_phone(one: Record, chance: Random) -> Record:
    return replace(one, phone=_phone(chance))


def no_phone(one: Record, chance: Random) -> Record:
    return replace(one, phone="")


def married(one: Record, chance: Random) -> Record:
    other = names.surname(chance)
    return replace(one, surname=f"{one.surname}-{other}" if chance.random() < 0.2 else other)


def swapped_names(one: Record, chance: Random) -> Record:
    return replace(one, forename=one.surname, surname=one.forename)


def address_typo(one: Record, chance: Random) -> Record:
    return replace(one, line=typed(one.line, chance))


def with_errors(one: Record, errors: tuple[Error, ...], chance: Random) -> Record:
    """The person written down once more, with these errors."""
    again = one
    for error in errors:
        again = error(again, chance)
    return replace(again, kinds=tuple(error.__name__ for error in errors))


#: What goes wrong at random, each with how often.
USUAL: tuple[tuple[Error, float], ...] = (
    (surname_typo, 0.10), (forename_typo, 0.07), (surname_heard, 0.08), (forename_heard, 0.06),
    (nickname, 0.14), (initial_only, 0.015), (dob_slip, 0.10), (dob_missing, 0.06), (moved, 0.30),
    (new_phone, 0.25), (no_phone, 0.20), (married, 0.07), (swapped_names, 0.02), (address_typo, 0.08),
)  # fmt: skip


def written_again(one: Record, chance: Random) -> Record:
    """The person as another source writes them down."""
    struck = tuple(error for error, often in USUAL if chance.random() < often)
    return with_errors(one, struck, chance)
