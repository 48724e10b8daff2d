"""The tables, by noun. Columns only: no rule lives here."""

from meetingsvc.models.accounts import AccountFamilyRow, AccountRow, SessionRow, SignInAttemptRow
from meetingsvc.models.actions import ActionOwnerRow, ActionReminderRow, ActionStepRow
from meetingsvc.models.addresses import (
    AddressRow,
    AddressShareRow,
    AssociateRow,
    ContactRow,
    RevealRow,
    StaffDetailRow,
)
from meetingsvc.models.agreements import (
    AgreementReviewRow,
    AgreementSignatureRow,
    WithdrawalRow,
    WithdrawalToldRow,
)
from meetingsvc.models.alarms import AlarmRow, DecoyRow
from meetingsvc.models.areas import AgencyPanelRow, AgencyRow, AreaRow, ReferenceRow
from meetingsvc.models.audit import AuditRow
from meetingsvc.models.base import Base, db, writing
from meetingsvc.models.breaches import BreachCaseRow, BreachEntryRow, BreachRow, BreachWalledRow
from meetingsvc.models.calendar import CalendarEntryRow, CalendarFeedRow, InvitationRow
from meetingsvc.models.cases import CaseRow, HearingRow, IdentityRow, PersonRow, SubjectRow
from meetingsvc.models.complaints import ComplainedOfRow, ComplaintEntryRow, ComplaintRow
from meetingsvc.models.confirmations import ConfirmationNoticeRow, ConfirmationRow
from meetingsvc.models.consents import ConsentIncidentRow, ConsentRow
from meetingsvc.models.corrections import CorrectionRequestRow, CorrectionToldRow
from meetingsvc.models.disagreements import DisagreementAgencyRow, DisagreementEntryRow, DisagreementRow
from meetingsvc.models.disclosure_schemes import (
    ApplicationRow,
    ApplicationStepRow,
    ContactShownRow,
    TellingRow,
    UpdateStepRow,
)
from meetingsvc.models.disclosures import (
    DisclosureAnswerRow,
    DisclosureAskedRow,
    DisclosureReleaseRow,
    DisclosureRow,
    DisclosureStepRow,
)
from meetingsvc.models.emergency import EmergencyAskRow
from meetingsvc.models.exploitation import (
    CareDocumentRow,
    ExploitationReferralRow,
    ImmediateAskedRow,
    MissingEpisodeRow,
    ScreeningRow,
)
from meetingsvc.models.exploitation_lists import (
    AgendaPutRow,
    ExploitationEntryRow,
    ExploitationTakenRow,
    LadderPlaceRow,
    LadderStepRow,
)
from meetingsvc.models.factors import DraftRow, PasskeyRow, TotpRow
from meetingsvc.models.feed_tokens import FeedMessageRow, FeedTokenRow
from meetingsvc.models.feedback import FeedbackRow, FeedbackTryRow
from meetingsvc.models.flags import FlagRow, FlagStepRow
from meetingsvc.models.incidents import ImportRow, IncidentRow, IncidentTextRow, RejectedRow
from meetingsvc.models.jobs import JobSlotRow
from meetingsvc.models.live import CrimeRow, LiveFieldRow, PlanReviewRow
from meetingsvc.models.matching import (
    ChildKeyRow,
    MatchProposalRow,
    MatchWeightsRow,
    MergeChangeRow,
    MergeRow,
    NameCountRow,
    PersonDetailRow,
    PersonKeyRow,
)
from meetingsvc.models.meeting_moves import MeetingMoveRow
from meetingsvc.models.meeting_record import (
    AgencyAttendanceRow,
    AttendeeApartRow,
    AttendeeRow,
    AttendeeStayRow,
    ItemAbsenceRow,
    ItemHearingRow,
    StatementReadingRow,
)
from meetingsvc.models.meetings import EntryRow, ItemRow, MeetingRow, NoticeRow, TriageRow
from meetingsvc.models.minutes import MinutesCaseRow, MinutesCopyRow, MinutesRow, MinutesWriterRow
from meetingsvc.models.named_cases import NamedCaseEntryRow, NamedCaseHeldRow, NamedCasePartRow
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
from meetingsvc.models.notice_times import DigestLineRow, NoticeChoiceRow, NoticeToldRow
from meetingsvc.models.offline_packs import OfflineAlarmRow, OfflineKeyRow, OfflinePackRow
from meetingsvc.models.orders import OrderReminderRow, OrderRow
from meetingsvc.models.outbox import OutboxRow
from meetingsvc.models.outcomes import (
    ActionRow,
    ClarificationRow,
    NoteRow,
    OutcomeRow,
    OutcomeVersionRow,
    SafeguardRow,
)
from meetingsvc.models.packs import (
    PackCopyRow,
    PackDestructionRow,
    PackEditionRow,
    PackRecallRow,
    PackRow,
)
from meetingsvc.models.panels import PanelRow
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
from meetingsvc.models.rehearsals import RehearsalRow, RehearserRow
from meetingsvc.models.research import (
    ResearchAnswerRow,
    ResearchDraftRow,
    ResearchItemRow,
    ResearchNamedRow,
    ResearchNoticeRow,
    ResearchRequestRow,
)
from meetingsvc.models.retention import (
    DestroyedMarkRow,
    DestructionRow,
    HoldRow,
    RetentionAskRow,
    ReviewRow,
    ReviewStepRow,
)
from meetingsvc.models.risk_assessments import RiskAssessmentRow
from meetingsvc.models.sharing import SharingReviewRow, SharingRow
from meetingsvc.models.subjects import LevelSaidRow, LinkRow, PatternChildRow, PatternRow, SubjectTraitRow
from meetingsvc.models.transfers import (
    NotificationRow,
    TransferInRow,
    TransferRecordRow,
    TransferRow,
    TransferStepRow,
    TransferWallRow,
)

__all__ = [
    "AgendaPutRow",
    "AccountFamilyRow",
    "AccountRow",
    "ActionOwnerRow",
    "ActionReminderRow",
    "ActionRow",
    "ActionStepRow",
    "AddressRow",
    "AddressShareRow",
    "AgencyAttendanceRow",
    "AgencyPanelRow",
    "AgencyRow",
    "AgreementReviewRow",
    "AgreementSignatureRow",
    "AlarmRow",
    "AllocationAskRow",
    "AllocationRow",
    "ApplicationRow",
    "ApplicationStepRow",
    "AreaRow",
    "AssociateRow",
    "AttendeeApartRow",
    "AttendeeRow",
    "AttendeeStayRow",
    "AuditRow",
    "Base",
    "BreachCaseRow",
    "BreachEntryRow",
    "BreachRow",
    "BreachWalledRow",
    "CalendarEntryRow",
    "CalendarFeedRow",
    "CareDocumentRow",
    "CaseRow",
    "ChildKeyRow",
    "ClarificationRow",
    "ClosedReasonRow",
    "ComplainedOfRow",
    "ComplaintEntryRow",
    "ComplaintRow",
    "ConfirmationNoticeRow",
    "ConfirmationRow",
    "ConsentIncidentRow",
    "ConsentRow",
    "ContactRow",
    "ContactShownRow",
    "CorrectionRequestRow",
    "CorrectionToldRow",
    "CrimeRow",
    "DecoyRow",
    "DestroyedMarkRow",
    "DestructionRow",
    "DigestLineRow",
    "DisclosureAnswerRow",
    "DisclosureAskedRow",
    "DisclosureReleaseRow",
    "DisclosureRow",
    "DisclosureStepRow",
    "DisagreementAgencyRow",
    "DisagreementEntryRow",
    "DisagreementRow",
    "DraftRow",
    "EmergencyAskRow",
    "EntryRow",
    "ExploitationEntryRow",
    "ExploitationReferralRow",
    "ExploitationTakenRow",
    "FeedMessageRow",
    "FeedTokenRow",
    "FeedbackRow",
    "FeedbackTryRow",
    "FlagRow",
    "FlagStepRow",
    "HearingRow",
    "HoldRow",
    "IdentityRow",
    "ImmediateAskedRow",
    "ImportRow",
    "IncidentRow",
    "IncidentTextRow",
    "IncidentWallRow",
    "InvitationRow",
    "ItemAbsenceRow",
    "ItemHearingRow",
    "ItemRow",
    "JobSlotRow",
    "LadderPlaceRow",
    "LadderStepRow",
    "LevelSaidRow",
    "LinkRow",
    "LiveFieldRow",
    "MatchProposalRow",
    "MatchWeightsRow",
    "MeetingMoveRow",
    "MeetingRow",
    "MergeChangeRow",
    "MergeRow",
    "MinutesCaseRow",
    "MinutesCopyRow",
    "MinutesRow",
    "MinutesWriterRow",
    "MissingEpisodeRow",
    "NameCountRow",
    "NamedCaseEntryRow",
    "NamedCaseHeldRow",
    "NamedCasePartRow",
    "NamedRow",
    "NoteRow",
    "NoticeChoiceRow",
    "NoticeRow",
    "NoticeToldRow",
    "NotificationRow",
    "OfflineAlarmRow",
    "OfflineKeyRow",
    "OfflinePackRow",
    "OpeningRow",
    "OrderReminderRow",
    "OrderRow",
    "OutboxRow",
    "OutcomeRow",
    "OutcomeVersionRow",
    "PackCopyRow",
    "PackDestructionRow",
    "PackEditionRow",
    "PackRecallRow",
    "PackRow",
    "PanelRow",
    "PasskeyRow",
    "PatternChildRow",
    "PatternRow",
    "PersonDetailRow",
    "PersonKeyRow",
    "PersonRow",
    "PlanReviewRow",
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
    "RehearsalRow",
    "RehearserRow",
    "RejectedRow",
    "RelationshipRow",
    "ResearchAnswerRow",
    "ResearchDraftRow",
    "ResearchItemRow",
    "ResearchNamedRow",
    "ResearchNoticeRow",
    "ResearchRequestRow",
    "RestrictionRow",
    "RestrictionStepRow",
    "RetentionAskRow",
    "RevealRow",
    "ReviewRow",
    "ReviewStepRow",
    "RiskAssessmentRow",
    "SafeguardRow",
    "ScreeningRow",
    "SessionRow",
    "SharingReviewRow",
    "SharingRow",
    "SignInAttemptRow",
    "StaffDetailRow",
    "StatementReadingRow",
    "SubjectRow",
    "SubjectTraitRow",
    "TellingRow",
    "TotpRow",
    "TransferInRow",
    "TransferRecordRow",
    "TransferRow",
    "TransferStepRow",
    "TransferWallRow",
    "TriageRow",
    "UpdateStepRow",
    "WallRow",
    "WithdrawalRow",
    "WithdrawalToldRow",
    "db",
    "writing",
]
