"""The meeting pack: what each agency that attends is given, as values (`Pack`) and in words (`Worded`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from agenda.circulation import Group
from agenda.incidents import Child, Incident, Party, Risk
from agenda.list_numbers import called, hint

MARKING = "OFFICIAL-SENSITIVE"


class NoteKind(StrEnum):
    """Every piece of shared information says which of the two it is (Rulebook R2)."""

    FACT = "fact"
    OPINION = "professional opinion"


@dataclass(frozen=True, slots=True)
class PackPerson:
    """A person as a pack names them. It has no place for an address or a telephone number: a pack travels."""

    name: str
    dob: date | None = None
    gender: str = ""

    @classmethod
    def of(cls, party: Party) -> "PackPerson":
        """Name, birth date and gender of a party, and nothing that says where to find them."""
        return cls(party.name, party.dob, "" if party.gender is None else party.gender.value)


@dataclass(frozen=True, slots=True)
class PackIncident:
    """The original incident or referral that a MARAC case carries (Rulebook M1)."""

    reference: str
    recorded_at: datetime
    incident_at: datetime
    risk: Risk
    victim: PackPerson
    perpetrator: PackPerson | None = None
    children: tuple[Child, ...] = ()
    relationship: str = ""
    offence: str = ""
    dash_score: int | None = None
    summary: str = ""
    reasons: tuple[str, ...] = ()

    @classmethod
    def of(cls, incident: Incident, reasons: Iterable[str] = ()) -> "PackIncident":
        """What a pack tells of an incident, with the reasons it was listed for."""
        return cls(
            incident.occurrence_number,
            incident.recorded_at,
            incident.incident_at,
            incident.risk,
            PackPerson.of(incident.victim),
            None if incident.perpetrator is None else PackPerson.of(incident.perpetrator),
            incident.children,
            incident.relationship,
            incident.offence,
            incident.dash_score,
            incident.summary,
            tuple(reasons),
        )


@dataclass(frozen=True, slots=True)
class PackNote:
    """One thing an agency shared, with agency, author, time, kind and source (Rulebook R2)."""

    agency: str
    author: str
    recorded_at: datetime
    kind: NoteKind
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class PackAction:
    """An action with category, owner agency, what is to be done, due date and status (Rulebook A1)."""

    category: str
    owner: str
    what: str
    due: date | None
    status: str


@dataclass(frozen=True, slots=True)
class PackCase:
    """One case of the agenda, with what the daily meeting heard, judged and recommended (Rulebook M1)."""

    reference: str
    group: Group | None
    purpose: str  # an update-only case may have been moved to discussion, so the group does not say it (C3)
    risk: Risk
    repeat: bool
    incidents: tuple[PackIncident, ...]
    daily_meeting_on: date | None = None
    judgement: tuple[str, ...] = ()
    safeguards: tuple[tuple[str, bool, str], ...] = ()  # what, in place, note (C2)
    shared: tuple[PackNote, ...] = ()
    actions: tuple[PackAction, ...] = ()
    clarified: tuple[str, ...] = ()  # who somebody is, as the meeting put it right (D2)
    number: str = ""  # as the meeting calls it (agenda.list_numbers)
    consent: tuple[str, ...] = ()  # limits and conditions of the victim's consent (K1)
    increases: tuple[str, ...] = ()  # what would increase the risk (T7)
    contact: tuple[str, ...] = ()  # how to make contact safely (F4)
    starts_at: datetime | None = None  # when it is reached, as planned (M1)


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything one agency is given for one meeting."""

    area: str
    kind: str  # the panel's code
    starts_at: datetime
    agency: str
    cases: tuple[PackCase, ...]
    supplementary: bool = False
    marking: str = MARKING


@dataclass(frozen=True, slots=True)
class Facts:
    """Short facts, each with its label."""

    kind: ClassVar[str] = "facts"
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """Running text of any length."""

    kind: ClassVar[str] = "prose"
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads."""

    kind: ClassVar[str] = "table"
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """What one agency shared, and where it comes from."""

    kind: ClassVar[str] = "remark"
    agency: str
    author: str
    recorded: str
    sort: str  # Fact, or Professional opinion
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a case."""

    title: str
    blocks: tuple[Facts | Prose | Table | Remark, ...]


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """One case, worded."""

    reference: str
    risk: str
    purpose: str
    repeat: str
    people: str
    sections: tuple[Section, ...]
    number: str = ""  # as the meeting calls it now
    starts: str = ""  # `about 10:15`, as the agenda has it now; nothing for a restricted one

    @property
    def called(self) -> str:
        """Its number on the agenda and its reference."""
        return called(self.number, self.reference)


@dataclass(frozen=True, slots=True)
class GroupSheet:
    """One circulation group and its cases, worded."""

    title: str
    cases: tuple[CaseSheet, ...]


@dataclass(frozen=True, slots=True)
class Worded:
    """A whole pack, worded: plain text only, with nothing in it that a page or a PDF would interpret."""

    title: str
    subtitle: str
    running: str
    marking: str
    about: Facts
    handling: tuple[str, ...]
    groups: tuple[GroupSheet, ...]
    opening: tuple[Section, ...] = ()  # before the contents, about no one case

    @property
    def hint(self) -> str:
        """How cases without a number are called; nothing where there is none."""
        return hint([case.number for group in self.groups for case in group.cases])
