"""A reader's own copy of issued minutes: made, downloaded, replaced, corrected, expired (S3, F3, M6, R1)."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update
from werkzeug.exceptions import Forbidden, NotFound

from agenda import pdf
from agenda.calendar import local_day, to_utc
from agenda.meetings import MeetingKind
from agenda.rules import RuleBroken
from meetingsvc import mail
from meetingsvc import packs as files
from meetingsvc.models import MeetingRow, MinutesCopyRow, MinutesRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, minutes_content, minutes_due, pack_cases
from meetingsvc.store import minutes as store
from meetingsvc.store import minutes_copies as copies
from meetingsvc.store.minutes import CaseLine, Version
from meetingsvc.store.recipients import Outgoing
from meetingsvc.store.scope_minutes import minutes_copies_of
from meetingsvc.usecases import minutes_reading
from meetingsvc.usecases.area_by_area import WORKER
from meetingsvc.usecases.rehearsal_marking import marked
from meetingsvc.usecases.transaction import saved, saved_by
from minutes import minutes_words
from minutes.minutes import copy_expires_on
from notifications.outgoing import Stage, What

KIND = "minutes copy"
#: Who deletes a copy that may not be had any more, in the audit trail.
SERVICE = "dispatch"
NOT_ISSUED = "These minutes are not issued yet. A copy can be made once the chair has approved them."
NOTHING = "There is no case in these minutes that you can take away."


@dataclass(frozen=True, slots=True)
class Made:
    """A copy, and its passphrase: shown once, kept nowhere."""

    number: int
    passphrase: str
    last_day: date


class Stale(Exception):
    """What the copy held has changed: it is deleted, and another can be made."""


def make_copy(principal: Principal, meeting_id: UUID, replaces: int, now: datetime) -> Made | None:
    """Stamps and encrypts a copy of the newest issued version for this person alone, of the cases that are
    open to them at this moment; the one it `replaces` (0: none) is deleted.

    None where they hold another copy than the one they were asked about: nothing changes, ask again. Raises
    NotFound where the meeting does not exist for them, RuleBroken where there is nothing to take away.
    """
    with _asked_by(principal, meeting_id, now) as who:
        areas.hold(who.area_id)
        made = _made(who, _meeting(who, meeting_id), replaces, now)
    if isinstance(made, str):
        raise RuleBroken(made)
    return made


def _meeting(who: Principal, meeting_id: UUID) -> MeetingRow:
    meeting = minutes_due.meeting(who, meeting_id)
    if meeting is None:
        raise NotFound
    return meeting


@contextmanager
def _asked_by(principal: Principal, meeting_id: UUID, now: datetime) -> Iterator[Principal]:
    """As `saved_by`; who may take nothing away any more is turned away, and that is kept."""
    try:
        with saved_by(principal, Permission.PACK_FETCH, now) as who:
            yield who
    except Forbidden:
        thing = Outgoing(principal.area_id, principal.account_id, What.FILE, KIND, MeetingKind.MARAC)
        with saved(), acting.whole_area(principal.area_id):
            mail.dispatch(thing, Stage.DOWNLOAD, now)
        raise


def _made(who: Principal, meeting: MeetingRow, replaces: int, now: datetime) -> Made | str | None:
    """What was refused on the way is kept, so it is told only once that is saved."""
    versions = [one for one in store.versions(who, meeting.id) if one.is_approved]
    if not versions:
        return NOT_ISSUED
    lines = _cleared(who, meeting, store.cases(who, meeting, versions[0], now), now)
    if not lines:
        return NOTHING
    old = copies.mine(who, meeting.id, now)
    if (old.number if old else 0) != replaces:
        return None
    if old:
        _empty(who, old.id)
    return _stamped(who, meeting, versions, lines, now)


def _cleared(who: Principal, meeting: MeetingRow, lines: Sequence[CaseLine], now: datetime) -> list[CaseLine]:
    """Those of the cases that may reach the reader as a file at this moment (Rulebook F3, M6, S3)."""
    stay = stay_here(who, lines)
    open_ = [line for line in lines if not line.asks_why and line.case_id not in stay]
    if not open_:
        return []
    cleared = mail.dispatch(_thing(who, meeting, (line.case_id for line in open_)), Stage.BUILD, now)
    return [line for line in open_ if cleared and line.case_id in cleared.about]


def stay_here(who: Principal, lines: Sequence[CaseLine]) -> set[UUID]:
    """Those open to named people only: they are read in the service, where no second person has to let them
    out (security.md B)."""
    return pack_cases.restricted(who, [line.case_id for line in lines if not line.asks_why])


def _thing(who: Principal, meeting: MeetingRow, case_ids: Iterable[UUID]) -> Outgoing:
    kind = meeting.kind
    return Outgoing(who.area_id, who.account_id, What.FILE, KIND, kind, frozenset(case_ids), meeting.id)


def _stamped(
    who: Principal, meeting: MeetingRow, versions: Sequence[Version], lines: Sequence[CaseLine], now: datetime
) -> Made:
    """Put into words, and only then drawn: what is left out was never in the file (security.md A2)."""
    version, area = versions[0], areas.by_id(who.area_id)
    extract = minutes_content.extract(who, area.title, meeting, versions, lines, now)
    words = marked(minutes_words.worded(extract), who)
    drawn = pdf.draw_worded(words, minutes_words.title_of(meeting.kind), files.typeface())
    number, copy_id, phrase = copies.next_number(who.area_id, version.id), uuid4(), files.passphrase()
    stamp = files.Stamp(who.name, who.agency_name, number, now, copy_id)
    last_day = copy_expires_on(local_day(now), areas.settings_of(area).pack_days)
    db.session.add(
        MinutesCopyRow(
            id=copy_id, area_id=who.area_id, minutes_id=version.id, account_id=who.account_id,
            agency_id=who.agency_id, copy_number=number, made_at=now, fetches=0,
            expires_at=to_utc(datetime.combine(last_day + timedelta(days=1), time.min)),
            cases=sorted(str(line.case_id) for line in lines),
            content=files.stamp(drawn, stamp, phrase, files.typeface()),
        )
    )  # fmt: skip
    db.session.flush()
    minutes_reading.shown(who, meeting.id, version, lines, now)
    audit.record(
        who.account_id, who.area_id, "minutes.copy_made", f"minutes_copy/{copy_id}", now,
        minutes=version.id, number=number,
    )  # fmt: skip
    return Made(number, phrase, last_day)


def fetch(principal: Principal, meeting_id: UUID, now: datetime) -> bytes | None:
    """The bytes of one's own copy, counted; None where one has none.

    Whether the person may have every case in it is asked again here (Rulebook V1, F3, M6), and whether one is
    restricted since; where not, its content is deleted: raises Stale.
    """
    with _asked_by(principal, meeting_id, now) as who:
        found = _fetched(who, _meeting(who, meeting_id), now)
    if found == b"":
        raise Stale
    return found


def _fetched(who: Principal, meeting: MeetingRow, now: datetime) -> bytes | None:
    """Empty where it may not be had any more."""
    mine = copies.mine(who, meeting.id, now)
    if mine is None:
        return None
    row = MinutesCopyRow
    rows = select(row, row.content).where(minutes_copies_of(who), row.id == mine.id)
    copy, content = db.session.execute(rows.with_for_update(of=row)).one()
    cases = pack_cases.ids(copy.cases)
    cleared = mail.dispatch(_thing(who, meeting, cases), Stage.DOWNLOAD, now)
    if cleared is None or pack_cases.restricted(who, cases):
        _empty(who, copy.id)
        audit.record(SERVICE, who.area_id, "minutes.copy_deleted", f"minutes_copy/{copy.id}", now)
        return b""
    copy.fetched_at, copy.fetches = copy.fetched_at or now, copy.fetches + 1
    audit.record(
        who.account_id, who.area_id, "minutes.fetched", f"minutes_copy/{copy.id}", now,
        minutes=copy.minutes_id, number=copy.copy_number, times=copy.fetches,
    )  # fmt: skip
    return bytes(content or b"")


def _empty(who: Principal, copy_id: UUID) -> None:
    """Deletes what a copy of this person holds. That it was made, and fetched, is kept."""
    row = MinutesCopyRow
    with acting.whole_area(who.area_id):
        db.session.execute(
            update(row).where(row.id == copy_id, row.account_id == who.account_id).values(content=None)
        )


def withdraw(who: Principal, meeting_id: UUID) -> None:
    """Part of the approval of a correction: nobody downloads the text it corrects any more (Rulebook R1)."""
    row = MinutesCopyRow
    with acting.whole_area(who.area_id):
        its = select(MinutesRow.id).where(MinutesRow.meeting_id == meeting_id)
        db.session.execute(update(row).where(row.minutes_id.in_(its)).values(content=None))


def expire(now: datetime) -> int:
    """Deletes the content of copies past their last day; the register stays (S3)."""
    row = MinutesCopyRow
    with saved():
        due = copies.expired(now)
        for copy_id, area_id in due:
            db.session.execute(update(row).where(row.id == copy_id).values(content=None))
            audit.record(WORKER, area_id, "minutes.copies_expired", f"minutes_copy/{copy_id}", now)
    return len(due)
