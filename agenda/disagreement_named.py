"""A disagreement on no case names nobody: no wall could keep it from them (Rulebook V4, M6)."""

import re

from agenda.people import folded

NAMED = (
    "This names somebody who works with the panel or is on a case. Say which case it is about, or name "
    "nobody: without a case nothing keeps it from them. Against one person, record a complaint"
)
_APOSTROPHES = "'\u2018\u2019\u201b\u02bc\u02b9\u0060\u00b4\u2032\uff07"
#: With what is written above or through its letters.
_WORD = re.compile(rf"[^\W_][^\W_\u0300-\u036f]*(?:[{_APOSTROPHES}\u0300-\u036f]+[^\W_]+)*[\u0300-\u036f]*")
#: Between a first and a last name stand no more: others of theirs, or initials.
_BETWEEN = 2
_TITLES = frozenset(
    "mr mrs miss ms mx dr doctor prof professor sir lady rev reverend sister nurse pc pcso dc ds di dci sgt "
    "sergeant inspector constable detective officer".split()
)


def words(text: str) -> list[str]:
    """The words of a text in their order, without case, accents and apostrophes, and without an 's."""
    return [_plain(word) for word in _WORD.findall(text)]


def names(text: str, name: str) -> bool:
    """Whether a text calls somebody: by their first and last name in whichever order, with what stands
    between them or without, by an initial, or by a title and the last name. One word alone is nobody's."""
    parts, written = words(name), _WORD.findall(text)
    if len(parts) < 2:
        return False
    said = [_plain(word) for word in written]
    first, last = parts[0], parts[-1]
    most = max(_BETWEEN, len(parts) - 2)
    runs = ((at, at + far) for at in range(len(said)) for far in range(1, most + 2))
    return _by_title(said, last) or any(
        _are(said[at], said[end], first, last)
        and all(_plain(word) in parts or word[0].isupper() for word in written[at + 1 : end])
        for at, end in runs if end < len(said)
    )  # fmt: skip


def _plain(word: str) -> str:
    return folded(word).removesuffix("'s").replace("'", "")


def _are(one: str, other: str, first: str, last: str) -> bool:
    """An initial that is also a word stands for nobody."""
    short = {first} if first[0] in "ai" else {first, first[0]}
    return (one in short and other == last) or (one == last and other in short)


def _by_title(said: list[str], last: str) -> bool:
    return any(one in _TITLES and other == last for one, other in zip(said, said[1:], strict=False))
