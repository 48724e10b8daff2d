"""Putting right what an agency shared: by that agency, beside the old text, told to whoever had it (R2)."""

from datetime import datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import Forbidden, NotFound

from agenda.meetings import MeetingKind
from agenda.rules import RuleBroken
from meetingsvc.models import CorrectionRequestRow, CorrectionToldRow, NoteRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, areas, audit, corrections, notice_times
from meetingsvc.store.corrections import Shared
from meetingsvc.usecases import notices
from meetingsvc.usecases.restrictions import refuse_reading_only
from meetingsvc.usecases.transaction import saved_by
from minutes.corrections import Answer, reason_problem
from minutes.notes import Note, problems
from notifications.messages import Notice


class Superseded(Exception):
    """Somebody corrected the note meanwhile. Nothing was saved."""


def correct(
    principal: Principal, case_id: UUID, note_id: UUID, told: Note, why: str, now: datetime
) -> tuple[UUID, int]:
    """Adds the correction and tells everyone who had received the old text, in one transaction.

    Gives back the new note, and how many people were told. Raises NotFound, Forbidden for another
    agency's, Superseded, or RuleBroken where something is left out.
    """
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        old = _found(who, case_id, note_id)
        if not old.corrected_by(who):
            raise Forbidden
        if old.corrected_at is not None:
            raise Superseded
        _refuse_unfit(old, told, why)
        new = _write(who, old, told, why, now)
        corrections.answer(who, note_id, Answer.CORRECTED, "", now, None)
        people = _tell(who, old, new, now)
        audit.record(
            who.account_id, who.area_id, "note.corrected", f"note/{new}", now,
            case=case_id, corrects=note_id, told=people[0], no_longer=people[1],
        )  # fmt: skip
        return new, people[0]


def _found(who: Principal, case_id: UUID, note_id: UUID) -> Shared:
    if (one := corrections.note(who, case_id, note_id)) is None:
        raise NotFound
    refuse_reading_only(who, case_id)
    return one


def _refuse_unfit(old: Shared, told: Note, why: str) -> None:
    supplier = [old.note.agency_id] if old.note.agency_id else []
    found = [*problems(told, supplier).values(), reason_problem(why)]
    for problem in filter(None, found):
        raise RuleBroken(f"{problem}. Nothing was saved.")


def _write(who: Principal, old: Shared, told: Note, why: str, now: datetime) -> UUID:
    new = uuid4()
    db.session.add(
        NoteRow(id=new, area_id=who.area_id, item_id=old.item_id, agency_id=old.note.agency_id,
                author=told.author.strip(), recorded_by=who.account_id, recorded_at=now, kind=told.kind,
                source=told.source.strip(), text=told.text, dated=old.note.dated,
                proportionate=old.note.proportionate, corrects=old.id, why=why.strip())
    )  # fmt: skip
    db.session.flush()
    return new


def _tell(who: Principal, old: Shared, new: UUID, now: datetime) -> tuple[int, int]:
    """A notice and a line for who had the old text and may still read it; the others are told of (R2)."""
    told = no_longer = 0
    for account_id in corrections.receivers(who.area_id, old):
        if account_id == who.account_id:
            continue
        reader = accounts.principal(account_id, now)
        entitled = reader is not None and corrections.may_read(reader, old)
        db.session.add(
            CorrectionToldRow(note_id=new, account_id=account_id, area_id=who.area_id,
                              case_id=old.case_id, told=entitled, at=now)
        )  # fmt: skip
        if reader is not None and entitled:
            _notice(reader, old, now)
        told, no_longer = told + entitled, no_longer + (not entitled)
    db.session.flush()
    return told, no_longer


def _notice(reader: Principal, about: Shared, now: datetime) -> None:
    """It names the panel this person sits on or runs: nobody is told of a meeting that is not theirs."""
    sits = reader.runs_meetings or about.kind in reader.attends
    waiting = {
        "panel": about.kind if sits else MeetingKind.MARAC,
        "sits_on": about.sits_on.isoformat(),
        "path": "/corrections",
    }
    urgent = notice_times.of_emergency(reader.area_id, [about.meeting_id])
    notices.put(reader.area_id, reader.account_id, Notice.CORRECTION, waiting, now, about=[about.case_id],
                urgent=urgent)  # fmt: skip


def ask(principal: Principal, case_id: UUID, note_id: UUID, reason: str, now: datetime) -> UUID:
    """Asks the agency that shared a note to correct it (security.md B: "ask correction"). Changes nothing.

    The agency's representatives who may read it get a notice. Raises NotFound, or RuleBroken.
    """
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        one = _found(who, case_id, note_id)
        if one.note.agency_id == who.agency_id:
            raise RuleBroken("Your own agency shared this: correct it. Nothing was saved.")
        if one.corrected_at is not None:
            raise RuleBroken("This has been corrected meanwhile. Read the newest text first.")
        if problem := reason_problem(reason):
            raise RuleBroken(f"{problem}. Nothing was saved.")
        key = uuid4()
        db.session.add(
            CorrectionRequestRow(id=key, area_id=who.area_id, case_id=case_id, note_id=note_id,
                                 reason=reason.strip(), asked_by=who.account_id, asked_at=now)
        )  # fmt: skip
        db.session.flush()
        asked = _ask_owners(one, now)
        audit.record(
            who.account_id, who.area_id, "correction.asked", f"correction_request/{key}", now,
            case=case_id, note=note_id, told=asked,
        )  # fmt: skip
        return key


def _ask_owners(one: Shared, now: datetime) -> int:
    told = 0
    for account_id in corrections.owners(one.note.agency_id):
        reader = accounts.principal(account_id, now)
        if reader is not None and corrections.may_read(reader, one):
            _notice(reader, one, now)
            told += 1
    return told


def decline(principal: Principal, case_id: UUID, request_id: UUID, why: str, now: datetime) -> None:
    """The agency that shared a note says why it stays. Raises NotFound, Forbidden, RuleBroken."""
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        asked = corrections.request(who, case_id, request_id)
        if asked is None:
            raise NotFound
        one = _found(who, case_id, asked.note_id)
        if one.note.agency_id != who.agency_id:
            raise Forbidden
        if problem := reason_problem(why):
            raise RuleBroken(f"{problem}. Nothing was saved.")
        corrections.answer(who, one.id, Answer.DECLINED, why.strip(), now, request_id)
        audit.record(
            who.account_id, who.area_id, "correction.declined", f"correction_request/{request_id}", now,
            case=case_id,
        )  # fmt: skip


def read(principal: Principal, note_id: UUID, now: datetime) -> None:
    """One has read a correction: it leaves the home page. Raises NotFound where there is none to read."""
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        if not corrections.mark_read(who, note_id, now):
            raise NotFound
        audit.record(who.account_id, who.area_id, "correction.read", f"note/{note_id}", now)
