"""What one is told by e-mail: the page of one's own, and the schedule of who runs meetings."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc.models import NoticeChoiceRow, db
from meetingsvc.permissions import Role
from notifications.messages import Notice
from notifications.schedule import SCHEDULE
from tests.web.conftest import SignIn

PAGE = "/account/notices"


def chosen(service: Flask) -> list[str]:
    with service.app_context():
        db.session.rollback()
        return sorted(db.session.scalars(select(NoticeChoiceRow.notice)))


def test_S2_each_person_reads_what_can_reach_them_and_why(service: Flask, signed_in: SignIn) -> None:
    rep = signed_in(Role.REPRESENTATIVE, "Northtest Homes").get(PAGE).text
    assert SCHEDULE[Notice.RESEARCH].tells in rep and SCHEDULE[Notice.RESEARCH].why in rep
    for kind in (Notice.ALARM, Notice.ORDER_ENDING, Notice.DISCLOSURE, Notice.TRANSFER):
        assert SCHEDULE[kind].tells not in rep, kind
    chair = signed_in(Role.CHAIR).get(PAGE).text
    assert SCHEDULE[Notice.DISCLOSURE].tells in chair and SCHEDULE[Notice.ALARM].tells in chair
    coordinator = signed_in(Role.COORDINATOR).get(PAGE).text
    assert SCHEDULE[Notice.DISCLOSURE].tells not in coordinator
    assert SCHEDULE[Notice.ORDER_ENDING].tells in coordinator and SCHEDULE[Notice.ORDER_ENDING].tells in chair
    assert "Quiet hours are from 19:00 to 07:00" in rep and "08:30 on working days" in rep


def test_who_is_sent_nothing_reads_that(signed_in: SignIn) -> None:
    page = signed_in(Role.SYSTEM_ADMINISTRATOR).get(PAGE)
    assert "No messages are sent to you" in page.text and "checkbox" not in page.text


def test_one_chooses_what_comes_once_a_day(service: Flask, signed_in: SignIn) -> None:
    rep = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    assert 'value="actions"' in rep.get(PAGE).text
    saved = rep.post(PAGE, data={"kinds": ["actions", "minutes"]}, follow_redirects=True)
    assert "Saved" in saved.text and saved.text.count(" checked") == 2
    assert chosen(service) == ["actions", "minutes"]
    assert (
        "Nothing was changed"
        in rep.post(PAGE, data={"kinds": ["actions", "minutes"]}, follow_redirects=True).text
    )
    rep.post(PAGE, data={})
    assert chosen(service) == []


@pytest.mark.parametrize("kind", [Notice.EMERGENCY, Notice.LIST_READY, Notice.TRANSFER, "rubbish"])
def test_what_safety_needs_cannot_be_chosen(service: Flask, signed_in: SignIn, kind: str) -> None:
    rep = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    page = rep.post(PAGE, data={"kinds": ["actions", kind]})
    assert page.status_code == 422 and "There is a problem" in page.text and chosen(service) == []
    assert f'value="{kind}"' not in page.text


def test_who_runs_meetings_reads_the_schedule_of_the_area(signed_in: SignIn) -> None:
    page = signed_in(Role.COORDINATOR).get(f"{PAGE}/schedule").text
    for row in SCHEDULE.values():
        assert row.tells in page and row.when in page, row.notice
    assert f'href="{PAGE}/schedule"' in signed_in(Role.CHAIR).get(PAGE).text
    rep = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    assert rep.get(f"{PAGE}/schedule").status_code == 403
    assert "schedule" not in rep.get(PAGE).text


def test_quiet_hours_end_before_the_meetings_of_the_morning(signed_in: SignIn) -> None:
    coordinator = signed_in(Role.COORDINATOR)
    page = coordinator.get("/area").text
    assert 'name="quiet_until"' in page and 'name="pack_remind_days"' in page
    answer = coordinator.post("/area", data={"quiet_from": "19:00", "quiet_until": "11:00", "seen": "{}"})
    assert answer.status_code == 422 and "end by 09:00" in answer.text


def test_M4_one_chooses_the_feed_alone_while_one_subscribes_to_it(service: Flask, signed_in: SignIn) -> None:
    rep = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    page = rep.get(PAGE).text
    assert "How do MARACs come into your calendar?" not in page and "a private link to subscribe to" in page
    rep.post(PAGE, data={"maracs": "feed"})
    assert chosen(service) == [], "without a link there is nothing to choose"
    rep.post("/calendar/link")
    page = rep.get(PAGE).text
    assert re.search(r'value="mail"\s+checked', page) and "a private link to subscribe to" not in page
    saved = rep.post(PAGE, data={"maracs": "feed", "kinds": ["minutes"]}, follow_redirects=True)
    assert re.search(r'value="feed"\s+checked', saved.text)
    assert chosen(service) == ["invitation", "minutes"]
    assert rep.post(PAGE, data={"maracs": "rubbish"}).status_code == 422
    assert chosen(service) == ["invitation", "minutes"]
    rep.post("/calendar/link/revoke")
    assert "How do MARACs come into your calendar?" not in rep.get(PAGE).text
    rep.post(PAGE, data={"kinds": ["minutes"]})
    assert chosen(service) == ["minutes"]


def test_M4_who_attends_no_marac_is_asked_nothing_about_them(signed_in: SignIn) -> None:
    governance = signed_in(Role.INFORMATION_GOVERNANCE)
    assert "MARACs come" not in governance.get(PAGE).text
