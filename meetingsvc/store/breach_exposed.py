"""Who was exposed to what in a breach, as the access log tells it (Rulebook V3, V5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from agenda.breach_exposure import Access, Exposure, agencies, exposed
from agenda.calendar import to_utc
from agenda.clocks import end_of
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AuditRow,
    ItemRow,
    OfflinePackRow,
    PackCopyRow,
    PackRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store.breaches import Kept
from meetingsvc.store.scope import audit_of
from meetingsvc.store.trail_words import SHOWING, words


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
    """Everybody who did anything with its cases, or with a meeting or pack that holds one, on these days in
    London, entitled or not: who was is for a person to judge. Searches and lists that told of one are in it.
    With the agencies that were.

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
    found: list[Any] = list(db.session.execute(rows))
    for case_id in case_ids:
        found += _log_of_holders(reader, case_id, since, until)
        found += _log_of_lists(reader, case_id, since, until)
    agency_of = _agencies({actor for actor, *_ in found})
    for actor, case_id, action, at in found:
        yield Access(actor, agency_of.get(actor, ""), f"case/{case_id}", action, at)


def _log_of_holders(reader: Principal, case_id: UUID, since: datetime, until: datetime) -> list[Any]:
    """What was done with the meetings, packs, copies and offline packs that hold a case: such a line says of
    no one case that it was shown."""
    row = AuditRow
    rows = select(row.actor, row.action, row.at).where(
        audit_of(reader), row.case_id.is_(None), row.at >= since, row.at <= until,
        row.subject.in_(_holders(reader.area_id, case_id)),
    )  # fmt: skip
    return [(actor, case_id, action, at) for actor, action, at in db.session.execute(rows)]


def _log_of_lists(reader: Principal, case_id: UUID, since: datetime, until: datetime) -> list[Any]:
    """Searches, and pages of several cases, that told of this one: their line names them in its detail."""
    row = AuditRow
    rows = select(row.actor, row.action, row.at).where(
        audit_of(reader), row.action.in_(SHOWING), row.at >= since, row.at <= until,
        row.detail["cases"].as_string().contains(str(case_id)),
    )  # fmt: skip
    return [(actor, case_id, action, at) for actor, action, at in db.session.execute(rows)]


def _holders(area_id: UUID, case_id: UUID) -> list[str]:
    """As the access log calls them. A copy that is known to leave the case out holds none of it."""
    copy, offline, said = PackCopyRow, OfflinePackRow, str(case_id)
    with acting.whole_area(area_id):
        on = select(ItemRow.meeting_id, ItemRow.supplement).where(ItemRow.case_id == case_id)
        at = db.session.execute(on.distinct()).all()
        meetings = {meeting_id for meeting_id, _ in at}
        drawn = select(PackRow.id).where(tuple_(PackRow.meeting_id, PackRow.supplement).in_(at))
        packs = list(db.session.scalars(drawn)) if at else []
        copies = db.session.execute(select(copy.id, copy.cases).where(copy.pack_id.in_(packs))).all()
        kept = select(offline.id, offline.cases).where(offline.meeting_id.in_(meetings))
        offlines = db.session.execute(kept).all()
    return [
        *(f"meeting/{key}" for key in meetings),
        *(f"pack/{key}" for key in packs),
        *(f"copy/{key}" for key, cases in copies if cases is None or said in cases),
        *(f"offline_pack/{key}" for key, cases in offlines if said in cases),
    ]


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
