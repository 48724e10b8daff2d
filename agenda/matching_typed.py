"""Whether a name that somebody typed could be a known person's, however it is written (Rulebook F3, M6)."""

from agenda.disclosure_recipient import may_name
from agenda.incidents import Party
from agenda.matching import levels
from agenda.matching_evidence import Level
from agenda.matching_person import Known, Name, name
from agenda.spelling import name_tokens, words_of

_SURE = frozenset({Level.SAME, Level.CLOSE})
_NEAR = _SURE | {Level.ALIKE}


def could_be(typed: str, forename: str, surname: str) -> bool:
    """It is their name, in any order, short or in full, or reads or sounds like it: a person then looks.

    One half has to be theirs but for a slip; the other may only sound alike, or be its initial.
    """
    if may_name(typed, Party(surname, forename)):
        return True
    theirs = Known(names=(name(forename, surname),))
    words = tuple(word for word in words_of(typed) if name_tokens(word))
    cuts = (Name(words[:at], words[at:]) for at in range(1, len(words)))
    return any(_alike(*levels(Known(names=(cut,)), theirs)[:2]) for cut in cuts)


def _alike(forename: Level, surname: Level) -> bool:
    initial = forename is Level.PART and surname in _SURE
    return initial or (forename in _NEAR and surname in _NEAR and bool({forename, surname} & _SURE))
