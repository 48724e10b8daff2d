"""Who was told that an answer is late is told of what comes up after that (Rulebook D1, M2, C3)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select

from meetingsvc.models import ItemRow, NamedRow, OutboxRow, RestrictionRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import confirmations as confirming
from meetingsvc.usecases import confirmations_chasing, notices, research_chasing, research_drafts
from meetingsvc.usecases import research as usecase
from meetingsvc.usecases.research_drafts import Told
from meetingsvc.usecases.transaction import saved
from minutes.research import Naming, Typed
from notifications.messages import Notice
from tests.a_marac import NOW, TUESDAY, a_person, listed, people_rows
from tests.a_research import TOO_LATE, Asked, ask, asked_list
from tests.servers.remembered import remembered
from tests.usecases import test_confirmations
from tests.usecases.test_confirmations import YES, Panel

panel = pytest.fixture(test_confirmations.panel.__wrapped__, name="panel")  # type: ignore[attr-defined]
LATE = datetime(2026, 12, 3, 9, tzinfo=UTC)  # of a MARAC on that day


@pytest.fixture
@remembered
def asked(area_id: UUID) -> Asked:
    """A list of which all of its agencies were told that they are late."""
    found = asked_list(area_id)
    assert research_chasing.chase(TOO_LATE) == 3
    return found


def name_a_child(asked: Asked) -> None:
    """By health, under the first case."""
    box = next(one for one in asked.boxes(asked.health) if one.id == asked.items[0])
    child = Naming(kind="child", name="Wren Moss", dob="3/5/2019", relation="Half-sister", why="Sleeps there")
    told = {box.id: Told(Typed(naming=child), box.draft.mark)}
    kept = research_drafts.save(asked.health, asked.meeting_id, told, TOO_LATE)
    usecase.name_somebody(asked.health, asked.meeting_id, box.id, kept[box.id].mark, TOO_LATE)


def restricted(who: Principal, item_id: UUID) -> None:
    """Its case is open to this person alone."""
    with saved():
        item = db.session.get_one(ItemRow, item_id)
        db.session.add(RestrictionRow(case_id=item.case_id, area_id=item.area_id, state="restricted",
                                      hides="unnamed", reason="Staff", put_at=NOW))  # fmt: skip
        db.session.add(NamedRow(case_id=item.case_id, account_id=who.account_id, area_id=item.area_id,
                                named_by=who.account_id, named_at=NOW))  # fmt: skip


def another_day(area_id: UUID) -> UUID:
    """A case on the list of the day after."""
    (item,) = listed(area_id, people_rows(1, TUESDAY), TUESDAY)
    return item


def told(notice: Notice) -> list[UUID]:
    """Whom, since it was asked last."""
    with saved():
        found = db.session.scalars(select(OutboxRow.account_id).where(OutboxRow.notice == notice)).all()
        db.session.execute(delete(OutboxRow))
    return sorted(found)


def test_M2_an_agency_that_was_told_late_is_told_of_somebody_named_after_that(asked: Asked) -> None:
    for who in (asked.housing, asked.health):
        usecase.nothing_held(who, asked.meeting_id, [box.id for box in asked.boxes(who)], TOO_LATE)
    name_a_child(asked)
    told(Notice.RESEARCH)
    assert research_chasing.chase(TOO_LATE) == 2, "at the same moment, by the clock"
    others = sorted([asked.housing.account_id, asked.colleague.account_id])
    assert told(Notice.RESEARCH) == others, "not the agency that named the child"
    assert research_chasing.chase(TOO_LATE + timedelta(hours=1)) == 0, "each of them once"


def test_D1_an_agency_that_was_told_late_is_told_of_a_case_that_joins(asked: Asked, area_id: UUID) -> None:
    with saved():
        db.session.get_one(ItemRow, another_day(area_id)).meeting_id = asked.meeting_id
    assert ask(area_id, asked.meeting_id, TOO_LATE)
    assert (research_chasing.chase(TOO_LATE), research_chasing.chase(TOO_LATE)) == (3, 0)


def test_D1_who_joins_an_agency_that_is_late_is_told(asked: Asked) -> None:
    a_person(asked.housing.agency_id, name="Sam Okoro")
    assert (research_chasing.chase(TOO_LATE), research_chasing.chase(TOO_LATE)) == (1, 0)


def test_M6_of_somebody_named_on_a_case_kept_from_them_the_late_learn_nothing(asked: Asked) -> None:
    restricted(asked.health, asked.items[0])
    name_a_child(asked)
    assert research_chasing.chase(TOO_LATE) == 0, "what else they are late with is no news"


def test_F3_whom_no_notice_may_reach_is_refused_once_a_day_not_at_every_run(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_a_child(asked)
    refused: list[UUID] = []

    def queue(thing: Outgoing, *_: object, **__: object) -> bool:
        if thing.account_id == asked.colleague.account_id:
            refused.append(thing.account_id)
        return thing.account_id != asked.colleague.account_id

    monkeypatch.setattr(notices, "queue", queue)
    assert [research_chasing.chase(TOO_LATE + timedelta(minutes=5 * n)) for n in range(3)] == [1, 0, 0]
    assert len(refused) == 1


def test_C3_an_agency_that_was_told_late_is_told_of_a_case_added_after_that(panel: Panel) -> None:
    assert confirmations_chasing.chase(LATE) == 3, "two of the homes, one of the police"
    told(Notice.CONFIRMATIONS)
    confirming.answer(panel.homes, panel.meeting_id, dict.fromkeys(panel.asked, YES), LATE)
    other = another_day(panel.homes.area_id)
    with saved():
        like, case_id = (
            db.session.get_one(ItemRow, panel.asked[0]),
            db.session.get_one(ItemRow, other).case_id,
        )
        db.session.add(
            ItemRow(id=uuid4(), area_id=like.area_id, meeting_id=like.meeting_id, case_id=case_id, position=9,
                    repeat=False, victim_known=False, risk="high", group=like.group)
        )  # fmt: skip
    assert (confirmations_chasing.chase(LATE), confirmations_chasing.chase(LATE)) == (3, 0)
    assert panel.homes.account_id in told(Notice.CONFIRMATIONS)
