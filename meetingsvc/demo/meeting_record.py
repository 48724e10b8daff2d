"""Who came to Northmoor's meetings, how long its cases took, and how its two MARACs ended, all invented."""

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from agenda.calendar import local_day
from agenda.incidents import Risk
from agenda.meetings import MeetingKind
from meetingsvc.demo import live
from meetingsvc.demo.chance import stable_id
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, lists
from meetingsvc.store import demo as found
from meetingsvc.store import meeting_record as store
from meetingsvc.store.meeting_record_cases import cases
from meetingsvc.usecases import meeting_record, outcomes
from meetingsvc.usecases import meeting_record_attendance as attendance
from meetingsvc.usecases import meeting_record_hearing as hearing
from minutes.attendance import AgencyTold, PersonTold
from minutes.outcome import Outcome, Safeguard, Tick
from minutes.recording import Recording

A_MINUTE = timedelta(minutes=1)
_NO_TIME = "No time was left: the case before it took half an hour."
_NOTES = (
    "The daily meeting's plan still holds. Housing will confirm the move by the end of the week.",
    "Children's social care visits again next week; the school knows whom to call.",
    "Probation warned of the release date. The IDVA tells her, in person.",
)


def daily(coordinator: Principal, day: date, now: datetime, chance: Random, clock: bool) -> None:
    """Who came to one daily meeting; on the last days also how long its first cases took."""
    with acting.whole_area(coordinator.area_id):
        meeting_id = lists.meeting_id(coordinator.area_id, MeetingKind.DRAMM, day)
    if meeting_id is None:
        raise LookupError(day)
    attend(coordinator, meeting_id, now, chance)
    if clock:
        _hear(coordinator, meeting_id, now, chance, 2, 6)


def marac(coordinator: Principal, day: date, now: datetime, chance: Random) -> None:
    """A whole MARAC: who came, each case with its time and outcome, the last not reached; and its end."""
    with acting.acting(coordinator):
        meeting_id = found.marac_on(coordinator, day)
    if meeting_id is None:
        raise LookupError(day)
    attend(coordinator, meeting_id, now, chance)
    items = _hear(coordinator, meeting_id, now, chance, 12, 99)
    for item_id in items[:-1]:
        told = live.reviewed(coordinator, item_id, _decided(chance), chance)
        outcomes.record(coordinator, item_id, told, now + 300 * A_MINUTE)
    for item_id in items[-1:]:
        meeting_record.not_reach(coordinator, item_id, _NO_TIME, now + 300 * A_MINUTE)
    meeting_record.end(coordinator, meeting_id, now + 301 * A_MINUTE)


def attend(coordinator: Principal, meeting_id: UUID, now: datetime, chance: Random) -> None:
    """Who came to a meeting, and that confidentiality was read out."""
    with acting.acting(coordinator):
        record = store.record(coordinator, meeting_id)
        if record is None:
            raise LookupError(meeting_id)
        expected = store.expected_people({agency.agency_id for agency in record.agencies})
    people, came = [], set[UUID]()
    for one in expected:
        here = one.account_id == coordinator.account_id or chance.random() < 0.8
        told = PersonTold(one.account_id, one.name, here, one.role.label, one.agency_id, by_account=True)
        people.append(told)
        came |= {one.agency_id} if here else set()
    people.append(
        PersonTold(stable_id(chance), "Iris Copley", True, "student social worker", None,
                   organisation="Northmoor College", observer=True, signed=True)
    )  # fmt: skip
    absent = [
        AgencyTold(agency.agency_id, True, sent, local_day(now) if sent else None)
        for agency in record.agencies
        if agency.agency_id not in came and chance.random() < 0.7
        for sent in (chance.random() < 0.6,)
    ]
    attendance.save(coordinator, meeting_id, attendance.Told(people, absent, statement_read=True), now)


def _hear(
    coordinator: Principal, meeting_id: UUID, now: datetime, chance: Random, minutes: int, most: int
) -> list[UUID]:
    with acting.acting(coordinator):
        meeting = store.meeting(coordinator, meeting_id)
        if meeting is None:
            raise LookupError(meeting_id)
        items = [line.item_id for line in cases(coordinator, meeting, now)][:most]
    at = now + A_MINUTE
    for item_id in items:
        hearing.hear(coordinator, item_id, at)
        at += minutes * A_MINUTE * chance.uniform(0.5, 1.4)
    for item_id in items[-1:]:
        hearing.pause(coordinator, item_id, at)
    return items


def _decided(chance: Random) -> Recording:
    in_place = chance.random() < 0.7
    ticks = tuple(Tick(safeguard, in_place and chance.random() < 0.6) for safeguard in Safeguard)
    risk = Risk.HIGH if chance.random() < 0.8 else Risk.MEDIUM
    return Recording(0, Outcome(risk, ticks, in_place, False, notes=chance.choice(_NOTES)))
