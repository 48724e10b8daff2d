"""The tables, by noun. Columns only: no rule lives here."""

from meetingsvc.models.accounts import AccountRow, SessionRow, SignInAttemptRow
from meetingsvc.models.areas import AgencyRow, AreaRow
from meetingsvc.models.audit import AuditRow
from meetingsvc.models.base import Base, db, writing
from meetingsvc.models.cases import CaseRow, HearingRow, IdentityRow, PersonRow
from meetingsvc.models.incidents import ImportRow, IncidentRow, IncidentTextRow, RejectedRow
from meetingsvc.models.meetings import EntryRow, ItemRow, MeetingRow, NoticeRow, TriageRow
from meetingsvc.models.outbox import OutboxRow
from meetingsvc.models.outcomes import ActionRow, ClarificationRow, NoteRow, OutcomeRow, SafeguardRow
from meetingsvc.models.packs import PackCopyRow, PackRow

__all__ = [
    "AccountRow",
    "ActionRow",
    "AgencyRow",
    "AreaRow",
    "AuditRow",
    "Base",
    "CaseRow",
    "ClarificationRow",
    "EntryRow",
    "HearingRow",
    "IdentityRow",
    "ImportRow",
    "IncidentRow",
    "IncidentTextRow",
    "ItemRow",
    "MeetingRow",
    "NoteRow",
    "NoticeRow",
    "OutboxRow",
    "OutcomeRow",
    "PackCopyRow",
    "PackRow",
    "PersonRow",
    "RejectedRow",
    "SafeguardRow",
    "SessionRow",
    "SignInAttemptRow",
    "TriageRow",
    "db",
    "writing",
]
