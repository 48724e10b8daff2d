"""Today: counts of what the person may see, and of nothing else."""

from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from agenda.circulation import Group
from meetingsvc.models import AgencyRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, areas, home
from meetingsvc.store.acting import Host
from meetingsvc.usecases import marac, marac_publishing
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, TUESDAY, a_person, referred
from tests.builders import a_row, take_in
from tests.web.conftest import SignIn, agency_named


def published(coordinator: Principal) -> UUID:
    """A MARAC of two cases whose agenda is shared."""
    referred(coordinator, [Group.NEW_NO_SAFEGUARDS] * 2)
    meeting_id = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
    marac.close(coordinator, meeting_id, NOW)
    marac_publishing.publish(coordinator, meeting_id, NOW)
    return meeting_id


def test_a_late_case_is_counted_for_nobody_who_may_not_see_it_yet(service: Flask, signed_in: SignIn) -> None:
    with service.app_context():
        coordinator = a_person(agency_named("Northtest Police"), Role.COORDINATOR)
        meeting_id = published(coordinator)
        (late,) = referred(coordinator, [Group.NEW_NO_SAFEGUARDS], TUESDAY)
        marac.add_late(coordinator, meeting_id, [late], "Released from custody today", NOW)
        told = accounts.principal(a_person(agency_named("Northtest Homes")).account_id, NOW)
        assert told is not None
        sitting, whole = home.next_marac(told, TUESDAY), home.next_marac(coordinator, TUESDAY)
        assert sitting is not None and whole is not None
        assert (sitting.cases, whole.cases) == (2, 3)
    page = signed_in(Role.COORDINATOR).get("/").text
    assert "Supplementary list not published" in page
    assert "Supplementary list" not in signed_in(Role.REPRESENTATIVE, agency="Northtest Homes").get("/").text


def test_who_is_refused_is_sent_to_somebody_else_than_themselves(signed_in: SignIn) -> None:
    for role in (Role.COORDINATOR, Role.CHAIR):
        answer = signed_in(role).get("/jobs")
        assert answer.status_code == 403 and "ask the coordinator" not in answer.text, role
        assert "ask information governance or the administrator." in answer.text
    answer = signed_in(Role.REPRESENTATIVE).get("/jobs")
    assert answer.status_code == 403 and "ask the coordinator of your panel." in answer.text


def test_S3_an_agency_that_signs_later_sees_nothing_from_before(service: Flask, signed_in: SignIn) -> None:
    with service.app_context():
        meeting_id = published(a_person(agency_named("Northtest Police"), Role.COORDINATOR))
        sits_on = db.session.scalars(select(MeetingRow.sits_on).where(MeetingRow.id == meeting_id)).one()
    client = signed_in(Role.REPRESENTATIVE, agency="Northtest Homes")
    for signed_on, status in ((sits_on, 200), (sits_on + timedelta(days=1), 404)):
        with service.app_context(), saved():
            mine = AgencyRow.id == agency_named("Northtest Homes")
            db.session.execute(update(AgencyRow).where(mine).values(signed_on=min(signed_on, NOW.date())))
            db.session.execute(
                update(MeetingRow).values(
                    sits_on=sits_on if status == 200 else NOW.date() - timedelta(days=1)
                )
            )
        assert client.get(f"/marac/{meeting_id}").status_code == status


def test_M1_a_referral_without_a_date_for_a_marac_is_on_the_home_page(
    service: Flask, signed_in: SignIn
) -> None:
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        with saved():
            area = areas.by_id(area.id)
            area.settings = {}
        coordinator = a_person(agency_named("Northtest Police"), Role.COORDINATOR)
        referred(coordinator, [Group.NEW_NO_SAFEGUARDS])
        assert not db.session.scalars(
            select(ItemRow.id).join(MeetingRow).where(MeetingRow.kind == "MARAC")
        ).all()
    assert "Referred, and on no agenda" in signed_in(Role.COORDINATOR).get("/").text


def test_nobody_is_led_to_meetings_their_agency_does_not_attend(signed_in: SignIn) -> None:
    homes = signed_in(Role.REPRESENTATIVE, agency="Northtest Homes").get("/").text
    police = signed_in(Role.REPRESENTATIVE, agency="Northtest Police").get("/").text
    assert "Daily lists" not in homes and "Daily meeting" not in homes
    assert "Daily lists" in police and "Daily meeting" in police


def test_T12_what_a_later_version_dates_before_the_first_list_still_waits_and_is_counted(
    service: Flask,
) -> None:
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        start = area.first_window_start
        told = a_row(recorded_at="2026-11-22T12:00:00+00:00")
        take_in(area.id, told)
        take_in(area.id, told | {"recorded_at": "2016-11-22T12:00:00+00:00"})
        assert home.unconsidered(Host(area.id), start) == 1
