"""Which cases a pack is about, and which of them wait for a second person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from agenda.marac import list_title
from agenda.meetings import MeetingState, case_number, case_reference
from agenda.need_to_know import Hides, RestrictionState
from meetingsvc.models import CaseRow, ItemRow, MeetingRow, PackCopyRow, PackRow, RestrictionRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader, cases_of, items_of, meetings_of, told_on


def of_list(reader: Reader, meeting_id: UUID, supplement: int) -> dict[str, UUID]:
    """The cases of an agenda (0) or of one supplementary list that a reader may see, by reference."""
    rows = (
        select(CaseRow.number, CaseRow.id)
        .join(ItemRow, ItemRow.case_id == CaseRow.id)
        .where(items_of(reader), ItemRow.meeting_id == meeting_id, ItemRow.supplement == supplement)
    )
    return {case_reference(number): case_id for number, case_id in db.session.execute(rows)}


def of_pack(row: PackRow) -> set[UUID]:
    """The cases that a pack is about, and those that copies of it held. Asked as the service."""
    copies = db.session.scalars(select(PackCopyRow.cases).where(PackCopyRow.pack_id == row.id)).all()
    listed = of_list(Host(row.area_id), row.meeting_id, row.supplement).values()
    return set(listed).union(ids(row.drawn), *map(ids, copies))


def by_reference(reader: Reader, references: Iterable[str]) -> dict[str, UUID]:
    """The cases of these references that a reader may open."""
    row, wanted = CaseRow, set(references)
    rows = select(row.number, row.id).where(cases_of(reader), row.number.in_(map(case_number, wanted)))
    return {case_reference(number): case_id for number, case_id in db.session.execute(rows)}


def hidden(reader: Reader, case_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the cases that a restriction, or a sure proposal for one, keeps from anybody (Rulebook M6)."""
    return _restricted(reader, case_ids, RestrictionRow.hides != Hides.NOBODY)


def restricted(reader: Reader, case_ids: Iterable[UUID]) -> set[UUID]:
    """Those that are open to named people only: what a second person releases (security.md B)."""
    return _restricted(reader, case_ids, RestrictionRow.state == RestrictionState.RESTRICTED)


def _restricted(reader: Reader, case_ids: Iterable[UUID], how: ColumnElement[bool]) -> set[UUID]:
    row = RestrictionRow
    rows = select(row.case_id).where(told_on(reader, row.case_id), row.case_id.in_(list(case_ids)), how)
    return set(db.session.scalars(rows))


def count_restricted(reader: Reader, meeting_id: UUID, supplement: int) -> int:
    """How many cases of a list that a reader may see are open to named people only."""
    return len(restricted(reader, of_list(reader, meeting_id, supplement).values()))


def opened(reader: Reader, case_ids: Iterable[UUID]) -> set[UUID]:
    """Those that are open to a reader."""
    rows = select(CaseRow.id).where(cases_of(reader), CaseRow.id.in_(list(case_ids)))
    return set(db.session.scalars(rows))


def needing_a_second(who: Principal, restricted_ids: set[UUID]) -> set[UUID]:
    """Those of restricted cases that a second person has to release to somebody: to a chair none that they
    may open (security.md B)."""
    return restricted_ids - opened(who, restricted_ids) if who.role is Role.CHAIR else restricted_ids


def withheld(who: Principal, held: Iterable[str] | None, drawn: Iterable[str] | None) -> set[UUID]:
    """Those of the cases that wait which are in no pack of this reader's before a second person's word.

    A case that was drawn for everybody, and restricted after that, was theirs already: whoever is named on it
    keeps it, and for nobody else is it there (Rulebook M6).
    """
    return needing_a_second(who, ids(held) - ids(drawn))


def ids(kept: Iterable[str] | None) -> set[UUID]:
    """What a column keeps as text."""
    return set(map(UUID, kept or ()))


@dataclass(frozen=True, slots=True)
class Held:
    """A restricted case that a second person has to release: it is in no copy yet, or, where it was drawn
    for everybody and restricted since, in those of the people named on it alone."""

    pack_id: UUID
    case_id: UUID
    case: str
    title: str
    was_drawn: bool


def held(principal: Principal, meeting_id: UUID) -> list[Held]:
    """Those of a meeting that a person may open."""
    row = PackRow
    packs = select(row.id, row.supplement, row.held, row.drawn).where(
        packs_seen(principal), row.meeting_id == meeting_id, row.held.is_not(None), row.content.is_not(None)
    )
    return [
        Held(pack_id, case_id, reference, list_title(supplement), case_id in ids(drawn))
        for pack_id, supplement, waits, drawn in db.session.execute(packs.order_by(row.supplement))
        for reference, case_id in sorted(of_list(principal, meeting_id, supplement).items())
        if case_id in ids(waits)
    ]


def held_ahead(principal: Principal, today: date) -> list[tuple[UUID, date, int]]:
    """MARACs still to sit whose packs hold back cases that the person may open, the next first, and how many
    of them: until a second person confirms, no copy has them (security.md B)."""
    row = PackRow
    ahead = (
        select(MeetingRow.id, MeetingRow.sits_on)
        .join(row, row.meeting_id == MeetingRow.id)
        .where(packs_seen(principal), meetings_of(principal), MeetingRow.state == MeetingState.PUBLISHED)
        .where(MeetingRow.sits_on >= today, row.held.is_not(None), row.content.is_not(None))
        .distinct()
        .order_by(MeetingRow.sits_on)
    )
    found = [
        (key, day, sum(not one.was_drawn for one in held(principal, key)))
        for key, day in db.session.execute(ahead).all()
    ]
    return [(key, day, count) for key, day, count in found if count]


def packs_seen(reader: Reader) -> ColumnElement[bool]:
    """Packs that hold a case open to a reader: of another they learn not even that there is one."""
    return exists().where(
        items_of(reader), ItemRow.meeting_id == PackRow.meeting_id, ItemRow.supplement == PackRow.supplement
    )
