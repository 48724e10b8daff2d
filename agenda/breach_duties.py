"""Who is to be told of a breach, and by when (Rulebook V3)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agenda.clocks import Length, Unit


@dataclass(frozen=True, slots=True)
class BreachClocks:
    """How long there is to tell each, from detection. Settings of the area.

    The sources differ and none replaces another, so every clock runs: WSX 24 hours, FD 48 and 72, DERBY one
    working day. Hours are elapsed ones, weekends counted.
    """

    dpo_hours: int = 24
    notified_working_days: int = 1
    partners_hours: int = 48
    regulator_hours: int = 72


class Duty(StrEnum):
    """Who is to be told of a breach. The value is stored."""

    DPO = "data protection officer"
    HEADS = "heads of service"
    PARTNERS = "partners"
    REGULATOR = "regulator"
    CHAIR = "chair"
    PARTNERSHIP = "strategic partnership"

    @property
    def label(self) -> str:
        """As people read it."""
        return _LABELS[self]


_LABELS = {
    Duty.DPO: "The other agency’s data protection officer",
    Duty.HEADS: "Heads of service and data protection managers of the agencies concerned",
    Duty.PARTNERS: "All partners involved",
    Duty.REGULATOR: "The regulator",
    Duty.CHAIR: "The MARAC chair",
    Duty.PARTNERSHIP: "The strategic partnership",
}
#: Only these depend on how grave it is: partners on harm to somebody, the regulator on a decision (FD).
MAY_BE_NEEDLESS = frozenset({Duty.PARTNERS, Duty.REGULATOR})


def length(duty: Duty, rule: BreachClocks) -> Length:
    """How long there is. Chair and strategic partnership are told of every breach (DM); by when, no source
    says: the chair by when heads of service are, the partnership by when the regulator is (practice)."""
    match duty:
        case Duty.DPO:
            return Length(rule.dpo_hours, Unit.HOURS)
        case Duty.HEADS | Duty.CHAIR:
            return Length(rule.notified_working_days, Unit.WORKING_DAYS)
        case Duty.PARTNERS:
            return Length(rule.partners_hours, Unit.HOURS)
        case Duty.REGULATOR | Duty.PARTNERSHIP:
            return Length(rule.regulator_hours, Unit.HOURS)


@dataclass(frozen=True, slots=True)
class Told:
    """A duty that was met: told, or found needless with the reason. Late ones say why (security.md E)."""

    duty: Duty
    at: datetime
    by: str
    needless: str = ""
    late_because: str = ""
