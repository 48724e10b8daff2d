"""What comes in by the service's own pages, and must be on a daily list (Rulebook T7 to T9)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from agenda.calendar import local_day
from agenda.daily_list import due_at
from agenda.feed_content import content_of
from agenda.incidents import Incident, Party
from agenda.people import folded
from agenda.referral_entry import EntryKind, narrow, same_people
from meetingsvc.models import ImportRow, IncidentRow, IncidentTextRow, db
from meetingsvc.store import areas, bulk, incidents
from meetingsvc.store.incidents import Known
from meetingsvc.usecases import walls


def take(
    area_id: UUID, told: Sequence[Incident], kind: EntryKind, by: UUID | None, now: datetime
) -> tuple[int, ...]:
    """Puts each on the next daily list, in the caller's transaction, which writes the audit line (T7 to T9).

    A known number with other content is a new version, considered again (T13); with the same one nothing
    changes. One about other people than a version that waits for a list leaves that one due (T12).
    Gives the ids of the versions written. `by` is None where no account sent it.
    """
    areas.hold(area_id)
    known = incidents.known(area_id, [one.occurrence_number for one in told])
    source = ImportRow(id=uuid4(), area_id=area_id, kind="entry", filename=kind.value, received_by=by,
                       received_at=now, state="done", rows=len(told))  # fmt: skip
    db.session.add(source)
    db.session.flush()
    key = first = bulk.next_id(IncidentRow.__table__)  # type: ignore[arg-type]
    start = areas.by_id(area_id).first_window_start
    for one in told:
        before = known.get(one.occurrence_number)
        content, digest = content_of(one)
        if before is not None and before.digest == digest:
            continue
        if before is not None:
            _replace(area_id, before, one)
        due = due_at(one.recorded_at, start, before and before.due_at)
        version = before.version + 1 if before else 1
        db.session.add(_row(key, area_id, one, kind, source, version, digest, due))
        db.session.flush()
        db.session.add(IncidentTextRow(incident_id=key, content=content))
        known[one.occurrence_number] = Known(key, version, digest, one.risk.value, due, one.domestic)
        key += 1
    db.session.flush()
    walls.check_incidents(area_id, first)
    return tuple(range(first, key))


def _replace(area_id: UUID, before: Known, now: Incident) -> None:
    """Of what waits under its number, this takes the place of what is about the same people (T12, T13)."""
    waits = incidents.waiting(area_id, [now.occurrence_number])[now.occurrence_number]
    told = incidents.contents([one.id for one in waits])
    incidents.outdate([before.id])
    incidents.overtake([key for key, _ in waits if same_people(told[key], now)])


def _row(
    key: int, area_id: UUID, told: Incident, kind: EntryKind, source: ImportRow, version: int, digest: bytes,
    due: datetime,
) -> IncidentRow:  # fmt: skip
    _, domestic, risk, children, consents, _, *parties = narrow(key, told)
    victim_nominal, victim_name, perpetrator_nominal, perpetrator_name = parties
    return IncidentRow(
        id=key, area_id=area_id, occurrence_number=told.occurrence_number, version=version, kind=kind,
        current=True, considered=False, import_id=source.id, received_at=source.received_at, digest=digest,
        domestic=domestic, recorded_at=told.recorded_at, recorded_day=local_day(told.recorded_at),
        due_at=due, risk=risk, children=children, consents=consents, victim_nominal=victim_nominal,
        victim_name=victim_name, perpetrator_nominal=perpetrator_nominal, perpetrator_name=perpetrator_name,
        perpetrator_known=told.perpetrator is not None, has_order=told.order is not None,
        victim_surname=_surname(told.victim, victim_name),
        perpetrator_surname=_surname(told.perpetrator, perpetrator_name),
    )  # fmt: skip


def _surname(party: Party | None, name: str) -> str:
    """Kept only where there is no name key, as the feed does."""
    return folded(party.surname) if party and not name else ""
