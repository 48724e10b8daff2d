"""What each agency's own records say of who was heard at a MARAC, and until when."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from agenda.calendar import add_months, add_working_days

#: Never longer, whatever an area sets (Rulebook G1).
MOST_MONTHS = 12
NAME_LENGTH = 200
STATEMENT_LENGTH = 2_000
COORDINATOR = "the MARAC coordinator"
_CONTACT_LENGTH = 200


class Whose(StrEnum):
    """Whose record is flagged. The value is stored."""

    VICTIM = "victim"
    CHILD = "child"
    PERPETRATOR = "perpetrator"


class State(StrEnum):
    """How far an agency is with one flag. The value is stored, the label is read."""

    TO_ADD = "to add"
    ADDED = "added"
    TO_CHANGE = "to change"  # it holds longer, or names another meeting
    TO_REMOVE = "to remove"
    REMOVED = "removed"
    NOT_HELD = "not held"  # the agency has no record of the person: nothing to flag
    LAPSED = "lapsed"  # its time was over before it was added

    @property
    def label(self) -> str:
        """As people read it."""
        return _LABELS.get(self, self.value.capitalize())

    @property
    def is_to_do(self) -> bool:
        """Whether the agency is to do something."""
        return self in TO_DO


TO_DO = frozenset({State.TO_ADD, State.TO_CHANGE, State.TO_REMOVE})
_LABELS = {
    State.TO_CHANGE: "To change",
    State.NOT_HELD: "Not held here",
    State.LAPSED: "Ended before it was added",
}
_ON_RECORD = frozenset({State.ADDED, State.TO_CHANGE, State.TO_REMOVE})


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag of one agency: to be taken off on the day `until`."""

    whose: Whose
    state: State
    heard_on: date
    until: date
    noted: tuple[date, date] | None = None  # the hearing and the end, as the agency last said it has them


def until(latest: date, months: int = MOST_MONTHS) -> date:
    """The day by which a flag is off: calendar months after the later of the latest incident and the latest
    disclosure; after 29 February, the 28th. Twelve at most (Rulebook G1)."""
    return add_months(latest, min(months, MOST_MONTHS))


def counted(heard_on: date, days: Iterable[date], months: int = MOST_MONTHS) -> date | None:
    """The latest of a case's incidents and disclosures that counts: up to so many months after it was last
    heard, as a repeat does (Rulebook G1, T6)."""
    last = add_months(heard_on, months)
    return max((day for day in days if day <= last), default=None)


def due(heard_on: date | None, latest: date | None, today: date, months: int = MOST_MONTHS) -> date | None:
    """Until when a case's flags hold today; None where none does (Rulebook G1)."""
    if heard_on is None or latest is None:
        return None
    ends = until(latest, months)
    return ends if today < ends else None


def followed(flag: Flag | None, heard_on: date | None, ends: date | None) -> Flag | None:
    """A flag as what happened since asks for it; `ends` is what `due` says (Rulebook G1).

    A victim's is to be added once the case was heard; a repeat starts the months again, and an end that moved
    is to be changed. After its time it is to be removed. A child's is added by the agency alone; so is a
    perpetrator's, which no repeat makes longer (G3).
    """
    if flag is None:
        return Flag(Whose.VICTIM, State.TO_ADD, heard_on, ends) if heard_on and ends else None
    if flag.whose is Whose.PERPETRATOR and ends is not None:
        return flag
    if heard_on is None or ends is None:
        return _ended(flag)
    moved = replace(flag, heard_on=heard_on, until=ends)
    if flag.state in _ON_RECORD:
        same = flag.noted == (heard_on, ends)
        return replace(moved, state=State.ADDED if same else State.TO_CHANGE)
    if flag.whose is not Whose.VICTIM or (flag.state is State.NOT_HELD and heard_on <= flag.heard_on):
        return flag
    return replace(moved, state=State.TO_ADD)


def _ended(flag: Flag) -> Flag:
    if flag.state in _ON_RECORD:
        return replace(flag, state=State.TO_REMOVE)
    never_added = flag.state in (State.TO_ADD, State.NOT_HELD)
    return replace(flag, state=State.LAPSED) if never_added else flag


class Said(StrEnum):
    """What an agency says of a flag in one click."""

    DONE = "done"
    NOT_HELD = "not held"
    MISTAKE = "mistake"  # of what was said last
    TAKEN_OFF = "taken off"  # before its time: no longer appropriate (G1), or necessary (G3)


def said(flag: Flag, what: Said) -> Flag | None:
    """The flag after an agency said so; None where that cannot be said of it now (Rulebook G1)."""
    noted = (flag.heard_on, flag.until)
    match what, flag.state:
        case Said.DONE, State.TO_ADD | State.TO_CHANGE | State.NOT_HELD:
            return replace(flag, state=State.ADDED, noted=noted)
        case Said.DONE, State.TO_REMOVE:
            return replace(flag, state=State.REMOVED, noted=None)
        case Said.NOT_HELD, State.TO_ADD:
            return replace(flag, state=State.NOT_HELD)
        case Said.TAKEN_OFF, State.ADDED | State.TO_CHANGE if flag.whose is not Whose.VICTIM:
            return replace(flag, state=State.REMOVED, noted=None)
    return None


def undone(flag: Flag, before: State | None) -> Flag | None:
    """The flag as it was, where the agency said the last word by mistake; None where it said none (G1)."""
    if before is None or flag.state not in (State.ADDED, State.NOT_HELD, State.REMOVED):
        return None
    noted = (flag.heard_on, flag.until) if before is State.ADDED else None
    return replace(flag, state=before, noted=noted)


def add_by(flag: Flag, days: int, off: AbstractSet[date]) -> date | None:
    """The last day to add a flag, or to write another meeting into it: so many working days after the case
    was heard; None where nothing is to be written by a day (Rulebook G1; practice)."""
    another = flag.state is State.TO_CHANGE and flag.noted is not None and flag.noted[0] != flag.heard_on
    if flag.state is not State.TO_ADD and not another:
        return None
    return add_working_days(flag.heard_on, days, off)


def late_if_heard_by(today: date, days: int, off: AbstractSet[date]) -> date:
    """The last day of a hearing after which the days to add its flags are over today."""
    day = today
    while add_working_days(day, days, off) >= today:
        day -= timedelta(days=1)
    return day


def text(whose: Whose, heard_on: date, contact: str) -> str:
    """What an agency writes into its own record, and nothing else (Rulebook G2).

    It is made of the day of the meeting and whom to contact alone: no name, risk, address or perpetrator can
    get into it. A perpetrator's says nothing of a meeting, nor that there is a victim (G3).
    """
    whom = " ".join(contact.split()).rstrip(".")[:_CONTACT_LENGTH]
    if whose is Whose.PERPETRATOR:
        return f"Speak to {whom} before any contact with this person. Do not tell this person of this note."
    return f"Subject to MARAC on {heard_on.day} {heard_on:%B %Y}. Contact {whom}."


def perpetrator_problems(necessary: str, cannot_reach: str) -> dict[str, str]:
    """What keeps a perpetrator's file from being flagged, by field: both are needed (Rulebook G3)."""
    asked = (
        ("necessary", necessary, "Say for which ongoing casework the flag is absolutely necessary"),
        ("cannot_reach", cannot_reach, "Say how your agency makes sure that it cannot reach the perpetrator"),
    )
    found: dict[str, str] = {}
    for name, told, missing in asked:
        if not told.strip():
            found[name] = missing
        elif len(told) > STATEMENT_LENGTH:
            found[name] = f"The statement must be {STATEMENT_LENGTH:,} characters or fewer"
    return found
