"""What the minutes of a meeting are made of, what each reader may read of them, and by when they are out."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from agenda.area import AreaSettings
from agenda.calendar import add_working_days
from agenda.moves import REASON_LENGTH
from agenda.panels import Works

SAID_LENGTH = 20_000
#: Why nobody of the police was told of a crime, and who is to tell them.
NOT_TOLD = "nobody of theirs may open this case. Have an officer named on it, or tell them yourself"
#: So long everybody who attended is there to read minutes as one thing; after it, each case by itself.
NEW_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Shared:
    """What an agency shared, with everything that says whose it is (Rulebook R2)."""

    agency: str
    author: str
    kind: str
    source: str
    on: str
    text: str


@dataclass(frozen=True, slots=True)
class ActionSet:
    """An action as the meeting set it (Rulebook A1)."""

    category: str
    owner: str
    what: str
    due: str


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A crime that was disclosed, minuted apart; the agencies by their ids as text."""

    text: str
    agency_id: str
    agency: str
    told_id: str
    told: str
    on: str
    shared: bool
    reached: bool | None = None  # somebody of that police was told; None: it is not said to this reader

    @property
    def words(self) -> str:
        """Who disclosed it, and what has become of it as far as it is true (practice)."""
        became = f"{self.told} told {self.on}"
        if self.reached is None:
            became = f"for {self.told}, {self.on}"
        elif not self.reached:
            became = f"{self.told} not told yet when these minutes were drawn from the record: {NOT_TOLD}"
        return f"disclosed by {self.agency}; {became}{'' if self.shared else '; minuted apart'}"


@dataclass(frozen=True, slots=True)
class CaseMinutes:
    """The minutes of one case, as the record has it when they are drafted (Rulebook D3, M3, F1, R2)."""

    case: str
    group: str = ""
    not_reached: str = ""
    risk: str = ""
    decided: tuple[str, ...] = ()
    safeguards: tuple[str, ...] = ()
    notes: str = ""
    plan_review: str = ""
    reviews: tuple[str, ...] = ()
    telling: str = ""
    unsafe: str = ""  # why the victim is not told: for who runs meetings, and the IDVA service
    heard_by: tuple[str, ...] = ()  # who is not there may tell whom a wall is about: who runs meetings (M6)
    shared: tuple[Shared, ...] = ()
    actions: tuple[ActionSet, ...] = ()
    crimes: tuple[Disclosed, ...] = ()
    confirmed_by: str = ""  # who has read over what was said of the case, beside its writer; an id as text
    held_back: str = ""  # what was said, not issued: who approved could not read it, and nobody confirmed it

    _PARTS: ClassVar[Mapping[str, type[Any]]] = {"shared": Shared, "actions": ActionSet, "crimes": Disclosed}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "CaseMinutes":
        """The inverse of `kept`."""
        return cls(**{name: cls._part(name, value) for name, value in kept.items()})

    @classmethod
    def _part(cls, name: str, value: Any) -> Any:
        if name in cls._PARTS:
            return tuple(cls._PARTS[name](**part) for part in value)
        return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Represented:
    """How one agency was there (Rulebook R3)."""

    agency: str
    answer: str
    people: tuple[str, ...] = ()
    information: str = ""


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who came, who sent apologies, who was reminded of confidentiality (Rulebook R3)."""

    chair: str
    began: str
    ended: str
    agencies: tuple[Represented, ...] = ()
    observers: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    statement: str = ""
    unread: str = ""  # why it was not read out

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Attendance":
        """The inverse of `kept`."""
        agencies = tuple(
            Represented(**(one | {"people": tuple(one["people"])})) for one in kept.get("agencies", ())
        )
        chair, began, ended = (str(kept.get(name, "")) for name in ("chair", "began", "ended"))
        observers, readings = (tuple(kept.get(name, ())) for name in ("observers", "readings"))
        said = (str(kept.get(name, "")) for name in ("statement", "unread"))
        return cls(chair, began, ended, agencies, observers, readings, *said)


def kept(told: CaseMinutes | Attendance) -> dict[str, Any]:
    """As a version keeps it."""
    return asdict(told)


@dataclass(frozen=True, slots=True)
class Sight:
    """Who reads: for whom they work, and whether they run meetings or serve victims."""

    agency_id: UUID
    runs_meetings: bool
    is_idva: bool


def extract(told: CaseMinutes, sight: Sight) -> CaseMinutes:
    """What one reader may read of a case that is open to them (security.md B).

    A crime disclosed is for the police told of it, the agency that disclosed it and who runs meetings; for
    others where the meeting said so; whether the police were told says who may open the case, so it is not
    for agencies (M6). Why telling is unsafe is for who runs meetings, and the IDVAs (F1).
    """
    if sight.runs_meetings:
        return told
    own = str(sight.agency_id)
    theirs = (one for one in told.crimes if one.shared or own in (one.agency_id, one.told_id))
    crimes = tuple(replace(one, reached=None) for one in theirs)
    unsafe = told.unsafe if sight.is_idva else ""
    return replace(told, crimes=crimes, heard_by=(), unsafe=unsafe, confirmed_by="", held_back="")


def due_on(works: Works, sits_on: date, settings: AreaSettings, off: AbstractSet[date]) -> date:
    """By which day minutes are out: so many working days after the meeting (M4; of a list: practice)."""
    days = settings.minutes_daily_days if works is Works.LIST else settings.minutes_marac_days
    return add_working_days(sits_on, days, off)


def copy_expires_on(made_on: date, days: int) -> date:
    """The last day on which a copy can be downloaded: as long after it was made as a pack's (S3)."""
    return made_on + timedelta(days=days)


def is_new(approved_at: datetime | None, now: datetime) -> bool:
    """Whether minutes are still to be approved, or were just issued: read as a whole, as a pack is.

    Reading of older ones is looked at case by case (security.md A, scenario 5).
    """
    return approved_at is None or now < approved_at + NEW_FOR


def approval_problem(who: UUID, writers: Collection[UUID]) -> str | None:
    """Why this person cannot approve a version: whoever wrote in it or in one before, whatever they are
    since (B).

    Writing the minutes is what keeps from approving them, not having spoken at the meeting: a chair who sat,
    or stood in and recorded an outcome, may approve what the service drafted from that record.
    """
    if who in writers:
        return "You drafted these minutes, or wrote in them. Another chair approves them."
    return None


def confirmation_problem(who: UUID, said_by: UUID | None, said: str) -> str | None:
    """Why this person cannot confirm what was said of a case: a second one reads it (security.md B)."""
    if not said:
        return "Nothing was written of this case."
    return "You wrote this. Somebody else confirms it." if who == said_by else None


def said_problem(text: str) -> str | None:
    """Why what was said cannot be kept."""
    return f"Use {SAID_LENGTH:,} characters or fewer" if len(text) > SAID_LENGTH else None


def reason_problem(text: str, missing: str) -> str | None:
    """Why a sentence that explains cannot be kept."""
    if not text.strip():
        return missing
    return f"Use {REASON_LENGTH:,} characters or fewer" if len(text) > REASON_LENGTH else None
