"""Disclosure scheme applications and protection orders in the crowd, by lot."""

from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from meetingsvc.models import AccountRow, ApplicationRow, ApplicationStepRow, Base, IncidentRow, OrderRow, db
from meetingsvc.permissions import Role
from tests.a_marac import NOW

#: Applications, in each area.
MANY = 120


def schemes(area_id: UUID, cases: list[UUID], works: list[UUID], people: list[UUID]) -> None:
    """In an area: an order by hand on each case, one of the police for each incident, and applications, many
    made by who represents the agency that deals with them."""
    lot = Random(len(people))
    rows = select(IncidentRow.id, IncidentRow.occurrence_number).where(IncidentRow.area_id == area_id)
    told = [(key, number) for key, number in db.session.execute(rows.order_by(IncidentRow.id))]
    incidents = [key for key, _ in told]
    _add(*(order(area_id, f"ORD-{number}", case_id=case_id) for number, case_id in enumerate(cases)))
    # who is kept from the version that told it last may see another: here, another incident stands for it
    numbers = dict.fromkeys(number for _, number in told)
    _add(*(order(area_id, number, incident_id=lot.choice(incidents)) for number in numbers))
    represents = AccountRow.role == Role.REPRESENTATIVE, AccountRow.id.in_(people)
    reps = {one.agency_id: one.id for one in db.session.scalars(select(AccountRow).where(*represents))}
    for number in range(MANY):
        agency = lot.choice(works)
        by = lot.choice([reps[agency], lot.choice(people)])
        made = application(area_id, f"APP-{number}", lot.choice(incidents), agency, by)
        _add(made)
        _add(ApplicationStepRow(area_id=area_id, application_id=made.id, place=1, step="checked", at=NOW,
                                account_id=by, reason=""))  # fmt: skip


def elsewhere(area_id: UUID, cases: list[UUID], incident_id: int, agency: UUID, by: UUID) -> None:
    """In an area, on cases and by an agency of another: nobody reads it."""
    _add(*(order(area_id, f"ORD-OF-{number}", case_id=case_id) for number, case_id in enumerate(cases)))
    _add(application(area_id, "APP-OF", incident_id, agency, by))


def order(
    area_id: UUID, reference: str, *, case_id: UUID | None = None, incident_id: int | None = None
) -> OrderRow:
    """Recorded by hand on a case, or told by the police with an incident."""
    told: dict[str, Any] = {"case_id": case_id, "incident_id": incident_id}
    return OrderRow(
        id=uuid4(), area_id=area_id, reference=reference, version=1, current=True, told={}, recorded_at=NOW,
        author="a", source="s", **told,
    )  # fmt: skip


def application(area_id: UUID, reference: str, incident_id: int, agency: UUID, by: UUID) -> ApplicationRow:
    """One that an agency deals with, as somebody made it."""
    return ApplicationRow(
        id=uuid4(), area_id=area_id, reference=reference, incident_id=incident_id, agency_id=agency,
        scheme="s", right_to="right to know", applied_at=NOW, applicant="", applicant_is="", identity="",
        made_by=by, made_at=NOW,
    )  # fmt: skip


def _add(*rows: Base) -> None:
    db.session.add_all(rows)
    db.session.flush()
