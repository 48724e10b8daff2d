"""A MARAC whose day passed without a published agenda."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from agenda.circulation import Group
from meetingsvc.models import ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.permissions import Role
from meetingsvc.usecases import marac, marac_publishing
from meetingsvc.usecases.carry_over import carry_over
from tests.a_marac import NOW, a_person, an_agency, referred
from tests.usecases.test_marac import THURSDAY, set_marac_day

A_FORTNIGHT = timedelta(days=14)


def on_agendas() -> dict[date, int]:
    """How many cases the agenda of each MARAC holds."""
    rows = select(MeetingRow.sits_on, ItemRow.id).join(ItemRow, ItemRow.meeting_id == MeetingRow.id)
    days = [day for day, _ in db.session.execute(rows.where(MeetingRow.kind == "MARAC"))]
    return {day: days.count(day) for day in days}


def test_M1_cases_of_an_agenda_never_published_go_on_the_next(area_id: UUID) -> None:
    set_marac_day(area_id, THURSDAY)
    referred(a_person(an_agency(area_id), Role.COORDINATOR), [Group.NEW_NO_SAFEGUARDS] * 3)
    assert on_agendas() == {THURSDAY: 3}
    assert carry_over(NOW.replace(month=12, day=3, hour=20)) == 0, "its own day is not over"
    assert carry_over(NOW.replace(month=12, day=4)) == 3
    assert on_agendas() == {THURSDAY + A_FORTNIGHT: 3}
    assert carry_over(NOW.replace(month=12, day=4)) == 0, "a second time moves nothing"
    assert all(db.session.scalars(select(OutcomeRow.marac_item_id))), "no referral is left without an agenda"


def test_M1_what_a_published_agenda_holds_stays(area_id: UUID) -> None:
    set_marac_day(area_id, THURSDAY)
    coordinator = a_person(an_agency(area_id), Role.COORDINATOR)
    referred(coordinator, [Group.NEW_NO_SAFEGUARDS] * 2)
    meeting_id = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
    marac.close(coordinator, meeting_id, NOW)
    marac_publishing.publish(coordinator, meeting_id, NOW)
    assert carry_over(NOW.replace(month=12, day=4)) == 0
    assert on_agendas() == {THURSDAY: 2}
