"""Why somebody was found, in words: what of the typed line agrees with what is known of them."""

from collections.abc import Iterable

from agenda.matching_evidence import Evidence
from agenda.matching_keys import keys, letters, phone_tail, reference
from agenda.matching_person import Known
from agenda.matching_proposals import compared
from agenda.matching_search import Asked, begins, holds, holds_each
from agenda.matching_weights import DEFAULT, Weights

#: Where nothing agrees but part of what was typed.
SOUNDS = "Name: part of it looks or sounds alike"
IN_IT = "Name: part of it agrees"
#: Of one word that is the beginning of a longer surname.
BEGINS = "Surname: begins so"


def why(what: Asked, who: Known, weights: Weights = DEFAULT) -> list[str]:
    """The strongest first; nothing of what differs, and of somebody found the other way round, that."""
    told = [compared(reading, who, weights) for reading in what.readings]
    best = max(told, key=lambda match: match.score, default=None)
    words = list(_agreeing(best.evidence)) if best else []
    if any(reference(one.partition(":")[2]) in what.references for one in who.identifiers):
        words.insert(0, "Reference: agrees")
    if what.tail and any(phone_tail(phone).startswith(what.tail) for phone in who.phones):
        words += [] if any(word.startswith("Telephone") for word in words) else ["Telephone number: ends so"]
    if what.year is not None and who.born is not None and who.born.year == what.year:
        words.append("Date of birth: the year agrees")
    if not any(word.startswith("Surname") for word in words) and begins(what, who):
        words.insert(0, BEGINS)
    return words or [IN_IT if holds(what, who) or holds_each(what, who) else SOUNDS]


def _agreeing(evidence: Iterable[Evidence]) -> Iterable[str]:
    return (one.words for one in evidence if one.level.agrees)


def found_by(what: Asked, who: Known) -> bool:
    """Whether what is known of somebody is what was asked for: they share a key, begin as it does, or
    hold each of several words."""
    mine = keys(who) | letters(who)
    return (
        holds_each(what, who)
        or not mine.isdisjoint(what.keys)
        or any(key.startswith(beginning) for key in mine for beginning in what.beginnings)
    )
