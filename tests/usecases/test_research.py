"""What agencies are asked before a meeting, and what they answer (Rulebook D1, M2, M4, R2)."""

from contextlib import suppress
from datetime import date, timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from flask import current_app
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.circulation import Group
from agenda.research import Said, Standing
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AgencyRow,
    AuditRow,
    ClarificationRow,
    ItemRow,
    MeetingRow,
    NamedRow,
    NoteRow,
    OutboxRow,
    ResearchAnswerRow,
    ResearchDraftRow,
    ResearchRequestRow,
    RestrictionRow,
    StaffDetailRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, research, research_told
from meetingsvc.store.research_boxes import Box
from meetingsvc.usecases import marac, marac_publishing, research_chasing, research_drafts
from meetingsvc.usecases import research as usecase
from meetingsvc.usecases.research_drafts import Meanwhile, Told
from meetingsvc.usecases.transaction import saved
from minutes.research import Naming, Typed
from tests.a_marac import NOW, a_person, an_agency, decided, line_of
from tests.a_research import SOON, TOO_LATE, Asked, an_entry, ask, asked_list, boxes_of, due_of, typed
from tests.servers.remembered import remembered


@pytest.fixture
@remembered
def asked(area_id: UUID) -> Asked:
    return asked_list(area_id)


def sent(asked: Asked, who: Principal, box: int = 0, at: object = SOON, **told: object) -> None:
    """One piece, typed and sent."""
    one = asked.boxes(who)[box]
    kept = research_drafts.save(who, asked.meeting_id, typed(one, an_entry(**told)), SOON)
    assert usecase.send(who, asked.meeting_id, {one.id: kept[one.id].mark}, at).boxes == 1  # type: ignore[arg-type]


def test_D1_every_signatory_that_attends_is_asked_once_by_the_meetings_start(asked: Asked) -> None:
    rows = select(AgencyRow.name).join(ResearchRequestRow, ResearchRequestRow.agency_id == AgencyRow.id)
    assert sorted(db.session.scalars(rows)) == ["Fell Health", "Harbour Homes", "Northmoor Council"]
    assert due_of(asked.meeting_id) == {db.session.get_one(MeetingRow, asked.meeting_id).starts_at}
    assert ask(asked.coordinator.area_id, asked.meeting_id) == 0, "asking again changes nothing"


def test_D1_a_list_that_is_held_or_closed_asks_nothing(area_id: UUID, asked: Asked) -> None:
    an_agency(area_id, "Newcomer", daily=True)
    with saved():
        db.session.get_one(MeetingRow, asked.meeting_id).held = True
    assert ask(area_id, asked.meeting_id) == 0
    with acting.acting(asked.housing):
        assert research.asked_of(asked.housing) == []
    with saved():
        row = db.session.get_one(MeetingRow, asked.meeting_id)
        row.held, row.state = False, "closed"
    assert ask(area_id, asked.meeting_id) == 0


def test_D1_nothing_held_is_one_answer_and_twice_is_once(asked: Asked) -> None:
    box = asked.boxes(asked.housing)[0]
    assert usecase.nothing_held(asked.housing, asked.meeting_id, [box.id], SOON) == 1
    assert usecase.nothing_held(asked.colleague, asked.meeting_id, [box.id], SOON) == 0
    mine = asked.boxes(asked.housing)
    assert [one.standing for one in mine] == [Standing.NOTHING, Standing.OUTSTANDING]
    assert [one.by for one in mine[0].answers] == ["Joan Akande"]
    with acting.acting(asked.housing):
        (told,) = research.asked_of(asked.housing)
    assert (told.boxes, told.unanswered) == (2, 1)


def test_R2_what_is_sent_is_a_note_of_that_agency_with_author_source_kind_and_date(asked: Asked) -> None:
    sent(asked, asked.housing, dated="3/11/2026")
    note = db.session.scalars(select(NoteRow)).one()
    assert (note.agency_id, note.author, note.recorded_by) == (
        asked.housing.agency_id, "Joan Akande", asked.housing.account_id,
    )  # fmt: skip
    assert (note.kind, note.source, note.text) == ("fact", "Tenancy file", "Rent arrears since June.")
    assert (note.dated, note.proportionate, note.item_id) == (date(2026, 11, 3), True, asked.items[0])
    assert db.session.scalars(select(ResearchDraftRow)).all() == [], "a draft that was sent is gone"


@pytest.mark.parametrize(
    "told, field",
    [
        ({"confirmed": False}, "confirmed"),
        ({"kind": ""}, "kind"),
        ({"source": " "}, "source"),
        ({"dated": "yesterday"}, "dated"),
        ({"dated": "24/11/2026"}, "dated"),
    ],
)
def test_D1_nothing_is_sent_that_is_not_confirmed_or_not_whole(
    asked: Asked, told: dict[str, object], field: str
) -> None:
    box, entry = asked.boxes(asked.housing)[0], an_entry(**told)
    kept = research_drafts.save(asked.housing, asked.meeting_id, typed(box, entry), SOON)
    result = usecase.send(asked.housing, asked.meeting_id, {box.id: kept[box.id].mark}, SOON)
    assert (result.boxes, list(result.problems)) == (0, [f"{entry.key}-{field}"])
    assert db.session.scalars(select(NoteRow)).all() == []
    assert asked.boxes(asked.housing)[0].draft.typed.entries == (entry,), "and nothing typed is lost"


def test_D1_late_is_marked_and_never_refused_until_the_meeting_is_closed(asked: Asked) -> None:
    sent(asked, asked.housing, at=TOO_LATE)
    sent(asked, asked.health, at=SOON)
    rows = select(ResearchAnswerRow.late).order_by(ResearchAnswerRow.sent_at)
    assert db.session.scalars(rows).all() == [False, True]
    with saved():
        db.session.get_one(MeetingRow, asked.meeting_id).state = "closed"
    box = asked.boxes(asked.housing)[1]
    with pytest.raises(RuleBroken, match="over"):
        usecase.nothing_held(asked.housing, asked.meeting_id, [box.id], TOO_LATE)


def test_D1_a_colleague_sees_the_draft_and_never_overwrites_it_unseen(asked: Asked) -> None:
    old, other = asked.boxes(asked.housing)
    mine, theirs = an_entry(text="Mine."), an_entry(text="Theirs.")
    research_drafts.save(asked.housing, asked.meeting_id, typed(old, mine), SOON)
    assert asked.boxes(asked.colleague)[0].draft.typed.entries == (mine,)
    both = typed(old, theirs) | typed(other, theirs)
    with pytest.raises(Meanwhile) as found:
        research_drafts.save(asked.colleague, asked.meeting_id, both, SOON)
    assert {key: one.typed.entries for key, one in found.value.theirs.items()} == {old.id: (mine,)}
    now = asked.boxes(asked.housing)
    kept = [one.draft.typed.entries for one in now]
    assert kept == [(mine,), (theirs,)], "what is typed elsewhere on the page is kept"


def test_D1_a_box_nobody_touched_is_no_conflict_and_stays_as_it_is(asked: Asked) -> None:
    old = asked.boxes(asked.housing)[0]
    research_drafts.save(asked.housing, asked.meeting_id, typed(old, an_entry()), SOON)
    research_drafts.save(asked.colleague, asked.meeting_id, typed(old), SOON)
    assert len(asked.boxes(asked.housing)[0].draft.typed.entries) == 1


def test_D1_what_a_colleague_changed_meanwhile_is_not_sent_unseen(asked: Asked) -> None:
    old = asked.boxes(asked.housing)[0]
    kept = research_drafts.save(asked.housing, asked.meeting_id, typed(old, an_entry()), SOON)
    newer = asked.boxes(asked.colleague)[0]
    research_drafts.save(asked.colleague, asked.meeting_id, typed(newer, an_entry(text="More.")), SOON)
    with pytest.raises(Meanwhile):
        usecase.send(asked.housing, asked.meeting_id, {old.id: kept[old.id].mark}, SOON)
    assert db.session.scalars(select(NoteRow)).all() == []


def test_D1_another_agency_sees_no_draft(asked: Asked) -> None:
    box = asked.boxes(asked.housing)[0]
    research_drafts.save(asked.housing, asked.meeting_id, typed(box, an_entry()), SOON)
    assert all(one.draft.typed.is_blank for one in asked.boxes(asked.health))


def test_D1_nothing_held_is_refused_where_something_is_typed(asked: Asked) -> None:
    box = asked.boxes(asked.housing)[0]
    research_drafts.save(asked.housing, asked.meeting_id, typed(box, an_entry()), SOON)
    with pytest.raises(RuleBroken, match="typed something"):
        usecase.nothing_held(asked.housing, asked.meeting_id, [box.id], SOON)


@pytest.fixture
@remembered
def on_marac(asked: Asked) -> UUID:
    """The first case goes on to a MARAC whose agenda is published; gives the MARAC."""
    sent(asked, asked.housing)
    decided(asked.coordinator, asked.items[0], Group.REPEAT_NO_SAFEGUARDS)
    meeting_id = marac.plan(asked.coordinator, date(2026, 12, 3), NOW)
    marac.close(asked.coordinator, meeting_id, NOW)
    marac_publishing.publish(asked.coordinator, meeting_id, SOON)
    return meeting_id


def test_M4_research_for_a_marac_is_due_two_working_days_before_at_its_hour(on_marac: UUID) -> None:
    starts = db.session.get_one(MeetingRow, on_marac).starts_at  # Thursday 3 December
    assert due_of(on_marac) == {starts - timedelta(days=2)}


def test_D1_what_was_said_last_time_is_offered_and_confirmed_in_one_step(
    asked: Asked, on_marac: UUID
) -> None:
    (box,) = boxes_of(asked.housing, on_marac)
    assert box.last and [one.note.text for one in box.last.notes] == ["Rent arrears since June."]
    assert box.last.on == date(2026, 11, 23)
    assert usecase.still_so(asked.housing, on_marac, box.id, SOON + timedelta(days=1)) == 1
    rows = select(NoteRow).where(NoteRow.item_id == line_of(asked.items[0]).id)
    note = db.session.scalars(rows).one()
    assert (note.text, note.source) == (
        "Rent arrears since June.", "Tenancy file (first told 23 Nov 2026)",
    )  # fmt: skip
    assert note.dated == date(2026, 11, 23) and note.proportionate
    with pytest.raises(RuleBroken, match="answered"):
        usecase.still_so(asked.colleague, on_marac, box.id, SOON)


def test_D1_last_time_can_be_changed_instead_and_is_confirmed_anew(asked: Asked, on_marac: UUID) -> None:
    (box,) = boxes_of(asked.housing, on_marac)
    research_drafts.change(asked.housing, on_marac, box.id, SOON)
    research_drafts.change(asked.housing, on_marac, box.id, SOON)
    (entry,) = boxes_of(asked.housing, on_marac)[0].draft.typed.entries
    assert (entry.text, entry.dated, entry.confirmed) == ("Rent arrears since June.", "23/11/2026", False)


def test_D1_nothing_held_last_time_is_said_too(asked: Asked) -> None:
    box = asked.boxes(asked.health)[0]
    usecase.nothing_held(asked.health, asked.meeting_id, [box.id], SOON)
    decided(asked.coordinator, asked.items[0], Group.REPEAT_NO_SAFEGUARDS)
    meeting_id = marac.plan(asked.coordinator, date(2026, 12, 3), NOW)
    marac.close(asked.coordinator, meeting_id, NOW)
    marac_publishing.publish(asked.coordinator, meeting_id, SOON)
    (again,) = boxes_of(asked.health, meeting_id)
    assert again.last and (again.last.on, again.last.notes) == (date(2026, 11, 23), ())


def named(asked: Asked, who: Principal, **told: str) -> UUID:
    """Somebody at risk, named under the first case."""
    box = asked.boxes(who)[0]
    usual = {"kind": "child", "name": "Wren Moss", "dob": "3/5/2019", "relation": "Half-sister",
             "why": "Sleeps there at weekends"}  # fmt: skip
    one = {box.id: Told(Typed(naming=Naming(**(usual | told))), box.draft.mark)}
    kept = research_drafts.save(who, asked.meeting_id, one, SOON)
    return usecase.name_somebody(who, asked.meeting_id, box.id, kept[box.id].mark, SOON)


def test_M2_somebody_named_is_put_to_every_other_agency(asked: Asked) -> None:
    key = named(asked, asked.housing)
    mine = asked.boxes(asked.housing)
    assert [one.id for one in mine] == asked.items, "who named them is not asked"
    assert [[one.id for one in box.ours] for box in mine] == [[key], []]
    box = asked.boxes(asked.health)[1]
    assert box.id == key and box.named
    assert (box.named.agency, box.named.named.words) == (
        "Harbour Homes", "Wren Moss, born 3 May 2019, Half-sister",
    )  # fmt: skip
    linked = db.session.scalars(select(ClarificationRow)).one()
    assert (linked.about, linked.name, linked.dob) == ("child", "Wren Moss", date(2019, 5, 3))
    kept = research_drafts.save(asked.health, asked.meeting_id, typed(box, an_entry(text="Known.")), SOON)
    usecase.send(asked.health, asked.meeting_id, {key: kept[key].mark}, SOON)
    note = db.session.scalars(select(NoteRow)).one()
    assert note.text == "About Wren Moss, born 3 May 2019, Half-sister: Known."


def test_M2_naming_says_who_and_why(asked: Asked) -> None:
    with pytest.raises(usecase.Unfit) as unfit:
        named(asked, asked.housing, kind="", name="", why=" ")
    box = asked.boxes(asked.housing)[0].id
    assert set(unfit.value.problems) == {f"{box}-naming-{field}" for field in ("kind", "name", "why")}


def test_M6_a_member_of_staff_who_is_surely_the_person_named_no_longer_sees_the_case(asked: Asked) -> None:
    with saved():
        db.session.add(StaffDetailRow(id=uuid4(), area_id=asked.health.area_id, of_whom="self",
                                      account_id=asked.health.account_id, forename="Ines", surname="Marr",
                                      dob=date(1990, 1, 2), told_at=NOW))  # fmt: skip
    named(asked, asked.housing, kind="adult", name="Ines Marr", dob="2/1/1990")
    assert db.session.scalars(select(WallRow.account_id)).all() == [asked.health.account_id]
    assert [one.id for one in asked.boxes(asked.health)] == asked.items[1:]


def restricted(asked: Asked, *to: Principal) -> None:
    """The first case is open to these people alone."""
    item = db.session.get_one(ItemRow, asked.items[0])
    with saved():
        db.session.add(RestrictionRow(case_id=item.case_id, area_id=item.area_id, state="restricted",
                                      hides="unnamed", reason="Staff", put_at=NOW))  # fmt: skip
        for who in to:
            db.session.add(
                NamedRow(case_id=item.case_id, account_id=who.account_id, area_id=item.area_id,
                         named_by=asked.coordinator.account_id, named_at=NOW)
            )  # fmt: skip


def test_M6_a_restricted_case_is_asked_of_the_people_named_and_counted_for_nobody_else(
    asked: Asked,
) -> None:
    restricted(asked, asked.housing, asked.coordinator)
    kept = asked.items[0]
    assert [one.id for one in asked.boxes(asked.housing)] == [asked.items[1], kept]
    assert [one.id for one in asked.boxes(asked.colleague)] == [asked.items[1]]
    with pytest.raises(NotFound):
        usecase.nothing_held(asked.colleague, asked.meeting_id, [kept], SOON)
    with acting.acting(asked.coordinator):
        meeting = research_told.sitting(asked.coordinator, asked.meeting_id)
        assert meeting
        grid = research_told.grid(asked.coordinator, meeting)
    standing = {one.name: grid.cells[kept, one.id].standing for one in grid.agencies}
    assert standing == {
        "Fell Health": Standing.NOT_ASKED, "Harbour Homes": Standing.OUTSTANDING,
        "Northmoor Council": Standing.NOT_ASKED,
    }  # fmt: skip
    with acting.acting(asked.health):
        assert research_told.answers(asked.health, research.questions_on(asked.health, kept)) == ()


def test_D1_M6_who_runs_meetings_and_may_open_a_case_is_told_where_nobody_else_may(asked: Asked) -> None:
    restricted(asked, asked.housing, asked.coordinator)
    kept, shut = asked.items[0], ("Fell Health", "Northmoor Council")
    other = a_person(asked.coordinator.agency_id, Role.COORDINATOR, "Ashby")  # runs meetings, is not named
    for who, told in ((asked.coordinator, [(kept, shut)]), (other, []), (asked.housing, [])):
        with acting.acting(who):
            found = research_told.answers(who, research.questions_on(who, kept))
            of = tuple(one.agency for one in found if one.cell.standing is Standing.NOT_ASKED)
            assert of == (shut if told else ()), who.name
            if who.runs_meetings:
                meeting = research_told.sitting(who, asked.meeting_id)
                assert meeting
                grid = research_told.grid(who, meeting)
                assert [(one.item_id, names) for one, names in grid.shut_out] == told, who.name


def test_D1_research_of_a_list_that_nobody_closed_is_outstanding_past_its_day(asked: Asked) -> None:
    with saved():
        db.session.get_one(MeetingRow, asked.meeting_id).sits_on = NOW.date() - timedelta(days=9)
    with acting.acting(asked.coordinator):
        assert [one.id for one in research_told.taking(asked.coordinator)] == [asked.meeting_id]
    with saved():
        db.session.get_one(MeetingRow, asked.meeting_id).state = "closed"
    with acting.acting(asked.coordinator):
        assert research_told.taking(asked.coordinator) == []


def test_D1_the_coordinator_sees_who_is_outstanding(asked: Asked) -> None:
    usecase.nothing_held(asked.health, asked.meeting_id, asked.items, SOON)
    sent(asked, asked.housing, at=TOO_LATE)
    with acting.acting(asked.coordinator):
        meeting = research_told.sitting(asked.coordinator, asked.meeting_id)
        assert meeting
        grid = research_told.grid(asked.coordinator, meeting)
    assert grid.words == "1 of 3"
    assert {(one.name, left) for one, left in grid.waits_for} == {
        ("Harbour Homes", 1), ("Northmoor Council", 2),
    }  # fmt: skip
    cell = grid.cells[asked.items[0], asked.housing.agency_id]
    assert (cell.standing, cell.late) == (Standing.ANSWERED, True)
    assert grid.cells[asked.items[1], asked.housing.agency_id].is_overdue(TOO_LATE)
    assert Said.HELD == "held"


def notices() -> list[tuple[UUID, str]]:
    rows = select(OutboxRow.account_id, OutboxRow.context).where(OutboxRow.notice == "research")
    return [(account, context["path"]) for account, context in db.session.execute(rows)]


def test_D1_each_agency_is_told_when_asked_before_it_is_due_and_once_late(asked: Asked) -> None:
    path = f"/research/{asked.meeting_id}"
    people = (asked.housing, asked.colleague, asked.health)
    assert (research_chasing.chase(NOW), research_chasing.chase(NOW)) == (3, 0)
    assert sorted(notices()) == sorted((who.account_id, path) for who in people)
    usecase.nothing_held(asked.health, asked.meeting_id, asked.items, SOON)
    start = db.session.get_one(MeetingRow, asked.meeting_id).starts_at
    before = start - timedelta(minutes=60)
    assert research_chasing.chase(before - timedelta(seconds=1)) == 0
    assert (research_chasing.chase(before), research_chasing.chase(before)) == (2, 0), "who has not answered"
    after = start + timedelta(minutes=1)
    assert (research_chasing.chase(start), research_chasing.chase(after)) == (0, 2)
    assert research_chasing.chase(after + timedelta(days=1)) == 0, "its day is over"


def test_V1_an_agency_that_has_left_is_asked_and_told_nothing(asked: Asked) -> None:
    with saved():
        db.session.get_one(AgencyRow, asked.housing.agency_id).withdrawn_on = NOW.date()
    assert research_chasing.chase(NOW) == 1
    assert [account for account, _ in notices()] == [asked.health.account_id]
    with pytest.raises(Forbidden):
        usecase.nothing_held(asked.housing, asked.meeting_id, asked.items, SOON)


def test_M6_nobody_is_told_because_of_a_case_that_is_kept_from_them(asked: Asked) -> None:
    restricted(asked, asked.housing)
    usecase.nothing_held(asked.housing, asked.meeting_id, [asked.items[1]], SOON)
    assert research_chasing.chase(NOW) == 2
    assert {account for account, _ in notices()} == {asked.housing.account_id, asked.health.account_id}


def test_M2_a_case_of_a_supplementary_list_joins_and_is_due_when_the_marac_starts(
    area_id: UUID, asked: Asked, on_marac: UUID
) -> None:
    decided(asked.coordinator, asked.items[1], Group.REPEAT_NO_SAFEGUARDS)
    due, starts = due_of(on_marac).pop(), db.session.get_one(MeetingRow, on_marac).starts_at
    after = due + timedelta(hours=1)
    marac.add_late(asked.coordinator, on_marac, [asked.items[1]], "Came in late", SOON)
    assert len(boxes_of(asked.housing, on_marac)) == 1, "not before it is shared"
    marac_publishing.publish_supplement(asked.coordinator, on_marac, 1, after)
    assert [box.due_at for box in boxes_of(asked.housing, on_marac)] == [due, starts]
    assert ask(area_id, on_marac, after) == 0


def test_V5_the_trail_tells_what_was_done_and_nothing_of_what_was_said(asked: Asked) -> None:
    sent(asked, asked.housing)
    named(asked, asked.health)
    rows = select(AuditRow).where(AuditRow.action.startswith("research."))
    told = [(row.action, str(row.detail)) for row in db.session.scalars(rows)]
    assert {action for action, _ in told} == {"research.asked", "research.sent", "research.named"}
    assert not any("arrears" in detail or "Wren" in detail for _, detail in told)


def test_D1_who_sits_for_no_agency_sends_nothing(area_id: UUID, asked: Asked) -> None:
    with pytest.raises(Forbidden):
        usecase.nothing_held(asked.coordinator, asked.meeting_id, asked.items, SOON)
    stranger = a_person(an_agency(area_id, "Marac only", marac=True, daily=False))
    with pytest.raises(NotFound):
        usecase.nothing_held(stranger, asked.meeting_id, asked.items, SOON)


def test_D1_of_colleagues_who_save_one_box_at_once_one_is_kept_and_the_others_are_told(asked: Asked) -> None:
    box, beside = asked.boxes(asked.housing)
    together, answers = Barrier(4), list[str]()
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def save(who: Principal, at: Box, text: str) -> None:
        with app.app_context(), acting.service():
            together.wait()
            try:
                research_drafts.save(who, asked.meeting_id, typed(at, an_entry(text=text)), SOON)
                answers.append("kept")
            except Meanwhile:
                answers.append("told")

    pairs = [(asked.housing, box, "One."), (asked.colleague, box, "Two."), (asked.housing, box, "Three."),
             (asked.colleague, beside, "Four.")]  # fmt: skip
    threads = [Thread(target=save, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["kept", "kept", "told", "told"]
    db.session.rollback()
    first, second = asked.boxes(asked.housing)
    assert len(first.draft.typed.entries) == 1 and second.draft.typed.entries[0].text == "Four."


def test_D1_two_who_send_one_box_at_once_send_it_once(asked: Asked) -> None:
    box = asked.boxes(asked.housing)[0]
    kept = research_drafts.save(asked.housing, asked.meeting_id, typed(box, an_entry()), SOON)
    together, app = Barrier(2), current_app._get_current_object()  # type: ignore[attr-defined]

    def send(who: Principal) -> None:
        with app.app_context(), acting.service():
            together.wait()
            with suppress(Meanwhile):
                usecase.send(who, asked.meeting_id, {box.id: kept[box.id].mark}, SOON)

    threads = [Thread(target=send, args=(who,)) for who in (asked.housing, asked.colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert len(db.session.scalars(select(NoteRow)).all()) == 1
    assert len(db.session.scalars(select(ResearchAnswerRow)).all()) == 1
