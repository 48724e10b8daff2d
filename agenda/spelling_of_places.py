"""Where somebody lives, however it is written (Rulebook F3, M6; see `agenda/spelling.py`)."""

import re
from functools import lru_cache
from unicodedata import normalize

from agenda.spelling import words_of

#: In folded words; for the digit of the second half people also write the letter O.
_POSTCODE = re.compile(r"\b([a-z]{1,2}[0-9][0-9a-z]?) ?([0-9o])([abd-hjlnp-uw-z]{2})\b")
_UNIT_AND_HOUSE = re.compile(r"\b([0-9]{1,3})\s*/\s*([0-9]{1,4})\b")
_NUMBER = re.compile("0*([0-9]+)([a-z]?)")
_LETTER = re.compile("[a-df-mo-rt-vx-z]")  # not a point of the compass
_STREETS = {
    "street": "st", "str": "st", "road": "rd", "avenue": "ave", "av": "ave", "lane": "ln", "drive": "dr",
    "drv": "dr", "close": "cl", "crescent": "cres", "cr": "cres", "court": "ct", "crt": "ct",
    "gardens": "gdns", "gdn": "gdns", "grove": "gr", "grv": "gr", "place": "pl", "square": "sq",
    "terrace": "ter", "terr": "ter", "park": "pk",
}  # fmt: skip
_ALIKE = {**_STREETS, "saint": "st", "house": "hse", "cottage": "cott", "building": "bldg", "mount": "mt"}
_ALIKE |= {"north": "n", "south": "s", "east": "e", "west": "w"}
_UNITS = frozenset({"flat", "flt", "fl", "apt", "apartment", "appt", "unit", "room", "rm"})
_FLOORS = {
    "ground": "0", "gnd": "0", "first": "1", "1st": "1", "second": "2", "2nd": "2", "third": "3",
    "3rd": "3", "top": "top", "basement": "b",
}  # fmt: skip
_LEFT_OUT = frozenset({"no", "number", "the", "and", "of", "uk", "england"})
_NOWHERE = frozenset({"nfa", "homeless", "unknown", "refused", "none"})
_ENOUGH = 4  # words that tell a place where no number does
_LONG, _SHORT = 8, 3  # words before the town, with and without a word like street


@lru_cache(maxsize=8192)
def address_key(text: str) -> str:
    """The dwelling an address names: its house and flat within the postcode, else within the words.

    Without a house number the words say which house of the postcode it is. A postcode, a street or a town
    alone could be anybody's, and is "".
    """
    plain = " ".join(words_of(_UNIT_AND_HOUSE.sub(r"flat \1 \2", normalize("NFKC", text))))
    postcode, plain = _postcode(plain)
    houses, unit, words = _parts(plain.split())
    if "no fixed" in plain or (not houses and _NOWHERE.intersection(words)):
        return ""
    if not postcode:
        return _by_words(houses, unit, words)
    if houses:
        return f"{postcode}|{houses}|{unit}"
    named = words[:2]
    enough = unit or (named and named[-1] not in _STREETS.values())
    return f"{postcode}|{' '.join(named)}|{unit}" if enough else ""


def place_words(text: str) -> tuple[str, list[str]]:
    """The last postcode of an address or of any text, "" where there is none, and the other words in order,
    short forms made one: `Fell Ln` and `the Fell Lane` have the same two."""
    postcode, plain = _postcode(" ".join(words_of(normalize("NFKC", text))))
    return postcode, [_ALIKE.get(word, word) for word in plain.split() if word not in _LEFT_OUT]


def place_pairs(address: str) -> frozenset[tuple[str, str]]:
    """Each two neighbouring words of an address that tell where in its town it is: house and street."""
    words = place_words(address)[1][:_LONG]
    streets = [at for at, word in enumerate(words) if at and word in _STREETS.values()]
    told = words[: streets[-1] + 1] if streets else words[:_SHORT]
    return frozenset(zip(told, told[1:], strict=False))


def _postcode(plain: str) -> tuple[str, str]:
    """The last postcode in an address, and the address without it."""
    for found in reversed(list(_POSTCODE.finditer(plain))):
        code = found[1] + found[2].replace("o", "0") + found[3]
        return code, f"{plain[: found.start()]} {plain[found.end() :]}"
    return "", plain


def _by_words(houses: str, unit: str, words: list[str]) -> str:
    """The key of an address without a postcode: its words in no order, where there are enough of them."""
    named = set(words)
    enough = named - set(_STREETS.values()) if houses else len(named) >= _ENOUGH
    return f"{' '.join(sorted(named))}|{houses}|{unit}" if enough else ""


def _parts(words: list[str]) -> tuple[str, str, list[str]]:
    """The house numbers, the flat, and the other words: 14B, Flat B 14 and 14 (Flat B) are one flat."""
    houses: set[str] = set()
    units: list[str] = []
    others: list[str] = []
    before = ""
    for word in (word for word in words if word not in _LEFT_OUT):
        number = _NUMBER.fullmatch(word)
        if before in _UNITS and not units and (number or len(word) == 1):
            units.append(word.lstrip("0"))
        elif number:
            houses.add(number[1])
            units += filter(None, [number[2]])
        elif before.isdigit() and _LETTER.fullmatch(word):
            units.append(word)
        elif word == "floor" and before in _FLOORS:
            units.append(f"f{_FLOORS[others.pop()]}")
        elif word not in _UNITS:
            others.append(_ALIKE.get(word, word))
        before = word
    return ".".join(sorted(houses)), units[0] if units else "", others
