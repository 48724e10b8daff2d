"""Finding a child, a person of concern, a place or a group, of those whom a reader may open (Rulebook E2)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from agenda.incidents import Risk
from agenda.meetings import case_reference
from agenda.subjects import Subject
from meetingsvc.models import CaseRow, LadderPlaceRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, ladder, subject_traits, subjects
from meetingsvc.store.exploitation_page import Place, places
from meetingsvc.store.scope import cases_of
from meetingsvc.store.scope_exploitation import places_of

MOST = 200  # on one page


@dataclass(frozen=True, slots=True)
class Line:
    """One of them; for who runs the panels with the level of a child, and where it stands."""

    subject: Subject
    case: str
    level: Risk | None
    place: Place | None

    @property
    def id(self) -> UUID:
        """Its case."""
        return self.subject.id

    def is_late(self, today: date) -> bool:
        """Whether its review is over."""
        return bool(self.place and self.place.review_by and self.place.review_by < today)


def found(reader: Principal, words: str) -> list[Line]:
    """Those of that name or number, or of whom that number, vehicle, nickname or place is told, by name."""
    told = {one.id: one for one in subjects.named(reader, words)}
    told |= subjects.of(reader, subject_traits.told_as(reader, words))
    return _lines(reader, told)


def at_panels(reader: Principal) -> list[Line]:
    """Whom the panels have now, the first to be heard first; nobody for who does not run them."""
    row = LadderPlaceRow
    ids = select(row.case_id).where(places_of(reader)).order_by(row.review_by.is_not(None), row.review_by)
    lines = _lines(reader, subjects.of(reader, db.session.scalars(ids.limit(MOST)).all()))
    return sorted(lines, key=lambda one: (one.place and one.place.review_by) or date.min)


def _lines(reader: Principal, told: dict[UUID, Subject]) -> list[Line]:
    first = sorted(told.values(), key=lambda one: (one.name, one.id))[:MOST]
    ids = [one.id for one in first]
    numbers, there, levels = _numbers(reader, ids), places(reader, ids), dict[UUID, Risk]()
    if reader.runs_exploitation:
        with acting.whole_area(reader.area_id):
            levels = ladder.levels(ids)
    return [
        Line(one, case_reference(numbers[one.id]), levels.get(one.id), there.get(one.id)) for one in first
    ]


def _numbers(reader: Principal, case_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = select(CaseRow.id, CaseRow.number).where(cases_of(reader), CaseRow.id.in_(case_ids))
    return {key: number for key, number in db.session.execute(rows)}
