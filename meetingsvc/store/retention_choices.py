"""What of a case may go alone, as a proposal to keep some chooses from (Rulebook L1).

In the service's own capacity for the area, for who was found to see the review.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import day_words, local_day
from agenda.named_case import Direction
from meetingsvc.models import (
    AddressRow,
    AgencyRow,
    ConsentRow,
    ContactRow,
    NamedCaseEntryRow,
    NamedCasePartRow,
    NoteRow,
    ResearchAnswerRow,
    RiskAssessmentRow,
    db,
)
from meetingsvc.store.retention_case import Choice, item_id
from minutes.destruction import Kind

#: By kind the tables, when each was recorded, and what an earlier version of it is called in.
_ROWS: tuple[tuple[Kind, Any, str, str], ...] = (
    (Kind.NOTE, NoteRow, "recorded_at", "corrects"),
    (Kind.RESEARCH, ResearchAnswerRow, "sent_at", ""),
    (Kind.RISK_ASSESSMENT, RiskAssessmentRow, "recorded_at", ""),
    (Kind.CONSENT, ConsentRow, "recorded_at", ""),
    (Kind.CONTACT, ContactRow, "recorded_at", "replaces_id"),
    (Kind.CONTACT, AddressRow, "recorded_at", "replaces_id"),
)
CHOOSABLE = frozenset(kind for kind, *_ in _ROWS) | {Kind.NAMED_CASE}


def choices(own: Collection[str]) -> list[Choice]:
    """Each by its kind, its agency and its day: what it says is read on the case's own pages.

    A correction goes with what it corrects.
    """
    wanted = defaultdict[str, list[UUID]](list)
    for one in own:
        kind, _, key = one.rpartition(":")
        if kind in CHOOSABLE:
            wanted[kind].append(UUID(key))
    found = (_of(kind, row, at, before, wanted[kind]) for kind, row, at, before in _ROWS)
    return [choice for of_kind in (*found, _of_parts(wanted[Kind.NAMED_CASE])) for choice in of_kind]


def _of(kind: Kind, row: Any, at: str, before: str, keys: list[UUID]) -> Iterator[Choice]:
    recorded = getattr(row, at)
    rows = select(row.id, recorded, AgencyRow.name).outerjoin(AgencyRow, AgencyRow.id == row.agency_id)
    first = [getattr(row, before).is_(None)] if before else []
    for key, when, agency in db.session.execute(rows.where(row.id.in_(keys), *first).order_by(recorded)):
        said = f"{kind.capitalize()} of {agency or 'the form'}, {day_words(local_day(when))}"
        yield Choice(item_id(kind, key), said)


def _of_parts(keys: list[UUID]) -> Iterator[Choice]:
    """What was told to an agency that has not signed, and what it answered (Rulebook V1)."""
    row, part = NamedCaseEntryRow, NamedCasePartRow
    rows = select(row.id, row.direction, row.at, AgencyRow.name).join(part, part.id == row.part_id)
    rows = rows.join(AgencyRow, AgencyRow.id == part.agency_id).where(row.id.in_(keys))
    for key, direction, at, agency in db.session.execute(rows.order_by(row.at, row.id)):
        said = f"Told to {agency}" if direction == Direction.TOLD else f"Answer of {agency}"
        yield Choice(item_id(Kind.NAMED_CASE, key), f"{said}, {day_words(local_day(at))}")
