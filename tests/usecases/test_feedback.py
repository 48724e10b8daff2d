"""Who tells the victim, and what became of it, on both databases (Rulebook F1 to F5)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import Forbidden, NotFound

from agenda.agencies import AgencyKind
from agenda.area import AreaSettings
from agenda.incidents import Risk
from agenda.meetings import MeetingState
from agenda.panels import Works
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AllocationRow,
    AreaRow,
    AssociateRow,
    AuditRow,
    CaseRow,
    ContactRow,
    FeedbackRow,
    FeedbackTryRow,
    ItemRow,
    MeetingRow,
    PersonRow,
    RefusalRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, audit, feedback, feedback_lists, feedback_named, feedback_page
from meetingsvc.store.areas import settings_json
from meetingsvc.usecases import agencies, feedback_tries, outcomes
from meetingsvc.usecases import feedback as usecase
from meetingsvc.usecases.transaction import saved
from minutes.feedback import Result, Standing, Telling, Try
from minutes.outcome import Outcome
from minutes.recording import Recording
from tests.a_marac import MONDAY, NOW, a_person, an_agency, listed, people_rows
from tests.a_wall import a_wall
from tests.servers.remembered import remembered

TUESDAY = date(2026, 11, 24)
LATER = NOW + timedelta(days=2)
NOT_REFERRED = Outcome(Risk.MEDIUM, refer=False, not_referred="She is in refuge.")
#: What is no matter of the database.
ON_ONE = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)


@dataclass
class Panel:
    """A daily list with two cases, and who deals with them."""

    coordinator: Principal
    idva: Principal
    rep: Principal
    items: list[UUID]

    def record(self, item: int = 0, telling: Telling | None = None, version: int = 0) -> None:
        told = Recording(version, NOT_REFERRED, telling=telling)
        db.session.rollback()
        outcomes.record(self.coordinator, self.items[item], told, NOW)

    def close(self) -> None:
        with saved():
            for meeting in db.session.scalars(select(MeetingRow)):
                meeting.state = MeetingState.CLOSED

    def kept(self, item: int = 0) -> feedback.Decided | None:
        db.session.rollback()
        with acting.acting(self.coordinator):
            return feedback.current(self.coordinator, self.items[item])

    def telling(self, item: int = 0) -> Telling:
        kept = self.kept(item)
        assert kept is not None
        return kept.telling

    def case_id(self, item: int = 0) -> UUID:
        with acting.whole_area(self.coordinator.area_id):
            return db.session.get_one(ItemRow, self.items[item]).case_id


@pytest.fixture
@remembered
def panel(area_id: UUID) -> Panel:
    homes = an_agency(area_id, "Fellside Homes", daily=True)
    with saved():
        service = agencies.create(area_id, "Harbour IDVA Service", AgencyKind.IDVA_SERVICE, date(2026, 1, 5),
                                  "test", NOW, attends_daily=True, attends_marac=True)  # fmt: skip
    coordinator = a_person(an_agency(area_id, "Northmoor Police", daily=True), Role.COORDINATOR, "Robin Ash")
    return Panel(
        coordinator, a_person(service, Role.IDVA, "Niamh Carrow"), a_person(homes, name="Joan Akande"),
        listed(area_id, people_rows(2, MONDAY)),
    )  # fmt: skip


def by_rep(panel: Panel, **changed: object) -> Telling:
    usual = Telling(panel.rep.agency_id, "joan  akande", None, TUESDAY, "Her support worker for two years")
    return replace(usual, **changed)  # type: ignore[arg-type]


def perpetrator_of(panel: Panel) -> PersonRow:
    """Of the first case."""
    case = db.session.get_one(CaseRow, panel.case_id())
    return db.session.get_one(PersonRow, case.perpetrator_id)


@ON_ONE
def test_F2_the_idva_on_duty_tells_the_victim_by_the_next_working_day_without_a_click(panel: Panel) -> None:
    panel.record()
    assert panel.telling() == Telling(panel.idva.agency_id, "Duty IDVA", None, TUESDAY)
    with acting.acting(panel.coordinator):
        assert feedback.decided(panel.coordinator, panel.items) == {panel.items[0]}


@ON_ONE
def test_F2_the_idva_the_case_is_given_to_comes_first_and_the_area_names_its_own_on_duty(
    panel: Panel, area: AreaRow
) -> None:
    with saved():
        db.session.add(AllocationRow(case_id=panel.case_id(), account_id=panel.idva.account_id,
                                     area_id=area.id, allocated_by=panel.coordinator.account_id,
                                     allocated_at=NOW))  # fmt: skip
        area.settings = settings_json(AreaSettings(feedback_duty="The helpline", feedback_daily_days=3))
    panel.record()
    panel.record(1)
    thursday = date(2026, 11, 26)
    given = Telling(panel.idva.agency_id, "Niamh Carrow", panel.idva.account_id, thursday)
    assert panel.telling() == given
    assert panel.telling(1) == Telling(panel.idva.agency_id, "The helpline", None, thursday)


@ON_ONE
def test_F1_where_the_area_has_no_idva_nothing_is_decided_by_itself(panel: Panel) -> None:
    with saved():
        db.session.get_one(AgencyRow, panel.idva.agency_id).withdrawn_on = date(2026, 11, 1)
    panel.record()
    assert panel.kept() is None


@ON_ONE
def test_F2_another_professional_by_name_with_the_reason(panel: Panel) -> None:
    with pytest.raises(outcomes.Unfit) as refused:
        panel.record(telling=by_rep(panel, instead_of_idva=""))
    assert refused.value.problems.keys() == {"telling-instead_of_idva"}
    panel.record(telling=by_rep(panel))
    told = panel.telling()
    assert (told.name, told.account_id) == ("Joan Akande", panel.rep.account_id)
    assert told.instead_of_idva == "Her support worker for two years"


@ON_ONE
def test_F2_an_account_belongs_to_the_agency_that_is_named(panel: Panel) -> None:
    with pytest.raises(outcomes.Unfit):
        panel.record(telling=by_rep(panel, account_id=panel.idva.account_id))


@ON_ONE
def test_F1_unsafe_with_its_reason(panel: Panel) -> None:
    with pytest.raises(outcomes.Unfit):
        panel.record(telling=Telling(unsafe=" "))
    panel.record(telling=Telling(unsafe="He opens her post"))
    kept = panel.kept()
    assert (
        kept is not None and kept.standing is Standing.UNSAFE and kept.telling.unsafe == "He opens her post"
    )


@ON_ONE
def test_F1_a_later_decision_is_kept_beside_the_earlier(panel: Panel) -> None:
    panel.record()
    panel.record(version=1, telling=by_rep(panel))
    panel.record(version=2)  # left as it was
    db.session.rollback()
    with acting.acting(panel.coordinator):
        versions = feedback.history(panel.coordinator, panel.items[0])
    assert [one.telling.name for one in versions] == ["Joan Akande", "Duty IDVA"]
    assert [row.detail["version"] for row in audited("feedback.decided")] == [1, 2]
    open_ones = select(FeedbackRow.version).where(FeedbackRow.next_on.is_not(None))
    assert db.session.scalars(open_ones).all() == [2]


def audited(action: str) -> list[AuditRow]:
    return list(db.session.scalars(select(AuditRow).where(AuditRow.action == action).order_by(AuditRow.id)))


@ON_ONE
def test_F3_who_is_named_is_not_the_perpetrator(panel: Panel) -> None:
    name = perpetrator_of(panel)
    called = f"{name.forename} {name.surname}"
    with pytest.raises(outcomes.Unfit) as refused:
        panel.record(telling=by_rep(panel, name=called))
    assert refused.value.problems == {"telling-name": usecase.NOT_THEM}
    assert panel.kept() is None
    (line,) = audited("feedback.refused")
    assert line.case_id == panel.case_id() and called not in str(line.detail)
    panel.record(1, telling=by_rep(panel, name=called))  # another case
    assert audit.verify()[1] is None


@ON_ONE
@pytest.mark.parametrize("typed", ["Jo Reed 07700 900321", "Jo (07700-900 321)", "jo.reed@x.example, Jo"])
def test_F3_nor_reached_where_a_known_associate_is(panel: Panel, typed: str) -> None:
    with saved():
        friend = PersonRow(id=uuid4(), area_id=panel.coordinator.area_id, forename="Kit", surname="Vane")
        db.session.add(friend)
        db.session.flush()
        told = {"area_id": panel.coordinator.area_id, "case_id": panel.case_id(), "person_id": friend.id,
                "agency_id": panel.rep.agency_id, "author": "x", "source": "x",
                "recorded_by": panel.rep.account_id, "recorded_at": NOW}  # fmt: skip
        db.session.add(AssociateRow(relation="brother", **told))
        db.session.add(ContactRow(kind="phone", value="07700 900321", key="07700900321", **told))
        db.session.add(ContactRow(kind="e-mail", value="jo.reed@x.example", key="jo.reed@x.example", **told))
    with pytest.raises(outcomes.Unfit):
        panel.record(telling=by_rep(panel, name=typed))
    assert len(audited("feedback.refused")) == 1


def test_F3_nor_one_whom_a_wall_keeps_from_the_case_and_the_refusal_is_kept(panel: Panel) -> None:
    with saved():
        db.session.add(WallRow(case_id=panel.case_id(), account_id=panel.rep.account_id, state="stands",
                               area_id=panel.coordinator.area_id, ground="declared", shared="",
                               put_at=NOW))  # fmt: skip
    with pytest.raises(outcomes.Unfit) as refused:
        panel.record(telling=by_rep(panel))
    assert refused.value.problems == {"telling-name": usecase.NOT_THEM}
    (row,) = db.session.scalars(select(RefusalRow)).all()
    assert (row.account_id, row.ground, row.kind) == (panel.rep.account_id, "wall", "feedback")


@ON_ONE
def test_F3_no_default_names_who_must_not_learn_of_it(panel: Panel, area: AreaRow) -> None:
    name = perpetrator_of(panel)
    with saved():
        area.settings = settings_json(AreaSettings(feedback_duty=f"{name.forename} {name.surname}"))
    panel.record()
    assert panel.kept() is None


def test_F5_attempts_are_kept_until_one_closes_it(panel: Panel) -> None:
    panel.record()
    again = Try(Result.NOT_REACHED, TUESDAY, "Niamh Carrow", "Rang twice", date(2026, 11, 27))
    with pytest.raises(RuleBroken, match="not over yet"):
        feedback_tries.record(panel.idva, panel.items[0], 1, again, NOW)
    panel.close()
    wrong = replace(again, again_on=None)
    with pytest.raises(usecase.Unfit):
        feedback_tries.record(panel.idva, panel.items[0], 1, wrong, LATER)
    feedback_tries.record(panel.idva, panel.items[0], 1, again, LATER)
    kept = panel.kept()
    assert kept is not None and kept.due == date(2026, 11, 27) and kept.standing is Standing.TO_TELL
    told = Try(Result.TOLD, date(2026, 11, 25), "Niamh Carrow", "In person")
    feedback_tries.record(panel.idva, panel.items[0], 1, told, LATER)
    kept = panel.kept()
    assert kept is not None and kept.standing is Standing.TOLD and len(kept.tries) == 2
    for late in (told, again):
        with pytest.raises(RuleBroken, match="already"):
            feedback_tries.record(panel.idva, panel.items[0], 1, late, LATER)
    with pytest.raises(usecase.Unfit):
        usecase.change(panel.coordinator, panel.items[0], 1, by_rep(panel, due=date(2026, 12, 1)), LATER)
    assert [row.detail["closes"] for row in audited("feedback.recorded")] == [False, True]


def test_F5_R1_told_is_taken_back_with_a_reason_and_a_day_and_what_was_recorded_stays(panel: Panel) -> None:
    def taken_back(who: Principal, why: str, again_on: date | None, version: int = 1) -> None:
        feedback_tries.take_back(who, panel.items[0], version, why, again_on, LATER)

    panel.record()
    panel.close()
    soon = date(2026, 11, 27)
    with pytest.raises(usecase.Unfit):
        taken_back(panel.coordinator, "The wrong victim", soon)  # nobody recorded that she was told
    told = Try(Result.TOLD, TUESDAY, "Niamh Carrow", "In person")
    feedback_tries.record(panel.idva, panel.items[0], 1, told, LATER)
    for why, again_on, wrong in ((" ", soon, {"why"}), ("x" * 2_001, soon, {"why"}),
                                 ("x", None, {"again_on"}), ("x", MONDAY, {"again_on"}),
                                 ("x", date(2999, 1, 1), {"again_on"})):  # fmt: skip
        with pytest.raises(usecase.Unfit) as unfit:
            taken_back(panel.coordinator, why, again_on)
        assert unfit.value.problems.keys() == wrong
    with pytest.raises(Forbidden):
        taken_back(panel.idva, "x", soon)
    with pytest.raises(RuleBroken, match="Somebody else"):
        taken_back(panel.coordinator, "x", soon, 2)
    taken_back(panel.coordinator, "It was another victim", soon)
    kept = panel.kept()
    assert kept is not None and (kept.standing, kept.due) == (Standing.TO_TELL, soon)
    assert [one.told.how for one in kept.tries] == ["In person", "Not told after all: It was another victim"]
    (line_told,) = audited("feedback.taken_back")
    assert line_told.detail["item"] == str(panel.items[0]) and "another victim" not in str(line_told.detail)
    with acting.acting(panel.idva):
        (line,) = feedback_page.on_case(panel.idva, panel.case_id())
        counts = feedback_lists.counts(panel.idva, TUESDAY)
    assert line.standing is Standing.TO_TELL and counts is not None and counts.open == 1
    unsafe = Try(Result.UNSAFE, TUESDAY, "Niamh Carrow", "He answered her telephone")
    feedback_tries.record(panel.idva, panel.items[0], 1, unsafe, LATER)
    with acting.acting(panel.idva):
        (line,) = feedback_page.on_case(panel.idva, panel.case_id())
    assert line.standing is Standing.UNSAFE


def test_M6_who_is_kept_from_a_case_takes_nothing_back(panel: Panel) -> None:
    panel.record()
    panel.close()
    told = Try(Result.TOLD, TUESDAY, "Niamh Carrow", "In person")
    feedback_tries.record(panel.idva, panel.items[0], 1, told, LATER)
    a_wall(panel.coordinator.area_id, panel.case_id(), panel.coordinator.account_id)
    with pytest.raises(NotFound):
        feedback_tries.take_back(panel.coordinator, panel.items[0], 1, "x", date(2026, 11, 27), LATER)


@ON_ONE
def test_F5_unsafe_after_all_and_somebody_else_is_named_later(panel: Panel) -> None:
    panel.record()
    panel.close()
    unsafe = Try(Result.UNSAFE, TUESDAY, "Niamh Carrow", "He answered her telephone")
    feedback_tries.record(panel.idva, panel.items[0], 1, unsafe, LATER)
    named = by_rep(panel, due=date(2026, 12, 1))
    with pytest.raises(RuleBroken, match="Somebody else"):
        usecase.change(panel.coordinator, panel.items[0], 2, named, LATER)
    usecase.change(panel.coordinator, panel.items[0], 1, named, LATER)
    kept = panel.kept()
    assert kept is not None and kept.standing is Standing.TO_TELL and kept.version == 2
    told = Try(Result.TOLD, date(2026, 11, 25), "Joan Akande", "In person")
    feedback_tries.record(panel.rep, panel.items[0], 2, told, LATER)


def test_who_is_named_records_it_and_nobody_else(panel: Panel) -> None:
    panel.record()
    panel.record(1, telling=by_rep(panel))
    panel.close()
    told = Try(Result.TOLD, TUESDAY, "x", "x")
    other = a_person(panel.rep.agency_id, name="Sam Okoro")
    elsewhere = a_person(panel.coordinator.agency_id, Role.IDVA, "Una Flint")
    for who, item in ((panel.rep, 0), (other, 1), (panel.idva, 1), (elsewhere, 0)):
        with pytest.raises(NotFound):
            feedback_tries.record(who, panel.items[item], 1, told, LATER)
        with acting.acting(who):
            assert feedback_page.page(who, panel.items[item], TUESDAY) is None
    for who, item in ((panel.idva, 0), (panel.rep, 1)):
        with acting.acting(who):
            assert feedback_page.page(who, panel.items[item], TUESDAY) is not None
        feedback_tries.record(who, panel.items[item], 1, told, LATER)
    with pytest.raises(Forbidden):
        feedback_tries.record(panel.coordinator, panel.items[0], 1, told, LATER)
    with pytest.raises(Forbidden):
        usecase.change(panel.rep, panel.items[0], 1, by_rep(panel), LATER)


@ON_ONE
def test_a_colleague_records_for_a_professional_without_an_account(panel: Panel) -> None:
    panel.record(telling=by_rep(panel, name="Bo Lindqvist"))
    panel.close()
    feedback_tries.record(panel.rep, panel.items[0], 1, Try(Result.TOLD, TUESDAY, "Bo", "x"), LATER)
    kept = panel.kept()
    assert kept is not None and kept.telling.account_id is None and kept.standing is Standing.TOLD


def test_M6_nobody_named_sees_a_case_that_is_kept_from_them(panel: Panel) -> None:
    panel.record()
    panel.close()
    with saved():
        db.session.add(WallRow(case_id=panel.case_id(), account_id=panel.idva.account_id, state="stands",
                               area_id=panel.coordinator.area_id, ground="declared", shared="",
                               put_at=NOW))  # fmt: skip
    with acting.acting(panel.idva):
        assert feedback_page.page(panel.idva, panel.items[0], TUESDAY) is None
        assert feedback_lists.to_tell(panel.idva, TUESDAY, 1) == []
        assert feedback_page.on_case(panel.idva, panel.case_id()) == []
        counts = feedback_lists.counts(panel.idva, TUESDAY)
    assert counts is not None and counts.open == 0
    with pytest.raises(NotFound):
        feedback_tries.record(panel.idva, panel.items[0], 1, Try(Result.TOLD, TUESDAY, "x", "x"), LATER)


def test_what_is_late_and_what_nobody_can_do_any_more(panel: Panel) -> None:
    panel.record()
    panel.record(1, telling=by_rep(panel))
    assert feedback_lists.counts(panel.coordinator, MONDAY) == feedback_lists.Counts(0, 0, 0)  # not over
    panel.close()
    wednesday = date(2026, 11, 25)
    with saved():
        db.session.get_one(AccountRow, panel.rep.account_id).disabled_at = NOW
    with acting.acting(panel.coordinator):
        assert feedback_lists.counts(panel.coordinator, TUESDAY) == feedback_lists.Counts(2, 0, 1)
        assert feedback_lists.counts(panel.coordinator, wednesday) == feedback_lists.Counts(2, 2, 1)
        found = feedback_lists.to_tell(panel.coordinator, wednesday, 1)
    assert {one.name: one.ownerless for one in found} == {"Duty IDVA": False, "Joan Akande": True}
    with acting.acting(panel.idva):
        assert feedback_lists.counts(panel.idva, TUESDAY) == feedback_lists.Counts(1, 0, 0)
        (line,) = feedback_page.on_case(panel.idva, panel.case_id())
    assert line.standing is Standing.TO_TELL and line.due == TUESDAY


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE feedback SET name = 'x'",
        "UPDATE feedback SET unsafe = 'x'",
        "UPDATE feedback_try SET how = 'y'",
    ],
)
def test_F5_the_database_itself_keeps_decisions_and_attempts(panel: Panel, statement: str) -> None:
    panel.record()
    panel.close()
    feedback_tries.record(panel.idva, panel.items[0], 1, Try(Result.TOLD, TUESDAY, "x", "x"), LATER)
    db.session.rollback()
    with pytest.raises(DBAPIError), saved():
        db.session.execute(text(statement))
    assert db.session.scalars(select(FeedbackTryRow.how)).all() == ["x"]


@ON_ONE
def test_F1_after_a_marac_there_are_three_working_days(area_id: UUID) -> None:
    thursday = date(2026, 12, 3)
    assert feedback_named.day(area_id, Works.AGENDA, thursday, thursday) == date(2026, 12, 8)
    assert feedback_named.day(area_id, Works.LIST, thursday, thursday) == date(2026, 12, 4)
