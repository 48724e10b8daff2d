"""Recording what the daily meeting decides, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event, select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.agencies import AgencyKind
from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.meetings import MeetingState
from agenda.pack import NoteKind
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AuditRow,
    ItemRow,
    MeetingRow,
    NoteRow,
    OutcomeRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, areas, outcomes
from meetingsvc.store.acting import Host
from meetingsvc.store.areas import settings_json
from meetingsvc.usecases import accounts as accounts_usecase
from meetingsvc.usecases import agencies, lists
from meetingsvc.usecases import outcomes as usecase
from meetingsvc.usecases.transaction import saved
from minutes.actions import Action, Category
from minutes.clarifications import About, Clarification
from minutes.feedback import Telling
from minutes.notes import Note
from minutes.outcome import Outcome, Safeguard, Tick
from minutes.recording import Recording
from tests.builders import BEFORE_ALL, a_hearing, a_row, take_in, take_in_history
from tests.servers.remembered import remembered

NOW = datetime(2026, 11, 3, 11, 0, tzinfo=UTC)
DAY = date(2026, 11, 3)
REFERRED = Outcome(Risk.HIGH, in_place=False, refer=True, group=Group.NEW_NO_SAFEGUARDS)
KEPT = Outcome(Risk.MEDIUM, refer=False, not_referred="She is in refuge.")

People = Callable[..., Principal]


@pytest.fixture
def person(area_id: UUID, monkeypatch: pytest.MonkeyPatch) -> People:
    monkeypatch.setattr(accounts_usecase, "hashed", lambda password: "x")
    with saved():
        agency = agencies.create(area_id, "Police", AgencyKind.POLICE, date(2026, 1, 5), "test", BEFORE_ALL,
                                 attends_daily=True)  # fmt: skip

    def make(role: Role = Role.COORDINATOR) -> Principal:
        with saved():
            account = accounts_usecase.create(
                agency,
                role,
                "Robin Ashgrove",
                f"{uuid4()}@x.example",
                "invented for a test",
                "test",
                BEFORE_ALL,
            )
        found = accounts.principal(account, NOW)
        assert found is not None
        return found

    return make


@pytest.fixture
@remembered
def items(area_id: UUID, person: People) -> list[UUID]:
    """The list of Tuesday 3 November 2026: two new cases, then a repeat, with a MARAC every fortnight."""
    again = {"victim_nominal": "VX", "perpetrator_nominal": "PX"}
    take_in_history(area_id, a_hearing(**again))
    take_in(area_id, a_row(), a_row(), a_row(risk="standard", **again))
    with saved():
        area = areas.by_name("northmoor")
        assert area is not None
        area.settings = settings_json(AreaSettings(marac_anchor=date(2026, 11, 12)))
        lists.build(area, DAY, "test", NOW)
    return list(db.session.scalars(select(ItemRow.id).order_by(ItemRow.position)))


def an_action(who: Principal, **changed: object) -> Action:
    usual = Action(Category.VICTIM, who.agency_id, "Make contact", date(2026, 11, 5))
    return replace(usual, **changed)  # type: ignore[arg-type]


def audited(action: str) -> list[AuditRow]:
    return list(db.session.scalars(select(AuditRow).where(AuditRow.action == action).order_by(AuditRow.id)))


def outcome_row(item: UUID) -> OutcomeRow:
    db.session.rollback()
    return db.session.get_one(OutcomeRow, item)


def everyone(item: UUID) -> Host:
    """Who sees all of the item's area."""
    return Host(db.session.get_one(ItemRow, item).area_id)


def marac_days(*items: UUID) -> list[date | None]:
    db.session.rollback()
    found = [outcomes.recorded(everyone(item), item) for item in items]
    return [recorded.marac_on if recorded else None for recorded in found]


def test_D3_risk_safeguards_notes_and_referral_are_kept(items: list[UUID], person: People) -> None:
    who = person()
    ticks = tuple(Tick(s, s is Safeguard.SUPPORT, "IDVA") for s in Safeguard)
    told = replace(REFERRED, safeguards=ticks, notes="Agreed.")
    assert usecase.record(who, items[0], Recording(0, told), NOW) == 1
    found = outcomes.worksheet(who, items[0])
    assert found is not None and found.recorded is not None
    assert found.recorded.outcome == told
    assert (found.recorded.by, found.recorded.at) == ("Robin Ashgrove", NOW)


def test_M1_a_referral_is_on_the_next_marac_at_once_and_withdrawn_again(
    items: list[UUID], person: People
) -> None:
    who = person()
    usecase.record(who, items[0], Recording(0, REFERRED), NOW)
    assert marac_days(items[0]) == [date(2026, 11, 12)]
    usecase.record(who, items[0], Recording(1, KEPT), NOW)
    assert marac_days(items[0]) == [None]
    assert outcome_row(items[0]).group is None


def test_C1_proposed_and_chosen_group_are_kept_at_every_change(items: list[UUID], person: People) -> None:
    who = person()
    usecase.record(who, items[0], Recording(0, REFERRED), NOW)
    changed = replace(REFERRED, group=Group.REPEAT_NO_SAFEGUARDS, group_reason=" Heard as NM/12 before ")
    usecase.record(who, items[0], Recording(1, changed), NOW)
    row = outcome_row(items[0])
    assert (row.proposed_group, row.group, row.group_reason) == (2, 1, "Heard as NM/12 before")
    assert "new referral" in row.proposed_why
    kept = [(line.detail["proposed_group"], line.detail["group"]) for line in audited("outcome.recorded")]
    assert kept == [(2, 2), (2, 1)]


def test_C1_the_group_follows_from_what_the_list_knows_and_not_from_the_form(
    items: list[UUID], person: People
) -> None:
    with pytest.raises(usecase.Unfit) as refused:  # the third case is a repeat: its group is 1
        usecase.record(person(), items[2], Recording(0, REFERRED), NOW)
    assert set(refused.value.problems) == {"group_reason"}
    assert db.session.get(OutcomeRow, items[2]) is None


def test_C2_the_judgement_stands_whatever_was_ticked(items: list[UUID], person: People) -> None:
    all_ticked = tuple(Tick(safeguard, True) for safeguard in Safeguard)
    usecase.record(person(), items[0], Recording(0, replace(REFERRED, safeguards=all_ticked)), NOW)
    row = outcome_row(items[0])
    assert (row.in_place, row.proposed_group) == (False, 2)


def test_T13_the_polices_risk_stays_beside_the_meetings(items: list[UUID], person: People) -> None:
    who = person()
    usecase.record(who, items[0], Recording(0, replace(KEPT, risk=Risk.STANDARD)), NOW)
    found = outcomes.worksheet(who, items[0])
    assert found is not None and found.risks is not None
    assert (found.risk, found.risks.words) == (Risk.HIGH, "standard (police: high)")


def test_A1_actions_are_set_changed_by_id_and_removed_only_by_name(items: list[UUID], person: People) -> None:
    who, one, two, three = person(), uuid4(), uuid4(), uuid4()
    usecase.record(who, items[0], Recording(0, KEPT, {one: an_action(who), two: an_action(who)}), NOW)
    # `two` is neither mentioned nor removed: another person's new action is never taken away by silence.
    changed = Recording(
        1, KEPT, {one: an_action(who, what="Visit"), three: an_action(who)}, known=frozenset({one})
    )
    usecase.record(who, items[0], changed, NOW)
    assert {key: a.what for key, a in outcomes.actions(everyone(items[0]), items[0]).items()} == {
        one: "Visit", two: "Make contact", three: "Make contact",
    }  # fmt: skip
    usecase.record(who, items[0], Recording(2, KEPT, removed=frozenset({two})), NOW)
    assert set(outcomes.actions(everyone(items[0]), items[0])) == {one, three}
    assert [line.subject for line in audited("action.set")] == [f"action/{k}" for k in (one, two, three)]
    assert [line.subject for line in audited("action.changed")] == [f"action/{one}"]
    assert [line.subject for line in audited("action.removed")] == [f"action/{two}"]


def test_A1_another_cases_action_cannot_be_changed_through_this_one(
    items: list[UUID], person: People
) -> None:
    who, key = person(), uuid4()
    usecase.record(who, items[0], Recording(0, KEPT, {key: an_action(who)}), NOW)
    with pytest.raises(NotFound):
        usecase.record(who, items[1], Recording(0, KEPT, {key: an_action(who, what="Other")}), NOW)
    usecase.record(who, items[1], Recording(0, KEPT, removed=frozenset({key})), NOW)
    assert outcomes.actions(everyone(items[0]), items[0])[key].what == "Make contact"


def test_R2_a_note_keeps_agency_author_kind_and_source_and_is_added_once(
    items: list[UUID], person: People
) -> None:
    who, key = person(), uuid4()
    note = Note(who.agency_id, "Lee Combe", NoteKind.OPINION, "Custody", "He is calm.")
    usecase.record(who, items[0], Recording(0, KEPT, notes={key: note}), NOW)
    usecase.record(who, items[0], Recording(1, KEPT, notes={key: replace(note, text="Other")}), NOW)
    (kept,) = outcomes.notes(everyone(items[0]), items[0])
    assert (kept.note, kept.agency, kept.recorded_at) == (note, "Police", NOW)
    assert [line.subject for line in audited("note.added")] == [f"note/{key}"]


def test_D2_a_clarification_is_kept_with_who_and_when_beside_what_the_police_sent(
    items: list[UUID], person: People
) -> None:
    who = person()
    told = Clarification(About.VICTIM, "Niamh Thorne", date(1990, 3, 4), "Her passport")
    child = Clarification(About.CHILD, "Ada")
    before = outcomes.worksheet(who, items[0])
    usecase.record(who, items[0], Recording(0, KEPT, clarifications={uuid4(): told}), NOW)
    usecase.record(who, items[0], Recording(1, KEPT, clarifications={uuid4(): child}), NOW)
    after = outcomes.worksheet(who, items[0])
    assert before is not None and after is not None and after.victim == before.victim
    assert {(line.told, line.by, line.at) for line in after.clarified} == {
        (told, "Robin Ashgrove", NOW), (child, "Robin Ashgrove", NOW),
    }  # fmt: skip
    assert len(audited("identity.clarified")) == 2


def test_V5_the_audit_names_no_person_and_carries_no_text(items: list[UUID], person: People) -> None:
    who = person()
    note = Note(who.agency_id, "Lee Combe", NoteKind.FACT, "Custody", "SECRET")
    told = replace(REFERRED, notes="SECRET", group=Group(1), group_reason="SECRET")
    recording = Recording(
        0, told, {uuid4(): an_action(who, what="SECRET")}, notes={uuid4(): note},
        clarifications={uuid4(): Clarification(About.CHILD, "SECRET")},
    )  # fmt: skip
    usecase.record(who, items[0], recording, NOW)
    lines = [str(line.detail) for line in db.session.scalars(select(AuditRow))]
    assert not [line for line in lines if "SECRET" in line or "Combe" in line]


def test_D3_a_version_that_is_not_the_newest_is_refused_whole(items: list[UUID], person: People) -> None:
    who = person()
    usecase.record(who, items[0], Recording(0, KEPT), NOW)
    for version in (0, 2, -1):
        late = Recording(version, REFERRED, {uuid4(): an_action(who)})
        with pytest.raises(usecase.Stale):
            usecase.record(who, items[0], late, NOW)
    assert (outcome_row(items[0]).version, outcomes.actions(everyone(items[0]), items[0])) == (1, {})


def test_D3_of_two_at_once_one_is_saved_and_the_other_told(
    core_app: Flask, items: list[UUID], person: People
) -> None:
    people, together, answers = [person(), person()], Barrier(2), []

    def save(who: Principal, risk: Risk) -> None:
        with core_app.app_context():
            together.wait()
            try:
                answers.append(usecase.record(who, items[0], Recording(0, replace(REFERRED, risk=risk)), NOW))
            except usecase.Stale:
                answers.append(0)

    threads = [Thread(target=save, args=pair) for pair in zip(people, (Risk.HIGH, Risk.MEDIUM), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [0, 1]


def test_D3_two_people_refer_two_cases_at_once(core_app: Flask, items: list[UUID], person: People) -> None:
    people, together, answers = [person(), person()], Barrier(2), []

    def save(who: Principal, item: UUID) -> None:
        with core_app.app_context():
            together.wait()
            answers.append(usecase.record(who, item, Recording(0, REFERRED), NOW))

    threads = [Thread(target=save, args=pair) for pair in zip(people, items[:2], strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [1, 1]
    assert marac_days(*items[:2]) == [date(2026, 11, 12)] * 2


def test_D3_a_closed_meetings_outcomes_are_final(items: list[UUID], person: People) -> None:
    who = person()
    usecase.record(who, items[0], Recording(0, KEPT), NOW)
    with saved():
        db.session.scalars(
            select(MeetingRow).where(MeetingRow.sits_on == DAY)
        ).one().state = MeetingState.CLOSED
    with pytest.raises(usecase.MeetingClosed, match="Tuesday 3 November 2026 is closed"):
        usecase.record(who, items[0], Recording(1, KEPT), NOW)
    assert outcome_row(items[0]).version == 1


def test_M6_a_case_hidden_from_whoever_closed_the_list_takes_its_one_outcome(
    items: list[UUID], person: People
) -> None:
    who = person()
    with saved():
        db.session.scalars(
            select(MeetingRow).where(MeetingRow.sits_on == DAY)
        ).one().state = MeetingState.CLOSED
    unsafe = Telling(unsafe="He reads her post")  # nothing asks for it any more (F1)
    assert usecase.record(who, items[0], Recording(0, KEPT, telling=unsafe), NOW) == 1
    with pytest.raises(usecase.MeetingClosed):
        usecase.record(who, items[0], Recording(1, KEPT), NOW)


def test_D3_what_breaks_a_rule_saves_nothing(items: list[UUID], person: People) -> None:
    who = person()
    recording = Recording(0, KEPT, {uuid4(): an_action(who)}, notes={uuid4(): Note(None, "", None, "", "x")})
    with pytest.raises(usecase.Unfit):
        usecase.record(who, items[0], recording, NOW)
    counts = [db.session.query(row).count() for row in (OutcomeRow, ActionRow, NoteRow)]
    assert counts == [0, 0, 0]
    assert audited("outcome.recorded") == []


@pytest.mark.parametrize("role", [Role.CHAIR, Role.REPRESENTATIVE])
def test_only_the_coordinator_records(items: list[UUID], person: People, role: Role) -> None:
    person()
    with pytest.raises(RuleBroken if role is Role.CHAIR else Forbidden):
        usecase.record(person(role), items[0], Recording(0, KEPT), NOW)


def test_security_B_a_chair_records_where_no_coordinator_may_open_the_case(
    items: list[UUID], person: People
) -> None:
    usecase.record(person(Role.CHAIR), items[0], Recording(0, REFERRED), NOW)
    assert len(audited("outcome.stood_in")) == 1


def test_a_coordinator_who_was_disabled_meanwhile_records_nothing(items: list[UUID], person: People) -> None:
    who = person()
    with saved():
        db.session.get_one(AccountRow, who.account_id).disabled_at = NOW
    with pytest.raises(Forbidden):
        usecase.record(who, items[0], Recording(0, KEPT), NOW)


def test_an_unknown_case_is_not_found(items: list[UUID], person: People) -> None:
    who = person()
    assert outcomes.worksheet(who, uuid4()) is None
    with pytest.raises(NotFound):
        usecase.record(who, uuid4(), Recording(0, KEPT), NOW)


def test_M3_a_marac_that_is_not_published_takes_no_outcome(items: list[UUID], person: People) -> None:
    who = person()
    usecase.record(who, items[0], Recording(0, REFERRED), NOW)
    line = outcome_row(items[0]).marac_item_id
    assert line is not None
    sheet = outcomes.worksheet(who, line)
    assert sheet is not None and not sheet.is_open
    with pytest.raises(RuleBroken, match="does not hear this case yet"):
        usecase.record(who, line, Recording(0, replace(KEPT, in_place=True)), NOW)


def test_the_history_tells_earlier_hearings_and_lists(
    items: list[UUID], person: People, area_id: UUID
) -> None:
    who = person()
    child = Clarification(About.CHILD, "Ada")
    referred = Recording(0, replace(REFERRED, group=Group(1)), clarifications={uuid4(): child})
    usecase.record(who, items[2], referred, NOW)
    take_in(
        area_id, a_row(victim_nominal="VX", perpetrator_nominal="PX", recorded_at="2026-11-03T18:00:00+00:00")
    )
    with saved():
        area = areas.by_name("northmoor")
        assert area is not None
        built = lists.build(area, date(2026, 11, 4), "test", NOW)
    (later,) = db.session.scalars(select(ItemRow.id).where(ItemRow.meeting_id == built.meeting_id))
    found = outcomes.worksheet(who, later)
    assert found is not None
    assert [(line.on, line.what) for line in found.history] == [
        (DAY, f"High risk, referred to MARAC, {Group(1).label}"),
        (date(2026, 6, 4), "Heard at MARAC (from past records)"),
    ]
    assert [line.told for line in found.clarified] == [child]  # D2: known at every later meeting


def test_the_worksheet_reads_with_a_constant_number_of_queries(items: list[UUID], person: People) -> None:
    who = person()

    def queries() -> int:
        seen: list[str] = []

        def note(*args: object) -> None:
            seen.append(str(args[2]))

        db.session.rollback()
        event.listen(db.engine, "before_cursor_execute", note)
        assert outcomes.worksheet(who, items[0]) is not None
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    def held(version: int, each: int) -> None:
        actions = {uuid4(): an_action(who) for _ in range(each)}
        notes = {uuid4(): Note(who.agency_id, "A", NoteKind.FACT, "B", "C") for _ in range(each)}
        usecase.record(who, items[0], Recording(version, KEPT, actions, notes=notes), NOW)

    nothing = queries()
    held(0, 1)
    few = queries()
    held(1, 5)
    assert nothing < queries() == few <= 15  # what is not there at all is not asked for
