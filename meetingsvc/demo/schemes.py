"""Applications under the disclosure scheme in Northmoor, and protection orders recorded by hand."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from agenda.calendar import add_working_days, local_day
from agenda.circulation import DISCLOSURE_APPLICATION, Group, is_disclosure_only
from agenda.daily_list import ListedItem
from agenda.disclosure_application import Applying
from agenda.disclosure_scheme import Recipient, Right, Scheme, Stage, Step, Telling
from agenda.disclosure_update import GOES_AHEAD
from agenda.incidents import Order, OrderKind, Party, Risk
from meetingsvc import holidays
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store import disclosure_schemes as store
from meetingsvc.store import disclosure_updates as updates
from meetingsvc.usecases import disclosure_confirming, disclosure_schemes, disclosure_updates, orders
from meetingsvc.usecases.orders import Told
from minutes.outcome import Disclosure
from minutes.recording import Recording

A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)
_COUPLES = (
    (Party("Marram", "Elsie", dob=date(1996, 2, 11)), Party("Stonecrop", "Lewis", dob=date(1991, 9, 3))),
    (Party("Tansy", "Orla", dob=date(1989, 6, 27)), Party("Rushmere", "Craig", dob=date(1985, 1, 19))),
    (Party("Yarrow", "Freya", dob=date(2001, 12, 5)), Party("Hawkshead", "Dean", dob=date(1994, 4, 14))),
    (Party("Sedge", "Imogen", dob=date(1993, 8, 17)), Party("Coldbeck", "Neil", dob=date(1990, 5, 2))),
)


def live(police: Principal, chair: Principal, day: date, list_day: date, now: datetime) -> None:
    """One afternoon: the week before the story is told, somebody asks, the chair confirms what was decided,
    and it is done. What is decided last waits for the chair."""
    left = _working_days(day, list_day)
    if left > 2:
        _confirm(chair, now)
    if left == 5:
        _apply(police, 0, now)
        _check(police, now + AN_HOUR)
    elif left == 3:
        _disclose(police, now)
        _apply(police, 1, now + A_MINUTE)  # nobody records the checks: it is late
        _apply(police, 3, now + 2 * A_MINUTE, right=Right.KNOW)
        _check(police, now + AN_HOUR, Right.KNOW)
    elif left == 1:
        _apply(police, 2, now, right=Right.KNOW)
        _check(police, now + AN_HOUR, Right.KNOW)


def decided(item: ListedItem, recording: Recording) -> Recording:
    """What the daily meeting records of a case with an application on it (Rulebook C4)."""
    kinds = [entry.kind for entry in item.entries]
    if DISCLOSURE_APPLICATION not in kinds:
        return recording
    told = (entry.reference for entry in item.entries if entry.kind == DISCLOSURE_APPLICATION)
    decided = tuple(Disclosure(reference, disclose=True) for reference in told)
    outcome = replace(recording.outcome, disclosures=decided, refer=True)  # the MARAC is told of it
    if is_disclosure_only(kinds):
        outcome = replace(outcome, group=Group.DISCLOSURE)
    return replace(recording, outcome=outcome)


def record_orders(police: Principal, case_ids: list[UUID], now: datetime) -> None:
    """Two orders that no incident told of: one ends within the week."""
    today = local_day(now)
    made = now - timedelta(days=23)
    kinds = (
        Order(OrderKind.DVPO, made, today + timedelta(days=4), "Not to go within 100 metres of her home.",
              live_together=False),
        Order(OrderKind.DAPO, now - 2 * AN_HOUR, None, "Tagged. Not to contact her by any means.",
              live_together=True),
    )  # fmt: skip
    for minute, (case_id, order) in enumerate(zip(case_ids, kinds, strict=False)):
        told = Told(order, police.name, "Result of the magistrates' court")
        orders.record(police, case_id, told, now + minute * A_MINUTE)


def _apply(police: Principal, place: int, now: datetime, right: Right = Right.ASK) -> None:
    at_risk, subject = _COUPLES[place]
    told = Applying(
        Scheme.DOMESTIC, right, now - AN_HOUR, at_risk, subject, "partners since the summer", Risk.STANDARD,
        "He has told her that he lost touch with his children. She asks why.", "Hazel Marram", "her mother",
        "Driving licence seen at the station", "Ring 01632 960 552 on weekday mornings; leave no message",
    )  # fmt: skip
    disclosure_schemes.apply(police, told, police.agency_id, now)


def _check(police: Principal, now: datetime, right: Right = Right.ASK) -> None:
    for kept in _at(police, Stage.APPLIED):
        if kept.told.right is not right:
            continue
        disclosure_schemes.take_step(police, kept.id, Step.CHECK, "Our records and two forces'.", now)


def _confirm(chair: Principal, now: datetime) -> None:
    with acting.acting(chair):
        told = [(kept.id, disclosure_confirming.seen_of(kept)) for kept in store.waiting(chair)
                if kept.to_confirm]  # fmt: skip
    for key, seen in told:
        disclosure_confirming.confirm(chair, key, seen, now)


def _disclose(police: Principal, now: datetime) -> None:
    for kept in _at(police, Stage.DISCLOSE):
        told = Telling(local_day(now), f"{police.name}, with a colleague", "Her doctor's surgery",
                       Recipient.AT_RISK, "While he was at work", True, True, True)  # fmt: skip
        why = "He moves in with her on Friday, before the MARAC sits."
        with acting.acting(police):
            update = updates.of(police, kept, local_day(now))
        if update and GOES_AHEAD & set(update.steps):
            disclosure_updates.go_ahead(police, kept.id, why, now)
        disclosure_schemes.tell(police, kept.id, told, kept.entry.victim.name, "", now)


def _at(police: Principal, stage: Stage) -> list[store.Kept]:
    with acting.acting(police):
        return [kept for kept in store.waiting(police) if kept.stage is stage]


def _working_days(day: date, until: date) -> int:
    left = 0
    while day < until:
        day, left = add_working_days(day, 1, holidays.known()), left + 1
    return left
