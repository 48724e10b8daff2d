"""What third parties ask Northmoor for, all invented: a solicitor, a court, a council and a newspaper."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from agenda.calendar import add_working_days, local_day, to_utc
from meetingsvc import holidays
from meetingsvc.demo.panel import PEOPLE, POLICE
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, demo
from meetingsvc.store import disclosures as store
from meetingsvc.store.demo import ToldOf
from meetingsvc.store.disclosures import Kept
from meetingsvc.usecases import (
    disclosure_answers,
    disclosure_checking,
    disclosure_deciding,
    disclosure_files,
    disclosure_releases,
    disclosures,
)
from meetingsvc.usecases.disclosure_deciding import Chosen
from meetingsvc.usecases.disclosures import Requester
from minutes.disclosure import State, Step
from minutes.disclosure_items import Says, stands
from minutes.disclosure_kinds import Kind
from minutes.disclosure_requester import Told

People = Mapping[str, Principal]
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
_COURT = "Northmoor Family Court"
_UNSAFE = "Our worker's visits would tell him which days she is alone with the children."
_NEAR = "The hearing is near, and not every agency can answer here in time."
_SITS = "The conference sits next week, and not every agency can answer here."
_WHY = "What is released is needed for the report."


def tell(people: People, now: datetime) -> None:
    """One evening: one waits for agencies, one and the newspaper's for the chair, one is released."""
    cases = _cases(people)
    few = cases[len(cases) // 2 :]  # of which fewer agencies told something: each of them is asked
    if len(few) < 4:
        return
    _subject_access(people, few[0], now)
    _court(people, few[1], now + 10 * A_MINUTE)
    _report(people, few[-1], now + 30 * A_MINUTE)
    _media(people, few[2], now + 50 * A_MINUTE)


def _cases(people: People) -> list[ToldOf]:
    """Those of which most agencies told something, open to who logs, who decides, and the police."""
    lists = []
    for handle in ("coordinator", "chair", "police"):
        with acting.acting(people[handle]):
            lists.append(demo.told_by_many(people[handle]))
    first, *others = lists
    return [one for one in first if all(one in their for their in others)]


def _subject_access(people: People, case: ToldOf, now: datetime) -> None:
    """Asked for ten days ago, checked today; one agency has answered."""
    told = Told(Kind.SUBJECT_ACCESS, "Wilhelmina Pettigrew", "Pettigrew and Stroud Solicitors",
                "Her own information, for her claim for compensation; her signed authority is with it",
                (case.victim_id,), now - 10 * A_DAY)  # fmt: skip
    key = _asked(people, case, told, "Called back on the number in the register of solicitors", now)
    waiting = [who for who in _suppliers(people, key) if who.agency_name != POLICE]
    for who in waiting[:1]:
        _answer(who, key, Says.CONSENT, "", now + 5 * A_MINUTE)


def _court(people: People, case: ToldOf, now: datetime) -> None:
    """Two agencies have answered, and one refuses: the chair says whether they object."""
    day = add_working_days(local_day(now), 14, holidays.known())
    hearing = to_utc(datetime.combine(day, time(10)))
    told = Told(Kind.COURT, "The listing officer", _COURT, "Where the children are to live",
                (case.victim_id,), now - 3 * A_DAY, hearing, f"{_COURT}, NM26P00417")  # fmt: skip
    key = _asked(people, case, told, "The sealed order was seen", now)
    disclosure_answers.advise(people["coordinator"], key, now + 3 * A_MINUTE)
    said = (Says.REFUSE, _UNSAFE), (Says.CONSENT, "")
    for place, (who, (says, words)) in enumerate(zip(reversed(_suppliers(people, key)), said, strict=False)):
        _answer(who, key, says, words, now + (4 + place) * A_MINUTE)
    _put(people, key, _NEAR, now + 15 * A_MINUTE)


def _report(people: People, case: ToldOf, now: datetime) -> None:
    """Decided, built by one and released by another: it stands in the register."""
    told = Told(Kind.CHILD_PROTECTION_REPORT, "Leocadia Fenwick", "Westvale Children's Services",
                "A report to a child protection conference", (case.victim_id,), now - 6 * A_DAY,
                wanted_on=local_day(now + 7 * A_DAY))  # fmt: skip
    coordinator, chair = people["coordinator"], people["chair"]
    key = _asked(people, case, told, "Written to from her council's own address", now)
    for place, who in enumerate(_suppliers(people, key)):
        _answer(who, key, Says.CONSENT, "", now + (3 + place) * A_MINUTE)
    _put(people, key, _SITS, now + 14 * A_MINUTE)
    disclosure_deciding.decide(chair, key, _chosen(chair, key), now + 15 * A_MINUTE)
    recipient, why = f"{told.name}, {told.organisation}", told.purpose
    disclosure_releases.prepare(coordinator, key, {}, recipient, why, now + 16 * A_MINUTE)
    with acting.acting(chair):
        kept = _kept(chair, key)
        row, _ = disclosure_releases.prepared(chair, kept, disclosure_checking.against(chair, kept))
        seen = disclosure_releases.seen_of(row)
    made = disclosure_releases.release(chair, key, seen, now + 17 * A_MINUTE)
    disclosure_files.fetch(chair, made.id, now + 18 * A_MINUTE)


def _chosen(chair: Principal, key: UUID) -> Chosen:
    """All of it where every item has its agency's consent, else what has."""
    with acting.acting(chair):
        kept = _kept(chair, key)
        items, answers = disclosure_answers.items_for(chair, kept), store.answers(chair, key)
        seen = disclosure_deciding.seen_of(kept)
    whole = all(one.consented for one in stands(items, answers).values())
    return Chosen(Step.APPROVE if whole else Step.APPROVE_IN_PART, _WHY, seen=seen)


def _kept(who: Principal, key: UUID) -> Kept:
    found = store.one(who, key)
    if found is None:
        raise LookupError(key)
    return found


def _media(people: People, case: ToldOf, now: datetime) -> None:
    """It goes to the chair alone (Rulebook X5)."""
    told = Told(Kind.MEDIA, "Ludovic Fanshawe", "The Northmoor Gazette",
                "An article: what did the agencies know?", (), now - 120 * A_MINUTE,
                wanted_on=local_day(now + 3 * A_DAY))  # fmt: skip
    key = disclosures.log(people["coordinator"], case.case_id, told, Requester(), now)
    why = "Called back through the newspaper's switchboard. Nothing was said of any case."
    disclosures.take(people["coordinator"], key, Step.CHECK, why, now + A_MINUTE)


def _asked(people: People, case: ToldOf, told: Told, checked: str, now: datetime) -> UUID:
    """Logged and checked, and every agency asked for its own."""
    coordinator = people["coordinator"]
    key = disclosures.log(coordinator, case.case_id, told, Requester(), now)
    disclosures.take(coordinator, key, Step.CHECK, checked, now + A_MINUTE)
    disclosures.take(coordinator, key, Step.ASK, "", now + 2 * A_MINUTE)
    return key


def _suppliers(people: People, key: UUID) -> Sequence[Principal]:
    """Who answers for each agency that was asked and may open the case, in the order of the panel."""
    found = []
    with acting.acting(people["coordinator"]):
        asked = {one.agency_id for one in _kept(people["coordinator"], key).asked}
    for person in PEOPLE[2:]:
        who = people[person.handle]
        if who.agency_id not in asked:
            continue
        with acting.acting(who):
            if store.one(who, key) is not None:
                found.append(who)
                asked.discard(who.agency_id)
    return found


def _answer(who: Principal, key: UUID, says: Says, words: str, now: datetime) -> None:
    """Alike for everything their agency supplied."""
    with acting.acting(who):
        items = disclosure_answers.items_for(who, _kept(who, key))
    for second, item in enumerate(items):
        at = now + timedelta(seconds=second)
        disclosure_answers.answer(who, key, item.id, item.version, says, words, (), at)


def _put(people: People, key: UUID, why: str, now: datetime) -> None:
    """To the chair, where somebody has not answered."""
    with acting.acting(people["coordinator"]):
        waits = _kept(people["coordinator"], key).state is State.ASKED
    if waits:
        disclosures.take(people["coordinator"], key, Step.PUT, why, now)
