"""Whether a link may go to an address that somebody typed without signing in (Rulebook F3, S1)."""

from uuid import UUID

from sqlalchemy import Select, func, or_, select

from agenda.addresses import ContactKind
from agenda.spelling import email_key
from meetingsvc.models import AccountRow, AgencyRow, AssociateRow, CaseRow, ContactRow, db
from meetingsvc.store import areas
from notifications.recipients import Ground, domain_of, is_anybodys, is_secure


def ground(area_id: UUID, email: str) -> Ground | None:
    """Why nothing may be sent there; None where it may. For the service's own work.

    Not to a perpetrator or a known associate of any case of the area, nor to a domain of theirs (Rulebook
    F3); but a domain that the area holds secure, that its own people write from, or where anybody can have
    an address, is nobody's own.
    """
    domain = domain_of(email)
    if domain is None:
        return Ground.NO_USABLE_ADDRESS
    key = email_key(email)
    if db.session.scalar(_theirs(area_id).where(ContactRow.key == key).limit(1)):
        return Ground.COLLISION
    if _is_nobodys_own(area_id, email, domain):
        return None
    at = _theirs(area_id).where(ContactRow.key.endswith("@" + key.rpartition("@")[2], autoescape=True))
    return Ground.COLLISION if db.session.scalar(at.limit(1)) else None


def _theirs(area_id: UUID) -> Select[UUID]:
    """The e-mail addresses of those whom nothing may reach, those no longer in use too."""
    row = ContactRow
    perpetrators = select(CaseRow.perpetrator_id).where(CaseRow.area_id == area_id)
    associates = select(AssociateRow.person_id).where(AssociateRow.area_id == area_id)
    return select(row.id).where(
        row.area_id == area_id, row.kind == ContactKind.EMAIL,
        or_(row.person_id.in_(perpetrators), row.person_id.in_(associates)),
    )  # fmt: skip


def _is_nobodys_own(area_id: UUID, email: str, domain: str) -> bool:
    if is_anybodys(domain) or is_secure(email, areas.settings_of(areas.by_id(area_id)).secure_domains):
        return True
    of_area = (
        select(func.count()).select_from(AccountRow).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    )
    there = of_area.where(
        AgencyRow.area_id == area_id, AccountRow.email.endswith("@" + domain, autoescape=True)
    )
    return bool(db.session.scalar(there))
