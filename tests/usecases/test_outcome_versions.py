"""A case leaves the MARAC only with a reason, and what its outcome said before is kept, on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.incidents import Risk
from meetingsvc.models import (
    ActionRow,
    AreaRow,
    AuditRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    RestrictionRow,
    db,
)
from meetingsvc.models import NamedRow as Named
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, home, minutes_draft, outcome_versions, trail
from meetingsvc.store.areas import settings_json
from meetingsvc.usecases import outcomes as usecase
from meetingsvc.usecases.transaction import saved
from minutes.actions import Action, Category
from minutes.outcome import Outcome
from minutes.recording import Recording
from tests.a_marac import MONDAY, NOW, a_person, an_agency, line_of, listed, people_rows
from tests.servers.remembered import remembered

pytestmark = pytest.mark.usefixtures("core_app")
REFERRED = Outcome(Risk.HIGH, in_place=False, refer=True, group=Group.NEW_NO_SAFEGUARDS, notes="Grave.")
WHY = "The police charged somebody else."
TAKEN_BACK = Outcome(Risk.STANDARD, in_place=True, refer=False, notes="Fine.", not_referred=WHY)


@pytest.fixture
@remembered
def who(area_id: UUID) -> Principal:
    with saved():
        settings = settings_json(AreaSettings(marac_anchor=date(2026, 12, 3)))
        db.session.get_one(AreaRow, area_id).settings = settings
    return a_person(an_agency(area_id, "Northmoor Council", daily=True), Role.COORDINATOR, "Priya Raman")


def an_item(who: Principal, risk: str = "high") -> UUID:
    rows = [row | {"risk": risk, "children_present": "Y"} for row in people_rows(1, MONDAY)]
    (item,) = listed(who.area_id, rows)
    return item


def refused(who: Principal, item: UUID, version: int, told: Outcome) -> dict[str, str]:
    with pytest.raises(usecase.Unfit) as found:
        usecase.record(who, item, Recording(version, told), NOW)
    db.session.rollback()
    return dict(found.value.problems)


def test_T13_a_case_the_police_call_high_is_kept_from_the_marac_only_with_a_reason(who: Principal) -> None:
    item = an_item(who)
    for risk in Risk:
        assert refused(who, item, 0, Outcome(risk, refer=False)).keys() == {"not_referred"}
    usecase.record(who, item, Recording(0, Outcome(Risk.MEDIUM, refer=False, not_referred=WHY)), NOW)
    assert refused(who, item, 1, Outcome(Risk.MEDIUM, refer=False)).keys() == {"not_referred"}


def test_D3_a_referral_is_taken_back_only_with_a_reason(who: Principal) -> None:
    item = an_item(who, "medium")
    usecase.record(who, item, Recording(0, replace(REFERRED, risk=Risk.MEDIUM)), NOW)
    assert refused(who, item, 1, replace(TAKEN_BACK, not_referred=" ")).keys() == {"not_referred"}
    assert line_of(item)
    usecase.record(who, item, Recording(1, TAKEN_BACK), NOW)
    db.session.rollback()
    assert db.session.get_one(OutcomeRow, item).not_referred == WHY
    usecase.record(who, item, Recording(2, REFERRED), NOW)
    db.session.rollback()
    assert db.session.get_one(OutcomeRow, item).not_referred == ""


def test_R1_what_an_outcome_said_before_it_was_saved_again_is_kept(who: Principal) -> None:
    item, key, changed = an_item(who), uuid4(), uuid4()
    arrest = Action(Category.PERPETRATOR, who.agency_id, "Arrest him", date(2026, 11, 24))
    lock = Action(Category.VICTIM, who.agency_id, "Fit a lock", date(2026, 11, 25))
    usecase.record(who, item, Recording(0, REFERRED, {key: arrest, changed: lock}), NOW)
    again = Recording(
        1, TAKEN_BACK, {changed: replace(lock, what="Nothing")}, frozenset({key, changed}), frozenset({key})
    )
    usecase.record(who, item, again, NOW + timedelta(hours=5))
    db.session.rollback()
    assert db.session.scalars(select(ActionRow.what)).all() == ["Nothing"]
    with acting.acting(who):
        (before,) = outcome_versions.of(who, item, 2)
    said = dict(before.said)
    assert (said["Risk"], said["Refer to MARAC"], said["Meeting notes"]) == ("high", "yes", "Grave.")
    actions = [text for what, text in before.said if what == "Action"]
    assert len(actions) == 2 and any("Arrest him" in one for one in actions)
    assert any("Fit a lock; Northmoor Council" in one for one in actions)
    assert (before.by, before.at) == ("Priya Raman", NOW)
    with pytest.raises(DBAPIError), saved():
        db.session.execute(text("UPDATE outcome_version SET told = '[]'"))


def test_M6_what_an_outcome_said_before_is_for_who_runs_meetings_and_may_open_the_case(
    who: Principal,
) -> None:
    item = an_item(who)
    usecase.record(who, item, Recording(0, REFERRED), NOW)
    usecase.record(who, item, Recording(1, TAKEN_BACK), NOW)
    rep = a_person(who.agency_id, name="Rep")
    blind = a_person(who.agency_id, Role.COORDINATOR, "Blind")
    restrict(who, item)
    for reader, found in ((who, 1), (rep, 0), (blind, 0)):
        with acting.acting(reader):
            assert len(outcome_versions.of(reader, item, 2)) == found


def restrict(who: Principal, item: UUID) -> UUID:
    with saved():
        case_id = db.session.get_one(ItemRow, item).case_id
        said = {"area_id": who.area_id, "case_id": case_id}
        db.session.add(
            RestrictionRow(state="restricted", hides="unnamed", reason="staff", put_at=NOW, **said)
        )
        db.session.add(Named(account_id=who.account_id, named_by=who.account_id, named_at=NOW, **said))
    return case_id


def test_V5_taking_a_case_off_the_agenda_is_in_the_trail_of_that_case_and_in_no_other(
    who: Principal,
) -> None:
    item = an_item(who)
    blind = a_person(who.agency_id, Role.COORDINATOR, "Blind")
    case_id = restrict(who, item)
    usecase.record(who, item, Recording(0, REFERRED), NOW)
    usecase.record(who, item, Recording(1, TAKEN_BACK), NOW)
    db.session.rollback()
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "marac.withdrawn")).one()
    assert line.case_id == case_id
    with acting.acting(who):
        mine = [one.what for one in trail.lines(who, trail.Filter(case_id=case_id), 1, 50)]
    with acting.acting(blind):
        theirs = [one.what for one in trail.lines(blind, trail.Filter(), 1, 50)]
    words = "Took a case off a MARAC's agenda"
    assert words in mine and words not in theirs


def test_R1_the_minutes_say_why_a_case_was_not_referred(who: Principal) -> None:
    item = an_item(who)
    usecase.record(who, item, Recording(0, replace(TAKEN_BACK, risk=Risk.HIGH)), NOW)
    db.session.rollback()
    with acting.whole_area(who.area_id):
        meeting = db.session.get_one(MeetingRow, db.session.get_one(ItemRow, item).meeting_id)
        found = minutes_draft.cases(acting.Host(who.area_id), meeting)
    assert f"Not referred to the MARAC: {WHY}" in found[item].decided


def test_D3_the_chair_sees_which_days_kept_a_high_risk_case_from_the_marac(who: Principal) -> None:
    item = an_item(who)
    chair, since = a_person(who.agency_id, Role.CHAIR, "Imelda"), NOW - timedelta(days=14)
    usecase.record(who, item, Recording(0, REFERRED), NOW)
    with acting.acting(chair):
        assert home.not_referred(chair, since) == []
    usecase.record(who, item, Recording(1, TAKEN_BACK), NOW)
    with acting.acting(chair):
        assert home.not_referred(chair, since) == [(MONDAY, 1, "DRAMM")]
        assert home.not_referred(chair, NOW + timedelta(minutes=1)) == []
    restrict(who, item)
    with acting.acting(chair):
        assert home.not_referred(chair, since) == []
