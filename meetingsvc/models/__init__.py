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
from meetingsvc.models.areas import AgencyRow, AreaRow, ReferenceRow
from meetingsvc.models.audit import AuditRow
from meetingsvc.models.base import Base, db, writing
from meetingsvc.models.cases import CaseRow, HearingRow, IdentityRow, PersonRow
from meetingsvc.models.consents import ConsentIncidentRow, ConsentRow
from meetingsvc.models.corrections import CorrectionRequestRow, CorrectionToldRow
from meetingsvc.models.disclosure_schemes import (
    ApplicationRow,
    ApplicationStepRow,
    ContactShownRow,
    TellingRow,
)
from meetingsvc.models.factors import DraftRow, PasskeyRow, TotpRow
from meetingsvc.models.feed_tokens import FeedMessageRow, FeedTokenRow
from meetingsvc.models.incidents import ImportRow, IncidentRow, IncidentTextRow, RejectedRow
from meetingsvc.models.matching import (
    MatchProposalRow,
    MatchWeightsRow,
    MergeChangeRow,
    MergeRow,
    NameCountRow,
    PersonDetailRow,
    PersonKeyRow,
)
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
from meetingsvc.models.orders import OrderReminderRow, OrderRow
from meetingsvc.models.outbox import OutboxRow
from meetingsvc.models.outcomes import ActionRow, ClarificationRow, NoteRow, OutcomeRow, SafeguardRow
from meetingsvc.models.packs import PackCopyRow, PackRow
from meetingsvc.models.people import RelationshipRow
from meetingsvc.models.proposals import ProposalRow
from meetingsvc.models.public_referrers import (
    PublicLetterRow,
    PublicReferralRow,
    PublicReferrerRow,
    PublicSessionRow,
)
from meetingsvc.models.referrals import ReferralCaseRow, ReferralMoveRow, ReferralRow, ReferralToldRow
from meetingsvc.models.refusals import RefusalRow
from meetingsvc.models.risk_assessments import RiskAssessmentRow
from meetingsvc.models.transfers import (
    NotificationRow,
    TransferInRow,
    TransferRecordRow,
    TransferRow,
    TransferStepRow,
    TransferWallRow,
)

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
    "ApplicationRow",
    "ApplicationStepRow",
    "AreaRow",
    "AssociateRow",
    "AuditRow",
    "Base",
    "CaseRow",
    "ClarificationRow",
    "ClosedReasonRow",
    "ConsentIncidentRow",
    "ConsentRow",
    "ContactRow",
    "ContactShownRow",
    "CorrectionRequestRow",
    "CorrectionToldRow",
    "DecoyRow",
    "DraftRow",
    "EntryRow",
    "FeedMessageRow",
    "FeedTokenRow",
    "HearingRow",
    "IdentityRow",
    "ImportRow",
    "IncidentRow",
    "IncidentTextRow",
    "IncidentWallRow",
    "ItemRow",
    "MatchProposalRow",
    "MatchWeightsRow",
    "MeetingRow",
    "MergeChangeRow",
    "MergeRow",
    "NameCountRow",
    "NamedRow",
    "NoteRow",
    "NoticeRow",
    "NotificationRow",
    "OpeningRow",
    "OrderReminderRow",
    "OrderRow",
    "OutboxRow",
    "OutcomeRow",
    "PackCopyRow",
    "PackRow",
    "PasskeyRow",
    "PersonDetailRow",
    "PersonKeyRow",
    "PersonRow",
    "ProposalRow",
    "PublicLetterRow",
    "PublicReferralRow",
    "PublicReferrerRow",
    "PublicSessionRow",
    "ReferenceRow",
    "ReferralCaseRow",
    "ReferralMoveRow",
    "ReferralRow",
    "ReferralToldRow",
    "RefusalRow",
    "RejectedRow",
    "RelationshipRow",
    "RestrictionRow",
    "RestrictionStepRow",
    "RevealRow",
    "RiskAssessmentRow",
    "SafeguardRow",
    "SessionRow",
    "SignInAttemptRow",
    "StaffDetailRow",
    "TellingRow",
    "TotpRow",
    "TransferInRow",
    "TransferRecordRow",
    "TransferRow",
    "TransferStepRow",
    "TransferWallRow",
    "TriageRow",
    "WallRow",
    "WithdrawalRow",
    "db",
    "writing",
]
