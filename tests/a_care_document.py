"""A document of children's social care about an invented child (Rulebook E4)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.agencies import AgencyKind
from agenda.panel_kept import of_meeting
from agenda.panels import MACE, Family
from agenda.subjects import SubjectKind
from meetingsvc.models import (
    AccountFamilyRow,
    AccountRow,
    AgencyRow,
    CareDocumentRow,
    CaseRow,
    ItemRow,
    MeetingRow,
    PersonRow,
    SubjectRow,
    db,
)
from meetingsvc.store import care_documents
from tests.builders import BEFORE_ALL

TEXT = "Qzdocumentvq was seen by the social worker"


def put_document(
    area_id: UUID, case_id: UUID, agency_id: UUID, account_id: UUID, now: datetime, text: str = TEXT,
    title: str = "Child and family assessment", author: str = "Cy Vale", withdrawn: bool = False,
) -> UUID:  # fmt: skip
    """One, whatever case it is put on; call it inside a transaction."""
    key = uuid4()
    db.session.add(
        CareDocumentRow(id=key, area_id=area_id, case_id=case_id, agency_id=agency_id, title=title,
                        author=author, sealed=care_documents.closed(key, text), told_by=account_id,
                        told_at=now, withdrawn_by=account_id if withdrawn else None,
                        withdrawn_at=now if withdrawn else None)
    )  # fmt: skip
    db.session.flush()
    return key


def put_child(area_id: UUID, number: int = 500_000_777, surname: str = "Valewright") -> UUID:
    """A child's case."""
    person, case = uuid4(), uuid4()
    for row in (
        PersonRow(id=person, area_id=area_id, forename="Kit", surname=surname),
        CaseRow(id=case, area_id=area_id, number=number, victim_id=person, kind=SubjectKind.CHILD,
                family=Family.EXPLOITATION),
        SubjectRow(case_id=case, area_id=area_id, name=f"Kit {surname}", key=surname.lower(), nominal=""),
    ):  # fmt: skip
        db.session.add(row)
        db.session.flush()
    return case


def put_on_agenda(area_id: UUID, case_id: UUID, now: datetime, state: str = "published") -> UUID:
    """The item of a child on an agenda of MACE; it is shared unless its state says otherwise."""
    row = MeetingRow
    told = row.area_id == area_id, row.kind == MACE.code, row.sits_on == now.date()
    meeting = db.session.scalars(select(row).where(*told)).first()
    if meeting is None:
        meeting = row(id=uuid4(), area_id=area_id, sits_on=now.date(), starts_at=now, built_at=BEFORE_ALL,
                      state=state, supplements=0, **of_meeting(MACE))  # fmt: skip
        db.session.add(meeting)
        db.session.flush()
    item = ItemRow(id=uuid4(), area_id=area_id, meeting_id=meeting.id, case_id=case_id, position=1,
                   risk="high", repeat=False, victim_known=True)  # fmt: skip
    db.session.add(item)
    db.session.flush()
    return item.id


def sits_on_mace(agency_id: UUID, kind: AgencyKind | None = None) -> None:
    """An agency attends the panel from now on; of a kind, where it matters."""
    agency = db.session.get_one(AgencyRow, agency_id)
    agency.attends |= {MACE.code}
    agency.kind = kind or agency.kind
    db.session.flush()


def runs_both(account_id: UUID, now: datetime) -> None:
    """Who runs meetings runs the panels of exploitation as well."""
    account = db.session.get_one(AccountRow, account_id)
    account.families = {AccountFamilyRow(family=one, granted_at=now) for one in Family}
    db.session.flush()
