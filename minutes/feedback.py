"""Who tells the victim what was decided, by when, and what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from agenda.calendar import add_working_days, day_words
from agenda.moves import REASON_LENGTH
from agenda.typed_days import too_far

NAME_LENGTH = 200
WAY_LENGTH = 500
#: So soon it is tried again (practice): the duty to tell a victim is not put off for good (Rulebook F1, F5).
NEXT_TRY_DAYS = 28


@dataclass(frozen=True, slots=True)
class Telling:
    """A named professional with a due date, or why telling is unsafe; there is no third (Rulebook F1).

    None and "" are questions not answered yet; `unsafe` is None where the victim is to be told.
    """

    agency_id: UUID | None = None
    name: str = ""
    account_id: UUID | None = None
    due: date | None = None
    instead_of_idva: str = ""  # why another professional is more appropriate (F2)
    unsafe: str | None = None

    @property
    def is_decided(self) -> bool:
        """Whether it is one of the two states that a heard case may be in (Rulebook F1)."""
        if self.unsafe is not None:
            return bool(self.unsafe.strip())
        return bool(self.agency_id and self.name.strip() and self.due)


@dataclass(frozen=True, slots=True)
class MayTell:
    """Who may be named: the signatory agencies, and which of them, or of their people, are IDVAs."""

    agencies: Mapping[UUID, str] = field(default_factory=dict)  # by name
    services: frozenset[UUID] = frozenset()  # the IDVA services among them
    idvas: frozenset[UUID] = frozenset()  # accounts

    def is_idva(self, told: Telling) -> bool:
        """Whether an Independent Domestic Violence Advisor is named (Rulebook F2)."""
        return told.agency_id in self.services or told.account_id in self.idvas


def problems(told: Telling, may: MayTell, earliest: date) -> dict[str, str]:
    """What keeps it from being kept, by field; empty where nothing does (Rulebook F1, F2).

    Telling is unsafe for a reason, or somebody of a signatory tells by a day that has not passed; who is no
    IDVA, for a reason.
    """
    if told.unsafe is not None:
        return _text_problem("unsafe", told.unsafe, "Say why telling the victim is unsafe")
    found: dict[str, str] = {}
    if told.agency_id not in may.agencies:
        found["agency_id"] = "Choose the agency of the professional who tells the victim"
    if not told.name.strip():
        found["name"] = "Enter the name of the professional who tells the victim"
    elif len(told.name) > NAME_LENGTH:
        found["name"] = f"The name must be {NAME_LENGTH:,} characters or fewer"
    if told.due is None:
        found["due"] = "Enter the day by which the victim is told"
    elif told.due < earliest:
        found["due"] = f"{day_words(told.due)} has passed. Enter {day_words(earliest)} or a later day"
    elif problem := too_far(told.due, earliest):
        found["due"] = problem
    if not found and not may.is_idva(told):
        missing = "Say which relationship makes this professional more appropriate than an IDVA"
        found = _text_problem("instead_of_idva", told.instead_of_idva, missing)
    return found


def _text_problem(name: str, text: str, missing: str) -> dict[str, str]:
    if not text.strip():
        return {name: missing}
    if len(text) > REASON_LENGTH:
        return {name: f"The reason must be {REASON_LENGTH:,} characters or fewer"}
    return {}


@dataclass(frozen=True, slots=True)
class Professional:
    """Somebody who could tell the victim. Without an account they are called by their name alone."""

    agency_id: UUID
    name: str
    account_id: UUID | None = None


def by_default(idvas: Iterable[Professional], due: date) -> Telling | None:
    """The first IDVA there is: who the case is given to, else whom the service has on duty (Rulebook F2).

    None where the area has none: then somebody is named by hand.
    """
    first = next(iter(idvas), None)
    return Telling(first.agency_id, first.name, first.account_id, due) if first else None


def due_by(sits_on: date, days: int, off: AbstractSet[date], today: date) -> date:
    """So many working days after the meeting, and never before today (F1; the number is practice)."""
    return max(add_working_days(sits_on, days, off), today)


class Result(StrEnum):
    """What became of one attempt to tell the victim (Rulebook F5). The value is stored."""

    TOLD = "told"
    NOT_REACHED = "not reached"
    UNSAFE = "unsafe"

    @property
    def label(self) -> str:
        """As people read it."""
        return _RESULTS[self]


_RESULTS = {
    Result.TOLD: "Told",
    Result.NOT_REACHED: "Could not be reached",
    Result.UNSAFE: "Unsafe after all",
}


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt: on which day, by whom, how or why, and when it is tried again (Rulebook F5)."""

    result: Result | None
    on: date | None
    by: str
    how: str = ""  # told: in which way. Not reached: what was tried. Unsafe: why
    again_on: date | None = None

    @property
    def closes(self) -> bool:
        """Told closes it, and unsafe after all unless it is looked at again (Rulebook F5)."""
        return self.again_on is None


_HOW = {
    Result.TOLD: "Say how the victim was told",
    Result.NOT_REACHED: "Say how you tried to reach the victim",
    Result.UNSAFE: "Say why telling is unsafe after all",
}


def try_problems(told: Try, today: date) -> dict[str, str]:
    """What keeps an attempt from being kept, by field: each has date, by whom and how (Rulebook F5).

    Who could not be reached is tried again, on a day that is named; who was told is not.
    """
    found: dict[str, str] = {}
    if told.result is None:
        found["result"] = "Choose what became of it"
    if told.on is None:
        found["on"] = "Enter the day"
    elif told.on > today:
        found["on"] = "The day must not lie ahead"
    if not told.by.strip():
        found["by"] = "Enter who did it"
    elif len(told.by) > NAME_LENGTH:
        found["by"] = f"The name must be {NAME_LENGTH:,} characters or fewer"
    found |= _text_problem("how", told.how, _HOW.get(told.result or Result.TOLD, ""))
    return found | _again_problem(told, today)


def _again_problem(told: Try, today: date) -> dict[str, str]:
    if told.result is Result.NOT_REACHED and told.again_on is None:
        return {"again_on": "Enter the day on which it is tried again"}
    if told.result is Result.TOLD and told.again_on is not None:
        return {"again_on": "The victim was told: leave the next day empty"}
    if told.again_on is not None and told.again_on < today:
        return {"again_on": f"{day_words(told.again_on)} has passed. Enter today or a later day"}
    if told.again_on is not None and told.again_on > today + timedelta(days=NEXT_TRY_DAYS):
        return {"again_on": f"{day_words(told.again_on)} is more than {NEXT_TRY_DAYS} days ahead. Enter an "
                "earlier day"}  # fmt: skip
    return {}


class Standing(StrEnum):
    """How telling the victim stands."""

    TO_TELL = "to tell"
    TOLD = "told"
    UNSAFE = "unsafe"


def standing(told: Telling, tries: Sequence[Try]) -> Standing:
    """To tell until an attempt closes it; unsafe where the meeting or who tried found it so (F1, F5)."""
    last = tries[-1] if tries else None
    if last is not None and last.closes:
        return Standing.TOLD if last.result is Result.TOLD else Standing.UNSAFE
    return Standing.TO_TELL if told.unsafe is None else Standing.UNSAFE


def due_on(told: Telling, tries: Sequence[Try]) -> date | None:
    """The day by which something is to happen next: the first is the meeting's, then each attempt's (F5)."""
    return tries[-1].again_on if tries else told.due


def is_overdue(due: date | None, today: date) -> bool:
    """After its day; on the day itself it is not overdue yet."""
    return due is not None and due < today


def not_told(why: str, on: date, by: str, again_on: date | None) -> Try:
    """That the victim was not told after all, as one more attempt: the earlier one stays as it was recorded
    (Rulebook F1, F5, R1)."""
    return Try(Result.NOT_REACHED, on, by, f"Not told after all: {why.strip()}", again_on)


def not_told_problems(was: Standing, why: str, again_on: date | None, today: date) -> dict[str, str]:
    """What keeps it from being taken back that the victim was told, by field (Rulebook F1, F5)."""
    if was is not Standing.TOLD:
        return {"why": "It is not recorded that the victim was told. Nothing was changed."}
    found = _text_problem("why", why, "Say why the victim is still to be told")
    return found | _again_problem(not_told(why, today, "", again_on), today)
