"""Referrals, agendas, publishing and supplementary lists."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.meetings import MeetingKind, MeetingState
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AreaRow,
    AuditRow,
    HearingRow,
    ItemRow,
    MeetingRow,
    OutboxRow,
    OutcomeRow,
    PackRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, areas, marac, marac_waiting, pack_content
from meetingsvc.store.acting import Host
from meetingsvc.usecases import lists, marac_publishing
from meetingsvc.usecases import marac as usecase
from meetingsvc.usecases.transaction import saved
from tests.a_marac import (
    MONDAY,
    NOW,
    SECRET,
    TUESDAY,
    a_person,
    an_agency,
    decided,
    line_of,
    listed,
    not_referred,
    people_rows,
    referred,
    to_day,
)
from tests.builders import take_in
from tests.servers.remembered import remembered

TWO = (Group.NEW_SAFEGUARDS, Group.REPEAT_NO_SAFEGUARDS)
THURSDAY = date(2026, 12, 3)


def set_marac_day(area_id: UUID, day: date | None) -> None:
    with saved():
        row = db.session.get_one(AreaRow, area_id)
        row.settings = areas.settings_json(replace(AreaSettings(), marac_anchor=day))


@pytest.fixture
@remembered
def who(area_id: UUID) -> Principal:
    """The coordinator of an area whose MARAC sits on Thursday 3 December."""
    set_marac_day(area_id, THURSDAY)
    return a_person(an_agency(area_id, "Northmoor Council"), Role.COORDINATOR, "Morgan Ashdown")


def the_marac(area_id: UUID, day: date = THURSDAY) -> UUID:
    row = MeetingRow
    found = db.session.scalar(select(row.id).where(row.kind == MeetingKind.MARAC, row.sits_on == day))
    assert found is not None
    return found


def refs(who: Principal, day: date = THURSDAY) -> list[tuple[int, int]]:
    """Group and supplement of each line, in order."""
    db.session.rollback()
    return [(line.group.value, line.supplement) for line in marac.lines(the_marac(who.area_id, day))]


def count(of: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(of)) or 0


def published(who: Principal, groups: tuple[Group, ...] = TWO) -> tuple[UUID, list[UUID]]:
    items = referred(who, groups)
    meeting_id = the_marac(who.area_id)
    usecase.close(who, meeting_id, NOW)
    assert marac_publishing.publish(who, meeting_id, NOW) is None
    return meeting_id, items


def test_M1_a_referral_makes_the_next_marac_of_the_timetable_and_joins_it(who: Principal) -> None:
    referred(who, TWO)
    assert refs(who) == [(1, 0), (3, 0)]


def test_M1_a_marac_of_the_timetable_is_moved_off_a_bank_holiday(who: Principal) -> None:
    set_marac_day(who.area_id, date(2026, 12, 25))
    usecase.plan(who, date(2026, 11, 27), NOW)
    usecase.plan(who, date(2026, 12, 11), NOW)
    for day in (date(2026, 11, 27), date(2026, 12, 11)):
        with saved():
            db.session.get_one(MeetingRow, the_marac(who.area_id, day)).state = MeetingState.CLOSED
    referred(who, TWO)
    assert refs(who, date(2026, 12, 29)) == [(1, 0), (3, 0)]


def test_M1_without_a_marac_date_a_referral_waits_visibly_and_the_next_marac_takes_it(who: Principal) -> None:
    set_marac_day(who.area_id, None)
    items = referred(who, TWO)
    assert [one.outcome_id for one in marac_waiting.waiting_referrals(who)] == items
    assert marac.meetings(who) == []
    usecase.plan(who, date(2026, 12, 9), NOW)
    assert marac_waiting.waiting_referrals(who) == []
    assert refs(who, date(2026, 12, 9)) == [(1, 0), (3, 0)]


def test_M1_a_changed_outcome_changes_the_line_while_the_agenda_is_open(who: Principal) -> None:
    first, *_ = referred(who, TWO)
    decided(who, first, Group.NEW_NO_SAFEGUARDS, risk="medium")
    line = line_of(first)
    assert (line.group, line.risk) == (2, "medium")
    assert count(ItemRow) == 4


def test_M1_a_case_referred_twice_is_one_line_as_the_latest_meeting_left_it(who: Principal) -> None:
    rows = people_rows(1, MONDAY)
    (first,) = listed(who.area_id, rows)
    decided(who, first, Group.NEW_NO_SAFEGUARDS)
    further = {**rows[0], "occurrence_number": "F2", "recorded_at": "2026-11-23T12:00:00+00:00"}
    (second,) = listed(who.area_id, [further], TUESDAY)
    decided(who, second, Group.NEW_SAFEGUARDS)
    assert refs(who) == [(3, 0)]
    decided(who, first, Group.REPEAT_NO_SAFEGUARDS)  # the earlier meeting's, put right later
    assert refs(who) == [(3, 0)]
    assert [len(line.referred_on) for line in marac.lines(the_marac(who.area_id))] == [2]
    not_referred(who, second)
    assert refs(who) == [(1, 0)]
    not_referred(who, first)
    assert refs(who) == []


@pytest.mark.parametrize("change", ["group", "withdraw"])
def test_M1_an_outcome_whose_case_is_on_a_closed_agenda_can_no_longer_change_it(
    who: Principal, change: str
) -> None:
    first, second = referred(who, TWO)
    usecase.close(who, the_marac(who.area_id), NOW)
    with pytest.raises(RuleBroken, match="Thursday 3 December 2026 is closed.*Leave them as they were"):
        if change == "group":
            decided(who, first, Group.NEW_NO_SAFEGUARDS)
        else:
            not_referred(who, first)
    assert refs(who) == [(1, 0), (3, 0)]
    decided(who, second, Group(line_of(second).group or 0))  # saved again as it was: nothing to refuse


def test_M1_what_is_referred_after_the_agenda_closed_goes_on_the_next_one(who: Principal) -> None:
    referred(who, TWO)
    usecase.close(who, the_marac(who.area_id), NOW)
    referred(who, (Group.NEW_NO_SAFEGUARDS,), TUESDAY)
    assert refs(who) == [(1, 0), (3, 0)]
    assert refs(who, date(2026, 12, 17)) == [(2, 0)]


def test_M1_a_case_moves_inside_its_group_only_and_from_where_it_was_seen(who: Principal) -> None:
    referred(who, (Group.NEW_NO_SAFEGUARDS,) * 3 + (Group.DISCLOSURE,))
    meeting_id = the_marac(who.area_id)
    before = [line.item_id for line in marac.lines(meeting_id)]
    usecase.reorder(who, meeting_id, before[2], 3, 1, NOW)
    now = [line.item_id for line in marac.lines(meeting_id)]
    assert now == [before[2], before[0], before[1], before[3]]
    with pytest.raises(RuleBroken, match="Somebody else has changed the order"):
        usecase.reorder(who, meeting_id, before[2], 3, 2, NOW)
    with pytest.raises(RuleBroken, match="group 5"):
        usecase.reorder(who, meeting_id, before[3], 4, 1, NOW)
    with pytest.raises(RuleBroken, match="not on this agenda"):
        usecase.reorder(who, meeting_id, uuid4(), 1, 2, NOW)
    assert [line.item_id for line in marac.lines(meeting_id)] == now


def test_C3_an_update_only_case_that_is_not_confirmed_is_discussed_with_the_reason(who: Principal) -> None:
    referred(who, (Group.NEW_SAFEGUARDS, Group.DISCLOSURE))
    meeting_id = the_marac(who.area_id)
    safeguards, disclosure = (line.item_id for line in marac.lines(meeting_id))
    with pytest.raises(RuleBroken, match="still takes referrals"):
        usecase.discuss(who, meeting_id, safeguards, "Homes: she has left the refuge", NOW)
    usecase.close(who, meeting_id, NOW)
    for item_id in (safeguards, disclosure):
        usecase.discuss(who, meeting_id, item_id, "Homes: she has left the refuge", NOW)
    told = [(line.group.value, line.purpose, line.moved_reason) for line in marac.lines(meeting_id)]
    assert told == [(group, "for discussion", "Homes: she has left the refuge") for group in (2, 5)]
    with pytest.raises(RuleBroken, match="already for discussion"):
        usecase.discuss(who, meeting_id, disclosure, "again", NOW)


def test_M1_an_agenda_with_nothing_on_it_is_neither_closed_nor_published(who: Principal) -> None:
    meeting_id = usecase.plan(who, THURSDAY, NOW)
    for act in (usecase.close, marac_publishing.publish):
        with pytest.raises(RuleBroken, match="There is nothing on this agenda"):
            act(who, meeting_id, NOW)
    assert count(PackRow) == count(HearingRow) == 0
    assert set(db.session.scalars(select(OutboxRow.notice))) <= {"invitation"}


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 20), "has passed"),
        (date(2026, 12, 5), "is a weekend"),
        (date(2026, 12, 25), "is a bank holiday"),
        (THURSDAY, "a MARAC on Thursday 3 December 2026 already"),
    ],
)
def test_M1_a_marac_is_planned_on_a_fit_day_only(who: Principal, day: date, words: str) -> None:
    usecase.plan(who, THURSDAY, NOW)
    with pytest.raises(RuleBroken, match=words):
        usecase.plan(who, day, NOW)


def test_M1_an_agenda_moves_to_another_day_whether_or_not_agencies_hold_it(who: Principal) -> None:
    meeting_id, _ = published(who)
    to_day(who, meeting_id, date(2026, 12, 8))
    other = usecase.plan(who, date(2026, 12, 10), NOW)
    to_day(who, other, date(2026, 12, 9))
    assert [m.sits_on for m in marac.meetings(who)] == [date(2026, 12, 8), date(2026, 12, 9)]


def test_M1_publishing_hears_every_case_draws_one_pack_and_tells_each_person_once(who: Principal) -> None:
    homes = an_agency(who.area_id)
    rep = a_person(homes)
    a_person(an_agency(who.area_id, "Daily Only", marac=False))
    a_person(homes, Role.AGENCY_ADMINISTRATOR)
    meeting_id, items = published(who)
    heard = db.session.scalars(select(HearingRow)).all()
    assert {(h.heard_on, h.source, h.meeting_id) for h in heard} == {(THURSDAY, "marac", meeting_id)}
    assert len(heard) == 2 and count(PackRow) == 1
    told = db.session.execute(select(OutboxRow.account_id, OutboxRow.notice, OutboxRow.context)).all()
    assert {account for account, _, _ in told} == {who.account_id, rep.account_id}
    assert {notice for _, notice, _ in told} == {"invitation", "agenda_published"} and len(told) == 4
    (shared, *_) = (context for _, notice, context in told if notice == "agenda_published")
    assert shared == {"panel": "MARAC", "sits_on": "2026-12-03", "path": f"/marac/{meeting_id}"}


def test_M1_publishing_again_says_so_and_changes_nothing(who: Principal) -> None:
    meeting_id, _ = published(who)
    before = [count(of) for of in (PackRow, HearingRow, OutboxRow, AuditRow)]
    later = NOW + timedelta(hours=1)
    words = marac_publishing.publish(who, meeting_id, later)
    assert words == "This agenda was published on Monday 23 November 2026. Nothing changed."
    assert [count(of) for of in (PackRow, HearingRow, OutboxRow, AuditRow)] == before


def test_M1_two_who_publish_at_once_make_one_pack_and_one_set_of_hearings(
    who: Principal, core_app: Flask
) -> None:
    referred(who, TWO)
    meeting_id = the_marac(who.area_id)
    usecase.close(who, meeting_id, NOW)
    db.session.remove()
    answers: list[object] = []
    together = threading.Barrier(2)

    def act() -> None:
        with core_app.app_context():
            together.wait()
            try:
                answers.append(marac_publishing.publish(who, meeting_id, NOW))
            finally:
                db.session.remove()

    at_once(act, act)
    assert sorted(answer is None for answer in answers) == [False, True]
    assert (count(PackRow), count(HearingRow)) == (1, 2)


def test_M1_two_referrals_at_once_make_one_marac(who: Principal, core_app: Flask) -> None:
    items = listed(who.area_id, people_rows(2, MONDAY))
    db.session.remove()
    together = threading.Barrier(2)

    def act(item_id: UUID) -> None:
        with core_app.app_context(), acting.service():
            together.wait()
            decided(who, item_id, Group.NEW_NO_SAFEGUARDS)
            db.session.remove()

    at_once(*(lambda item_id=item_id: act(item_id) for item_id in items))
    assert refs(who) == [(2, 0), (2, 0)]


def at_once(*acts: Callable[[], None]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_T6_a_further_incident_is_a_repeat_from_the_day_the_marac_sits(who: Principal) -> None:
    rows = people_rows(1, MONDAY)
    (item,) = listed(who.area_id, rows)
    decided(who, item, Group.NEW_NO_SAFEGUARDS)
    meeting_id = the_marac(who.area_id)
    usecase.close(who, meeting_id, NOW)
    marac_publishing.publish(who, meeting_id, NOW)
    again = {
        **rows[0],
        "risk": "standard",
        "occurrence_number": "LATER",
        "recorded_at": "2026-12-03T13:00:00+00:00",
    }
    take_in(who.area_id, again)
    with saved():
        built = lists.build(
            db.session.get_one(AreaRow, who.area_id), date(2026, 12, 4), "test", NOW + timedelta(days=11)
        )
    assert built.items == 1
    repeat = db.session.scalar(select(ItemRow.repeat).where(ItemRow.meeting_id == built.meeting_id))
    assert repeat is True


def test_M1_a_late_case_joins_a_published_agenda_on_a_supplementary_list(who: Principal) -> None:
    rep = a_person(an_agency(who.area_id))
    meeting_id, _ = published(who)
    (late,) = referred(who, (Group.NEW_NO_SAFEGUARDS,), TUESDAY)
    assert [one.outcome_id for one in marac_waiting.late_referrals(who, meeting_id)] == [late]
    with pytest.raises(RuleBroken, match="Say why"):
        usecase.add_late(who, meeting_id, {late}, "  ", NOW)
    assert usecase.add_late(who, meeting_id, {late}, "She is in danger now", NOW) == 1
    assert refs(who) == [(1, 0), (3, 0), (2, 1)]
    assert refs(who, date(2026, 12, 17)) == []
    assert len(shown(rep, meeting_id)) == 2, "agencies do not see it before it is published"
    assert pack_content.cases(rep, meeting_id, 1) == ()
    assert marac_publishing.publish_supplement(who, meeting_id, 1, NOW) is None
    assert len(shown(rep, meeting_id)) == 3
    assert [len(pack_content.cases(rep, meeting_id, n)) for n in (0, 1)] == [2, 1]
    assert (count(PackRow), count(HearingRow)) == (2, 3)
    assert marac_publishing.publish_supplement(who, meeting_id, 1, NOW) is not None
    assert count(PackRow) == 2
    with pytest.raises(RuleBroken, match="nothing on this supplementary list"):
        marac_publishing.publish_supplement(who, meeting_id, 2, NOW)


def shown(reader: Principal, meeting_id: UUID) -> tuple[marac.Line, ...]:
    found = marac.agenda(reader, meeting_id)
    assert found is not None
    return found.lines


def test_M1_a_late_case_joins_a_closed_agenda_itself(who: Principal) -> None:
    referred(who, TWO)
    meeting_id = the_marac(who.area_id)
    usecase.close(who, meeting_id, NOW)
    (late,) = referred(who, (Group.NEW_NO_SAFEGUARDS,), TUESDAY)
    assert usecase.add_late(who, meeting_id, {late}, "Danger now", NOW) == 0
    assert refs(who) == [(1, 0), (2, 0), (3, 0)]


def test_M1_a_marac_that_has_sat_takes_no_late_case(who: Principal) -> None:
    meeting_id, _ = published(who)
    (late,) = referred(who, (Group.NEW_NO_SAFEGUARDS,), TUESDAY)
    with pytest.raises(RuleBroken, match="has sat"):
        usecase.add_late(who, meeting_id, {late}, "Danger now", NOW + timedelta(days=11))


def test_S3_only_who_runs_meetings_changes_one_and_another_areas_is_not_there(who: Principal) -> None:
    meeting_id = usecase.plan(who, THURSDAY, NOW)
    rep = a_person(an_agency(who.area_id))
    with pytest.raises(Forbidden):
        usecase.close(rep, meeting_id, NOW)
    with pytest.raises(NotFound):
        usecase.close(who, uuid4(), NOW)
    assert marac.agenda(rep, meeting_id) is None, "an agenda is shared only once it is published"


def test_M1_a_case_carries_what_the_daily_meeting_heard_and_nothing_that_says_where_she_is(
    who: Principal,
) -> None:
    published(who)
    (pack,) = db.session.scalars(select(PackRow)).all()
    told = str(pack.words)
    expected = (
        "He held her by the throat", "Rent arrears since June.", "Priya Raman", "Professional opinion",
        "tenancy file", "Weekly calls.", "Fit a new lock", "High risk", "Safeguards are in place",
    )  # fmt: skip
    for part in expected:
        assert part in told, part
    assert SECRET[:10] not in told and "07700" not in told


def test_R2_everything_shared_keeps_agency_author_kind_and_source(who: Principal) -> None:
    published(who)
    cases = pack_content.cases(Host(who.area_id), the_marac(who.area_id), 0)
    for case in cases:
        for note in case.shared:
            assert all((note.agency, note.author, note.recorded_at, note.kind, note.source, note.text))


def test_a_pack_takes_as_many_queries_for_ten_cases_as_for_two(who: Principal) -> None:
    def queries(groups: int, day: date) -> int:
        referred(who, (Group.NEW_NO_SAFEGUARDS,) * groups, day)
        meeting_id, seen = the_marac(who.area_id), []
        listener = lambda *told: seen.append(told[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        assert pack_content.cases(Host(who.area_id), meeting_id, 0)
        assert marac.agenda(who, meeting_id)
        event.remove(db.engine, "before_cursor_execute", listener)
        return len(seen)

    assert queries(2, MONDAY) == queries(8, TUESDAY)


def test_V5_each_step_leaves_its_line_without_names(who: Principal) -> None:
    published(who)
    lines = db.session.execute(select(AuditRow.action, AuditRow.detail).order_by(AuditRow.id)).all()
    actions = [action for action, _ in lines]
    assert [a for a in actions if a.startswith("marac.")] == [
        "marac.planned", "marac.referred", "marac.referred", "marac.closed", "marac.published",
    ]  # fmt: skip
    assert "Thistlewood" not in str(lines) and "Moss" not in str(lines)


def test_no_referral_is_lost_whatever_happens_to_the_agendas(who: Principal) -> None:
    """Every outcome that refers is on exactly one agenda, or waits."""
    items = referred(who, TWO)
    published_one = the_marac(who.area_id)
    usecase.close(who, published_one, NOW)
    marac_publishing.publish(who, published_one, NOW)
    items += referred(who, TWO, TUESDAY)
    usecase.add_late(who, published_one, items[2:3], "Danger", NOW)
    on = db.session.scalars(select(OutcomeRow.marac_item_id).where(OutcomeRow.refer)).all()
    assert None not in on and len(set(on)) == len(items) == count_lines()


def count_lines() -> int:
    rows = select(func.count()).select_from(ItemRow).join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
    return db.session.scalar(rows.where(MeetingRow.kind == MeetingKind.MARAC)) or 0
