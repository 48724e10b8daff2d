"""Persons of concern, places, groups and themes on agendas: nothing falls off in silence (E1, E2)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import NotFound

from agenda.incidents import Risk
from agenda.panels import Family, Part
from agenda.rules import RuleBroken
from agenda.subjects import SubjectKind, Tie
from meetingsvc.models import (
    AgencyPanelRow,
    AgendaPutRow,
    AreaRow,
    AuditRow,
    CaseRow,
    ItemRow,
    LadderPlaceRow,
    LadderStepRow,
    MeetingRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, exploitation_page, subjects
from meetingsvc.store.scope_exploitation import puts_of
from meetingsvc.usecases import agenda_puts, ladder, under_review
from meetingsvc.usecases import exploitation_agendas as agendas
from meetingsvc.usecases import exploitation_closing as closing
from meetingsvc.usecases.transaction import saved
from minutes.under_review import Review, Verdict
from tests.a_ladder import (
    MONDAY,
    NEXT_WEDNESDAY,
    WEDNESDAY,
    a_runner,
    an_office,
    at,
    built,
    came,
    item_of,
    ladder_of,
    mark_of,
    meeting_of,
    place_of,
    referred,
    told,
)
from tests.a_marac import a_person, an_agency
from tests.a_subject import a_link, a_subject
from tests.a_wall import a_wall

MACE_DAY, MACE_AFTER, MACE_THIRD = date(2026, 12, 1), date(2026, 12, 29), date(2027, 1, 26)
KEEP, CLOSE = Review(Verdict.KEEP, "As the meeting heard"), Review(Verdict.CLOSE, "Nobody is seen there now")


@pytest.fixture
def office(area_id: UUID) -> UUID:
    return an_office(area_id)


@pytest.fixture
def wren(area_id: UUID, office: UUID) -> Principal:
    who = a_runner(office)
    ladder_of(area_id, who)
    return who


@pytest.fixture
def chair(office: UUID) -> Principal:
    return a_runner(office, Role.CHAIR, "Bea Fell")


def made(area: AreaRow, kind: SubjectKind = SubjectKind.PLACE, name: str = "Moor Park") -> UUID:
    with saved(), acting.service():
        return a_subject(area.id, kind, name)


def put(who: Principal, case_id: UUID, code: str = "MACE") -> UUID:
    """Its item on the coming agenda of that panel."""
    day = agenda_puts.put(who, code, case_id, "Three children were found there", at(MONDAY))
    return on(code, day, case_id)


def on(code: str, day: date, case_id: UUID) -> UUID:
    meeting = meeting_of(code, day)
    item = item_of(meeting.id, case_id) if meeting else None
    assert item
    return item


def is_on(code: str, day: date, case_id: UUID) -> bool:
    meeting = meeting_of(code, day)
    return bool(meeting and item_of(meeting.id, case_id))


def decide(who: Principal, item: UUID, what: Review, day: date = MACE_DAY) -> bool:
    return under_review.decide(who, item, what, mark_of(item), at(day, 11))


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def compiled(area: AreaRow, now: date) -> None:
    with saved(), acting.whole_area(area.id):
        agendas.compile_due(db.session.get_one(AreaRow, area.id), "test", at(now))


def over(who: Principal, day: date, seen: int) -> int:
    """The meeting of that day sits and is closed."""
    meeting = meeting_of("MACE", day)
    assert meeting
    came(who, meeting.id, at(day, 10))
    return closing.close(who, "MACE", day, seen, at(day, 12))


def test_E2_what_is_put_on_is_there_once_and_each_reason_is_kept(area: AreaRow, wren: Principal) -> None:
    park = made(area)
    item = put(wren, park)
    assert put(wren, park) == item and count(AgendaPutRow) == 1, "the same said twice is said once"
    agenda_puts.put(wren, "MACE", park, "A fourth child", at(MONDAY))
    assert (count(ItemRow), count(AgendaPutRow), count(LadderPlaceRow)) == (1, 2, 1)
    assert db.session.scalars(select(AuditRow.case_id).where(AuditRow.action == "agenda.put_on")).all() == [
        park, park, park,
    ]  # fmt: skip


def test_E2_a_panel_takes_what_it_hears_and_no_child(area: AreaRow, wren: Principal) -> None:
    child = made(area, SubjectKind.CHILD, "Kit Valewright")
    for code, case_id in (("MACE", child), ("DREAM", made(area)), ("MARAC", made(area, name="B"))):
        with pytest.raises(NotFound):
            agenda_puts.put(wren, code, case_id, "-", at(MONDAY))
    with pytest.raises(NotFound):
        agenda_puts.put_theme(wren, "ESP", "Holiday lets", "-", at(MONDAY))
    with pytest.raises(RuleBroken, match="Say why"):
        agenda_puts.put(wren, "MACE", made(area, name="C"), " ", at(MONDAY))
    assert count(ItemRow) == count(LadderPlaceRow) == 0


def test_E2_a_theme_is_a_title_and_nobody_and_of_one_title_there_is_one(
    area: AreaRow, wren: Principal
) -> None:
    for title in ("Holiday lets", "holiday LETS"):
        assert agenda_puts.put_theme(wren, "MACE", title, "-", at(MONDAY)) == MACE_DAY
    case = db.session.scalars(select(CaseRow)).one()
    assert (case.kind, case.family, case.victim_id, case.perpetrator_id) == (
        "theme", Family.EXPLOITATION, None, None,
    )  # fmt: skip
    with acting.acting(wren):
        assert subjects.every(wren) == [], "nothing links to a theme"
    assert count(ItemRow) == 1


def test_E2_the_agenda_is_grouped_by_kind_each_in_the_order_it_was_put_on(
    area: AreaRow, wren: Principal
) -> None:
    agenda_puts.put_theme(wren, "MACE", "Holiday lets", "-", at(MONDAY))
    for kind, name in (
        (SubjectKind.GROUP, "The crew"), (SubjectKind.PLACE, "Moor Park"), (SubjectKind.PERSON, "Bo Zabel"),
        (SubjectKind.PLACE, "Alder Yard"),
    ):  # fmt: skip
        put(wren, made(area, kind, name))
    meeting = meeting_of("MACE", MACE_DAY)
    assert meeting
    with acting.acting(wren):
        lines = exploitation_page.lines(wren, meeting.id)
    assert [(one.part, one.name) for one in lines] == [
        (Part.PERSON, "Bo Zabel"), (Part.PLACE, "Moor Park"), (Part.PLACE, "Alder Yard"),
        (Part.GROUP, "The crew"), (Part.THEME, "Holiday lets"),
    ]  # fmt: skip


def test_E1_who_was_not_decided_on_is_carried_to_the_next_sitting_and_counted(
    area: AreaRow, wren: Principal
) -> None:
    park = made(area)
    put(wren, park)
    closing.share(wren, "MACE", MACE_DAY, at(MONDAY))
    meeting = meeting_of("MACE", MACE_DAY)
    assert meeting
    came(wren, meeting.id, at(MACE_DAY, 10))
    with pytest.raises(RuleBroken, match="on 1 other on the agenda"):
        closing.close(wren, "MACE", MACE_DAY, 0, at(MACE_DAY, 12))
    assert closing.close(wren, "MACE", MACE_DAY, 1, at(MACE_DAY, 12)) == 1
    assert is_on("MACE", MACE_AFTER, park)


def test_E1_a_meeting_called_off_loses_nothing(area: AreaRow, wren: Principal) -> None:
    park = made(area)
    put(wren, park)
    with saved():
        meeting = meeting_of("MACE", MACE_DAY)
        assert meeting
        db.session.get_one(MeetingRow, meeting.id).state = "cancelled"
    compiled(area, WEDNESDAY)
    assert is_on("MACE", MACE_AFTER, park)


def test_E1_what_is_kept_comes_back_by_itself_when_due_and_not_before(area: AreaRow, wren: Principal) -> None:
    park, yard = made(area), made(area, name="Alder Yard")
    soon, late = put(wren, park), put(wren, yard)
    with pytest.raises(RuleBroken, match="has not begun"):
        decide(wren, soon, KEEP, MONDAY)
    closing.share(wren, "MACE", MACE_DAY, at(MONDAY))
    with pytest.raises(ladder.Unfit):
        decide(wren, soon, Review(Verdict.KEEP, " "))
    assert decide(wren, soon, Review(Verdict.KEEP, "-", date(2027, 1, 4)))
    assert decide(wren, late, KEEP) and decide(wren, late, KEEP), "sent twice"
    assert count(LadderStepRow) == 2
    assert over(wren, MACE_DAY, 0) == 0
    assert is_on("MACE", MACE_AFTER, park) and not is_on("MACE", MACE_AFTER, yard)
    assert place_of(yard).review_by == MACE_DAY + timedelta(days=84)  # type: ignore[union-attr]
    compiled(area, date(2027, 2, 22))
    assert is_on("MACE", date(2027, 2, 23), yard)


def test_E1_what_is_closed_is_heard_no_more_and_may_be_put_on_again(area: AreaRow, wren: Principal) -> None:
    park = made(area)
    item = put(wren, park)
    closing.share(wren, "MACE", MACE_DAY, at(MONDAY))
    assert decide(wren, item, CLOSE) and place_of(park) is None
    assert over(wren, MACE_DAY, 0) == 0 and not is_on("MACE", MACE_AFTER, park)
    assert agenda_puts.put(wren, "MACE", park, "Again", at(MACE_DAY, 13)) == MACE_AFTER
    agenda_puts.take_off(wren, on("MACE", MACE_AFTER, park), "The wrong park", at(MACE_DAY, 14))
    assert not is_on("MACE", MACE_AFTER, park) and place_of(park) is None


def near(area: AreaRow, wren: Principal, level: Risk) -> UUID:
    """A person of concern, linked by a group to a child at that level."""
    child = referred(wren, at(date(2026, 11, 22), 12))
    item = item_of(built(area.id, MONDAY), child)
    assert item
    ladder.decide(wren, item, told(level=level), mark_of(item), at(MONDAY))
    with saved(), acting.service():
        man, crew = (
            a_subject(area.id, kind, name)
            for kind, name in ((SubjectKind.PERSON, "Bo Zabel"), (SubjectKind.GROUP, "The crew"))
        )
        a_link(area.id, child, crew, wren.agency_id, wren.account_id, Tie.MEMBER)
        a_link(area.id, man, crew, wren.agency_id, wren.account_id, Tie.MEMBER)
    return man


def test_E1_a_person_of_concern_near_a_child_at_the_highest_level_is_closed_by_two_one_a_chair(
    area: AreaRow, wren: Principal, chair: Principal, office: UUID
) -> None:
    man = near(area, wren, Risk.HIGH)
    item = put(wren, man)
    closing.share(wren, "MACE", MACE_DAY, at(MONDAY))
    assert not decide(wren, item, CLOSE) and not decide(wren, item, CLOSE), "it waits"
    assert place_of(man) and count(LadderStepRow) == 1, "the child's alone"
    mark = mark_of(item)
    for who, why in ((wren, "Another person"), (a_runner(office, name="Gil Stone"), "A chair")):
        with pytest.raises(RuleBroken, match=why):
            under_review.confirm(who, item, mark, at(MACE_DAY, 11, 30))
    assert over(wren, MACE_DAY, 0) == 0 and is_on("MACE", MACE_AFTER, man), "heard until it is confirmed"
    under_review.confirm(chair, item, mark, at(MACE_DAY, 13))
    step = db.session.scalars(select(LadderStepRow).order_by(LadderStepRow.id.desc())).first()
    assert step and (step.decision, step.made_by, step.confirmed_by) == (
        "close", wren.account_id, chair.account_id
    )  # fmt: skip
    assert place_of(man) is None and not is_on("MACE", MACE_AFTER, man)


def test_E1_a_closing_that_is_refused_or_overtaken_leaves_it_there(
    area: AreaRow, wren: Principal, chair: Principal
) -> None:
    man = near(area, wren, Risk.HIGH)
    item = put(wren, man)
    closing.share(wren, "MACE", MACE_DAY, at(MONDAY))
    decide(wren, item, CLOSE)
    under_review.refuse(chair, item, mark_of(item), at(MACE_DAY, 11, 30))
    decide(wren, item, CLOSE)
    mark = mark_of(item)
    agenda_puts.put(wren, "MACE", man, "He was seen today", at(MACE_DAY, 12))
    with pytest.raises(RuleBroken, match="since you opened"):
        under_review.confirm(chair, item, mark, at(MACE_DAY, 13))
    assert place_of(man) and is_on("MACE", MACE_AFTER, man)


def test_E1_one_near_children_at_lower_levels_alone_is_closed_by_one(area: AreaRow, wren: Principal) -> None:
    man = near(area, wren, Risk.MEDIUM)
    item = put(wren, man)
    closing.share(wren, "MACE", MACE_DAY, at(MONDAY))
    assert decide(wren, item, CLOSE) and place_of(man) is None


def test_E1_it_is_taken_off_with_a_reason_until_agencies_could_read_it(
    area: AreaRow, wren: Principal
) -> None:
    park, yard = made(area), made(area, name="Alder Yard")
    first, second = put(wren, park), put(wren, yard)
    with pytest.raises(RuleBroken, match="Say why"):
        agenda_puts.take_off(wren, first, " ", at(MONDAY))
    agenda_puts.take_off(wren, first, "The wrong park", at(MONDAY))
    assert not is_on("MACE", MACE_DAY, park) and place_of(park) is None
    kept = db.session.scalars(select(AgendaPutRow).where(AgendaPutRow.case_id == park)).one()
    assert (kept.off_reason, kept.off_by) == ("The wrong park", wren.account_id)
    assert db.session.scalar(select(AuditRow.case_id).where(AuditRow.action == "agenda.taken_off")) == park
    closing.share(wren, "MACE", MACE_DAY, at(MONDAY))
    with pytest.raises(RuleBroken, match="was shared"):
        agenda_puts.take_off(wren, second, "-", at(MONDAY))
    assert over(wren, MACE_DAY, 1) == 1
    with pytest.raises(RuleBroken, match="was shared"):  # nor from the next, which is not shared yet
        agenda_puts.take_off(wren, on("MACE", MACE_AFTER, yard), "-", at(MACE_DAY, 13))
    assert is_on("MACE", MACE_AFTER, yard)


def test_E1_a_child_is_taken_off_by_nobody(area: AreaRow, wren: Principal) -> None:
    child = referred(wren, at(date(2026, 11, 22), 12))
    item = item_of(built(area.id, MONDAY), child)
    assert item
    for call in (
        lambda: agenda_puts.take_off(wren, item, "-", at(MONDAY)),
        lambda: under_review.decide(wren, item, CLOSE, mark_of(item), at(MONDAY)),
    ):
        with pytest.raises(NotFound):
            call()
    assert place_of(child)


def test_E1_what_another_panel_has_goes_over_to_the_one_it_is_put_on(area: AreaRow, wren: Principal) -> None:
    park = made(area)
    at_esp = put(wren, park, "ESP")
    assert is_on("ESP", WEDNESDAY, park)
    put(wren, park)
    assert not is_on("ESP", WEDNESDAY, park) and is_on("MACE", MACE_DAY, park)
    assert place_of(park).panel == "MACE" and db.session.get(ItemRow, at_esp) is None  # type: ignore[union-attr]
    compiled(area, NEXT_WEDNESDAY - timedelta(days=1))
    assert not is_on("ESP", NEXT_WEDNESDAY, park)


def test_E2_nobody_puts_on_another_agenda_what_agencies_were_told_a_coming_one_hears(
    area: AreaRow, wren: Principal
) -> None:
    man = made(area, SubjectKind.PERSON, "Bo Zabel")
    put(wren, man)
    closing.share(wren, "MACE", MACE_DAY, at(MONDAY))
    with pytest.raises(RuleBroken, match="MACE hears it"):
        agenda_puts.put(wren, "ESP", man, "Sooner", at(MONDAY))
    assert is_on("MACE", MACE_DAY, man) and not is_on("ESP", WEDNESDAY, man)


def test_M6_who_is_kept_from_it_finds_nothing_and_changes_nothing(area: AreaRow, wren: Principal) -> None:
    man = made(area, SubjectKind.PERSON, "Bo Zabel")
    item = put(wren, man)
    a_wall(area.id, man, wren.account_id)
    for call in (
        lambda: agenda_puts.put(wren, "MACE", man, "-", at(MONDAY)),
        lambda: agenda_puts.take_off(wren, item, "-", at(MONDAY)),
        lambda: under_review.decide(wren, item, CLOSE, mark_of(item), at(MACE_DAY)),
    ):
        with pytest.raises(NotFound):
            call()
    closing.share(wren, "MACE", MACE_DAY, at(MONDAY))
    assert over(wren, MACE_DAY, 0) == 0 and is_on("MACE", MACE_AFTER, man), "carried, and not counted"
    with acting.acting(wren):
        rows = select(func.count()).select_from(AgendaPutRow).where(puts_of(wren))
        assert db.session.scalar(rows) == 0


def test_M6_of_a_theme_that_is_kept_from_who_puts_it_on_they_learn_nothing(
    area: AreaRow, wren: Principal, chair: Principal
) -> None:
    assert agenda_puts.put_theme(chair, "MACE", "Holiday lets", "-", at(MONDAY)) == MACE_DAY
    a_wall(area.id, db.session.scalars(select(CaseRow.id)).one(), wren.account_id)
    assert agenda_puts.put_theme(wren, "MACE", "Holiday lets", "Seen", at(MONDAY)) == MACE_DAY
    assert count(CaseRow) == count(ItemRow) == 1 and count(AgendaPutRow) == 2


def test_F3_E4_agencies_read_it_once_it_is_shared_and_whoever_may_be_the_person_never(
    area: AreaRow, wren: Principal
) -> None:
    homes = an_agency(area.id, "Northmoor Homes")
    with saved():
        db.session.add(AgencyPanelRow(agency_id=homes, code="MACE"))
    themselves = a_person(homes, Role.REPRESENTATIVE, "Bo Zabel")
    other = a_person(homes, Role.REPRESENTATIVE, "Ada Moor")
    put(wren, made(area, SubjectKind.PERSON, "Bo Zabel"))
    meeting = meeting_of("MACE", MACE_DAY)
    assert meeting
    meeting_id = meeting.id

    def reads(who: Principal) -> int:
        fresh = accounts.principal(who.account_id, at(MONDAY))
        assert fresh
        with acting.acting(fresh):
            return len(exploitation_page.lines(fresh, meeting_id))

    assert (reads(themselves), reads(other)) == (0, 0), "not shared yet"
    closing.share(wren, "MACE", MACE_DAY, at(MONDAY))
    assert (reads(themselves), reads(other)) == (0, 1)


def test_E1_why_it_was_put_on_is_never_changed(area: AreaRow, wren: Principal) -> None:
    put(wren, made(area))
    with pytest.raises(DBAPIError, match="never changed"), saved(), acting.service():
        db.session.execute(text("UPDATE agenda_put SET reason = 'y'"))
