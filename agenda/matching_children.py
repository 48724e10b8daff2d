"""Finding a child who is named on an incident or a referral, by the keys of other people (Rulebook T3, D1).

A child is looked for, and never proposed to be somebody: who they are stands with what names them.
"""

from agenda.incidents import Child
from agenda.matching_keys import keys, letters
from agenda.matching_person import Known, known

#: Names as they are written and as they sound, birth dates, and both together.
KINDS = frozenset("lntdbs")


def child_known(child: Child) -> Known:
    """A child as searching sees one: any word of the name, typed alone, may be either half of it."""
    words = child.name.split()
    whole = [(" ".join(words[:-1]), words[-1])] if len(words) > 1 else []
    return known([*whole, *(("", word) for word in words)], child.dob)


def child_keys(who: Known) -> frozenset[str]:
    """What a child is filed under."""
    return frozenset(key for key in keys(who) | letters(who) if key[0] in KINDS)
