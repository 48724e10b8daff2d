"""Who was exposed to what in a breach, as the access log tells it (Rulebook V3, V5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from agenda.breach_exposure import Access, Exposure, agencies, exposed
from agenda.calendar import to_utc
from agenda.clocks import end_of
from meetingsvc.models import AccountRow, AgencyRow, AuditRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.breaches import Kept
from meetingsvc.store.scope import audit_of
from meetingsvc.store.trail_words import words


@dataclass(frozen=True, slots=True)
class Exposed:
    """What one account did with one case, in words."""

    agency: str
    who: str
    case: str
    did: tuple[str, ...]
    times: int
    first: datetime
    last: datetime


def drawn(reader: Principal, kept: Kept, first: date, last: date) -> tuple[list[Exposed], tuple[str, ...]]:
    """Everybody who did anything with its cases on these days in London, entitled or not: who was is for a
    person to judge. With the agencies that were.

    Lines that are kept from the reader are in none of it (M6).
    """
    since, until = to_utc(datetime.combine(first, time.min)), end_of(last)
    log = list(_log(reader, [case.id for case in kept.cases], since, until))
    called = {f"case/{case.id}": case.reference or f"Case {n}" for n, case in enumerate(kept.cases, 1)}
    found = exposed(log, called.keys(), since, until)
    names = _people(log)
    told = [_exposed(one, names.get(one.account, one.account.capitalize()), called) for one in found]
    return told, agencies(found)


def _exposed(one: Exposure, who: str, called: dict[str, str]) -> Exposed:
    did = tuple(words(action) for action in one.actions)
    return Exposed(one.agency, who, called[one.subject], did, one.times, one.first, one.last)


def _log(reader: Principal, case_ids: list[UUID], since: datetime, until: datetime) -> Iterable[Access]:
    row = AuditRow
    rows = select(row.actor, row.case_id, row.action, row.at)
    rows = rows.where(audit_of(reader), row.case_id.in_(case_ids), row.at >= since, row.at <= until)
    found = db.session.execute(rows).all()
    agency_of = _agencies({actor for actor, *_ in found})
    for actor, case_id, action, at in found:
        yield Access(actor, agency_of.get(actor, ""), f"case/{case_id}", action, at)


def _agencies(actors: set[str]) -> dict[str, str]:
    rows = select(AccountRow.id, AgencyRow.name).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    found = db.session.execute(rows.where(AccountRow.id.in_(_keys(actors))))
    return {str(key): name for key, name in found}


def _people(log: Iterable[Access]) -> dict[str, str]:
    keys = _keys({line.account for line in log})
    rows = select(AccountRow.id, AccountRow.name).where(AccountRow.id.in_(keys))
    return {str(key): name for key, name in db.session.execute(rows)}


def _keys(actors: set[str]) -> set[UUID]:
    """Commands and the worker name themselves, and have no account."""
    found = set()
    for actor in actors:
        try:
            found.add(UUID(actor))
        except ValueError:
            continue
    return found
