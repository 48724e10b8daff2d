"""Cases that go to a later sitting, extra sittings, referrers' times, and the front of an agenda."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AreaRow,
    AuditRow,
    FlagRow,
    ItemRow,
    MeetingRow,
    OutboxRow,
    OutcomeRow,
    ReferralToldRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, areas, marac, marac_front, marac_waiting, pack_content, referrals
from meetingsvc.store.marac import Agenda, Line
from meetingsvc.usecases import marac as planning
from meetingsvc.usecases import marac_fitting as usecase
from meetingsvc.usecases import marac_publishing
from meetingsvc.usecases.carry_over import carry_over
from meetingsvc.usecases.transaction import saved
from meetingsvc.web import marac_parts
from tests.a_marac import MONDAY, NOW, TUESDAY, a_person, an_agency, line_of, referred, to_day
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.usecases.test_marac import THURSDAY, set_marac_day, the_marac

NEXT = THURSDAY + timedelta(days=14)
FRIDAY = date(2026, 12, 4)
THREE = (Group.NEW_NO_SAFEGUARDS,) * 2 + (Group.REPEAT_SAFEGUARDS,)
WHY = "Too many for one morning"
ON_ONE = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)


@pytest.fixture
@remembered
def who(area_id: UUID) -> Principal:
    """The coordinator of an area whose MARAC sits on Thursday 3 December."""
    set_marac_day(area_id, THURSDAY)
    return a_person(an_agency(area_id, "Northmoor Council"), Role.COORDINATOR, "Morgan Ashdown")


def closed(who: Principal, groups: tuple[Group, ...] = THREE) -> UUID:
    referred(who, groups)
    meeting_id = the_marac(who.area_id)
    planning.close(who, meeting_id, NOW)
    return meeting_id


def agenda(who: Principal, meeting_id: UUID) -> Agenda:
    db.session.rollback()
    found = marac.agenda(who, meeting_id)
    assert found is not None
    return found


def lines(who: Principal, meeting_id: UUID) -> tuple[Line, ...]:
    return agenda(who, meeting_id).lines


def front(who: Principal, meeting_id: UUID) -> marac_parts.Front:
    found = agenda(who, meeting_id)
    asked = referrals.asks_to_attend(who, [line.case_id for line in found.lines])
    return marac_parts.front(who, found, asked)


def lasting(area_id: UUID, minutes: int) -> None:
    with saved():
        row = db.session.get_one(AreaRow, area_id)
        row.settings = areas.settings_json(
            replace(AreaSettings(), marac_anchor=THURSDAY, marac_minutes=minutes)
        )


def attends(who: Principal, case_id: UUID, day: str) -> None:
    with saved():
        db.session.add(
            ReferralToldRow(area_id=who.area_id, case_id=case_id, referral_id=None, sight="panel",
                            label="Asks to attend", text=day, author="Gwen Pryce, Fellside Homes", at=NOW)
        )  # fmt: skip


def test_M4_what_a_marac_has_no_time_for_goes_to_the_next_with_the_reason_and_comes_first_there(
    who: Principal,
) -> None:
    meeting_id = closed(who)
    first, second, third = lines(who, meeting_id)
    to = usecase.move_on(who, meeting_id, {second.item_id, third.item_id}, None, WHY, NOW)
    assert [line.case for line in lines(who, meeting_id)] == [first.case]
    assert db.session.get_one(MeetingRow, to).sits_on == NEXT
    referred(who, (Group.NEW_NO_SAFEGUARDS,), TUESDAY)
    moved = lines(who, to)
    assert [line.case for line in moved][::2] == [second.case, third.case], "first in its group (M1)"
    assert [line.put_off for line in moved] == [WHY, "", WHY]
    assert [line.case for line in front(who, to).waited] == [second.case, third.case]


def test_M1_an_extra_sitting_never_takes_a_day_of_the_timetable(who: Principal) -> None:
    meeting_id = closed(who)
    *_, last = lines(who, meeting_id)
    with pytest.raises(RuleBroken, match="The timetable plans a MARAC on Thursday 17 December"):
        usecase.extra_sitting(who, meeting_id, NEXT, {last.item_id}, NOW)
    made = usecase.extra_sitting(who, meeting_id, FRIDAY, {last.item_id}, NOW)
    with pytest.raises(RuleBroken, match="The timetable plans a MARAC on Thursday 17 December"):
        to_day(who, made, NEXT)
    (item,) = referred(who, THREE[:1], TUESDAY)
    assert db.session.get_one(MeetingRow, line_of(item).meeting_id).sits_on == NEXT
    to_day(who, meeting_id, FRIDAY - timedelta(days=2))
    to_day(who, meeting_id, THURSDAY)


def test_M1_what_any_marac_left_unheard_comes_first_and_is_not_moved_again(who: Principal) -> None:
    meeting_id = closed(who)
    *_, last = lines(who, meeting_id)
    usecase.extra_sitting(who, meeting_id, FRIDAY, {last.item_id}, NOW)
    marac_publishing.publish(who, meeting_id, NOW)
    marac_publishing.did_not_sit(who, meeting_id, "Snow", NOW)
    carry_over(NOW.replace(month=12, day=7))
    after = the_marac(who.area_id, NEXT)
    assert [(line.came_back, line.waited) for line in lines(who, after)] == [(1, True)] * 3
    planning.close(who, after, NOW)
    lasting(who.area_id, 10)
    assert front(who, after).fit.moves == ()


def test_M4_an_extra_sitting_takes_cases_of_its_round_and_no_referral(who: Principal) -> None:
    meeting_id = closed(who)
    *_, last = lines(who, meeting_id)
    made = usecase.extra_sitting(who, meeting_id, FRIDAY, {last.item_id}, NOW)
    (told,) = lines(who, made)
    assert told.case == last.case and told.waited
    assert told.put_off == "no time at the MARAC of Thursday 3 December 2026"
    assert agenda(who, made).sitting.title == "Extra MARAC sitting"
    referred(who, THREE[:1], TUESDAY)
    assert len(lines(who, made)) == 1 and len(lines(who, the_marac(who.area_id, NEXT))) == 1
    assert marac_publishing.publish(who, made, NOW) is None
    told = db.session.scalars(select(OutboxRow.notice)).all()
    assert "agenda_published" in told, "agencies are told of the date as of any MARAC's"
    with pytest.raises(RuleBroken, match="already"):
        usecase.extra_sitting(who, meeting_id, FRIDAY, {lines(who, meeting_id)[0].item_id}, NOW)


@ON_ONE
@pytest.mark.parametrize(
    "day, why",
    [(THURSDAY, "comes after"), (date(2026, 12, 5), "next working day"), (MONDAY, "comes after")],
)
def test_M4_an_extra_sitting_is_on_a_working_day_after_its_marac(who: Principal, day: date, why: str) -> None:
    meeting_id = closed(who)
    with pytest.raises(RuleBroken, match=why):
        usecase.extra_sitting(who, meeting_id, day, {lines(who, meeting_id)[0].item_id}, NOW)


@ON_ONE
def test_M4_no_case_moves_from_an_open_agenda_and_none_that_agencies_hold(
    who: Principal,
) -> None:
    referred(who, THREE)
    meeting_id = the_marac(who.area_id)
    first = lines(who, meeting_id)[0].item_id
    with pytest.raises(RuleBroken, match="still takes referrals"):
        usecase.move_on(who, meeting_id, {first}, None, WHY, NOW)
    planning.close(who, meeting_id, NOW)
    with pytest.raises(RuleBroken, match="Say why"):
        usecase.move_on(who, meeting_id, {first}, None, " ", NOW)
    with pytest.raises(RuleBroken, match="at least one"):
        usecase.move_on(who, meeting_id, set(), None, WHY, NOW)
    marac_publishing.publish(who, meeting_id, NOW)
    with pytest.raises(RuleBroken, match="changed since"):
        usecase.move_on(who, meeting_id, {first}, None, WHY, NOW)
    (late,) = referred(who, THREE[:1], TUESDAY)
    planning.add_late(who, meeting_id, {late}, "Danger", NOW)
    extra = usecase.extra_sitting(who, meeting_id, FRIDAY, {line_of(late).id}, NOW)
    assert len(lines(who, extra)) == 1, "what gathers for a supplementary list may still go"
    assert len(lines(who, meeting_id)) == 3


@ON_ONE
def test_M4_a_sitting_that_is_none_of_those_offered_takes_no_case(who: Principal) -> None:
    meeting_id = closed(who)
    first, *_ = lines(who, meeting_id)
    daily = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "DRAMM")).first()
    for wrong in (uuid4(), meeting_id, daily):
        with pytest.raises(RuleBroken, match="changed since"):
            usecase.move_on(who, meeting_id, {first.item_id}, wrong, WHY, NOW)
    set_marac_day(who.area_id, None)
    with pytest.raises(RuleBroken, match="No later MARAC has a date"):
        usecase.move_on(who, meeting_id, {first.item_id}, None, WHY, NOW)
    assert len(lines(who, meeting_id)) == 3, "nothing moved"


@ON_ONE
@pytest.mark.parametrize("seed", range(4))
def test_M1_whatever_is_moved_no_case_is_lost_and_none_is_twice_in_one_round(
    who: Principal, seed: int
) -> None:
    chance = random.Random(seed)
    closed(who, THREE * 2)
    cases, extra = 6, FRIDAY
    for step in range(10):
        db.session.rollback()
        on = [one for one in marac.meetings(who) if not one.is_shared]
        sitting = chance.choice(on)
        there = [one.item_id for one in lines(who, sitting.id)]
        chosen = set(chance.sample(there, chance.randint(0, len(there))))
        try:
            match chance.randrange(4):
                case 0:
                    usecase.extra_sitting(who, sitting.id, extra, chosen, NOW)
                    extra += timedelta(days=3 if extra.weekday() == 4 else 1)
                case 1:
                    later = [one.id for one in marac_front.later_sittings(who, sitting, NOW.date())]
                    usecase.move_on(who, sitting.id, chosen, chance.choice([*later, None]), WHY, NOW)
                case 2:
                    late = [one.outcome_id for one in marac_waiting.late_referrals(who, sitting.id)]
                    planning.add_late(who, sitting.id, set(late[:1]), "Danger", NOW)
                case 3:
                    planning.close(who, sitting.id, NOW)
        except RuleBroken:
            db.session.rollback()
        if step == 5:
            referred(who, THREE[:2], TUESDAY)
            cases += 2
        _none_lost(cases)


def _none_lost(cases: int) -> None:
    db.session.rollback()
    rows = select(MeetingRow.id, MeetingRow.extra_of, ItemRow.case_id)
    rows = rows.join(ItemRow, ItemRow.meeting_id == MeetingRow.id).where(MeetingRow.kind == "MARAC")
    found = [(extra_of or key, case_id) for key, extra_of, case_id in db.session.execute(rows)]
    assert len({case_id for _, case_id in found}) == len(found) == cases
    assert max(Counter(found).values()) == 1
    assert None not in db.session.scalars(select(OutcomeRow.marac_item_id).where(OutcomeRow.refer)).all()


@ON_ONE
def test_M1_a_case_of_an_extra_sitting_joins_no_other_of_its_round_late(who: Principal) -> None:
    meeting_id = closed(who)
    *_, last = lines(who, meeting_id)
    extra = usecase.extra_sitting(who, meeting_id, FRIDAY, {last.item_id}, NOW)
    again = select(OutcomeRow).where(OutcomeRow.marac_item_id == lines(who, extra)[0].item_id)
    with saved():  # the same case, referred once more, waits
        outcome = db.session.scalars(again).one()
        outcome.marac_item_id = None
    assert marac_waiting.late_referrals(who, meeting_id) == []


def test_M1_T14_a_case_is_kept_at_the_time_of_its_referrer_on_page_and_pack(who: Principal) -> None:
    meeting_id = closed(who, (Group.NEW_NO_SAFEGUARDS,) * 3)
    before = lines(who, meeting_id)
    assert [line.starts_at for line in before] == [at(9, 30), at(9, 42), at(9, 54)]
    usecase.keep_slot(who, meeting_id, before[0].item_id, time(9, 50), NOW)
    after = lines(who, meeting_id)
    assert [line.case for line in after] == [before[1].case, before[2].case, before[0].case]
    assert after[2].slot_kept and after[2].starts_at == at(9, 54)
    with pytest.raises(RuleBroken, match="kept at a time"):
        planning.reorder(who, meeting_id, before[0].item_id, 3, 1, NOW)
    marac_publishing.publish(who, meeting_id, NOW)
    cases = pack_content.cases(acting.Host(who.area_id), meeting_id, 0)
    assert [case.reference for case in cases] == [line.case for line in after]
    assert [case.starts_at for case in cases] == [line.starts_at for line in after]
    with pytest.raises(RuleBroken, match="agencies hold it"):
        usecase.keep_slot(who, meeting_id, before[0].item_id, None, NOW)


def at(hour: int, minute: int) -> datetime:
    return NOW.replace(month=12, day=3, hour=hour, minute=minute)


@ON_ONE
def test_T14_a_time_is_taken_off_and_goes_with_nobody_to_another_day(who: Principal) -> None:
    meeting_id = closed(who)
    first, second, _ = lines(who, meeting_id)
    usecase.keep_slot(who, meeting_id, first.item_id, time(11), NOW)
    assert not lines(who, meeting_id)[1].slot_kept, "its group is over by then: the page says so"
    usecase.keep_slot(who, meeting_id, first.item_id, None, NOW)
    assert lines(who, meeting_id)[0].slot is None
    usecase.keep_slot(who, meeting_id, second.item_id, time(10), NOW)
    to = usecase.move_on(who, meeting_id, {second.item_id}, None, WHY, NOW)
    assert lines(who, to)[0].slot is None
    for wrong in (uuid4(), line_of(referred(who, THREE[:1], TUESDAY)[0]).id):
        with pytest.raises(NotFound):
            usecase.keep_slot(who, meeting_id, wrong, time(10), NOW)


@ON_ONE
def test_M4_the_fit_proposes_none_that_waited_comes_or_reaches_twelve_months(
    who: Principal,
) -> None:
    lasting(who.area_id, 15)
    meeting_id = closed(who, (Group.NEW_NO_SAFEGUARDS,) * 4)
    told = lines(who, meeting_id)
    fit = front(who, meeting_id).fit
    assert (fit.minutes, fit.over, len(fit.moves), fit.still_over) == (48, 33, 3, 0)
    with saved():
        db.session.get_one(ItemRow, told[3].item_id).put_off = WHY
    attends(who, told[2].case_id, "Thursday 3 December 2026")
    a_flag(who, told[1].case_id, date(2026, 12, 10))
    now = front(who, meeting_id)
    assert now.fit.moves == (told[0].item_id,) and now.fit.still_over == 21
    assert now.comes == {told[2].case_id}
    assert [(one.case, one.until) for one in now.ending] == [(told[1].case, date(2026, 12, 10))]


def a_flag(who: Principal, case_id: UUID, until: date) -> None:
    with saved():
        db.session.add(
            FlagRow(area_id=who.area_id, case_id=case_id, agency_id=who.agency_id, whose="victim", key="",
                    name="", state="added", heard_on=until.replace(year=2025), until=until, contact="",
                    necessary="", cannot_reach="", notify=False)
        )  # fmt: skip


@ON_ONE
@pytest.mark.parametrize(
    "until, shown", [(date(2026, 12, 2), 0), (THURSDAY, 1), (NEXT, 1), (date(2026, 12, 18), 0)]
)
def test_G1_cases_that_reach_twelve_months_before_the_next_marac_stand_at_the_front(
    who: Principal, until: date, shown: int
) -> None:
    meeting_id = closed(who)
    a_flag(who, lines(who, meeting_id)[0].case_id, until)
    assert len(front(who, meeting_id).ending) == shown


@ON_ONE
def test_A2_open_actions_of_earlier_meetings_stand_at_the_front(
    who: Principal,
) -> None:
    meeting_id = closed(who)
    now = front(who, meeting_id)
    assert (now.open, now.overdue(date(2026, 12, 1)), now.overdue(date(2026, 12, 2))) == (3, 0, 3)


def test_M6_what_somebody_is_kept_from_is_neither_timed_counted_nor_moved(who: Principal) -> None:
    other = a_person(who.agency_id, Role.COORDINATOR, "Imelda Quill")
    meeting_id = closed(who, (Group.NEW_NO_SAFEGUARDS,) * 3)
    first, second, third = lines(who, meeting_id)
    a_wall(who.area_id, second.case_id, other.account_id)
    with acting.acting(other):
        seen = {line.case: line.starts_at for line in lines(other, meeting_id)}
        assert front(other, meeting_id).fit.minutes == 24
    assert seen == {first.case: at(9, 30), third.case: at(9, 42)}
    mine = {line.case: line.starts_at for line in lines(who, meeting_id)}
    assert mine == seen | {second.case: None}, "the same times for everybody, and no gap"
    for person in (who, other):
        with pytest.raises(RuleBroken, match="changed since"):
            usecase.move_on(person, meeting_id, {second.item_id}, None, WHY, NOW)
    with pytest.raises(RuleBroken, match="kept from this case"):
        usecase.keep_slot(who, meeting_id, second.item_id, time(10), NOW)


@ON_ONE
def test_V5_only_who_edits_agendas_moves_cases_and_the_trail_counts_without_words(who: Principal) -> None:
    meeting_id = closed(who)
    rep = a_person(an_agency(who.area_id))
    first, second, _ = lines(who, meeting_id)
    for act in (
        lambda: usecase.move_on(rep, meeting_id, {first.item_id}, None, WHY, NOW),
        lambda: usecase.extra_sitting(rep, meeting_id, FRIDAY, {first.item_id}, NOW),
        lambda: usecase.keep_slot(rep, meeting_id, first.item_id, time(10), NOW),
    ):
        with pytest.raises(Forbidden):
            act()
    usecase.keep_slot(who, meeting_id, second.item_id, time(10), NOW)
    made = usecase.extra_sitting(who, meeting_id, FRIDAY, {first.item_id}, NOW)
    to = usecase.move_on(who, meeting_id, {second.item_id}, made, WHY, NOW)
    kept = ("marac.slot_kept", "marac.extra", "marac.put_off")
    rows = select(AuditRow.action, AuditRow.detail).where(AuditRow.action.in_(kept)).order_by(AuditRow.id)
    told = db.session.execute(rows).all()
    assert [action for action, _ in told] == list(kept) and to == made
    assert [detail.get("items") for _, detail in told] == [None, 1, 1] and WHY not in str(told)
