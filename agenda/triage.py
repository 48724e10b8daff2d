"""Which incidents the daily list takes, and by which rules (Rulebook T2 to T6, T11, T15).

One function serves the page, the command and a year's backlog, so it reads narrow tuples and looks back on
hearings only where the victim's name or number is among them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from agenda.calendar import add_months
from agenda.incidents import RISKS, Risk
from agenda.people import Identity, same_person

#: key, domestic, risk, children, consents, local day of recording (or its ISO text, read only where needed),
#: and for the victim and the perpetrator: nominal and name key ("" where not known)
Narrow = tuple[int, bool, str, bool, bool, date | str, str, str, str, str]

#: key; the rules it qualifies by, "T5" where by none and "" where not domestic; victim known to MARAC
Decision = tuple[int, str, bool]


@dataclass(frozen=True, slots=True)
class Heard:
    """A case that triage looks back on: heard at MARAC, or (`heard_on` None) referred and waiting for one."""

    victim: Identity
    perpetrator: Identity | None
    heard_on: date | None
    until: date  # the last day on which a further incident is a repeat, or on which the case waits

    @classmethod
    def at(cls, victim: Identity, perpetrator: Identity | None, heard_on: date, months: int) -> "Heard":
        """Counts for `months` months, the last day included; 29 February becomes 28 (Rulebook T6)."""
        return cls(victim, perpetrator, heard_on, add_months(heard_on, months))

    @classmethod
    def waiting(cls, victim: Identity, perpetrator: Identity | None, sits_on: date | None) -> "Heard":
        """Referred to a MARAC, and waiting until the day it sits, where that is settled (Rulebook T15)."""
        return cls(victim, perpetrator, None, sits_on - timedelta(days=1) if sits_on else date.max)

    def counts_on(self, day: date) -> bool:
        """Heard on or before `day` and not too long ago (Rulebook T6), or still waiting on it (T15)."""
        return day <= self.until and (self.heard_on is None or self.heard_on <= day)


class LookBack:
    """The hearings of one area, found by the victim's nominal or name."""

    def __init__(self, heard: Iterable[Heard] = ()) -> None:
        found: tuple[dict[str, list[Heard]], dict[str, list[Heard]]] = (defaultdict(list), defaultdict(list))
        for hearing in heard:
            for nominal in hearing.victim.nominals:
                found[0][nominal].append(hearing)
            for name in hearing.victim.names:
                found[1][name].append(hearing)
        self.by_nominal: Mapping[str, Sequence[Heard]] = dict(found[0])
        self.by_name: Mapping[str, Sequence[Heard]] = dict(found[1])

    def of(self, nominal: str, name: str) -> Iterator[Heard]:
        """The hearings of this victim: by the rule of the feed's contract, not by a shared name alone."""
        victim = identity(nominal, name)
        found = {id(one): one for one in (*self.by_nominal.get(nominal, ()), *self.by_name.get(name, ()))}
        return (hearing for hearing in found.values() if same_person(victim, hearing.victim))


def identity(nominal: str, name: str) -> Identity:
    """What one incident tells of who somebody is."""
    return Identity(frozenset((nominal,) if nominal else ()), frozenset((name,) if name else ()))


def reasons(
    risk: Risk, children: bool, consents: bool, repeat: bool, waiting: bool = False
) -> tuple[str, ...]:
    """Every rule a domestic incident qualifies by, in order; T5 alone where by none (Rulebook T11).

    T2 high risk. T3 medium with children present or linked. T4 medium with the victim's consent.
    T6 a further incident on a case heard at MARAC, at any risk. T15 one on a case that waits for a MARAC.
    """
    rules = {
        "T2": risk is Risk.HIGH,
        "T3": risk is Risk.MEDIUM and children,
        "T4": risk is Risk.MEDIUM and consents,
        "T6": repeat,
        "T15": waiting,
    }
    return tuple(rule for rule, holds in rules.items() if holds) or ("T5",)


_FLAG = (False, True)
_REASONS = {
    (risk.value, *flags): " ".join(reasons(risk, *flags))
    for risk, *flags in product(RISKS, _FLAG, _FLAG, _FLAG, _FLAG)
}


def triage(incidents: Iterable[Narrow], look_back: LookBack) -> Iterator[Decision]:
    """Decides each incident of one area. Only what is flagged domestic is triaged (Rulebook T2)."""
    by_nominal, by_name = look_back.by_nominal, look_back.by_name
    for incident in incidents:
        key, domestic, risk, children, consents, _, nominal, name, _, _ = incident
        if not domestic:
            yield key, "", False
        elif nominal in by_nominal or name in by_name:
            yield _looking_back(incident, look_back)
        else:
            yield key, _REASONS[risk, children, consents, False, False], False


def _looking_back(incident: Narrow, look_back: LookBack) -> Decision:
    """T6 needs the same perpetrator. With another, or an unknown one, the victim is only known to MARAC."""
    key, _, risk, children, consents, told, nominal, name, perpetrator_nominal, perpetrator_name = incident
    day = told if isinstance(told, date) else date.fromisoformat(told)
    perpetrator: Identity | None = None
    repeat = waiting = known = False
    for hearing in look_back.of(nominal, name):
        if not hearing.counts_on(day):
            continue
        perpetrator = perpetrator or identity(perpetrator_nominal, perpetrator_name)
        same_case = hearing.perpetrator is not None and same_person(perpetrator, hearing.perpetrator)
        if hearing.heard_on is None:
            waiting = waiting or same_case
        else:
            repeat, known = repeat or same_case, known or not same_case
    return key, _REASONS[risk, children, consents, repeat, waiting], known
