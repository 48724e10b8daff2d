"""Recalling a pack, and asking everyone who has it to destroy what they have (Rulebook S3, V1)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from agenda.moves import REASON_LENGTH
from agenda.rules import RuleBroken
from meetingsvc.models import (
    MeetingRow,
    OfflinePackRow,
    PackCopyRow,
    PackDestructionRow,
    PackRecallRow,
    PackRow,
    db,
)
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting, areas, audit, pack_editions, packs, unattended
from meetingsvc.store.pack_cases import ids, of_pack
from meetingsvc.store.pack_editions import Issued
from meetingsvc.store.recipients import Outgoing
from meetingsvc.store.scope_packs import my_destructions
from meetingsvc.usecases import emergency_packs, notices, pack_building, pack_door
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from meetingsvc.usecases.marac import reasoned
from meetingsvc.usecases.marac_referrals import locked
from meetingsvc.usecases.transaction import saved_by
from notifications.messages import Notice
from notifications.outgoing import What

#: Where one answers. It says nothing of which meeting or pack.
PATH = "/packs/recalled"


def problem(pack: Issued) -> str | None:
    """Why a pack cannot be recalled now; None where it can: one that expired too, for people may hold it."""
    return "This pack has been recalled already. Nothing changed." if pack.recalled_at else None


def recall(principal: Principal, pack_id: UUID, reason: str, now: datetime) -> int:
    """Nobody can read or fetch it from now on, and whoever has it is asked to destroy that.

    What it says is in the offline packs of its meeting too: those go with it.

    Gives back how many people are asked. Raises NotFound where it does not exist for this person, RuleBroken
    where it cannot be recalled.
    """
    with saved_by(principal, Permission.AGENDA_PUBLISH, now) as who:
        area, pack = locked(who.area_id), pack_editions.one(who, pack_id)
        row = pack_door.locked(who, pack_id)
        if pack is None or row is None:
            raise NotFound
        if refused := problem(pack):
            raise RuleBroken(refused)
        with acting.whole_area(area.id):
            row.recalled_at, row.expires_at = now, min(now, row.expires_at)
            db.session.add(
                PackRecallRow(area_id=area.id, pack_id=row.id, recalled_at=now, recalled_by=who.account_id,
                              reason=reasoned(reason))
            )  # fmt: skip
            db.session.flush()
            pack_door.empty_all(row.id)
            pack_building.close_idle(who.account_id, row, ids(row.held), now)
            emergency_packs.empty(OfflinePackRow.id.in_(_offline(row)))
            asked = _ask(row, now)
        audit.record(who.account_id, who.area_id, "pack.recalled", f"pack/{row.id}", now, asked=asked)
    return asked


def _ask(row: PackRow, now: datetime) -> int:
    """Asks everyone who has a copy, whether they may still have one or not; once for each copy."""
    told = set[UUID]()
    for copy_id, account_id, number in _out(row):
        db.session.add(PackDestructionRow(area_id=row.area_id, pack_id=row.id, copy_id=copy_id,
                                          offline_number=number, account_id=account_id,
                                          asked_at=now))  # fmt: skip
        db.session.flush()
        told.add(account_id)
    for account_id in sorted(told):
        _tell(row.area_id, account_id, now)
    return len(told)


def _out(row: PackRow) -> list[tuple[UUID, UUID, int | None]]:
    """Copies out there that nobody was asked for yet: downloaded or mailed, and of the offline pack."""
    copy, offline = PackCopyRow, OfflinePackRow
    before = select(PackDestructionRow.copy_id).where(PackDestructionRow.area_id == row.area_id)
    own = select(copy.id, copy.account_id).where(copy.pack_id == row.id, packs.taken())
    here = offline.id.in_(_offline(row)), offline.fetches > 0
    of_meeting = select(offline.id, offline.account_id, offline.copy_number).where(*here)
    packed = db.session.execute(own.where(copy.id.not_in(before)).order_by(copy.copy_number))
    taken = db.session.execute(of_meeting.where(offline.id.not_in(before)).order_by(offline.copy_number))
    return [*((key, who, None) for key, who in packed), *((key, who, number) for key, who, number in taken)]


def _offline(row: PackRow) -> list[UUID]:
    """Offline copies that say something of this pack: of others their holders learn nothing (Rulebook M6)."""
    offline, about = OfflinePackRow, of_pack(row)
    rows = select(offline.id, offline.cases).where(offline.meeting_id == row.meeting_id)
    return [key for key, cases in db.session.execute(rows) if ids(cases) & about]


def _tell(area_id: UUID, account_id: UUID, now: datetime) -> bool:
    """Queues one notice, about the cases in what this person has not destroyed yet (Rulebook S2, F3)."""
    if accounts.principal(account_id, now) is None:
        return False
    row = PackDestructionRow
    rows = (
        select(MeetingRow.id, MeetingRow.sits_on, PackCopyRow.cases, OfflinePackRow.cases)
        .select_from(row)
        .outerjoin(PackCopyRow, PackCopyRow.id == row.copy_id)
        .outerjoin(OfflinePackRow, OfflinePackRow.id == row.copy_id)
        .join(PackRow, PackRow.id == row.pack_id)
        .join(MeetingRow, MeetingRow.id == PackRow.meeting_id)
        .where(row.account_id == account_id, row.destroyed.is_not(True))
    )
    found = db.session.execute(rows.order_by(row.asked_at.desc())).all()
    about = frozenset[UUID]().union(*(ids(cases) | ids(offline) for _, _, cases, offline in found))
    meeting_id, sits_on = found[0][:2]
    thing = Outgoing(area_id, account_id, What.NOTICE, Notice.PACK_RECALLED, MeetingKind.MARAC, about,
                     meeting_id)  # fmt: skip
    return notices.queue(thing, sits_on, PATH, now)


def answer(principal: Principal, recalled_id: UUID, destroyed: bool, because: str, now: datetime) -> None:
    """What a holder says of their own copy: destroyed, or why they are not able to.

    Raises NotFound where they were not asked, RuleBroken without a reason, or where they said it before.
    """
    with saved_by(principal, Permission.PACK_FETCH, now) as who:
        areas.hold(who.area_id)
        row = db.session.scalars(
            select(PackDestructionRow).where(
                my_destructions(who), PackDestructionRow.id == recalled_id
            ).with_for_update(of=PackDestructionRow)
        ).one_or_none()  # fmt: skip
        if row is None:
            raise NotFound
        if row.destroyed:
            raise RuleBroken("You have confirmed already that this copy is destroyed. Nothing changed.")
        row.answered_at, row.destroyed = now, destroyed
        row.because = "" if destroyed else _because(because)
        db.session.flush()
        kind = "copy" if row.offline_number is None else "offline_pack"
        audit.record(who.account_id, who.area_id, "pack.destruction_answered", f"{kind}/{row.copy_id}", now,
                     destroyed=int(destroyed))  # fmt: skip


def _because(told: str) -> str:
    if not told.strip():
        raise RuleBroken("Say why you are not able to destroy it.")
    if len(told) > REASON_LENGTH:
        raise RuleBroken(f"The reason must be {REASON_LENGTH:,} characters or fewer.")
    return told.strip()


def remind(now: datetime) -> int:
    """Reminds who has not confirmed, once a day, until they have; says how many notices went.

    Safe to run twice: whoever was told today is not told again.
    """
    return in_turn("reminding of recalls", unattended.area_ids(), lambda area_id: _remind(area_id, now))


def _remind(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    row, today = PackDestructionRow, local_day(now)
    rows = select(row).where(row.area_id == area_id, row.destroyed.is_not(True))
    waiting: dict[UUID, list[PackDestructionRow]] = {}
    for one in db.session.scalars(rows.order_by(row.account_id, row.asked_at)).all():
        waiting.setdefault(one.account_id, []).append(one)
    told = 0
    for account_id, theirs in waiting.items():
        if max(local_day(one.reminded_at or one.asked_at) for one in theirs) >= today:
            continue
        for one in theirs:
            one.reminded_at = now
        db.session.flush()
        told += _tell(area_id, account_id, now)
    if told:
        audit.record(WORKER, area_id, "pack.recall_reminded", f"area/{area_id}", now, notices=told)
    return told
