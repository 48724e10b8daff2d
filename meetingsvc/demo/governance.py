"""What went wrong in Northmoor and what is disputed, all invented: a breach, a complaint, a disagreement, and
agreements that are due for review or at an end; an agency that has not signed, for one case alone."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from agenda.agencies import AgencyKind
from agenda.agreements import Signature
from agenda.breach_duties import Duty
from agenda.breaches import Step as BreachStep
from agenda.calendar import add_working_days, local_day
from agenda.complaints import Complainant, Subject
from agenda.complaints import Step as ComplaintStep
from agenda.disagreement import Step
from agenda.disagreement_days import Kind
from agenda.meetings import MeetingKind
from agenda.withdrawals import Told
from meetingsvc import holidays
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, areas, demo
from meetingsvc.store import breaches as kept_breaches
from meetingsvc.store import complaints as kept_complaints
from meetingsvc.store.complaints import Entry
from meetingsvc.usecases import agencies, agreements, breaches, complaints, disagreements, named_cases
from meetingsvc.usecases.agencies import Attends

People = Mapping[str, Principal]
A_MINUTE, AN_HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_A_YEAR = timedelta(days=365)
_LEFT = "A printed page of the health visitor's notes was left in a meeting room of the town hall over lunch."
_DONE = "The page was fetched within the hour. Reception says that nobody else used the room."
_COMPLAINS = (
    "She says that a letter about her support was sent to her old address, although she had asked for none."
)
_CHALLENGED = (
    "The front door closed its assessment of the children after one visit. We ask that it is opened again: "
    "they told our worker that they are afraid to go home."
)
_ANSWERED = "The threshold was not met on the day. We will look again at what your worker was told."
_AGAIN = "We talked on Tuesday, and each of us saw it as before. We put it in writing."
_UP = "The answer does not say what was done about the children's own words. Our manager takes it on."
_VERSION = "Northmoor protocol 4, April 2025"


def tell(people: People, now: datetime, yesterday: datetime) -> None:
    """One evening, with what led to it on the days before; the breach is of `yesterday`."""
    _breach(people, yesterday)
    _complaint(people, now + 10 * A_MINUTE)
    _disagreement(people, now + 20 * A_MINUTE)
    _agreements(people["governance"], now + 30 * A_MINUTE)
    _for_one_case(people, now + 40 * A_MINUTE)


def _number(*people: Principal) -> int | None:
    """Of a case that these may open."""
    lists = []
    for who in people:
        with acting.acting(who):
            lists.append(demo.told_by_many(who))
    found = [one.number for one in lists[0] if all(one in their for their in lists)]
    return found[-1] if found else None


def _breach(people: People, now: datetime) -> None:
    """Found at midday, taken on in the evening; two were told, and the other clocks run."""
    health, governance = people["health"], people["governance"]
    number = _number(health)
    numbers = [] if number is None else [number]
    breaches.raise_one(health, _LEFT, now - 5 * AN_HOUR, False, _DONE, numbers, now - 4 * AN_HOUR)
    with acting.acting(governance):
        key = kept_breaches.waiting(governance)[0].id
    breaches.take_step(governance, key, BreachStep.TAKE_ON, "", now)
    breaches.add_partner(governance, key, health.agency_id, now + A_MINUTE)
    breaches.add_involved(governance, key, people["housing"].account_id, now + 2 * A_MINUTE)
    for later, duty in enumerate((Duty.HEADS, Duty.CHAIR), 3):
        at = now + later * A_MINUTE
        breaches.tell(governance, key, duty, at, "", "", at)


def _complaint(people: People, now: datetime) -> None:
    """Two working days ago; the chair has taken it on, and has still to acknowledge it."""
    coordinator, chair = people["coordinator"], people["chair"]
    came = _working_days_before(now, 2)
    told = _COMPLAINS, came, Complainant.VICTIM, Subject.AGENCY
    complaints.record(coordinator, *told, _number(coordinator, chair), came + AN_HOUR)
    with acting.acting(chair):
        key = kept_complaints.waiting(chair)[0].id
    complaints.take_step(chair, key, ComplaintStep.TAKE_ON, "", False, False, now)
    complaints.tell(chair, key, Entry.NOTIFIED, came + 3 * AN_HOUR, now + A_MINUTE)


def _disagreement(people: People, now: datetime) -> None:
    """Raised nine working days ago, and with the line manager since yesterday: step 3."""
    idva, childrens = people["idva"], people["childrens"]
    began, wrote = (_working_days_before(now, days) for days in (9, 5))
    key, _ = disagreements.raise_one(
        idva,
        Kind.PROFESSIONAL,
        _CHALLENGED,
        [childrens.agency_id],
        False,
        "",
        _number(idva, childrens),
        began,
    )
    disagreements.take_step(idva, key, Step.TO_2, _AGAIN, wrote)
    disagreements.answer(childrens, key, _ANSWERED, wrote + A_DAY)
    disagreements.take_step(idva, key, Step.TO_3, _UP, _working_days_before(now, 1))


def _working_days_before(now: datetime, days: int) -> datetime:
    day = add_working_days(local_day(now), -days, holidays.known())
    return now - (local_day(now) - day)


def _agreements(governance: Principal, now: datetime) -> None:
    """Everybody has signed; one review is late, one due soon, and one agency has left."""
    today = local_day(now)
    ids = {agency.name: agency.id for agency in areas.agencies(governance.area_id)}
    signed = (
        ("Lantern Rape Support", "Marguerite Pell-Rowan", "Chief executive", today - _A_YEAR + 9 * A_DAY),
        ("Fellside Mental Health", "Dr Anselm Whitby", "Caldicott guardian", today - _A_YEAR - 6 * A_DAY),
        ("Hill and Vale Homes", "Josette Harrow", "Director of housing", today - 240 * A_DAY),
    )
    for name, by, post, on in signed:
        agreements.sign(governance, ids[name], Signature(on, by, post, _VERSION), now)
    _one_leaves(governance, today, now + A_MINUTE)


def _one_leaves(governance: Principal, today: date, now: datetime) -> None:
    """Its four weeks are over today; the partnership is still to be told, and its answer waited for."""
    kind, attends = AgencyKind.VOLUNTARY, Attends(frozenset({MeetingKind.MARAC}))
    key = agencies.add(governance, "Brackenfield Mediation", kind, attends, now)
    signature = Signature(today - 300 * A_DAY, "Cornelia Ashgrove", "Trustee", _VERSION)
    agreements.sign(governance, key, signature, now)
    why = "It closes at the end of the month, and its cases go to another charity."
    agreements.withdraw(governance, key, today - 30 * A_DAY, False, why, now)
    for whom in (Told.CHAIR, Told.PARTNERS):
        agreements.told(governance, key, whom, today - 29 * A_DAY, now)


def _for_one_case(people: People, now: datetime) -> None:
    """A refuge in another town has not signed; the chair has still to decide whether it takes part."""
    coordinator, attends = people["coordinator"], Attends(frozenset())
    key = agencies.add(people["governance"], "Stonechat Refuge", AgencyKind.VOLUNTARY, attends, now)
    number = _number(coordinator, people["chair"])
    with acting.acting(coordinator):
        case_id = next((one.case_id for one in demo.told_by_many(coordinator) if one.number == number), None)
    if case_id is not None:
        why = "She and the children stay there, and its night staff answer the door."
        until = local_day(now) + 14 * A_DAY
        named_cases.propose(coordinator, case_id, key, why, until, now + A_MINUTE)
