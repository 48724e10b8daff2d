"""The numbers of cases: drawn with gaps, so that a gap tells nobody of a case they may not see.

Were they dense, whoever is kept from C-000124 would find it between C-000123 and C-000125 (security.md A,
scenario 18; G: walled users do not learn that a case exists).
"""

from contextvars import ContextVar
from random import Random
from secrets import SystemRandom

WIDEST = 9
#: After this one come those of exploitation panels: drawn apart, or the gaps between those of domestic abuse
#: would tell of them.
BEFORE_SUBJECTS = 500_000_000
#: Who throws them: nobody foretells it, but the demonstration, which tells the same story each time.
dice: ContextVar[Random | None] = ContextVar("dice", default=None)
_NOBODYS = SystemRandom()


def after(number: int) -> int:
    """The next number that a case of the area gets."""
    return number + (dice.get() or _NOBODYS).randint(1, WIDEST)
