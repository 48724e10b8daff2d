"""Several people type into one record at once, on both databases: nothing is lost, nothing is there twice."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.incidents import Risk
from agenda.meetings import MeetingState
from agenda.rules import RuleBroken
from meetingsvc.models import ActionStepRow, AuditRow, ItemRow, LiveFieldRow, MeetingRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting
from meetingsvc.store import live as store
from meetingsvc.store.meeting_record_closing import typed_at
from meetingsvc.usecases import list_changes, outcomes
from meetingsvc.usecases import live as usecase
from meetingsvc.usecases.transaction import saved
from minutes.actions import Action, Category
from minutes.live import Answer, Typed
from minutes.outcome import Outcome
from minutes.recording import Recording
from tests import a_marac
from tests.a_marac import NOW
from tests.a_meeting_record import nothing_missing
from tests.a_wall import a_wall
from tests.servers.remembered import remembered

pytestmark = pytest.mark.usefixtures("core_app")
KEPT = Outcome(Risk.MEDIUM, not_referred="She is in refuge.")


@pytest.fixture
@remembered
def scribes(area_id: UUID) -> list[Principal]:
    agency = a_marac.an_agency(area_id, "Northmoor Council", daily=True)
    return [a_marac.a_person(agency, Role.COORDINATOR, name) for name in ("Ada Lunn", "Bo Finch", "Cy Marr")]


@pytest.fixture
@remembered
def item(scribes: list[Principal]) -> UUID:
    return a_marac.listed(scribes[0].area_id, a_marac.people_rows(2, a_marac.MONDAY))[0]


def save(who: Principal, item: UUID, field: str, value: str, version: int = 0, base: str = "") -> Answer:
    (answer,) = usecase.save(who, item, [Typed(field, value, version, base)], NOW)
    return answer


def field(item: UUID, name: str) -> tuple[str, int, bool]:
    db.session.rollback()
    row = db.session.get_one(LiveFieldRow, (item, name))
    return row.value, row.version, row.saved


def test_D3_each_field_is_kept_by_itself(scribes: list[Principal], item: UUID) -> None:
    assert save(scribes[0], item, "notes", "Agreed.") == Answer("notes", "Agreed.", 1, True)
    assert save(scribes[1], item, "risk", "high") == Answer("risk", "high", 1, True)
    assert store.draft(scribes[2], item).unsaved == {"notes": "Agreed.", "risk": "high"}


def test_D3_what_another_changed_is_not_overwritten_and_told(scribes: list[Principal], item: UUID) -> None:
    save(scribes[0], item, "risk", "high")
    assert save(scribes[1], item, "risk", "medium") == Answer("risk", "high", 1, False)
    assert field(item, "risk") == ("high", 1, False)


def test_D3_a_save_whose_answer_was_lost_lands_once_whatever_came_since(
    scribes: list[Principal], item: UUID
) -> None:
    one = Typed("notes", "She She ", 0, "She ", page="p1")
    usecase.save(scribes[0], item, [one], NOW)
    save(scribes[1], item, "notes", "She SZoe he ", 1, "She She ")
    (again,) = usecase.save(scribes[0], item, [one], NOW)
    assert again == Answer("notes", "She SZoe he ", 2, True)
    assert field(item, "notes")[:2] == ("She SZoe he ", 2)


def test_D3_changes_are_told_in_their_order_and_the_order_says_nothing_of_other_cases(
    scribes: list[Principal], item: UUID
) -> None:
    with acting.whole_area(scribes[0].area_id):
        other = db.session.scalars(select(ItemRow.id).where(ItemRow.id != item)).first()
    assert other is not None
    save(scribes[0], item, "notes", "One")
    before = store.after(scribes[1], item, 0)[-1].seq
    save(scribes[0], other, "notes", "Elsewhere")
    usecase.save(scribes[0], item, [Typed("risk", "high", 0, "")], NOW + timedelta(seconds=5))
    (told,) = store.after(scribes[1], item, before)
    assert (told.field, told.value, told.by) == ("risk", "high", "Ada Lunn")
    assert told.seq - before >= 4_000_000  # as the clock went, not as saves were counted


def test_nobody_but_who_runs_the_meeting_reads_a_draft(
    scribes: list[Principal], item: UUID, area_id: UUID
) -> None:
    save(scribes[0], item, "notes", "Agreed.")
    reader = a_marac.a_person(a_marac.an_agency(area_id, "Homes", daily=True))
    with acting.acting(reader):
        assert store.draft(reader, item).unsaved == {} and store.after(reader, item, 0) == []
    with pytest.raises(Forbidden):
        save(reader, item, "notes", "Mine")


def test_a_case_that_is_hidden_is_missing(scribes: list[Principal]) -> None:
    with pytest.raises(NotFound):
        save(scribes[0], uuid4(), "notes", "x")


@pytest.mark.parametrize(("name", "value"), [("status", "x"), ("notes", "x" * 20_001)])
def test_what_is_no_field_or_too_long_is_refused(
    scribes: list[Principal], item: UUID, name: str, value: str
) -> None:
    with pytest.raises(RuleBroken):
        save(scribes[0], item, name, value)


def test_V5_typing_leaves_one_line_for_each_person_and_case_without_text(
    scribes: list[Principal], item: UUID
) -> None:
    for version, text in enumerate(("SECRET", "SECRET too", "SECRET as well")):
        save(scribes[0], item, "notes", text, version)
    save(scribes[1], item, "risk", "high")
    drafted = select(AuditRow).where(AuditRow.action == "outcome.drafted").order_by(AuditRow.id)
    lines = db.session.scalars(drafted).all()
    assert [line.actor for line in lines] == [str(one.account_id) for one in scribes[:2]]
    assert not [line for line in lines if "SECRET" in str(line.detail)]


def test_D3_a_final_outcome_takes_no_more_typing(scribes: list[Principal], item: UUID) -> None:
    outcomes.record(scribes[0], item, Recording(0, KEPT), NOW)
    with saved():
        db.session.scalars(select(MeetingRow)).one().state = MeetingState.CLOSED
    with pytest.raises(outcomes.MeetingClosed):
        save(scribes[0], item, "notes", "Late")


def others_draft(scribes: list[Principal], item: UUID) -> UUID:
    """The outcome is saved, and another person typed after it: the meeting of the case."""
    outcomes.record(scribes[0], item, Recording(0, KEPT), NOW)
    save(scribes[1], item, "notes", "Typed after")
    meeting = db.session.get_one(ItemRow, item).meeting_id
    nothing_missing(scribes[0], meeting)
    return meeting


def test_D3_a_meeting_is_not_closed_while_something_typed_is_neither_saved_nor_set_aside(
    scribes: list[Principal], item: UUID
) -> None:
    meeting = others_draft(scribes, item)
    with pytest.raises(RuleBroken, match=r"Typed and not saved: C-\d+\."):
        list_changes.close(scribes[0], a_marac.MONDAY, NOW)
    assert [key for key, _ in typed_at(scribes[0], meeting)] == [item]
    assert usecase.set_aside(scribes[2], item, store.draft(scribes[2], item).until, NOW) == 1
    assert typed_at(scribes[0], meeting) == [] and store.draft(scribes[0], item).unsaved == {}
    with pytest.raises(RuleBroken) as refused:
        list_changes.close(scribes[0], a_marac.MONDAY, NOW)
    assert "Typed" not in str(refused.value), "the list's other case has no outcome yet"
    (kept,) = store.aside(scribes[0], item)
    assert (kept.value, kept.typed_by, kept.by) == ("Typed after", "Bo Finch", "Cy Marr")
    (line,) = db.session.scalars(select(AuditRow).where(AuditRow.action == "outcome.set_aside")).all()
    assert line.detail["fields"] == 1 and "Typed" not in str(line.detail)


def test_D3_what_was_set_aside_is_kept_and_typed_again_it_is_a_draft(
    scribes: list[Principal], item: UUID
) -> None:
    others_draft(scribes, item)
    usecase.set_aside(scribes[0], item, store.draft(scribes[0], item).until, NOW)
    until = store.draft(scribes[0], item).until
    told = outcomes.Landing(
        {"notes": "", "risk": "high"}, {"notes": "", "risk": "medium"}, until, strict=True
    )
    outcomes.record(scribes[0], item, Recording(1, KEPT), NOW, told)
    assert [one.value for one in store.aside(scribes[0], item)] == ["Typed after"]
    assert save(scribes[1], item, "notes", "Typed after", 1).landed
    assert store.draft(scribes[0], item).unsaved == {"notes": "Typed after"}


def test_D3_a_field_that_was_emptied_again_keeps_no_meeting_open(
    scribes: list[Principal], item: UUID
) -> None:
    save(scribes[0], item, "notes", "x")
    save(scribes[0], item, "notes", "", 1, "x")
    assert typed_at(scribes[0], db.session.get_one(ItemRow, item).meeting_id) == []


def test_M6_of_a_hidden_case_nothing_typed_is_told(
    scribes: list[Principal], item: UUID, area_id: UUID
) -> None:
    meeting = others_draft(scribes, item)
    a_wall(area_id, db.session.get_one(ItemRow, item).case_id, scribes[0].account_id)
    assert typed_at(scribes[0], meeting) == [] and typed_at(scribes[1], meeting) != []
    with pytest.raises(NotFound):
        usecase.set_aside(scribes[0], item, 0, NOW)


def test_D3_what_another_typed_after_the_page_was_opened_is_not_set_aside_unread(
    scribes: list[Principal], item: UUID
) -> None:
    save(scribes[0], item, "notes", "An old scrap")
    until = store.draft(scribes[0], item).until
    save(scribes[1], item, "risk", "high")
    save(scribes[0], item, "plan_review", "Mine, a moment ago")
    with pytest.raises(usecase.Meanwhile) as refused:
        usecase.set_aside(scribes[0], item, until, NOW)
    assert refused.value.fields == ["risk"], "one's own text is read"
    assert len(store.draft(scribes[0], item).unsaved) == 3 and store.aside(scribes[0], item) == []


def test_D3_whoever_has_the_case_open_is_told_that_the_draft_was_set_aside_and_typed_again(
    scribes: list[Principal], item: UUID
) -> None:
    save(scribes[1], item, "notes", "Police tonight")
    until = store.draft(scribes[1], item).until
    usecase.set_aside(scribes[0], item, until, NOW)
    (told,) = store.after(scribes[1], item, until)
    assert (told.field, told.value, told.aside) == ("notes", "Police tonight", "Ada Lunn")
    again = save(scribes[1], item, "notes", "Police tonight", told.version, "")
    (back,) = store.after(scribes[0], item, told.seq)
    assert again.landed and back.aside == "" and back.version == again.version == told.version + 1


def test_A1_an_action_that_was_worked_on_is_not_taken_away(scribes: list[Principal], item: UUID) -> None:
    who, key = scribes[0], uuid4()
    told = Action(Category.VICTIM, who.agency_id, "Make contact", date(2026, 11, 27))
    outcomes.record(who, item, Recording(0, KEPT, {key: told}), NOW)
    with saved():
        db.session.add(ActionStepRow(action_id=key, area_id=who.area_id, at=NOW, by=who.account_id,
                                     was="open", status="done", text="-"))  # fmt: skip
    removing = Recording(1, KEPT, known=frozenset({key}), removed=frozenset({key}))
    with pytest.raises(outcomes.Unfit) as refused:
        outcomes.record(who, item, removing, NOW)
    (said,) = refused.value.problems.values()
    assert "Make contact" in said and "would go with it" in said
    assert db.session.scalars(select(ActionStepRow)).one().action_id == key
    assert save(who, item, f"action-{key}-removed", "1").landed is False, "nor as it is typed"


def landing(values: dict[str, str], until: int, *, strict: bool) -> outcomes.Landing:
    return outcomes.Landing(values, {}, until, strict)


def test_D3_what_is_saved_is_a_draft_no_longer_and_what_came_after_stays_one(
    scribes: list[Principal], item: UUID
) -> None:
    save(scribes[0], item, "notes", "Agreed.")
    until = store.draft(scribes[0], item).until
    save(scribes[1], item, "plan_review", "Typed after")
    told = landing({"notes": "Agreed.", "risk": "medium"}, until, strict=False)
    outcomes.record(scribes[0], item, Recording(0, KEPT), NOW, told)
    assert field(item, "notes") == ("Agreed.", 1, True)
    assert field(item, "risk") == ("medium", 1, True)  # those who have the page open are told of it
    assert store.draft(scribes[2], item).unsaved == {"plan_review": "Typed after"}


def test_D3_a_page_that_was_not_told_saves_over_nobodys_typing(scribes: list[Principal], item: UUID) -> None:
    save(scribes[0], item, "notes", "Theirs")
    with pytest.raises(outcomes.Meanwhile) as refused:
        outcomes.record(scribes[1], item, Recording(0, KEPT), NOW, landing({"notes": ""}, 0, strict=True))
    assert refused.value.fields == ["notes"]
    until = store.draft(scribes[1], item).until
    told = landing({"notes": "Mine"}, until, strict=True)
    assert outcomes.record(scribes[1], item, Recording(0, KEPT), NOW, told) == 1
    assert save(scribes[0], item, "notes", "Theirs too", 1, "Theirs").landed is False
