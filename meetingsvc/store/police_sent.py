"""Where incidents and referrals say people are reached. None flags what is secret: a victim's is masked."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from agenda.addresses import Part
from agenda.feed_content import party
from agenda.referral_entry import EntryKind
from meetingsvc.models import CaseRow, EntryRow, IncidentRow, IncidentTextRow, ItemRow, db
from meetingsvc.store import acting
from meetingsvc.store.scope import Reader, incidents_of, told_items_of


@dataclass(frozen=True, slots=True)
class Sent:
    """What the incidents under a case hold of one party, each thing once, the newest first."""

    addresses: tuple[str, ...]
    phones: tuple[str, ...]
    lines: tuple[str, ...] = field(default=(), compare=False)  # each with the entry that told it last

    def __bool__(self) -> bool:
        return bool(self.addresses or self.phones)


def of(reader: Reader, case_id: UUID, part: Part) -> Sent:
    """Of the victim or the perpetrator of an open case, from the incidents a list told the reader of.

    A victim's is for who is being shown it with a reason; a page asks `holds` and `of_perpetrator`.
    """
    rows = (
        select(IncidentTextRow.content, IncidentRow.kind, IncidentRow.occurrence_number)
        .join(IncidentRow, IncidentRow.id == IncidentTextRow.incident_id)
        .join(EntryRow, EntryRow.incident_id == IncidentRow.id)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .where(told_items_of(reader), incidents_of(reader), ItemRow.case_id == case_id)
        .order_by(IncidentRow.recorded_at.desc(), IncidentRow.version.desc())
    )
    addresses, phones = dict[str, str](), dict[str, str]()
    for content, kind, number in db.session.execute(rows):
        told: dict[str, Any] = json.loads(content)
        if sent := party(told, part.value):
            place = ", ".join(filter(None, (" ".join(sent.address.split()), sent.postcode)))
            source = f"from {EntryKind(kind).noun} {number}"
            for found, said in ((addresses, place), (phones, sent.phone)):
                if said:
                    found.setdefault(said, source)
    lines = (f"{said}, {source}" for found in (addresses, phones) for said, source in found.items())
    return Sent(tuple(addresses), tuple(phones), tuple(lines))


def of_perpetrator(reader: Reader, case_id: UUID) -> Sent:
    """Of the perpetrator, for the page; nothing where they are the victim of any case of the area.

    Where each says it of the other, one page would tell what the other masks (security.md A1). That it is
    missing says no more than that the police sent none: the other case may be kept from the reader.
    """
    with acting.whole_area(reader.area_id):
        other = aliased(CaseRow)
        both = select(other.id).join(CaseRow, CaseRow.perpetrator_id == other.victim_id)
        masked = db.session.scalar(both.where(CaseRow.id == case_id).limit(1)) is not None
    return Sent((), ()) if masked else of(reader, case_id, Part.PERPETRATOR)


def holds(reader: Reader, case_id: UUID) -> bool:
    """Whether the police sent any of it of the victim; nothing of what."""
    return bool(of(reader, case_id, Part.VICTIM))
