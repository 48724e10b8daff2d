"""What an agency says of its flags, and flags it adds of its own: a child's, a perpetrator's (G1, G3)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.rules import RuleBroken
from meetingsvc.models import FlagRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit, flags, flags_children, flags_late
from meetingsvc.store.flags import flag_of
from meetingsvc.store.flags_children import Child
from meetingsvc.usecases.flags import step, write
from meetingsvc.usecases.marac_referrals import locked
from meetingsvc.usecases.transaction import saved_by
from minutes.flags import Flag, Said, State, Whose, perpetrator_problems, said, undone

MOVED = "This flag has changed since you opened the page. Nothing was recorded."
OVER = "The time of this flag is over. Nothing was recorded: do not add it, or take it off."


class Unfit(Exception):
    """A statement is missing: `problems` says which, by field. Nothing was saved."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


def say(principal: Principal, flag_id: UUID, seen: State, what: Said, now: datetime) -> None:
    """One click: done, not held here, taken off before its time, or that the last word was a mistake (G1).

    Raises NotFound for another agency's, RuleBroken where it moved since the person saw it as `seen`.
    """
    with saved_by(principal, Permission.FLAG_DONE, now) as who:
        locked(who.area_id)
        row = next(iter(flags.rows_of(who, [flag_id])), None)
        if row is None:
            raise NotFound
        if row.state != seen or (flag := _said(who, row, what)) is None:
            raise RuleBroken(MOVED)
        if what is not Said.MISTAKE and flag.state is State.ADDED and local_day(now) >= flag.until:
            raise RuleBroken(OVER)
        _keep(who, row, flag, now)


def _said(who: Principal, row: FlagRow, what: Said) -> Flag | None:
    if what is Said.MISTAKE:
        return undone(flag_of(row), flags_late.before(who, row.id))
    return said(flag_of(row), what)


def all_done(principal: Principal, flag_ids: Collection[UUID], seen: State, now: datetime) -> int:
    """The same of all that stood on the page: those that moved meanwhile stay; says how many are done."""
    with saved_by(principal, Permission.FLAG_DONE, now) as who:
        locked(who.area_id)
        done, today = 0, local_day(now)
        for row in flags.rows_of(who, flag_ids):
            flag = said(flag_of(row), Said.DONE) if row.state == seen else None
            if flag is None or (flag.state is State.ADDED and today >= flag.until):
                continue
            _keep(who, row, flag, now)
            done += 1
        return done


def _keep(who: Principal, row: FlagRow, flag: Flag, now: datetime) -> None:
    write(row, flag)
    row.notify = False
    step(row, now, who.account_id)
    db.session.flush()
    audit.record(who.account_id, who.area_id, "flag.said", f"flag/{row.id}", now, state=flag.state)


def add_child(principal: Principal, flag_id: UUID, key: str, now: datetime) -> None:
    """The agency flagged a child of the case too: as appropriate, which it judges (Rulebook G1).

    Beside a victim's flag that it has added, and for as long.
    """
    with saved_by(principal, Permission.FLAG_DONE, now) as who:
        locked(who.area_id)
        beside = _beside(who, flag_id, now)
        child = next((one for one in flags_children.of_case(who, beside.case_id) if one.key == key), None)
        if child is None:
            raise NotFound
        row = _same_child(who, beside, child)
        if row is not None and row.state == State.ADDED:
            raise RuleBroken(MOVED)
        if row is None:
            row = _new(beside, Whose.CHILD, child.key, child)
            db.session.add(row)
        noted = (beside.heard_on, beside.until)
        _keep(who, row, Flag(Whose.CHILD, State.ADDED, beside.heard_on, beside.until, noted), now)


def _same_child(who: Principal, beside: FlagRow, child: Child) -> FlagRow | None:
    mine = [one.id for one in flags.of_case(who, beside.case_id) if one.flag.whose is Whose.CHILD]
    return next((row for row in flags.rows_of(who, mine) if row.key == child.key), None)


def add_perpetrator(
    principal: Principal, flag_id: UUID, necessary: str, cannot_reach: str, now: datetime
) -> UUID:
    """Asks for a flag on the perpetrator's file, with the two statements and who made them (Rulebook G3).

    Beside a victim's flag, and no longer than that is to last now. Raises Unfit where one is missing.
    """
    with saved_by(principal, Permission.FLAG_DONE, now) as who:
        locked(who.area_id)
        beside = _beside(who, flag_id, now)
        if found := perpetrator_problems(necessary, cannot_reach):
            raise Unfit(found)
        if any(
            one.flag.whose is Whose.PERPETRATOR and one.flag.state not in (State.REMOVED, State.LAPSED)
            for one in flags.of_case(who, beside.case_id)
        ):
            raise RuleBroken("Your agency flags this perpetrator’s file already.")
        row = _new(beside, Whose.PERPETRATOR, uuid4().hex, None)
        row.necessary, row.cannot_reach = necessary.strip(), cannot_reach.strip()
        row.stated_by = who.account_id
        db.session.add(row)
        _keep(who, row, Flag(Whose.PERPETRATOR, State.TO_ADD, beside.heard_on, beside.until), now)
        return row.id


def _beside(who: Principal, flag_id: UUID, now: datetime) -> FlagRow:
    row = next(iter(flags.rows_of(who, [flag_id])), None)
    if row is None or row.whose != Whose.VICTIM:
        raise NotFound
    if local_day(now) >= row.until:
        raise RuleBroken(OVER)
    return row


def _new(beside: FlagRow, whose: Whose, key: str, child: Child | None) -> FlagRow:
    return FlagRow(
        id=uuid4(), area_id=beside.area_id, case_id=beside.case_id, agency_id=beside.agency_id, whose=whose,
        key=key, name=child.name if child else "", dob=child.dob if child else None, contact=beside.contact,
        necessary="", cannot_reach="", notify=False,
    )  # fmt: skip
