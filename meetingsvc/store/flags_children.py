"""The children of a case, whom an agency may flag where that is appropriate (Rulebook G1)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from meetingsvc.models import ClarificationRow, EntryRow, ItemRow, db
from meetingsvc.store import incidents
from meetingsvc.store.scope import Reader, told_at
from minutes.clarifications import About
from minutes.flags import NAME_LENGTH

_item = aliased(ItemRow)  # not the table's own name, which the scope asks about the reader


@dataclass(frozen=True, slots=True)
class Child:
    """A child as somebody named them; the key finds them again."""

    key: str
    name: str
    dob: date | None


def of_case(reader: Reader, case_id: UUID) -> list[Child]:
    """Named by an incident or a referral under the case, or by a meeting, as far as the reader may read."""
    entry, said = EntryRow, ClarificationRow
    ids = db.session.scalars(
        select(entry.incident_id)
        .join(_item, _item.id == entry.item_id)
        .where(told_at(reader, entry.item_id), _item.case_id == case_id)
    ).all()
    told = [
        (one.name, one.dob) for whole in incidents.contents(ids, reader).values() for one in whole.children
    ]
    added = select(said.name, said.dob).where(
        told_at(reader, said.item_id), said.case_id == case_id, said.about == About.CHILD
    )
    told += [(name, dob) for name, dob in db.session.execute(added)]
    found = {
        key_of(name, dob): Child(key_of(name, dob), name[:NAME_LENGTH], dob) for name, dob in told if name
    }
    return sorted(found.values(), key=lambda child: child.name)


def key_of(name: str, dob: date | None) -> str:
    """The same for two spellings that differ in blanks and capitals alone."""
    return f"{' '.join(name.split()).casefold()[:NAME_LENGTH]}|{dob or ''}"
