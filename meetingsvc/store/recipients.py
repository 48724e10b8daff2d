"""Whom a message, a file or an invitation may reach, read afresh each time it is asked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from agenda.addresses import Part
from agenda.agencies import Agency
from agenda.calendar import local_day
from agenda.details import Details, Shared
from agenda.need_to_know import WallGround, WallState
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AreaRow,
    CaseRow,
    MeetingRow,
    NamedCasePartRow,
    WallRow,
    db,
)
from meetingsvc.permissions import FAMILY_OF, Permission, Principal
from meetingsvc.store import accounts, acting, areas, details, rehearsals
from meetingsvc.store.accounts import agency_of
from meetingsvc.store.scope import cases_of, meetings_of
from meetingsvc.store.scope_named_cases import parts_of
from notifications import collisions, recipients
from notifications.messages import Notice
from notifications.outgoing import (
    ACTIONS_LIST,
    DISAGREEMENT_FORM,
    FLAGS_LIST,
    MAIL_TEST,
    NAMED_CASE,
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
    Notice.REFERRAL_RETURNED: Permission.REFERRAL_MAKE,
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
_TO_ANY_AGENCY = frozenset({Notice.REFERRAL_RETURNED})
#: Told to those in whose named case they take part, and to the panel: only of what they may open (V1).
_OF_NAMED_CASES = frozenset({Notice.NAMED_CASE, NAMED_CASE})


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


class Parties:
    """The perpetrators and known associates of some cases, and what staff told of themselves.

    Read once for all the recipients of one thing.
    """

    def __init__(self, area_id: UUID, case_ids: Iterable[UUID]) -> None:
        self._kept_from = {
            case_id: [one.details for one in told if one.part is not Part.VICTIM]
            for case_id, told in details.of_cases(list(case_ids)).items()
        }
        self._own: dict[UUID, list[Details]] = defaultdict(list)
        for person in details.of_staff(area_id):
            if person.ground is WallGround.PARTY:
                self._own[person.account_id].append(person.details)

    def collides(self, account_id: UUID, case_id: UUID, cleared: bool) -> frozenset[Shared]:
        """What a recipient shares with those of a case whom nothing may reach (Rulebook F3)."""
        told = self._kept_from.get(case_id, ())
        found = (collisions.collides(own, told, cleared=cleared) for own in self._own[account_id])
        return frozenset[Shared]().union(*found)


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
    runs = who.runs_meetings and FAMILY_OF.get(thing.panel) in who.families
    sits = runs or thing.panel in who.attends or _works_on_case(thing, kept)
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
    parties = parties or Parties(thing.area_id, thing.about)
    walls = _walls(who.account_id, thing.about)
    opened = set(db.session.scalars(select(CaseRow.id).where(CaseRow.id.in_(thing.about), cases_of(who))))
    needs_open = thing.what.has_content or thing.kind not in TOLD_FOR_THEIR_DUTY
    if thing.kind in _OF_NAMED_CASES:
        part, needs_open = NamedCasePartRow.case_id, True
        opened |= set(db.session.scalars(select(part).where(part.in_(thing.about), parts_of(who))))
    kept: dict[UUID, Ground] = {}
    for case_id in thing.about:
        state, shared = walls.get(case_id, (None, ""))
        cleared = state is WallState.LIFTED and Shared.NAME in shared
        if state is WallState.STANDS:
            kept[case_id] = Ground.WALL
        elif parties.collides(who.account_id, case_id, cleared):
            kept[case_id] = Ground.COLLISION
        elif needs_open and case_id not in opened:
            kept[case_id] = Ground.CLOSED
    return kept


def _walls(account_id: UUID, case_ids: Iterable[UUID]) -> dict[UUID, tuple[WallState, str]]:
    row = WallRow
    rows = select(row.case_id, row.state, row.shared).where(
        row.account_id == account_id, row.case_id.in_(list(case_ids))
    )
    return {case_id: (WallState(state), shared) for case_id, state, shared in db.session.execute(rows)}
