"""Which panel's list takes an incident: each kind of list by one rule, and each incident by one list.

Another kind of list is another function here and a `Panel` that names it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from agenda.incidents import Risk
from agenda.panels import Panel, Works

#: High, looking back, or sent by a professional: the daily list’s, whatever else there is.
_DAILY_ALONE = frozenset({"T2", "T6", "T7", "T8", "T9", "T15"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule reads of one thing that came in; `reasons` are those of `agenda.triage`, "T5" for none."""

    risk: Risk
    reasons: frozenset[str] = frozenset()
    domestic: bool = True
    about_child: bool = False  # an exploitation referral, or a missing episode
    case_listed: bool = False  # the daily list takes something else of the same case

    @property
    def qualifies(self) -> bool:
        """Whether some rule of the daily list takes it (Rulebook T2 to T9, T15)."""
        return self.domestic and bool(self.reasons - {"T5"})


Rule = Callable[[Facts], bool]


def daily(facts: Facts) -> bool:
    """What qualifies by any rule of the daily list (Rulebook T2 to T9, T15)."""
    return facts.qualifies


def medium_risk(facts: Facts) -> bool:
    """A twice-weekly triage of medium risk in place of the daily list (Rulebook P3).

    High risk, a further incident on a case that was heard or waits, and what a professional referred stay
    with the daily list: none of them is put off by days. Nor is a case torn apart: what qualifies goes where
    the list has the case already (T11).
    """
    if not facts.domestic or facts.risk is not Risk.MEDIUM or facts.reasons & _DAILY_ALONE:
        return False
    return not (facts.case_listed and facts.qualifies)


def about_children(facts: Facts) -> bool:
    """Exploitation referrals and missing episodes (Rulebook E1)."""
    return facts.about_child


RULES: Mapping[str, Rule] = {"P3": medium_risk, "T2": daily, "E1": about_children}
"""The rules there are. Where two claim one thing, the first of them here takes it."""


def listed_by(takes: str, reasons: str) -> str:
    """The rules that an entry carries, with blanks between: before the daily list's own (`reasons`), that by
    which another list takes it (Rulebook P3, T11)."""
    if takes == "T2":
        return reasons
    return " ".join((takes, *(rule for rule in reasons.split() if rule not in {takes, "T5"})))


def taken_by(facts: Facts, panels: Iterable[Panel], rules: Mapping[str, Rule] = RULES) -> str | None:
    """The code of the one panel whose list takes this; None where none does, and it is kept (T5, T12).

    What is in no family's way stays out of it: an area without the triage has its daily list take as before.
    """
    by_rule = {panel.takes: panel.code for panel in panels if panel.works is Works.LIST}
    return next((by_rule[name] for name, claims in rules.items() if name in by_rule and claims(facts)), None)
