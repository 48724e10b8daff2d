"""What is told of a subject that may be told of another too, as a reader may see it (Rulebook E2)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from agenda.pack import NoteKind
from agenda.patterns import Trait, key_of
from agenda.subjects import SubjectKind
from meetingsvc.models import AgencyRow, CaseRow, LinkRow, SubjectTraitRow, db
from meetingsvc.store.scope import Reader, told_on
from meetingsvc.store.subject_near import KEPT_BY

BY_REFERRAL, BY_WHOM = "In a referral", "agency not shown"


@dataclass(frozen=True, slots=True)
class Told:
    """One trait, with whose it is. `text` is as it was written."""

    id: UUID
    case_id: UUID
    trait: Trait
    text: str
    key: str
    on: date
    standing: NoteKind
    author: str
    source: str
    agency: str
    recorded_at: datetime
    agency_id: UUID
    ended: str  # why it was a mistake
    ended_by: UUID | None
    waits: bool  # for a second person to say so too


def of(reader: Reader, case_id: UUID) -> list[Told]:
    """Everything that is told of one subject, the latest first."""
    row = SubjectTraitRow
    rows = (
        select(row, AgencyRow.name)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .where(told_on(reader, row.case_id), row.case_id == case_id)
        .order_by(row.on.desc(), row.recorded_at.desc(), row.id)
    )
    return [_told(one, agency) for one, agency in db.session.execute(rows)]


def _told(row: SubjectTraitRow, agency: str) -> Told:
    """Who referred the child stands with none of it (Rulebook E4)."""
    author, agency = teller(row, agency)
    return Told(
        row.id, row.case_id, Trait(row.trait), row.text, row.key, row.on, NoteKind(row.standing), author,
        row.source, agency, row.recorded_at, row.agency_id, row.ended,
        row.ended_by, waits(row),
    )  # fmt: skip


def waits(row: SubjectTraitRow) -> bool:
    """Whether people are kept away by what one person has said to be a mistake (Rulebook F3)."""
    return bool(row.ended) and row.confirmed_by is None and row.trait in KEPT_BY


def teller(row: SubjectTraitRow | LinkRow, agency: str) -> tuple[str, str]:
    """Who told it, as it is shown: of what came in by a referral, that it did (Rulebook E4)."""
    return (row.author, agency) if row.referral_id is None else (BY_REFERRAL, BY_WHOM)


def row(reader: Reader, case_id: UUID, trait_id: UUID) -> SubjectTraitRow | None:
    """One of a subject, held until the transaction ends."""
    one = SubjectTraitRow
    rows = select(one).where(told_on(reader, one.case_id), one.case_id == case_id, one.id == trait_id)
    return db.session.scalar(rows.with_for_update())


def shared(reader: Reader, case_id: UUID, told: Collection[Told]) -> dict[UUID, list[UUID]]:
    """The other subjects of whom the same is told, by the trait here: of those open to the reader alone."""
    keys = {(one.trait, one.key) for one in told if one.key and not one.ended}
    found: dict[tuple[Trait, str], list[UUID]] = defaultdict(list)
    for trait, key, other in _with(reader, keys):
        if other != case_id and other not in found[trait, key]:
            found[trait, key].append(other)
    holding = (one for one in told if not one.ended)
    return {one.id: found[one.trait, one.key] for one in holding if (one.trait, one.key) in found}


def at_place(reader: Reader, name: str) -> list[tuple[UUID, date]]:
    """Of whom a place of this name is told, and of which day."""
    key, row = key_of(Trait.PLACE, name), SubjectTraitRow
    if not key:
        return []
    rows = select(row.case_id, row.on).where(
        told_on(reader, row.case_id), row.area_id == reader.area_id, row.trait == Trait.PLACE,
        row.key == key, row.ended == "",
    )  # fmt: skip
    return [(case_id, on) for case_id, on in db.session.execute(rows.order_by(row.on))]


def _with(reader: Reader, keys: Collection[tuple[Trait, str]]) -> list[tuple[Trait, str, UUID]]:
    if not keys:
        return []
    row = SubjectTraitRow
    alike = or_(*(and_(row.trait == trait, row.key == key) for trait, key in sorted(keys)))
    rows = select(row.trait, row.key, row.case_id).where(
        told_on(reader, row.case_id), row.area_id == reader.area_id, row.ended == "", alike
    )
    return [(Trait(trait), key, other) for trait, key, other in db.session.execute(rows.order_by(row.on))]


def told_as(reader: Reader, words: str) -> list[UUID]:
    """Of whom something written so is told, whichever kind of thing it is."""
    keys = {(one, key) for one in Trait if (key := key_of(one, words))}
    return [case_id for _, _, case_id in _with(reader, keys)]


def of_children(reader: Reader) -> list[Told]:
    """What is told of the children who are open to a reader, the oldest first."""
    row = SubjectTraitRow
    rows = (
        select(row, AgencyRow.name)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .join(CaseRow, CaseRow.id == row.case_id)
        .where(told_on(reader, row.case_id), row.area_id == reader.area_id)
        .where(CaseRow.kind == SubjectKind.CHILD, row.ended == "")
        .order_by(row.on, row.id)
    )
    return [_told(one, agency) for one, agency in db.session.execute(rows)]
