"""A crime that was disclosed in a meeting, and what somebody typed there."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from meetingsvc.models import CrimeRow, db
from meetingsvc.usecases.transaction import saved

AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def a_crime(area_id: UUID, item_id: UUID, by: UUID, agency_id: UUID, text: str = "He took her card.") -> UUID:
    """Told to the police by the agency that is the police itself."""
    key = uuid4()
    with saved():
        db.session.add(
            CrimeRow(id=key, area_id=area_id, item_id=item_id, text=text, agency_id=agency_id,
                     told_id=agency_id, told_at=AT, shared=False, recorded_by=by)
        )  # fmt: skip
    return key
