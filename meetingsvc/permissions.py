"""Who may do what: roles, permissions and which role has which, as plain data.

A permission answers "may this role ever do this?"; `store/scope.py` answers whether to *this* case or
meeting.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

from agenda.meetings import MeetingKind
from agenda.panels import BUILT_IN, OFFERED, Family


class Role(StrEnum):
    """The value is stored, the label is read."""

    COORDINATOR = "coordinator"
    CHAIR = "chair"
    REPRESENTATIVE = "representative"
    IDVA = "idva"
    AGENCY_ADMINISTRATOR = "agency administrator"
    INFORMATION_GOVERNANCE = "information governance"
    SYSTEM_ADMINISTRATOR = "system administrator"
    POLICE_SERVICE = "police service"
    REFERRER = "referrer"

    @property
    def label(self) -> str:
        """As people say it."""
        return {"idva": "IDVA"}.get(self.value, self.value.capitalize())


class Permission(StrEnum):
    """One line for each thing a route may ask for: `noun:verb`."""

    HOME_READ = "home:read"
    FEED_IMPORT = "feed:import"
    INCIDENT_CREATE = "incident:create"
    EPISODE_CREATE = "episode:create"
    MACHINE_MANAGE = "machine:manage"
    INCIDENT_SEARCH = "incident:search"
    LIST_READ = "list:read"
    LIST_BUILD = "list:build"
    LIST_ADD = "list:add"
    LIST_CLOSE = "list:close"
    CASE_READ = "case:read"
    OUTCOME_RECORD = "outcome:record"
    OUTCOME_STAND_IN = "outcome:stand_in"
    CRIME_RECEIVE = "crime:receive"
    MEETING_RECORD = "meeting:record"
    MEETING_HERE = "meeting:here"
    MINUTES_READ = "minutes:read"
    MINUTES_DRAFT = "minutes:draft"
    MINUTES_APPROVE = "minutes:approve"
    ACTION_UPDATE = "action:update"
    ACTION_REOPEN = "action:reopen"
    ACTION_ESCALATED = "action:escalated"
    AGENDA_READ = "agenda:read"
    AGENDA_EDIT = "agenda:edit"
    AGENDA_PUBLISH = "agenda:publish"
    PACK_FETCH = "pack:fetch"
    PACK_REGISTER = "pack:register"
    PACK_OFFLINE = "pack:offline"
    WALL_DECLARE = "wall:declare"
    WALL_DECIDE = "wall:decide"
    RESTRICTION_ASK = "restriction:ask"
    RESTRICTION_DECIDE = "restriction:decide"
    CASE_ALLOCATE = "case:allocate"
    CASE_ASK = "case:ask"
    GLASS_BREAK = "glass:break"
    GLASS_REVIEW = "glass:review"
    TICKET_ASK = "ticket:ask"
    TICKET_APPROVE = "ticket:approve"
    ITEM_OWN = "item:own"
    ADDRESS_REVEAL = "address:reveal"
    ADDRESS_SHARE = "address:share"
    REFUSAL_READ = "refusal:read"
    OUTBOX_MANAGE = "outbox:manage"
    MAIL_TEST = "mail:test"
    ALARM_READ = "alarm:read"
    ACCOUNT_READ = "account:read"
    ACCOUNT_MANAGE = "account:manage"
    ACCOUNT_DISABLE = "account:disable"
    ACCOUNT_CONFIRM = "account:confirm"
    ROLE_GRANT = "role:grant"
    AGENCY_MANAGE = "agency:manage"
    AGREEMENT_MANAGE = "agreement:manage"
    AREA_MANAGE = "area:manage"
    AREA_CONFIRM = "area:confirm"
    AUDIT_READ = "audit:read"
    CASE_TRAIL = "case:trail"
    TRANSFER_READ = "transfer:read"
    TRANSFER_MAKE = "transfer:make"
    TRANSFER_CONFIRM = "transfer:confirm"
    NOTIFICATION_RECORD = "notification:record"
    APPLICATION_READ = "application:read"
    APPLICATION_MAKE = "application:make"
    APPLICATION_STEP = "application:step"
    APPLICATION_CONFIRM = "application:confirm"
    DISCLOSURE_READ = "disclosure:read"
    DISCLOSURE_LOG = "disclosure:log"
    DISCLOSURE_STEP = "disclosure:step"
    DISCLOSURE_ANSWER = "disclosure:answer"
    DISCLOSURE_DECIDE = "disclosure:decide"
    DISCLOSURE_RELEASE = "disclosure:release"
    ORDER_BREACH = "order:breach"
    SHARING_DECIDE = "sharing:decide"
    SHARING_REVIEW = "sharing:review"
    BREACH_RAISE = "breach:raise"
    BREACH_RUN = "breach:run"
    BREACH_SECOND = "breach:second"
    COMPLAINT_RAISE = "complaint:raise"
    COMPLAINT_HANDLE = "complaint:handle"
    DISAGREEMENT_READ = "disagreement:read"
    DISAGREEMENT_RAISE = "disagreement:raise"
    REFERRAL_MAKE = "referral:make"
    REFERRAL_DECIDE = "referral:decide"
    EXPLOITATION_REFER = "exploitation:refer"
    EXPLOITATION_READ = "exploitation:read"
    EXPLOITATION_DECIDE = "exploitation:decide"
    EPISODE_TELL = "episode:tell"
    DOCUMENT_READ = "document:read"
    DOCUMENT_SUPPLY = "document:supply"
    PERSON_MATCH = "person:match"
    FEEDBACK_READ = "feedback:read"
    FEEDBACK_RECORD = "feedback:record"
    FEEDBACK_DECIDE = "feedback:decide"
    FLAG_READ = "flag:read"
    FLAG_DONE = "flag:done"
    RESEARCH_SEND = "research:send"
    RESEARCH_READ = "research:read"
    CONFIRM_SEND = "confirm:send"
    EMERGENCY_ASK = "emergency:ask"
    EMERGENCY_DECIDE = "emergency:decide"
    JOB_READ = "job:read"
    REHEARSAL_ENTER = "rehearsal:enter"
    REHEARSAL_MAKE = "rehearsal:make"
    STATISTICS_READ = "statistics:read"
    RETENTION_READ = "retention:read"
    RETENTION_PROPOSE = "retention:propose"
    RETENTION_DECIDE = "retention:decide"
    RETENTION_ANSWER = "retention:answer"
    HOLD_SET = "hold:set"
    CERTIFICATE_READ = "certificate:read"
    PART_READ = "part:read"
    PART_RUN = "part:run"
    PART_DECIDE = "part:decide"
    PART_ANSWER = "part:answer"


#: Who runs an area's meetings.
RUNS_MEETINGS = frozenset({Role.COORDINATOR, Role.CHAIR})
#: Who sits in them for an agency.
ATTENDS_MEETINGS = frozenset({Role.REPRESENTATIVE, Role.IDVA})

#: What a route declares that needs no sign-in.
PUBLIC = "public"

_PANEL = frozenset(
    {
        Permission.HOME_READ,
        Permission.LIST_READ,
        Permission.CASE_READ,
        Permission.MEETING_HERE,
        Permission.MINUTES_READ,
        Permission.ACTION_UPDATE,
        Permission.AGENDA_READ,
        Permission.PACK_FETCH,
        Permission.WALL_DECLARE,
        Permission.GLASS_BREAK,
        Permission.ITEM_OWN,
        Permission.SHARING_DECIDE,
        Permission.ADDRESS_REVEAL,
        Permission.AUDIT_READ,
        Permission.REFERRAL_MAKE,
        Permission.EXPLOITATION_REFER,
        Permission.DOCUMENT_READ,
        Permission.FEEDBACK_READ,
        Permission.FLAG_READ,
        Permission.EMERGENCY_ASK,
        Permission.REHEARSAL_ENTER,
        Permission.BREACH_RAISE,
        Permission.COMPLAINT_RAISE,
        Permission.DISAGREEMENT_READ,
        Permission.PART_READ,
    }
)
_RUNS_MEETINGS = _PANEL | {
    Permission.PART_RUN,
    Permission.ACTION_REOPEN,
    Permission.STATISTICS_READ,
    Permission.RETENTION_READ,
    Permission.CERTIFICATE_READ,
    Permission.REHEARSAL_MAKE,
    Permission.MEETING_RECORD,
    Permission.INCIDENT_SEARCH,
    Permission.LIST_BUILD,
    Permission.LIST_ADD,
    Permission.AGENDA_EDIT,
    Permission.AGENDA_PUBLISH,
    Permission.PACK_REGISTER,
    Permission.PACK_OFFLINE,
    Permission.WALL_DECIDE,
    Permission.RESTRICTION_DECIDE,
    Permission.CASE_ALLOCATE,
    Permission.CASE_TRAIL,
    Permission.APPLICATION_READ,
    Permission.DISCLOSURE_READ,
    Permission.DISCLOSURE_STEP,
    Permission.DISCLOSURE_RELEASE,
    Permission.TRANSFER_READ,
    Permission.ADDRESS_SHARE,
    Permission.REFUSAL_READ,
    Permission.OUTBOX_MANAGE,
    Permission.REFERRAL_DECIDE,
    Permission.EXPLOITATION_READ,
    Permission.EXPLOITATION_DECIDE,
    Permission.EPISODE_TELL,
    Permission.PERSON_MATCH,
    Permission.FEEDBACK_DECIDE,
    Permission.RESEARCH_READ,
    Permission.ACCOUNT_READ,
    Permission.ACCOUNT_DISABLE,
    Permission.ACCOUNT_CONFIRM,
}
_KEEPS_ACCOUNTS = frozenset(
    {
        Permission.HOME_READ,
        Permission.ACCOUNT_READ,
        Permission.ACCOUNT_DISABLE,
        Permission.ACCOUNT_CONFIRM,
        Permission.BREACH_RAISE,
        Permission.COMPLAINT_RAISE,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.COORDINATOR: _RUNS_MEETINGS
    | {
        Permission.FEED_IMPORT,
        Permission.MACHINE_MANAGE,
        Permission.LIST_CLOSE,
        Permission.RETENTION_PROPOSE,
        Permission.MAIL_TEST,
        Permission.MINUTES_DRAFT,
        Permission.OUTCOME_RECORD,
        Permission.APPLICATION_MAKE,
        Permission.DISCLOSURE_LOG,
        Permission.ORDER_BREACH,
        Permission.DISAGREEMENT_RAISE,
        Permission.TRANSFER_MAKE,
        Permission.NOTIFICATION_RECORD,
        Permission.AREA_MANAGE,
        Permission.AREA_CONFIRM,
    },
    Role.CHAIR: _RUNS_MEETINGS
    | {
        Permission.ACTION_ESCALATED,
        Permission.PART_DECIDE,
        Permission.RETENTION_DECIDE,
        Permission.SHARING_REVIEW,
        Permission.EMERGENCY_DECIDE,
        Permission.APPLICATION_CONFIRM,
        Permission.DISCLOSURE_DECIDE,
        Permission.MINUTES_APPROVE,
        Permission.OUTCOME_STAND_IN,
        Permission.TRANSFER_CONFIRM,
        Permission.GLASS_REVIEW,
        Permission.TICKET_APPROVE,
        Permission.ALARM_READ,
        Permission.BREACH_SECOND,
        Permission.COMPLAINT_HANDLE,
    },
    Role.REPRESENTATIVE: _PANEL
    | {
        Permission.EPISODE_TELL,
        Permission.CRIME_RECEIVE,
        Permission.DOCUMENT_SUPPLY,
        Permission.DISAGREEMENT_RAISE,
        Permission.RETENTION_ANSWER,
        Permission.RESTRICTION_ASK,
        Permission.APPLICATION_READ,
        Permission.APPLICATION_MAKE,
        Permission.APPLICATION_STEP,
        Permission.DISCLOSURE_READ,
        Permission.DISCLOSURE_ANSWER,
        Permission.FEEDBACK_RECORD,
        Permission.FLAG_DONE,
        Permission.RESEARCH_SEND,
        Permission.CONFIRM_SEND,
    },
    Role.IDVA: _PANEL
    | {
        Permission.RESTRICTION_ASK,
        Permission.CASE_ASK,
        Permission.DISAGREEMENT_RAISE,
        Permission.DISCLOSURE_READ,
        Permission.DISCLOSURE_ANSWER,
        Permission.RESEARCH_SEND,
        Permission.CONFIRM_SEND,
        Permission.FEEDBACK_RECORD,
        Permission.FLAG_DONE,
    },
    Role.AGENCY_ADMINISTRATOR: _KEEPS_ACCOUNTS
    | {Permission.ACCOUNT_MANAGE, Permission.AUDIT_READ, Permission.SHARING_DECIDE},
    Role.INFORMATION_GOVERNANCE: _KEEPS_ACCOUNTS
    | {
        Permission.HOLD_SET,
        Permission.CERTIFICATE_READ,
        Permission.ROLE_GRANT,
        Permission.AGENCY_MANAGE,
        Permission.AGREEMENT_MANAGE,
        Permission.SHARING_DECIDE,
        Permission.SHARING_REVIEW,
        Permission.AREA_MANAGE,
        Permission.AREA_CONFIRM,
        Permission.AUDIT_READ,
        Permission.CASE_READ,
        Permission.DISCLOSURE_READ,
        Permission.DISCLOSURE_LOG,
        Permission.DISCLOSURE_STEP,
        Permission.STATISTICS_READ,
        Permission.GLASS_REVIEW,
        Permission.BREACH_RUN,
        Permission.COMPLAINT_HANDLE,
        Permission.TICKET_ASK,
        Permission.TICKET_APPROVE,
        Permission.ALARM_READ,
        Permission.JOB_READ,
    },
    Role.SYSTEM_ADMINISTRATOR: _KEEPS_ACCOUNTS
    | {
        Permission.ACCOUNT_MANAGE,
        Permission.MAIL_TEST,
        Permission.ROLE_GRANT,
        Permission.AGENCY_MANAGE,
        Permission.AREA_MANAGE,
        Permission.JOB_READ,
    },
    Role.POLICE_SERVICE: frozenset({Permission.INCIDENT_CREATE, Permission.EPISODE_CREATE}),
    Role.REFERRER: frozenset(  # of any agency (T7)
        {
            Permission.HOME_READ,
            Permission.REFERRAL_MAKE,
            Permission.EXPLOITATION_REFER,
            Permission.BREACH_RAISE,
            Permission.COMPLAINT_RAISE,
        }
    ),
}


#: Whose accounts a role makes: an agency's administrator alone those of its own representatives and IDVAs,
#: the system administrator everybody's, with a second person (security.md B).
MAY_GIVE: dict[Role, frozenset[Role]] = {
    Role.AGENCY_ADMINISTRATOR: frozenset({Role.REPRESENTATIVE, Role.IDVA}),
    Role.SYSTEM_ADMINISTRATOR: frozenset(Role),
}
#: Roles that are given and taken only by two holders of `role:grant` (security.md B, "Grant coordinator or
#: chair"; those who could grant them, no less).
GRANTED = RUNS_MEETINGS | {Role.INFORMATION_GOVERNANCE, Role.SYSTEM_ADMINISTRATOR}


#: Who loses everything with their agency's signature (Rulebook V1); who governs and administers stays.
_LEAVE_WITH_THEIR_AGENCY = RUNS_MEETINGS | ATTENDS_MEETINGS | {Role.AGENCY_ADMINISTRATOR}

#: All that is open to who sits for an agency that has never signed: its part in a named case (Rulebook V1).
#: Nobody else answers there, so no role is granted it.
_OF_A_GUEST = frozenset({Permission.HOME_READ, Permission.PART_READ, Permission.PART_ANSWER})

#: What nobody does in a rehearsal: it would take in what is real, reach another area, or change who is who.
NOT_REHEARSED = frozenset(
    {
        Permission.MAIL_TEST,
        Permission.FEED_IMPORT,
        Permission.INCIDENT_CREATE,
        Permission.EPISODE_CREATE,
        Permission.MACHINE_MANAGE,
        Permission.TRANSFER_READ,
        Permission.TRANSFER_MAKE,
        Permission.TRANSFER_CONFIRM,
        Permission.ACCOUNT_READ,
        Permission.ACCOUNT_MANAGE,
        Permission.ACCOUNT_DISABLE,
        Permission.ROLE_GRANT,
        Permission.AGENCY_MANAGE,
        Permission.AGREEMENT_MANAGE,
        Permission.AREA_MANAGE,
        Permission.AREA_CONFIRM,
        Permission.BREACH_RAISE,
        Permission.COMPLAINT_RAISE,
        Permission.BREACH_RUN,
        Permission.COMPLAINT_HANDLE,
        Permission.DISAGREEMENT_READ,
        Permission.DISAGREEMENT_RAISE,
        Permission.REHEARSAL_MAKE,
        Permission.STATISTICS_READ,
    }
)

#: Which family of panels each belongs to, by its code.
FAMILY_OF: dict[str, Family] = {panel.code: panel.family for panel in (*BUILT_IN, *OFFERED)}


def families_of(role: Role, granted: Iterable[str], attends: Iterable[str]) -> frozenset[str]:
    """The families of panels whose cases are not closed to somebody as such (Rulebook D1, E4).

    Who runs meetings: those granted to them, by two. Who sits for an agency: by the panels it attends;
    domestic abuse is every agency's, which opens no case by itself. Who governs looks after all.
    """
    if role in RUNS_MEETINGS:
        return frozenset(granted)
    if role is Role.INFORMATION_GOVERNANCE:
        return frozenset(Family)
    return frozenset({Family.ABUSE, *(FAMILY_OF[code] for code in attends if code in FAMILY_OF)})


#: Later than any opening ends: a principal nobody dated opens nothing out of the ordinary.
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, as read from the database for this one request. Never kept between requests."""

    account_id: UUID
    name: str
    role: Role
    agency_id: UUID
    agency_name: str
    area_id: UUID
    area_name: str
    area_title: str
    is_signatory: bool
    signed_on: date | None
    attends: frozenset[str]  # the codes of the panels their agency sits in
    families: frozenset[str]  # `families_of` them
    must_change_password: bool = False
    asked_at: datetime = NEVER  # break-glass and tickets are open until then, and no longer
    rehearsing: bool = False  # their area is a rehearsal: every case is invented

    @property
    def runs_meetings(self) -> bool:
        """Whether this person runs their area's meetings, and so sees every one of their families' panels.

        Nobody does for an agency that has withdrawn: it loses access at once (Rulebook V1). Nor yet whoever
        runs no panel of domestic abuse: much of what this opens is of those alone (Rulebook D1, E4).
        """
        return self.role in RUNS_MEETINGS and self.is_signatory and Family.ABUSE in self.families

    @property
    def runs_exploitation(self) -> bool:
        """Whether they run panels of exploitation beside those of domestic abuse (Rulebook E1, E4)."""
        return self.runs_meetings and Family.EXPLOITATION in self.families

    @property
    def sits_on_exploitation(self) -> bool:
        """Whether they run panels of exploitation, or sit in one for a signatory (Rulebook E4, V1)."""
        if self.role in ATTENDS_MEETINGS:
            return self.is_signatory and Family.EXPLOITATION in self.families
        return self.runs_exploitation

    @property
    def attends_daily(self) -> bool:
        """Whether their agency sits in the daily meeting."""
        return MeetingKind.DRAMM in self.attends

    @property
    def attends_marac(self) -> bool:
        """Whether their agency sits in the MARAC."""
        return MeetingKind.MARAC in self.attends

    @property
    def a_panel(self) -> str:
        """A panel whose meetings are theirs, for what is about no one meeting: the MARAC or the DRAMM where
        they sit there, and else the one they sit in (Rulebook S3, E1)."""
        if self.attends_marac or self.runs_meetings:
            return MeetingKind.MARAC
        theirs = sorted(self.attends, key=lambda code: (code != MeetingKind.DRAMM, code))
        return theirs[0] if theirs else MeetingKind.DRAMM

    @property
    def is_guest(self) -> bool:
        """Whether they sit for an agency that has never signed: it takes part in a named case, or in none
        (Rulebook V1). One that has withdrawn is no guest: it signs again, or stays away."""
        return self.role in ATTENDS_MEETINGS and self.signed_on is None

    @property
    def may_be_opened_to(self) -> bool:
        """Whether anything opens a case out of the ordinary: not to who sits on the panel for an agency that
        is no signatory (Rulebook V1)."""
        return self.is_signatory or self.role not in RUNS_MEETINGS | ATTENDS_MEETINGS

    @property
    def role_label(self) -> str:
        """As the page header shows it."""
        return self.role.label

    def may(self, permission: Permission) -> bool:
        """Whether this person has the permission at all.

        Who sits on the panel for an agency that is no signatory, or keeps its accounts, has their own account
        left, and nothing else; of one that has never signed also its part in a named case (Rulebook V1). Who
        would run meetings of no panel of domestic abuse has no more: see `runs_meetings`.
        """
        if self.role in _LEAVE_WITH_THEIR_AGENCY and not self.is_signatory:
            return permission in (_OF_A_GUEST if self.is_guest else {Permission.HOME_READ})
        if self.role in RUNS_MEETINGS and Family.ABUSE not in self.families:
            return permission is Permission.HOME_READ
        if self.rehearsing and permission in NOT_REHEARSED:
            return False
        return permission in GRANTS[self.role]
