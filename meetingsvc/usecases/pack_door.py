"""What of one pack may reach one person: every page and every copy of it goes through `mail.dispatch`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from agenda import pack_changes, pack_kept, pdf
from agenda.meetings import MeetingKind
from agenda.pack import Section, Worded
from agenda.pack_parts import moved, numbered, only, references, with_lines
from agenda.pack_words import about
from meetingsvc import mail
from meetingsvc.models import MeetingRow, PackCopyRow, PackEditionRow, PackRow, db
from meetingsvc.packs import typeface
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, address_shares, marac, pack_editions
from meetingsvc.store.pack_cases import ids, of_list, withheld
from meetingsvc.store.recipients import Outgoing, asked
from meetingsvc.store.scope import items_of
from meetingsvc.usecases.transaction import saved
from notifications.outgoing import Stage, What

#: Who deletes a copy that may not be had any more, in the audit trail.
SERVICE = "dispatch"
_KINDS = {What.PAGE: "pack", What.FILE: "pack copy"}


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a pack that one person may have."""

    cases: Mapping[str, UUID]  # by reference
    words: Worded
    is_as_drawn: bool  # exactly what was drawn for everybody when it was published


def locked(who: Principal, pack_id: UUID, *, lock: bool = True) -> PackRow | None:
    """A pack of the person's area. Whether they may have anything of it, `part` says."""
    row = select(PackRow).where(PackRow.id == pack_id, PackRow.area_id == who.area_id)
    with acting.whole_area(who.area_id):
        return db.session.scalars(row.with_for_update() if lock else row).one_or_none()


def part(who: Principal, row: PackRow, what: What, stage: Stage, now: datetime) -> Part | None:
    """What they may have at this moment; None where that is nothing. Every refusal is kept (F3, M6, S3)."""
    with acting.whole_area(row.area_id):
        kept = db.session.scalar(select(PackRow.words).where(PackRow.id == row.id))
        cases = _released(who, row)
        if kept is None or not cases:
            return None
        cleared = mail.dispatch(_thing(who, row, what, cases), stage, now)
        if cleared is None:
            return None
        published = pack_kept.read(kept)
        on = marac.lines(row.meeting_id, items_of(who))  # as they are called at this moment (Rulebook M6)
        words = numbered(
            published, {line.case: line.number for line in on},
            {line.case: about(line.starts_at) for line in on},
        )  # fmt: skip
        given_now = moved(words, {line.case: line.moved_reason for line in on})
        given = {key: cases[key] for key in references(words) if cases.get(key) in cleared.about}
        changed = _changes(who, row, words, given, now)
        lines = _lines(who, row, given) if what is What.FILE else {}
        as_drawn = ids(row.drawn) if row.drawn is not None else set(cases.values())
        mine = with_lines(only(given_now, given.keys()), lines)
        mine = replace(mine, opening=changed or mine.opening)
        same = given_now == published and set(given.values()) == as_drawn
        return Part(given, mine, same and not lines and not changed)


def _changes(
    who: Principal, row: PackRow, words: Worded, given: Mapping[str, UUID], now: datetime
) -> tuple[Section, ...]:
    """What a correction changed for this person, of what they had and may have now (Rulebook M6, F3)."""
    before = pack_editions.before(who, row.id)
    if before is None:
        return ()
    gone = {key: case_id for key, case_id in before.cases.items() if key not in references(words)}
    may = asked(_thing(who, row, What.PAGE, gone), Stage.BUILD, now).about if gone else frozenset()
    theirs = {*given, *(key for key, case_id in gone.items() if case_id in may)}
    return pack_changes.opening(pack_kept.read(before.words), words, before.had, theirs, before.issued_at)


def read_words(kept: Mapping[str, Any]) -> Worded:
    """Words as they are kept, for whoever compares two editions as the service: nobody is shown them."""
    return pack_kept.read(kept)


def drawn(row: PackRow, mine: Part) -> bytes:
    """The part as a PDF without a stamp: the one drawn at publication, or its own where it holds less.

    It is put into words, and only then drawn: what is left out was never in the file (security.md A2).
    """
    with acting.whole_area(row.area_id):
        if mine.is_as_drawn:
            content = db.session.scalar(select(PackRow.content).where(PackRow.id == row.id))
            return bytes(content or b"")
        kind = db.session.scalar(select(MeetingRow.kind).where(MeetingRow.id == row.meeting_id))
    return pdf.draw_worded(mine.words, f"{kind} pack", typeface())


def may_fetch(who: Principal, row: PackRow, copy: PackCopyRow, now: datetime) -> bool:
    """Whether every case in a copy may still reach its holder, and no address in it has changed since. It was
    made with what they might have then: a case restricted since stays with those named on it (M6)."""
    if copy.cases is None:
        return False
    if address_shares.shares_changed_since(who.account_id, row.meeting_id, copy.made_at):
        return False
    held = {str(case_id): case_id for case_id in ids(copy.cases)}
    thing = _thing(who, row, What.FILE, held)
    return mail.dispatch(thing, Stage.DOWNLOAD, now) is not None


def may_have(who: Principal, row: PackRow, now: datetime) -> bool:
    """Whether a new copy would hold anything."""
    with acting.whole_area(row.area_id):
        cases = _released(who, row)
    return bool(cases) and asked(_thing(who, row, What.FILE, cases), Stage.BUILD, now).ground is None


def turned_away(principal: Principal, what: What, now: datetime, copy_id: UUID | None = None) -> None:
    """Somebody asked who may have no pack at all, whatever is in it: the door keeps that too.

    The copy they asked for is deleted: who comes back makes a new one (Rulebook V1).
    """
    thing = Outgoing(principal.area_id, principal.account_id, what, _KINDS[what], MeetingKind.MARAC)
    with saved(), acting.whole_area(principal.area_id):
        if mail.dispatch(thing, Stage.DOWNLOAD, now) is None and copy_id:
            empty(copy_id, principal.account_id)


def empty(copy_id: UUID, account_id: UUID) -> None:
    """Deletes what a copy of this person holds. That it was made, and fetched, is kept."""
    theirs = (PackCopyRow.id == copy_id, PackCopyRow.account_id == account_id)
    db.session.execute(update(PackCopyRow).where(*theirs).values(content=None))


def empty_all(pack_id: UUID) -> None:
    """Deletes what a pack says, what it said before, and what its copies hold. The register stays (S3)."""
    db.session.execute(update(PackRow).where(PackRow.id == pack_id).values(content=None, words=None))
    db.session.execute(update(PackCopyRow).where(PackCopyRow.pack_id == pack_id).values(content=None))
    row = PackEditionRow
    db.session.execute(update(row).where(row.pack_id == pack_id).values(words=None, cases=None, open=None))


def _released(who: Principal, row: PackRow) -> dict[str, UUID]:
    """The cases of a pack but for those that wait for a second person before this one has them (B)."""
    found = of_list(acting.Host(row.area_id), row.meeting_id, row.supplement)
    waits = withheld(who, row.held, row.drawn)
    return {key: case_id for key, case_id in found.items() if case_id not in waits}


def _thing(who: Principal, row: PackRow, what: What, cases: Mapping[str, UUID]) -> Outgoing:
    return Outgoing(row.area_id, who.account_id, what, _KINDS[what], MeetingKind.MARAC,
                    frozenset(cases.values()), row.meeting_id)  # fmt: skip


def _lines(who: Principal, row: PackRow, given: Mapping[str, UUID]) -> dict[str, list[str]]:
    """Addresses that were put into this person's copy, and theirs alone, of the cases in it."""
    shared = address_shares.shared_with(who, row.meeting_id)
    return {key: list(shared[case_id]) for key, case_id in given.items() if case_id in shared}
