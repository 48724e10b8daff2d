"""What is kept of a case before it is destroyed, and by what it is known when it is sent again (Rulebook L2).

A past hearing of the old register and a version of an incident are known by keyed marks: a
hearing by its case reference, however that is written, and its day; a version of an incident by its number
and all of its content: another version is new, and taken in.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from agenda.need_to_know import Hides, WallState
from agenda.panels import Family
from agenda.referral_entry import EntryKind
from meetingsvc import seal
from meetingsvc.models import CaseRow, DestructionRow, HearingRow, IncidentRow, RestrictionRow, WallRow, db
from meetingsvc.store import destroyed_marks, destroyed_walls
from meetingsvc.store.destroyed_marks import Gone
from meetingsvc.store.doomed import Rows
from meetingsvc.store.incidents import CHUNK
from minutes.destroyed import Kept, one_spelling

_HEARING, _INCIDENT = "destroyed hearing", "destroyed incident"


def number_of(case_id: UUID) -> int | None:
    """As people read it; None of a decision to share, which is no case, and of one that is gone."""
    return db.session.scalar(select(CaseRow.number).where(CaseRow.id == case_id))


def kept_of(area_id: UUID, case_id: UUID, rows: Rows, before: Kept | None = None) -> Kept:
    """Before it goes; with what was kept `before`, where it goes again. As the service.

    Raises Unsafe where there is no key to make a digest with: what went without could come back in silence.
    """
    digests = {*_hearings(area_id, rows), *_incidents(area_id, rows)}
    row = WallRow
    walls = select(row.account_id).where(row.case_id == case_id, row.state == WallState.STANDS)
    walled = {destroyed_walls.mark(account_id, case_id) for account_id in db.session.scalars(walls)}
    kept = Kept(tuple(sorted(digests)), _told_to(case_id), tuple(sorted(walled)))
    return kept.with_(before) if before else kept


def keep_from(case_id: UUID, kept: Kept) -> None:
    """Earlier certificates of the same case, of which some went before, are kept from whoever this one is."""
    row = DestructionRow
    known = select(row.walled).where(row.case_id == case_id)
    walled = {*walled_words(kept).split(), *" ".join(db.session.scalars(known)).split()}
    told = {"told_to": kept.told_to or "", "walled": " ".join(sorted(walled))}
    db.session.execute(update(row).where(row.case_id == case_id).values(told))


def walled_words(kept: Kept) -> str:
    """As the certificate's row keeps them."""
    return " ".join(kept.walled)


def known_by(kept: Kept) -> str:
    """The keys of its marks, as the certificate's row keeps them."""
    return " ".join(sorted({seal.name_in(mark) for mark in kept.digests}))


def _told_to(case_id: UUID) -> Family | None:
    """Whose panels' people are told its number: nobody's where it was open to named people only."""
    hides = select(RestrictionRow.hides).where(RestrictionRow.case_id == case_id)
    family = db.session.scalar(select(CaseRow.family).where(CaseRow.id == case_id))
    return None if family is None or db.session.scalar(hides) == Hides.UNNAMED else Family(family)


def _hearings(area_id: UUID, rows: Rows) -> Iterator[str]:
    """Of those that have a reference: by nothing else does one come in again."""
    row = HearingRow
    for keys in _chunks(rows, row):
        told = select(row.external_reference, row.heard_on).where(row.id.in_(keys))
        for reference, heard_on in db.session.execute(told.where(row.external_reference != "")):
            yield seal.named_marks(_HEARING, _hearing(area_id, reference, heard_on))[0]


def _incidents(area_id: UUID, rows: Rows) -> Iterator[str]:
    """Of the police's: what the service's own pages take in has a number that no feed may send."""
    row = IncidentRow
    for keys in _chunks(rows, row):
        told = select(row.occurrence_number, row.digest).where(row.id.in_(keys))
        for number, digest in db.session.execute(told.where(row.kind == EntryKind.POLICE_INCIDENT)):
            yield seal.named_marks(_INCIDENT, _incident(area_id, number, digest))[0]


def _chunks(rows: Rows, row: Any) -> Iterator[list[Any]]:
    keys = [key[0] for key in rows.get(row.__table__, ())]
    for at in range(0, len(keys), CHUNK):
        yield keys[at : at + CHUNK]


def _hearing(area_id: UUID, reference: str, heard_on: date) -> str:
    return f"{area_id} {heard_on.isoformat()} {one_spelling(reference)}"


def _incident(area_id: UUID, number: str, digest: bytes) -> str:
    return f"{area_id} {number} {digest.hex()}"


def can_tell(area_id: UUID) -> bool:
    """Whether every key is there by which it is known what was destroyed."""
    return destroyed_marks.can_tell(area_id)


def hearings(area_id: UUID, told: Iterable[tuple[str, date]]) -> dict[tuple[str, date], Gone]:
    """Which of these past hearings, by reference and day, were destroyed, and under which certificate."""
    return destroyed_marks.gone(area_id, _HEARING, {one: _hearing(area_id, *one) for one in told})


def incidents(area_id: UUID, told: Iterable[tuple[str, bytes]]) -> dict[tuple[str, bytes], Gone]:
    """Which of these versions of incidents, by number and digest, were destroyed."""
    return destroyed_marks.gone(area_id, _INCIDENT, {one: _incident(area_id, *one) for one in told})
