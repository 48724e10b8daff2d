"""Minutes: drafted by one, approved by another, kept, and read as far as each may (R1, R3, A3, M6)."""

from dataclasses import asdict
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import Forbidden, NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AgencyRow,
    AttendeeRow,
    ItemAbsenceRow,
    ItemHearingRow,
    ItemRow,
    MinutesCaseRow,
    MinutesRow,
    NoteRow,
    OutboxRow,
    OutcomeRow,
    SafeguardRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, minutes_list
from meetingsvc.store import meeting_record as record_store
from meetingsvc.store import minutes as store
from meetingsvc.usecases import meeting_record, minutes_corrections
from meetingsvc.usecases import minutes as usecase
from meetingsvc.usecases.minutes import Said, Stale
from meetingsvc.usecases.transaction import saved
from meetingsvc.web.minutes_parts import on_home
from notifications.messages import Notice
from tests.a_crime import a_crime
from tests.a_marac import a_person, an_agency
from tests.a_meeting_record import came
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.usecases.test_meeting_record import AT, decided, published, rep, who

__all__ = ["rep", "who"]
LATER = AT + timedelta(hours=4)


@pytest.fixture
@remembered
def chair(who: Principal) -> Principal:
    return a_person(who.agency_id, Role.CHAIR, "Sam Chair")


@pytest.fixture
@remembered
def ended(who: Principal, rep: Principal) -> tuple[UUID, list[UUID]]:
    """A MARAC of two cases that has ended: with what was shared, an action and a crime in its first."""
    meeting_id, items = published(who)
    decided(who, *items)
    with saved():
        db.session.add_all(
            [
                NoteRow(area_id=who.area_id, item_id=items[0], agency_id=rep.agency_id, author="Priya Raman",
                        recorded_by=rep.account_id, recorded_at=AT, kind="fact", source="tenancy file",
                        text="Rent arrears since June."),
                ActionRow(area_id=who.area_id, item_id=items[0], category="victim", agency_id=rep.agency_id,
                          what="Fit a new lock", due=date(2026, 12, 10), status="open",
                          set_by=who.account_id, set_at=AT),
            ]
        )  # fmt: skip
    a_crime(who.area_id, items[0], who.account_id, an_agency(who.area_id, "Tarn Police"))
    meeting_record.end(who, meeting_id, AT)
    return meeting_id, items


def issue(who: Principal, chair: Principal, meeting_id: UUID) -> None:
    usecase.draft(who, meeting_id, LATER)
    usecase.send(who, meeting_id, LATER)
    usecase.approve(chair, meeting_id, 1, LATER)


def read(reader: Principal, meeting_id: UUID, number: int | None = None) -> list[store.CaseLine] | None:
    """The cases of the version that the reader is shown; None where there is no version for them."""
    db.session.rollback()
    with acting.acting(reader):
        meeting = record_store.meeting(reader, meeting_id)
        assert meeting is not None
        versions = store.versions(reader, meeting_id)
        found = next((one for one in versions if number in (None, one.number)), None)
        return store.cases(reader, meeting, found, LATER) if found else None


def fresh(one: Principal) -> Principal:
    found = accounts.principal(one.account_id, LATER)
    assert found is not None
    return found


def test_R1_minutes_are_drafted_from_the_record_once_the_meeting_has_ended(
    who: Principal, chair: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, _ = ended
    usecase.draft(who, meeting_id, LATER)
    lines = read(who, meeting_id)
    assert lines is not None and [line.number for line in lines] == ["1", "2"]
    first = lines[0].told
    (note,) = first.shared
    assert (note.agency, note.author, note.kind, note.source, note.on) == (
        "Fellside Homes", "Priya Raman", "fact", "tenancy file", "Thursday 3 December 2026",
    )  # fmt: skip
    assert (first.risk, first.telling, first.unsafe) == ("high", "Not told: unsafe", "He reads her post.")
    assert [one.what for one in first.actions] == ["Fit a new lock"]
    assert [one.reached for one in first.crimes] == [False], "no message to its police was queued"
    assert "Morgan Ashdown" in first.heard_by[0]
    assert read(rep, meeting_id) is None, "a draft is for who runs the meetings"


def test_R3_minutes_say_who_came_and_what_was_read_out(
    who: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    usecase.draft(who, ended[0], LATER)
    db.session.rollback()
    with acting.acting(who):
        (version,) = store.versions(who, ended[0])
    council = next(one for one in version.head.agencies if one.agency == "Northmoor Council")
    assert council.answer == "Present" and council.people[0].startswith("Morgan Ashdown")
    assert "Fellside Homes" in {one.agency for one in version.head.agencies if one.answer == "Not there"}


def test_R3_minutes_say_who_chaired_or_that_it_is_not_recorded(who: Principal, rep: Principal) -> None:
    meeting_id, items = published(who)
    decided(who, *items)
    came(rep, meeting_id)
    meeting_record.end(who, meeting_id, AT)
    usecase.draft(who, meeting_id, LATER)
    assert drafted_chair(who, meeting_id) == "", "nobody has the title, and nobody said who"
    with saved():
        db.session.execute(
            update(AttendeeRow).where(AttendeeRow.account_id == rep.account_id).values(chaired=True)
        )
    usecase.draft(who, meeting_id, LATER)
    assert drafted_chair(who, meeting_id) == "Joan Akande"


def drafted_chair(who: Principal, meeting_id: UUID) -> str:
    db.session.rollback()
    with acting.acting(who):
        return store.versions(who, meeting_id)[0].head.chair


def test_R3_nobody_heard_a_case_that_was_not_reached_or_has_no_outcome(who: Principal) -> None:
    meeting_id, (first, second) = published(who)
    decided(who, first)
    meeting_record.not_reach(who, second, "No time was left.", AT)
    meeting_record.end(who, meeting_id, AT)
    usecase.draft(who, meeting_id, LATER)
    lines = read(who, meeting_id)
    assert lines is not None
    heard, missed = (line.told for line in lines)
    assert bool(heard.heard_by) and missed.not_reached == "No time was left."
    assert missed.heard_by == (), "a case that did not come up was heard by nobody"


@pytest.mark.parametrize(
    ("kept_time", "out", "words"),
    [
        (False, False, ("time not kept: all who were there (Joan Akande, Morgan Ashdown)",)),
        (False, True, ("time not kept: who was there and not out of the room (Morgan Ashdown)",)),
        (True, False, ("Joan Akande, Morgan Ashdown",)),
    ],
)
def test_R3_minutes_say_where_a_cases_time_was_not_kept(
    who: Principal, rep: Principal, kept_time: bool, out: bool, words: tuple[str, ...]
) -> None:
    meeting_id, items = published(who)
    decided(who, *items)
    came(who, meeting_id)
    gone = came(rep, meeting_id)
    with saved():
        if out:
            db.session.add(ItemAbsenceRow(item_id=items[0], attendee_id=gone, area_id=who.area_id, kept=False,
                                          recorded_by=who.account_id, recorded_at=AT))  # fmt: skip
        if kept_time:
            db.session.add(ItemHearingRow(area_id=who.area_id, meeting_id=meeting_id, item_id=items[0],
                                          started_at=AT, ended_at=AT, started_by=who.account_id))  # fmt: skip
    meeting_record.end(who, meeting_id, AT)
    usecase.draft(who, meeting_id, LATER)
    lines = read(who, meeting_id)
    assert lines is not None and lines[0].told.heard_by == words


def test_C2_minutes_state_no_safeguard_of_which_nobody_said_anything(who: Principal) -> None:
    meeting_id, items = published(who)
    decided(who, *items)
    said = {"refuge": (True, ""), "support": (False, "Asked again on Friday."), "children": (False, "")}
    with saved():
        db.session.add_all(
            SafeguardRow(item_id=items[0], safeguard=name, in_place=there, note=note)
            for name, (there, note) in said.items()
        )
    meeting_record.end(who, meeting_id, AT)
    usecase.draft(who, meeting_id, LATER)
    lines = read(who, meeting_id)
    assert lines is not None and lines[0].told.safeguards == (
        "Victim in refuge: in place",
        "Engaging in support: not ticked (Asked again on Friday.)",
        "Nothing recorded of: Children appropriately safeguarded",
    )


def test_R1_no_minutes_before_the_meeting_has_ended(who: Principal, rep: Principal) -> None:
    meeting_id, _ = published(who)
    with pytest.raises(RuleBroken, match="has not ended"):
        usecase.draft(who, meeting_id, AT)
    with pytest.raises(Forbidden):
        usecase.draft(rep, meeting_id, AT)
    with pytest.raises(NotFound):
        usecase.draft(who, uuid4(), AT)


def test_R1_another_approves_never_who_wrote_in_them_whatever_they_are_since(
    who: Principal, chair: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended
    second = a_person(who.agency_id, Role.COORDINATOR, "Second Coordinator")
    usecase.draft(who, meeting_id, LATER)
    usecase.say(second, meeting_id, {items[0]: Said("She asked for a lock.", 0)}, LATER)
    usecase.send(who, meeting_id, LATER)
    with pytest.raises(Forbidden):
        usecase.approve(who, meeting_id, 1, LATER)
    for one in (who, second):
        with pytest.raises(RuleBroken, match="Another chair"):
            usecase.approve(promoted(one), meeting_id, 1, LATER)
    usecase.approve(chair, meeting_id, 1, LATER)
    with pytest.raises(RuleBroken, match="approved"):
        usecase.approve(chair, meeting_id, 1, LATER)


def promoted(one: Principal) -> Principal:
    """The same account, a chair since."""
    with saved():
        db.session.execute(update(AccountRow).where(AccountRow.id == one.account_id).values(role=Role.CHAIR))
    return fresh(one)


def test_R1_whoever_had_a_hand_in_any_version_never_approves_though_it_was_written_over(
    who: Principal, chair: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended
    writer, sender = (a_person(who.agency_id, Role.COORDINATOR, name) for name in ("Writer", "Sender"))
    usecase.draft(who, meeting_id, LATER)
    usecase.say(writer, meeting_id, {items[0]: Said("Mine.", 0)}, LATER)
    usecase.say(who, meeting_id, {items[0]: Said("Written over.", 1)}, LATER)
    usecase.send(sender, meeting_id, LATER)
    usecase.send_back(chair, meeting_id, 1, "Say more.", LATER)
    usecase.send(who, meeting_id, LATER)
    hands = [promoted(one) for one in (writer, sender)]
    for one in hands:
        with pytest.raises(RuleBroken, match="Another chair"):
            usecase.approve(one, meeting_id, 2, LATER)
    usecase.approve(chair, meeting_id, 2, LATER)
    minutes_corrections.correct(who, meeting_id, "A name.", "Misheard.", LATER)
    usecase.send(who, meeting_id, LATER)
    for one in hands:
        with pytest.raises(RuleBroken, match="Another chair"):
            usecase.approve(one, meeting_id, 1, LATER)
    usecase.approve(chair, meeting_id, 1, LATER)


def test_R1_a_chair_whose_words_stand_in_the_record_may_approve_what_was_drafted_from_it(
    who: Principal, chair: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    with saved():
        db.session.execute(update(OutcomeRow).values(recorded_by=chair.account_id, notes="The chair's own."))
    issue(who, chair, ended[0])
    lines = read(who, ended[0])
    assert lines is not None and lines[0].told.notes == "The chair's own."


def test_R1_the_chair_sends_back_with_a_reason_and_approves_what_they_saw(
    who: Principal, chair: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended
    usecase.draft(who, meeting_id, LATER)
    usecase.send(who, meeting_id, LATER)
    with pytest.raises(RuleBroken, match="lie with the chair"):
        usecase.say(who, meeting_id, {items[0]: Said("More.", 0)}, LATER)
    with pytest.raises(RuleBroken, match="put right"):
        usecase.send_back(chair, meeting_id, 1, " ", LATER)
    usecase.send_back(chair, meeting_id, 1, "The second case lacks her words.", LATER)
    usecase.say(who, meeting_id, {items[1]: Said("In her words.", 0)}, LATER)
    usecase.draft(who, meeting_id, LATER)
    usecase.send(who, meeting_id, LATER)
    with pytest.raises(RuleBroken, match="have changed"):
        usecase.approve(chair, meeting_id, 1, LATER)
    usecase.approve(chair, meeting_id, 2, LATER)
    lines = read(chair, meeting_id)
    assert lines is not None and [line.said for line in lines] == ["", "In her words."], (
        "drafting anew keeps it"
    )


def test_R1_two_who_write_of_one_case_lose_nothing(who: Principal, ended: tuple[UUID, list[UUID]]) -> None:
    meeting_id, (first, second) = ended
    usecase.draft(who, meeting_id, LATER)
    assert usecase.say(who, meeting_id, {first: Said("Mine.", 0), second: Said("", 0)}, LATER) == 1
    with pytest.raises(Stale) as stale:
        usecase.say(who, meeting_id, {first: Said("Theirs.", 0), second: Said("Also.", 0)}, LATER)
    assert stale.value.items == {first}
    lines = read(who, meeting_id)
    assert lines is not None and [line.said for line in lines] == ["Mine.", ""]


def test_R1_the_database_itself_refuses_to_change_what_is_approved(
    who: Principal, chair: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    issue(who, chair, ended[0])
    for statement in ("UPDATE meeting_minutes SET why = 'y'", "UPDATE minutes_case SET said = 'y'"):
        with pytest.raises(DBAPIError, match="stay as they are"), saved(), acting.service():
            db.session.execute(text(statement))
    with pytest.raises(RuleBroken, match="approved"):
        usecase.draft(who, ended[0], LATER)


def test_A3_the_plan_in_the_minutes_stands_as_it_does_now(
    who: Principal, chair: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, _ = ended
    issue(who, chair, meeting_id)
    with saved():
        db.session.execute(update(ActionRow).where(ActionRow.what == "Fit a new lock")
                           .values(status="done", reason="Fitted on Monday."))  # fmt: skip
    lines = read(rep, meeting_id)
    assert lines is not None
    (action,) = [one for line in lines for one in line.actions]
    assert (action.what, action.status, action.reason) == ("Fit a new lock", "done", "Fitted on Monday.")


def test_S3_each_agency_reads_what_its_scope_gives_it_and_others_nothing(
    who: Principal, chair: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, _ = ended
    issue(who, chair, meeting_id)
    lines = read(rep, meeting_id)
    assert lines is not None and len(lines) == 2
    assert (lines[0].told.crimes, lines[0].told.unsafe, lines[0].told.heard_by) == ((), "", ())
    idva = a_person(rep.agency_id, Role.IDVA, "Ida Idva")
    told = read(idva, meeting_id)
    assert told is not None and told[0].told.unsafe == "He reads her post."
    tarn = db.session.scalars(select(AgencyRow.id).where(AgencyRow.name == "Tarn Police")).one()
    police = read(a_person(tarn), meeting_id)
    assert police is not None and police[0].told.crimes[0].text == "He took her card."
    assert police[0].told.crimes[0].reached is None
    stranger = a_person(an_agency(who.area_id, "Not there", marac=False))
    db.session.rollback()
    with acting.acting(stranger):
        assert record_store.meeting(stranger, meeting_id) is None
        assert store.versions(stranger, meeting_id) == []


def test_M6_a_wall_raised_after_they_were_issued_leaves_no_trace_of_the_case(
    who: Principal, chair: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended
    issue(who, chair, meeting_id)
    a_wall(who.area_id, db.session.get_one(ItemRow, items[0]).case_id, rep.account_id)
    lines = read(rep, meeting_id)
    assert lines is not None and [line.item_id for line in lines] == [items[1]]
    assert "Rent arrears" not in str([asdict(line) for line in lines])
    seen = read(chair, meeting_id)
    assert seen is not None and len(seen) == 2


def test_M6_a_case_that_nobody_who_drafts_may_open_is_covered_by_the_record_alone(
    who: Principal, chair: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended
    case_id = db.session.get_one(ItemRow, items[0]).case_id
    for one in (who, chair):
        a_wall(who.area_id, case_id, one.account_id)
    usecase.draft(who, meeting_id, LATER)
    shown = read(who, meeting_id)
    assert shown is not None and [line.item_id for line in shown] == [items[1]]
    assert usecase.say(who, meeting_id, {items[0]: Said("Never.", 0)}, LATER) == 0
    usecase.send(who, meeting_id, LATER)
    usecase.approve(chair, meeting_id, 1, LATER)
    lines = read(rep, meeting_id)
    assert lines is not None
    found = {line.item_id: line for line in lines}
    assert found.keys() == set(items) and found[items[0]].said == ""
    assert found[items[0]].told.shared[0].text == "Rent arrears since June."


def test_M6_the_database_shows_a_draft_to_nobody_else(
    who: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    usecase.draft(who, ended[0], LATER)
    db.session.rollback()
    with acting.acting(rep):
        for row in (MinutesRow, MinutesCaseRow):
            seen = store.minutes_of(rep) if row is MinutesRow else store.minutes_cases_of(rep)
            assert db.session.scalars(select(row).where(seen)).all() == []


def test_R1_a_correction_is_a_further_version_of_two_people_and_the_old_text_stays(
    who: Principal, chair: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended
    usecase.draft(who, meeting_id, LATER)
    with pytest.raises(RuleBroken, match="not approved yet"):
        minutes_corrections.correct(who, meeting_id, "A name.", "Misheard.", LATER)
    usecase.say(who, meeting_id, {items[0]: Said("As it was heard.", 0)}, LATER)
    usecase.send(who, meeting_id, LATER)
    usecase.approve(chair, meeting_id, 1, LATER)
    for what, why in ((" ", "Misheard."), ("A name.", " ")):
        with pytest.raises(RuleBroken, match="Say wh"):
            minutes_corrections.correct(who, meeting_id, what, why, LATER)
    minutes_corrections.correct(who, meeting_id, "A name.", "Misheard.", LATER)
    usecase.say(who, meeting_id, {items[0]: Said("As it was said.", 0)}, LATER)
    lines = read(rep, meeting_id)
    assert lines is not None and lines[0].said == "As it was heard.", "until another has approved it"
    usecase.send(who, meeting_id, LATER)
    usecase.approve(chair, meeting_id, 1, LATER)
    for number, said in ((None, "As it was said."), (2, "As it was said."), (1, "As it was heard.")):
        lines = read(rep, meeting_id, number)
        assert lines is not None and lines[0].said == said


def test_M4_minutes_that_are_not_out_wait_for_who_drafts_and_approves_and_late_ones_say_so(
    who: Principal, chair: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended

    def waiting(reader: Principal, today: date) -> list[tuple[UUID, bool, bool, bool]]:
        db.session.rollback()
        with acting.acting(reader):
            found = on_home(reader, today)
        return [(one.meeting_id, one.begun, one.sent, one.is_late(today)) for one in found]

    due = date(2026, 12, 8)
    assert waiting(who, due) == [(meeting_id, False, False, False)]
    assert waiting(chair, due) == []
    assert waiting(chair, due + timedelta(days=1)) == [(meeting_id, False, False, True)]
    long_after = due + timedelta(days=300)
    assert waiting(who, long_after) == [(meeting_id, False, False, True)], "late ones do not fall off"
    usecase.draft(who, meeting_id, LATER)
    usecase.send(who, meeting_id, LATER)
    assert waiting(chair, due) == [(meeting_id, True, True, False)]
    usecase.approve(chair, meeting_id, 1, LATER)
    assert waiting(who, due) == waiting(chair, due) == []
    minutes_corrections.correct(who, meeting_id, "A name.", "Misheard.", LATER)
    assert waiting(who, due) == [(meeting_id, True, False, False)]
    for item_id in items:
        a_wall(who.area_id, db.session.get_one(ItemRow, item_id).case_id, who.account_id)
    assert waiting(who, due) == [], "nothing of it is theirs to see"


def test_S3_who_attends_is_told_without_content_and_nobody_from_whom_every_case_is_kept(
    who: Principal, chair: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended
    walled = a_person(rep.agency_id, Role.REPRESENTATIVE, "Walled Off")
    for item_id in items:
        a_wall(who.area_id, db.session.get_one(ItemRow, item_id).case_id, walled.account_id)

    def told() -> list[OutboxRow]:
        db.session.rollback()
        return list(db.session.scalars(select(OutboxRow).where(OutboxRow.notice == Notice.MINUTES)))

    issue(who, chair, meeting_id)
    assert {one.account_id for one in told()} == {who.account_id, rep.account_id}
    assert told()[0].context["path"] == f"/minutes/{meeting_id}"
    minutes_corrections.correct(who, meeting_id, "A name.", "Misheard.", LATER)
    usecase.send(who, meeting_id, LATER)
    assert len(told()) == 2, "not before another has approved it"
    usecase.approve(chair, meeting_id, 1, LATER)
    assert len(told()) == 4


def test_R1_the_list_has_what_each_may_read_the_newest_first_in_words(
    who: Principal, chair: Principal, rep: Principal, ended: tuple[UUID, list[UUID]]
) -> None:
    meeting_id, items = ended
    due = date(2026, 12, 8)

    def listed(reader: Principal, today: date = due) -> list[tuple[str, bool]]:
        db.session.rollback()
        with acting.acting(reader):
            found, count = minutes_list.page(reader, today, 1)
        assert count == len(found)
        return [(one.state, one.is_late(today)) for one in found if one.meeting_id == meeting_id]

    assert (listed(who), listed(rep)) == ([("Not drafted", False)], [])
    assert listed(who, due + timedelta(days=1)) == [("Not drafted", True)]
    usecase.draft(who, meeting_id, LATER)
    assert (listed(who), listed(rep)) == ([("Drafted", False)], [])
    usecase.send(who, meeting_id, LATER)
    assert listed(chair, due + timedelta(days=1)) == [("With the chair", True)]
    usecase.approve(chair, meeting_id, 1, LATER)
    assert listed(who, due + timedelta(days=1)) == listed(rep) == [("Issued", False)]
    minutes_corrections.correct(who, meeting_id, "A name.", "Misheard.", LATER)
    assert listed(who) == [("Issued; a correction is drafted", False)] and listed(rep) == [("Issued", False)]
    usecase.send(who, meeting_id, LATER)
    usecase.approve(chair, meeting_id, 1, LATER)
    assert listed(rep) == [("Issued, corrected (version 2)", False)]
    for item_id in items:
        a_wall(who.area_id, db.session.get_one(ItemRow, item_id).case_id, rep.account_id)
    assert listed(rep) == [], "nothing of it is theirs to see"
