"""Who learns that a message was given up: somebody always, of oversight only who was told the same."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, update
from werkzeug.exceptions import Forbidden, NotFound

from agenda.rules import RuleBroken
from meetingsvc.mail import Cleared
from meetingsvc.mail_smtp import Fault, NotSent
from meetingsvc.models import AccountRow, OutboxRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, outbox, outbox_page
from meetingsvc.store.outbox import Message, State
from meetingsvc.usecases import outbox as worker
from meetingsvc.usecases import outbox_care
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.a_marac import NOW, a_person, an_agency
from tests.servers.remembered import remembered
from tests.usecases.test_pack_restricted import Panel

NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
#: The minute before the area's quiet hours.
EVENING = datetime(2026, 11, 24, 18, 59, tzinfo=UTC)
OVERSIGHT = pytest.mark.parametrize("notice", [Notice.ALARM, Notice.BREAK_GLASS])


class Place(Panel):
    """A panel with information governance and a second chair, and a server that refuses what it is told."""

    def __init__(self, area_id: UUID) -> None:
        super().__init__(area_id, restricted=0)
        office = an_agency(area_id, "Northmoor Oversight")
        self.governance = a_person(office, Role.INFORMATION_GOVERNANCE, "Odile Marchbanks")
        self.other = a_person(office, Role.CHAIR, "Corin Vale")
        self.refuses: set[UUID] = set()
        with saved():
            db.session.execute(delete(OutboxRow))

    def put(self, to: Principal, notice: Notice, at: datetime = NIGHT, **told: Any) -> UUID:
        context = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/alarms"}
        with saved():
            key = outbox.put(to.area_id, to.account_id, notice, context, at, **told)
        assert key is not None
        return key

    def given_up(self, to: Principal, notice: Notice, at: datetime = NIGHT, **told: Any) -> UUID:
        key = self.put(to, notice, at, **told)
        self.refuses.add(key)
        self.run(at)
        return key

    def given_up_late(self, to: Principal, notice: Notice) -> UUID:
        """Taken up in the last minute of the day, and refused when the area is quiet."""
        key = self.put(to, notice, EVENING)
        self.refuses.add(key)
        self.run(EVENING, refused_at=EVENING + timedelta(minutes=2))
        return key

    def run(self, at: datetime, refused_at: datetime | None = None) -> None:
        moment = [at]

        def carry(cleared: Cleared, message: Message, now: datetime) -> None:
            if message.id in self.refuses:
                moment.append(refused_at or at)
                raise NotSent(Fault.REFUSED)

        worker.send_waiting(carry, lambda: moment[-1])

    def sees(self, who: Principal, key: UUID) -> bool:
        with acting.acting(who):
            return outbox_page.one(who, key) is not None


@pytest.fixture
@remembered
def place(area_id: UUID) -> Place:
    return Place(area_id)


def told(notice: Notice = Notice.NOT_SENT) -> list[tuple[UUID, str, bool]]:
    """Whom, where to, and whether it has left."""
    db.session.rollback()
    row = OutboxRow
    rows = select(row).where(row.notice == notice).order_by(row.created_at, row.account_id)
    return [
        (one.account_id, one.context["path"], one.state == State.SENT) for one in db.session.scalars(rows)
    ]


@OVERSIGHT
def test_V5_M6_the_other_reviewers_learn_at_once_and_a_chair_sends_it_again(
    place: Place, notice: Notice
) -> None:
    about = {"about": [place.cases[0]], "urgent": True}
    for who in (place.chair, place.governance):
        place.put(who, notice, **about)
    key = place.given_up(place.other, notice, **about)
    assert set(told(Notice.ALARM_NOT_SENT)) == {
        (place.chair.account_id, "/outbox", True), (place.governance.account_id, "/alarms", True),
    }  # fmt: skip
    assert told() == [], "no coordinator learns of it"
    assert place.sees(place.chair, key) and not place.sees(place.coordinator, key)
    with acting.acting(place.chair):
        assert outbox_page.for_a_person(place.chair) == 1
    with pytest.raises(RuleBroken, match="not withdrawn"):
        outbox_care.withdraw(place.chair, key, NIGHT)
    with pytest.raises(NotFound):
        outbox_care.resend(place.coordinator, key, NIGHT)
    place.refuses.clear()
    outbox_care.resend(place.chair, key, NIGHT)
    place.run(NIGHT)
    assert db.session.get_one(OutboxRow, key).state == State.SENT


def test_M6_V5_all_that_was_given_up_is_sent_again_as_far_as_who_asks_sees_it(place: Place) -> None:
    about = {"about": [place.cases[0]], "urgent": True}
    place.put(place.chair, Notice.ALARM, **about)
    alarm = place.given_up(place.other, Notice.ALARM, **about)
    two = [place.given_up(place.other, Notice.RESEARCH, NIGHT + timedelta(hours=12 + n)) for n in range(2)]
    place.refuses.clear()
    assert outbox_care.resend_given_up(place.coordinator, NIGHT) == 2
    db.session.rollback()
    states = {key: db.session.get_one(OutboxRow, key).state for key in (alarm, *two)}
    assert states == {alarm: State.FAILED, two[0]: State.WAITING, two[1]: State.WAITING}
    with pytest.raises(RuleBroken, match="No message is given up"):
        outbox_care.resend_given_up(place.coordinator, NIGHT)
    db.session.rollback()
    assert outbox_care.resend_given_up(place.chair, NIGHT) == 1, "who was told the same"
    with pytest.raises(Forbidden):
        outbox_care.resend_given_up(place.governance, NIGHT)


@OVERSIGHT
def test_V5_a_chair_whom_it_may_be_about_sees_nothing_of_it(place: Place, notice: Notice) -> None:
    """Whom an alarm is about was told nothing at its moment, but perhaps of another at another."""
    place.put(place.chair, notice, NIGHT - timedelta(minutes=1), urgent=True, about=[])
    place.put(place.governance, notice, urgent=True, about=[])
    key = place.given_up(place.other, notice, urgent=True, about=[])
    assert {who for who, _, _ in told(Notice.ALARM_NOT_SENT)} == {place.governance.account_id}
    assert not place.sees(place.chair, key)
    with acting.acting(place.chair):
        assert outbox_page.for_a_person(place.chair) == 0


@pytest.mark.one_database
def test_V5_what_says_so_and_fails_itself_is_not_told_in_turn(place: Place) -> None:
    for who in (place.chair, place.governance):
        place.put(who, Notice.ALARM, urgent=True)

    def refuses(cleared: Cleared, message: Message, now: datetime) -> None:
        raise NotSent(Fault.REFUSED)

    worker.send_waiting(refuses, lambda: NIGHT)
    assert len(told(Notice.ALARM_NOT_SENT)) == 2
    assert not any(left for _, _, left in told(Notice.ALARM_NOT_SENT))


@pytest.mark.one_database
def test_S2_an_urgent_one_is_told_of_by_night_however_often(place: Place) -> None:
    for hours in range(3):
        place.given_up(place.named, Notice.EMERGENCY, NIGHT + timedelta(hours=hours), urgent=True)
    both = {place.coordinator.account_id, place.second.account_id}
    assert [left for who, _, left in told() if who in both] == [True] * 6 and len(told()) == 6
    place.given_up_late(place.named, Notice.MINUTES)
    assert len(told()) == 8 and not all(left for _, _, left in told()), "what is calm waits"


@pytest.mark.one_database
def test_S2_many_at_once_are_told_of_once(place: Place) -> None:
    for minutes, who in ((2, place.named), (1, place.unnamed)):
        queued = NIGHT - timedelta(minutes=minutes)
        place.refuses.add(place.put(who, Notice.LIST_READY, queued, urgent=True))
    place.run(NIGHT)
    assert len(told()) == 2


@pytest.mark.one_database
def test_S2_the_chairs_learn_of_an_urgent_one_where_no_other_coordinator_can(place: Place) -> None:
    with saved():
        second = update(AccountRow).where(AccountRow.id == place.second.account_id)
        db.session.execute(second.values(disabled_at=NOW))
    place.given_up_late(place.coordinator, Notice.MINUTES)
    assert {who for who, _, _ in told()} == {place.coordinator.account_id}
    place.given_up(place.coordinator, Notice.EMERGENCY, EVENING + timedelta(minutes=3), urgent=True)
    chairs = {place.chair.account_id, place.other.account_id}
    assert {who for who, _, left in told() if left} >= chairs


@pytest.mark.one_database
def test_S2_a_second_the_same_day_is_told_of_a_day_later_not_never(place: Place) -> None:
    noon = NIGHT + timedelta(hours=10)
    place.given_up(place.named, Notice.MINUTES, noon)
    place.given_up(place.named, Notice.MINUTES, noon + timedelta(hours=1))
    place.given_up(place.named, Notice.MINUTES, noon + timedelta(hours=2))
    assert [left for _, _, left in told()] == [True, True, False, False], "one more for each, and no more"
    place.run(noon + timedelta(days=1))
    assert all(left for _, _, left in told())


@pytest.mark.one_database
@pytest.mark.parametrize("state", [State.FAILED, State.WITHDRAWN, State.REFUSED])
def test_S2_one_that_reached_nobody_counts_for_nothing(place: Place, state: State) -> None:
    noon = NIGHT + timedelta(hours=10)
    place.given_up(place.named, Notice.MINUTES, noon)
    with saved():
        first = update(OutboxRow).where(OutboxRow.notice == Notice.NOT_SENT)
        db.session.execute(first.values(state=state, sent_at=None))
    place.given_up(place.named, Notice.MINUTES, noon + timedelta(hours=1))
    assert [left for _, _, left in told()] == [False, False, True, True]


def test_V2_of_two_complaints_at_one_moment_one_sees_the_message_of_ones_own(place: Place) -> None:
    def told(to: Principal, path: str) -> UUID:
        context = {"panel": "DRAMM", "sits_on": "2026-12-03", "path": path}
        with saved():
            key = outbox.put(to.area_id, to.account_id, Notice.COMPLAINT, context, NIGHT, about=[])
        assert key is not None
        return key

    one, another = (f"/complaints/{uuid4()}" for _ in range(2))
    told(place.chair, one)
    same, other = told(place.other, one), told(place.other, another)
    assert place.sees(place.chair, same) and not place.sees(place.chair, other)
