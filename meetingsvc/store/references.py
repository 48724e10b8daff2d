"""The numbers of what comes in by the service's own pages: read by people, with gaps (`case_numbers`)."""

from uuid import UUID

from agenda.references import Prefix, Register, reference
from meetingsvc.models import ReferenceRow, db
from meetingsvc.store import areas, case_numbers


def taken(area_id: UUID, prefix: Prefix | Register) -> str:
    """The next reference, such as `REF-000123`, inside the transaction that uses it."""
    areas.hold(area_id)
    row = db.session.get(ReferenceRow, (area_id, prefix.value))
    if row is None:
        row = ReferenceRow(area_id=area_id, prefix=prefix.value, last=0)
        db.session.add(row)
    row.last = case_numbers.after(row.last)
    db.session.flush()
    return reference(prefix, row.last)
