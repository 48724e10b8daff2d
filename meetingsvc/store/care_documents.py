"""Documents that children's social care has given of a child, to be read on the screen (Rulebook E4)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import Select, func, select

from agenda.agencies import AgencyKind
from agenda.meetings import case_reference
from meetingsvc import seal
from meetingsvc.config import Unsafe
from meetingsvc.models import AccountRow, AgencyRow, CareDocumentRow, CaseRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.scope_documents import children_of, documents_of
from minutes import screen_only
from minutes.screen_only import Way

log = structlog.get_logger()
_PURPOSE = "care document"


@dataclass(frozen=True, slots=True)
class Line:
    """What a list says of one: nothing of its text."""

    id: UUID
    title: str
    author: str
    agency: str
    told_by: str
    told_at: datetime
    withdrawn_at: datetime | None
    own: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One as the screen shows it; without its text where it cannot be opened."""

    line: Line
    text: str | None


def child(who: Principal, case_id: UUID) -> str | None:
    """The reference of a child's case that is open to one of the panel."""
    number = db.session.scalar(select(CaseRow.number).where(children_of(who), CaseRow.id == case_id))
    return None if number is None else case_reference(number)


def supplies(who: Principal) -> bool:
    """Whether these documents are their agency's to give (Rulebook E4)."""
    kind = db.session.scalar(select(AgencyRow.kind).where(AgencyRow.id == who.agency_id))
    return kind is not None and AgencyKind(kind) in screen_only.SUPPLIERS


def listed(who: Principal, case_id: UUID, way: Way) -> list[Line]:
    """Those of a child, the newest first."""
    row = CareDocumentRow
    rows = _lines(who, way).where(row.case_id == case_id).order_by(row.told_at.desc(), row.id)
    return [_line(who, one, agency, name) for one, agency, name in db.session.execute(rows)]


def read(who: Principal, case_id: UUID, document_id: UUID, way: Way) -> Shown | None:
    """One with its text, by a way that it may go."""
    row = CareDocumentRow
    rows = _lines(who, way).where(row.case_id == case_id, row.id == document_id)
    found = db.session.execute(rows).one_or_none()
    return Shown(_line(who, *found), _opened(found[0])) if found else None


def row_own(who: Principal, case_id: UUID, document_id: UUID) -> CareDocumentRow | None:
    """One of their own agency's, held until the transaction ends. Nothing of it is shown."""
    row = CareDocumentRow
    mine = documents_of(who, Way.SCREEN), row.agency_id == who.agency_id
    found = select(row).where(*mine, row.case_id == case_id, row.id == document_id)
    return db.session.scalar(found.with_for_update())


def closed(document_id: UUID, text: str) -> bytes:
    """What the database keeps of its text (security.md A17)."""
    return seal.seal(_PURPOSE, text.encode(), str(document_id))


def holders(area_id: UUID, case_id: UUID) -> list[str]:
    """The agencies that have given documents of a case, withdrawn or not: whom a request for what is held is
    to be sent on to (Rulebook E4, X2). The service's own work: it reads no document."""
    row = CareDocumentRow
    mine = row.area_id == area_id, row.case_id == case_id
    rows = select(AgencyRow.name).join(row, row.agency_id == AgencyRow.id).where(*mine)
    return list(db.session.scalars(rows.group_by(AgencyRow.name).order_by(func.lower(AgencyRow.name))))


def _lines(who: Principal, way: Way) -> Select[CareDocumentRow, str, str]:
    row = CareDocumentRow
    return (
        select(row, AgencyRow.name, AccountRow.name)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .join(AccountRow, AccountRow.id == row.told_by)
        .where(documents_of(who, way))
    )


def _line(who: Principal, row: CareDocumentRow, agency: str, name: str) -> Line:
    own = row.agency_id == who.agency_id
    return Line(row.id, row.title, row.author, agency, name, row.told_at, row.withdrawn_at, own)


def _opened(row: CareDocumentRow) -> str | None:
    try:
        return seal.unseal(_PURPOSE, row.sealed, str(row.id)).decode()
    except (seal.Unsealable, Unsafe, OSError) as gone:
        log.error("document.not_readable", document=str(row.id), kind=type(gone).__name__)
        return None
