"""A chase ends when its duty is done, and not because somebody took a message back (A2, F1, G1; practice)."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select

from agenda.rules import RuleBroken
from meetingsvc.models import ActionReminderRow, FlagRow, ItemRow, OutboxRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.store.outbox import State
from meetingsvc.usecases import action_reminders, feedback_chasing, flags, outbox_care, outcomes
from meetingsvc.usecases.transaction import saved
from minutes.actions import Action, Category
from minutes.recording import Recording
from notifications.messages import Notice
from tests.a_marac import NOW, a_person, an_agency
from tests.a_telling import a_flag
from tests.usecases import test_feedback
from tests.usecases.test_feedback import NOT_REFERRED, Panel

panel = pytest.fixture(test_feedback.panel.__wrapped__, name="panel")


def told(notice: Notice) -> list[OutboxRow]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxRow).where(OutboxRow.notice == notice)))


def tell_of_flags(area_id: UUID) -> None:
    with saved(), acting.whole_area(area_id):
        flags._tell(area_id, NOW)


def test_F1_nobody_withdraws_the_reminder_that_a_victim_is_to_be_told(panel: Panel) -> None:
    panel.record()
    panel.close()
    with saved():
        db.session.execute(delete(OutboxRow))
    assert feedback_chasing.remind(NOW) == 1
    (row,) = told(Notice.FEEDBACK)
    hostile = a_person(panel.coordinator.agency_id, Role.COORDINATOR, "Wren Ashdown")
    with pytest.raises(RuleBroken, match="duty"):
        outbox_care.withdraw(hostile, row.id, NOW)
    assert [one.state for one in told(Notice.FEEDBACK)] == [State.WAITING]


def test_A2_reminder_days_are_not_used_up_on_nobody(panel: Panel) -> None:
    empty = an_agency(panel.coordinator.area_id, "Nobody There", daily=True)
    action = Action(Category.VICTIM, empty, "Fit a lock", date(2026, 12, 1))
    outcomes.record(panel.coordinator, panel.items[0], Recording(0, NOT_REFERRED, {uuid4(): action}), NOW)
    days = [NOW + timedelta(days=n) for n in (7, 9, 16)]
    assert [action_reminders.remind(day) for day in days] == [0, 0, 0]
    assert db.session.scalars(select(ActionReminderRow.day)).all() == []
    joins = a_person(empty, name="Late Comer")
    assert action_reminders.remind(days[-1] + timedelta(hours=1)) == 1
    assert [one.account_id for one in told(Notice.ACTIONS)] == [joins.account_id]
    assert action_reminders.remind(days[-1] + timedelta(hours=2)) == 0, "once"


def test_G1_a_flag_of_an_agency_without_people_is_told_to_whoever_joins(panel: Panel) -> None:
    empty = an_agency(panel.coordinator.area_id, "Nobody There", daily=True)
    with saved():
        flag = a_flag(uuid4(), db.session.get_one(ItemRow, panel.items[0]), empty, "Harbour")
        flag.notify = True
        db.session.add(flag)
    tell_of_flags(panel.coordinator.area_id)
    assert db.session.scalars(select(FlagRow.notify)).one() is True and told(Notice.FLAGS) == []
    joins = a_person(empty, name="Late Comer")
    tell_of_flags(panel.coordinator.area_id)
    assert [one.account_id for one in told(Notice.FLAGS)] == [joins.account_id]
