"""One message a day: what was gathered is told once, asked at the door again, and never lost (S2, F3, M6)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from agenda.rules import RuleBroken
from meetingsvc.mail import Cleared
from meetingsvc.mail_smtp import Fault, NotSent
from meetingsvc.models import AccountRow, AuditRow, OutboxRow, WallRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import audit, outbox, refusals
from meetingsvc.store import digests as store
from meetingsvc.store.outbox import Message, State
from meetingsvc.usecases import digests, marac_publishing, notice_times, notices, outbox_care
from meetingsvc.usecases import outbox as worker
from meetingsvc.usecases.transaction import saved
from notifications.messages import Line, Notice
from notifications.recipients import Ground
from notifications.schedule import line
from tests.a_marac import NOW
from tests.servers.remembered import remembered
from tests.usecases.test_pack_restricted import Panel

WAITING = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs"}
#: The next morning's hour of the one message a day, and just after.
DIGEST = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
AFTER = DIGEST + timedelta(minutes=2)
KINDS = (Notice.PACK_READY, Notice.ACTIONS, Notice.MINUTES)


@pytest.fixture
@remembered
def panel(area_id: UUID) -> Panel:
    found = Panel(area_id, restricted=0)
    marac_publishing.publish(found.chair, found.meeting_id, NOW)
    with saved():  # what its MARAC has told by now
        db.session.execute(delete(OutboxRow))
    notice_times.choose(found.named, KINDS, NOW)
    return found


def tell(who: Principal, notice: Notice = Notice.PACK_READY, about: list[UUID] | None = None,
         at: datetime = NOW, path: str = "/packs") -> None:  # fmt: skip
    with saved():
        notices.put(who.area_id, who.account_id, notice, WAITING | {"path": path}, at + timedelta(minutes=1),
                    about=about or [])  # fmt: skip


def sent(at: datetime, then: Callable[[], None] | None = None) -> list[Message]:
    """What leaves at that moment."""
    found: list[Message] = []

    def carry(cleared: Cleared, message: Message, now: datetime) -> None:
        found.append(message)
        if then:
            then()

    worker.send_waiting(carry, lambda: at)
    return found


def states(notice: Notice | None = None) -> list[str]:
    db.session.rollback()
    rows = select(OutboxRow.state).order_by(OutboxRow.created_at, OutboxRow.id)
    return list(db.session.scalars(rows.where(OutboxRow.notice == notice) if notice else rows))


def wall(who: Principal, case_id: UUID) -> None:
    with saved():
        db.session.add(WallRow(area_id=who.area_id, case_id=case_id, account_id=who.account_id,
                               ground="declared", shared="", state="stands", put_at=NOW))  # fmt: skip


def test_S2_what_waits_comes_in_one_message_each_thing_once(panel: Panel) -> None:
    for notice, path in ((Notice.PACK_READY, "/packs"), (Notice.ACTIONS, "/actions")) * 2:
        tell(panel.named, notice, path=path)
    assert states() == ["gathered"] * 4 and sent(NOW + timedelta(hours=1)) == []
    assert digests.make(DIGEST - timedelta(minutes=1)) == 0
    assert digests.make(AFTER) == 1
    (message,) = sent(AFTER)
    assert (message.notice, message.account_id) == (Notice.DIGEST, panel.named.account_id)
    assert message.waiting.lines == (line(Notice.PACK_READY, "/packs"), line(Notice.ACTIONS, "/actions"))
    assert states() == ["sent"] * 5
    assert digests.make(AFTER) == 0 and sent(AFTER) == []
    with saved():
        assert audit.verify()[1] is None


def test_S2_who_chose_nothing_is_told_at_once_and_what_cannot_wait_leaves_at_once(panel: Panel) -> None:
    tell(panel.unnamed)
    tell(panel.named, Notice.EMERGENCY, path="/emergencies")
    assert {one.notice for one in sent(NOW + timedelta(minutes=2))} == {Notice.PACK_READY, Notice.EMERGENCY}


def test_S2_quiet_hours_hold_back_till_the_morning(panel: Panel) -> None:
    evening = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
    tell(panel.unnamed, at=evening)
    tell(panel.chair, Notice.ALARM, at=evening)
    assert [one.notice for one in sent(evening + timedelta(hours=3))] == [Notice.ALARM]
    assert [one.notice for one in sent(datetime(2026, 11, 24, 7, 0, tzinfo=UTC))] == [Notice.PACK_READY]


def test_F3_M6_each_thing_is_asked_at_the_door_when_the_message_is_made_and_again_when_it_leaves(
    panel: Panel,
) -> None:
    first, second = panel.cases
    tell(panel.named, Notice.PACK_READY, [first])
    tell(panel.named, Notice.ACTIONS, [second], path="/actions")
    tell(panel.named, Notice.MINUTES, path="/minutes")
    wall(panel.named, first)
    assert digests.make(AFTER) == 1
    wall(panel.named, second)
    (message,) = sent(AFTER)
    assert message.waiting.lines == (line(Notice.MINUTES, "/minutes"),)
    assert [states(kind)[0] for kind in KINDS] == ["refused", "refused", "sent"]
    kept = refusals.page(panel.coordinator, 1, 50)
    assert {(one.kind, one.ground) for one in kept} == {
        (Notice.PACK_READY, Ground.WALL), (Notice.ACTIONS, Ground.WALL),
    }  # fmt: skip


def test_F3_with_nothing_left_to_tell_nothing_is_made_and_nothing_leaves(panel: Panel) -> None:
    tell(panel.named, Notice.PACK_READY, [panel.cases[0]])
    wall(panel.named, panel.cases[0])
    assert digests.make(AFTER) == 0 and states() == ["refused"]
    tell(panel.named, Notice.ACTIONS, [panel.cases[1]])
    assert digests.make(AFTER) == 1
    wall(panel.named, panel.cases[1])
    assert sent(AFTER) == [] and states(Notice.DIGEST) == ["refused"]


def test_V1_who_cannot_sign_in_any_more_gets_nothing_of_it(panel: Panel) -> None:
    tell(panel.named)
    tell(panel.named, Notice.ACTIONS)
    with saved():
        assert outbox.cancel_for([panel.named.account_id], Ground.DISABLED, NOW) == 2
    assert digests.make(AFTER) == 0 and states() == ["refused", "refused"]
    tell(panel.named)
    with saved():
        row = update(AccountRow).where(AccountRow.id == panel.named.account_id)
        db.session.execute(row.values(disabled_at=NOW))
    assert digests.make(AFTER) == 0 and states() == ["refused"] * 3


def test_a_worker_that_dies_between_making_and_sending_loses_nothing(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(panel.named)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, "join", dies)
        with pytest.raises(KeyboardInterrupt):
            digests.make(AFTER)
    assert states() == ["gathered"], "neither half of it was kept"
    assert digests.make(AFTER) == 1
    with pytest.raises(KeyboardInterrupt):
        sent(AFTER, lambda: dies())
    assert states(Notice.PACK_READY) == ["gathered"] and states(Notice.DIGEST) == ["claimed"]
    later = AFTER + timedelta(minutes=20)
    assert digests.make(later) == 0, "its message still goes"
    (message,) = sent(later)
    assert message.waiting.lines and states() == ["sent", "sent"]


def test_what_a_message_told_that_was_given_up_goes_into_the_next_one(panel: Panel) -> None:
    tell(panel.named)
    digests.make(AFTER)
    with saved():
        db.session.execute(
            update(OutboxRow).where(OutboxRow.notice == Notice.DIGEST).values(state=State.FAILED)
        )
    tomorrow = AFTER + timedelta(days=1)
    assert digests.make(tomorrow) == 1 and len(sent(tomorrow)) == 1
    assert states(Notice.PACK_READY) == ["sent"]


def test_S2_a_daily_message_refused_for_good_is_not_made_again_the_same_day(panel: Panel) -> None:
    """The worker runs each few minutes: each time would be one more refusal, one more row to decide on."""
    tell(panel.named)

    def refuses() -> None:
        raise NotSent(Fault.REFUSED)

    assert digests.make(AFTER) == 1 and len(sent(AFTER, refuses)) > 0
    assert states(Notice.DIGEST) == ["failed"]
    for minutes in (5, 10, 300):
        assert digests.make(AFTER + timedelta(minutes=minutes)) == 0
    assert states(Notice.PACK_READY) == ["gathered"], "and nothing is lost"
    tomorrow = AFTER + timedelta(days=1)
    assert digests.make(tomorrow) == 1
    assert Notice.DIGEST in {one.notice for one in sent(tomorrow)}
    assert states(Notice.PACK_READY) == ["sent"]


def made(at: datetime) -> UUID:
    assert digests.make(at) == 1
    return db.session.scalars(select(OutboxRow.id).where(OutboxRow.notice == Notice.DIGEST)).one()


def test_what_a_message_told_that_was_withdrawn_goes_with_it(panel: Panel) -> None:
    tell(panel.named)
    outbox_care.withdraw(panel.coordinator, made(AFTER), AFTER)
    assert states() == ["withdrawn", "withdrawn"]
    assert digests.make(AFTER + timedelta(days=1)) == 0


def test_M6_what_whoever_withdrew_it_may_not_see_goes_into_the_next_one(panel: Panel) -> None:
    hidden, opened = panel.cases
    tell(panel.named, Notice.ACTIONS, [hidden], path="/actions")
    tell(panel.named, Notice.MINUTES, [opened], path="/minutes")
    digest_id = made(AFTER)
    wall(panel.coordinator, hidden)
    outbox_care.withdraw(panel.coordinator, digest_id, AFTER)
    assert [states(kind)[0] for kind in (Notice.ACTIONS, Notice.MINUTES)] == ["gathered", "withdrawn"]
    assert digests.make(AFTER + timedelta(minutes=5)) == 0, "one a day: another at once would tell of it"
    tomorrow = AFTER + timedelta(days=1)
    assert digests.make(tomorrow) == 1
    (message,) = sent(tomorrow)
    assert message.waiting.lines == (line(Notice.ACTIONS, "/actions"),)
    assert states(Notice.ACTIONS) == ["sent"]


def test_what_is_gathered_at_the_very_moment_of_the_daily_message_is_not_lost(panel: Panel) -> None:
    tell(panel.named, at=DIGEST - timedelta(minutes=1))
    assert states() == ["gathered"] and digests.make(AFTER) == 1
    assert len(sent(AFTER)) == 1 and states() == ["sent", "sent"]


def test_there_is_one_message_a_person_and_day(panel: Panel) -> None:
    tell(panel.named)
    assert digests.make(AFTER) == 1 and len(sent(AFTER)) == 1
    tell(panel.named, Notice.ACTIONS)
    with saved():  # as if the area had set another hour meanwhile
        db.session.execute(update(OutboxRow).where(OutboxRow.state == "gathered").values(not_before=AFTER))
    assert digests.make(AFTER + timedelta(hours=2)) == 0
    tomorrow = AFTER + timedelta(days=1)
    assert digests.make(tomorrow - timedelta(hours=1)) == 0
    assert digests.make(tomorrow) == 1


def test_a_message_made_late_at_night_keeps_quiet_hours(panel: Panel) -> None:
    tell(panel.named)
    night = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    assert digests.make(night) == 1 and sent(night) == []
    assert len(sent(datetime(2026, 11, 25, 7, 0, tzinfo=UTC))) == 1


def test_somebody_chooses_for_themselves_and_it_is_kept_and_traced(panel: Panel) -> None:
    assert notice_times.choose(panel.named, KINDS, NOW) == 0
    assert notice_times.choose(panel.named, [Notice.ACTIONS], NOW) == 2
    tell(panel.named, Notice.PACK_READY)
    tell(panel.named, Notice.ACTIONS)
    assert [*states(Notice.PACK_READY), *states(Notice.ACTIONS)] == ["waiting", "gathered"]
    for kind in (Notice.EMERGENCY, Notice.LIST_READY, Notice.TRANSFER):
        with pytest.raises(RuleBroken):
            notice_times.choose(panel.named, [kind], NOW)
    lines = db.session.scalars(
        select(AuditRow).where(AuditRow.action == "notices.chosen").order_by(AuditRow.id)
    ).all()
    assert [one.detail["kinds"] for one in lines] == [3, 1]


def test_S2_a_message_says_why_in_lines_without_a_name(panel: Panel) -> None:
    tell(panel.named, Notice.ACTIONS, [panel.cases[0]], path="/actions")
    digests.make(AFTER)
    (message,) = sent(AFTER)
    assert message.waiting == replace(
        message.waiting, lines=(Line("An action is due soon, or overdue", "/actions"),)
    )
    assert message.about == frozenset(), "the message is about no case; each of its lines was asked for"
