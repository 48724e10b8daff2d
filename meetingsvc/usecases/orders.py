"""Recording a protection order by hand, correcting one's own, and a breach of one (Rulebook T10, R2)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda import orders as rules
from agenda.calendar import local_day
from agenda.incidents import Order, Risk
from agenda.references import Prefix
from agenda.referral_entry import EntryKind
from agenda.rules import RuleBroken
from meetingsvc.models import OrderRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, case_page, order_parties, references
from meetingsvc.store import orders as store
from meetingsvc.store.orders import Kept
from meetingsvc.store.subject_people import OF_ABUSE
from meetingsvc.usecases import entries
from meetingsvc.usecases.order_register import made
from meetingsvc.usecases.restrictions import refuse_reading_only
from meetingsvc.usecases.transaction import saved_by

_NOT_YOURS = (
    "Only the agency that recorded this order can correct it. Ask that agency. "
    "What the police's own system sent is corrected there, and comes with its next version."
)
_MEANWHILE = "Somebody has corrected this meanwhile. Go back, and look at it as it is now."


@dataclass(frozen=True, slots=True)
class Told:
    """An order, who tells of it, and how they know (Rulebook R2)."""

    order: Order
    author: str
    source: str


@dataclass(frozen=True, slots=True)
class Breach:
    """What happened, as the police's incident it becomes (Rulebook T10)."""

    happened_at: datetime
    risk: Risk
    summary: str
    number: str = ""  # the police's, where it has one

    @property
    def words(self) -> str:
        """What happened, and the police's number for it."""
        number = self.number.strip()
        return self.summary.strip() + (f"\nPolice occurrence number: {number}" if number else "")


def record(principal: Principal, case_id: UUID, told: Told, now: datetime) -> UUID:
    """Keeps an order on an open case; the next list announces it (Rulebook T10)."""
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        case = case_page.case(who, case_id)
        if case is None:
            raise NotFound
        refuse_reading_only(who, case_id)
        if case.kind != OF_ABUSE:  # the daily list would announce it (E2, T10)
            raise RuleBroken("Orders are kept on cases of domestic abuse alone. Nothing was recorded.")
        _refuse_unfit(who, told, now)
        for kept in store.on_case(who, case_id, {}, now):
            if kept.order == told.order and kept.agency_id == who.agency_id:
                return kept.id  # a form that was sent twice
        with acting.whole_area(who.area_id):
            reference = references.taken(who.area_id, Prefix.ORDER)
        return _write(who, case_id, reference, 1, told, "order.recorded", now)


def correct(principal: Principal, order_id: UUID, told: Told, now: datetime) -> UUID:
    """Another version of what one's own agency recorded; both stay readable (Rulebook R2).

    One that ended earlier than thought is corrected to say so. What has changed is announced again (T10).
    """
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        kept = _own(who, order_id, now)
        case_id = kept.case_id
        if case_id is None:
            raise RuleBroken(_NOT_YOURS)
        refuse_reading_only(who, case_id)
        _refuse_unfit(who, told, now)
        if kept.order == told.order:
            raise RuleBroken("Nothing was changed.")
        with acting.whole_area(who.area_id):
            row = db.session.scalars(select(OrderRow).where(OrderRow.id == kept.id)).one()
            row.current, version = False, row.version + 1
            db.session.flush()
        return _write(who, case_id, kept.reference, version, told, "order.corrected", now)


def _own(who: Principal, order_id: UUID, now: datetime) -> Kept:
    versions = store.one(who, order_id, now)
    if not versions:
        raise NotFound
    if versions[0].agency_id != who.agency_id:
        raise RuleBroken(_NOT_YOURS)
    if versions[0].id != order_id:
        raise RuleBroken(_MEANWHILE)
    return versions[0]


def _refuse_unfit(who: Principal, told: Told, now: datetime) -> None:
    found = rules.problems(told.order, local_day(now), store.days(who.area_id))
    if not (told.author.strip() and told.source.strip()):
        found["author"] = "Enter who tells it, and how they know"
    if found:
        raise RuleBroken(f"{next(iter(found.values()))}.")


def _write(
    who: Principal, case_id: UUID, reference: str, version: int, told: Told, action: str, now: datetime
) -> UUID:
    row = made(
        area_id=who.area_id, reference=reference, version=version, order=told.order, recorded_at=now,
        case_id=case_id, agency_id=who.agency_id, recorded_by=who.account_id, author=told.author.strip(),
        source=told.source.strip(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(who.account_id, who.area_id, action, f"case/{case_id}", now, order=row.id)
    return row.id


def breach(principal: Principal, order_id: UUID, told: Breach, now: datetime) -> str:
    """Records a breach: an incident, triaged like any other by the next list (Rulebook T10). Its number.

    It always gets a number of ours, and the police's stands in its words: under theirs it would show whether
    an incident of that number is here, hidden from who tells it (Rulebook M6).
    """
    with saved_by(principal, Permission.ORDER_BREACH, now) as who:
        areas.hold(who.area_id)
        versions = store.one(who, order_id, now)
        if not versions:
            raise NotFound
        kept = versions[0]
        _refuse_breach(who, kept, told, now)
        people = order_parties.identified(who.area_id, kept)
        if store.sees(who, told.number.strip()):
            raise RuleBroken("An incident of this number is here already. Nothing was recorded.")
        with acting.whole_area(who.area_id):
            if twice := store.breached(who.area_id, people[0], told.happened_at, told.words):
                return twice
            number = references.taken(who.area_id, Prefix.ORDER)
            entry = rules.breach(kept.order, number, (now, told.happened_at), told.risk, people, told.words)
            entries.take(who.area_id, [entry], EntryKind.POLICE_INCIDENT, who.account_id, now)
        audit.record(who.account_id, who.area_id, "order.breached", f"protection_order/{kept.id}", now)
        return number


def _refuse_breach(who: Principal, kept: Kept, told: Breach, now: datetime) -> None:
    if told.happened_at > now:
        raise RuleBroken("It must have happened by now.")
    if not told.summary.strip():
        raise RuleBroken("Say what happened.")
    if why := rules.breach_problem(kept.order, told.happened_at, store.days(who.area_id)):
        raise RuleBroken(why)
