"""A chase ends when its duty is done, and not because somebody took a message back (A2, F1, G1; practice)."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select
from werkzeug.exceptions import Forbidden

from agenda.rules import RuleBroken
from meetingsvc.models import ActionReminderRow, AuditRow, FlagRow, ItemRow, OutboxRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, outbox
from meetingsvc.store.outbox import State
from meetingsvc.store.outbox_page import Closing
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


def a_message(
    panel: Panel, notice: Notice, state: State = State.WAITING, to: Principal | None = None
) -> UUID:
    context = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/home"}
    who = to or panel.rep
    with saved():
        key = outbox.put(who.area_id, who.account_id, notice, context, NOW, state=state)
    assert key is not None
    return key


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


@pytest.mark.parametrize("notice", [Notice.DISAGREEMENT, Notice.CORRECTION, Notice.RECORDS, Notice.TRANSFER,
                                    Notice.NAMED_CASE])  # fmt: skip
def test_V4_R2_L3_M5_X5_nobody_withdraws_the_only_message_there_will_be(panel: Panel, notice: Notice) -> None:
    key = a_message(panel, notice)
    with pytest.raises(RuleBroken, match="duty"):
        outbox_care.withdraw(panel.coordinator, key, NOW)
    with pytest.raises(RuleBroken, match="given up"):
        outbox_care.close(panel.coordinator, key, Closing.TOLD, NOW)
    assert db.session.get_one(OutboxRow, key).state == State.WAITING


def test_F1_what_was_given_up_is_closed_with_a_reason_by_name(panel: Panel) -> None:
    """A mailbox that nobody reads any more would else stand on the first page for good."""
    key = a_message(panel, Notice.FEEDBACK, State.FAILED)
    alarm = a_message(panel, Notice.ALARM, State.FAILED, to=panel.coordinator)
    with pytest.raises(RuleBroken):
        outbox_care.close(panel.coordinator, alarm, Closing.DONE, NOW)
    with pytest.raises(Forbidden):
        outbox_care.close(panel.rep, key, Closing.ANOTHER, NOW)
    outbox_care.close(panel.coordinator, key, Closing.ANOTHER, NOW)
    row = db.session.get_one(OutboxRow, key)
    assert (row.state, row.why) == (State.WITHDRAWN, "Somebody else of their agency was told.")
    (line,) = db.session.scalars(select(AuditRow).where(AuditRow.action == "message.closed"))
    assert (line.actor, line.detail["why"]) == (str(panel.coordinator.account_id), "another")
    with pytest.raises(RuleBroken):
        outbox_care.close(panel.coordinator, key, Closing.ANOTHER, NOW)


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
