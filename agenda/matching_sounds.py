"""How a name sounds, and which names are short for which: two spellings of one sound are one code.

A code is for finding, never for showing or for deciding.
"""

import re
from functools import lru_cache

from agenda.matching_nicknames import FULL_NAMES

#: Applied in order to a folded word; what is left of its vowels goes after them.
_SOUNDS = tuple(
    (re.compile(spelt), sound)
    for spelt, sound in (
        (r"(.)\1+", r"\1"),
        (r"^mac(?=[^aeiouhk])", "mc"),
        (r"^[kgp]n", "n"),
        (r"^wr", "r"),
        (r"^wh", "w"),
        (r"^ps|^x", "s"),
        (r"ph|v", "f"),
        (r"sch|sh|sz|cz|tch|(?<!^)ch(?![rl])", "x"),
        (r"chr", "kr"),
        (r"ch(?=[aeiouy])", "x"),
        (r"dg(?=[eiy])|g(?=[ei]o)", "j"),
        (r"ough|augh|igh|eigh", "a"),
        (r"gh", "g"),
        (r"c(?=[eiy])", "s"),
        (r"ck|[cq]", "k"),
        (r"ks", "x"),
        (r"z", "s"),
        (r"d", "t"),
        (r"(?<!^)[hwy]", ""),
    )
)
_VOWELS = re.compile("(?<!^)[aeiou]")
_FIRST_VOWEL = re.compile("^[aeiouy]")
_TWICE = re.compile(r"(.)\1+")
_LONGEST = 6


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """The code of a folded word: `stephen` and `steven`, `muhammad` and `mohamed` share one."""
    heard = word.replace("'", "").replace("-", "")
    for spelt, said in _SOUNDS:
        heard = spelt.sub(said, heard)
    heard = _VOWELS.sub("", _FIRST_VOWEL.sub("a", heard))
    return _TWICE.sub(r"\1", heard)[:_LONGEST]


@lru_cache(maxsize=65536)
def roots(forename: str) -> frozenset[str]:
    """The sounds of every full name a forename may be short for; of itself, where it is short for none."""
    return frozenset(sound(full) for full in full_names(forename))


@lru_cache(maxsize=65536)
def full_names(forename: str) -> frozenset[str]:
    """Every full name a forename may be short for, itself included where it is one."""
    return FULL_NAMES.get(forename) or frozenset({forename})


def short_for_one(one: str, other: str) -> bool:
    """Whether two forenames may be forms of one: Liz and Beth, but not Elizabeth and Margaret."""
    return not full_names(one).isdisjoint(full_names(other))
