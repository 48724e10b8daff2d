"""Applications under the disclosure schemes, from applying to the disclosure (Rulebook Y1, Y2, T9, C4)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.addresses import DetailOf
from agenda.agencies import AgencyKind
from agenda.circulation import Group
from agenda.disclosure_scheme import TELLS, Recipient, Right, Stage, Step
from agenda.incidents import Risk
from agenda.rules import RuleBroken
from meetingsvc.models import ApplicationRow, AuditRow, EntryRow, ItemRow, OutboxRow, OutcomeRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, lists, outcomes, sealed
from meetingsvc.store import application_steps as steps
from meetingsvc.store import disclosure_schemes as store
from meetingsvc.store.acting import Host
from meetingsvc.usecases import accounts as making
from meetingsvc.usecases import agencies, areas, disclosure_updates, list_changes, staff_details
from meetingsvc.usecases import disclosure_confirming as confirming
from meetingsvc.usecases import disclosure_schemes as usecase
from meetingsvc.usecases import outcomes as recording
from meetingsvc.usecases.staff_details import Told
from meetingsvc.usecases.transaction import saved
from meetingsvc.web import home_schemes
from minutes.outcome import Disclosure, Outcome
from minutes.recording import Recording
from notifications.messages import Notice
from tests.a_meeting_record import nothing_missing
from tests.an_application import CONTACT, NOW, a_police_force, a_telling, an_application, somebody
from tests.builders import a_row, take_in
from tests.servers.remembered import remembered

TUESDAY = date(2026, 11, 3)
MORNING = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
AFTER = datetime(2026, 11, 5, 12, tzinfo=UTC)

#: The MARAC is told of what is to be disclosed (C4).
REFERRED = {"refer": True, "in_place": False, "group": Group.DISCLOSURE}

#: What is not about the database is asked on one of the two.
ON_ONE = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)


class Panel:
    """Who takes part, by what they are."""

    def __init__(self, area_id: UUID) -> None:
        self.force, self.other = a_police_force(area_id), a_police_force(area_id, "Westmoor Police")
        self.police = somebody(self.force, Role.REPRESENTATIVE, "p@northmoor.example", "Pat Moor")
        self.westmoor = somebody(self.other, Role.REPRESENTATIVE, "w@northmoor.example", "Kit Stone")
        self.coordinator = somebody(self.force, Role.COORDINATOR, "c@northmoor.example", "Jo Reed")
        self.chair = somebody(self.force, Role.CHAIR, "h@northmoor.example", "Max Vale")
        with saved():
            homes = agencies.create(area_id, "Fellside Homes", AgencyKind.HOUSING, date(2026, 1, 5), "test",
                                    NOW, attends_daily=True)  # fmt: skip
        self.housing = somebody(homes, Role.REPRESENTATIVE, "f@northmoor.example", "Ann Frost")


@pytest.fixture(autouse=True)
def _before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "hashed", lambda password: "x")
    monkeypatch.setattr(sealed, "closed", lambda key, text: text[::-1].encode())
    monkeypatch.setattr(sealed, "opened", lambda key, kept: kept.decode()[::-1])


@pytest.fixture
@remembered
def panel(area_id: UUID) -> Panel:
    return Panel(area_id)


def applied(panel: Panel, **told: object) -> UUID:
    return usecase.apply(panel.police, an_application(**told), panel.force, NOW)[0]


def kept(who: Principal, key: UUID) -> store.Kept:
    db.session.rollback()
    with acting.acting(who):
        found = store.one(who, key)
    assert found is not None
    return found


def stage(panel: Panel, key: UUID) -> Stage:
    return kept(panel.coordinator, key).stage


def listed(panel: Panel, key: UUID) -> UUID:
    """Its item on the list of Tuesday."""
    list_changes.build(panel.coordinator, TUESDAY, MORNING)
    found = kept(panel.coordinator, key).listed
    assert found is not None
    return found.item_id


def decide(
    panel: Panel, item_id: UUID, disclose: bool, notes: str = "", at: datetime = MORNING, **told: object
) -> None:
    """The daily meeting's outcome, which is the decision (C4), and tells the MARAC of what is disclosed."""
    db.session.rollback()
    told = (REFERRED if disclose else {}) | told
    entries = db.session.scalars(select(EntryRow).where(EntryRow.item_id == item_id)).all()
    asked = [entry.occurrence_number for entry in entries if entry.occurrence_number.startswith("DSA-")]
    each(panel, item_id, *(Disclosure(reference, disclose, notes) for reference in asked), at=at, **told)


def each(
    panel: Panel, item_id: UUID, *disclosures: Disclosure, at: datetime = MORNING, **told: object
) -> None:
    """The outcome with a decision on each application."""
    db.session.rollback()
    row = db.session.get(OutcomeRow, item_id)
    outcome = Outcome(Risk.STANDARD, disclosures=disclosures, **told)  # type: ignore[arg-type]
    recording.record(panel.coordinator, item_id, Recording(row.version if row else 0, outcome), at)


def close(panel: Panel, *keys: UUID) -> None:
    """The meeting of Tuesday; a chair confirms what it decided on these applications."""
    nothing_missing(panel.coordinator, at=MORNING)
    list_changes.close(panel.coordinator, TUESDAY, MORNING)
    for key in keys:
        confirm(panel, key)


def confirm(panel: Panel, key: UUID, at: datetime = MORNING, who: Principal | None = None) -> None:
    """As they are shown it, signed."""
    seen = confirming.seen_of(kept(panel.coordinator, key))
    confirming.confirm(who or panel.chair, key, seen, at)


def to_be_disclosed(panel: Panel) -> UUID:
    """Decided so, and the police do not wait for the MARAC."""
    key = applied(panel)
    usecase.take_step(panel.police, key, Step.CHECK, "", NOW)
    decide(panel, listed(panel, key), True)
    close(panel, key)
    disclosure_updates.go_ahead(panel.police, key, "He moves in on Friday", MORNING)
    return key


def test_T9_an_application_is_on_the_next_daily_list(panel: Panel) -> None:
    key = applied(panel)
    list_changes.build(panel.coordinator, TUESDAY, MORNING)
    told = lists.daily_list(Host(panel.coordinator.area_id), panel.coordinator.area_id, TUESDAY)
    assert told is not None
    (item,) = told.items
    (entry,) = item.entries
    assert (entry.reference, entry.kind, entry.reasons, entry.late) == (
        kept(panel.coordinator, key).reference, "disclosure_application", ("T9",), False,
    )  # fmt: skip


@ON_ONE
def test_T9_the_same_people_come_under_the_case_they_have(panel: Panel) -> None:
    """An application about people the police have told of is no second case (T6, T11)."""
    take_in(panel.coordinator.area_id, a_row(
        victim_forename="Isla", victim_surname="Sorrel", victim_dob="1994-05-06", victim_nominal="",
        perpetrator_forename="Dorian", perpetrator_surname="Flint", perpetrator_dob="1988-07-08",
        perpetrator_nominal="", recorded_at="2026-11-02T20:00:00+00:00",
    ))  # fmt: skip
    listed(panel, applied(panel))
    (item,) = db.session.scalars(select(ItemRow)).all()
    facts = outcomes.facts(Host(item.area_id), item)
    assert facts.applications and not facts.disclosure_only, "so it is no group 5 (C1)"


@ON_ONE
def test_C1_C4_an_application_alone_goes_to_marac_in_group_5(panel: Panel) -> None:
    key = applied(panel)
    item_id = listed(panel, key)
    decide(panel, item_id, True, **REFERRED)
    row = db.session.get_one(OutcomeRow, item_id)
    assert (row.proposed_group, row.group) == (5, 5)


def test_C4_the_daily_meetings_outcome_is_the_decision(panel: Panel) -> None:
    key = applied(panel)
    usecase.take_step(panel.police, key, Step.CHECK, "Local systems", NOW)
    item_id = listed(panel, key)
    assert stage(panel, key) is Stage.CHECKED
    decide(panel, item_id, False, "Nothing is held.")
    decide(panel, item_id, True)
    on = kept(panel.coordinator, key)
    assert (on.stage, on.to_confirm) == (Stage.CHECKED, None), "while it is open it may change its mind"
    close(panel, key)
    assert stage(panel, key) is Stage.DISCLOSE
    told = steps.done(panel.coordinator, kept(panel.coordinator, key))
    assert [(one.step, one.by) for one in told] == [
        (Step.CHECK, "Pat Moor"), (Step.DECIDE_TO_DISCLOSE, "Max Vale"),
    ]  # fmt: skip


@pytest.mark.parametrize(("disclose", "after"), [(True, Stage.DISCLOSE), (False, Stage.NOT_DISCLOSED)])
def test_C4_who_types_the_outcome_decides_nothing_a_chair_confirms_it(
    panel: Panel, disclose: bool, after: Stage
) -> None:
    key = applied(panel)
    usecase.take_step(panel.police, key, Step.CHECK, "", NOW)
    item_id = listed(panel, key)
    decide(panel, item_id, disclose, "" if disclose else "Nothing is held.")
    with pytest.raises(RuleBroken, match="waits for you"):
        confirm(panel, key)
    close(panel)
    one = kept(panel.police, key)
    assert one.stage is Stage.CHECKED and one.to_confirm and one.to_confirm.disclose is disclose
    with acting.acting(panel.police):
        assert not TELLS & set(usecase.open_steps(panel.police, one, TUESDAY))
        assert [each.id for each in store.waiting(panel.police)] == [key], "it falls off no list"
        assert store.ended(panel.police, 5) == []
    with pytest.raises(RuleBroken, match="A chair has not confirmed"):
        usecase.tell(panel.police, key, a_telling(), "Isla Sorrel", "", AFTER)
    for who in (panel.coordinator, panel.police, panel.housing):
        with pytest.raises(Forbidden):
            confirm(panel, key, who=who)
    with pytest.raises(RuleBroken, match="Nothing was signed"):
        confirming.confirm(panel.chair, key, "decide_to_disclose 2026", MORNING)
    with acting.acting(panel.chair):
        told = home_schemes.of(panel.chair, MORNING)
    assert told.to_confirm == ((key, one.reference),)
    confirm(panel, key)
    assert stage(panel, key) is after
    with pytest.raises(RuleBroken, match="waits for you"):
        confirm(panel, key)


def test_M6_a_chair_confirms_nothing_of_somebody_near_them(panel: Panel) -> None:
    key = applied(panel)
    usecase.take_step(panel.police, key, Step.CHECK, "", NOW)
    decide(panel, listed(panel, key), True)
    close(panel)
    seen = confirming.seen_of(kept(panel.coordinator, key))
    him = Told("Dorian", "Flint", date(1988, 7, 8), "", "", "")
    staff_details.add(panel.chair, DetailOf.SELF, him, MORNING)
    with pytest.raises(NotFound):
        confirming.confirm(panel.chair, key, seen, MORNING)
    with acting.acting(panel.chair):
        assert home_schemes.of(panel.chair, MORNING).to_confirm == ()


def test_C4_Y1_two_applications_of_one_case_are_decided_each_by_itself(panel: Panel) -> None:
    first, second = applied(panel), applied(panel, applicant="Rose Sorrel", right=Right.ASK)
    for key in (first, second):
        usecase.take_step(panel.police, key, Step.CHECK, "", NOW)
    item_id = listed(panel, first)
    assert kept(panel.coordinator, second).listed.item_id == item_id  # type: ignore[union-attr]
    one, other = (kept(panel.coordinator, key).reference for key in (first, second))
    with pytest.raises(recording.Unfit) as refused:
        each(panel, item_id, Disclosure(one, True), **REFERRED)
    assert set(refused.value.problems) == {f"disclose-{other}-decision"}
    each(panel, item_id, Disclosure(one, True), Disclosure(other, False, "She is told already."), **REFERRED)
    close(panel, first, second)
    assert (stage(panel, first), stage(panel, second)) == (Stage.DISCLOSE, Stage.NOT_DISCLOSED)
    told = steps.done(panel.coordinator, kept(panel.coordinator, second))
    assert told[-1].reason == "She is told already."
    with acting.acting(panel.coordinator):
        assert [one.id for one in store.waiting(panel.coordinator)] == [first]
        assert [one.id for one in store.ended(panel.coordinator, 5)] == [second]


def test_C4_Y1_a_disclosure_of_which_the_MARAC_would_not_be_told_is_refused(panel: Panel) -> None:
    key = applied(panel)
    usecase.take_step(panel.police, key, Step.CHECK, "", NOW)
    item_id = listed(panel, key)
    with pytest.raises(recording.Unfit) as refused:
        decide(panel, item_id, True, refer=False)
    assert set(refused.value.problems) == {"refer"}
    assert stage(panel, key) is Stage.CHECKED
    decide(panel, item_id, False, "Nothing is held.", refer=False)
    decide(panel, item_id, True)
    with pytest.raises(recording.Unfit):
        decide(panel, item_id, True, refer=False, not_referred="Low risk")  # nor is it taken back


def test_C4_a_save_without_an_answer_takes_no_decision_back(panel: Panel) -> None:
    key = applied(panel)
    usecase.take_step(panel.police, key, Step.CHECK, "", NOW)
    item_id = listed(panel, key)
    decide(panel, item_id, True)
    with pytest.raises(recording.Unfit):
        each(panel, item_id)
    on = kept(panel.coordinator, key).listed
    assert on and on.decision and on.decision.disclose


@ON_ONE
def test_C4_nobody_acts_on_a_decision_that_may_still_change(panel: Panel) -> None:
    key = applied(panel)
    usecase.take_step(panel.police, key, Step.CHECK, "", NOW)
    decide(panel, listed(panel, key), True)
    with pytest.raises(RuleBroken, match="cannot be done now"):
        usecase.tell(panel.police, key, a_telling(), "Isla Sorrel", "", AFTER)
    close(panel, key)
    disclosure_updates.go_ahead(panel.police, key, "He moves in on Friday", MORNING)
    usecase.tell(panel.police, key, a_telling(), "Isla Sorrel", "", AFTER)
    assert stage(panel, key) is Stage.DISCLOSED


@ON_ONE
def test_Y1_nothing_is_disclosed_before_the_minimum_checks(panel: Panel) -> None:
    key = applied(panel)
    decide(panel, listed(panel, key), True)
    nothing_missing(panel.coordinator, at=MORNING)
    list_changes.close(panel.coordinator, TUESDAY, MORNING)
    assert stage(panel, key) is Stage.APPLIED
    with pytest.raises(RuleBroken, match="cannot be done now"):
        usecase.tell(panel.police, key, a_telling(), "Isla Sorrel", "", AFTER)
    with pytest.raises(RuleBroken, match="waits for you"):
        confirm(panel, key)
    usecase.take_step(panel.police, key, Step.CHECK, "", AFTER)
    assert stage(panel, key) is Stage.CHECKED
    confirm(panel, key, AFTER)
    assert stage(panel, key) is Stage.DISCLOSE


def test_Y2_an_undertaking_refused_goes_back_to_the_police(panel: Panel) -> None:
    key = to_be_disclosed(panel)
    refused = usecase.tell(panel.police, key, a_telling(signed=False), "Isla", "", AFTER)
    assert refused is Step.REFUSE_UNDERTAKING
    assert stage(panel, key) is Stage.UNSIGNED
    later = AFTER + timedelta(hours=1)
    with pytest.raises(RuleBroken, match="refused before"):
        usecase.tell(panel.police, key, a_telling(), "Isla", "", later)
    with pytest.raises(RuleBroken, match="Say why it was disclosed all the same"):
        usecase.tell(panel.police, key, a_telling(signed=False), "Isla", "", later)
    usecase.tell(panel.police, key, a_telling(signed=False), "Isla", "She is in danger", later)
    assert stage(panel, key) is Stage.DISCLOSED
    told = steps.done(panel.police, kept(panel.police, key))
    assert [one.telling.signed for one in told if one.telling] == [False, False]


@ON_ONE
@pytest.mark.parametrize("told", [{"in_person": False}, {"warned": None}, {"signed": None}, {"where": ""}])
def test_Y2_a_disclosure_not_in_person_or_without_its_warning_is_refused(
    panel: Panel, told: dict[str, object]
) -> None:
    key = to_be_disclosed(panel)
    with pytest.raises(RuleBroken):
        usecase.tell(panel.police, key, a_telling(**told), "Isla", "", AFTER)
    assert stage(panel, key) is Stage.DISCLOSE


@ON_ONE
def test_Y1_nobody_was_told_before_the_daily_meeting_decided(panel: Panel) -> None:
    key = to_be_disclosed(panel)
    for day in (NOW.date(), date(2026, 10, 30)):
        with pytest.raises(RuleBroken, match="not before it was applied for and decided"):
            usecase.tell(panel.police, key, a_telling(on=day), "Isla Sorrel", "", AFTER)
    assert stage(panel, key) is Stage.DISCLOSE
    usecase.tell(panel.police, key, a_telling(on=TUESDAY), "Isla Sorrel", "", AFTER)
    assert stage(panel, key) is Stage.DISCLOSED


@ON_ONE
def test_Y2_it_is_never_recorded_as_told_to_the_person_it_is_about(panel: Panel) -> None:
    key, other = to_be_disclosed(panel), a_telling(to=Recipient.ABLE_TO_SAFEGUARD)
    for whom in ("Dorian Flint", "flint,  DORIAN", " "):
        with pytest.raises(RuleBroken, match="never told of it|name of who was told"):
            usecase.tell(panel.police, key, other, whom, "", AFTER)
    usecase.tell(panel.police, key, a_telling(), "Dorian Flint", "", AFTER)
    told = steps.done(panel.police, kept(panel.police, key))
    assert [one.whom for one in told if one.telling] == ["Isla Sorrel"], "hers, whatever was typed"


def test_Y1_only_the_police_who_deal_with_it_take_steps(panel: Panel) -> None:
    key = applied(panel)
    with pytest.raises(Forbidden):
        usecase.take_step(panel.coordinator, key, Step.CHECK, "", NOW)
    for other in (panel.westmoor, panel.housing):
        with pytest.raises(NotFound):
            usecase.take_step(other, key, Step.CHECK, "", NOW)
        with acting.acting(other):
            assert store.one(other, key) is None and store.waiting(other) == []


@ON_ONE
def test_Y1_a_coordinator_applies_for_a_force_and_nobody_else_does(panel: Panel) -> None:
    key, _ = usecase.apply(panel.coordinator, an_application(), panel.other, NOW)
    assert kept(panel.westmoor, key).agency == "Westmoor Police"
    with pytest.raises(Forbidden):
        usecase.apply(panel.housing, an_application(), panel.force, NOW)
    with pytest.raises(Forbidden):
        usecase.apply(panel.police, an_application(), panel.other, NOW)
    with pytest.raises(RuleBroken, match="police force"):
        usecase.apply(panel.coordinator, an_application(), panel.housing.agency_id, NOW)


@ON_ONE
def test_Y1_what_is_late_shows(panel: Panel) -> None:
    key = applied(panel)
    told = kept(panel.coordinator, key)
    assert [due.what for due in told.late(NOW + timedelta(hours=24))] == []
    assert [due.what for due in told.late(NOW + timedelta(hours=24, seconds=1))] == ["Minimum checks"]
    usecase.meet(panel.police, key, date(2026, 11, 4), AFTER)
    usecase.take_step(panel.police, key, Step.CHECK, "", AFTER)
    told = kept(panel.coordinator, key)
    assert [due.what for due in told.late(NOW + timedelta(days=40))] == ["The whole application"]


@ON_ONE
def test_Y1_nobody_is_met_who_did_not_apply(panel: Panel) -> None:
    key = applied(panel, right=Right.KNOW)
    with pytest.raises(RuleBroken, match="Nobody applied"):
        usecase.meet(panel.police, key, date(2026, 11, 4), AFTER)
    row = db.session.get_one(ApplicationRow, key)
    assert (row.applicant, row.contact) == ("", None), "what was typed of an applicant is not kept"


def test_F4_the_applicants_contact_is_sealed_and_shown_for_a_reason(panel: Panel) -> None:
    key = applied(panel)
    assert db.session.get_one(ApplicationRow, key).contact == CONTACT[::-1].encode()
    with pytest.raises(RuleBroken, match="Say why"):
        usecase.contact(panel.police, key, "x", AFTER)
    assert usecase.contact(panel.police, key, "To arrange a meeting", AFTER) == CONTACT
    with pytest.raises(NotFound):
        usecase.contact(panel.housing, key, "To arrange a meeting", AFTER)
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "address.revealed")).one()
    assert "meeting" not in str(line.detail) and CONTACT not in str(line.detail)


@ON_ONE
def test_F3_no_message_leaves_whatever_is_done(panel: Panel) -> None:
    key = to_be_disclosed(panel)
    usecase.tell(panel.police, key, a_telling(), "Isla Sorrel", "", AFTER)
    sent = set(db.session.scalars(select(OutboxRow.notice)))
    assert sent <= {Notice.LIST_READY}, "the day's list, which there is without it"


def test_M6_an_application_about_a_member_of_staff_does_not_exist_for_them(panel: Panel) -> None:
    him = Told("Dorian", "Flint", date(1988, 7, 8), "", "", "")
    staff_details.add(panel.chair, DetailOf.SELF, him, NOW)
    staff_details.add(panel.police, DetailOf.KNOWS, him, NOW)
    key = applied(panel)
    for who in (panel.chair, panel.police):
        with acting.acting(who):
            assert store.one(who, key) is None and store.waiting(who) == []
        made_it = who is panel.police  # in whose own list it stays, as typed
        with pytest.raises(RuleBroken if made_it else NotFound):
            usecase.contact(who, key, "To arrange a meeting", AFTER)
    assert kept(panel.coordinator, key).entry.perpetrator is not None
    listed(panel, key)
    for who in (panel.chair, panel.police):
        with acting.acting(who):
            assert store.one(who, key) is None, "nor once a list has taken it"


@ON_ONE
def test_V5_every_step_leaves_a_line_without_a_name(panel: Panel) -> None:
    key = to_be_disclosed(panel)
    usecase.tell(panel.police, key, a_telling(), "Isla Sorrel", "", AFTER)
    lines = db.session.scalars(select(AuditRow).where(AuditRow.action.startswith("application."))).all()
    assert [line.action.removeprefix("application.") for line in lines] == [
        "made", "step", "step", "marac_step", "step",
    ]  # fmt: skip
    assert lines[-1].case_id is not None, "it is read with the case, once there is one"
    assert not any(word in str(line.detail) for line in lines for word in ("Sorrel", "Flint", "danger"))


@ON_ONE
def test_an_unknown_application_is_not_found(panel: Panel) -> None:
    with pytest.raises(NotFound):
        usecase.take_step(panel.police, uuid4(), Step.CHECK, "", NOW)


@ON_ONE
def test_Y1_a_form_that_is_sent_twice_makes_one_application(panel: Panel) -> None:
    first = usecase.apply(panel.police, an_application(), panel.force, NOW)
    again = usecase.apply(panel.police, an_application(), panel.force, NOW + timedelta(minutes=1))
    other = usecase.apply(panel.police, an_application(applicant="Rose Sorrel"), panel.force, NOW)
    assert first == again != other
    assert len(db.session.scalars(select(ApplicationRow)).all()) == 2


def test_M6_V1_who_may_open_an_application(panel: Panel, area_id: UUID) -> None:
    key = applied(panel)
    idva = somebody(panel.force, Role.IDVA, "i@northmoor.example", "Lou Fell")
    elsewhere = areas.create("westmoor", date(2026, 11, 2), NOW)
    far_force = a_police_force(elsewhere, "Far Police")
    far = somebody(far_force, Role.COORDINATOR, "far@westmoor.example", "Sam Tarn")
    readers = {
        "coordinator": panel.coordinator, "chair": panel.chair, "police": panel.police,
        "westmoor": panel.westmoor, "housing": panel.housing, "idva": idva, "far": far,
        "withdrawn": replace(panel.police, is_signatory=False),
        "withdrawn coordinator": replace(panel.coordinator, is_signatory=False),
    }  # fmt: skip
    open_to = set()
    for name, who in readers.items():
        with acting.acting(who):
            if store.one(who, key) is not None:
                open_to.add(name)
    assert open_to == {"coordinator", "chair", "police"}
