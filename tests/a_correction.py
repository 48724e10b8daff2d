"""A note of an agency's with a request to correct it, and an alarm: one of each that an address names."""

from uuid import UUID, uuid4

from meetingsvc.models import AlarmRow, CorrectionRequestRow, NoteRow, db
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW


def note_request_and_alarm(
    area_id: UUID, case_id: UUID, item_id: UUID, person: UUID, agency: UUID
) -> dict[str, UUID]:
    """Their identifiers, by the names that addresses give them."""
    note, request, alarm = uuid4(), uuid4(), uuid4()
    with saved():
        db.session.add(
            NoteRow(id=note, area_id=area_id, item_id=item_id, agency_id=agency, author="Priya Raman",
                    recorded_by=person, recorded_at=NOW, kind="fact", source="tenancy file",
                    text="Rent arrears since June.")
        )  # fmt: skip
        db.session.flush()
        db.session.add(
            CorrectionRequestRow(id=request, area_id=area_id, case_id=case_id, note_id=note,
                                 reason="The tenancy ended", asked_by=person, asked_at=NOW)
        )  # fmt: skip
        db.session.add(
            AlarmRow(id=alarm, area_id=area_id, account_id=person, kind="decoy", raised_at=NOW,
                     last_at=NOW, cases=1)
        )  # fmt: skip
    return {"note_id": note, "request_id": request, "alarm_id": alarm}
