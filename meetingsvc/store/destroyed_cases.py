"""What is kept of a case before it is destroyed, and by what it is known when it is sent again (Rulebook L2).

A past hearing of the old register and a version of an incident are known by keyed digests: the key lies
outside the database, so that a copy of this tells nobody what was destroyed. A hearing is known by its case
reference, however that is written, and its day; a version of an incident by its number and all of its
content: another version is new, and taken in.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from agenda.calendar import local_day
from agenda.need_to_know import Hides, WallState
from agenda.panels import Family
from agenda.referral_entry import EntryKind
from meetingsvc import seal
from meetingsvc.models import CaseRow, DestructionRow, HearingRow, IncidentRow, RestrictionRow, WallRow, db
from meetingsvc.store import matching_keys
from meetingsvc.store.acting import Host
from meetingsvc.store.doomed import Rows
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.scope_retention import certificates_of
from minutes.destroyed import Kept

_HEARING, _INCIDENT, _KEY = "destroyed hearing", "destroyed incident", "key of what was destroyed"


@dataclass(frozen=True, slots=True)
class Gone:
    """Under which certificate something was destroyed, and on what day."""

    certificate: int
    on: date


def number_of(case_id: UUID) -> int | None:
    """As people read it; None of a decision to share, which is no case, and of one that is gone."""
    return db.session.scalar(select(CaseRow.number).where(CaseRow.id == case_id))


def kept_of(area_id: UUID, case_id: UUID, rows: Rows, before: Kept | None = None) -> Kept:
    """Before it goes; with what was kept `before`, where it goes again. As the service.

    Raises Unsafe where there is no key to make a digest with: what went without could come back in silence.
    """
    digests = {*_hearings(area_id, rows), *_incidents(area_id, rows)}
    if digests:  # by the one more it is seen later whether their key is there
        digests.add(seal.marks(_KEY, "")[0].hex())
    row = WallRow
    walls = select(row.account_id).where(row.case_id == case_id, row.state == WallState.STANDS)
    kept = Kept(tuple(sorted(digests)), _told_to(case_id), tuple(sorted(db.session.scalars(walls))))
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
    return " ".join(map(str, kept.walled))


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
            yield seal.marks(_HEARING, _hearing(area_id, reference, heard_on))[0].hex()


def _incidents(area_id: UUID, rows: Rows) -> Iterator[str]:
    """Of the police's: what the service's own pages take in has a number that no feed may send."""
    row = IncidentRow
    for keys in _chunks(rows, row):
        told = select(row.occurrence_number, row.digest).where(row.id.in_(keys))
        for number, digest in db.session.execute(told.where(row.kind == EntryKind.POLICE_INCIDENT)):
            yield seal.marks(_INCIDENT, _incident(area_id, number, digest))[0].hex()


def _chunks(rows: Rows, row: Any) -> Iterator[list[Any]]:
    keys = [key[0] for key in rows.get(row.__table__, ())]
    for at in range(0, len(keys), CHUNK):
        yield keys[at : at + CHUNK]


def _hearing(area_id: UUID, reference: str, heard_on: date) -> str:
    return f"{area_id} {heard_on.isoformat()} {''.join(reference.split()).casefold()}"


def _incident(area_id: UUID, number: str, digest: bytes) -> str:
    return f"{area_id} {number} {digest.hex()}"


class SentAgain:
    """Whether what comes in was destroyed in that area. In the service's own capacity for it."""

    def __init__(self, area_id: UUID) -> None:
        self._area_id, self._last = area_id, 0
        self._known: dict[str, Gone] = {}
        self._untold = list[frozenset[str]]()  # of certificates whose key was not seen to be there

    def read_on(self) -> None:
        """What was destroyed since it was read last. To be called after what is there was looked up: what is
        destroyed in between would be neither there nor known to be gone."""
        row = DestructionRow
        told = select(row.number, row.destroyed_at, row.digests).where(certificates_of(Host(self._area_id)))
        for number, at, digests in db.session.execute(told.where(row.number > self._last)):
            self._known |= dict.fromkeys(digests, Gone(number, local_day(at)))
            self._untold += [frozenset(digests)] if digests else []
            self._last = max(self._last, number)

    @property
    def can_tell(self) -> bool:
        """Whether every key is there by which it is known what was destroyed; where nothing was, none is
        needed."""
        if self._untold and matching_keys.can_seal():
            there = {mark.hex() for mark in seal.marks(_KEY, "")}
            self._untold = [digests for digests in self._untold if there.isdisjoint(digests)]
        return not self._untold

    def hearing(self, reference: str, heard_on: date) -> Gone | None:
        """Under which certificate a past hearing went."""
        return self._gone(_HEARING, lambda: _hearing(self._area_id, reference, heard_on))

    def incident(self, number: str, digest: bytes) -> Gone | None:
        """Under which certificate this version of an incident went."""
        return self._gone(_INCIDENT, lambda: _incident(self._area_id, number, digest))

    def _gone(self, purpose: str, words: Callable[[], str]) -> Gone | None:
        if not self._known:
            return None
        marks = (mark.hex() for mark in seal.marks(purpose, words()))
        return next((self._known[mark] for mark in marks if mark in self._known), None)
