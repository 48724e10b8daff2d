"""Alarms about how people use the service, the cases they opened lately, and decoys."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from agenda.meetings import MeetingState
from agenda.need_to_know import MANY_WITHIN
from agenda.panels import Works
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AlarmRow,
    AuditRow,
    DecoyRow,
    ItemRow,
    MeetingRow,
    db,
)
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import acting
from meetingsvc.store.scope import alarms_of

#: What counts as opening a case: every line that shows something of one. A pack and an agenda are read as a
#: whole, so neither counts, nor do their lines; nor those of minutes that have just been issued (`WHOLE`).
CASE_PAGES = (
    "case.read", "case.asked_why", "case.printed", "incident.read", "person.read", "timeline.read",
    "action.read", "action.plan_read",
    "shared.read", "correction.read", "address.read", "consent.read", "risk.read",
    "referral.read", "match.read", "merge.read",
    "address.revealed", "access.read", "trail.case_read", "opening.read", "application.read", "order.read",
    "proposal.read", "glass.broken", "transfer.read",
    "transfer.record_read", "feedback.read", "flag.read", "emergency.read",
    "research.read", "confirmation.read", "minutes.case_read", "named_case.read", "subject.read",
    "screening.read",
    "document.list_read", "document.read",
)  # fmt: skip
REVEALED = ("address.revealed",)
#: In the detail of a line: it is one of many cases that were read as one thing.
WHOLE = "whole"
#: Breaking the glass twice, or trying to three times, in this time is an alarm (security.md A, scenario 5).
GLASS_WITHIN = timedelta(hours=1)
#: So long it is said that a feed sent again what is high risk and was destroyed (Rulebook T2, T12).
SENT_AGAIN_STANDS = timedelta(days=7)


class AlarmKind(StrEnum):
    """Why an alarm was raised. The value is stored, the words are read."""

    MANY = "many cases"
    REVEALS = "many reveals"
    DECOY = "decoy"
    GLASS = "glass"

    @property
    def words(self) -> str:
        """As the page says it."""
        if self is AlarmKind.DECOY:
            return "Opened a decoy: an invented case that nobody has a reason to open"
        if self is AlarmKind.GLASS:
            return "Broke the glass twice within an hour, or tried to three times"
        if self is AlarmKind.REVEALS:
            return "Was shown masked addresses or numbers of many cases in little time"
        return "Opened many different cases in little time"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One burst, as who deals with it sees it."""

    id: UUID
    kind: AlarmKind
    account_id: UUID
    name: str
    role: Role
    agency: str
    raised_at: datetime
    last_at: datetime
    cases: int
    dealt_with_at: datetime | None
    note: str


def opened_lately(
    account_id: UUID, now: datetime, actions: tuple[str, ...] = CASE_PAGES
) -> list[tuple[datetime, UUID]]:
    """What somebody opened of cases in the time that counts as little, by the access log."""
    row = AuditRow
    rows = select(row.at, row.case_id, row.detail).where(
        row.actor == str(account_id), row.at > now - MANY_WITHIN, row.action.in_(actions)
    )
    return [
        (at, case_id)
        for at, case_id, detail in db.session.execute(rows)
        if case_id is not None and not detail.get(WHOLE)
    ]


def glass_lately(account_id: UUID, now: datetime) -> tuple[int, int]:
    """How often somebody broke the glass within the hour, and how often they tried to in vain."""
    row = AuditRow
    mine = (row.actor == str(account_id), row.at > now - GLASS_WITHIN)
    rows = select(row.action, func.count()).where(*mine, row.action.in_(("glass.broken", "glass.refused")))
    found = {action: count for action, count in db.session.execute(rows.group_by(row.action))}
    return found.get("glass.broken", 0), found.get("glass.refused", 0)


def reveals_since(account_id: UUID, at: datetime) -> int:
    """How often somebody was shown what is masked since then."""
    row = AuditRow
    mine = (row.actor == str(account_id), row.at > at, row.action.in_(REVEALED))
    return db.session.scalar(select(func.count()).where(*mine)) or 0


def on_a_meeting_from(area_id: UUID, day: date) -> set[UUID]:
    """The cases that a meeting of that day or a later one hears, and those of lists that are still open."""
    row = MeetingRow
    undone = and_(row.works == Works.LIST, row.state == MeetingState.OPEN)
    ahead = and_(row.sits_on >= day, row.state != MeetingState.CANCELLED)
    with acting.whole_area(area_id):
        rows = select(ItemRow.case_id).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        return set(db.session.scalars(rows.where(row.area_id == area_id, or_(undone, ahead))))


def is_decoy(area_id: UUID, case_id: UUID) -> bool:
    """Whether a case is one that nobody has a reason to open."""
    with acting.whole_area(area_id):
        return db.session.scalar(select(DecoyRow.case_id).where(DecoyRow.case_id == case_id)) is not None


def burst(account_id: UUID, kind: AlarmKind, now: datetime) -> AlarmRow | None:
    """The alarm that already speaks of what somebody is doing at this moment. For the service alone."""
    row = AlarmRow
    mine = (row.account_id == account_id, row.kind == kind, row.last_at > now - MANY_WITHIN)
    return db.session.scalars(select(row).where(*mine).order_by(row.last_at.desc()).limit(1)).first()


def sent_again(area_id: UUID, by: str, now: datetime) -> dict[int, int]:
    """High-risk rows put aside as destroyed within the week: how many, by the number of their certificate."""
    row, found = AuditRow, Counter[int]()
    rows = select(row.subject, row.detail).where(
        row.actor == by, row.at > now - SENT_AGAIN_STANDS, row.action == "records.sent_again"
    )
    with acting.whole_area(area_id):
        for subject, detail in db.session.execute(rows.where(row.area_id == area_id)):
            found[int(subject.partition("/")[2])] += detail["rows"]
    return dict(sorted(found.items()))


def watchers(area_id: UUID, but: UUID | None) -> list[UUID]:
    """Who is told of an alarm: the area's chairs and its information governance, not whom it is about."""
    rows = (
        select(AccountRow.id)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(AgencyRow.area_id == area_id, AccountRow.disabled_at.is_(None), AccountRow.id != but)
        .where(AccountRow.role.in_((Role.CHAIR, Role.INFORMATION_GOVERNANCE)))
        .order_by(AccountRow.id)
    )
    return list(db.session.scalars(rows))


def count_open(who: Principal) -> int:
    """Alarms that nobody has dealt with."""
    if not who.may(Permission.ALARM_READ):
        return 0
    rows = select(func.count()).where(alarms_of(who), AlarmRow.dealt_with_at.is_(None))
    return db.session.scalar(rows) or 0


def count(who: Principal) -> int:
    """All of them."""
    return db.session.scalar(select(func.count()).where(alarms_of(who))) or 0


def page(who: Principal, page: int, size: int) -> list[Alarm]:
    """One page of them, those to deal with first, then the newest first."""
    rows = _alarms(who).order_by(AlarmRow.dealt_with_at.is_not(None), AlarmRow.raised_at.desc()).limit(size)
    return [_alarm(*found) for found in db.session.execute(rows.offset((page - 1) * size))]


def one(who: Principal, alarm_id: UUID) -> Alarm | None:
    """One of them."""
    found = db.session.execute(_alarms(who).where(AlarmRow.id == alarm_id)).one_or_none()
    return _alarm(*found) if found else None


def row_of(who: Principal, alarm_id: UUID) -> AlarmRow | None:
    """Its row, to write on."""
    row = select(AlarmRow).where(alarms_of(who), AlarmRow.id == alarm_id)
    return db.session.scalar(row.with_for_update())


def _alarms(who: Principal) -> Select[AlarmRow, AccountRow, str]:
    rows = select(AlarmRow, AccountRow, AgencyRow.name).where(alarms_of(who))
    people = rows.join(AccountRow, AccountRow.id == AlarmRow.account_id)
    return people.join(AgencyRow, AgencyRow.id == AccountRow.agency_id)


def _alarm(row: AlarmRow, person: AccountRow, agency: str) -> Alarm:
    return Alarm(
        row.id, AlarmKind(row.kind), person.id, person.name, Role(person.role), agency, row.raised_at,
        row.last_at, row.cases, row.dealt_with_at, row.note,
    )  # fmt: skip
