"""Taking in years of MARAC spreadsheets: the hearings that T6 looks back on."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select, tuple_

from agenda.feed_file import Refused
from agenda.feed_table import Rejected
from agenda.history import PastHearing, open_history
from agenda.incidents import Party
from agenda.people import Identity, name_key
from agenda.triage import identity
from meetingsvc.models import HearingRow, db
from meetingsvc.store import acting, cases, destroyed_cases
from meetingsvc.store.cases import Parties
from meetingsvc.usecases import feed_destroyed, imports, walls
from meetingsvc.usecases.imports import Importing, Progress, Tally
from meetingsvc.usecases.transaction import saved

_INSTEAD = "send it under another case reference"
_NO_KEY = (
    "A key is missing that tells whether a hearing had been destroyed. Set MEETINGSVC_SECRET_KEY, or put the "
    "old key back into the file that MEETINGSVC_SEAL_KEY_FILE names."
)


def take_in(
    area_id: UUID,
    stream: BinaryIO,
    filename: str,
    limit: int,
    now: datetime,
    today: date,
    progress: Progress = imports.no_progress,
    by: UUID | None = None,
    waiting: UUID | None = None,
) -> Tally:
    """The whole file or nothing; one hearing is a case reference with a day heard on (contract: history).

    One that was destroyed is put aside with that as the reason, neither left out nor taken in silence
    (Rulebook L2). Raises Refused where something was destroyed, and the key is missing to know it by.
    """
    history = open_history(stream, limit, today)
    with saved(), acting.whole_area(area_id):
        importing = imports.begin(area_id, "history", filename, history.header, now, by, waiting)
        for chunk in importing.chunks(history.rows(), lambda: progress(stream.tell())):
            _take(importing, area_id, chunk)
        return importing.finish(by or "command line", history.warnings)


def _take(importing: Importing, area_id: UUID, rows: Sequence[PastHearing]) -> None:
    known = _known(area_id, rows)
    if not destroyed_cases.can_tell(area_id):
        raise Refused(_NO_KEY)
    asked = {which for row in rows if (which := (row.case_reference, row.heard_on)) not in known}
    destroyed, header = destroyed_cases.hearings(area_id, asked), importing.row.header
    new: list[PastHearing] = []
    aside: list[Rejected] = []
    for row in rows:
        there = known.get((row.case_reference, row.heard_on))
        if there is not None and there == row.digest:
            importing.tally.unchanged += 1
            continue
        if gone := destroyed.get((row.case_reference, row.heard_on)):
            aside.append(feed_destroyed.rejected(
                header, row.line, "case_reference", row.case_reference, gone, _INSTEAD))  # fmt: skip
            continue
        importing.tally.updated += there is not None
        importing.tally.created += there is None
        known[row.case_reference, row.heard_on] = row.digest
        new.append(row)
    importing.put_aside(aside)
    found = cases.resolve(area_id, [_parties(row) for row in new])
    for row, case_id in zip(new, found, strict=True):
        _write(area_id, row, case_id)
    walls.check_cases(area_id, found, importing.now)


def _known(area_id: UUID, rows: Sequence[PastHearing]) -> dict[tuple[str, date], bytes]:
    row = HearingRow
    wanted = [(hearing.case_reference, hearing.heard_on) for hearing in rows]
    found = select(row.external_reference, row.heard_on, row.digest).where(
        row.area_id == area_id, tuple_(row.external_reference, row.heard_on).in_(wanted)
    )
    return {(reference, heard_on): digest for reference, heard_on, digest in db.session.execute(found)}


def _write(area_id: UUID, row: PastHearing, case_id: UUID) -> None:
    hearing = db.session.scalars(
        select(HearingRow).where(
            HearingRow.area_id == area_id,
            HearingRow.external_reference == row.case_reference,
            HearingRow.heard_on == row.heard_on,
        )
    ).one_or_none()
    if hearing is None:
        hearing = HearingRow(area_id=area_id, heard_on=row.heard_on, source="history",
                             external_reference=row.case_reference)  # fmt: skip
        db.session.add(hearing)
    hearing.case_id, hearing.risk, hearing.digest = case_id, row.risk or "", row.digest
    db.session.flush()


def _parties(row: PastHearing) -> Parties:
    return Parties(
        record=f"history {row.case_reference}",
        victim=row.victim,
        victim_is=_identity(row.victim),
        perpetrator=row.perpetrator,
        perpetrator_is=_identity(row.perpetrator or Party("")),
        told_on=row.heard_on,
    )


def _identity(party: Party) -> Identity:
    return identity(party.nominal, name_key(party.surname, party.forename, party.dob))
