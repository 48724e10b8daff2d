"""Offline packs are made by themselves before each meeting, for who runs it (security.md A19)."""

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

import structlog
from sqlalchemy import select, update

from agenda import pack_kept, pdf
from agenda.calendar import to_utc
from agenda.emergency_pack import announcing, emergency_worded, staying
from agenda.pack import Worded
from agenda.pack_parts import numbered, only
from agenda.panels import Works
from meetingsvc import mail, seal
from meetingsvc import packs as files
from meetingsvc.models import MeetingRow, OfflineAlarmRow, OfflinePackRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, areas, audit, unattended
from meetingsvc.store import emergency_pack_content as content
from meetingsvc.store import emergency_pack_orders as orders
from meetingsvc.store import emergency_packs as store
from meetingsvc.store.kept_from import Parties
from meetingsvc.store.recipients import asked
from meetingsvc.usecases import emergency_pack_told as told
from meetingsvc.usecases.area_by_area import WORKER, Unfinished
from meetingsvc.usecases.emergency_packs import KIND, about, empty, thing_for
from meetingsvc.usecases.transaction import saved
from notifications.outgoing import Stage

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Meeting:
    """A meeting whose packs are made: everything it hears, before a reader is left what is theirs."""

    row: MeetingRow
    words: Worded
    cases: Mapping[str, UUID]
    parties: Parties
    recalled: Set[UUID]  # cases of which nobody has an offline pack now


def make_due(now: datetime) -> int:
    """Makes the packs of meetings that begin soon, anew where what they say has changed; says how many.

    Safe to run twice. A meeting whose packs cannot be made raises an alarm and keeps no other waiting: raises
    Unfinished at the end.
    """
    with saved():
        waiting = [(area_id, key) for area_id in unattended.area_ids() for key in _due(area_id, now)]
    made = failed = 0
    for area_id, meeting_id in waiting:
        try:
            with saved(), acting.whole_area(area_id):
                made += _make(area_id, meeting_id, now)
        except Exception as failure:  # its words may name a person: only its kind is kept and logged
            failed += 1
            _alarm(area_id, meeting_id, type(failure).__name__, now)
    if failed:
        raise Unfinished(f"{failed} meetings")
    return made


def _due(area_id: UUID, now: datetime) -> list[UUID]:
    with acting.whole_area(area_id):
        return store.due(area_id, areas.settings_of(areas.by_id(area_id)), now)


def _make(area_id: UUID, meeting_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    row = db.session.scalars(select(MeetingRow).where(MeetingRow.id == meeting_id)).one()
    held = [(store.holder(account_id, now), sealed) for account_id, sealed in store.keys(area_id).items()]
    holders = [(who, sealed) for who, sealed in held if who]
    if not holders:
        told.nobody_can_have_one(row, now)
        return 0
    cases = content.cases(row)
    meeting = _Meeting(row, emergency_worded(content.of(row)), cases, Parties(area_id, cases.values()),
                       store.recalled_cases(meeting_id))  # fmt: skip
    made = 0
    for who, sealed in holders:
        phrase = seal.unseal(KIND, sealed, about(who.account_id)).decode()
        made += _make_for(who, meeting, phrase, now)
    over = update(OfflineAlarmRow).where(OfflineAlarmRow.meeting_id == meeting_id)
    db.session.execute(over.where(OfflineAlarmRow.ended_at.is_(None)).values(ended_at=now))
    return made


def _make_for(who: Principal, meeting: _Meeting, phrase: str, now: datetime) -> bool:
    """Their own copy, where what it says is new. A refusal is kept once, not at each look."""
    thing = thing_for(who, meeting.row.id, meeting.row.kind, meeting.cases)
    answer = asked(thing, Stage.BUILD, now, meeting.parties)
    given = {key: case_id for key, case_id in meeting.cases.items() if case_id in answer.about}
    if meeting.recalled & set(given.values()):
        return False
    words = None if answer.ground else _theirs(who, meeting, given)
    mark = _mark(words, [str(answer.ground), *sorted(map(str, answer.kept))])
    old = store.latest(meeting.row.id, who.account_id)
    if old is not None and old.mark == mark:
        return False
    cleared = mail.dispatch(thing, Stage.BUILD, now, meeting.parties)
    waits = store.waits(meeting.row.id, who.account_id)
    empty(OfflinePackRow.account_id == who.account_id, OfflinePackRow.meeting_id == meeting.row.id)
    _keep(who, meeting.row, words if cleared else None, given, mark, phrase, now)
    if cleared and not waits:
        told.ready(who, meeting.row, given.values(), now, meeting.parties)
    return cleared is not None


def _theirs(who: Principal, meeting: _Meeting, given: Mapping[str, UUID]) -> Worded:
    """The part one person may have, put into words and only then drawn (security.md A2)."""
    called = content.places(who, meeting.row)
    mine = only(numbered(meeting.words, called.numbers, called.starts), given.keys())
    held = content.second_person(meeting.row, who.role)
    words = staying(mine, {key for key, case_id in given.items() if case_id in held})
    if meeting.row.works != Works.LIST:
        return words
    return announcing(words, orders.announced(who, meeting.row, given.values(), held))


def _mark(words: Worded | None, kept: list[str]) -> bytes:
    """Tells whether a copy says anything else than the last, and nobody without the key what it says."""
    said = pack_kept.kept(words) if words else kept
    return seal.marks(KIND, json.dumps(said, sort_keys=True))[0]


def _keep(
    who: Principal, meeting: MeetingRow, words: Worded | None, given: Mapping[str, UUID], mark: bytes,
    phrase: str, now: datetime,
) -> None:  # fmt: skip
    number, copy_id, made = store.next_number(meeting.id), uuid4(), None
    if words:
        drawn = pdf.draw_worded(words, f"{meeting.kind} offline pack", files.typeface())
        stamp = files.Stamp(who.name, who.agency_name, number, now, copy_id)
        made = files.stamp(drawn, stamp, phrase, files.typeface())
    db.session.add(
        OfflinePackRow(
            id=copy_id, area_id=who.area_id, meeting_id=meeting.id, account_id=who.account_id,
            agency_id=who.agency_id, copy_number=number, made_at=now, fetches=0, mark=mark, content=made,
            expires_at=to_utc(datetime.combine(meeting.sits_on + timedelta(days=1), time.min)),
            cases=sorted(map(str, given.values())),
        )
    )  # fmt: skip
    db.session.flush()
    if made:
        audit.record(WORKER, who.area_id, "pack.offline_made", f"offline_pack/{copy_id}", now,
                     meeting=meeting.id, number=number, account=who.account_id)  # fmt: skip


def _alarm(area_id: UUID, meeting_id: UUID, failure: str, now: datetime) -> None:
    """Kept once for each meeting, and told once, until its packs are made. What cannot be told is kept."""
    log.error("making offline packs failed", area=str(area_id), meeting=str(meeting_id), kind=failure)
    try:
        _raise(area_id, meeting_id, failure, now)
    except Exception as also:  # as above; the page says it all the same, and no other meeting waits
        log.error("telling of it failed", area=str(area_id), kind=type(also).__name__)
        _raise(area_id, meeting_id, failure, now, tell=False)


def _raise(area_id: UUID, meeting_id: UUID, failure: str, now: datetime, *, tell: bool = True) -> None:
    with saved(), acting.whole_area(area_id):
        areas.hold(area_id)
        row = db.session.get(OfflineAlarmRow, meeting_id)
        if row is not None and row.ended_at is None:
            return
        if row is None:
            row = OfflineAlarmRow(meeting_id=meeting_id, area_id=area_id)
            db.session.add(row)
        row.failure, row.raised_at, row.ended_at = failure[:60], now, None
        meeting = db.session.get_one(MeetingRow, meeting_id)
        number = told.failed(meeting, now) if tell else 0
        audit.record(WORKER, area_id, "pack.offline_failed", f"meeting/{meeting_id}", now, notices=number)


def expire(now: datetime) -> int:
    """Deletes the content of copies whose meeting is over; that they were made and fetched is kept (S3)."""
    with saved():
        due = store.expired(now)
        for copy_id, area_id in due:
            empty(OfflinePackRow.id == copy_id)
            audit.record(WORKER, area_id, "pack.offline_expired", f"offline_pack/{copy_id}", now)
    return len(due)
