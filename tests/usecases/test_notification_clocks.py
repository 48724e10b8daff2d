"""By when agencies are told of the police's incidents: recorded, and shown where it is late (P1)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.agencies import AgencyKind
from agenda.area import AreaSettings
from agenda.notification_clocks import TOLD, Task
from agenda.rules import RuleBroken
from meetingsvc.models import AreaRow, AuditRow, IncidentRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, areas
from meetingsvc.store import notification_clocks as store
from meetingsvc.usecases import areas as areas_usecase
from meetingsvc.usecases import notification_clocks as usecase
from meetingsvc.usecases.transaction import saved
from tests.a_marac import a_person, an_agency
from tests.builders import a_row, take_in
from tests.servers.remembered import remembered

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
#: Friday 20 November 2026, 12:00.
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
@remembered
def who(area_id: UUID) -> Principal:
    return a_person(an_agency(area_id), Role.COORDINATOR)


def used(area_id: UUID, since: date | None = date(2026, 11, 1)) -> None:
    with acting.service(), saved():
        row = db.session.get_one(AreaRow, area_id)
        row.settings = areas.settings_json(replace(AreaSettings(), notify_from=since))


def an_incident(who: Principal, risk: str, at: datetime = AT) -> str:
    row = a_row(risk=risk, recorded_at=at.isoformat(), incident_at=at.isoformat())
    take_in(who.area_id, row)
    return row["occurrence_number"]


def ids_of(number: str) -> list[int]:
    with acting.service():
        return list(db.session.scalars(select(IncidentRow.id).where(IncidentRow.occurrence_number == number)))


def late(who: Principal, now: datetime) -> int:
    with acting.acting(who):
        counted = store.count_late(who, now)
        told = store.undone(who)
    by_the_rule = [one for one in told if any(c.done_at is None for c in one.late(now))]
    assert counted == len(by_the_rule), "what the database counts is what the rule says"
    return counted


def test_P1_where_an_area_does_not_use_them_none_runs(who: Principal) -> None:
    number = an_incident(who, "high")
    assert late(who, AT + 30 * DAY) == 0
    with pytest.raises(NotFound):
        usecase.record(who, number, TOLD, False, AT, AT + HOUR)


def test_P1_what_was_recorded_before_they_were_used_has_none(who: Principal) -> None:
    an_incident(who, "high")
    used(who.area_id, date(2026, 11, 21))
    assert late(who, AT + 30 * DAY) == 0


def test_P1_high_is_late_after_24_hours(who: Principal) -> None:
    used(who.area_id)
    an_incident(who, "high")
    assert late(who, AT + 24 * HOUR) == 0 and late(who, AT + 24 * HOUR + timedelta(seconds=1)) == 1


def test_P1_medium_is_late_after_three_days(who: Principal) -> None:
    used(who.area_id)
    an_incident(who, "medium")
    midnight = datetime(2026, 11, 24, 0, 0, 1, tzinfo=UTC)
    assert late(who, midnight - 2 * timedelta(seconds=1)) == 0 and late(who, midnight) == 1


def test_P1_a_standard_one_is_reviewed_within_seven_days_of_having_it(who: Principal) -> None:
    used(who.area_id)
    number = an_incident(who, "standard")
    assert late(who, AT + 60 * DAY) == 0, "no time is set for telling of it"
    usecase.record(who, number, [AgencyKind.CHILDRENS_SOCIAL_CARE], False, AT + DAY, AT + DAY)
    assert late(who, AT + 8 * DAY) == 0 and late(who, AT + 9 * DAY) == 1
    usecase.record(who, number, [], True, AT + 9 * DAY, AT + 9 * DAY)
    assert late(who, AT + 60 * DAY) == 0
    with acting.acting(who):
        (one,) = store.done_late(who, AT + 10 * DAY)
    assert [clock.task for clock in one.late(AT + 10 * DAY)] == [Task.REVIEW], "done too late shows"


def test_P1_each_agency_is_told_by_itself_by_whom_and_when(who: Principal) -> None:
    used(who.area_id)
    number = an_incident(who, "high")
    usecase.record(who, number, [AgencyKind.HEALTH], False, AT + HOUR, AT + 2 * HOUR)
    with acting.acting(who):
        (one,) = store.of(who, {number: ids_of(number)})
    assert [(done.agency, done.at, done.by) for done in one.done] == [
        (AgencyKind.HEALTH, AT + HOUR, "Joan Akande")
    ]
    assert one.to_tell == (AgencyKind.CHILDRENS_SOCIAL_CARE, AgencyKind.EDUCATION)
    assert late(who, AT + 2 * DAY) == 1
    usecase.record(who, number, one.to_tell, False, AT + 2 * HOUR, AT + 2 * HOUR)
    assert late(who, AT + 2 * DAY) == 0
    with pytest.raises(RuleBroken, match="meanwhile"):
        usecase.record(who, number, TOLD, False, AT + 2 * HOUR, AT + 2 * HOUR)
    with acting.service():
        lines = db.session.scalars(select(AuditRow).where(AuditRow.action == "notification.recorded")).all()
    assert [line.detail for line in lines] == [{"done": 1}, {"done": 2}]


@pytest.mark.parametrize("at", [AT - HOUR, AT + 3 * HOUR])
def test_P1_nobody_was_told_before_the_assessment_or_is_yet_to_be(who: Principal, at: datetime) -> None:
    used(who.area_id)
    number = an_incident(who, "high")
    with pytest.raises(RuleBroken):
        usecase.record(who, number, TOLD, False, at, AT + 2 * HOUR)


def test_P1_another_areas_incident_is_not_there(who: Principal, area_id: UUID) -> None:
    used(area_id)
    number = an_incident(who, "high")
    other = areas_usecase.create("southmoor", date(2026, 11, 2), AT)
    used(other)
    stranger = a_person(an_agency(other, "Southmoor Council"), Role.COORDINATOR)
    with pytest.raises(NotFound):
        usecase.record(stranger, number, TOLD, False, AT, AT + HOUR)


def test_P1_T13_a_number_that_comes_again_about_others_has_clocks_of_its_own(who: Principal) -> None:
    used(who.area_id)
    row = a_row(risk="high", recorded_at=AT.isoformat(), incident_at=AT.isoformat())
    number = row["occurrence_number"]
    others = row | {"victim_nominal": "V-OTHER", "victim_surname": "Quillon"}
    take_in(who.area_id, row)
    usecase.record(who, number, TOLD, False, AT + HOUR, AT + HOUR)
    take_in(who.area_id, others)
    assert late(who, AT + 2 * DAY) == 1, "nobody was told of them"
    usecase.record(who, number, TOLD[:1], False, AT + HOUR, AT + HOUR)
    take_in(who.area_id, others | {"summary": "More is known."})
    usecase.record(who, number, TOLD[1:], False, AT + HOUR, AT + HOUR)
    assert late(who, AT + 2 * DAY) == 0, "what was told of an earlier version of theirs counts"
    with acting.acting(who):
        told = {one.key: len(one.done) for one in store.of(who, {number: ids_of(number)})}
    assert told == {f"{number} v1": len(TOLD), number: len(TOLD)}, "each with its own"


def test_P1_T13_one_whose_number_others_took_is_still_to_be_told_of(who: Principal) -> None:
    used(who.area_id)
    row = a_row(risk="high", recorded_at=AT.isoformat(), incident_at=AT.isoformat())
    number = row["occurrence_number"]
    take_in(who.area_id, row)
    take_in(who.area_id, row | {"victim_nominal": "V-OTHER", "victim_surname": "Quillon"})
    assert late(who, AT + 2 * DAY) == 2
    usecase.record(who, f"{number} v1", TOLD, False, AT + HOUR, AT + HOUR)
    assert late(who, AT + 2 * DAY) == 1
    with pytest.raises(NotFound):
        usecase.record(who, f"{number} v2", TOLD, False, AT + HOUR, AT + HOUR)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"victim_nominal": "", "victim_dob": ""}, {"victim_nominal": "", "victim_dob": "1991-03-04"}),
        ({"victim_nominal": ""}, {"victim_nominal": "V-1"}),
        ({k: "" for k in a_row() if k.startswith("perpetrator_")}, {}),
        ({}, {"victim_surname": "Married"}),
    ],
)
def test_P1_T13_what_is_learned_of_the_same_people_starts_no_new_clock(
    who: Principal, first: dict[str, str], then: dict[str, str]
) -> None:
    used(who.area_id)
    row = a_row(risk="high", recorded_at=AT.isoformat(), incident_at=AT.isoformat())
    take_in(who.area_id, row | first)
    usecase.record(who, row["occurrence_number"], TOLD, False, AT + HOUR, AT + HOUR)
    take_in(who.area_id, row | then)
    assert late(who, AT + 2 * DAY) == 0
