"""Protection orders: how long they hold, when to be reminded, announcing, and breaches (Rulebook T10)."""

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from agenda.calendar import LONDON, day_words, local_day, to_utc
from agenda.daily_list import is_announced
from agenda.incidents import Incident, Order, OrderKind, Party, Risk

NOTICE_HOURS = 48
DVPO_DAYS = 28
_NOTICES = frozenset({OrderKind.DVPN, OrderKind.DAPN})
_SUNDAY = 6
_ONE_DAY = timedelta(days=1)


class Standing(StrEnum):
    """Whether an order holds."""

    NOT_YET = "not in force yet"
    IN_FORCE = "in force"
    ENDED = "ended"
    NOT_KNOWN = "in force, its end not known"


@dataclass(frozen=True, slots=True)
class Reminders:
    """So many days before an order ends, its case is looked at again. A setting of the area."""

    days: tuple[int, ...] = field(
        default=(7, 2), metadata={"rule": "T10", "label": "Reminders before an order ends, days"}
    )


def notice_ends(made_at: datetime, holidays: AbstractSet[date]) -> datetime:
    """48 hours after a notice is made, Sundays and bank holidays not counted (DVPN, DAPN)."""
    left, at = timedelta(hours=NOTICE_HOURS), made_at.astimezone(UTC)
    while True:
        day = local_day(at)
        midnight = _midnight_after(day)
        if day.weekday() == _SUNDAY or day in holidays:
            at = midnight
        elif at + left <= midnight:
            return at + left
        else:
            at, left = midnight, left - (midnight - at)


def _midnight_after(day: date) -> datetime:
    return to_utc(datetime.combine(day + _ONE_DAY, time()))


def latest_end(kind: OrderKind, made_at: datetime, holidays: AbstractSet[date]) -> datetime | None:
    """The longest that an order of this kind holds; None where the law sets no length (DAPO).

    A notice 48 hours; a DVPO 28 days, the day it is made counted as none.
    """
    if kind in _NOTICES:
        return notice_ends(made_at, holidays)
    if kind is OrderKind.DVPO:
        return _midnight_after(local_day(made_at) + timedelta(days=DVPO_DAYS))
    return None


def ends_at(order: Order, holidays: AbstractSet[date]) -> datetime | None:
    """When an order ends: as it was told, a day to its midnight; a notice otherwise by its kind.

    None where that is not known: an order is never taken for ended because nobody said when.
    """
    told = order.expires_at
    if isinstance(told, datetime):
        return told
    if told is not None:
        return _midnight_after(told)
    if order.kind in _NOTICES and order.made_at:
        return notice_ends(order.made_at, holidays)
    return None


def standing(order: Order, now: datetime, holidays: AbstractSet[date]) -> Standing:
    """Whether an order holds at a moment; at the very moment it ends, no longer."""
    if order.made_at and now < order.made_at:
        return Standing.NOT_YET
    end = ends_at(order, holidays)
    if end is None:
        return Standing.NOT_KNOWN
    return Standing.IN_FORCE if now < end else Standing.ENDED


def problems(order: Order, today: date, holidays: AbstractSet[date]) -> dict[str, str]:
    """What keeps an order from being entered in a form, by field (Rulebook T10).

    Feeds only warn of unusual lengths (see `order_lengths`); a person can mend them at once.
    """
    found: dict[str, str] = {}
    if order.kind is None:
        found["kind"] = "Choose the kind of order"
    if order.made_at is None:
        found["made_at"] = "Enter when the order was made"
    elif local_day(order.made_at) > today:
        found["made_at"] = "The day it was made must be today or in the past"
    if not order.terms.strip():
        found["terms"] = "Enter the terms of the order"
    if order.live_together is None:
        found["live_together"] = "Say whether the parties live together"
    return found | _length_problems(order, holidays)


def _length_problems(order: Order, holidays: AbstractSet[date]) -> dict[str, str]:
    kind, made_at, end = order.kind, order.made_at, ends_at(order, holidays)
    if kind is None or made_at is None:
        return {}
    if end is None:
        return {"expires_at": "Enter when the order ends"} if kind is OrderKind.DVPO else {}
    if end <= made_at:
        return {"expires_at": "The order must end after it was made"}
    latest = latest_end(kind, made_at, holidays)
    if latest and end > latest:
        wall = latest.astimezone(LONDON)
        last = f"{day_words(wall.date())}, {wall:%H:%M}" if kind in _NOTICES else _last_day(latest)
        return {"expires_at": f"A {kind} made then ends on {last} at the latest"}
    return {}


def _last_day(midnight: datetime) -> str:
    return day_words(local_day(midnight) - _ONE_DAY)


def reminder_days(order: Order, rule: Reminders, holidays: AbstractSet[date]) -> tuple[date, ...]:
    """The days on which to be reminded, earliest first: none before the order was made."""
    end = ends_at(order, holidays)
    if end is None:
        return ()
    last = local_day(end - timedelta(microseconds=1))
    days = {last - timedelta(days=before) for before in rule.days}
    first = local_day(order.made_at) if order.made_at else date.min
    return tuple(sorted(day for day in days if day > first))


@dataclass(frozen=True, slots=True)
class Registered:
    """An order under the number it is kept by, when it was entered, and what lists have said of it."""

    reference: str
    order: Order
    recorded_at: datetime
    announced: Collection[Order] = ()


def to_announce(orders: Iterable[Registered], window_end: datetime) -> Iterator[Registered]:
    """What the list whose window ends then announces: everything entered before, not announced so (T10).

    However long ago it was entered: a list that was never built loses no order (T12 alike). One whose terms
    or end have changed is announced again.
    """
    for one in sorted(orders, key=lambda registered: (registered.recorded_at, registered.reference)):
        if one.recorded_at < window_end and is_announced(one.order, one.announced):
            yield one


def breach_problem(order: Order, happened_at: datetime, holidays: AbstractSet[date]) -> str | None:
    """Why something is no breach of this order; None where it may be one: the order held then."""
    match standing(order, happened_at, holidays):
        case Standing.NOT_YET:
            return "The order had not been made then."
        case Standing.ENDED:
            return "The order had ended by then."
        case Standing.IN_FORCE | Standing.NOT_KNOWN:
            return None


def breach(
    order: Order,
    reference: str,
    times: tuple[datetime, datetime],
    risk: Risk,
    parties: tuple[Party, Party | None],
    summary: str,
) -> Incident:
    """A breach as the incident it is, triaged like any other (Rulebook T10). Times: recorded, happened."""
    recorded_at, happened_at = times
    victim, perpetrator = parties
    return Incident(
        occurrence_number=reference,
        domestic=True,
        recorded_at=recorded_at,
        incident_at=happened_at,
        risk=risk,
        victim=victim,
        perpetrator=perpetrator,
        offence=f"Breach of a {order.kind or 'protection order'}",
        summary=summary,
    )
