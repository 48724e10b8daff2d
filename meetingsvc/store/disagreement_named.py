"""Whether words name somebody whom no wall could keep from reading them (Rulebook V4, M6)."""

from collections.abc import Iterator, Mapping
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, or_, select

from agenda.disagreement_named import names, words
from meetingsvc.models import AccountRow, AgencyRow, PersonRow, db
from meetingsvc.permissions import GRANTS, Permission, Principal
from meetingsvc.store import acting
from meetingsvc.store.half_seen import as_told, half_seen
from meetingsvc.store.scope import people_of

Key = TypeVar("Key")
#: Who else of the area could open a disagreement, and is met on the panel's pages.
_READ = [role for role, may in GRANTS.items() if Permission.DISAGREEMENT_READ in may]
#: A surname of other than plain letters: a database does not fold it.
_ODD = "[^A-Za-z]"


def names_somebody(who: Principal, text: str) -> bool:
    """Whether one text does."""
    return bool(naming(who, {"": text}))


def naming(who: Principal, texts: Mapping[Key, str]) -> list[Key]:
    """Which of these texts name somebody else who sits on the area's panel, or who is on a case that the
    writer may open, as that case calls them: of anybody else the answer would tell."""
    told = {key: text for key, text in texts.items() if text.strip()}
    if not told:
        return []
    called = [*_staff(who), *_on_cases(who, "\n".join(told.values()))]
    return [key for key, text in told.items() if any(names(text, name) for name in called)]


def _staff(who: Principal) -> list[str]:
    row = AccountRow
    rows = select(row.name).join(AgencyRow, AgencyRow.id == row.agency_id)
    others = AgencyRow.area_id == who.area_id, row.id != who.account_id
    return list(db.session.scalars(rows.where(*others, row.role.in_(_READ), row.disabled_at.is_(None))))


def _on_cases(who: Principal, text: str) -> Iterator[str]:
    """Those whose surname is in it: found in the whole area, where row-level security would ask about each of
    them; then of those alone whom the writer may read of, and of who is half seen only what they are told."""
    row, half = PersonRow, half_seen(who)
    rows = select(row.id, row.forename, row.surname).where(row.area_id == who.area_id)
    alike = or_(func.lower(row.surname).in_(set(words(text))), row.surname.regexp_match(_ODD))
    with acting.whole_area(who.area_id):
        found = db.session.execute(rows.where(alike)).all()
    named: dict[UUID, str] = {
        key: f"{forename} {surname}" for key, forename, surname in found
        if key not in half and names(text, f"{forename} {surname}")
    }  # fmt: skip
    if not named and not half:
        return
    for key in db.session.scalars(select(row.id).where(row.id.in_({*named, *half}), people_of(who))).all():
        yield as_told(who, key)[0] if key in half else named[key]
