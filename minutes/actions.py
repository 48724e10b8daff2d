"""Who is to do what, by when, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from agenda.calendar import day_words
from agenda.moves import REASON_LENGTH
from agenda.panels import Family
from agenda.typed_days import too_far

WHAT_LENGTH = 2_000


class Category(StrEnum):
    """What an action is about: of domestic abuse (Rulebook A1, M3), or of exploitation (E2, issue 8)."""

    VICTIM = "victim"
    OTHER_SUPPORT = "other support"
    SAFEGUARDING = "safeguarding"
    PERPETRATOR = "perpetrator"
    INFORMATION = "information"
    DISRUPTION = "disruption"
    DIVERSION = "diversion"
    SUPPORT = "support"
    PLACE = "place"

    @property
    def label(self) -> str:
        """As the protocol words it."""
        return _CATEGORIES[self]

    @property
    def short(self) -> str:
        """Without its examples, for a cell of a table: `Managing the perpetrator`."""
        return self.label.split(" (")[0]


_CATEGORIES = {
    Category.VICTIM: "Supporting the victim about domestic abuse",
    Category.OTHER_SUPPORT: "Other support (housing, substance misuse, mental health, sexual exploitation)",
    Category.SAFEGUARDING: "Safeguarding adults and children",
    Category.PERPETRATOR: (
        "Managing the perpetrator "
        "(criminal process, offender management, perpetrator programme, substance misuse)"
    ),
    Category.INFORMATION: "Information sharing and flags",
    Category.DISRUPTION: "Disrupting who exploits (orders, warnings, licences, vehicles, telephones)",
    Category.DIVERSION: "Diverting the child (activities, school, youth service)",
    Category.SUPPORT: "Supporting the child and the family",
    Category.PLACE: "Making a place safer (patrols, lighting, businesses, online services)",
}
_OF_EXPLOITATION = (Category.DISRUPTION, Category.DIVERSION, Category.SUPPORT, Category.PLACE)


def of(family: Family) -> tuple[Category, ...]:
    """The categories of the actions of one family’s meetings, in order; neither has the other’s."""
    if family is Family.EXPLOITATION:
        return _OF_EXPLOITATION
    return tuple(one for one in Category if one not in _OF_EXPLOITATION)


class Status(StrEnum):
    """What became of an action. Not possible: the circumstances changed (Rulebook A1)."""

    OPEN = "open"
    DONE = "done"
    NOT_POSSIBLE = "not possible"
    NOT_DONE = "not done"

    @property
    def label(self) -> str:
        """`Not possible`."""
        return self.value.capitalize()

    @property
    def needs_reason(self) -> bool:
        """Not possible and not done are each explained (Rulebook A1)."""
        return self in (Status.NOT_POSSIBLE, Status.NOT_DONE)


@dataclass(frozen=True, slots=True)
class Action:
    """One action of a safety plan. None is a question not answered yet."""

    category: Category | None
    owner_id: UUID | None
    what: str
    due: date | None
    status: Status = Status.OPEN
    reason: str = ""


def problems(
    action: Action, owners: Collection[UUID], today: date, family: Family = Family.ABUSE
) -> dict[str, str]:
    """What keeps a new action from being set, by field; empty where nothing does (Rulebook A1).

    `owners` are the agencies that may be given one; `family` is the meeting's.
    """
    found: dict[str, str] = {}
    if action.category not in of(family):
        found["category"] = "Choose what the action is about"
    if action.owner_id not in owners:
        found["owner_id"] = "Choose the agency that owns the action"
    if not action.what.strip():
        found["what"] = "Enter what is to be done"
    elif len(action.what) > WHAT_LENGTH:
        found["what"] = f"What is to be done must be {WHAT_LENGTH:,} characters or fewer"
    if action.due is None:
        found["due"] = "Enter the day by which it is to be done"
    elif action.due < today:
        found["due"] = f"{day_words(action.due)} has passed. Enter today or a later day"
    elif problem := too_far(action.due, today):
        found["due"] = problem
    return found | status_problems(action.status, action.reason)


def status_problems(status: Status, reason: str) -> dict[str, str]:
    """What keeps a status from being recorded: not possible and not done each need a reason (Rulebook A1)."""
    if status.needs_reason and not reason.strip():
        return {"reason": f"Say why the action was {status.value}"}
    if len(reason) > REASON_LENGTH:
        return {"reason": f"The reason must be {REASON_LENGTH:,} characters or fewer"}
    return {}


def settle_problem(was: Status, status: Status) -> str | None:
    """Why it cannot be recorded what became of an action; None where it can (Rulebook A1).

    What one person has recorded, another who saw it open does not overwrite.
    """
    if was is not Status.OPEN:
        return f"It has been recorded already that this action was {was.value}. Nothing changed."
    return "Choose what became of the action." if status is Status.OPEN else None


def is_overdue(status: Status, due: date, today: date) -> bool:
    """Still open after its day; on the day itself it is not overdue yet (Rulebook A2)."""
    return status is Status.OPEN and due < today
