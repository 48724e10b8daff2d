"""Who may read which row, in plain Python over everything that stands in the tables.

Written from the rulebook (M1, M6, S3, T10, V1) and security.md B, not from `store/scope.py`: the machine and
the mutants hold the scope against it (`model.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import local_day
from meetingsvc.models import (
    AccountFamilyRow,
    AccountRow,
    ActionRow,
    AgencyRow,
    AllocationRow,
    AssociateRow,
    AttendeeRow,
    AuditRow,
    Base,
    BreachCaseRow,
    BreachEntryRow,
    BreachRow,
    BreachWalledRow,
    CaseRow,
    ComplainedOfRow,
    ComplaintRow,
    EntryRow,
    IdentityRow,
    IncidentRow,
    IncidentWallRow,
    ItemAbsenceRow,
    ItemRow,
    LinkRow,
    MeetingRow,
    MinutesCopyRow,
    MinutesRow,
    NamedRow,
    NoteRow,
    NoticeRow,
    OfflinePackRow,
    OpeningRow,
    OutcomeRow,
    PackCopyRow,
    PackRow,
    RelationshipRow,
    ResearchAnswerRow,
    RestrictionRow,
    WallRow,
    db,
)
from meetingsvc.store import acting
from meetingsvc.store.trail_words import MEETING_ACTIONS

T = TypeVar("T", bound=Base)
RUNS = ("coordinator", "chair")
SITS = ("representative", "idva")
SHARED = ("published", "heard", "cancelled")
EXPLOITATION = {"DREAM", "ESP", "MACE"}
#: How lines of the access log about a register begin.
REGISTERS = ("breach.", "complaint.", "disagreement.")


class Tables:
    """Everything that stands, as the service reads it; or of one area only, where a row says of which."""

    def __init__(self, only: UUID | None = None) -> None:
        self._only = only
        self._read: dict[type[Base], list[Any]] = {}

    def of(self, table: type[T]) -> list[T]:
        if table not in self._read:
            rows = select(table)
            if self._only and "area_id" in table.__table__.c:
                rows = rows.where(table.__table__.c.area_id == self._only)
            with acting.service():
                self._read[table] = list(db.session.scalars(rows))
            for row in self._read[table]:
                db.session.expunge(row)  # as it stands now, whatever is done next
        return self._read[table]


@dataclass
class Reader:
    """One account, at one moment, and what it may read."""

    tables: Tables
    account: AccountRow
    agency: AgencyRow
    now: datetime

    def __post_init__(self) -> None:
        of, me = self.tables.of, self.account.id
        today, withdrawn = local_day(self.now), self.agency.withdrawn_on
        signed = self.agency.signed_on is not None and self.agency.signed_on <= today
        self.signatory = signed and not (withdrawn and withdrawn <= today)
        self.families = self._families()
        self.runs = self.account.role in RUNS and self.signatory and "domestic abuse" in self.families
        self.sits = self.account.role in SITS and self.signatory
        self.chairs = self.account.role == "chair" and self.runs
        self.governs = self.account.role == "information governance"
        named = {one.case_id for one in of(NamedRow) if one.account_id == me}
        hides = ("unnamed",) if self.runs else ("unnamed", "agencies")
        walled = {one.case_id for one in of(WallRow) if one.account_id == me and one.state == "stands"}
        hidden = {one.case_id for one in of(RestrictionRow) if one.hides in hides}
        self.walled, self.kept = walled, walled | (hidden - named)
        others = {one.id for one in of(CaseRow) if one.family not in self.families}
        self.closed = self.kept | others  # what lies under the latter is not kept
        opens = self.account.role not in SITS + RUNS or self.signatory
        self.opened = {one.case_id for one in of(OpeningRow)
                       if opens and one.account_id == me and one.until and one.until > self.now}  # fmt: skip
        self.given = {one.case_id for one in of(AllocationRow)
                      if self.account.role == "idva" and one.account_id == me}  # fmt: skip
        self._meetings()
        self._items()
        self._incidents()

    def _families(self) -> set[str]:
        """Who runs meetings: as it is granted; who governs: all; else as one's agency sits."""
        if self.account.role in RUNS:
            rows = self.tables.of(AccountFamilyRow)
            return {one.family for one in rows if one.account_id == self.account.id}
        if self.account.role == "information governance" or self.agency.attends & EXPLOITATION:
            return {"domestic abuse", "exploitation"}
        return {"domestic abuse"}

    def _mine(self, rows: list[Any]) -> list[Any]:
        return [row for row in rows if row.area_id == self.agency.area_id]

    def _meetings(self) -> None:
        self.meetings = {one.id: one for one in self._mine(self.tables.of(MeetingRow)) if self._sees(one)}

    def _sees(self, meeting: MeetingRow, anywhere: bool = False) -> bool:
        """`anywhere`: as if one's agency sat in every meeting."""
        if meeting.case_id in self.closed:  # an emergency MARAC hears one case (M4, M6)
            return False
        if meeting.family not in self.families or (anywhere and meeting.family != "domestic abuse"):
            return False
        if self.runs:
            return True
        if not self.sits or self.agency.signed_on is None or meeting.sits_on < self.agency.signed_on:
            return False
        if not anywhere and meeting.kind not in self.agency.attends:
            return False
        return not meeting.held if meeting.works == "list" else meeting.state in SHARED

    def _items(self) -> None:
        of = self.tables.of
        there = [one for one in of(ItemRow) if one.case_id not in self.closed]
        self.items = {
            one.id for one in there
            if (meeting := self.meetings.get(one.meeting_id))
            and (self.runs or one.supplement <= meeting.supplements)
        }  # fmt: skip
        every = {one.id: one for one in self._mine(of(MeetingRow))}
        given = {
            one.id for one in there
            if one.case_id in self.given and (meeting := every.get(one.meeting_id))
            and self._sees(meeting, anywhere=True) and one.supplement <= meeting.supplements
        }  # fmt: skip
        listed = self.items | given  # "M + allocated"
        referred = {one.item_id for one in of(OutcomeRow) if one.marac_item_id in listed}
        readable = listed | referred
        self.told = {one.id for one in self._mine(there)
                     if self.runs or one.id in readable or one.case_id in self.opened}  # fmt: skip
        on = {one.case_id for one in there if one.id in listed} | self.opened
        self.cases = {one.id for one in self._mine(of(CaseRow))
                      if one.id not in self.closed and (self.runs or one.id in on)}  # fmt: skip

    def _incidents(self) -> None:
        of, me = self.tables.of, self.account.id
        case_of = {one.id: one.case_id for one in self._mine(of(ItemRow))}
        self.not_kept = {one.id for one in of(IncidentRow)}
        self.not_kept -= {one.incident_id for one in of(IncidentWallRow) if one.account_id == me}
        taken = {one.occurrence_number for one in of(EntryRow) if case_of.get(one.item_id) in self.kept}
        theirs = {
            key for one in of(CaseRow) if one.id in self.kept for key in (one.victim_id, one.perpetrator_id)
        }
        known = {one.value for one in self._mine(of(IdentityRow)) if one.person_id in theirs}
        under = {one.incident_id for one in of(EntryRow)}
        self.not_kept -= {one.id for one in self._mine(of(IncidentRow)) if one.occurrence_number in taken}
        self.not_kept -= {
            one.id for one in self._mine(of(IncidentRow))
            if one.id not in under and known & {one.victim_nominal, one.victim_name, one.perpetrator_nominal,
                                                one.perpetrator_name}
        }  # fmt: skip
        told = {one.incident_id for one in of(EntryRow) if one.item_id in self.told}
        mine = {one.id for one in self._mine(of(IncidentRow))}
        self.incidents = self.not_kept & (mine if self.runs else told)

    def notes_open(self) -> set[Any]:
        """Items whose notes go to them: of exploitation meetings, where they were there and not out of the
        room, and their agency brought something by the end, at the latest on its day (Rulebook E4)."""
        of, agency = self.tables.of, self.agency.id
        every = {one.id: one for one in of(MeetingRow)}
        theirs = {one.id: every[one.meeting_id] for one in of(ItemRow)}
        children = {key for key, its in theirs.items() if its.family == "exploitation"}
        if self.runs:
            return set(theirs)
        came = {one.meeting_id: one.id for one in of(AttendeeRow)
                if one.here and one.account_id == self.account.id and one.agency_id == agency}  # fmt: skip
        out = {(one.item_id, one.attendee_id) for one in of(ItemAbsenceRow)}
        brought = [(one.item_id, one.recorded_at) for one in of(NoteRow) if one.agency_id == agency]
        brought += [(one.item_id, one.sent_at) for one in of(ResearchAnswerRow)
                    if one.agency_id == agency and one.said == "held"]  # fmt: skip
        found = set(theirs) - children
        for item, at in brought:
            its = theirs[item]
            ended = its.closed_at if its.works == "list" else its.ended_at
            in_time = local_day(at) <= its.sits_on and (ended is None or at <= ended)
            if its.id in came and in_time and (item, came[its.id]) not in out:
                found.add(item)
        return found

    def people(self) -> set[Any]:
        mine = [one for one in self.tables.of(CaseRow) if one.id in self.cases]
        told = {one.person_id for one in self.tables.of(AssociateRow) if one.case_id in self.cases}
        tied = [one for one in self.tables.of(RelationshipRow) if one.case_id in self.cases]
        told |= {key for one in tied for key in (one.person_id, one.other_id)}
        parties = {key for one in mine for key in (one.victim_id, one.perpetrator_id)}
        return (parties | told) - {None}

    def actions(self) -> set[Any]:
        mine = [one for one in self.tables.of(ActionRow) if one.item_id in self.told]
        return {one.id for one in mine if self.runs or one.agency_id == self.agency.id}

    def notices(self) -> set[Any]:
        return {one.id for one in self.tables.of(NoticeRow)
                if one.meeting_id in self.meetings
                and (one.incident_id in self.not_kept if one.incident_id else one.case_id not in self.closed)
                }  # fmt: skip

    def agencies(self) -> set[Any]:
        if self.account.role == "agency administrator":
            return {self.agency.id}
        return {one.id for one in self._mine(self.tables.of(AgencyRow))}

    def accounts(self) -> set[Any]:
        keeps = self.account.role == "agency administrator"
        return {one.id for one in self.tables.of(AccountRow)
                if one.agency_id in self.agencies() and (not keeps or one.role in SITS)}  # fmt: skip

    def breaches(self) -> set[Any]:
        """Those one has raised; the area's for who governs, but for those one is named in. Of a case that is
        kept none (V3, M6)."""
        of, me = self.tables.of, self.account.id
        was_kept = {one.breach_id for one in of(BreachWalledRow) if one.account_id == me}

        def touch(cases: set[Any]) -> set[Any]:
            return {one.breach_id for one in of(BreachCaseRow) if one.case_id in cases}

        every = [one for one in self._mine(of(BreachRow)) if one.id not in was_kept]
        raised = {one.id for one in every if one.raised_by == me} - touch(self.closed)
        if not self.governs:
            return raised
        return raised | {one.id for one in every} - touch(self.walled) - self.named_in()

    def named_in(self) -> set[Any]:
        """The breaches that one brought about, or was shown what one may not see by (V3)."""
        return {one.breach_id for one in self.tables.of(BreachEntryRow)
                if one.kind == "involved" and one.told.get("account") == str(self.account.id)}  # fmt: skip

    def complaints(self) -> set[Any]:
        """Those one has recorded; the others for who governs and for chairs, each but those about their own
        office; none about oneself, and none of a case that is kept (V2, M6)."""
        of, me = self.tables.of, self.account.id
        about_me = {one.complaint_id for one in of(ComplainedOfRow) if one.account_id == me}
        deals = "governance" if self.governs else "chair" if self.chairs else ""
        return {
            one.id for one in self._mine(of(ComplaintRow))
            if one.id not in about_me and one.case_id not in (self.walled if self.governs else self.closed)
            and (one.raised_by == me or (deals and one.about != deals))
        }  # fmt: skip

    def _of_other_meetings(self) -> set[str]:
        """What lines are about that tell of a meeting of a panel that is not theirs (D1, E4)."""
        of = self.tables.of
        meetings = {one.id for one in of(MeetingRow) if one.family not in self.families}
        packs = {one.id for one in of(PackRow) if one.meeting_id in meetings}
        minutes = {one.id for one in of(MinutesRow) if one.meeting_id in meetings}
        copies = {one.id for one in of(PackCopyRow) if one.pack_id in packs}
        offline = {one.id for one in of(OfflinePackRow) if one.meeting_id in meetings}
        minuted = {one.id for one in of(MinutesCopyRow) if one.minutes_id in minutes}
        made = {"meeting": meetings, "pack": packs, "copy": copies, "offline_pack": offline,
                "minutes_copy": minuted}  # fmt: skip
        return {f"{kind}/{key}" for kind, keys in made.items() for key in keys}

    def _half_hidden(self) -> set[str]:
        """Links of which one end is kept from somebody whose agency or role hears children (E2)."""
        if "exploitation" not in self.families:
            return set()
        links = self.tables.of(LinkRow)
        return {f"link/{one.id}" for one in links if not {one.one_id, one.other_id} <= self.cases}

    def audit(self) -> set[Any]:
        every, role = self._mine(self.tables.of(AuditRow)), self.account.role
        if role == "information governance":  # "all, no content": no restriction, but a wall, and V2
            shown = {f"breach/{key}" for key in self.breaches() - self.named_in()}
            shown |= {f"complaints/{key}" for key in self.complaints()}
            me = str(self.account.id)  # of a destroyed breach, who was kept from it is named in its last line
            shown |= {one.subject for one in every
                      if one.action == "breach.destroyed" and me not in one.detail["walled"].split()
                      }  # fmt: skip
            return {one.id for one in every if one.case_id not in self.walled
                    and (one.subject in shown or not one.subject.startswith(("breach/", "complaints/")))
                    }  # fmt: skip
        hidden, mine = self._half_hidden(), str(self.account.id)
        lines = [one for one in every if one.case_id not in self.closed
                 and (one.subject not in hidden or one.actor == mine)]  # fmt: skip
        if self.runs:  # a wall goes with the case it was on, so its lines do (L2)
            there, elsewhere = {one.id for one in self.tables.of(CaseRow)}, self._of_other_meetings()
            return {one.id for one in lines
                    if one.case_id in there
                    or (not one.case_id and one.action in MEETING_ACTIONS and one.subject not in elsewhere)
                    }  # fmt: skip
        staff = {str(one.id) for one in self.tables.of(AccountRow) if one.agency_id == self.agency.id}
        if role == "agency administrator":  # no complaint about the agency's own people, and no breach (V2)
            return {
                one.id
                for one in lines
                if one.actor in staff and (one.actor == mine or not one.action.startswith(REGISTERS))
            }
        return {one.id for one in lines if one.actor == mine}
