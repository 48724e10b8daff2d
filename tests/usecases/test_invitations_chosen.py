"""Who does without invitations by mail while they subscribe to their calendar; what comes anyway (M4)."""

from datetime import date, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from agenda.circulation import Group
from agenda.emergency import Soon
from agenda.rules import RuleBroken
from meetingsvc.models import ItemRow, OutboxRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import notice_times as store
from meetingsvc.usecases import (
    calendar_feeds,
    emergency,
    invitation_replies,
    marac,
    marac_publishing,
    meeting_moves,
    notice_times,
)
from notifications.answers import Answer
from notifications.messages import Notice
from notifications.scheduled import Audience
from tests.a_marac import NOW, a_person, an_agency, line_of, listed, people_rows, referred, to_day
from tests.usecases.test_invitations import FRIDAY, LATER, THURSDAY, Panel, answers, panel, told

__all__ = ["panel"]

on_one = pytest.mark.one_database
MONDAY = date(2026, 12, 7)


def feed_alone(who: Principal) -> str:
    """The key of their link."""
    key = calendar_feeds.make(who, NOW)
    assert notice_times.choose(who, [Notice.INVITATION], NOW) == 1
    return key


def by_mail(who: Principal) -> None:
    assert notice_times.choose(who, [], NOW) == 1


def of_rep(panel: Panel) -> list[tuple[str, int]]:
    db.session.rollback()
    return [(method, sequence) for name, method, sequence in told(panel) if name == "rep"]


def test_M4_who_chose_the_feed_alone_is_invited_and_answers_without_a_mail(panel: Panel) -> None:
    key = feed_alone(panel.rep)
    made = panel.plan()
    assert told(panel) == [("coordinator", "REQUEST", 0)]
    assert answers(panel, made) == {"Joan Akande": None, "Morgan": None}
    invitation_replies.answer(panel.rep, made, Answer.ACCEPTED, NOW)
    assert answers(panel, made)["Joan Akande"] is Answer.ACCEPTED
    to_day(panel.coordinator, made, FRIDAY)
    assert answers(panel, made)["Joan Akande"] is None, "an answer about an earlier time"
    meeting_moves.cancel(panel.coordinator, made, "Nobody was referred.", NOW)
    assert of_rep(panel) == []
    (entry,) = [
        one
        for one in Calendar.from_ical(calendar_feeds.read(key, "127.0.0.1", LATER)).walk("VEVENT")
        if "recurrence-id" in one and one["recurrence-id"].dt.date() == THURSDAY
    ]
    assert (str(entry["status"]), entry["sequence"]) == ("CANCELLED", 2), "their feed tells them"


def test_M4_what_a_mail_put_into_a_calendar_is_brought_up_to_date_and_taken_out_by_mail(panel: Panel) -> None:
    made = panel.plan()
    feed_alone(panel.rep)
    to_day(panel.coordinator, made, FRIDAY)
    meeting_moves.cancel(panel.coordinator, made, "Nobody was referred.", NOW)
    assert of_rep(panel) == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]


def test_M4_who_wants_mails_again_is_asked_with_the_next_change_or_the_agenda(panel: Panel) -> None:
    feed_alone(panel.rep)
    item = referred(panel.coordinator, (Group.REPEAT_NO_SAFEGUARDS,))[0]
    made = line_of(item).meeting_id
    assert of_rep(panel) == []
    by_mail(panel.rep)
    marac.close(panel.coordinator, made, NOW)
    marac_publishing.publish(panel.coordinator, made, NOW)
    assert of_rep(panel) == [("REQUEST", 0)]
    to_day(panel.coordinator, made, FRIDAY)
    assert of_rep(panel) == [("REQUEST", 0), ("REQUEST", 1)]


@on_one
def test_M4_nobody_is_told_to_take_out_what_no_mail_put_in(panel: Panel) -> None:
    feed_alone(panel.rep)
    made = panel.plan()
    by_mail(panel.rep)
    meeting_moves.cancel(panel.coordinator, made, "Nobody was referred.", NOW)
    assert of_rep(panel) == []


def test_M4_an_emergency_marac_is_mailed_whatever_was_chosen(panel: Panel) -> None:
    (item,) = listed(panel.area_id, people_rows(1, NOW.date()))
    case_id = db.session.get_one(ItemRow, item).case_id
    chair = a_person(an_agency(panel.area_id, "Court"), Role.CHAIR, "Ansel")
    for who in (panel.rep, chair):
        feed_alone(who)
    ask = emergency.ask(panel.coordinator, case_id, "He is released tonight.", Soon.TODAY, NOW)
    made = emergency.accept(chair, ask, NOW + timedelta(hours=5), NOW)
    rows = select(OutboxRow).where(OutboxRow.notice == "invitation", OutboxRow.meeting_id == made)
    found = db.session.scalars(rows).all()
    assert {row.account_id for row in found} == {
        one.account_id for one in (panel.coordinator, panel.rep, chair)
    }
    assert all(row.urgent for row in found)


def test_M4_it_holds_only_while_there_is_a_link(panel: Panel) -> None:
    with pytest.raises(RuleBroken, match="Nothing changed"):
        notice_times.choose(panel.rep, [Notice.INVITATION], NOW)
    feed_alone(panel.rep)
    panel.plan()
    assert of_rep(panel) == []
    calendar_feeds.revoke(panel.rep, NOW)
    made = panel.plan(MONDAY)
    assert of_rep(panel) == [("REQUEST", 0)], "nobody's calendar learns of nothing"
    assert len(answers(panel, made)) == 2


@on_one
def test_S2_it_makes_nothing_come_once_a_day(panel: Panel) -> None:
    feed_alone(panel.rep)
    assert store.once_a_day(panel.rep.account_id) == set()
    assert Audience.ANYBODY not in {row.audience for row in store.reaching(panel.rep)}
    notice_times.choose(panel.rep, [Notice.INVITATION, Notice.MINUTES], NOW)
    assert store.once_a_day(panel.rep.account_id) == {Notice.MINUTES}


@on_one
def test_M4_who_is_invited_to_no_marac_has_nothing_to_choose(panel: Panel) -> None:
    calendar_feeds.make(panel.daily, NOW)
    with pytest.raises(RuleBroken, match="Nothing changed"):
        notice_times.choose(panel.daily, [Notice.INVITATION], NOW)
