"""Who was at a meeting, who was reminded of confidentiality, and who heard which case (Rulebook R3)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from agenda.calendar import day_words
from agenda.panels import Works
from minutes.clock import Hearing

NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Stay:
    """From when to when somebody was there. Open ends are the meeting's own."""

    joined_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody as the record has them."""

    id: UUID
    name: str
    title: str = ""  # what they are there
    agency_id: UUID | None = None
    account_id: UUID | None = None
    organisation: str = ""  # an observer's
    observer: bool = False
    here: bool = True
    confidential_at: datetime | None = None  # reminded of confidentiality; of an observer: signed
    stays: tuple[Stay, ...] = ()
    version: int = 0
    chaired: bool = False

    @property
    def in_the_room(self) -> bool:
        """Came, and has not left."""
        return self.here and any(stay.left_at is None for stay in self.stays)

    @property
    def came_late(self) -> datetime | None:
        """When, of who was not there from the beginning."""
        times = [stay.joined_at for stay in self.stays]
        return None if None in times or not times else min(at for at in times if at)

    @property
    def left_early(self) -> datetime | None:
        """When, of who was not there at the end."""
        times = [stay.left_at for stay in self.stays]
        return None if None in times or not times else max(at for at in times if at)


class Answer(StrEnum):
    """How an expected agency was represented (Rulebook R3)."""

    PRESENT = "present"
    APOLOGIES = "apologies"
    NOT_THERE = "not there"


@dataclass(frozen=True, slots=True)
class AgencyRecord:
    """An expected agency, and who came for it."""

    agency_id: UUID
    name: str
    people: tuple[Attendee, ...] = ()
    apologies: bool = False
    information_sent: bool = False
    information_on: date | None = None
    version: int = 0

    @property
    def answer(self) -> Answer:
        """Who came counts before what was said."""
        if any(one.here for one in self.people):
            return Answer.PRESENT
        return Answer.APOLOGIES if self.apologies else Answer.NOT_THERE


@dataclass(frozen=True, slots=True)
class Reading:
    """The confidentiality statement as it was read out."""

    text: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class MeetingRecord:
    """Attendance, apologies, who was reminded of confidentiality, and the times of the cases (Rulebook R3).

    Cases are those that its reader may see.
    """

    meeting_id: UUID
    kind: str  # the panel's code
    works: Works
    sits_on: date
    starts_at: datetime
    began_at: datetime | None
    ended_at: datetime | None  # MARAC: its record was closed; daily: the meeting was closed
    agencies: tuple[AgencyRecord, ...] = ()
    observers: tuple[Attendee, ...] = ()
    readings: tuple[Reading, ...] = ()
    hearings: tuple[Hearing, ...] = ()
    not_reached: Mapping[UUID, str] = field(default_factory=dict)  # by item
    unread_reason: str = ""  # why confidentiality was not read out

    @property
    def people(self) -> tuple[Attendee, ...]:
        """Everybody on the record."""
        return tuple(one for agency in self.agencies for one in agency.people) + self.observers

    @property
    def came(self) -> tuple[Attendee, ...]:
        """Who was there at any time."""
        return tuple(one for one in self.people if one.here)

    @property
    def not_reminded(self) -> tuple[Attendee, ...]:
        """Who was there, and has not been reminded of confidentiality."""
        return tuple(one for one in self.came if one.confidential_at is None)

    def heard(self, item_id: UUID) -> tuple[Hearing, ...]:
        """The times at which a case was before the meeting."""
        return tuple(one for one in self.hearings if one.item_id == item_id)


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody who heard a case."""

    attendee: Attendee
    whole: bool  # all the time it was before the meeting


def heard_by(
    people: Iterable[Attendee], hearings: Collection[Hearing], out: Collection[UUID]
) -> tuple[Heard, ...]:
    """Who heard a case: who was there while it was heard, and not out of the room for it (Rulebook R3, M6).

    Where nobody kept its time, everybody who was at the meeting.
    """
    found = []
    for one in people:
        if not one.here or one.id in out:
            continue
        if not hearings:
            found.append(Heard(one, whole=False))
        elif any(hearing.meets(stay.joined_at, stay.left_at) for hearing in hearings for stay in one.stays):
            found.append(Heard(one, _all_of_it(one, hearings)))
    return tuple(found)


def _all_of_it(one: Attendee, hearings: Collection[Hearing]) -> bool:
    return all(any(h.lies_in(stay.joined_at, stay.left_at) for stay in one.stays) for h in hearings)


@dataclass(frozen=True, slots=True)
class PersonTold:
    """One person's line of the form; `was` is what it said when it was opened, of version `seen`."""

    key: UUID  # the account's, or the attendee's own
    name: str
    here: bool
    title: str = ""
    agency_id: UUID | None = None
    by_account: bool = False
    organisation: str = ""
    observer: bool = False
    signed: bool = False
    seen: int = 0
    was: str = ""
    apart: str = ""  # why they are not the person on a case whose name reads like theirs

    @property
    def coded(self) -> str:
        """What it says, to see whether it was touched."""
        plain = (self.name, self.title, self.organisation) if not self.by_account else ()
        return "|".join((f"{self.here:d}{self.signed:d}", *plain))


@dataclass(frozen=True, slots=True)
class AgencyTold:
    """One agency's line of the form, likewise."""

    agency_id: UUID
    apologies: bool
    information_sent: bool
    information_on: date | None = None
    seen: int = 0
    was: str = ""

    @property
    def coded(self) -> str:
        """What it says, to see whether it was touched."""
        return f"{self.apologies:d}{self.information_sent:d}{self.information_on or ''}"


Told = PersonTold | AgencyTold


def is_touched(told: Told) -> bool:
    """Whether the person changed this line: only such are saved, so that two who write lose nothing."""
    return told.coded != told.was or (isinstance(told, PersonTold) and bool(told.apart.strip()))


def is_stale(told: Told, kept: str, version: int) -> bool:
    """Whether somebody else has meanwhile written something else there: then it is shown, not overwritten."""
    return told.seen != version and told.coded != kept


def person_problems(told: PersonTold, sits_on: date, today: date) -> dict[str, str]:
    """What keeps a person's line from being saved, by field (Rulebook R3).

    An observer belongs to an organisation, and signs confidentiality before they hear a case.
    """
    found: dict[str, str] = {}
    if not told.by_account and not told.name.strip():
        found["name"] = "Enter the name of who came"
    too_long = [len(text) > NAME_LENGTH for text in (told.name, told.title, told.organisation)]
    if any(too_long):
        found["name"] = f"Use {NAME_LENGTH} characters or fewer for name, role and organisation"
    if told.observer and not told.organisation.strip():
        found["organisation"] = "Enter the observer’s organisation"
    if told.observer and told.here and not told.signed:
        found["signed"] = "An observer signs confidentiality before they hear a case"
    if told.here and today < sits_on:
        found["here"] = f"The meeting sits on {day_words(sits_on)}: nobody is there before"
    return found


def agency_problems(told: AgencyTold, today: date) -> dict[str, str]:
    """What keeps an agency's line from being saved, by field (Rulebook R3)."""
    if told.information_on and told.information_on > today:
        return {"information_on": "The day on which information was sent must not lie ahead"}
    if told.information_on and not told.information_sent:
        return {"information_sent": "Tick that information was sent, or take its day away"}
    return {}
