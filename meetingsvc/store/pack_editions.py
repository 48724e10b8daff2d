"""Corrections and recalls of packs: what was said before, and who has destroyed what they had."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select

from agenda.marac import list_title
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    MeetingRow,
    PackCopyRow,
    PackDestructionRow,
    PackEditionRow,
    PackRecallRow,
    PackRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store.scope import copies_of
from meetingsvc.store.scope_packs import following, my_destructions, packs_of

#: Of one's copy of the pack, or of the offline pack, which its holder alone can look up.
_number = func.coalesce(PackCopyRow.copy_number, PackDestructionRow.offline_number)


@dataclass(frozen=True, slots=True)
class Issued:
    """A pack as who runs the meetings sees it: is it out, and what became of it."""

    id: UUID
    meeting_id: UUID
    sits_on: date
    supplement: int
    expires_at: datetime
    recalled_at: datetime | None

    @property
    def title(self) -> str:
        """`Agenda`, or `Supplementary list 1`."""
        return list_title(self.supplement)


@dataclass(frozen=True, slots=True)
class Step:
    """A correction or a recall: when, by whom and why."""

    pack_id: UUID
    what: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One copy that somebody was asked to destroy, and their answer."""

    id: UUID
    copy_id: UUID
    pack_id: UUID
    title: str
    number: int
    person: str
    agency: str
    sits_on: date
    asked_at: datetime
    answered_at: datetime | None
    destroyed: bool | None
    because: str


def issued(who: Principal, meeting_id: UUID) -> list[Issued]:
    """The packs of a meeting, the agenda's first."""
    rows = _packs(who).where(PackRow.meeting_id == meeting_id).order_by(PackRow.supplement)
    return [Issued(*row) for row in db.session.execute(rows)]


def one(who: Principal, pack_id: UUID) -> Issued | None:
    """One pack; None where it does not exist for this person."""
    row = db.session.execute(_packs(who).where(PackRow.id == pack_id)).one_or_none()
    return None if row is None else Issued(*row)


def _packs(who: Principal) -> Any:
    row = PackRow
    return (
        select(row.id, row.meeting_id, MeetingRow.sits_on, row.supplement, row.expires_at, row.recalled_at)
        .join(MeetingRow, MeetingRow.id == row.meeting_id)
        .where(packs_of(who))
    )


def steps(who: Principal, meeting_id: UUID) -> list[Step]:
    """What was done to a meeting's packs after they were published, the oldest first."""
    new, back = PackEditionRow, PackRecallRow
    found = [
        *_steps(who, meeting_id, new, new.issued_at, new.issued_by, "Corrected"),
        *_steps(who, meeting_id, back, back.recalled_at, back.recalled_by, "Recalled"),
    ]
    return sorted(found, key=lambda step: step.at)


def _steps(who: Principal, meeting_id: UUID, row: Any, at: Any, by: Any, what: str) -> list[Step]:
    rows = (
        select(row.pack_id, at, AccountRow.name, row.reason)
        .join(AccountRow, AccountRow.id == by)
        .join(PackRow, PackRow.id == row.pack_id)
        .where(following(who, row), PackRow.meeting_id == meeting_id)
    )
    return [Step(key, what, when, name, why) for key, when, name, why in db.session.execute(rows)]


def asked(who: Principal, meeting_id: UUID) -> list[Asked]:
    """Everyone asked to destroy a copy of a meeting's packs: those who have not answered come first."""
    row = PackDestructionRow
    rows = _asked().where(following(who, row), PackRow.meeting_id == meeting_id)
    found = db.session.execute(rows.order_by(AgencyRow.name, AccountRow.name, _number))
    return sorted((_one(told) for told in found), key=lambda one: bool(one.destroyed))


@dataclass(frozen=True, slots=True)
class Destroying:
    """Copies of a meeting's packs that people were asked to destroy."""

    meeting_id: UUID
    sits_on: date
    asked: int
    left: int  # not destroyed yet


def destroying(who: Principal, meeting_id: UUID | None = None) -> list[Destroying]:
    """By meeting, those of which not all are destroyed, for who runs the meetings; or of the one meeting."""
    row = PackDestructionRow
    left = func.sum(case((row.destroyed.is_(True), 0), else_=1))
    rows = (
        select(MeetingRow.id, MeetingRow.sits_on, func.count(), left)
        .select_from(row)
        .join(PackRow, PackRow.id == row.pack_id)
        .join(MeetingRow, MeetingRow.id == PackRow.meeting_id)
        .where(following(who, row))
        .group_by(MeetingRow.id, MeetingRow.sits_on)
        .order_by(MeetingRow.sits_on)
    )
    rows = rows.having(left > 0) if meeting_id is None else rows.where(MeetingRow.id == meeting_id)
    return [Destroying(*told) for told in db.session.execute(rows)]


def asked_of(who: Principal, recalled_id: UUID | None = None) -> list[Asked]:
    """What one is asked to destroy oneself, the unanswered first; or the one copy."""
    rows = _asked().where(my_destructions(who)).order_by(PackDestructionRow.asked_at)
    rows = rows if recalled_id is None else rows.where(PackDestructionRow.id == recalled_id)
    with acting.whole_area(who.area_id):  # they have the copy, though they may not see its meeting any more
        found = db.session.execute(rows).all()
    return sorted((_one(told) for told in found), key=lambda one: bool(one.destroyed))


def _asked() -> Any:
    row = PackDestructionRow
    return (
        select(
            row.id, row.copy_id, row.pack_id, PackRow.supplement, row.offline_number, _number,
            AccountRow.name, AgencyRow.name, MeetingRow.sits_on, row.asked_at, row.answered_at,
            row.destroyed, row.because,
        )
        .join(PackRow, PackRow.id == row.pack_id)
        .outerjoin(PackCopyRow, PackCopyRow.id == row.copy_id)
        .join(MeetingRow, MeetingRow.id == PackRow.meeting_id)
        .join(AccountRow, AccountRow.id == row.account_id)
        .join(AgencyRow, AgencyRow.id == func.coalesce(PackCopyRow.agency_id, AccountRow.agency_id))
    )  # fmt: skip


def _one(told: Sequence[Any]) -> Asked:
    key, copy_id, pack_id, supplement, offline, *rest = told
    return Asked(key, copy_id, pack_id, list_title(supplement) if offline is None else "Offline pack", *rest)


@dataclass(frozen=True, slots=True)
class Before:
    """What a pack said before it was corrected, and which cases of it one person had."""

    words: dict[str, Any]  # as it is kept: only the door makes it readable
    cases: dict[str, UUID]
    had: frozenset[str]  # by reference
    issued_at: datetime


def before(who: Principal, pack_id: UUID) -> Before | None:
    """What a person's last pack said: their last copy's edition, or else the one before the newest.

    Which cases they had, their copy says. Who made none could read those that were kept from nobody.
    To be called as the service.
    """
    row = PackEditionRow
    rows = select(row, row.words).where(row.pack_id == pack_id, row.words.is_not(None)).order_by(row.number)
    editions = db.session.execute(rows).all()
    if not editions:
        return None
    copy = _last_copy(who, pack_id, editions[-1][0].issued_at)
    edition, words = next((one for one in editions if copy and one[0].issued_at > copy[0]), editions[-1])
    held = set((copy[1] if copy else edition.open) or ())
    cases = {key: UUID(case_id) for key, case_id in (edition.cases or {}).items()}
    had = frozenset(key for key, case_id in cases.items() if str(case_id) in held)
    return Before(words, cases, had, edition.issued_at)


def _last_copy(who: Principal, pack_id: UUID, until: datetime) -> tuple[datetime, list[str] | None] | None:
    row = PackCopyRow
    rows = select(row.made_at, row.cases).where(copies_of(who), row.pack_id == pack_id, row.made_at < until)
    found = db.session.execute(rows.order_by(row.made_at.desc()).limit(1)).one_or_none()
    return None if found is None else (found[0], found[1])
