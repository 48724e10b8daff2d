"""Everything a meeting has before it while it hears one case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from agenda.circulation import Decision, Group, purpose
from agenda.daily_list import ListedEntry
from agenda.incidents import Incident, Risk
from agenda.meetings import MeetingKind, MeetingState
from agenda.panels import Works
from agenda.referral_entry import EntryKind
from minutes.actions import Action, Status
from minutes.clarifications import Clarification
from minutes.crimes import Crime
from minutes.notes import Note
from minutes.outcome import CaseRisk, Outcome
from minutes.plan import Review
from minutes.recording import Facts


@dataclass(frozen=True, slots=True)
class Person:
    """A party, as the case first named them."""

    name: str
    dob: date | None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands on its list."""

    number: str  # as everybody calls it (agenda.list_numbers)
    of: int | None  # of how many that have one: as many to every reader (M6)
    previous: UUID | None
    next: UUID | None


@dataclass(frozen=True, slots=True)
class ListedIncident:
    """An entry of the case with the incident in full."""

    entry: ListedEntry
    incident: Incident


@dataclass(frozen=True, slots=True)
class Earlier:
    """When the case was heard before, and what became of it."""

    on: date
    meeting: str
    what: str


@dataclass(frozen=True, slots=True)
class SharedNote:
    """A note as it was kept (Rulebook R2)."""

    note: Note
    agency: str
    recorded_at: datetime
    corrected_at: datetime | None = None  # a newer text stands beside it


@dataclass(frozen=True, slots=True)
class Clarified:
    """A clarification as it was kept, with who recorded it and when (Rulebook D2)."""

    told: Clarification
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """The outcome as it was last saved."""

    outcome: Outcome
    version: int
    by: str
    at: datetime
    decision: Decision | None = None  # the proposed group beside the chosen one (Rulebook C1)
    proposed_why: str = ""
    marac_on: date | None = None  # the agenda that took the case


@dataclass(frozen=True, slots=True)
class Before:
    """What a daily meeting decided about a case that it sent to the MARAC (Rulebook M1)."""

    sits_on: date
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class Planned:
    """An action that an earlier meeting set, and what this one says of it (Rulebook M3).

    Of a meeting that is closed, the action as it stood then.
    """

    action_id: UUID
    action: Action
    agency: str
    set_on: date  # the day of its meeting
    review: Review | None = None
    now: Status | None = None  # what it has become since


@dataclass(frozen=True, slots=True)
class SharedCrime:
    """A crime that was disclosed in the meeting, as it was kept."""

    crime: Crime
    agency: str
    told: str
    at: datetime
    received_at: datetime | None
    reached: bool = True  # somebody of that police was told; False for who runs the meetings alone (M6)


@dataclass(frozen=True, slots=True)
class Line:
    """Where a case stands on a MARAC's agenda."""

    group: Group
    moved_reason: str  # why an update-only case is discussed (C3)
    shared: bool  # agencies hold the list it is on
    not_reached: str  # why the MARAC did not reach it
    emergency: bool = False  # it was called for this case (M4)

    @property
    def update_only(self) -> bool:
        """Circulated for agencies to confirm, and none has had it moved to discussion. Whether every one did
        confirm, their answers say (Rulebook C3; `agenda.confirmations.Standing`)."""
        return not self.group.for_discussion and not self.moved_reason

    @property
    def purpose(self) -> str:
        """`for discussion` or `update only`."""
        return purpose(not self.update_only)


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One case of a daily list or of a MARAC, as the meeting works on it."""

    item_id: UUID
    case_id: UUID
    case: str
    meeting_id: UUID
    works: Works  # the meeting
    sits_on: date
    state: MeetingState
    place: Place
    risk: Risk  # the police's highest; no outcome changes it (Rulebook T13)
    repeat: bool
    victim_known: bool
    added_reason: str
    victim: Person
    perpetrator: Person | None
    incidents: tuple[ListedIncident, ...] = ()
    history: tuple[Earlier, ...] = ()
    notes: tuple[SharedNote, ...] = ()
    clarified: tuple[Clarified, ...] = ()
    recorded: Recorded | None = None
    actions: Mapping[UUID, Action] = field(default_factory=dict)  # once it is closed: as they stood then
    since: Mapping[UUID, Status] = field(default_factory=dict)  # what those have become since
    worked_on: frozenset[UUID] = frozenset()  # of those, what something was recorded of: they stay (A1)
    line: Line | None = None  # MARAC only
    before: tuple[Before, ...] = ()  # MARAC only: the daily meetings that sent it, the latest first
    plan: tuple[Planned, ...] = ()  # MARAC only
    crimes: tuple[SharedCrime, ...] = ()
    kind: str = MeetingKind.DRAMM  # the panel's code

    @property
    def facts(self) -> Facts:
        """What the circulation group follows from, besides the meeting's judgement (Rulebook C1)."""
        entries = [listed.entry for listed in self.incidents]
        told = ((one.kind, one.reference, one.withdrawn_at is not None) for one in entries)
        return Facts.of(told, self.repeat, bool(self.line))

    @property
    def assessed(self) -> str:
        """Who assessed the risk that the meeting starts from, as the form words it: by kind of entry (T7)."""
        if self.line:
            return f"The daily meeting assessed it as {self.risk.value}."
        told = [one for one in self.incidents if one.entry.risk is self.risk]
        kinds = {one.entry.kind for one in told}
        if not kinds or EntryKind.POLICE_INCIDENT in kinds:
            return f"The police assessed it as {self.risk.value}."
        if EntryKind.REFERRAL in kinds:
            scores = [one.incident.dash_score for one in told if one.incident.dash_score is not None]
            dash = f"; its DASH score is {max(scores)}" if scores else ""
            return f"It was referred as {self.risk.value} risk (the panel hears every referral{dash})."
        if EntryKind.TRANSFER in kinds:
            return f"The area it came from assessed it as {self.risk.value}."
        return f"The application gives it as {self.risk.value}."

    @property
    def version(self) -> int:
        """Of the outcome; 0 while there is none."""
        return self.recorded.version if self.recorded else 0

    @property
    def is_open(self) -> bool:
        """Outcomes are recorded until the meeting is closed; then only one that is still missing (M6).

        A MARAC's, once agencies hold its list and until it is ended.
        """
        missing = self.recorded is None
        if self.line is None:
            return self.state is MeetingState.OPEN or missing
        ended = self.state is MeetingState.HEARD and missing and not self.line.not_reached
        decided = self.state is MeetingState.CANCELLED and not missing  # it stands, and is amended
        return self.line.shared and (self.state is MeetingState.PUBLISHED or ended or decided)

    @property
    def risks(self) -> CaseRisk | None:
        """The police's assessment beside the meeting's, once there is one (Rulebook T13)."""
        if self.recorded is None or self.recorded.outcome.risk is None:
            return None
        whose = "daily meeting" if self.line else "police"
        return CaseRisk(self.risk, self.recorded.outcome.risk, whose)
