"""A corrected pack: drawn anew from the record, in the place of the one that agencies hold (S3, M6, F3)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from agenda import marac as rules
from agenda import pack_changes, pack_kept
from agenda.calendar import local_day
from agenda.meetings import MeetingKind, MeetingState
from agenda.pack import Worded
from agenda.pack_parts import references
from agenda.rules import RuleBroken
from meetingsvc.models import MeetingRow, PackCopyRow, PackEditionRow, PackRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, notice_times, pack_cases, pack_editions, packs
from meetingsvc.store.kept_from import Parties
from meetingsvc.store.pack_editions import Issued
from meetingsvc.store.recipients import Outgoing, asked
from meetingsvc.usecases import notices, pack_building, pack_door
from meetingsvc.usecases.marac import reasoned
from meetingsvc.usecases.marac_referrals import locked
from meetingsvc.usecases.pack_building import Contents, texts
from meetingsvc.usecases.transaction import saved_by
from notifications.messages import Notice
from notifications.outgoing import Stage, What


def problem(pack: Issued, state: MeetingState, now: datetime) -> str | None:
    """Why a pack cannot be corrected now; None where it can. A recalled one can: that issues it again."""
    if rules.stands(state, pack.sits_on, local_day(now)) is not MeetingState.PUBLISHED:
        return "This MARAC has sat, or did not sit. Its pack can no longer be corrected."
    if pack.expires_at <= now and pack.recalled_at is None:
        return "This pack has expired. There is nothing to correct."
    return None


NOTHING_CHANGED = (
    "Nothing that you may open has changed in the record since the pack was issued. Put the record right "
    "first, then correct the pack. It holds no research: that is read in the service."
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a correction would change, of what the reader may open; of a recalled pack, every case of it."""

    cases: tuple[tuple[str, UUID, str], ...]  # reference, case, what
    front: bool  # the day or the hour
    people: int = 0  # told of these cases

    @property
    def any(self) -> bool:
        """Whether there is something to issue."""
        return bool(self.cases) or self.front


def changes(who: Principal, pack_id: UUID, now: datetime) -> Changes:
    """What correcting a pack now would change, and how many people are told.

    Of a case that is kept from the reader nothing is said or counted (Rulebook S3, M6). Raises NotFound where
    the pack does not exist for this person.
    """
    row = pack_door.locked(who, pack_id, lock=False)
    if row is None or pack_editions.one(who, pack_id) is None:
        raise NotFound
    with acting.whole_area(who.area_id):
        meeting = _meeting(row)
        found = _changes(who, row, meeting)
        mine = {case_id for _, case_id, _ in found.cases}
        about = frozenset(mine - pack_building.needing_a_second(who, mine) - _held_still(row))
        return replace(found, people=_reached(row, meeting, about, now))


def _changes(who: Principal, row: PackRow, meeting: MeetingRow) -> Changes:
    before, made = _before(row), pack_building.said(who, areas.by_id(who.area_id), meeting, row.supplement)
    said = pack_changes.changes(before, made) if before else dict.fromkeys(references(made), "")
    mine = pack_cases.by_reference(who, said)
    cases = tuple((key, mine[key], what) for key, what in said.items() if key in mine)
    return Changes(cases, before is not None and before.subtitle != made.subtitle)


def _meeting(row: PackRow) -> MeetingRow:
    return db.session.scalars(select(MeetingRow).where(MeetingRow.id == row.meeting_id)).one()


def _before(row: PackRow) -> Worded | None:
    """What it says; None where that was recalled or has expired."""
    words = db.session.scalar(select(PackRow.words).where(PackRow.id == row.id))
    return pack_door.read_words(words) if words else None


def _reached(row: PackRow, meeting: MeetingRow, about: frozenset[UUID], now: datetime) -> int:
    parties = Parties(row.area_id, about)
    receivers = packs.receivers(row.area_id, MeetingKind.MARAC, now) if about else []
    things = (_thing(row, meeting, account_id, about) for account_id in receivers)
    return sum(asked(thing, Stage.BUILD, now, parties).ground is None for thing in things)


def _thing(row: PackRow, meeting: MeetingRow, account_id: UUID, about: frozenset[UUID]) -> Outgoing:
    return Outgoing(row.area_id, account_id, What.NOTICE, Notice.PACK_READY, MeetingKind.MARAC, about,
                    meeting.id)  # fmt: skip


def correct(principal: Principal, pack_id: UUID, reason: str, now: datetime) -> None:
    """Issues a new edition, drawn from the record as it is now (Rulebook S3).

    Whoever holds a copy that it changes can no longer fetch that one, and is told; whom it does not change
    anything for is told nothing, and keeps theirs: that something else changed is not theirs to know (M6).
    Raises NotFound where the pack does not exist for this person, RuleBroken where it cannot be corrected, or
    where nothing that they may open has changed.
    """
    with saved_by(principal, Permission.AGENDA_PUBLISH, now) as who:
        area, pack = locked(who.area_id), pack_editions.one(who, pack_id)
        row = pack_door.locked(who, pack_id)
        if pack is None or row is None:
            raise NotFound
        with acting.whole_area(area.id):
            meeting = _meeting(row)
            if refused := problem(pack, MeetingState(meeting.state), now):
                raise RuleBroken(refused)
            if not _changes(who, row, meeting).any:
                raise RuleBroken(NOTHING_CHANGED)
            made = pack_building.contents(who, area, meeting, row.supplement, now)
            before = pack_cases.ids(row.held)
            edition, touched, held = _replaced(who, row, made, reasoned(reason), now)
            told = _tell(row, meeting, touched - held, now)
            _take_back(row, touched, told)
            pack_building.close_idle(who.account_id, row, before - held, now)
            pack_building.before_a_second(who, row.id, held, now)
        audit.record(who.account_id, who.area_id, "pack.corrected", f"pack/{row.id}", now,
                     edition=edition)  # fmt: skip


def _replaced(
    who: Principal, row: PackRow, made: Contents, reason: str, now: datetime
) -> tuple[int, set[UUID], set[UUID]]:
    """Puts the new edition in the place of the old: its number, the cases it touches, and those that wait.

    A restricted case that a second person released stays so while it says the same, and one that was held
    back stays that, whoever corrects (security.md B).
    """
    words = db.session.scalar(select(PackRow.words).where(PackRow.id == row.id))
    before = _before(row)
    of = pack_cases.by_reference(acting.Host(row.area_id), references(before) if before else ())
    number = (db.session.scalar(select(func.max(PackEditionRow.number)).where(
        PackEditionRow.pack_id == row.id)) or 1) + 1  # fmt: skip
    every = {**of, **made.cases}
    keys = set(pack_changes.changes(before, made.words)) if before else set(every)
    touched = {every[key] for key in keys if key in every}
    held = (made.held & touched) | _held_still(row)
    db.session.add(
        PackEditionRow(area_id=row.area_id, pack_id=row.id, number=number, issued_at=now, reason=reason,
                       issued_by=who.account_id, words=words, cases={k: str(v) for k, v in of.items()},
                       open=row.drawn if row.drawn is not None else texts(of.values()))
    )  # fmt: skip
    row.content, row.words, row.drawn = made.content, pack_kept.kept(made.words), made.drawn
    if row.recalled_at:
        row.expires_at = made.expires_at  # else its day is as it was: of a correction not all may know (M6)
    row.held, row.recalled_at = texts(held), None
    db.session.flush()
    return number, touched, held


def _held_still(row: PackRow) -> set[UUID]:
    """Those that wait and are restricted still."""
    return pack_cases.restricted(acting.Host(row.area_id), pack_cases.ids(row.held))


def _tell(row: PackRow, meeting: MeetingRow, case_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Tells everyone for whom it changes something they may read; says whom."""
    if not case_ids:
        return set()
    about, parties = frozenset(case_ids), Parties(row.area_id, case_ids)
    told = set()
    for account_id in packs.receivers(row.area_id, MeetingKind.MARAC, now):
        thing = _thing(row, meeting, account_id, about)
        if notices.queue(thing, meeting.sits_on, f"/packs/{row.id}/copy", now, parties):
            told.add(account_id)
    notice_times.forget_told(row.area_id, Notice.PACK_NOT_FETCHED, row.id, told)
    return told


def _take_back(row: PackRow, touched: set[UUID], told: set[UUID]) -> None:
    """Old copies that say something else now cannot be fetched any more."""
    copy = PackCopyRow
    rows = select(copy.id, copy.account_id, copy.cases).where(
        copy.pack_id == row.id, copy.content.is_not(None)
    )
    for copy_id, account_id, cases in db.session.execute(rows).all():
        if account_id in told or cases is None or pack_cases.ids(cases) & touched:
            pack_door.empty(copy_id, account_id)
