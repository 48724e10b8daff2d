"""Who is the same person, until matching proposes better (contract: incident feed)."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u02bc\u02b9\u0060\u00b4\u2032\uff07", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"),
        "\u00f8": "o",  # a stroke is an accent to whoever types the name, but not to Unicode
        "\u0142": "l",
        "\u0111": "d",
        "\u0131": "i",
        "|": "",
    }
)
_LONGEST = 140  # letters: some marks fold into many, and a key is indexed


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A name without its case, accents, blanks and invisible characters, apostrophes and hyphens made one."""
    if name.isascii():
        return "".join(name.lower().split()).translate(_ALIKE)[:_LONGEST]
    # The look-alikes come first: compatibility decomposition turns an acute accent into a blank and a mark.
    marked = unicodedata.normalize("NFKD", name.translate(_ALIKE).casefold()).translate(_ALIKE)
    kept = (c for c in marked if not (unicodedata.combining(c) or c.isspace() or _invisible(c)))
    return "".join(kept)[:_LONGEST]


def _invisible(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf"}


def name_key(surname: str, forename: str, dob: date | None) -> str:
    """What records of one person share: surname, forename and birth date; "" unless all three are given.

    Case, accents and blanks are folded; of a very long name the beginning counts.
    """
    return joined_key(surname, forename, dob.isoformat() if dob else "")


def joined_key(surname: str, forename: str, dob: str) -> str:
    """`name_key` of a birth date already written `YYYY-MM-DD`."""
    last, first = folded(surname), folded(forename)
    return f"{last}|{first}|{dob}" if last and first and dob else ""


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of who somebody is: the force's identifiers, and name keys (see `name_key`)."""

    nominals: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Record:
    """What one record tells of somebody, to say whether another may be of the same one."""

    name: str
    dob: date | None = None
    nominal: str = ""


def may_be(one: Record, other: Record) -> bool:
    """Whether two records of one name may be of one person, rather once too often (Rulebook M6): neither two
    birth dates nor two of the force's identifiers tell them apart."""
    name = folded(one.name)
    apart = bool(one.dob and other.dob and one.dob != other.dob)
    numbered = bool(one.nominal and other.nominal and one.nominal != other.nominal)
    return bool(name) and name == folded(other.name) and not apart and not numbered


def same_person(one: Identity, other: Identity) -> bool:
    """The same nominal is the same person, two different nominals are two people.

    Where either side has no nominal, the same surname, forename and date of birth is the same person. Of
    whom nothing is known is never anybody else.
    """
    if one.nominals and other.nominals:
        return not one.nominals.isdisjoint(other.nominals)
    return not one.names.isdisjoint(other.names)
