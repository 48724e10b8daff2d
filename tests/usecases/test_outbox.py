"""The outbox: order kept per recipient, what is tried again, what is left to a person, and what they do."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock, Thread
from time import sleep
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.circulation import Group
from agenda.rules import RuleBroken
from meetingsvc.mail import Cleared
from meetingsvc.mail_smtp import Fault, NotSent
from meetingsvc.models import AuditRow, ItemRow, MeetingRow, OutboxRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, outbox, outbox_page
from meetingsvc.store.outbox import STALE, Message, State
from meetingsvc.usecases import outbox as worker
from meetingsvc.usecases import outbox_care
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from notifications.outgoing import What
from tests.a_marac import a_person, an_agency, referred
from tests.a_wall import a_wall
from tests.servers.remembered import remembered

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
CONTEXT = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs"}
MINUTE = timedelta(minutes=1)


@pytest.fixture
@remembered
def who(area_id: UUID) -> Principal:
    """The coordinator."""
    return a_person(an_agency(area_id, "Northmoor Council"), Role.COORDINATOR, "Morgan Ashdown")


@pytest.fixture
@remembered
def rep(who: Principal) -> Principal:
    return a_person(an_agency(who.area_id))


def put(to: Principal, at: datetime = NOW, notice: Notice = Notice.PACK_READY, **told: Any) -> UUID:
    with saved():
        key = outbox.put(to.area_id, to.account_id, notice, CONTEXT, at, **told)
    assert key is not None
    return key


class Post:
    """Takes messages, and fails as it is told."""

    def __init__(self) -> None:
        self.sent: list[UUID] = []
        self.fails: dict[UUID, Fault] = {}

    def __call__(self, cleared: Cleared, message: Message, now: datetime) -> None:
        if fault := self.fails.get(message.id):
            raise NotSent(fault)
        self.sent.append(message.id)

    def run(self, now: datetime = NOW) -> dict[str, int]:
        return worker.send_waiting(self, lambda: now)


def row(key: UUID) -> OutboxRow:
    db.session.rollback()
    return db.session.scalars(select(OutboxRow).where(OutboxRow.id == key)).one()


def rows(notice: Notice) -> list[OutboxRow]:
    db.session.rollback()
    found = select(OutboxRow).where(OutboxRow.notice == notice)
    return list(db.session.scalars(found.order_by(OutboxRow.created_at, OutboxRow.id)))


def audited(key: UUID) -> list[str]:
    rows = select(AuditRow.action).where(AuditRow.subject == f"message/{key}").order_by(AuditRow.id)
    return list(db.session.scalars(rows))


def test_S2_what_is_put_in_order_to_one_person_arrives_in_order_and_waits_for_what_waits(
    who: Principal, rep: Principal
) -> None:
    first, second = put(rep, NOW), put(rep, NOW + MINUTE)
    other = put(who, NOW + 2 * MINUTE)
    post = Post()
    post.fails[first] = Fault.PUT_OFF
    at = NOW + 3 * MINUTE
    assert post.run(at) == {"waiting": 1, "sent": 1}
    assert post.sent == [other], "the second to the same person waits; another's does not"
    post.fails.clear()
    assert post.run(at) == {}, "not before the pause is over"
    assert post.run(at + MINUTE) == {"sent": 2}
    assert post.sent == [other, first, second]


@pytest.mark.one_database
def test_S2_what_is_given_up_holds_nothing_up(rep: Principal) -> None:
    first, second = put(rep, NOW), put(rep, NOW + MINUTE)
    post = Post()
    post.fails[first] = Fault.REFUSED
    post.run(NOW + MINUTE)
    assert second in post.sent and row(first).state == State.FAILED


@pytest.mark.one_database
def test_M4_what_is_urgent_overtakes_what_is_not(rep: Principal) -> None:
    tonight = NOW + 60 * MINUTE
    calm, urgent = put(rep, NOW, not_before=tonight), put(rep, NOW + MINUTE, urgent=True)
    later = put(rep, NOW + 2 * MINUTE, not_before=tonight)
    post = Post()
    post.run(NOW + 3 * MINUTE)
    assert post.sent == [urgent]
    post.run(tonight)
    assert post.sent == [urgent, calm, later], "and what is calm keeps its order"


def test_T10_what_is_for_another_day_holds_up_nothing_of_today(rep: Principal) -> None:
    """One given up a day would else keep every reminder from whoever is told of it."""
    tomorrow = NOW + timedelta(days=1)
    told, today = put(rep, NOW, not_before=tomorrow), put(rep, NOW + MINUTE)
    post = Post()
    post.run(NOW + 2 * MINUTE)
    assert post.sent == [today]
    post.run(tomorrow)
    assert post.sent == [today, told]


@pytest.mark.one_database
def test_M4_what_is_urgent_overtakes_what_pauses_after_it_failed(rep: Principal) -> None:
    first, calm = put(rep, NOW, urgent=True, notice=Notice.PACK_RECALLED), put(rep, NOW + MINUTE)
    post = Post()
    post.fails[first] = Fault.PUT_OFF
    for at in (0, 1, 6, 21, 81):  # the next attempt is in five minutes
        post.run(NOW + at * MINUTE)
    post.fails.clear()
    now = NOW + 82 * MINUTE
    emergency = put(rep, now, urgent=True, notice=Notice.EMERGENCY)
    assert post.run(now) == {"sent": 1} and post.sent == [emergency]
    assert post.run(NOW + (81 + 240) * MINUTE) == {"sent": 2} and post.sent == [emergency, first, calm]


def test_D1_what_is_urgent_is_tried_each_five_minutes_and_what_is_not_ever_more_rarely(
    who: Principal, rep: Principal
) -> None:
    """The list of a day that comes four hours after a mail server is back comes after its meeting."""
    calm, urgent = put(who), put(rep, urgent=True, notice=Notice.LIST_READY)
    post = Post()
    post.fails = dict.fromkeys((calm, urgent), Fault.UNREACHABLE)
    for minutes in range(0, 120):
        post.run(NOW + minutes * MINUTE)
    assert (row(urgent).attempts, row(calm).attempts) == (25, 5)
    post.fails.clear()
    assert post.run(NOW + 125 * MINUTE) == {"sent": 1} and post.sent == [urgent]


@pytest.mark.one_database
def test_D1_what_is_urgent_is_given_up_after_as_long_as_what_is_not(rep: Principal) -> None:
    key = put(rep, urgent=True, notice=Notice.LIST_READY)
    post = Post()
    post.fails[key] = Fault.UNREACHABLE
    for minutes in range(0, 315, 5):
        post.run(NOW + minutes * MINUTE)
    assert row(key).state == State.WAITING
    for minutes in range(315, 335, 5):
        post.run(NOW + minutes * MINUTE)
    assert row(key).state == State.FAILED


def test_D1_who_runs_the_meetings_learns_that_it_keeps_failing_and_has_it_tried_now(
    who: Principal, rep: Principal
) -> None:
    key, calm = put(rep, urgent=True, notice=Notice.LIST_READY), put(who)
    post = Post()
    post.fails = dict.fromkeys((key, calm), Fault.UNREACHABLE)
    with pytest.raises(RuleBroken):
        outbox_care.resend(who, key, NOW)
    for minutes, told in ((0, 0), (1, 1)):
        post.run(NOW + minutes * MINUTE)
        with acting.acting(who):
            assert outbox_page.for_a_person(who) == told
            line = outbox_page.one(who, key)
            assert line and line.can_be_resent and line.is_late is bool(told)
    post.fails.clear()
    assert post.run(NOW + 2 * MINUTE) == {}
    outbox_care.resend(who, key, NOW + 2 * MINUTE)
    assert post.run(NOW + 2 * MINUTE) == {"sent": 1} and post.sent == [key]
    assert audited(key) == ["message.resent", "message.sent"]


@pytest.mark.one_database
def test_what_is_urgent_keeps_its_order_where_nothing_failed(rep: Principal) -> None:
    first = put(rep, NOW, urgent=True, notice=Notice.ALARM)
    with saved():
        assert outbox.claim(NOW) is not None
    put(rep, NOW + MINUTE, urgent=True, notice=Notice.EMERGENCY)
    with saved():
        assert outbox.claim(NOW + MINUTE) is None, "the first is with a worker"
    assert row(first).state == State.CLAIMED


def test_no_invitation_overtakes_another_about_the_same_meeting(who: Principal) -> None:
    """A cancellation that came before its invitation would leave the meeting in the calendar."""
    referred(who, (Group.NEW_SAFEGUARDS,))
    meeting = db.session.scalars(select(MeetingRow.id)).one()
    about: dict[str, Any] = {"notice": Notice.INVITATION, "what": What.INVITATION, "meeting_id": meeting}
    later = NOW + 60 * MINUTE
    first = put(who, NOW, method="REQUEST", not_before=later, **about)
    second = put(who, NOW + MINUTE, method="CANCEL", sequence=1, urgent=True, **about)
    post = Post()
    assert post.run(NOW + 2 * MINUTE) == {}
    assert post.run(later) == {"sent": 2} and post.sent == [first, second]


@pytest.mark.one_database
def test_S2_quiet_until_it_may_leave(rep: Principal) -> None:
    key = put(rep, not_before=NOW + 60 * MINUTE)
    post = Post()
    assert post.run(NOW + 59 * MINUTE) == {} and row(key).state == State.WAITING
    assert post.run(NOW + 60 * MINUTE) == {"sent": 1}


@pytest.mark.one_database
def test_S2_what_queued_by_day_and_was_not_sent_waits_out_the_night_too(
    who: Principal, rep: Principal
) -> None:
    calm, urgent = put(rep), put(who, urgent=True)
    post, night = Post(), datetime(2026, 11, 24, 3, tzinfo=UTC)
    assert post.run(night) == {"sent": 1} and post.sent == [urgent]
    assert row(calm).not_before == datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert post.run(night + timedelta(hours=4)) == {"sent": 1} and post.sent == [urgent, calm]


@pytest.mark.one_database
def test_what_is_gathered_for_a_digest_does_not_leave_by_itself(rep: Principal) -> None:
    put(rep, state=State.GATHERED)
    assert Post().run(NOW + timedelta(days=2)) == {}


def test_two_workers_keep_the_order_of_each_recipient(
    who: Principal, rep: Principal, core_app: Flask
) -> None:
    kept = {to.account_id: [put(to, NOW + number * MINUTE) for number in range(8)] for to in (who, rep)}
    db.session.remove()
    left: list[tuple[UUID, UUID]] = []
    guard, start, end = Lock(), Barrier(2), NOW + timedelta(days=1)

    def carry(cleared: Cleared, message: Message, now: datetime) -> None:
        sleep(0.01)  # long enough for the other to look for more
        with guard:
            left.append((message.account_id, message.id))

    def run() -> None:
        with core_app.app_context(), acting.service():
            start.wait()
            for _ in range(40):
                worker.send_waiting(carry, lambda: end)
                if len(left) >= 16:
                    break
                sleep(0.02)
            db.session.remove()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for account_id, ids in kept.items():
        assert [key for to, key in left if to == account_id] == ids


class Killed(BaseException):
    """The worker's process ends here."""


def dies(cleared: Cleared, message: Message, now: datetime) -> None:
    raise Killed


def killed_after_the_server_took_it(now: datetime = NOW) -> None:
    with suppress(Killed):
        worker.send_waiting(dies, lambda: now)


def test_D3_a_notice_whose_worker_died_leaves_again_under_the_same_id(rep: Principal) -> None:
    key = put(rep)
    killed_after_the_server_took_it()
    post = Post()
    assert post.run(NOW + STALE - timedelta(seconds=1)) == {}
    assert post.run(NOW + STALE) == {"sent": 1} and post.sent == [key]
    assert timedelta(0) < STALE < timedelta(minutes=5), "nothing is stuck for longer"


def test_D3_a_clock_that_was_ahead_holds_nothing_back_once_it_is_right(
    who: Principal, rep: Principal
) -> None:
    """What it claimed, and what failed under it, would else wait for as long as it was wrong."""
    failed, claimed = put(rep), put(who, NOW + MINUTE)
    ahead, post = NOW + timedelta(days=30), Post()
    post.fails[failed] = Fault.PUT_OFF
    with saved():
        first = outbox.claim(ahead)
        assert first and first.id == failed
        outbox.settle(first, State.WAITING, "", ahead)
    with saved():
        second = outbox.claim(ahead)
        assert second and second.id == claimed, "and its worker ends here"
    post.fails.clear()
    assert post.run(NOW + 2 * MINUTE) == {"sent": 2}
    assert set(post.sent) == {failed, claimed}
    soon = put(rep, NOW + 3 * MINUTE)
    with saved():
        assert outbox.claim(NOW + 3 * MINUTE + STALE) is not None
    assert post.run(NOW + 3 * MINUTE) == {}, "two workers a little apart leave each other alone"
    assert row(soon).state == State.CLAIMED


@pytest.fixture
@remembered
def refused(rep: Principal) -> UUID:
    """A message that the mail server refused for good."""
    key = put(rep)
    post = Post()
    post.fails[key] = Fault.REFUSED
    assert worker.send_waiting(post, lambda: NOW) == {"failed": 1, "sent": 1}
    return key


@pytest.mark.one_database
def test_a_refusal_for_good_is_not_tried_again_and_coordinators_are_told_once_a_day(
    who: Principal, rep: Principal, refused: UUID
) -> None:
    assert (row(refused).attempts, row(refused).why) == (
        1,
        "Could not be sent: the mail server refused for good.",
    )
    told = select(OutboxRow.account_id, OutboxRow.context).where(OutboxRow.notice == Notice.NOT_SENT)
    assert [(to, said["path"]) for to, said in db.session.execute(told)] == [(who.account_id, "/outbox")]
    again = put(rep, NOW + MINUTE)
    post = Post()
    post.fails[again] = Fault.REFUSED
    post.run(NOW + 2 * MINUTE)
    post.fails[put(rep, NOW + 3 * MINUTE)] = Fault.REFUSED
    post.run(NOW + 4 * MINUTE)
    assert [row.not_before for row in rows(Notice.NOT_SENT)] == [None, NOW + timedelta(days=1)]
    assert audited(refused) == ["message.failed"]


def test_a_message_is_sent_again_once_however_often_it_is_asked_for(who: Principal, refused: UUID) -> None:
    outbox_care.resend(who, refused, NOW)
    with pytest.raises(RuleBroken):
        outbox_care.resend(who, refused, NOW)
    post = Post()
    post.run(NOW + MINUTE)
    assert post.sent == [refused] and row(refused).state == State.SENT
    with pytest.raises(RuleBroken):
        outbox_care.resend(who, refused, NOW)
    assert audited(refused) == ["message.failed", "message.resent", "message.sent"]


def test_a_worker_that_wakes_up_does_not_settle_what_was_sent_again(who: Principal, rep: Principal) -> None:
    put(rep)
    with saved():
        slow = outbox.claim(NOW)
        assert slow and outbox.settle(slow, State.FAILED, "", NOW)
    outbox_care.resend(who, slow.id, NOW)
    with saved():
        quick = outbox.claim(NOW)
        assert quick and quick.attempt == slow.attempt == 1
        assert not outbox.settle(slow, State.FAILED, "", NOW), "it is another claim"
        assert outbox.settle(quick, State.SENT, "", NOW)


def test_what_is_withdrawn_never_leaves(who: Principal, rep: Principal, refused: UUID) -> None:
    waits = put(rep, not_before=NOW + 60 * MINUTE)
    gathered = put(rep, state=State.GATHERED)
    for key in (refused, waits, gathered):
        outbox_care.withdraw(who, key, NOW)
        with pytest.raises(RuleBroken):
            outbox_care.withdraw(who, key, NOW)
    post = Post()
    assert post.run(NOW + timedelta(days=3)) == {}
    assert row(waits).state == State.WITHDRAWN and audited(waits) == ["message.withdrawn"]


def test_what_was_withdrawn_by_mistake_is_sent_after_all(who: Principal, rep: Principal) -> None:
    key = put(rep, state=State.GATHERED)
    outbox_care.withdraw(who, key, NOW)
    outbox_care.resend(who, key, NOW)
    with pytest.raises(RuleBroken):
        outbox_care.resend(who, key, NOW)
    post = Post()
    post.run(NOW + MINUTE)
    assert post.sent == [key] and audited(key) == ["message.withdrawn", "message.resent", "message.sent"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "told", [{"notice": Notice.DIGEST}, {"what": "letter", "attempts": 1}], ids=["daily", "may have arrived"]
)
def test_D3_what_may_have_arrived_or_tells_of_nothing_by_itself_stays_withdrawn(
    who: Principal, rep: Principal, told: dict[str, object]
) -> None:
    key = put(rep)
    outbox_care.withdraw(who, key, NOW)
    with saved():
        found = row(key)
        for name, value in told.items():
            setattr(found, name, value)
    with pytest.raises(RuleBroken):
        outbox_care.resend(who, key, NOW)


@pytest.mark.one_database
def test_T12_word_that_a_referral_came_back_is_not_taken_back_by_one_person(
    who: Principal, rep: Principal
) -> None:
    """Its referrer would wait for a list, and the case for an answer."""
    key = put(rep)
    with saved():
        row(key).notice = Notice.REFERRAL_RETURNED
    with pytest.raises(RuleBroken, match="chases a duty"):
        outbox_care.withdraw(who, key, NOW)
    assert row(key).state == State.WAITING


@pytest.mark.one_database
def test_what_has_left_cannot_be_withdrawn(who: Principal, rep: Principal) -> None:
    key = put(rep)
    Post().run()
    with pytest.raises(RuleBroken):
        outbox_care.withdraw(who, key, NOW)


@pytest.mark.one_database
def test_only_who_runs_the_meetings_does_either(rep: Principal, refused: UUID) -> None:
    for act in (outbox_care.resend, outbox_care.arrived, outbox_care.withdraw):
        with pytest.raises(Forbidden):
            act(rep, refused, NOW)


def test_M6_a_message_about_hidden_cases_alone_is_missing(who: Principal) -> None:
    opened, hidden = (item_case(item) for item in referred(who, (Group.NEW_SAFEGUARDS,) * 2))
    a_wall(who.area_id, hidden, who.account_id)
    chair = a_person(an_agency(who.area_id, "Another"), Role.CHAIR)
    with saved():
        db.session.query(OutboxRow).delete()
    alone = put(chair, about=[hidden], notice=Notice.CORRECTION, state=State.FAILED)
    both = put(chair, about=[hidden, opened], notice=Notice.CORRECTION, state=State.FAILED)
    for person, seen in ((who, [both]), (chair, [alone, both])):
        with acting.acting(person):
            assert outbox_page.counts(person, NOW) == {State.FAILED: len(seen)}
            assert outbox_page.for_a_person(person) == len(seen)
            assert {line.id for line in outbox_page.page(person, NOW, (), 1, 50)} == {*seen}
            assert outbox_page.seen(person, [alone, both]) == {*seen}
            assert (outbox_page.one(person, alone) is None) == (alone not in seen)
    for act in (outbox_care.resend, outbox_care.withdraw, outbox_care.arrived):
        with pytest.raises(NotFound):
            act(who, alone, NOW)


def item_case(item: UUID) -> UUID:
    return db.session.get_one(ItemRow, item).case_id


@pytest.mark.one_database
@pytest.mark.parametrize("notice", [Notice.ALARM, Notice.BREAK_GLASS])
def test_V5_nobody_learns_from_the_list_that_somebody_was_warned_of_them(
    who: Principal, rep: Principal, notice: Notice
) -> None:
    put(rep, notice=notice)
    with acting.acting(who):
        assert outbox_page.page(who, NOW, (), 1, 50) == []


@pytest.mark.one_database
def test_a_message_that_cannot_be_written_stops_no_other(who: Principal, rep: Principal) -> None:
    broken, fine = put(rep), put(who, NOW + MINUTE)
    sent: list[UUID] = []

    def carry(cleared: Cleared, message: Message, now: datetime) -> None:
        if message.id == broken:
            raise ValueError("Wren Ashdown")
        sent.append(message.id)

    worker.send_waiting(carry, lambda: NOW + MINUTE)
    assert fine in sent and row(broken).state == State.FAILED
    assert row(broken).why == "Could not be written: ValueError."
