"""Whom a message, a file or an invitation may reach, read afresh each time it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from agenda.agencies import Agency
from agenda.calendar import local_day
from agenda.details import Shared
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AreaRow,
    CaseRow,
    MeetingRow,
    NamedCaseHeldRow,
    NamedCasePartRow,
    db,
)
from meetingsvc.permissions import FAMILY_OF, Permission, Principal
from meetingsvc.store import accounts, acting, areas, kept_from, rehearsals
from meetingsvc.store.accounts import agency_of
from meetingsvc.store.kept_from import Parties
from meetingsvc.store.scope import cases_of, meetings_of
from meetingsvc.store.scope_named_cases import held_of, parts_of
from notifications import recipients
from notifications.messages import Notice
from notifications.outgoing import (
    ACTIONS_LIST,
    DISAGREEMENT_FORM,
    FLAGS_LIST,
    MAIL_TEST,
    NAMED_CASE,
    NAMED_CASE_HELD,
    Stage,
    What,
)
from notifications.recipients import Ground, Recipient

#: What tells of no meeting: who may do this is told, whether they attend one or not; a notice, whether they
#: may open the case or not. Everything else follows the meeting it is about.
TOLD_FOR_THEIR_DUTY: dict[str, Permission] = {
    Notice.BREAK_GLASS: Permission.GLASS_REVIEW,
    Notice.ALARM: Permission.ALARM_READ,
    Notice.ALARM_NOT_SENT: Permission.ALARM_READ,
    Notice.BREACH: Permission.BREACH_RUN,
    Notice.AGREEMENTS: Permission.AGREEMENT_MANAGE,
    Notice.COMPLAINT: Permission.COMPLAINT_HANDLE,
    Notice.DISAGREEMENT: Permission.DISAGREEMENT_READ,
    Notice.NAMED_CASE: Permission.PART_READ,
    NAMED_CASE: Permission.PART_READ,
    NAMED_CASE_HELD: Permission.PART_READ,
    Notice.REFERRAL_RETURNED: Permission.REFERRAL_MAKE,
    Notice.EXPECTED: Permission.REFERRAL_MAKE,
    Notice.TRANSFER: Permission.TRANSFER_READ,
    Notice.DIGEST: Permission.HOME_READ,
    MAIL_TEST: Permission.MAIL_TEST,
    Notice.PACK_RECALLED: Permission.PACK_FETCH,
    FLAGS_LIST: Permission.FLAG_DONE,
    ACTIONS_LIST: Permission.ACTION_UPDATE,
    DISAGREEMENT_FORM: Permission.DISAGREEMENT_READ,
}

#: To who works on a case, such as an IDVA it is given to (security.md B, "M + allocated").
_OF_A_CASE = frozenset({Notice.FEEDBACK, Notice.ACTIONS, Notice.CORRECTION})
#: Told to agencies that have not signed, too: any may refer (Rulebook T7).
_TO_ANY_AGENCY = frozenset({Notice.REFERRAL_RETURNED, Notice.EXPECTED})
#: Told to those in whose named case they take part, and to the panel: only of what they may open (V1).
_OF_PARTS = frozenset({Notice.NAMED_CASE, NAMED_CASE})
#: The same, of what an agency was told whose part is over: the question what became of it, and no more.
_OF_WHAT_IS_HELD = frozenset({Notice.NAMED_CASE, NAMED_CASE_HELD})
_OF_NAMED_CASES = _OF_PARTS | _OF_WHAT_IS_HELD


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One thing for one person: what it is, and the cases it is about."""

    area_id: UUID
    account_id: UUID
    what: What
    kind: str  # which notice or file
    panel: str
    about: frozenset[UUID] = frozenset()
    meeting_id: UUID | None = None
    outbox_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it may go at this moment: `ground` is None where it may, telling of `about` and no more."""

    thing: Outgoing
    stage: Stage
    recipient: Recipient
    ground: Ground | None
    about: frozenset[UUID]
    kept: dict[UUID, Ground]

    @property
    def words(self) -> str:
        """Why not, for whoever runs the meetings."""
        return self.ground.words if self.ground else ""


def asked(thing: Outgoing, stage: Stage, now: datetime, parties: Parties | None = None) -> Answer:
    """Whether one thing may reach its recipient, as they, their agency and the cases are at this moment.

    Only a live account of a signatory agency that attends the meeting is sent anything (Rulebook S3, V1). Of
    the cases it is about, those are kept from the recipient that a wall or a restriction keeps (M6), and
    those whose perpetrator or known associate they are or share details with, wall or no wall (F3). Where
    none is left, it does not go at all; nor where it is made already and holds one of them.
    """
    with acting.whole_area(thing.area_id):
        account, agency, domains = _as_they_are(thing.account_id)
        who = None if account.disabled_at else accounts.principal(account.id, now)
        kept = _kept(who, thing, parties) if who else {}
        left = thing.about - kept.keys()
        goes = not kept or (bool(left) and not _made_already(thing, stage))
        grounds = set() if goes else set(kept.values())
        recipient = Recipient(account.id, account.agency_id, account.email)
        ground = recipients.grounds(
            recipient,
            disabled=who is None,
            signatory=agency.is_signatory(local_day(now)) or _told_unsigned(agency, thing),
            attends=who is not None and _attends(who, thing, kept),
            content=thing.what.needs_secure_domain,
            domains=domains,
            walled=Ground.WALL in grounds,
            collides=frozenset(Shared) if Ground.COLLISION in grounds else frozenset(),
            closed=Ground.CLOSED in grounds,
            rehearsal=rehearsals.keeps_in(thing.area_id, stage),
        )
        return Answer(thing, stage, recipient, ground, frozenset() if ground else left, kept)


def _told_unsigned(agency: Agency, thing: Outgoing) -> bool:
    """Whether it is about a referral of one's own or a named case, to an agency that never left (T7, V1)."""
    return thing.kind in _TO_ANY_AGENCY | _OF_NAMED_CASES and agency.withdrawn_on is None


def may_receive(principal: Principal, kind: str, now: datetime) -> str | None:
    """Why a person may not have the pack of such a meeting; None where they may (Rulebook S3, V1)."""
    pack = Outgoing(principal.area_id, principal.account_id, What.PAGE, "pack", kind)
    return asked(pack, Stage.BUILD, now).words or None


def _as_they_are(account_id: UUID) -> tuple[AccountRow, Agency, tuple[str, ...]]:
    """The account, its agency, and the domains its area holds secure."""
    rows = select(AccountRow, AgencyRow, AreaRow).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    account, row, area = db.session.execute(
        rows.join(AreaRow, AreaRow.id == AgencyRow.area_id)
        .where(AccountRow.id == account_id)
        .execution_options(populate_existing=True)
    ).one()
    return account, agency_of(row), areas.settings_of(area).secure_domains


def _made_already(thing: Outgoing, stage: Stage) -> bool:
    """A file once made cannot leave out a case any more."""
    return thing.what in (What.FILE, What.LETTER) and stage is not Stage.BUILD


def _attends(who: Principal, thing: Outgoing, kept: Mapping[UUID, Ground]) -> bool:
    """Who runs the meetings, and the representatives of agencies that attend them (Rulebook S3)."""
    if who.area_id != thing.area_id:
        return False
    if duty := TOLD_FOR_THEIR_DUTY.get(thing.kind):
        return who.may(duty)
    if not who.may(Permission.PACK_FETCH):
        return False
    of_theirs = FAMILY_OF.get(thing.panel) in who.families  # also where their agency attends (Rulebook E4)
    sits = of_theirs and (who.runs_meetings or thing.panel in who.attends) or _works_on_case(thing, kept)
    return sits and (_nothing_is_left(thing, kept) or _sees_meeting(who, thing))


def _works_on_case(thing: Outgoing, kept: Mapping[UUID, Ground]) -> bool:
    """Whose it is to tell a victim, or to do an action, is reminded of a case they may open, and who read
    what is corrected is told, whichever meeting their agency sits in, if any (Rulebook F1, F2, A2, R2)."""
    return thing.kind in _OF_A_CASE and bool(thing.about - kept.keys())


def _nothing_is_left(thing: Outgoing, kept: Mapping[UUID, Ground]) -> bool:
    """Whether it is about an emergency MARAC's one case alone, and that is kept from them: then what keeps
    the case is the ground, which only those learn who may open it (Rulebook M4, M6)."""
    if not thing.about <= kept.keys():
        return False
    of_meeting = select(MeetingRow.case_id).where(MeetingRow.id == thing.meeting_id)
    return db.session.scalar(of_meeting) in kept


def _sees_meeting(who: Principal, thing: Outgoing) -> bool:
    if thing.meeting_id is None:
        return True
    seen = meetings_of(who)
    if thing.what is What.INVITATION:  # when a MARAC sits is told before what it hears is shared
        regular = MeetingRow.case_id.is_(None), MeetingRow.extra_of.is_(None)
        theirs = MeetingRow.family.in_(sorted(who.families))
        seen = or_(seen, and_(MeetingRow.area_id == who.area_id, theirs, *regular))
    return db.session.scalar(select(MeetingRow.id).where(seen, MeetingRow.id == thing.meeting_id)) is not None


def _kept(who: Principal, thing: Outgoing, parties: Parties | None) -> dict[UUID, Ground]:
    """The cases that are kept from somebody, each with the first reason that stands."""
    if not thing.about:
        return {}
    told_shut = thing.kind in TOLD_FOR_THEIR_DUTY and thing.kind not in _OF_NAMED_CASES
    needs_open = thing.what.has_content or not told_shut
    closed = thing.about - _opened(who, thing) if needs_open else frozenset[UUID]()
    parties = parties or Parties(thing.area_id, thing.about)
    return kept_from.grounds(who.account_id, thing.about, closed, parties)


def _opened(who: Principal, thing: Outgoing) -> set[UUID]:
    """Those it is about that they may open; of named cases, in which their agency takes part too, or is asked
    what became of what it was told (Rulebook V1)."""
    found = set(db.session.scalars(select(CaseRow.id).where(CaseRow.id.in_(thing.about), cases_of(who))))
    if thing.kind in _OF_PARTS:
        part = NamedCasePartRow.case_id
        found |= set(db.session.scalars(select(part).where(part.in_(thing.about), parts_of(who))))
    if thing.kind in _OF_WHAT_IS_HELD:
        asked_of = NamedCaseHeldRow.case_id
        found |= set(db.session.scalars(select(asked_of).where(asked_of.in_(thing.about), held_of(who))))
    return found
