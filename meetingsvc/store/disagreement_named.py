"""Whether words name somebody whom no wall could keep from reading them (Rulebook V4, M6)."""

from sqlalchemy import func, select

from agenda.disagreement_named import names, words
from meetingsvc.models import AccountRow, AgencyRow, PersonRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store.scope import people_of


def names_somebody(who: Principal, text: str) -> bool:
    """Whether it names somebody else who has an account in the area, or who is on a case that the writer may
    open: of any other case the answer would tell."""
    return _staff(who, text) or _on_cases(who, text)


def _staff(who: Principal, text: str) -> bool:
    rows = select(AccountRow.name).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    others = AgencyRow.area_id == who.area_id, AccountRow.id != who.account_id
    return any(names(text, name) for name in db.session.scalars(rows.where(*others)))


def _on_cases(who: Principal, text: str) -> bool:
    """Those whose surname is in it, of one word or of two: found in the whole area, where row-level security
    would ask about each of them; then of those alone whom the writer may read of."""
    said, row = words(text), PersonRow
    surnames = {*said, *(" ".join(said[at : at + 2]) for at in range(len(said) - 1))}
    rows = select(row.id, row.forename, row.surname).where(row.area_id == who.area_id)
    with acting.whole_area(who.area_id):
        alike = db.session.execute(rows.where(func.lower(row.surname).in_(surnames))).all()
    named = [key for key, forename, surname in alike if names(text, f"{forename} {surname}")]
    theirs = select(row.id).where(row.id.in_(named), people_of(who)).limit(1)
    return bool(named) and db.session.scalar(theirs) is not None
