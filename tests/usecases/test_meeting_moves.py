"""Moving and cancelling MARACs: no case falls off, what hangs on the day follows, people are told once."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.calendar import to_utc
from agenda.circulation import Group
from agenda.meetings import MeetingKind, MeetingState
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AuditRow,
    HearingRow,
    ItemRow,
    MeetingMoveRow,
    MeetingRow,
    NamedRow,
    OutboxRow,
    OutcomeRow,
    PackRow,
    ResearchNoticeRow,
    ResearchRequestRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import areas, marac, marac_long_waits, meeting_dates, meeting_year
from meetingsvc.usecases import marac as planning
from meetingsvc.usecases import marac_publishing, meeting_moves, packs_chasing, research_chasing
from meetingsvc.usecases import meeting_moves_planned as planned
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, TUESDAY, a_person, an_agency, line_of, referred, to_day
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.usecases.test_marac import THURSDAY, published, set_marac_day, the_marac

ONE = (Group.REPEAT_NO_SAFEGUARDS,)
NEXT, LAST = date(2026, 12, 17), date(2026, 12, 31)
FRIDAY, BEFORE = THURSDAY + timedelta(days=1), THURSDAY - timedelta(days=2)


@pytest.fixture
@remembered
def who(area_id: UUID) -> Principal:
    """The coordinator of an area whose MARAC sits on Thursday 3 December, and every fortnight."""
    set_marac_day(area_id, THURSDAY)
    return a_person(an_agency(area_id, "Northmoor Council"), Role.COORDINATOR, "Morgan Ashdown")


def at(day: date, hour: int = 9, minute: int = 30) -> datetime:
    return to_utc(datetime.combine(day, time(hour, minute)))


def an_outcome(who: Principal, item_id: UUID) -> OutcomeRow:
    return OutcomeRow(
        item_id=item_id, area_id=who.area_id, version=1, risk="high", refer=False, proposed_why="",
        group_reason="", notes="", recorded_by=who.account_id, recorded_at=NOW,
    )  # fmt: skip


def told(notice: str = "meeting_changed") -> list[UUID]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxRow.account_id).where(OutboxRow.notice == notice)))


def days_heard(meeting_id: UUID) -> list[date]:
    db.session.rollback()
    row = HearingRow
    return sorted(db.session.scalars(select(row.heard_on).where(row.meeting_id == meeting_id)))


def year(who: Principal, last: date = date(2027, 1, 20)) -> list[tuple[date, bool, date | None]]:
    """Sits on, cancelled, moved from: from the first of December on."""
    db.session.rollback()
    return [
        (one.sits_on, one.cancelled, one.moved_from)
        for one in meeting_year.year(who, THURSDAY.replace(day=1), last)
    ]


def state(meeting_id: UUID) -> dict[str, Any]:
    """Everything of a published MARAC that a move could change."""
    db.session.rollback()
    meeting = db.session.get_one(MeetingRow, meeting_id)
    research, packs = ResearchRequestRow, PackRow
    return {
        "meeting": (meeting.sits_on, meeting.starts_at, meeting.state, meeting.supplements),
        "heard": days_heard(meeting_id),
        "research": sorted(map(tuple, db.session.execute(select(research.agency_id, research.due_at)))),
        "packs": list(db.session.scalars(select(packs.expires_at))),
        "lines": [line.item_id for line in marac.lines(meeting_id)],
    }


def test_M4_a_published_marac_moves_with_all_that_hangs_on_its_day(who: Principal) -> None:
    rep = a_person(an_agency(who.area_id))
    meeting_id, _ = published(who)
    before = state(meeting_id)
    assert to_day(who, meeting_id, NEXT + timedelta(days=4), time(10, 0)).told == 1
    after = state(meeting_id)
    monday = date(2026, 12, 21)
    assert after["meeting"] == (monday, at(monday, 10, 0), MeetingState.PUBLISHED, 0)
    assert after["heard"] == [monday, monday], "T6 counts from the day it sits"
    assert {due for _, due in after["research"]} == {at(date(2026, 12, 17), 10, 0)}
    assert after["packs"] == [at(monday + timedelta(days=1), 0, 0)], "never less than until it is heard (S3)"
    assert after["lines"] == before["lines"], "no case falls off"
    assert told() == [rep.account_id], "once, and not who moved it"
    row = db.session.scalars(select(MeetingMoveRow)).one()
    assert (row.planned_on, row.was_on, row.sits_on, row.reason) == (
        THURSDAY,
        THURSDAY,
        monday,
        "Snow is forecast.",
    )
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "marac.moved")).one()
    assert line.detail["move"] == row.id and "Snow" not in str(line.detail)


def test_M4_there_and_back_leaves_everything_as_it_was_but_for_the_trail(who: Principal) -> None:
    a_person(an_agency(who.area_id))
    meeting_id, _ = published(who)
    before, dates = state(meeting_id), year(who)
    to_day(who, meeting_id, FRIDAY)
    assert state(meeting_id) != before
    assert year(who)[0] == (FRIDAY, False, THURSDAY)
    to_day(who, meeting_id, THURSDAY)
    assert state(meeting_id) == before and year(who) == dates
    assert len(db.session.scalars(select(MeetingMoveRow)).all()) == 2


def test_M4_a_pack_is_never_cut_shorter_than_its_days_where_the_marac_comes_earlier(who: Principal) -> None:
    meeting_id, _ = published(who)
    to_day(who, meeting_id, BEFORE)
    assert state(meeting_id)["packs"] == [at(NOW.date() + timedelta(days=15), 0, 0)]


def test_T6_what_another_marac_of_the_old_day_heard_still_counts_there(who: Principal) -> None:
    """A case that two MARACs of a day hear is heard once that day; where one moves, on both days."""
    meeting_id, items = published(who, ONE)
    line = line_of(items[0])
    with saved():
        other = MeetingRow(
            id=uuid4(), area_id=who.area_id, kind=MeetingKind.MARAC, sits_on=THURSDAY, starts_at=at(THURSDAY),
            state=MeetingState.PUBLISHED, built_at=NOW, closed_at=NOW, published_at=NOW, emergency=1,
            case_id=line.case_id,
        )  # fmt: skip
        db.session.add(other)
        db.session.flush()
        db.session.add(
            ItemRow(id=uuid4(), area_id=who.area_id, meeting_id=other.id, case_id=line.case_id, position=0,
                    repeat=False, victim_known=False, risk="high", group=1)
        )  # fmt: skip
        other_id = other.id
    to_day(who, meeting_id, NEXT)
    assert (days_heard(meeting_id), days_heard(other_id)) == ([NEXT], [THURSDAY])
    to_day(who, meeting_id, THURSDAY)
    assert sorted(days_heard(meeting_id) + days_heard(other_id)) == [THURSDAY]


def test_M4_who_was_reminded_of_a_day_that_moved_away_is_reminded_of_the_new_one(who: Principal) -> None:
    a_person(an_agency(who.area_id))
    meeting_id, _ = published(who, ONE)
    late = at(date(2026, 12, 2), 12)
    assert research_chasing.chase(late) == 1
    stages = select(ResearchNoticeRow.stage)
    assert set(db.session.scalars(stages)) == {"late"}
    to_day(who, meeting_id, NEXT, now=late)
    assert set(db.session.scalars(stages)) == set(), "it is not late any more"
    research_chasing.chase(late)
    assert set(db.session.scalars(stages)) == {"asked"}
    research_chasing.chase(at(date(2026, 12, 15), 12))
    assert "late" in set(db.session.scalars(stages))


def test_S3_who_was_reminded_of_a_pack_is_reminded_again_before_the_new_day(who: Principal) -> None:
    a_person(an_agency(who.area_id))
    meeting_id, _ = published(who, ONE)
    late = at(date(2026, 12, 2), 12)
    first = packs_chasing.chase(late)
    assert first and packs_chasing.chase(late) == 0
    to_day(who, meeting_id, NEXT, now=late)
    assert packs_chasing.chase(late) == 0, "not yet"
    assert packs_chasing.chase(at(date(2026, 12, 16), 12)) == first


@pytest.mark.parametrize(
    ("day", "hour", "words"),
    [
        (date(2026, 12, 5), 9, "is a weekend"),
        (date(2026, 12, 25), 9, "is a bank holiday"),
        (date(2026, 11, 20), 9, "has passed"),
        (NOW.date(), 8, "has passed"),
        (date(2027, 12, 2), 9, "six months ahead"),
        (NEXT, 9, "There is a MARAC on Thursday 17 December 2026 already"),
    ],
)
def test_M4_an_unfit_day_is_refused_with_words_and_nothing_is_lost(
    who: Principal, day: date, hour: int, words: str
) -> None:
    meeting_id, _ = published(who)
    planning.plan(who, NEXT, NOW)
    before = state(meeting_id)
    with pytest.raises(RuleBroken, match=words):
        meeting_moves.move(who, meeting_id, at(day, hour), "Snow", NOW)
    with pytest.raises(RuleBroken, match="Say why"):
        meeting_moves.move(who, meeting_id, at(FRIDAY), " ", NOW)
    assert state(meeting_id) == before and told() == []


def test_M4_of_two_who_move_it_at_once_the_second_is_told_that_it_moved(who: Principal) -> None:
    meeting_id, _ = published(who)
    seen = at(THURSDAY)
    meeting_moves.move(who, meeting_id, at(FRIDAY), "Snow", NOW, seen)
    with pytest.raises(RuleBroken, match="Somebody else .* Friday 4 December 2026 at 09:30"):
        meeting_moves.move(who, meeting_id, at(NEXT), "Snow", NOW, seen)
    assert days_heard(meeting_id) == [FRIDAY] * 2


def test_M4_what_has_begun_or_sat_or_was_cancelled_does_not_move(who: Principal) -> None:
    meeting_id, _ = published(who)
    with pytest.raises(RuleBroken, match="has sat"):
        meeting_moves.move(who, meeting_id, at(NEXT), "Snow", at(FRIDAY))
    with pytest.raises(RuleBroken, match="sits then already"):
        meeting_moves.move(who, meeting_id, at(THURSDAY), "Snow", NOW)
    with pytest.raises(NotFound):
        rep = a_person(an_agency(who.area_id), Role.CHAIR)
        meeting_moves.move(rep, UUID(int=7), at(NEXT), "Snow", NOW)


@pytest.mark.parametrize("hour", [14, 9])
def test_M3_T6_a_marac_that_has_decided_a_case_does_not_move_though_nobody_started_its_clock(
    who: Principal, hour: int
) -> None:
    meeting_id, items = published(who)
    moment = at(THURSDAY, 11)
    with saved():
        db.session.add(an_outcome(who, line_of(items[0]).id))
    before, then = state(meeting_id), at(THURSDAY if hour == 14 else NEXT, hour)
    for move in (
        lambda: meeting_moves.check(who, meeting_id, then, moment),
        lambda: meeting_moves.move(who, meeting_id, then, "Snow", moment),
    ):
        with pytest.raises(RuleBroken, match="has begun"):
            move()
        db.session.rollback()
    assert state(meeting_id) == before and days_heard(meeting_id) == [THURSDAY] * 2


def test_M6_T6_a_hidden_outcome_is_told_by_no_refused_move_and_its_case_stays_heard(who: Principal) -> None:
    meeting_id, items = published(who)
    keeper, line = a_person(who.agency_id, Role.COORDINATOR, "Keeper"), line_of(items[0])
    about, hidden = {"area_id": who.area_id, "case_id": line.case_id}, line.case_id
    with saved():
        db.session.add(
            RestrictionRow(state="restricted", hides="unnamed", reason="staff", put_at=NOW, **about)
        )
        db.session.add(
            NamedRow(account_id=keeper.account_id, named_by=keeper.account_id, named_at=NOW, **about)
        )
        db.session.add(an_outcome(keeper, line.id))
    moment = at(THURSDAY, 11)
    with pytest.raises(RuleBroken, match="has begun"):
        meeting_moves.move(keeper, meeting_id, at(FRIDAY), "Snow", moment)
    db.session.rollback()
    meeting_moves.move(who, meeting_id, at(FRIDAY), "Snow", moment)
    rows = select(HearingRow.case_id).where(HearingRow.heard_on == THURSDAY)
    assert db.session.scalars(rows).all() == [hidden]
    assert days_heard(meeting_id) == [THURSDAY, FRIDAY], "and is heard once, not again on the new day"
    with saved():
        marac_publishing.hear_shared(db.session.get_one(MeetingRow, meeting_id))
    assert days_heard(meeting_id) == [THURSDAY, FRIDAY], "nor once another MARAC of the new day does not sit"


def test_M1_the_cases_of_a_cancelled_marac_go_on_the_next_and_all_are_told(who: Principal) -> None:
    rep = a_person(an_agency(who.area_id))
    items = referred(who, ONE)
    meeting_id = the_marac(who.area_id)
    assert meeting_moves.cancel(who, meeting_id, "No room", NOW) == 1
    assert line_of(items[0]).meeting_id == the_marac(who.area_id, NEXT)
    assert told() == [rep.account_id]
    assert year(who)[:2] == [(THURSDAY, True, None), (NEXT, False, None)]
    with pytest.raises(RuleBroken, match="cancelled already"):
        meeting_moves.cancel(who, meeting_id, "No room", NOW)
    assert year(rep)[0] == (THURSDAY, True, None), "they know that there is none that day"


FAR = date(2027, 5, 20)


def test_M1_an_agenda_does_not_move_past_a_marac_that_could_hear_its_cases(who: Principal) -> None:
    """Nor in two steps: once it has taken the next one's place, that day is another's again."""
    items = referred(who, ONE)
    meeting_id = the_marac(who.area_id)
    for day in (FAR, NEXT + timedelta(days=1)):
        with pytest.raises(RuleBroken, match="sits before that, on Thursday 17 December 2026"):
            to_day(who, meeting_id, day)
    to_day(who, meeting_id, NEXT)
    with pytest.raises(RuleBroken, match="sits before that, on Thursday 17 December 2026"):
        to_day(who, meeting_id, LAST)
    to_day(who, meeting_id, FRIDAY)
    planning.close(who, meeting_id, NOW)
    with pytest.raises(RuleBroken, match="sits before that, on Thursday 17 December 2026"):
        to_day(who, meeting_id, FAR)
    assert (line_of(items[0]).meeting_id, told()) == (meeting_id, [])


def test_M1_nor_past_one_that_was_planned_by_hand(who: Principal) -> None:
    referred(who, ONE)
    planning.plan(who, date(2026, 12, 9), NOW)
    with pytest.raises(RuleBroken, match="sits before that, on Wednesday 9 December 2026"):
        to_day(who, the_marac(who.area_id), date(2026, 12, 10))


def test_M4_one_that_was_moved_while_it_was_planned_is_not_in_its_own_way(who: Principal) -> None:
    planned.move_planned(who, THURSDAY, at(FRIDAY), "Room", NOW)
    referred(who, ONE)
    to_day(who, the_marac(who.area_id, FRIDAY), NEXT)
    assert year(who)[0] == (NEXT, False, THURSDAY)


def test_M1_a_referral_goes_on_the_earliest_marac_however_far_off_an_open_one_is(who: Principal) -> None:
    far = planning.plan(who, FAR, NOW)
    first = referred(who, ONE)
    assert line_of(first[0]).meeting_id == the_marac(who.area_id, THURSDAY) != far
    planning.close(who, the_marac(who.area_id), NOW)
    assert line_of(referred(who, ONE, TUESDAY)[0]).meeting_id == the_marac(who.area_id, NEXT)
    assert meeting_moves.cancel(who, the_marac(who.area_id), "No room", NOW) == 1
    assert line_of(first[0]).meeting_id == the_marac(who.area_id, NEXT)


def test_M1_cases_that_waited_without_a_timetable_go_on_its_first_marac(who: Principal) -> None:
    set_marac_day(who.area_id, None)
    items = referred(who, ONE)
    set_marac_day(who.area_id, THURSDAY)
    planning.plan(who, FAR, NOW)
    assert line_of(items[0]).meeting_id == the_marac(who.area_id, THURSDAY)


def test_M1_whoever_waits_too_long_is_told_of_to_those_who_may_open_the_case(who: Principal) -> None:
    meeting_id, items = published(who, ONE)
    assert marac_long_waits.long_waits(who, NOW.date()) == []
    to_day(who, meeting_id, FAR)
    (found,) = marac_long_waits.long_waits(who, NOW.date())
    assert (found.case_id, found.referred_on) == (line_of(items[0]).case_id, NOW.date())
    assert (found.meeting_id, found.sits_on) == (meeting_id, FAR)
    other = a_person(an_agency(who.area_id, "Fellside Council"), Role.COORDINATOR, "Robin Vale")
    a_wall(who.area_id, found.case_id, other.account_id)
    assert marac_long_waits.long_waits(other, NOW.date()) == []


def test_M4_a_planned_marac_moves_before_anything_is_referred_to_it(who: Principal) -> None:
    rep = a_person(an_agency(who.area_id))
    area = areas.by_id(who.area_id)
    assert planned.move_planned(who, THURSDAY, at(FRIDAY, 14, 0), "Room", NOW).told == 1
    assert told() == [rep.account_id]
    assert year(rep)[:2] == [(FRIDAY, False, THURSDAY), (NEXT, False, None)]
    items = referred(who, ONE)
    meeting = db.session.get_one(MeetingRow, line_of(items[0]).meeting_id)
    assert (meeting.sits_on, meeting.starts_at) == (FRIDAY, at(FRIDAY, 14, 0))
    assert year(rep)[:2] == [(FRIDAY, False, THURSDAY), (NEXT, False, None)], (
        "it takes the planned one's place"
    )
    assert meeting_dates.next_free_day(area, NOW.date()) == NEXT, "nothing sits on the old day"
    with pytest.raises(RuleBroken, match="is there by now"):
        planned.move_planned(who, THURSDAY, at(date(2026, 12, 7)), "Room", NOW)


def test_M1_a_cancelled_day_of_the_timetable_takes_nothing_until_it_is_put_back(who: Principal) -> None:
    planned.cancel_planned(who, THURSDAY, "Christmas party", NOW)
    items = referred(who, ONE)
    assert line_of(items[0]).meeting_id == the_marac(who.area_id, NEXT)
    assert year(who)[0] == (THURSDAY, True, None)
    with pytest.raises(RuleBroken, match="cancelled already"):
        planned.cancel_planned(who, THURSDAY, "Christmas party", NOW)
    planned.move_planned(who, THURSDAY, at(THURSDAY), "It is not", NOW)
    assert year(who)[0] == (THURSDAY, False, None)


def test_M1_a_moved_marac_leaves_no_second_one_on_its_day(who: Principal) -> None:
    """What is referred once it is closed goes on the next of the timetable, not on the day it left."""
    referred(who, ONE)
    meeting_id = the_marac(who.area_id)
    to_day(who, meeting_id, FRIDAY)
    planning.close(who, meeting_id, NOW)
    items = referred(who, ONE, TUESDAY)
    assert line_of(items[0]).meeting_id == the_marac(who.area_id, NEXT)


@pytest.mark.parametrize(("day", "words"), [(NEXT, "another MARAC"), (date(2026, 12, 6), "is a weekend")])
def test_M4_a_planned_marac_moves_onto_no_other(who: Principal, day: date, words: str) -> None:
    with pytest.raises(RuleBroken, match=words):
        planned.move_planned(who, THURSDAY, at(day), "Room", NOW)
    with pytest.raises(RuleBroken, match="plans no MARAC"):
        planned.move_planned(who, FRIDAY, at(NEXT), "Room", NOW)


def test_M4_a_published_marac_that_does_not_sit_is_told_of(who: Principal) -> None:
    rep = a_person(an_agency(who.area_id))
    meeting_id, _ = published(who)
    assert marac_publishing.did_not_sit(who, meeting_id, "Snow", NOW) == 2
    assert told() == [rep.account_id] and days_heard(meeting_id) == []
