"""Links between children, persons of concern, places and groups, as a reader may see them (Rulebook E2).

Every query begins with `links_of`: where one end is hidden from the reader, nothing tells of the link.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from agenda.calendar import local_day
from agenda.pack import NoteKind
from agenda.panels import Family
from agenda.subjects import Link, Strength, Tie
from meetingsvc.models import AgencyRow, LevelSaidRow, LinkRow, SubjectTraitRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import Reader, links_of, told_on
from meetingsvc.store.subject_traits import teller

STEPS = 2  # how far from a subject its page looks


@dataclass(frozen=True, slots=True)
class Told:
    """A link with whose it is, and when it was told. `mistaken`: it has ended, as it never held; `waits`: for
    a second person to say so too (Rulebook F3)."""

    id: UUID
    link: Link
    agency: str
    recorded_at: datetime
    ended_at: datetime | None = None
    mistaken: bool = False
    ended_by: UUID | None = None
    waits: bool = False


def around(reader: Reader, case_id: UUID, steps: int = STEPS) -> list[Told]:
    """The links by which something is near a subject, over no more than so many of them that hold; with
    those of its own that have ended. What is only reached through something hidden is not reached."""
    found: dict[UUID, Told] = {}
    edge, seen = {case_id}, {case_id}
    for _ in range(steps):
        told = _told(reader, edge)
        found |= {one.id: one for one in told if not one.link.ended or case_id in _ends(one.link)}
        reached = {end for one in told if not one.link.ended for end in _ends(one.link)}
        edge, seen = reached - seen, seen | reached
        if not edge:
            break
    return sorted(found.values(), key=lambda one: (one.recorded_at, one.id))


def _ends(link: Link) -> frozenset[UUID]:
    return frozenset({link.one, link.other})


def _told(reader: Reader, case_ids: Collection[UUID]) -> list[Told]:
    row = LinkRow
    at_one_end = or_(row.one_id.in_(list(case_ids)), row.other_id.in_(list(case_ids)))
    rows = select(row, AgencyRow.name).join(AgencyRow, AgencyRow.id == row.agency_id)
    return [
        Told(
            one.id,
            _link(one),
            teller(one, agency)[1],
            one.recorded_at,
            one.ended_at,
            one.mistaken,
            one.ended_by,
            one.mistaken and one.confirmed_by is None,
        )
        for one, agency in db.session.execute(rows.where(links_of(reader), at_one_end))
    ]


def _link(row: LinkRow) -> Link:
    return Link(
        row.one_id, row.other_id, Tie(row.tie), Strength(row.strength), NoteKind(row.standing),
        teller(row, "")[0], row.source, row.agency_id, row.first_on, row.last_on, row.ended,
    )  # fmt: skip


def holding(reader: Reader, ties: Collection[Tie] | None = None) -> list[Told]:
    """Every link that has not ended and of which both ends are open to a reader, of these ties or of all."""
    row = LinkRow
    rows = select(row, AgencyRow.name).join(AgencyRow, AgencyRow.id == row.agency_id)
    rows = rows.where(links_of(reader), row.area_id == reader.area_id, row.ended_at.is_(None))
    rows = rows if ties is None else rows.where(row.tie.in_(ties))
    return [
        Told(one.id, _link(one), agency, one.recorded_at)
        for one, agency in db.session.execute(rows.order_by(row.recorded_at, row.id))
    ]


def told_on_days(reader: Principal, case_id: UUID) -> list[date]:
    """The days on which somebody told of a subject what the reader may read: it is somebody's work, though no
    meeting was about it yet."""
    if Family.EXPLOITATION not in reader.families:
        return []
    link, trait, level = LinkRow, SubjectTraitRow, LevelSaidRow
    ends = or_(link.one_id == case_id, link.other_id == case_id)
    last = (
        select(func.max(link.recorded_at)).where(links_of(reader), ends),
        select(func.max(trait.recorded_at)).where(told_on(reader, trait.case_id), trait.case_id == case_id),
        select(func.max(level.at)).where(told_on(reader, level.case_id), level.case_id == case_id),
    )
    found = (db.session.scalar(one) for one in last)
    return [local_day(at) for at in found if at]


def row(reader: Principal, case_id: UUID, link_id: UUID) -> LinkRow | None:
    """A link of a subject, held until the transaction ends."""
    ends = or_(LinkRow.one_id == case_id, LinkRow.other_id == case_id)
    rows = select(LinkRow).where(links_of(reader), ends, LinkRow.id == link_id)
    return db.session.scalar(rows.with_for_update())


def one(reader: Reader, case_id: UUID, link_id: UUID) -> Told | None:
    """The same for showing."""
    return next((told for told in _told(reader, [case_id]) if told.id == link_id), None)


def is_told(link: Link) -> bool:
    """Whether the same two are linked so already. In the service's own capacity, before it keeps one more."""
    row = LinkRow
    same = (row.one_id == link.one, row.other_id == link.other, row.tie == link.tie, row.ended_at.is_(None))
    return db.session.scalar(select(row.id).where(*same).limit(1)) is not None
