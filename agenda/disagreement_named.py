"""A disagreement on no case names nobody: no wall could keep it from them (Rulebook V4, M6)."""

import re

NAMED = (
    "This names somebody who works with the panel or is on a case. Say which case it is about, or name "
    "nobody: without a case nothing keeps it from them. Against one person, record a complaint"
)
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


def words(text: str) -> list[str]:
    """The words of a text in their order, without case, and without an 's."""
    found = (word.casefold().replace("’", "'") for word in _WORD.findall(text))
    return [word.removesuffix("'s") for word in found]


def names(text: str, name: str) -> bool:
    """Whether a text calls somebody by their whole name, in whichever order; a name of one word is nobody's
    alone."""
    said, parts = words(text), sorted(words(name))
    runs = (said[at : at + len(parts)] for at in range(len(said)))
    return len(parts) > 1 and any(sorted(run) == parts for run in runs)
