"""The tables, by noun. Columns only: no rule lives here."""

from meetingsvc.models.accounts import AccountRow, SessionRow, SignInAttemptRow
from meetingsvc.models.addresses import (
    AddressRow,
    AddressShareRow,
    AssociateRow,
    ContactRow,
    RevealRow,
    StaffDetailRow,
)
from meetingsvc.models.agreements import AgreementReviewRow, WithdrawalRow
from meetingsvc.models.alarms import AlarmRow, DecoyRow
from meetingsvc.models.areas import AgencyRow, AreaRow
from meetingsvc.models.audit import AuditRow
from meetingsvc.models.base import Base, db, writing
from meetingsvc.models.cases import CaseRow, HearingRow, IdentityRow, PersonRow
from meetingsvc.models.corrections import CorrectionRequestRow, CorrectionToldRow
from meetingsvc.models.factors import DraftRow, PasskeyRow, TotpRow
from meetingsvc.models.incidents import ImportRow, IncidentRow, IncidentTextRow, RejectedRow
from meetingsvc.models.meetings import EntryRow, ItemRow, MeetingRow, NoticeRow, TriageRow
from meetingsvc.models.need_to_know import (
    AllocationAskRow,
    AllocationRow,
    ClosedReasonRow,
    IncidentWallRow,
    NamedRow,
    OpeningRow,
    RestrictionRow,
    RestrictionStepRow,
    WallRow,
)
from meetingsvc.models.outbox import OutboxRow
from meetingsvc.models.outcomes import ActionRow, ClarificationRow, NoteRow, OutcomeRow, SafeguardRow
from meetingsvc.models.packs import PackCopyRow, PackRow
from meetingsvc.models.proposals import ProposalRow
from meetingsvc.models.refusals import RefusalRow

__all__ = [
    "AccountRow",
    "ActionRow",
    "AddressRow",
    "AddressShareRow",
    "AgencyRow",
    "AgreementReviewRow",
    "AlarmRow",
    "AllocationAskRow",
    "AllocationRow",
    "AreaRow",
    "AssociateRow",
    "AuditRow",
    "Base",
    "CaseRow",
    "ClarificationRow",
    "ClosedReasonRow",
    "ContactRow",
    "CorrectionRequestRow",
    "CorrectionToldRow",
    "DecoyRow",
    "DraftRow",
    "EntryRow",
    "HearingRow",
    "IdentityRow",
    "ImportRow",
    "IncidentRow",
    "IncidentTextRow",
    "IncidentWallRow",
    "ItemRow",
    "MeetingRow",
    "NamedRow",
    "NoteRow",
    "NoticeRow",
    "OpeningRow",
    "OutboxRow",
    "OutcomeRow",
    "PackCopyRow",
    "PackRow",
    "PasskeyRow",
    "PersonRow",
    "ProposalRow",
    "RefusalRow",
    "RejectedRow",
    "RestrictionRow",
    "RestrictionStepRow",
    "RevealRow",
    "SafeguardRow",
    "SessionRow",
    "SignInAttemptRow",
    "StaffDetailRow",
    "TotpRow",
    "TriageRow",
    "WallRow",
    "WithdrawalRow",
    "db",
    "writing",
]
